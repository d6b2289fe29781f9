//! What other registers are told: that something has happened, to what, and nothing of anybody.

use register::store::{Change, JournalEntry, StoreError, Topic};
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

/// A notice, as it stands in the journal. A later release may say more in it: what it adds is left unread, and the notice counts.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
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

impl Notice {
    /// A notice of the journal.
    ///
    /// # Errors
    /// [`StoreError::Corrupt`] for what this release cannot read, its kind or its form. Whoever keeps a position does not go on behind it:
    /// what was passed over once is not looked at again.
    pub fn read(entry: &JournalEntry) -> Result<Self, StoreError> {
        serde_json::from_slice(&entry.body).map_err(|_| StoreError::Corrupt {
            id: entry.id,
            what: "notice",
        })
    }

    /// The same where only kinds that this release knows are asked for: `None` for one of another kind.
    ///
    /// # Errors
    /// As [`Self::read`], for a kind that is known.
    pub fn read_known(entry: &JournalEntry) -> Result<Option<Self>, StoreError> {
        /// A notice of whatever kind.
        #[derive(Deserialize)]
        struct OfAnyKind {
            kind: String,
        }
        if let Ok(any) = serde_json::from_slice::<OfAnyKind>(&entry.body)
            && serde_json::from_value::<NoticeKind>(any.kind.into()).is_err()
        {
            return Ok(None);
        }
        Self::read(entry).map(Some)
    }
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_later_release_says_is_not_passed_over() {
        let check = |body: &str, read: bool, known: Option<bool>| {
            let entry = JournalEntry {
                id: Uuid::nil(),
                topic: Topic::Notice,
                at: OffsetDateTime::UNIX_EPOCH,
                body: body.as_bytes().to_vec(),
                number: None,
            };
            assert_eq!(Notice::read(&entry).is_ok(), read, "{body}");
            let found = Notice::read_known(&entry).ok().map(|found| found.is_some());
            assert_eq!(found, known, "{body}");
        };
        let rest = "\"id\":\"00000000-0000-0000-0000-000000000001\",\"subject\":\"00000000-0000-0000-0000-000000000002\",\"at\":\"2030-01-01T00:00:00Z\"";
        check(
            &format!("{{\"kind\":\"document-ended\",{rest}}}"),
            true,
            Some(true),
        );
        check(
            &format!("{{\"kind\":\"document-ended\",\"later\":{{\"a\":1}},{rest}}}"),
            true,
            Some(true),
        );
        check(
            &format!("{{\"kind\":\"document-eaten\",{rest}}}"),
            false,
            Some(false),
        );
        check("{\"kind\":\"document-ended\"}", false, None);
        check(&format!("{{{rest}}}"), false, None);
        check("", false, None);
    }
}
