//! Why the store did not do what it was asked for.

use std::path::PathBuf;

use uuid::Uuid;

use super::{Claim, EntityKind, ServerFault, Stream};

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
    /// There is a file, and nothing of a register in it.
    #[error("there is a file at this place, and no register in it")]
    Blank,
    /// A server is not written to. Nothing happened.
    #[error("server {number} of `store` is not written to: {fault}")]
    Server {
        /// Which one of the addresses, from 1.
        number: usize,
        /// Why, and what to do.
        fault: ServerFault,
    },
    /// Which server was written to last is not remembered.
    #[error("{} has to say which server of the register was written to last, and cannot be read or written", path.display())]
    Memory {
        /// The file.
        path: PathBuf,
        /// Why.
        #[source]
        source: std::io::Error,
    },
    /// All connections to the database are in use, again and again. Nothing happened.
    #[error("the register has more to do than its connections carry")]
    Overloaded,
    /// The database failed. Whether the last change happened is not known: asking again tells.
    #[error("the database fails")]
    Unavailable(#[source] Box<dyn std::error::Error + Send + Sync>),
}

/// What a database or a disk fails of, where that is known: each wants something else to be done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Trouble {
    /// The disk, or what the database may take of it, is full.
    NoRoom,
    /// The file, its folder or the database takes no writes.
    ReadOnly,
    /// What is in the file is no database, or one that is damaged.
    Malformed,
    /// The file cannot be opened.
    NotOpened,
    /// The disk fails.
    Disk,
}

impl StoreError {
    /// What it fails of, as far as the database or the operating system says it.
    #[must_use]
    pub fn trouble(&self) -> Option<Trouble> {
        let mut cause = std::error::Error::source(self);
        while let Some(error) = cause {
            if let Some(found) = error.downcast_ref::<sqlx::Error>().and_then(of_database) {
                return Some(found);
            }
            if let Some(found) = error.downcast_ref::<std::io::Error>().and_then(of_disk) {
                return Some(found);
            }
            cause = error.source();
        }
        None
    }

    /// That a server, counted from 0, is not written to.
    pub(super) const fn server(number: usize, fault: ServerFault) -> Self {
        Self::Server {
            number: number + 1,
            fault,
        }
    }
}

/// Result codes of SQLite (the low octet of an extended one), SQLSTATEs of PostgreSQL.
fn of_database(error: &sqlx::Error) -> Option<Trouble> {
    const SQLITE: [(i64, Trouble); 7] = [
        (3, Trouble::NotOpened),
        (8, Trouble::ReadOnly),
        (10, Trouble::Disk),
        (11, Trouble::Malformed),
        (13, Trouble::NoRoom),
        (14, Trouble::NotOpened),
        (26, Trouble::Malformed),
    ];
    const POSTGRES: [(&str, Trouble); 5] = [
        ("25006", Trouble::ReadOnly),
        ("53100", Trouble::NoRoom),
        ("58030", Trouble::Disk),
        ("XX001", Trouble::Malformed),
        ("XX002", Trouble::Malformed),
    ];
    let error = error.as_database_error()?;
    let code = error.code()?;
    if error
        .try_downcast_ref::<sqlx::sqlite::SqliteError>()
        .is_none()
    {
        let found = POSTGRES.iter().find(|(known, _)| *known == code);
        return found.map(|(_, trouble)| *trouble);
    }
    let code = code.parse::<i64>().ok()? & 0xFF;
    let found = SQLITE.iter().find(|(known, _)| *known == code);
    found.map(|(_, trouble)| *trouble)
}

fn of_disk(error: &std::io::Error) -> Option<Trouble> {
    use std::io::ErrorKind;
    match error.kind() {
        ErrorKind::StorageFull | ErrorKind::QuotaExceeded => Some(Trouble::NoRoom),
        ErrorKind::ReadOnlyFilesystem => Some(Trouble::ReadOnly),
        ErrorKind::PermissionDenied => Some(Trouble::NotOpened),
        _ => None,
    }
}
