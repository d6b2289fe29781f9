//! What is told afterwards, in one order for everybody: audit entries and notices.
//!
//! Transactions end in another order than they begin. So an entry is written with its transaction and gets its number a moment
//! later, by one process at a time: a reader that has seen number n has seen everything before it.

use time::OffsetDateTime;
use uuid::Uuid;

/// Which journal.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Topic {
    /// Who did what: the audit log.
    Audit,
    /// What other registers are told.
    Notice,
}

impl Topic {
    /// All topics.
    pub const ALL: [Self; 2] = [Self::Audit, Self::Notice];

    /// The word of the topic in the database.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Audit => "audit",
            Self::Notice => "notice",
        }
    }
}

/// An entry.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct JournalEntry {
    /// Its name.
    pub id: Uuid,
    /// Which journal.
    pub topic: Topic,
    /// When.
    pub at: OffsetDateTime,
    /// Its octets, as they are hashed and told.
    pub body: Vec<u8>,
    /// Its number from 0, once it has one.
    pub number: Option<u64>,
}

/// Numbers for entries, and what follows from them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sequencing {
    /// Which journal.
    pub topic: Topic,
    /// How many had numbers before.
    pub size: u64,
    /// The entries that are numbered from there on.
    pub entries: Vec<Uuid>,
    /// New hashes of the tree by their index; none for a journal without one.
    pub hashes: Vec<(u64, [u8; 32])>,
    /// The checkpoint over all of it.
    pub checkpoint: Option<String>,
}
