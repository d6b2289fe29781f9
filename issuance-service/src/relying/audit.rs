//! Entries of the audit log about relying parties: with purpose and consent, and without anything of anybody.

use access::Permission;
use audit_log::{Entry, Outcome, Subject, Token, Word};
use register::store::{Change, JournalEntry, Topic};
use uuid::Uuid;

use super::{Party, Result};

/// What is told of one request.
pub(super) struct Told<'a> {
    /// The right that it took.
    pub(super) permission: Permission,
    /// About what: a kind and an id that says nothing outside of the register.
    pub(super) subject: (&'static str, Uuid),
    /// Why it was refused, if it was.
    pub(super) refused: Option<&'a str>,
    /// The purpose.
    pub(super) purpose: Option<&'a str>,
    /// The reference of the consent.
    pub(super) consent: Option<&'a Token>,
    /// More of it.
    pub(super) details: Vec<(&'static str, Token)>,
}

impl Told<'_> {
    /// Nothing but that it was done.
    pub(super) const fn done(permission: Permission, subject: (&'static str, Uuid)) -> Self {
        Self {
            permission,
            subject,
            refused: None,
            purpose: None,
            consent: None,
            details: Vec::new(),
        }
    }

    /// Into a change.
    pub(super) fn put(self, change: &mut Change, party: &Party) -> Result<()> {
        let id = Uuid::now_v7();
        let word = |text: &str| Word::new(text).map_err(audit_log::Error::from);
        let outcome = match self.refused {
            Some(reason) => Outcome::Refused(word(reason)?),
            None => Outcome::Done,
        };
        let (kind, subject) = self.subject;
        let subject = Subject {
            kind: word(kind)?,
            id: subject.into(),
        };
        let action = word(self.permission.code())?;
        let mut entry = Entry::new(id, change.at, party.actor.clone(), action, subject, outcome)?;
        if let Some(purpose) = self.purpose {
            entry = entry.with_purpose(word(purpose)?);
        }
        if let Some(consent) = self.consent {
            entry = entry.with_consent(consent.clone());
        }
        entry = entry.with_detail(word("request")?, party.request.into())?;
        for (key, value) in self.details {
            entry = entry.with_detail(word(key)?, value)?;
        }
        let (at, body) = (change.at, entry.to_bytes());
        change.journal.push(JournalEntry {
            id,
            topic: Topic::Audit,
            at,
            body,
            number: None,
        });
        Ok(())
    }
}
