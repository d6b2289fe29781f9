//! The spelling of entries: JSON without spaces, members in this order, details in order of their keys, what is not there left out.

use std::borrow::Cow;
use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use time::format_description::BorrowedFormatItem;
use time::macros::{format_description, offset};
use time::{OffsetDateTime, PrimitiveDateTime};
use uuid::Uuid;

use super::{Actor, ENTRY_VERSION, Entry, EntryFault, Outcome, Subject, Token, Word};

const TIME: &[BorrowedFormatItem<'_>] =
    format_description!("[year]-[month]-[day]T[hour]:[minute]:[second].[subsecond digits:3]Z");

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Written<'a> {
    entry: u8,
    id: Uuid,
    at: Cow<'a, str>,
    actor: Cow<'a, Actor>,
    action: Cow<'a, Word>,
    subject: Cow<'a, Subject>,
    outcome: Cow<'a, Outcome>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    purpose: Option<Cow<'a, Word>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    consent: Option<Cow<'a, Token>>,
    #[serde(default, skip_serializing_if = "nothing")]
    detail: Cow<'a, BTreeMap<Word, Token>>,
}

/// Only the version, so that an entry of a newer form is told from a broken one.
#[derive(Deserialize)]
struct Versioned {
    entry: u8,
}

fn nothing(detail: &BTreeMap<Word, Token>) -> bool {
    detail.is_empty()
}

pub(super) fn write(entry: &Entry) -> Vec<u8> {
    let written = Written {
        entry: ENTRY_VERSION,
        id: entry.id,
        at: Cow::Owned(entry.at.format(TIME).unwrap_or_default()),
        actor: Cow::Borrowed(&entry.actor),
        action: Cow::Borrowed(&entry.action),
        subject: Cow::Borrowed(&entry.subject),
        outcome: Cow::Borrowed(&entry.outcome),
        purpose: entry.purpose.as_ref().map(Cow::Borrowed),
        consent: entry.consent.as_ref().map(Cow::Borrowed),
        detail: Cow::Borrowed(&entry.detail),
    };
    // Strings, numbers and a map with keys of text: no part of it can fail to be written.
    serde_json::to_vec(&written).unwrap_or_default()
}

pub(super) fn read(bytes: &[u8]) -> Result<Entry, EntryFault> {
    let malformed = |error: &serde_json::Error| EntryFault::Malformed {
        line: error.line(),
        column: error.column(),
    };
    let written = serde_json::from_slice::<Written<'_>>(bytes).map_err(|error| {
        let version = serde_json::from_slice(bytes).map(|Versioned { entry }| entry);
        let newer = version.ok().filter(|version| *version != ENTRY_VERSION);
        newer.map_or_else(|| malformed(&error), EntryFault::Version)
    })?;
    if written.entry != ENTRY_VERSION {
        return Err(EntryFault::Version(written.entry));
    }
    if written.id.get_version_num() != 7 {
        return Err(EntryFault::Id);
    }
    let at = PrimitiveDateTime::parse(&written.at, TIME).map_err(|_| EntryFault::Time)?;
    Ok(Entry {
        id: written.id,
        at: in_milliseconds(at.assume_utc())?,
        actor: written.actor.into_owned(),
        action: written.action.into_owned(),
        subject: written.subject.into_owned(),
        outcome: written.outcome.into_owned(),
        purpose: written.purpose.map(Cow::into_owned),
        consent: written.consent.map(Cow::into_owned),
        detail: written.detail.into_owned(),
    })
}

/// What can be written: UTC, whole milliseconds, four digits of year.
pub(super) fn in_milliseconds(at: OffsetDateTime) -> Result<OffsetDateTime, EntryFault> {
    let at = at.checked_to_offset(offset!(UTC)).ok_or(EntryFault::Time)?;
    if !(1970..=9999).contains(&at.year()) {
        return Err(EntryFault::Time);
    }
    at.replace_millisecond(at.millisecond())
        .map_err(|_| EntryFault::Time)
}
