//! A file on its way: how long it says it is, and what of it has come.

use crypto::HashAlgorithm;
use iso7816::tlv;
use lds::{ArrivingFile, HashedFile, MAX_FILE_LEN};

use super::ReadError;

/// What arrives is hashed at once, as far as it belongs to the file.
pub(super) struct Content {
    file: ArrivingFile,
    total: usize,
}

impl Content {
    /// Begins with the first block, which holds the outer tag and length.
    pub(super) fn begin(first: &[u8], hash: HashAlgorithm) -> Result<Self, ReadError> {
        let total = tlv::total_len(first)
            .ok()
            .flatten()
            .ok_or(ReadError::Malformed(
                "the file does not begin with a data object",
            ))?;
        if total > MAX_FILE_LEN {
            return Err(ReadError::Malformed(
                "the file claims to be longer than any chip",
            ));
        }
        let mut content = Self {
            file: ArrivingFile::new(hash),
            total,
        };
        content.append(first);
        Ok(content)
    }

    /// Chips may pad behind the file: what is beyond its length is dropped.
    pub(super) fn append(&mut self, block: &[u8]) {
        let missing = self.missing();
        self.file.append(block.get(..missing).unwrap_or(block));
    }

    /// Octets that have come.
    pub(super) fn len(&self) -> usize {
        self.file.len()
    }

    /// Octets that the file says it has.
    pub(super) const fn total(&self) -> usize {
        self.total
    }

    /// The file, whole or not.
    pub(super) fn finish(self) -> HashedFile {
        self.file.finish()
    }

    /// Octets that are still to come.
    pub(super) fn missing(&self) -> usize {
        self.total.saturating_sub(self.file.len())
    }
}
