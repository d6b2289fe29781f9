//! Why the store did not do what it was asked for.

use uuid::Uuid;

use super::{Claim, EntityKind, Stream};

/// Why the store did not do what it was asked for.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum StoreError {
    /// Something else has happened since it was read.
    #[error("{} {} has moved on in the meantime", .0.kind.word(), .0.id)]
    Conflict(Stream),
    /// Somebody else holds what is unique.
    #[error("this {} is in use by {holder}", claim.kind.word())]
    Claimed {
        /// What.
        claim: Claim,
        /// By whom.
        holder: Uuid,
    },
    /// The entity has another version, or is there where it should be new.
    #[error("{} {id} has changed in the meantime", kind.word())]
    EntityChanged {
        /// What it is.
        kind: EntityKind,
        /// Which one.
        id: Uuid,
    },
    /// Another process has numbered entries in the meantime.
    #[error("the journal was numbered by another process")]
    Sequenced,
    /// What is stored cannot be understood.
    #[error("{id} is stored in a form that cannot be read: {what}")]
    Corrupt {
        /// Of what.
        id: Uuid,
        /// What of it.
        what: &'static str,
    },
    /// This is not released and does not go.
    #[error("a {0} is for ever")]
    ForEver(&'static str),
    /// A backup that is not whole.
    #[error("the backup is damaged: {findings} findings; take an earlier one")]
    Damaged {
        /// How many findings there are.
        findings: usize,
    },
    /// This is neither the path of a file nor a `postgres://` address.
    #[error(
        "the place of the register is neither a file nor a postgres:// address that can be read"
    )]
    Place,
    /// There is no store where one is expected.
    #[error("there is no register at this place")]
    Missing,
    /// The database failed. Whether the last change happened is not known: asking again tells.
    #[error("the database fails")]
    Unavailable(#[source] Box<dyn std::error::Error + Send + Sync>),
}
