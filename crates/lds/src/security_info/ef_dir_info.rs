//! EFDIRInfo (Doc 9303-11 §9.2.10).

use iso7816::tlv::Writer;

use super::Row;
use crate::asn1::{self, OCTET_STRING};
use crate::{Deviations, Result, oids};

/// A signed copy of EF.DIR, in EF.CardSecurity of a chip with several applications.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EfDirInfo {
    /// The whole file.
    pub ef_dir: Vec<u8>,
}

impl EfDirInfo {
    pub(super) fn read(fields: &mut Row<'_>, deviations: &mut Deviations) -> Result<Self> {
        let copy = fields.require(OCTET_STRING, "copy of EF.DIR", deviations)?;
        Ok(Self {
            ef_dir: copy.value.to_vec(),
        })
    }

    pub(super) fn write(&self, fields: &mut Writer) {
        asn1::write_oid(oids::EF_DIR, fields);
        fields.object(OCTET_STRING, &self.ef_dir);
    }
}
