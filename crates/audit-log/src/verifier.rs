//! Reading a whole log and saying exactly what is wrong with it: what `doctor` runs at the service, and an auditor at home.
//!
//! Checkpoints are given first, those the auditor kept and those the log publishes alike; then the entries one after another. Memory
//! grows with the checkpoints, not with the entries.

mod history;

use time::{Duration, OffsetDateTime};

use crate::entry::Entry;
use crate::{Error, Finding, Hash, LogKey, Result, Tree, VerifiedCheckpoint};

use history::History;

/// How far the clocks of machines that write into one log may differ before an entry's date is a finding.
pub const CLOCK_TOLERANCE: Duration = Duration::minutes(5);
/// The most findings that are kept; more are counted.
pub const MAX_FINDINGS: usize = 10_000;

/// A verification in progress.
pub struct Verifier {
    history: History,
    tree: Tree,
    /// Entries that the largest right checkpoint covers.
    proved: u64,
    /// Whether the tree is known to be another than the signed one, so that roots further on say nothing new.
    broken: bool,
    unchecked: u64,
    findings: Findings,
}

/// What a verification found.
#[derive(Debug, Clone)]
pub struct Report {
    /// Entries that were read.
    pub entries: u64,
    /// Entries that a checkpoint covers whose root was right: every one of them is what was signed.
    pub proved: u64,
    /// The largest checkpoint.
    pub newest: Option<VerifiedCheckpoint>,
    /// Checkpoints that were not compared, because what precedes them is wrong already.
    pub unchecked: u64,
    /// What is wrong, in the order in which it was found.
    pub findings: Vec<Finding>,
    /// Findings beyond [`MAX_FINDINGS`].
    pub more: u64,
}

impl Report {
    /// Whether nothing at all is wrong.
    #[must_use]
    pub fn is_clean(&self) -> bool {
        self.findings.is_empty()
    }
}

#[derive(Default)]
struct Findings {
    kept: Vec<Finding>,
    more: u64,
}

impl Findings {
    fn add(&mut self, finding: Finding) {
        if self.kept.len() < MAX_FINDINGS {
            self.kept.push(finding);
        } else {
            self.more += 1;
        }
    }
}

impl Verifier {
    /// Takes every checkpoint there is, in any order. The keys, those that were replaced too, come from somewhere else than the log.
    pub fn new<'a>(keys: &[LogKey], notes: impl IntoIterator<Item = &'a str>) -> Self {
        let mut findings = Findings::default();
        let history = History::read(keys, notes, &mut |finding| findings.add(finding));
        let mut verifier = Self {
            history,
            tree: Tree::empty(),
            proved: 0,
            broken: false,
            unchecked: 0,
            findings,
        };
        verifier.compare_roots();
        verifier
    }

    /// The next entry: its index, its bytes, and, where the verifier can see them, the hashes in its rows
    /// ([`crate::tree::rows_of_entry`]). With rows a changed entry is named; without them the range between two checkpoints is.
    pub fn entry(&mut self, index: u64, bytes: &[u8], rows: Option<&[Hash]>) {
        if !self.is_next(index) {
            return;
        }
        let found = Hash::of_leaf(bytes);
        match Entry::parse(bytes) {
            Ok(entry) => self.check_date(index, entry.at()),
            Err(Error::Entry(why)) => self.findings.add(Finding::EntryUnreadable { index, why }),
            Err(_) => {}
        }
        let stored = rows.and_then(|rows| rows.first().copied());
        if let Some(stored) = stored.filter(|stored| *stored != found) {
            self.findings.add(Finding::EntryChanged {
                index,
                found,
                stored,
            });
        }
        // The tree is built from what the log says it is: what else was changed shows as well.
        let completed = self.grow(stored.unwrap_or(found));
        if let Some(rows) = rows.filter(|_| !self.broken) {
            self.compare_rows(&completed, rows);
        }
    }

    /// An entry that is gone, of which the rows of the tree still have the hash: the others can be checked all the same.
    pub fn lost_entry(&mut self, index: u64, stored: Hash) {
        if self.is_next(index) {
            self.findings.add(Finding::EntriesMissing {
                first: index,
                last: index,
            });
            let _ = self.grow(stored);
        }
    }

    /// The end of the log.
    #[must_use]
    pub fn finish(mut self) -> Report {
        let entries = self.tree.size();
        match self.history.largest() {
            None if entries > 0 => self.findings.add(Finding::NothingSigned { entries }),
            Some(newest) if newest.head().size > entries => {
                let signed = newest.head().size;
                self.findings.add(Finding::EndMissing { entries, signed });
            }
            _ => {}
        }
        Report {
            entries,
            proved: self.proved,
            newest: self.history.largest().cloned(),
            unchecked: self.unchecked,
            findings: self.findings.kept,
            more: self.findings.more,
        }
    }

    fn is_next(&mut self, index: u64) -> bool {
        let expected = self.tree.size();
        if index < expected {
            self.findings
                .add(Finding::EntryOutOfOrder { index, expected });
            return false;
        }
        if index > expected {
            self.findings.add(Finding::EntriesMissing {
                first: expected,
                last: index - 1,
            });
            if self.skip_to(index).is_err() {
                return false;
            }
        }
        true
    }

    /// Goes on after a gap, with hashes of nothing in it: the tree is another one from here on.
    fn skip_to(&mut self, index: u64) -> Result<()> {
        let next = Tree::needed(index)?;
        self.unchecked += self.history.between(self.tree.size(), index);
        self.broken = true;
        let gap = next
            .into_iter()
            .map(|row| (row, Hash::EMPTY_TREE))
            .collect();
        self.tree = Tree::load(index, &gap)?;
        Ok(())
    }

    fn check_date(&mut self, index: u64, at: OffsetDateTime) {
        let (without, with) = self.history.around(index);
        if let Some(checkpoint) = without.filter(|made| *made - at > CLOCK_TOLERANCE) {
            self.findings.add(Finding::EntryBackdated {
                index,
                at,
                checkpoint,
            });
        }
        if let Some(checkpoint) = with.filter(|made| at - *made > CLOCK_TOLERANCE) {
            self.findings.add(Finding::EntryPostdated {
                index,
                at,
                checkpoint,
            });
        }
    }

    fn grow(&mut self, leaf: Hash) -> Vec<(u64, Hash)> {
        let completed = self.tree.append(&[leaf]);
        // Only a tree of more entries than any log can have refuses.
        self.broken |= completed.is_err();
        self.compare_roots();
        completed.unwrap_or_default()
    }

    fn compare_rows(&mut self, completed: &[(u64, Hash)], rows: &[Hash]) {
        for (at, (row, found)) in completed.iter().copied().enumerate() {
            match rows.get(at).copied() {
                None => self.findings.add(Finding::RowMissing { row }),
                Some(stored) if stored != found => {
                    self.findings
                        .add(Finding::RowDiffers { row, found, stored });
                }
                Some(_) => {}
            }
        }
    }

    fn compare_roots(&mut self) {
        let size = self.tree.size();
        let signed: Vec<Hash> = self.history.roots_at(size).collect();
        if signed.is_empty() {
            return;
        }
        let Some(found) = self.tree.root().ok().filter(|_| !self.broken) else {
            self.unchecked += 1;
            return;
        };
        if signed.contains(&found) {
            self.proved = size;
        }
        // Where the log forked, the finding of the fork speaks for the root that differs.
        let differs = (!signed.contains(&found)).then(|| signed.first().copied());
        if let Some(signed) = differs.flatten() {
            self.broken = true;
            self.findings.add(Finding::RootDiffers {
                size,
                first: self.proved,
                last: size.saturating_sub(1),
                found,
                signed,
            });
        }
    }
}

#[cfg(test)]
mod tests;
