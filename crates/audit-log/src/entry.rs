//! What is logged: who did what to what, when, for which purpose, and how it ended.
//!
//! An entry is kept for decades and shown to auditors, so **nothing about a citizen belongs into it**. The types make that hard:
//! identifiers are short ASCII without spaces, in which neither a name nor an MRZ can be written; keys that call for personal data
//! ([`FORBIDDEN_KEYS`]) and values in the form of a personal or document number are refused. What an entry must be tied to, such as a
//! request, is named by its hash ([`Token::of_digest`]).
//!
//! [`Entry::to_bytes`] is the one spelling of an entry, and its hash is the leaf of the tree. [`Entry::parse`] reads nothing else: what
//! is read is written again and compared.

mod fault;
mod json;
mod words;

pub use fault::EntryFault;
pub use words::{Token, Word};

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use time::OffsetDateTime;
use uuid::Uuid;

use crate::{Hash, Result};

/// The version of the form of entries.
pub const ENTRY_VERSION: u8 = 1;
/// The longest entry: more than the parts within their own limits can reach.
pub const MAX_ENTRY_BYTES: usize = 16 * 1024;
/// The most details of an entry.
pub const MAX_DETAILS: usize = 32;
/// Keys of details that ask for personal data, whatever stands before or after a dot or hyphen.
pub const FORBIDDEN_KEYS: [&str; 22] = [
    "address",
    "birth",
    "birthdate",
    "birthplace",
    "dob",
    "email",
    "face",
    "father",
    "fingerprint",
    "forename",
    "given",
    "iris",
    "mother",
    "mrz",
    "name",
    "nationality",
    "password",
    "phone",
    "portrait",
    "secret",
    "sex",
    "surname",
];

/// Of which kind somebody who acts is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ActorKind {
    /// A member of the staff, signed in.
    Person,
    /// A station, a personalisation machine, a counter.
    Device,
    /// Another organisation that asks by machine.
    RelyingParty,
    /// The service itself: what it does by the clock.
    System,
}

/// Who acts. Staff are named by what the directory calls them, never by how their mothers do.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Actor {
    /// Of which kind.
    pub kind: ActorKind,
    /// What never changes: the key of the account.
    pub id: Token,
    /// What a reader recognises: the account's name, as `officer-17`.
    pub name: Token,
}

/// What was acted upon: `application` and its number.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Subject {
    /// Of which kind it is.
    pub kind: Word,
    /// Which one.
    pub id: Token,
}

/// How it ended. What was refused is logged as well as what was done.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Outcome {
    /// It was done.
    Done,
    /// It was refused, for this reason.
    Refused(Word),
}

/// One entry of the log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    id: Uuid,
    at: OffsetDateTime,
    actor: Actor,
    action: Word,
    subject: Subject,
    outcome: Outcome,
    purpose: Option<Word>,
    consent: Option<Token>,
    detail: BTreeMap<Word, Token>,
}

impl Entry {
    /// An entry without purpose, consent and details. `at` is kept in milliseconds, in UTC.
    ///
    /// # Errors
    /// [`EntryFault::Id`] for an identifier that is no UUID of version 7 (RFC 9562 §5.7), [`EntryFault::Time`] for a year outside
    /// 1970 to 9999.
    pub fn new(
        id: Uuid,
        at: OffsetDateTime,
        actor: Actor,
        action: Word,
        subject: Subject,
        outcome: Outcome,
    ) -> Result<Self> {
        if id.get_version_num() != 7 {
            return Err(EntryFault::Id.into());
        }
        Ok(Self {
            id,
            at: json::in_milliseconds(at)?,
            actor,
            action,
            subject,
            outcome,
            purpose: None,
            consent: None,
            detail: BTreeMap::new(),
        })
    }

    /// With the purpose for which somebody asked: a word of a list that is agreed on.
    #[must_use]
    pub fn with_purpose(self, purpose: Word) -> Self {
        Self {
            purpose: Some(purpose),
            ..self
        }
    }

    /// With the reference of the holder's consent.
    #[must_use]
    pub fn with_consent(self, consent: Token) -> Self {
        Self {
            consent: Some(consent),
            ..self
        }
    }

    /// With one more detail.
    ///
    /// # Errors
    /// [`EntryFault::PersonalKey`], [`EntryFault::PersonalValue`], [`EntryFault::TooManyDetails`], [`EntryFault::DetailTwice`].
    pub fn with_detail(mut self, key: Word, value: Token) -> Result<Self> {
        if self.detail.contains_key(&key) {
            return Err(EntryFault::DetailTwice.into());
        }
        self.detail.insert(key, value);
        self.checked()
    }

    /// The rules that no single part can hold.
    fn checked(self) -> Result<Self> {
        if self.detail.len() > MAX_DETAILS {
            return Err(EntryFault::TooManyDetails(MAX_DETAILS).into());
        }
        let forbidden = |key: &Word| key.parts().any(|part| FORBIDDEN_KEYS.contains(&part));
        if self.detail.keys().any(forbidden) {
            return Err(EntryFault::PersonalKey.into());
        }
        Ok(self)
    }

    /// The one spelling of this entry: what is stored, and what is hashed.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        json::write(self)
    }

    /// Reads an entry.
    ///
    /// # Errors
    /// [`EntryFault`]: what is not in its one spelling is no entry.
    pub fn parse(bytes: &[u8]) -> Result<Self> {
        if bytes.len() > MAX_ENTRY_BYTES {
            return Err(EntryFault::TooLong(MAX_ENTRY_BYTES).into());
        }
        let entry = json::read(bytes)?.checked()?;
        if entry.to_bytes() != bytes {
            return Err(EntryFault::OtherSpelling.into());
        }
        Ok(entry)
    }

    /// The hash of the entry: its leaf.
    #[must_use]
    pub fn leaf(&self) -> Hash {
        Hash::of_leaf(&self.to_bytes())
    }

    /// Identifier, a UUID of version 7.
    #[must_use]
    pub const fn id(&self) -> Uuid {
        self.id
    }

    /// When, in milliseconds.
    #[must_use]
    pub const fn at(&self) -> OffsetDateTime {
        self.at
    }

    /// Who.
    #[must_use]
    pub const fn actor(&self) -> &Actor {
        &self.actor
    }

    /// What was done.
    #[must_use]
    pub const fn action(&self) -> &Word {
        &self.action
    }

    /// To what.
    #[must_use]
    pub const fn subject(&self) -> &Subject {
        &self.subject
    }

    /// How it ended.
    #[must_use]
    pub const fn outcome(&self) -> &Outcome {
        &self.outcome
    }

    /// For which purpose, where somebody asked for data.
    #[must_use]
    pub const fn purpose(&self) -> Option<&Word> {
        self.purpose.as_ref()
    }

    /// Reference of the holder's consent.
    #[must_use]
    pub const fn consent(&self) -> Option<&Token> {
        self.consent.as_ref()
    }

    /// Whatever else belongs to it.
    #[must_use]
    pub const fn detail(&self) -> &BTreeMap<Word, Token> {
        &self.detail
    }
}

#[cfg(test)]
mod tests;
