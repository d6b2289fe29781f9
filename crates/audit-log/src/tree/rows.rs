//! Rows that were fetched, and how the library reads them.

use core::cell::{Cell, RefCell};
use std::collections::BTreeMap;

use tlog_tiles::{Error as TreeError, HashReader};

use crate::{Error, Hash, Result};

/// Stored hashes by index, as they were fetched from the rows of a log.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct StoredHashes(BTreeMap<u64, Hash>);

impl StoredHashes {
    /// The hash at an index.
    ///
    /// # Errors
    /// [`Error::HashMissing`] when it was not fetched.
    pub fn at(&self, index: u64) -> Result<Hash> {
        let found = self.0.get(&index).copied();
        found.ok_or(Error::HashMissing { index })
    }

    /// All of them, in order of index.
    pub fn iter(&self) -> impl Iterator<Item = (u64, Hash)> + '_ {
        self.0.iter().map(|(index, hash)| (*index, *hash))
    }

    /// Lets the library read; what it did not find becomes the error.
    pub(super) fn read<T>(
        &self,
        work: impl FnOnce(&Reading<'_>) -> core::result::Result<T, TreeError>,
    ) -> Result<T> {
        let reading = Reading {
            rows: self,
            lacking: Cell::new(0),
        };
        let index = |_| Error::HashMissing {
            index: reading.lacking.get(),
        };
        work(&reading).map_err(index)
    }

    pub(super) fn drop_last(&mut self, count: usize) {
        for _ in 0..count {
            self.0.pop_last();
        }
    }
}

impl FromIterator<(u64, Hash)> for StoredHashes {
    fn from_iter<I: IntoIterator<Item = (u64, Hash)>>(rows: I) -> Self {
        Self(rows.into_iter().collect())
    }
}

impl Extend<(u64, Hash)> for StoredHashes {
    fn extend<I: IntoIterator<Item = (u64, Hash)>>(&mut self, rows: I) {
        self.0.extend(rows);
    }
}

/// One reading of the library. Its errors have no room for the row that was not there.
pub(super) struct Reading<'a> {
    rows: &'a StoredHashes,
    lacking: Cell<u64>,
}

impl HashReader for Reading<'_> {
    fn read_hashes(
        &self,
        indexes: &[u64],
    ) -> core::result::Result<Vec<tlog_tiles::Hash>, TreeError> {
        let read = |index: &u64| {
            let found = self.rows.0.get(index).copied();
            if found.is_none() {
                self.lacking.set(*index);
            }
            found.map(Into::into).ok_or(TreeError::IndexesNotInTree)
        };
        indexes.iter().map(read).collect()
    }
}

/// Writes down what the library asks for and gives it nothing: so that the rows can be fetched first, by whoever can wait.
#[derive(Default)]
pub(super) struct Wish(RefCell<Vec<u64>>);

impl Wish {
    /// What was asked for, in ascending order.
    pub(super) fn into_indexes(self) -> Vec<u64> {
        let mut indexes = self.0.into_inner();
        indexes.sort_unstable();
        indexes
    }
}

impl HashReader for Wish {
    fn read_hashes(
        &self,
        indexes: &[u64],
    ) -> core::result::Result<Vec<tlog_tiles::Hash>, TreeError> {
        self.0.borrow_mut().extend_from_slice(indexes);
        Err(TreeError::IndexesNotInTree)
    }
}
