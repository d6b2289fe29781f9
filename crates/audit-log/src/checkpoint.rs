//! Checkpoints (C2SP tlog-checkpoint, c2sp.org/tlog-checkpoint): what the log commits itself to.
//!
//! ```text
//! uto.example/audit            the log
//! 20852163                     how many entries it has
//! CsUYapGGPo4dkMgIAUqom/Xa…    the root over all of them
//! time 2026-11-22T10:00:00Z    when it said so
//!
//! — uto.example/audit Az3grlgt…
//! ```
//!
//! The time is an extension line. The specification advises against such lines because nobody can audit them; here an auditor can: a
//! later checkpoint with an earlier time, or fewer entries at a later time, is a finding, and a verifier must see that a log went silent.

use time::format_description::BorrowedFormatItem;
use time::macros::{format_description, offset};
use time::{OffsetDateTime, PrimitiveDateTime};

use crate::error::CheckpointFault;
use crate::note::{LogKey, Note};
use crate::tree::MAX_ENTRIES;
use crate::{Hash, Head, Result};

const TIME: &[BorrowedFormatItem<'_>] =
    format_description!("time [year]-[month]-[day]T[hour]:[minute]:[second]Z");

/// What a log says of itself at one moment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Checkpoint {
    head: Head,
    at: OffsetDateTime,
}

impl Checkpoint {
    /// A checkpoint of this tree; `at` is kept in whole seconds, in UTC.
    ///
    /// # Errors
    /// [`CheckpointFault::Size`] for more entries than a tree can have, [`CheckpointFault::Time`] for a year that has not four digits.
    pub fn new(head: Head, at: OffsetDateTime) -> Result<Self> {
        if head.size > MAX_ENTRIES {
            return Err(CheckpointFault::Size.into());
        }
        let at = at
            .checked_to_offset(offset!(UTC))
            .filter(|at| (1970..=9999).contains(&at.year()))
            .and_then(|at| at.replace_nanosecond(0).ok())
            .ok_or(CheckpointFault::Time)?;
        Ok(Self { head, at })
    }

    /// Size and root.
    #[must_use]
    pub const fn head(&self) -> Head {
        self.head
    }

    /// When the log said so, in seconds.
    #[must_use]
    pub const fn at(&self) -> OffsetDateTime {
        self.at
    }

    /// Signs it as the log of this key; the note is read by people and by [`VerifiedCheckpoint::open`].
    ///
    /// A log must never sign two checkpoints that contradict each other: sign in the transaction that wrote the entries, under the lock
    /// that keeps others from appending.
    ///
    /// # Errors
    /// As [`LogKey::sign`].
    pub fn sign(&self, key: &LogKey, signer: &dyn pki::Signer) -> Result<String> {
        key.sign(&self.text(key.name())?, signer)
    }

    fn text(&self, origin: &str) -> Result<String> {
        let time = self.at.format(TIME).map_err(|_| CheckpointFault::Time)?;
        let Head { size, root } = self.head;
        Ok(format!("{origin}\n{size}\n{root}\n{time}\n"))
    }

    /// Reads the text of a checkpoint of this log.
    fn parse(text: &str, origin: &str) -> Result<Self> {
        let body = text.strip_suffix('\n').ok_or(CheckpointFault::Lines)?;
        let lines: Vec<&str> = body.split('\n').collect();
        let [of, size, root, time, ..] = lines.as_slice() else {
            return Err(CheckpointFault::Lines.into());
        };
        if *of != origin {
            return Err(CheckpointFault::Origin.into());
        }
        let size = decimal(size).ok_or(CheckpointFault::Size)?;
        let root = Hash::parse(root).map_err(|_| CheckpointFault::Root)?;
        let at = PrimitiveDateTime::parse(time, TIME).map_err(|_| CheckpointFault::Time)?;
        let checkpoint = Self::new(Head { size, root }, at.assume_utc())?;
        // Further extension lines would be signed words that nobody reads.
        if checkpoint.text(origin)? != text {
            return Err(CheckpointFault::Lines.into());
        }
        Ok(checkpoint)
    }
}

fn decimal(text: &str) -> Option<u64> {
    let number: u64 = text.parse().ok()?;
    (number.to_string() == text).then_some(number)
}

/// A checkpoint that the key of the log has signed. Comes from [`Self::open`] only; the note is kept, since it is the evidence.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VerifiedCheckpoint {
    checkpoint: Checkpoint,
    note: String,
}

impl VerifiedCheckpoint {
    /// Reads a note and verifies it with one of the keys that the log has or had.
    ///
    /// # Errors
    /// [`crate::error::NoteFault`] for a note that is malformed or not signed by one of these keys, [`CheckpointFault`] for one that is no
    /// checkpoint of this log.
    pub fn open(note: &str, keys: &[LogKey]) -> Result<Self> {
        let parsed = Note::parse(note)?;
        let (text, key) = parsed.verify(keys)?;
        let checkpoint = Checkpoint::parse(text, key.name())?;
        Ok(Self {
            checkpoint,
            note: note.to_owned(),
        })
    }

    /// Size and root.
    #[must_use]
    pub const fn head(&self) -> Head {
        self.checkpoint.head
    }

    /// When the log said so, in seconds.
    #[must_use]
    pub const fn at(&self) -> OffsetDateTime {
        self.checkpoint.at
    }

    /// The note as it was signed: the evidence, should the log ever say something else.
    #[must_use]
    pub fn note(&self) -> &str {
        &self.note
    }
}

#[cfg(test)]
mod tests;
