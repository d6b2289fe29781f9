//! EF.CardAccess (Doc 9303-10 §3.11.3).

use iso7816::tlv::{Tag, Tlv};

use crate::{Deviations, File, FileContent, Result, SecurityInfos};

/// EF.CardAccess: what a terminal must know before PACE. Unsigned; see [`SecurityInfos::missing_from`].
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct EfCardAccess {
    /// The entries.
    pub security_infos: SecurityInfos,
}

impl FileContent for EfCardAccess {
    const FILE: File = File::CardAccess;
    const TAG: Tag = Tag::new(0x31);

    fn read(outer: &Tlv<'_>, deviations: &mut Deviations) -> Result<Self> {
        let security_infos = SecurityInfos::read(outer, deviations)?;
        Ok(Self { security_infos })
    }

    fn value(&self) -> Vec<u8> {
        self.security_infos.content()
    }
}
