//! EF.DG14: security options (Doc 9303-10 §4.7.14).

use iso7816::tlv::{Tag, Tlv};

use crate::asn1::SET;
use crate::data_object::Row;
use crate::{Deviations, File, FileContent, Result, SecurityInfos};

/// EF.DG14, the SecurityInfos that EF.SOD covers.
///
/// Holds everything that EF.CardAccess holds, the public key of chip authentication, and the signature algorithm of
/// active authentication (Doc 9303-11 §9.2.11).
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Dg14 {
    /// The entries.
    pub security_infos: SecurityInfos,
}

impl FileContent for Dg14 {
    const FILE: File = File::Dg14;
    const TAG: Tag = Tag::new(0x6E);

    fn read(outer: &Tlv<'_>, deviations: &mut Deviations) -> Result<Self> {
        let mut objects = Row::inside(outer, deviations)?;
        let set = objects.require(SET, "EF.DG14, no SecurityInfos", deviations)?;
        objects.rest(deviations);
        let security_infos = SecurityInfos::read(&set, deviations)?;
        Ok(Self { security_infos })
    }

    fn value(&self) -> Vec<u8> {
        self.security_infos.to_der()
    }
}
