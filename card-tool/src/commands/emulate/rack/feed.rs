//! Which chip comes next when slots help themselves.

use std::collections::VecDeque;
use std::path::PathBuf;

/// The chips that are not done. Only their names are kept: a folder of ten thousand costs a slot's worth of memory.
pub struct Feed(VecDeque<PathBuf>);

impl Feed {
    /// In this order.
    pub fn new(files: Vec<PathBuf>) -> Self {
        Self(files.into())
    }

    /// The next chip.
    pub fn take(&mut self) -> Option<PathBuf> {
        self.0.pop_front()
    }

    /// A chip that was not done: it comes again after all others.
    pub fn back(&mut self, card: PathBuf) {
        self.0.push_back(card);
    }

    /// Whether none is left.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}
