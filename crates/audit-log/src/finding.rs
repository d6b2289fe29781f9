//! What can be wrong with a log, each with the place where to look.

use time::OffsetDateTime;

use crate::{EntryFault, Error, Hash};

/// One thing that is wrong with a log. Indexes of entries count from 0; a checkpoint of size n covers the entries 0 to n − 1.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Finding {
    /// The bytes of an entry are not an entry. Its hash may be right all the same: then a newer program wrote it.
    #[error("entry {index} is unreadable: {why}")]
    EntryUnreadable {
        /// Which one.
        index: u64,
        /// What is wrong with it.
        why: EntryFault,
    },
    /// The bytes of an entry do not give the hash that was stored when it was appended.
    #[error(
        "entry {index} was changed after it was appended: its hash is {found}, stored is {stored}"
    )]
    EntryChanged {
        /// Which one.
        index: u64,
        /// The hash of its bytes.
        found: Hash,
        /// The hash in the rows of the tree.
        stored: Hash,
    },
    /// A row of the tree is not there: proofs cannot be made, until the rows are made again from the entries.
    #[error("row {row} of the tree is missing")]
    RowMissing {
        /// Index of the row.
        row: u64,
    },
    /// A row of the tree is not what the rows below it give: proofs made with it are wrong.
    #[error("row {row} of the tree was changed: it is {stored}, and must be {found}")]
    RowDiffers {
        /// Index of the row.
        row: u64,
        /// What the rows below give.
        found: Hash,
        /// What is there.
        stored: Hash,
    },
    /// Entries are not there, though later ones are.
    #[error("entries {first} to {last} are missing")]
    EntriesMissing {
        /// The first of them.
        first: u64,
        /// The last of them.
        last: u64,
    },
    /// An entry came again, or after a later one.
    #[error("entry {index} comes where entry {expected} should be")]
    EntryOutOfOrder {
        /// Which one.
        index: u64,
        /// Which one should come.
        expected: u64,
    },
    /// An entry says that it was made before a checkpoint that does not have it.
    #[error(
        "entry {index} is dated {at}, but was not in the log at {checkpoint}: it was backdated, or a clock was wrong"
    )]
    EntryBackdated {
        /// Which one.
        index: u64,
        /// What it says.
        at: OffsetDateTime,
        /// When a checkpoint was made without it.
        checkpoint: OffsetDateTime,
    },
    /// An entry says that it was made after a checkpoint that has it.
    #[error(
        "entry {index} is dated {at}, but was in the log at {checkpoint} already: it was postdated, or a clock was wrong"
    )]
    EntryPostdated {
        /// Which one.
        index: u64,
        /// What it says.
        at: OffsetDateTime,
        /// When a checkpoint was made with it.
        checkpoint: OffsetDateTime,
    },
    /// The entries do not give the root that was signed: one of those named was changed, removed or inserted.
    #[error(
        "the entries {first} to {last} are not those that were signed in the checkpoint of size {size}: root {found}, signed is {signed}"
    )]
    RootDiffers {
        /// Entries of the checkpoint.
        size: u64,
        /// The first entry that no earlier right checkpoint covers.
        first: u64,
        /// The last entry of the checkpoint.
        last: u64,
        /// The root of what is there.
        found: Hash,
        /// The root that was signed.
        signed: Hash,
    },
    /// The log ends before its newest checkpoint: entries at its end were cut off, or an old backup was restored.
    #[error("the log has {entries} entries, but {signed} were signed: {} at its end are gone", signed - entries)]
    EndMissing {
        /// Entries there are.
        entries: u64,
        /// Entries of the largest checkpoint.
        signed: u64,
    },
    /// There are entries and no checkpoint that could be verified: nothing is proved.
    #[error("{entries} entries and no checkpoint of this key: nothing is proved")]
    NothingSigned {
        /// Entries there are.
        entries: u64,
    },
    /// A checkpoint that cannot be read, is of another log or key, or whose signature is wrong.
    #[error("checkpoint {number}: {why}")]
    CheckpointRefused {
        /// The how-manieth that was given, from 0.
        number: u64,
        /// What is wrong with it.
        why: Error,
    },
    /// Two checkpoints of one size with different roots, both signed: the log showed two faces. Both notes together are the evidence.
    #[error(
        "two signed checkpoints of size {size} differ: roots {one} and {other}: the log forked"
    )]
    Fork {
        /// Entries of both.
        size: u64,
        /// Root of the one.
        one: Hash,
        /// Root of the other.
        other: Hash,
    },
    /// A later checkpoint has fewer entries: the log was rolled back, as after restoring an old backup.
    #[error("rolled back: {earlier_size} entries at {earlier}, and {later_size} at {later}")]
    Rollback {
        /// When the larger was signed.
        earlier: OffsetDateTime,
        /// Its entries.
        earlier_size: u64,
        /// When the smaller was signed.
        later: OffsetDateTime,
        /// Its entries.
        later_size: u64,
    },
    /// An auditor was given a checkpoint that is older than the one that was seen before.
    #[error(
        "given the checkpoint of {given} with {given_size} entries, though that of {kept} with {kept_size} was seen: ask again"
    )]
    Stale {
        /// When the one was signed that was seen.
        kept: OffsetDateTime,
        /// Its entries.
        kept_size: u64,
        /// When the one was signed that was given.
        given: OffsetDateTime,
        /// Its entries.
        given_size: u64,
    },
    /// A checkpoint that no proof connects with an earlier one: entries that were signed were changed or removed.
    #[error(
        "the checkpoint of size {to} does not continue the one of size {from}: the log forked, or the proof is of others"
    )]
    Inconsistent {
        /// Entries of the smaller.
        from: u64,
        /// Entries of the larger.
        to: u64,
    },
}

impl Finding {
    /// A short name that never changes, for machines.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::EntryUnreadable { .. } => "entry-unreadable",
            Self::EntryChanged { .. } => "entry-changed",
            Self::RowMissing { .. } => "row-missing",
            Self::RowDiffers { .. } => "row-differs",
            Self::EntriesMissing { .. } => "entries-missing",
            Self::EntryOutOfOrder { .. } => "entry-out-of-order",
            Self::EntryBackdated { .. } => "entry-backdated",
            Self::EntryPostdated { .. } => "entry-postdated",
            Self::RootDiffers { .. } => "root-differs",
            Self::EndMissing { .. } => "end-missing",
            Self::NothingSigned { .. } => "nothing-signed",
            Self::CheckpointRefused { .. } => "checkpoint-refused",
            Self::Fork { .. } => "fork",
            Self::Rollback { .. } => "rollback",
            Self::Stale { .. } => "stale",
            Self::Inconsistent { .. } => "inconsistent",
        }
    }
}
