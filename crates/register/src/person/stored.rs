//! Events as they are stored: JSON, for ever, in forms that are never changed.

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::event::{CancelReason, Event, LifeStatus, Origin};
use crate::store::StoreError;
use crate::stored_parts::{Approval2, digest};

/// The stored form of an event.
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
pub fn decode(person: Uuid, body: &str) -> Result<Event, StoreError> {
    serde_json::from_str::<Stored>(body)
        .ok()
        .and_then(Stored::into_event)
        .ok_or(StoreError::Corrupt {
            id: person,
            what: "event",
        })
}

#[derive(Serialize, Deserialize)]
#[serde(tag = "event", deny_unknown_fields)]
enum Stored {
    #[serde(rename = "person-registered.1")]
    Registered1 {
        #[serde(default, skip_serializing_if = "Option::is_none")]
        application: Option<Uuid>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        birth_request: Option<Uuid>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        party: Option<Uuid>,
    },
    #[serde(rename = "person-number-assigned.1")]
    NumberAssigned1 { number: String },
    #[serde(rename = "person-number-cancelled.1")]
    NumberCancelled1 {
        number: String,
        reason: String,
        approval: Approval2,
    },
    #[serde(rename = "person-record-changed.1")]
    RecordChanged1 {
        application: Uuid,
        record_sha256: String,
    },
    #[serde(rename = "person-status-changed.1")]
    StatusChanged1 { status: String },
}

impl From<&Event> for Stored {
    fn from(event: &Event) -> Self {
        match event {
            Event::PersonRegistered(Origin::Application(application)) => Self::Registered1 {
                application: Some(*application),
                birth_request: None,
                party: None,
            },
            Event::PersonRegistered(Origin::BirthRegister { request, party }) => {
                Self::Registered1 {
                    application: None,
                    birth_request: Some(*request),
                    party: Some(*party),
                }
            }
            Event::NumberAssigned { number } => Self::NumberAssigned1 {
                number: number.clone(),
            },
            Event::NumberCancelled {
                number,
                reason,
                approval,
            } => Self::NumberCancelled1 {
                number: number.clone(),
                reason: reason.word().to_owned(),
                approval: approval.into(),
            },
            Event::RecordChanged {
                application,
                record,
            } => Self::RecordChanged1 {
                application: *application,
                record_sha256: record.to_string(),
            },
            Event::StatusChanged(status) => Self::StatusChanged1 {
                status: status.word().to_owned(),
            },
        }
    }
}

impl Stored {
    fn into_event(self) -> Option<Event> {
        Some(match self {
            Self::Registered1 {
                application: Some(application),
                birth_request: None,
                party: None,
            } => Event::PersonRegistered(Origin::Application(application)),
            Self::Registered1 {
                application: None,
                birth_request: Some(request),
                party: Some(party),
            } => Event::PersonRegistered(Origin::BirthRegister { request, party }),
            Self::Registered1 { .. } => return None,
            Self::NumberAssigned1 { number } => Event::NumberAssigned { number },
            Self::NumberCancelled1 {
                number,
                reason,
                approval,
            } => Event::NumberCancelled {
                number,
                reason: CancelReason::from_word(&reason)?,
                approval: approval.into(),
            },
            Self::RecordChanged1 {
                application,
                record_sha256,
            } => Event::RecordChanged {
                application,
                record: digest(&record_sha256)?,
            },
            Self::StatusChanged1 { status } => {
                Event::StatusChanged(LifeStatus::from_word(&status)?)
            }
        })
    }
}
