//! What an auditor does every day without reading the entries: keep the newest checkpoint, and have each next one proved to continue it.

use crate::{ConsistencyProof, Error, Finding, LogKey, VerifiedCheckpoint};

/// The keys of a log and the newest checkpoint of it that an auditor has seen. What it holds is all the auditor must keep, outside the
/// reach of the log: the text of each [`LogKey`], and [`VerifiedCheckpoint::note`].
#[derive(Debug, Clone)]
pub struct Auditor {
    keys: Vec<LogKey>,
    newest: Option<VerifiedCheckpoint>,
}

impl Auditor {
    /// An auditor who has seen nothing yet. The first checkpoint is believed; it should be compared with what others have.
    #[must_use]
    pub const fn new(keys: Vec<LogKey>) -> Self {
        Self { keys, newest: None }
    }

    /// An auditor who kept a checkpoint.
    ///
    /// # Errors
    /// As [`VerifiedCheckpoint::open`].
    pub fn resume(keys: Vec<LogKey>, kept: &str) -> crate::Result<Self> {
        let newest = Some(VerifiedCheckpoint::open(kept, &keys)?);
        Ok(Self { keys, newest })
    }

    /// The newest checkpoint so far.
    #[must_use]
    pub const fn newest(&self) -> Option<&VerifiedCheckpoint> {
        self.newest.as_ref()
    }

    /// Which older size the proof for the next checkpoint must begin with.
    #[must_use]
    pub fn prove_from(&self) -> u64 {
        self.newest.as_ref().map_or(0, |kept| kept.head().size)
    }

    /// Takes the next checkpoint with its proof; where it is refused the auditor keeps what there was. The refused note is evidence: it
    /// must be kept as well.
    ///
    /// # Errors
    /// [`Finding::CheckpointRefused`], [`Finding::Stale`], [`Finding::Rollback`], [`Finding::Fork`], [`Finding::Inconsistent`].
    pub fn advance(&mut self, note: &str, proof: &ConsistencyProof) -> Result<(), Finding> {
        let refused = |why: Error| Finding::CheckpointRefused { number: 0, why };
        let next = VerifiedCheckpoint::open(note, &self.keys).map_err(refused)?;
        if let Some(kept) = &self.newest {
            continues(kept, &next, proof)?;
        }
        self.newest = Some(next);
        Ok(())
    }
}

fn continues(
    kept: &VerifiedCheckpoint,
    next: &VerifiedCheckpoint,
    proof: &ConsistencyProof,
) -> Result<(), Finding> {
    let (older, newer) = (kept.head(), next.head());
    let is_stale = next.at() < kept.at();
    if is_stale && newer.size <= older.size {
        return Err(Finding::Stale {
            kept: kept.at(),
            kept_size: older.size,
            given: next.at(),
            given_size: newer.size,
        });
    }
    let (earlier, later) = if is_stale { (next, kept) } else { (kept, next) };
    if earlier.head().size > later.head().size {
        return Err(Finding::Rollback {
            earlier: earlier.at(),
            earlier_size: earlier.head().size,
            later: later.at(),
            later_size: later.head().size,
        });
    }
    if newer.size == older.size && newer.root != older.root {
        return Err(Finding::Fork {
            size: older.size,
            one: older.root,
            other: newer.root,
        });
    }
    if newer == older {
        return Ok(());
    }
    let inconsistent = |_| Finding::Inconsistent {
        from: older.size,
        to: newer.size,
    };
    proof.verify(older, newer).map_err(inconsistent)
}

#[cfg(test)]
mod tests;
