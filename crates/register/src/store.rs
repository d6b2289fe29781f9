//! Where everything is remembered: one trait, one adapter for each database, one story that all adapters pass.
//!
//! ```text
//! Change ── commit ──▶ events behind the versions that were read        the truth, for ever
//!                      claims: what is unique, by constraint            number, chip, key, packet
//!                      entities: what is looked up and listed           follow from the events
//!                      tasks: what is to be done next                   leased, never lost
//!                      blobs: sealed octets that can be erased          job files, keys
//!                      tallies: what the plots show                     counted by day
//!                      journal: audit entries and notices               sequenced afterwards
//! ```
//!
//! A [`Change`] happens as one transaction, on the disk, or not at all. The store decides one thing by itself, and by
//! constraints of the database: what is unique. Everything else is decided by [`crate::application`], [`crate::document`] and
//! [`crate::person`], and the store sees to it that what was decided is still true when it is written.
//!
//! Keys spread: claims are looked up by value, entities by id, search keys are keyed hashes. No statement needs a sequence,
//! an advisory lock, a notification or a join, so that databases with PostgreSQL's protocol and many machines can serve it.

mod any;
mod change;
mod claim;
mod entity;
mod error;
mod journal;
mod migrate;
pub mod postgres;
mod sql;
pub mod sqlite;
mod task;

use core::future::Future;

use time::{Date, OffsetDateTime};
use uuid::Uuid;

pub use any::AnyStore;
pub use change::{Append, BlobChange, BlobName, Change, Stream, StreamKind, Tally};
pub use claim::{Claim, ClaimChange, ClaimKind};
pub use entity::{Breadth, Cursor, Entity, EntityChange, EntityKind, Expected, Query, SearchKey};
pub use error::{StoreError, Trouble};
pub use journal::{JournalEntry, Sequencing, Topic};
pub use postgres::{PostgresStore, ServerFault};
pub use sqlite::SqliteStore;
pub use task::{Queue, Task, TaskChange};

/// An event as it is recorded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Recorded {
    /// Its number among the events of the stream, from 1.
    pub version: u32,
    /// When it was recorded.
    pub at: OffsetDateTime,
    /// What happened, as it is stored.
    pub body: String,
}

/// A memory that survives the process. Every method is one transaction.
pub trait Store: Clone + Send + Sync + 'static {
    /// Makes a change happen as a whole.
    ///
    /// # Errors
    /// [`StoreError::Conflict`], [`StoreError::Claimed`], [`StoreError::EntityChanged`]: nothing happened then, and the caller decides anew.
    fn commit(&self, change: &Change) -> impl Future<Output = Result<(), StoreError>> + Send;

    /// Everything that happened to a stream, in order; empty when it is unknown.
    ///
    /// # Errors
    /// [`StoreError`].
    fn history(
        &self,
        stream: Stream,
    ) -> impl Future<Output = Result<Vec<Recorded>, StoreError>> + Send;

    /// Who holds something that is unique.
    ///
    /// # Errors
    /// [`StoreError`].
    fn holder(
        &self,
        claim: &Claim,
    ) -> impl Future<Output = Result<Option<Uuid>, StoreError>> + Send;

    /// An entity by its id.
    ///
    /// # Errors
    /// [`StoreError`].
    fn entity(
        &self,
        kind: EntityKind,
        id: Uuid,
    ) -> impl Future<Output = Result<Option<Entity>, StoreError>> + Send;

    /// Entities in their order.
    ///
    /// # Errors
    /// [`StoreError`].
    fn list(&self, query: &Query) -> impl Future<Output = Result<Vec<Entity>, StoreError>> + Send;

    /// Entities that have some of these search keys, each once, those with most of them first; at most `limit`.
    ///
    /// # Errors
    /// [`StoreError`].
    fn find(
        &self,
        kind: EntityKind,
        keys: &[SearchKey],
        breadth: Breadth,
        limit: u32,
    ) -> impl Future<Output = Result<Vec<Entity>, StoreError>> + Send;

    /// Takes up to `count` tasks of a lane that are due and that nobody works on, most urgent first. Until `until` nobody else
    /// gets them; a worker that dies loses them then.
    ///
    /// # Errors
    /// [`StoreError`].
    fn lease(
        &self,
        queue: Queue,
        lane: &str,
        count: u32,
        now: OffsetDateTime,
        until: OffsetDateTime,
    ) -> impl Future<Output = Result<Vec<Task>, StoreError>> + Send;

    /// Gives a leased task back, to be done not before `run_at`. `attempts` is that of the lease: where it has ended and somebody else has
    /// the task now, nothing is changed.
    ///
    /// # Errors
    /// [`StoreError`].
    fn postpone(
        &self,
        task: Uuid,
        attempts: u32,
        run_at: OffsetDateTime,
    ) -> impl Future<Output = Result<(), StoreError>> + Send;

    /// How many tasks wait in a lane, at most `limit` are counted, and since when the oldest is due.
    ///
    /// # Errors
    /// [`StoreError`].
    fn waiting(
        &self,
        queue: Queue,
        lane: &str,
        limit: u32,
    ) -> impl Future<Output = Result<(u32, Option<OffsetDateTime>), StoreError>> + Send;

    /// A sealed blob.
    ///
    /// # Errors
    /// [`StoreError`].
    fn blob(
        &self,
        owner: Uuid,
        name: BlobName,
    ) -> impl Future<Output = Result<Option<Vec<u8>>, StoreError>> + Send;

    /// Takes `count` numbers of a counter for good and says the first of them; a counter begins at 0.
    ///
    /// # Errors
    /// [`StoreError`].
    fn take_numbers(
        &self,
        counter: &str,
        count: u32,
    ) -> impl Future<Output = Result<u64, StoreError>> + Send;

    /// How many numbers of a counter were taken. Nothing is written.
    ///
    /// # Errors
    /// [`StoreError`].
    fn numbers_taken(&self, counter: &str) -> impl Future<Output = Result<u64, StoreError>> + Send;

    /// The sums of tallies whose name begins with a prefix, by name and day.
    ///
    /// # Errors
    /// [`StoreError`].
    fn tallies(
        &self,
        prefix: &str,
        from: Date,
        to: Date,
    ) -> impl Future<Output = Result<Vec<Tally>, StoreError>> + Send;

    /// Entries of a topic that have no number yet, oldest first.
    ///
    /// # Errors
    /// [`StoreError`].
    fn unsequenced(
        &self,
        topic: Topic,
        limit: u32,
    ) -> impl Future<Output = Result<Vec<JournalEntry>, StoreError>> + Send;

    /// Gives entries their numbers, with the hashes of the tree and the checkpoint that follow from them.
    ///
    /// # Errors
    /// [`StoreError::Sequenced`] when another process was faster; nothing happened then.
    fn sequence(
        &self,
        sequencing: &Sequencing,
    ) -> impl Future<Output = Result<(), StoreError>> + Send;

    /// How many entries of a topic have numbers, and the last checkpoint.
    ///
    /// # Errors
    /// [`StoreError`].
    fn sequenced(
        &self,
        topic: Topic,
    ) -> impl Future<Output = Result<(u64, Option<String>), StoreError>> + Send;

    /// Numbered entries from one on.
    ///
    /// # Errors
    /// [`StoreError`].
    fn journal(
        &self,
        topic: Topic,
        from: u64,
        limit: u32,
    ) -> impl Future<Output = Result<Vec<JournalEntry>, StoreError>> + Send;

    /// Hashes of the tree of a topic, in the order of the indexes asked for.
    ///
    /// # Errors
    /// [`StoreError`], also when one is missing.
    fn tree_hashes(
        &self,
        topic: Topic,
        indexes: &[u64],
    ) -> impl Future<Output = Result<Vec<[u8; 32]>, StoreError>> + Send;

    /// Asks the database whether it is whole, in the words of the database; empty when it is.
    ///
    /// # Errors
    /// [`StoreError`] when it cannot be asked.
    fn integrity(&self) -> impl Future<Output = Result<Vec<String>, StoreError>> + Send;
}
