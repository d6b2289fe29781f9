//! What other registers are told, as CloudEvents 1.0: that something has happened, to whom by the party's own name of him, and nothing more.

use register::store::{Change, JournalEntry, Store, Topic};
use serde::Serialize;
use time::OffsetDateTime;
use utoipa::ToSchema;
use uuid::Uuid;

use super::reference::{for_party, positions};
use super::{Fault, Party, RelyingDesk, Result};
use crate::api::traces::traceparent;
use crate::office::{Notice, NoticeKind};

/// Notices that are looked through for one answer.
const SCANNED: u32 = 5_000;
/// Notices that are read at once.
const READ: u32 = 500;
/// What every type begins with.
const TYPE: &str = "card-toolchain.register.";

/// A change (CloudEvents 1.0 §3, in its JSON form).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct CloudEvent {
    /// `1.0`
    pub specversion: &'static str,
    /// Whoever gets it twice knows it by this. Every party has its own for the same change.
    pub id: Uuid,
    /// This service.
    pub source: String,
    /// What has happened: `card-toolchain.register.document-ended.1`.
    #[serde(rename = "type")]
    pub kind: String,
    /// To which person, document or application, by the party's own name of it.
    pub subject: Uuid,
    /// When, to the second. They come in their order; of a finer time, or a place among all changes, two parties would know the same person.
    #[serde(with = "time::serde::rfc3339")]
    pub time: OffsetDateTime,
    /// `application/json`
    pub datacontenttype: &'static str,
    /// More of it.
    pub data: Data,
    /// The trace in which it happened: known here alone.
    #[serde(skip)]
    pub trace: Option<String>,
}

impl CloudEvent {
    /// What has happened, by a word: `document-ended`.
    #[must_use]
    pub fn word(&self) -> &str {
        let word = self.kind.strip_prefix(TYPE).unwrap_or_default();
        word.split('.').next().unwrap_or_default()
    }
}

/// What belongs to a change.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = ChangeData)]
pub struct Data {
    /// The person that it concerns, by the party's own name: the `reference` of a verification.
    pub person: Option<Uuid>,
    /// Why, by a word.
    pub reason: Option<String>,
}

/// A part of the changes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Changes {
    /// Those that the agreement names.
    pub items: Vec<CloudEvent>,
    /// With what to ask at once for more; null where there is no more at the moment.
    pub next: Option<String>,
    /// With what to ask the next time.
    pub position: String,
}

/// Adds a notice to a change.
pub(super) fn tell(
    change: &mut Change,
    kind: NoticeKind,
    subject: Uuid,
    person: Option<Uuid>,
    reason: Option<&str>,
) {
    let (id, at) = (Uuid::now_v7(), change.at);
    let notice = Notice {
        id,
        kind,
        subject,
        person,
        reason: reason.map(str::to_owned),
        at,
        trace: traceparent(&tracing::Span::current()),
    };
    let body = serde_json::to_vec(&notice).unwrap_or_default();
    change.journal.push(JournalEntry {
        id,
        topic: Topic::Notice,
        at,
        body,
        number: None,
    });
}

/// The word of a kind.
pub(super) fn word(kind: NoticeKind) -> String {
    match serde_json::to_value(kind) {
        Ok(serde_json::Value::String(word)) => word,
        _ => String::new(),
    }
}

impl<S: Store> RelyingDesk<S> {
    /// Changes behind a position, at most `limit`; 0 is the beginning.
    ///
    /// # Errors
    /// [`Fault::NotAgreed`] where the party is told of none; [`StoreError::Corrupt`](register::store::StoreError::Corrupt) where the next
    /// notice cannot be read; those of the store.
    pub async fn changes(&self, party: &Party, after: u64, limit: usize) -> Result<Changes> {
        let kinds = &party.agreement.changes;
        if kinds.is_empty() {
            return Err(Fault::NotAgreed("changes"));
        }
        let from = positions::plain(&self.vault, party.id, after)?;
        let (mut items, mut position, mut scanned) = (Vec::new(), from, 0);
        while items.len() < limit && scanned < SCANNED {
            let looked = self
                .some_changes(party.id, kinds, position, limit - items.len())
                .await;
            let (found, next, is_end) = match looked {
                Ok(looked) => looked,
                // What was found before is told; whoever asks for more hears of it.
                Err(_) if position > from => break,
                Err(error) => return Err(error),
            };
            items.extend(found.into_iter().map(|(_, event)| event));
            scanned = scanned.saturating_add(READ);
            position = next;
            if is_end {
                let position = positions::told(&self.vault, party.id, position)?.to_string();
                return Ok(Changes {
                    items,
                    next: None,
                    position,
                });
            }
        }
        let position = positions::told(&self.vault, party.id, position)?.to_string();
        Ok(Changes {
            items,
            next: Some(position.clone()),
            position,
        })
    }

    /// Some changes of these kinds from a position on, with their numbers; where to go on; whether that is the end.
    pub(super) async fn some_changes(
        &self,
        party: Uuid,
        kinds: &[NoticeKind],
        from: u64,
        limit: usize,
    ) -> Result<(Vec<(u64, CloudEvent)>, u64, bool)> {
        let entries = self.store.journal(Topic::Notice, from, READ).await?;
        let is_end = u32::try_from(entries.len()).is_ok_and(|count| count < READ);
        let (mut events, mut position) = (Vec::new(), from);
        for entry in entries {
            if events.len() >= limit {
                return Ok((events, position, false));
            }
            let number = entry.number.unwrap_or(position);
            let notice = match Notice::read_known(&entry) {
                Ok(notice) => notice,
                // What stands before it is told; the next look begins with it, and ends there.
                Err(_) if position > from => return Ok((events, position, false)),
                Err(error) => return Err(error.into()),
            };
            position = number.saturating_add(1);
            // One of a kind that a later release has made is passed over: no agreement that is read here can name it.
            let Some(notice) = notice else {
                continue;
            };
            if kinds.contains(&notice.kind) {
                events.push((number, self.event(party, &notice)));
            }
        }
        Ok((events, position, is_end))
    }

    fn event(&self, party: Uuid, notice: &Notice) -> CloudEvent {
        let reference = |id| for_party(&self.vault, party, id);
        CloudEvent {
            specversion: "1.0",
            id: reference(notice.id),
            source: format!("{}/v1/changes", self.address),
            kind: format!("{TYPE}{}.1", word(notice.kind)),
            subject: reference(notice.subject),
            time: notice.at.replace_nanosecond(0).unwrap_or(notice.at),
            datacontenttype: "application/json",
            data: Data {
                person: notice.person.map(reference),
                reason: notice.reason.clone(),
            },
            trace: notice.trace.clone(),
        }
    }
}
