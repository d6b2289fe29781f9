//! What happens together or not at all.

use time::{Date, OffsetDateTime};
use uuid::Uuid;

use super::{ClaimChange, EntityChange, JournalEntry, TaskChange};

/// A series of events about one thing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Stream {
    /// What it is about.
    pub kind: StreamKind,
    /// Which one.
    pub id: Uuid,
}

/// What events are about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum StreamKind {
    /// An application.
    Application,
    /// A document, by its job.
    Document,
    /// A person.
    Person,
}

impl StreamKind {
    /// All kinds.
    pub const ALL: [Self; 3] = [Self::Application, Self::Document, Self::Person];

    /// The word of the kind in the database.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Application => "application",
            Self::Document => "document",
            Self::Person => "person",
        }
    }
}

/// Events that are appended behind a version.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Append {
    /// To what.
    pub stream: Stream,
    /// The version that the caller has seen; 0 for a new stream.
    pub after: u32,
    /// The events as they are stored.
    pub bodies: Vec<String>,
}

/// Which octets of an owner.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum BlobName {
    /// The key under which everything of the owner is sealed. When it is erased, nothing can be opened any more.
    Key,
    /// The job file.
    JobFile,
    /// The security object, for verifiers that ask.
    SecurityObject,
    /// A service's own key or setting.
    Setting,
}

impl BlobName {
    /// All names.
    pub const ALL: [Self; 4] = [
        Self::Key,
        Self::JobFile,
        Self::SecurityObject,
        Self::Setting,
    ];

    /// The word of the name in the database.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Key => "key",
            Self::JobFile => "job-file",
            Self::SecurityObject => "security-object",
            Self::Setting => "setting",
        }
    }
}

/// What becomes of a blob.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum BlobChange {
    /// It is there afterwards, whatever was before. What it holds is sealed by the caller.
    Put {
        /// Whose.
        owner: Uuid,
        /// Which.
        name: BlobName,
        /// The sealed octets.
        sealed: Vec<u8>,
    },
    /// It is not there afterwards, nor in the log of the database where that can be emptied.
    Erase {
        /// Whose.
        owner: Uuid,
        /// Which.
        name: BlobName,
    },
}

/// Something that is counted by day.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Tally {
    /// What: words with `/` between them, such as `received` or `refused/blurred`.
    pub name: String,
    /// When.
    pub day: Date,
    /// How many.
    pub count: i64,
}

/// Everything that one decision changes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// When it is recorded.
    pub at: OffsetDateTime,
    /// Events.
    pub appends: Vec<Append>,
    /// What becomes taken or free.
    pub claims: Vec<ClaimChange>,
    /// What is looked up and listed.
    pub entities: Vec<EntityChange>,
    /// What is to be done, and what is done.
    pub tasks: Vec<TaskChange>,
    /// Sealed octets.
    pub blobs: Vec<BlobChange>,
    /// What is counted.
    pub tallies: Vec<Tally>,
    /// Audit entries and notices.
    pub journal: Vec<JournalEntry>,
}

impl Change {
    /// A change of nothing, to be filled.
    #[must_use]
    pub const fn new(at: OffsetDateTime) -> Self {
        Self {
            at,
            appends: Vec::new(),
            claims: Vec::new(),
            entities: Vec::new(),
            tasks: Vec::new(),
            blobs: Vec::new(),
            tallies: Vec::new(),
            journal: Vec::new(),
        }
    }

    /// Counts one more on the day of the change.
    pub fn tally(&mut self, name: impl Into<String>) {
        self.tallies.push(Tally {
            name: name.into(),
            day: self.at.date(),
            count: 1,
        });
    }
}
