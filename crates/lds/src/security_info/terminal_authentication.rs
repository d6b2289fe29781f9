//! TerminalAuthenticationInfo (Doc 9303-11 §9.2.8, annex K.2).

use iso7816::tlv::Writer;
use iso7816::{FileId, Sfi};

use super::{Row, read_version};
use crate::asn1::{self, OCTET_STRING, SEQUENCE};
use crate::{Deviations, Error, Result, oids};

/// The chip does terminal authentication (Doc 9303-11 §9.2.8).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TerminalAuthenticationInfo {
    /// 1.
    pub version: u8,
    /// Where EF.CVCA lies, if not in its usual place.
    pub ef_cvca: Option<FileReference>,
}

/// A file by its identifiers (Doc 9303-11 annex K.2).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct FileReference {
    /// File identifier.
    pub id: FileId,
    /// Short identifier; without one the file is selected by `id`.
    pub sfi: Option<Sfi>,
}

impl TerminalAuthenticationInfo {
    /// The version of Doc 9303.
    pub const VERSION: u8 = 1;

    /// Version 1, EF.CVCA in its usual place.
    #[must_use]
    pub const fn new() -> Self {
        Self {
            version: Self::VERSION,
            ef_cvca: None,
        }
    }

    pub(super) fn read(fields: &mut Row<'_>, deviations: &mut Deviations) -> Result<Self> {
        let what = "version of TerminalAuthenticationInfo";
        let version = read_version(Self::VERSION, what, fields, deviations)?;
        let ef_cvca = match fields.take(SEQUENCE, deviations) {
            Some(object) => Some(FileReference::read(
                Row::inside(&object, deviations)?,
                deviations,
            )?),
            None => None,
        };
        Ok(Self { version, ef_cvca })
    }

    pub(super) fn write(&self, fields: &mut Writer) {
        asn1::write_oid(oids::TA, fields);
        asn1::write_unsigned(self.version.into(), fields);
        if let Some(file) = self.ef_cvca {
            fields.nest(SEQUENCE, |fields| file.write(fields));
        }
    }
}

impl Default for TerminalAuthenticationInfo {
    fn default() -> Self {
        Self::new()
    }
}

impl FileReference {
    fn read(mut fields: Row<'_>, deviations: &mut Deviations) -> Result<Self> {
        let what = "identifiers of EF.CVCA";
        let at = fields.template_at();
        let malformed = Error::Malformed { what, at };
        let id = fields.require(OCTET_STRING, what, deviations)?;
        let id = <[u8; 2]>::try_from(id.value).map_err(|_| malformed)?;
        let sfi = match fields.take(OCTET_STRING, deviations) {
            Some(object) => match object.value {
                &[sfi] => Some(Sfi::new(sfi).map_err(|_| malformed)?),
                _ => return Err(malformed),
            },
            None => None,
        };
        fields.rest(deviations);
        Ok(Self {
            id: FileId(u16::from_be_bytes(id)),
            sfi,
        })
    }

    fn write(self, fields: &mut Writer) {
        fields.object(OCTET_STRING, &self.id.to_bytes());
        if let Some(sfi) = self.sfi {
            fields.object(OCTET_STRING, &[sfi.get()]);
        }
    }
}
