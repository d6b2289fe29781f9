//! Why a relying party gets no answer.

use enrolment::Field;
use register::store::StoreError;
use time::Duration;

/// Why a relying party gets no answer.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Fault {
    /// There is no agreement with the party, or it has ended.
    #[error("there is no agreement with this party: an administrator makes one")]
    NoAgreement,
    /// The agreement does not hold this.
    #[error("the agreement does not hold this: {0}")]
    NotAgreed(&'static str),
    /// The request cannot be taken.
    #[error("the request cannot be taken: {0}")]
    Content(&'static str),
    /// The text of a field could stand on no document.
    #[error("the text cannot be taken: {}", .0.word())]
    Text(Field),
    /// Too much at once, or too many guesses.
    #[error("too often: {what}; ask again in {} seconds", wait.whole_seconds())]
    TooOften {
        /// Of what there was too much, by a word.
        what: &'static str,
        /// When it is worth to ask again.
        wait: Duration,
    },
    /// There is no such thing, or it belongs to somebody else.
    #[error("there is no such thing")]
    Unknown,
    /// It is not in a state for this.
    #[error("it is not in a state for this: {0}")]
    State(&'static str),
    /// One person cannot do both steps.
    #[error(transparent)]
    FourEyes(#[from] register::OfficerRefusal),
    /// Somebody has changed it in the meantime, again and again.
    #[error("it has changed in the meantime")]
    Changed,
    /// The store.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// An entry of the audit log cannot be made.
    #[error(transparent)]
    Audit(#[from] audit_log::Error),
    /// A status list cannot be made.
    #[error(transparent)]
    StatusList(#[from] status_list::Error),
    /// Something sealed cannot be opened, or something secret not be sealed.
    #[error(transparent)]
    Crypto(#[from] crypto::Error),
    /// The office.
    #[error(transparent)]
    Office(Box<crate::Error>),
}

/// Result of this room.
pub type Result<T> = core::result::Result<T, Fault>;

impl From<crate::Error> for Fault {
    fn from(error: crate::Error) -> Self {
        match error {
            crate::Error::Store(error) => Self::Store(error),
            crate::Error::Crypto(error) => Self::Crypto(error),
            crate::Error::Relying(fault) => fault,
            error => Self::Office(Box::new(error)),
        }
    }
}

impl Fault {
    /// The word of a refusal in the audit log; `None` for what is the service's own fault.
    #[must_use]
    pub const fn refusal(&self) -> Option<&'static str> {
        match self {
            Self::NoAgreement => Some("no-agreement"),
            Self::NotAgreed(_) => Some("not-agreed"),
            Self::Content(_) | Self::Text(_) => Some("content"),
            Self::TooOften { what, .. } => Some(what),
            Self::Unknown => Some("unknown"),
            Self::State(_) => Some("state"),
            Self::FourEyes(_) => Some("four-eyes"),
            _ => None,
        }
    }
}
