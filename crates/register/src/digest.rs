//! Fingerprints in the register.

use core::fmt;

use crypto::HashAlgorithm;

/// Octets of SHA-256.
const LEN: usize = 32;

/// SHA-256 of something that the register must recognise and need not hold.
#[derive(Clone, PartialEq, Eq)]
pub struct Digest(Vec<u8>);

impl Digest {
    /// The digest of these octets.
    #[must_use]
    pub fn of(octets: &[u8]) -> Self {
        Self(HashAlgorithm::Sha256.digest(octets))
    }

    /// A digest that was computed before; `None` unless there are 32 octets.
    #[must_use]
    pub fn from_octets(octets: &[u8]) -> Option<Self> {
        (octets.len() == LEN).then(|| Self(octets.to_vec()))
    }

    /// The octets.
    #[must_use]
    pub fn as_octets(&self) -> &[u8] {
        &self.0
    }
}

impl fmt::Display for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|octet| write!(f, "{octet:02x}"))
    }
}

impl fmt::Debug for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}
