//! A file together with its hash (Doc 9303-10 §4.6.2.3).

use std::borrow::Cow;
use std::sync::Arc;

use crypto::{HashAlgorithm, Hasher};

/// The bytes of a file and their hash, which belong together because only this module puts them together.
///
/// A clone is another handle to the same bytes: a portrait is hashed once, when it is encoded or while it is read, and never
/// copied.
#[derive(Clone, PartialEq, Eq)]
pub struct HashedFile {
    bytes: Arc<[u8]>,
    algorithm: HashAlgorithm,
    hash: Vec<u8>,
}

impl HashedFile {
    /// Hashes a whole file.
    #[must_use]
    pub fn new(bytes: impl Into<Arc<[u8]>>, algorithm: HashAlgorithm) -> Self {
        let bytes = bytes.into();
        let hash = algorithm.digest(&bytes);
        Self {
            bytes,
            algorithm,
            hash,
        }
    }

    /// The file.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// Its hash by this algorithm: the one that is there, or a new one.
    #[must_use]
    pub fn hash(&self, algorithm: HashAlgorithm) -> Cow<'_, [u8]> {
        if algorithm == self.algorithm {
            Cow::Borrowed(&self.hash)
        } else {
            Cow::Owned(algorithm.digest(&self.bytes))
        }
    }
}

impl core::fmt::Debug for HashedFile {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        write!(f, "HashedFile({} bytes)", self.bytes.len())
    }
}

/// A file that arrives in parts and is hashed on the way.
#[derive(Debug)]
pub struct ArrivingFile {
    bytes: Vec<u8>,
    algorithm: HashAlgorithm,
    hasher: Hasher,
}

impl ArrivingFile {
    /// Nothing has arrived yet.
    #[must_use]
    pub fn new(algorithm: HashAlgorithm) -> Self {
        Self {
            bytes: Vec::new(),
            algorithm,
            hasher: algorithm.hasher(),
        }
    }

    /// Takes the next part.
    pub fn append(&mut self, part: &[u8]) {
        self.hasher.update(part);
        self.bytes.extend_from_slice(part);
    }

    /// Octets so far.
    #[must_use]
    pub fn len(&self) -> usize {
        self.bytes.len()
    }

    /// Whether nothing has arrived.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.bytes.is_empty()
    }

    /// The whole file.
    #[must_use]
    pub fn finish(self) -> HashedFile {
        HashedFile {
            bytes: self.bytes.into(),
            algorithm: self.algorithm,
            hash: self.hasher.finalize(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_and_whole_have_one_hash() {
        let mut arriving = ArrivingFile::new(HashAlgorithm::Sha256);
        arriving.append(&[0x61, 0x02]);
        arriving.append(&[1, 2]);
        let file = arriving.finish();
        assert_eq!(
            file,
            HashedFile::new(vec![0x61, 0x02, 1, 2], HashAlgorithm::Sha256)
        );
        for algorithm in HashAlgorithm::ALL {
            assert_eq!(*file.hash(algorithm), *algorithm.digest(file.as_bytes()));
        }
    }
}
