//! What other registers are told: that something has happened, to what, and nothing of anybody.

use register::store::{Change, JournalEntry, Topic};
use serde::{Deserialize, Serialize};
use time::OffsetDateTime;
use uuid::Uuid;

/// What has happened.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum NoticeKind {
    /// A person has a number.
    NumberAssigned,
    /// A number is not used any more.
    NumberCancelled,
    /// What is known of a person has changed.
    PersonChanged,
    /// A card is locked.
    DocumentIssued,
    /// The holder has it.
    DocumentHandedOver,
    /// It may not be used for the moment.
    DocumentSuspended,
    /// It may be used again.
    DocumentReinstated,
    /// It has ended.
    DocumentEnded,
    /// An application was refused.
    ApplicationRefused,
}

/// A notice, as it stands in the journal.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Notice {
    /// Its name: whoever gets it twice knows it by this.
    pub id: Uuid,
    /// What has happened.
    pub kind: NoticeKind,
    /// To which person, document or application.
    pub subject: Uuid,
    /// The person that it concerns, where known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub person: Option<Uuid>,
    /// Why, by a word.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// When.
    #[serde(with = "time::serde::rfc3339")]
    pub at: OffsetDateTime,
    /// The trace in which it happened (`traceparent`), where there was one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub trace: Option<String>,
}

/// Adds a notice to a change.
pub(super) fn add(
    change: &mut Change,
    kind: NoticeKind,
    subject: Uuid,
    person: Option<Uuid>,
    reason: Option<&str>,
) {
    let notice = Notice {
        id: Uuid::now_v7(),
        kind,
        subject,
        person,
        reason: reason.map(str::to_owned),
        at: change.at,
        trace: crate::api::traces::traceparent(&tracing::Span::current()),
    };
    let body = serde_json::to_vec(&notice).unwrap_or_default();
    change.journal.push(JournalEntry {
        id: notice.id,
        topic: Topic::Notice,
        at: change.at,
        body,
        number: None,
    });
}
