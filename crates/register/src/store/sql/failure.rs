//! Whether something may be tried again.

use super::serve::Turned;
use crate::store::StoreError;

/// Why a transaction did not happen, or may not have.
#[derive(Debug)]
pub(crate) enum Failure {
    /// The store refuses.
    Refused(StoreError),
    /// Events are there behind the version that was read, or those before are not.
    Overtaken,
    /// An entity is not as it was expected.
    EntityChanged,
    /// The database failed before the end: nothing has happened.
    Before(sqlx::Error),
    /// The database failed while it ended the transaction: what has happened is not known, unless it says so itself.
    AtTheEnd(sqlx::Error),
}

impl From<StoreError> for Failure {
    fn from(error: StoreError) -> Self {
        Self::Refused(error)
    }
}

impl From<sqlx::Error> for Failure {
    fn from(error: sqlx::Error) -> Self {
        Self::Before(error)
    }
}

impl From<Failure> for StoreError {
    fn from(failure: Failure) -> Self {
        match failure {
            Failure::Refused(error) => error,
            Failure::Overtaken | Failure::EntityChanged => {
                Self::Unavailable(Box::new(sqlx::Error::RowNotFound))
            }
            Failure::Before(error) | Failure::AtTheEnd(error) => Self::Unavailable(Box::new(error)),
        }
    }
}

impl From<sqlx::Error> for StoreError {
    fn from(error: sqlx::Error) -> Self {
        Self::Unavailable(Box::new(error))
    }
}

/// SQLSTATEs of transactions that got into each other's way: serialisation failure, deadlock. Nothing has happened.
const COLLISIONS: [&str; 2] = ["40001", "40P01"];

/// SQLSTATEs of a server that goes, comes or is a standby: shut down by an administrator, crashed, starting, no free
/// connection, read-only.
const PASSING: [&str; 5] = ["57P01", "57P02", "57P03", FULL, "25006"];
/// The server has no connection left.
const FULL: &str = "53300";

/// The class of SQLSTATEs of a lost connection.
const CONNECTION: &str = "08";

impl Failure {
    /// Whether nothing has happened, and the same may well succeed a moment later.
    pub(super) fn may_be_tried_again(&self) -> bool {
        match self {
            Self::Refused(_) | Self::Overtaken | Self::EntityChanged => false,
            Self::Before(error) => collided(error) || passes(error),
            Self::AtTheEnd(error) => collided(error),
        }
    }

    /// Whether the server may be gone, or one that cannot write: that is to be looked at.
    pub(super) fn is_of_the_server(&self) -> bool {
        match self {
            Self::Refused(_) | Self::Overtaken | Self::EntityChanged => false,
            Self::Before(error) | Self::AtTheEnd(error) => passes(error),
        }
    }

    /// Whether no connection was free, of ours or of the server's.
    pub(super) fn is_overload(&self) -> bool {
        matches!(self, Self::Before(error) if matches!(error, sqlx::Error::PoolTimedOut) || is_full(error))
    }

    /// As the caller hears it, who knows what was found when the server was looked at.
    pub(super) fn told(self, turned: Option<Turned>) -> StoreError {
        match (&self, turned) {
            (Self::Before(_), Some(Turned::Refused(number, fault))) => {
                StoreError::server(number, fault)
            }
            (_, Some(Turned::Stays)) if self.is_overload() => StoreError::Overloaded,
            _ => self.into(),
        }
    }
}

/// Whether a server has no connection left: it lives.
pub(in crate::store) fn is_full(error: &sqlx::Error) -> bool {
    sqlstate(error).is_some_and(|code| code == FULL)
}

fn sqlstate(error: &sqlx::Error) -> Option<String> {
    let code = error.as_database_error()?.code()?;
    Some(code.into_owned())
}

fn collided(error: &sqlx::Error) -> bool {
    sqlstate(error).is_some_and(|code| COLLISIONS.contains(&code.as_str()))
}

/// Whether the connection is lost, or the server will be there again in a moment.
pub(in crate::store) fn passes(error: &sqlx::Error) -> bool {
    match error {
        sqlx::Error::Io(_) | sqlx::Error::PoolTimedOut => true,
        error => sqlstate(error)
            .is_some_and(|code| PASSING.contains(&code.as_str()) || code.starts_with(CONNECTION)),
    }
}
