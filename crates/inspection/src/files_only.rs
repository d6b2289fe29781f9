//! The part of the procedure that needs no chip, over files that were read before: passive authentication, and what the files
//! say. They can be those of a copy: nothing here speaks of a chip.

use std::collections::BTreeMap;

use crypto::{CryptoRng, HashAlgorithm};
use iso7816::{Channel, ChannelError, CommandApdu, Limits, ResponseApdu};
use lds::{EfCardAccess, File, FileContent, HashedFile};
use pki::SecurityObject;

use crate::procedure::{Config, Event, Inspection, PROCEDURE};
use crate::report::{Report, Source};

/// A line to nothing.
struct NoChip;

impl Channel for NoChip {
    fn transmit(&mut self, _: &CommandApdu) -> Result<ResponseApdu, ChannelError> {
        Err(ChannelError::CardLost)
    }

    fn limits(&self) -> Limits {
        Limits::SHORT
    }
}

/// Inspects files that were read before. The report has the checks that need no chip, and no others.
///
/// Nothing the files hold makes this fail: what is wrong stands in the report.
pub fn inspect_files(
    files: BTreeMap<File, Vec<u8>>,
    config: &Config<'_>,
    rng: &mut dyn CryptoRng,
    observe: &mut dyn FnMut(Event<'_>),
) -> Report {
    let mut line = NoChip;
    let mut inspection = Inspection::new(&mut line, config, rng, observe);
    inspection.source = Source::Files;
    inspection.claimed = files
        .get(&File::Sod)
        .and_then(|bytes| SecurityObject::parse(bytes).ok())
        .map(|object| object.lds_security_object().clone());
    inspection.card_access = files
        .get(&File::CardAccess)
        .and_then(|bytes| EfCardAccess::parse(bytes).ok())
        .map(|parsed| parsed.value.security_infos);
    let hash = inspection
        .claimed
        .as_ref()
        .map_or(HashAlgorithm::Sha256, |claimed| claimed.hash);
    inspection.files = files
        .into_iter()
        .map(|(file, bytes)| (file, HashedFile::new(bytes, hash)))
        .collect();
    for step in PROCEDURE.iter().filter(|step| !step.needs_chip) {
        inspection.carry_out(step);
    }
    inspection.into_report()
}
