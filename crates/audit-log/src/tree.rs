//! The tree (RFC 9162 §2.1), kept as rows.
//!
//! Go's sumdb numbers the hashes of all complete subtrees in the order in which they become complete, so that a log is a table of
//! `(index, hash)` that only grows: two rows for each entry, on average, and none is ever changed. A [`Tree`] is what one must hold to
//! append: how many entries there are and the roots of the complete subtrees they fall into, at most one for each bit of the size.

pub mod proof;
mod rows;

pub use rows::StoredHashes;

use core::ops::Range;

use tlog_tiles::{stored_hash_index, stored_hashes_for_record_hash, sub_tree_index, tree_hash};

use crate::{Error, Hash, Result};

/// The most entries of a tree: room for ten thousand years of a thousand entries a second, and far from where sums overflow.
pub const MAX_ENTRIES: u64 = 1 << 48;

/// How many entries there are and what must be known of them to go on: the state of a log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tree {
    size: u64,
    /// The complete subtrees, from left to right.
    peaks: StoredHashes,
}

impl Tree {
    /// A tree without entries.
    #[must_use]
    pub fn empty() -> Self {
        Self {
            size: 0,
            peaks: StoredHashes::default(),
        }
    }

    /// Which rows a tree of this size stands on: those to fetch before [`Self::load`], at most 48, in ascending order.
    ///
    /// # Errors
    /// [`Error::TreeTooLarge`].
    pub fn needed(size: u64) -> Result<Vec<u64>> {
        within_limit(size)?;
        Ok(sub_tree_index(0, size, Vec::new()))
    }

    /// The tree of this size over fetched rows.
    ///
    /// # Errors
    /// [`Error::TreeTooLarge`]; [`Error::HashMissing`] for a row of [`Self::needed`] that was not fetched.
    pub fn load(size: u64, fetched: &StoredHashes) -> Result<Self> {
        let peaks = Self::needed(size)?
            .into_iter()
            .map(|index| Ok((index, fetched.at(index)?)))
            .collect::<Result<_>>()?;
        Ok(Self { size, peaks })
    }

    /// Entries.
    #[must_use]
    pub const fn size(&self) -> u64 {
        self.size
    }

    /// The roots of its complete subtrees, from left to right: what [`Self::load`] takes.
    #[must_use]
    pub const fn peaks(&self) -> &StoredHashes {
        &self.peaks
    }

    /// The root of the tree (RFC 9162 §2.1.1).
    ///
    /// # Errors
    /// None that a tree of this crate can have.
    pub fn root(&self) -> Result<Hash> {
        let root = self.peaks.read(|rows| tree_hash(self.size, rows))?;
        Ok(root.into())
    }

    /// Appends entries by the hashes of their canonical bytes; returns the rows to insert, in ascending order.
    ///
    /// # Errors
    /// [`Error::TreeTooLarge`], and the tree is as it was.
    pub fn append(&mut self, leaves: &[Hash]) -> Result<Vec<(u64, Hash)>> {
        let count = u64::try_from(leaves.len()).unwrap_or(u64::MAX);
        within_limit(self.size.saturating_add(count))?;
        let mut rows = Vec::with_capacity(2 * leaves.len());
        for leaf in leaves {
            self.append_one(*leaf, &mut rows)?;
        }
        Ok(rows)
    }

    fn append_one(&mut self, leaf: Hash, rows: &mut Vec<(u64, Hash)>) -> Result<()> {
        let completed = self
            .peaks
            .read(|rows| stored_hashes_for_record_hash(self.size, leaf.into(), rows))?;
        let first = stored_hash_index(0, self.size);
        let before = rows.len();
        rows.extend((first..).zip(completed.into_iter().map(Hash::from)));
        // Each hash after the first swallowed the peak to its left; the last one is the new peak.
        self.peaks.drop_last(rows.len() - before - 1);
        self.peaks.extend(rows.last().copied());
        self.size += 1;
        Ok(())
    }
}

/// How many rows a tree of this size has.
///
/// # Errors
/// [`Error::TreeTooLarge`].
pub fn rows_of(size: u64) -> Result<u64> {
    within_limit(size)?;
    Ok(tlog_tiles::stored_hash_count(size))
}

/// The rows that were written with an entry: first the hash of the entry itself, then those of the subtrees that it completed.
///
/// # Errors
/// [`Error::TreeTooLarge`].
pub fn rows_of_entry(index: u64) -> Result<Range<u64>> {
    within_limit(index.saturating_add(1))?;
    Ok(stored_hash_index(0, index)..stored_hash_index(0, index + 1))
}

fn within_limit(size: u64) -> Result<()> {
    let limit = MAX_ENTRIES;
    if size > limit {
        return Err(Error::TreeTooLarge { size, limit });
    }
    Ok(())
}

#[cfg(test)]
mod tests;
