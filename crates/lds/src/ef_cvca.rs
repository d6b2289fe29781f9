//! EF.CVCA: whom the chip trusts for terminal authentication (TR-03110-3 §A.7.2.4; Doc 9303-11 annex K.2).

use core::fmt;

use iso7816::tlv::{Tag, Tlv, Writer};

use crate::file_content::open_row;
use crate::{Deviation, Error, Parsed, Result};

const REFERENCE: Tag = Tag::new(0x42);
/// Octets of the file, filled with `00`.
const FILE_LEN: usize = 36;

/// Name of a certification authority with the number of its key: country, holder mnemonic, sequence number
/// (TR-03110-3 §A.6.1).
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct CertificationAuthorityReference(Vec<u8>);

impl CertificationAuthorityReference {
    /// Most octets.
    pub const MAX_LEN: usize = 16;

    /// A reference of 1 to 16 octets, ISO 8859-1.
    ///
    /// # Errors
    /// [`Error::Misuse`] for another length.
    pub fn new(octets: &[u8]) -> Result<Self> {
        match octets.len() {
            1..=Self::MAX_LEN => Ok(Self(octets.to_vec())),
            _ => Err(Error::Misuse("an authority reference has 1 to 16 octets")),
        }
    }

    /// The octets.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }
}

impl fmt::Display for CertificationAuthorityReference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0
            .iter()
            .try_for_each(|octet| write!(f, "{}", char::from(*octet).escape_debug()))
    }
}

impl fmt::Debug for CertificationAuthorityReference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// EF.CVCA. The chip itself renews it; it is not hashed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EfCvca {
    /// The authority of the newest trust point.
    pub newest: CertificationAuthorityReference,
    /// The authority of the one before, while the chip still accepts it.
    pub previous: Option<CertificationAuthorityReference>,
}

impl EfCvca {
    /// Reads the whole file.
    ///
    /// # Errors
    /// [`Error::Malformed`] when there is no reference, or one of a wrong length.
    pub fn parse(file: &[u8]) -> Result<Parsed<Self>> {
        let what = "certification authority reference";
        Parsed::collect(|deviations| {
            // The filling is the standard's own and no deviation.
            let mut row = open_row(file, &mut Vec::new())?;
            if file.len() != FILE_LEN {
                let what = "length of EF.CVCA";
                deviations.push(Deviation::Value { what, at: 0 });
            }
            let reference = |object: &Tlv<'_>| {
                let at = object.at;
                CertificationAuthorityReference::new(object.value)
                    .map_err(|_| Error::Malformed { what, at })
            };
            let newest = reference(&row.require(REFERENCE, what, deviations)?)?;
            let previous = row.take(REFERENCE, deviations);
            let previous = previous.as_ref().map(reference).transpose()?;
            row.rest(deviations);
            Ok(Self { newest, previous })
        })
    }

    /// The whole file.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut file = Writer::new();
        for reference in [Some(&self.newest), self.previous.as_ref()]
            .into_iter()
            .flatten()
        {
            file.object(REFERENCE, reference.as_bytes());
        }
        let mut bytes = file.finish();
        bytes.resize(FILE_LEN, 0);
        bytes
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files() {
        let check = |references: &[&[u8]], filling: usize, deviations: usize| {
            let mut file = Writer::new();
            for reference in references {
                file.object(REFERENCE, reference);
            }
            let mut file = file.finish();
            file.extend(vec![0; filling]);
            let parsed = EfCvca::parse(&file).unwrap();
            assert_eq!(
                parsed.deviations.len(),
                deviations,
                "{:?}",
                parsed.deviations
            );
            assert_eq!(parsed.value.previous.is_some(), references.len() > 1);
            assert_eq!(parsed.value.to_bytes().len(), FILE_LEN);
            assert_eq!(
                EfCvca::parse(&parsed.value.to_bytes()).unwrap().value,
                parsed.value
            );
        };
        check(&[b"UTTESTCVCAUT001"], 19, 0);
        check(&[b"UTTESTCVCAUT0002", b"UTTESTCVCAUT0001"], 0, 0);
        check(&[b"UTTESTCVCAUT001"], 0, 1);
        check(&[b"A", b"B", b"C"], 27, 1);
    }

    #[test]
    fn what_is_refused() {
        for file in [&[0; FILE_LEN][..], &[0x42, 0x00, 0x00], &[0x42, 0x7F]] {
            assert!(EfCvca::parse(file).is_err());
        }
        let long = iso7816::tlv::encode(REFERENCE, &[b'A'; 17]);
        assert!(EfCvca::parse(&long).is_err());
    }
}
