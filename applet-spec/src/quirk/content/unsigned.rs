//! What nobody signs.

use iso7816::tlv::{self, Tag, Writer};
use lds::{EfCom, File, FileContent};

use super::parsed;
use crate::memory::ChipMemory;
use crate::{Error, Result};

/// Octets behind a file.
const PADDING: usize = 7;

/// EF.COM lists EF.DG16, which is neither signed nor there.
pub(super) fn com_lists_more(memory: &mut ChipMemory) -> Result<()> {
    let com: EfCom = parsed(memory)?;
    let listed: Vec<File> = com.data_groups().chain([File::Dg16]).collect();
    let com = EfCom::new(com.lds_version, com.unicode_version, listed)
        .map_err(|_| Error::Misuse("EF.COM"))?;
    memory.put_file(File::Com, com.to_bytes())
}

/// Zeros behind the end of EF.DG1.
pub(super) fn padded_file(memory: &mut ChipMemory) -> Result<()> {
    let zone = memory
        .file(File::Dg1)
        .ok_or(Error::Misuse("the card has no EF.DG1"))?;
    let padded = [zone, &[0; PADDING]].concat();
    memory.put_file(File::Dg1, padded)
}

/// EF.CardSecurity is a data object of its length, and no signed data.
pub(super) fn malformed_card_security(memory: &mut ChipMemory) -> Result<()> {
    const SEQUENCE: Tag = Tag::new(0x30);
    let file = memory.file(File::CardSecurity).ok_or(Error::Misuse(
        "the card has no EF.CardSecurity: it is one with chip authentication mapping that the quirk is about",
    ))?;
    let content = tlv::single(file, SEQUENCE).map_err(|_| Error::Misuse("EF.CardSecurity"))?;
    let mut malformed = Writer::new();
    malformed.object(SEQUENCE, &vec![0; content.len()]);
    memory.put_file(File::CardSecurity, malformed.finish())
}
