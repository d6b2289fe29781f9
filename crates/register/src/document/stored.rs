//! Events as they are stored: JSON, for ever.
//!
//! The name of an event ends with the version of its form. A form that was released is never changed: a new one gets a new
//! number, and the old one is still read. `tests/stored/` holds events of every release.
//!
//! | event | content |
//! |---|---|
//! | `document-entered.1` | issuing state, document code and number, chip serial, keys with receipts, profile, record, approval |
//! | `document-entered.2` | the same, personal number, application, accounts of the officers |
//! | `document-signed.1` | SHA-256 of EF.SOD, manifest, document signer certificate |
//! | `document-written.1` | receipt of COMMIT, officer |
//! | `document-delivered.1` | receipts of COMMIT and LOCK |
//! | `document-delivered.2` | the same, controller |
//! | `document-shipped.1` | consignment |
//! | `document-handed-over.1` | officer, recipient, result of the reading |
//! | `document-suspended.1`, `document-reinstated.1` | reason, officer |
//! | `document-end-proposed.1` | what, officer |
//! | `document-ended.1` | reason, officers |
//! | `document-voided.1` | reason, approval, receipt of VOID |
//! | `document-voided.2` | the same, accounts of the officers |

mod entered;
mod later;

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::Event;
use crate::store::StoreError;
use entered::{Entered1, Entered2};
use later::{
    Delivered1, Delivered2, Ended1, HandedOver1, Proposed1, Reinstated1, Shipped1, Signed1,
    Suspended1, Voided1, Voided2, Written1,
};

/// The stored form of an event of a job; the job itself is the key under which it is stored.
///
/// # Errors
/// [`StoreError::Unavailable`] when there is no memory for it.
pub fn encode(event: &Event) -> Result<String, StoreError> {
    serde_json::to_string(&Stored::from(event))
        .map_err(|error| StoreError::Unavailable(Box::new(error)))
}

/// Reads what [`encode`] has written, today or in any release before.
///
/// # Errors
/// [`StoreError::Corrupt`] for anything else.
pub fn decode(job: Uuid, body: &str) -> Result<Event, StoreError> {
    serde_json::from_str::<Stored>(body)
        .ok()
        .and_then(|stored| stored.into_event(job))
        .ok_or(StoreError::Corrupt {
            id: job,
            what: "event",
        })
}

#[derive(Serialize, Deserialize)]
#[serde(tag = "event")]
enum Stored {
    #[serde(rename = "document-entered.1")]
    Entered1(Entered1),
    #[serde(rename = "document-entered.2")]
    Entered2(Entered2),
    #[serde(rename = "document-signed.1")]
    Signed1(Signed1),
    #[serde(rename = "document-written.1")]
    Written1(Written1),
    #[serde(rename = "document-delivered.1")]
    Delivered1(Delivered1),
    #[serde(rename = "document-delivered.2")]
    Delivered2(Delivered2),
    #[serde(rename = "document-shipped.1")]
    Shipped1(Shipped1),
    #[serde(rename = "document-handed-over.1")]
    HandedOver1(HandedOver1),
    #[serde(rename = "document-suspended.1")]
    Suspended1(Suspended1),
    #[serde(rename = "document-reinstated.1")]
    Reinstated1(Reinstated1),
    #[serde(rename = "document-end-proposed.1")]
    Proposed1(Proposed1),
    #[serde(rename = "document-ended.1")]
    Ended1(Ended1),
    #[serde(rename = "document-voided.1")]
    Voided1(Voided1),
    #[serde(rename = "document-voided.2")]
    Voided2(Voided2),
}

impl From<&Event> for Stored {
    fn from(event: &Event) -> Self {
        match event {
            Event::DocumentEntered(entry) => Self::Entered2(entry.into()),
            Event::DocumentSigned(signature) => Self::Signed1(signature.into()),
            Event::DocumentWritten(writing) => Self::Written1(writing.into()),
            Event::DocumentDelivered(delivery) => Self::Delivered2(delivery.into()),
            Event::DocumentShipped(consignment) => Self::Shipped1(Shipped1 {
                consignment: *consignment,
            }),
            Event::DocumentHandedOver(hand_over) => Self::HandedOver1(hand_over.into()),
            Event::DocumentSuspended { reason, by } => {
                Self::Suspended1(Suspended1::new(*reason, by))
            }
            Event::DocumentReinstated { by } => Self::Reinstated1(Reinstated1 { by: by.into() }),
            Event::DocumentEndProposed { proposed, by } => {
                Self::Proposed1(Proposed1::new(*proposed, by))
            }
            Event::DocumentEnded(end) => Self::Ended1(end.into()),
            Event::DocumentVoided(voiding) => Self::Voided2(voiding.into()),
        }
    }
}

impl Stored {
    fn into_event(self, job: Uuid) -> Option<Event> {
        Some(match self {
            Self::Entered1(stored) => Event::DocumentEntered(stored.into_entry(job)?),
            Self::Entered2(stored) => Event::DocumentEntered(stored.into_entry(job)?),
            Self::Signed1(stored) => Event::DocumentSigned(stored.into_signature()?),
            Self::Written1(stored) => Event::DocumentWritten(stored.into_writing()?),
            Self::Delivered1(stored) => Event::DocumentDelivered(stored.into_delivery()?),
            Self::Delivered2(stored) => Event::DocumentDelivered(stored.into_delivery()?),
            Self::Shipped1(stored) => Event::DocumentShipped(stored.consignment),
            Self::HandedOver1(stored) => Event::DocumentHandedOver(stored.into_hand_over()?),
            Self::Suspended1(stored) => stored.into_event()?,
            Self::Reinstated1(stored) => Event::DocumentReinstated {
                by: stored.by.into(),
            },
            Self::Proposed1(stored) => stored.into_event()?,
            Self::Ended1(stored) => Event::DocumentEnded(stored.into_end()?),
            Self::Voided1(stored) => Event::DocumentVoided(stored.into_voiding()?),
            Self::Voided2(stored) => Event::DocumentVoided(stored.into_voiding()?),
        })
    }
}
