//! Where documents are remembered: one trait, one adapter for each database, one story that all adapters pass.
//!
//! The store decides one thing by itself, and by constraints of the database: what is unique. Everything else is decided by
//! [`crate::application`], and the store sees to it that what was decided is still true when it is written: an event is
//! appended behind the version that was read, or not at all.

pub mod packets;
pub mod sqlite;
pub mod stored_event;

use core::future::Future;

use crypto::SecretBytes;
use perso::{Entered, RegisterError};
use time::OffsetDateTime;
use uuid::Uuid;

use crate::application::{Document, Entry, Event, StageKind};

pub use sqlite::SqliteStore;

/// A register of documents that survives the process. Every method is one transaction: it has happened, on the disk, or it
/// has not.
pub trait Store: Send + Sync + 'static {
    /// Enters a document as its first event. The same document again, out of the same record, is answered in the same way.
    ///
    /// # Errors
    /// [`RegisterError`] naming the job that holds the number, the chip or the key, [`RegisterError::JobDiffers`] for another record;
    /// nothing was entered then.
    fn enter(
        &self,
        entry: &Entry,
        now: OffsetDateTime,
    ) -> impl Future<Output = Result<Entered, RegisterError>> + Send;

    /// Appends an event behind the version of a job that the caller has seen. The outbox of the job then holds `job_file`
    /// and nothing else: what stood there before is erased.
    ///
    /// # Errors
    /// [`StoreError::VersionConflict`] when something else has happened to the job; [`StoreError::SecurityObjectUsed`].
    /// Nothing was appended then.
    fn append(
        &self,
        job: Uuid,
        version: u32,
        event: &Event,
        job_file: Option<&SecretBytes>,
        now: OffsetDateTime,
    ) -> impl Future<Output = Result<(), StoreError>> + Send;

    /// Everything that happened to a job, in order; empty when it is unknown.
    ///
    /// # Errors
    /// [`StoreError`].
    fn history(&self, job: Uuid) -> impl Future<Output = Result<History, StoreError>> + Send;

    /// The job file in the outbox, if there is one.
    ///
    /// # Errors
    /// [`StoreError`].
    fn job_file(
        &self,
        job: Uuid,
    ) -> impl Future<Output = Result<Option<SecretBytes>, StoreError>> + Send;

    /// The job of a document.
    ///
    /// # Errors
    /// [`StoreError`].
    fn find(&self, key: &Key) -> impl Future<Output = Result<Option<Uuid>, StoreError>> + Send;

    /// Documents in the order of their jobs.
    ///
    /// # Errors
    /// [`StoreError`].
    fn list(&self, page: &Page) -> impl Future<Output = Result<Vec<Summary>, StoreError>> + Send;
}

/// An event as it is recorded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Recorded {
    /// Its number among the events of the job, from 1.
    pub version: u32,
    /// When it was recorded.
    pub at: OffsetDateTime,
    /// What happened.
    pub event: Event,
}

/// The events of one job.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct History(pub Vec<Recorded>);

impl History {
    /// The document that they make; `None` when nothing has happened.
    #[must_use]
    pub fn document(&self) -> Option<Document> {
        Document::replay(self.0.iter().map(|recorded| &recorded.event))
    }

    /// The version that the next event is appended behind.
    #[must_use]
    pub fn version(&self) -> u32 {
        self.0.last().map_or(0, |recorded| recorded.version)
    }
}

/// By what a document is found, besides its job.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Key {
    /// The number of the document.
    DocumentNumber {
        /// Issuing state of the MRZ.
        issuing_state: String,
        /// Document number of the MRZ.
        number: String,
    },
    /// The serial number of the chip.
    Chip(Vec<u8>),
}

/// A part of a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Page {
    /// Only documents of this stage.
    pub stage: Option<StageKind>,
    /// Only documents whose job comes after this one.
    pub after: Option<Uuid>,
    /// At most so many.
    pub limit: u32,
}

/// A line of a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Summary {
    /// The job.
    pub job: Uuid,
    /// Issuing state of the MRZ.
    pub issuing_state: String,
    /// Document code of the MRZ.
    pub document_code: String,
    /// Document number.
    pub document_number: String,
    /// Serial number of the chip.
    pub chip_serial: Vec<u8>,
    /// How far the document is.
    pub stage: StageKind,
    /// When it was entered.
    pub entered_at: OffsetDateTime,
    /// When something last happened to it.
    pub changed_at: OffsetDateTime,
}

/// Why the store did not do what it was asked for.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum StoreError {
    /// Something else has happened to the job since it was read.
    #[error("the job has moved on in the meantime")]
    VersionConflict,
    /// The same security object belongs to another job.
    #[error("the security object is in use by job {0}")]
    SecurityObjectUsed(Uuid),
    /// What is stored cannot be understood.
    #[error("job {job} is stored in a form that cannot be read: {what}")]
    Corrupt {
        /// The job.
        job: Uuid,
        /// What of it.
        what: &'static str,
    },
    /// There is no store where one is expected.
    #[error("there is no register at this place")]
    Missing,
    /// The database failed. Whether the last change happened is not known: asking again tells.
    #[error("the database fails")]
    Unavailable(#[source] Box<dyn std::error::Error + Send + Sync>),
}

impl From<StoreError> for RegisterError {
    fn from(error: StoreError) -> Self {
        Self::Storage(Box::new(error))
    }
}
