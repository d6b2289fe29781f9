//! Names of keys: country, holder mnemonic, sequence number (Doc 9303-12 §7.2.2.2; TR-03110-3 §A.6.1).

use core::fmt;

use lds::EfCvca;
use lds::ef_cvca::CertificationAuthorityReference;

/// Octets of the country code.
const COUNTRY_LEN: usize = 2;
/// Most octets of the mnemonic.
const MAX_MNEMONIC_LEN: usize = 9;
/// Octets of the sequence number.
const SEQUENCE_LEN: usize = 5;

/// The name of a key's holder, with the number of the key: the certificate holder reference of a certificate, and in the
/// certificates that its key signs the certification authority reference.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct HolderReference(Vec<u8>);

/// The name of the issuer's key.
pub type AuthorityReference = HolderReference;

impl HolderReference {
    /// A reference from its parts. The sequence number should begin with the country of who certifies.
    #[must_use]
    pub fn new(country: &str, mnemonic: &str, sequence: &str) -> Option<Self> {
        let octets = [country, mnemonic, sequence].concat().into_bytes();
        let lengths = country.len() == COUNTRY_LEN && sequence.len() == SEQUENCE_LEN;
        Self::from_bytes(&octets).filter(|_| lengths && mnemonic.is_ascii())
    }

    /// Reads a reference; `None` when it is none.
    #[must_use]
    pub fn from_bytes(octets: &[u8]) -> Option<Self> {
        let (country, rest) = octets.split_first_chunk::<COUNTRY_LEN>()?;
        let (mnemonic, sequence) = rest.split_last_chunk::<SEQUENCE_LEN>()?;
        let well_formed = country.iter().all(u8::is_ascii_uppercase)
            && mnemonic.len() <= MAX_MNEMONIC_LEN
            && mnemonic.iter().all(|octet| is_printable(*octet))
            && sequence.iter().all(|octet| is_counter(*octet));
        well_formed.then(|| Self(octets.to_vec()))
    }

    /// The keys that EF.CVCA says the chip trusts, newest first.
    ///
    /// # Errors
    /// [`crate::Error::Malformed`] when a reference is none.
    pub fn trusted(file: &EfCvca) -> crate::Result<Vec<AuthorityReference>> {
        [Some(&file.newest), file.previous.as_ref()]
            .into_iter()
            .flatten()
            .map(Self::try_from)
            .collect()
    }

    /// The octets, ISO 8859-1.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }

    /// The two letters of the country.
    #[must_use]
    pub fn country(&self) -> &[u8] {
        self.0.get(..COUNTRY_LEN).unwrap_or_default()
    }

    /// The number of the key.
    #[must_use]
    pub fn sequence(&self) -> &[u8] {
        let at = self.0.len().saturating_sub(SEQUENCE_LEN);
        self.0.get(at..).unwrap_or_default()
    }
}

/// Not among the control characters of ISO 8859-1.
const fn is_printable(octet: u8) -> bool {
    !matches!(octet, 0x00..=0x1F | 0x7F..=0x9F)
}

const fn is_counter(octet: u8) -> bool {
    octet.is_ascii_digit() || octet.is_ascii_uppercase()
}

impl fmt::Display for HolderReference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0
            .iter()
            .try_for_each(|octet| write!(f, "{}", char::from(*octet)))
    }
}

impl fmt::Debug for HolderReference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl TryFrom<&CertificationAuthorityReference> for HolderReference {
    type Error = crate::Error;

    /// A reference of EF.CVCA or of PACE.
    fn try_from(reference: &CertificationAuthorityReference) -> crate::Result<Self> {
        Self::from_bytes(reference.as_bytes()).ok_or(crate::Error::Malformed {
            what: "certification authority reference",
            at: 0,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn references() {
        for (octets, good) in [
            (&b"UTTESTCVCAUT001"[..], true),
            (b"UTNINECHARSUT001", true),
            (b"UT00001", true),
            (b"UTTENCHARSXUT0010", false),
            (b"UT0001", false),
            (b"ut00001", false),
            (b"U100001", false),
            (b"UTA0000a", false),
            (b"UT\x8500001", false),
            (b"UT\x7F00001", false),
            (b"UT\xC400001", true),
            (b"", false),
        ] {
            assert_eq!(
                HolderReference::from_bytes(octets).is_some(),
                good,
                "{octets:?}"
            );
        }
    }

    #[test]
    fn parts() {
        let reference = HolderReference::new("UT", "TESTCVCA", "UT001").unwrap();
        assert_eq!(reference.to_string(), "UTTESTCVCAUT001");
        assert_eq!(
            (reference.country(), reference.sequence()),
            (&b"UT"[..], &b"UT001"[..])
        );
        for (country, mnemonic, sequence) in [
            ("UTO", "A", "0001"),
            ("UT", "A", "0001"),
            ("UT", "Ä", "00001"),
            ("U", "TA", "00001"),
        ] {
            assert_eq!(HolderReference::new(country, mnemonic, sequence), None);
        }
    }
}
