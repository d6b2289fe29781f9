//! Entries of the audit log: made with the change that they tell of, in the same transaction.

use audit_log::{Actor, ActorKind, Entry, Outcome, Subject, Token, Word};
use register::store::{Change, JournalEntry, Topic};
use time::OffsetDateTime;
use uuid::Uuid;

use super::caller::Caller;
use super::problem::{Problem, internal};

/// One entry to be.
#[derive(Debug, Clone)]
pub struct Audit {
    actor: Actor,
    action: &'static str,
    subject: (&'static str, Token),
    refused: Option<&'static str>,
    detail: Vec<(&'static str, Token)>,
}

impl Audit {
    /// Somebody does something to something: `user.manage`, `account`.
    #[must_use]
    pub fn of(
        caller: &Caller,
        action: &'static str,
        kind: &'static str,
        id: impl Into<Token>,
    ) -> Self {
        Self {
            actor: caller.actor(),
            action,
            subject: (kind, id.into()),
            refused: None,
            detail: Vec::new(),
        }
    }

    /// Somebody does something before it is known who he is, or the service does it by itself.
    #[must_use]
    pub fn by(
        actor: Actor,
        action: &'static str,
        kind: &'static str,
        id: impl Into<Token>,
    ) -> Self {
        Self {
            actor,
            action,
            subject: (kind, id.into()),
            refused: None,
            detail: Vec::new(),
        }
    }

    /// It was refused, for a reason.
    #[must_use]
    pub const fn refused(mut self, reason: &'static str) -> Self {
        self.refused = Some(reason);
        self
    }

    /// With one more detail. Nothing of a citizen belongs into it.
    #[must_use]
    pub fn with(mut self, key: &'static str, value: impl Into<Token>) -> Self {
        self.detail.push((key, value.into()));
        self
    }

    /// The same with a word.
    #[must_use]
    pub fn with_word(self, key: &'static str, word: &str) -> Self {
        match Token::new(word) {
            Ok(token) => self.with(key, token),
            Err(_) => self,
        }
    }

    /// The entry as the store takes it.
    ///
    /// # Errors
    /// [`super::problem::Kind::Internal`] where a word of this program is none.
    pub fn entry(self, at: OffsetDateTime) -> Result<JournalEntry, Problem> {
        let id = Uuid::now_v7();
        let entry = self.build(id, at).map_err(|error| internal(&error))?;
        Ok(JournalEntry {
            id,
            topic: Topic::Audit,
            at,
            body: entry.to_bytes(),
            number: None,
        })
    }

    fn build(self, id: Uuid, at: OffsetDateTime) -> audit_log::Result<Entry> {
        let outcome = match self.refused {
            None => Outcome::Done,
            Some(reason) => Outcome::Refused(Word::new(reason)?),
        };
        let (kind, subject) = self.subject;
        let subject = Subject {
            kind: Word::new(kind)?,
            id: subject,
        };
        let entry = Entry::new(
            id,
            at,
            self.actor,
            Word::new(self.action)?,
            subject,
            outcome,
        )?;
        self.detail
            .into_iter()
            .try_fold(entry, |entry, (key, value)| {
                entry.with_detail(Word::new(key)?, value)
            })
    }

    /// Puts the entry into a change.
    ///
    /// # Errors
    /// As [`Self::entry`].
    pub fn put(self, change: &mut Change) -> Result<(), Problem> {
        let entry = self.entry(change.at)?;
        change.journal.push(entry);
        Ok(())
    }
}

/// The service itself.
#[must_use]
pub fn system() -> Actor {
    Actor {
        kind: ActorKind::System,
        id: Uuid::nil().into(),
        name: Uuid::nil().into(),
    }
}

/// Somebody who says that he has this account, or who says nothing that leads to one.
#[must_use]
pub fn claimed(account: Option<(Uuid, &str)>) -> Actor {
    let (id, login) = account.unwrap_or((Uuid::nil(), "nobody"));
    Actor {
        kind: ActorKind::Person,
        id: id.into(),
        name: Token::new(login).unwrap_or_else(|_| id.into()),
    }
}
