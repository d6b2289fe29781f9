//! Hashes of the tree: SHA-256 as RFC 9162 §2.1.1 prescribes, with one octet in front that tells leaves from nodes.

use core::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

use crate::{Error, Result};

/// Octets of a hash.
pub const HASH_OCTETS: usize = 32;

/// The hash of an entry, of a node or of a whole tree. Written in base64, as checkpoints do.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Hash([u8; HASH_OCTETS]);

impl Hash {
    /// The root of a tree without entries: SHA-256 of nothing (RFC 9162 §2.1.1).
    pub const EMPTY_TREE: Self = Self(tlog_tiles::EMPTY_HASH.0);

    /// These octets.
    #[must_use]
    pub const fn new(octets: [u8; HASH_OCTETS]) -> Self {
        Self(octets)
    }

    /// The hash of an entry: SHA-256(00 ‖ bytes).
    #[must_use]
    pub fn of_leaf(bytes: &[u8]) -> Self {
        tlog_tiles::record_hash(bytes).into()
    }

    /// From a column of a row.
    ///
    /// # Errors
    /// [`Error::HashMalformed`] when there are not 32 octets.
    pub fn from_slice(octets: &[u8]) -> Result<Self> {
        octets
            .try_into()
            .map(Self)
            .map_err(|_| Error::HashMalformed)
    }

    /// From base64.
    ///
    /// # Errors
    /// [`Error::HashMalformed`].
    pub fn parse(text: &str) -> Result<Self> {
        let octets = BASE64.decode(text).map_err(|_| Error::HashMalformed)?;
        Self::from_slice(&octets)
    }

    /// The octets.
    #[must_use]
    pub const fn as_bytes(&self) -> &[u8; HASH_OCTETS] {
        &self.0
    }
}

impl From<tlog_tiles::Hash> for Hash {
    fn from(hash: tlog_tiles::Hash) -> Self {
        Self(hash.0)
    }
}

impl From<Hash> for tlog_tiles::Hash {
    fn from(hash: Hash) -> Self {
        Self(hash.0)
    }
}

impl fmt::Display for Hash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&BASE64.encode(self.0))
    }
}

impl fmt::Debug for Hash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl Serialize for Hash {
    fn serialize<S: Serializer>(&self, serializer: S) -> core::result::Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Hash {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> core::result::Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        Self::parse(&text).map_err(de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn there_and_back_and_nothing_else() {
        let hash = Hash::of_leaf(b"TEST");
        assert_eq!(Hash::parse(&hash.to_string()), Ok(hash));
        assert_eq!(Hash::from_slice(hash.as_bytes()), Ok(hash));
        for text in ["", "AAAA", "not base64", &hash.to_string()[..43]] {
            assert_eq!(Hash::parse(text), Err(Error::HashMalformed), "{text}");
        }
        assert_eq!(Hash::from_slice(&[0; 31]), Err(Error::HashMalformed));
    }

    #[test]
    fn the_empty_tree_is_the_hash_of_nothing() {
        let nothing = crypto::HashAlgorithm::Sha256.digest(b"");
        assert_eq!(Hash::EMPTY_TREE.as_bytes().as_slice(), nothing);
    }
}
