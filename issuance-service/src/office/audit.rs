//! Entries of the audit log, in the transaction of what they tell.

use access::Permission;
use audit_log::{Entry, Outcome, Subject, Token, Word};
use register::store::{Change, JournalEntry, Topic};
use uuid::Uuid;

use super::Hand;
use crate::{Error, Result};

/// Adds that it was done.
///
/// # Errors
/// [`Error::Audit`] for a subject that is no word.
pub(super) fn done(
    change: &mut Change,
    hand: &Hand,
    permission: Permission,
    subject: (&str, Uuid),
) -> Result<()> {
    add(change, hand, permission.code(), subject, Outcome::Done)
}

/// Adds that it was refused.
///
/// # Errors
/// [`Error::Audit`] for a reason that is no word.
pub(super) fn refused(
    change: &mut Change,
    hand: &Hand,
    permission: Permission,
    subject: (&str, Uuid),
    reason: &str,
) -> Result<()> {
    let reason = Word::new(reason).map_err(audit_log::Error::from)?;
    let outcome = Outcome::Refused(reason);
    add(change, hand, permission.code(), subject, outcome)
}

/// Adds what the service itself has done.
///
/// # Errors
/// [`Error::Audit`].
pub(super) fn by_service(
    change: &mut Change,
    hand: &Hand,
    action: &str,
    subject: (&str, Uuid),
) -> Result<()> {
    add(change, hand, action, subject, Outcome::Done)
}

fn add(
    change: &mut Change,
    hand: &Hand,
    action: &str,
    (kind, id): (&str, Uuid),
    outcome: Outcome,
) -> Result<()> {
    let word = |text: &str| Word::new(text).map_err(audit_log::Error::from);
    let entry = Entry::new(
        Uuid::now_v7(),
        change.at,
        hand.actor.clone(),
        word(action)?,
        Subject {
            kind: word(kind)?,
            id: Token::from(id),
        },
        outcome,
    )?;
    let entry = entry.with_detail(word("request")?, Token::from(hand.request))?;
    change.journal.push(JournalEntry {
        id: Uuid::now_v7(),
        topic: Topic::Audit,
        at: change.at,
        body: entry.to_bytes(),
        number: None,
    });
    Ok::<(), Error>(())
}
