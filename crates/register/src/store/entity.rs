//! What is looked up by id and listed by state: the present, as the events made it.

use uuid::Uuid;

/// What an entity is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum EntityKind {
    /// An application.
    Application,
    /// A document, by its job.
    Document,
    /// A person.
    Person,
    /// A packet that was received, by its id.
    Packet,
    /// A chip of the pool.
    Chip,
    /// A batch of jobs.
    Batch,
    /// A consignment of cards to a counter.
    Consignment,
    /// A shift at a personalisation site: what was counted at its beginning and at its end.
    Shift,
    /// An account.
    Account,
    /// A session of an account.
    Session,
    /// A machine with a client certificate.
    Device,
    /// A link that works once.
    Link,
    /// The answer to a request with an idempotency key.
    Reply,
    /// Somebody who is told of changes.
    Subscription,
    /// Something that administrators set: thresholds, profiles in use.
    Setting,
}

impl EntityKind {
    /// All kinds.
    pub const ALL: [Self; 15] = [
        Self::Application,
        Self::Document,
        Self::Person,
        Self::Packet,
        Self::Chip,
        Self::Batch,
        Self::Consignment,
        Self::Shift,
        Self::Account,
        Self::Session,
        Self::Device,
        Self::Link,
        Self::Reply,
        Self::Subscription,
        Self::Setting,
    ];

    /// The word of the kind in the database.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Application => "application",
            Self::Document => "document",
            Self::Person => "person",
            Self::Packet => "packet",
            Self::Chip => "chip",
            Self::Batch => "batch",
            Self::Consignment => "consignment",
            Self::Shift => "shift",
            Self::Account => "account",
            Self::Session => "session",
            Self::Device => "device",
            Self::Link => "link",
            Self::Reply => "reply",
            Self::Subscription => "subscription",
            Self::Setting => "setting",
        }
    }

    /// Whether it may go again: what passes by itself.
    #[must_use]
    pub const fn can_be_removed(self) -> bool {
        matches!(self, Self::Session | Self::Link | Self::Reply)
    }
}

/// Who is found by search keys.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Breadth {
    /// Whoever has one of them.
    All,
    /// Whoever has at least half as many of them as whoever has most.
    Closest,
}

/// A keyed hash by which entities are searched: nobody reads a name out of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SearchKey(pub [u8; 16]);

/// An entity as it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entity {
    /// What it is.
    pub kind: EntityKind,
    /// Which one.
    pub id: Uuid,
    /// Its state, by a word.
    pub state: String,
    /// Where it is or to whom it belongs: a station, a site, a counter, an account; empty where that means nothing.
    pub place: String,
    /// Its place in lists: mostly a time in milliseconds; for what passes, the time of its end.
    pub order: i64,
    /// Raised with every change, from 1.
    pub version: u32,
    /// Everything else: JSON.
    pub body: String,
}

/// What must be true of an entity before it is changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Expected {
    /// There is none.
    New,
    /// It has this version.
    Version(u32),
    /// Nothing: a stream in the same change is the guard.
    Any,
}

/// What becomes of an entity.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum EntityChange {
    /// It is so afterwards. Its version is counted by the store; the one given is not looked at.
    Put {
        /// The entity.
        entity: Entity,
        /// What must be true before.
        expected: Expected,
        /// By what it is searched from now on; `None` leaves that as it is.
        keys: Option<Vec<SearchKey>>,
    },
    /// It is gone afterwards: sessions, links, replies. Nothing else goes.
    Remove {
        /// What.
        kind: EntityKind,
        /// Which one.
        id: Uuid,
    },
}

/// A place in a list: behind the entity with this order and id.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Cursor {
    /// [`Entity::order`].
    pub order: i64,
    /// [`Entity::id`].
    pub id: Uuid,
}

/// A part of a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Query {
    /// What.
    pub kind: EntityKind,
    /// Only of this state.
    pub state: Option<String>,
    /// Only of this place.
    pub place: Option<String>,
    /// Only behind this one.
    pub after: Option<Cursor>,
    /// Last ones first.
    pub descending: bool,
    /// At most so many.
    pub limit: u32,
}

impl Query {
    /// The first of a kind.
    #[must_use]
    pub const fn of(kind: EntityKind, limit: u32) -> Self {
        Self {
            kind,
            state: None,
            place: None,
            after: None,
            descending: false,
            limit,
        }
    }
}
