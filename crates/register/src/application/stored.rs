//! Events as they are stored: JSON, for ever. As with documents, the name of an event ends with the version of its form, and a form
//! that was released is never changed.

use serde::{Deserialize, Serialize};
use time::OffsetDateTime;
use uuid::Uuid;

use super::event::{
    Check, DuplicateFinding, Erasure, ErasureCause, Event, MakeFailure, Priority, Receipt,
    RefusalReason, Resemblance,
};
use crate::store::StoreError;
use crate::stored_parts::{Officer2, digest};

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
pub fn decode(application: Uuid, body: &str) -> Result<Event, StoreError> {
    serde_json::from_str::<Stored>(body)
        .ok()
        .and_then(Stored::into_event)
        .ok_or(StoreError::Corrupt {
            id: application,
            what: "event",
        })
}

#[derive(Serialize, Deserialize)]
#[serde(tag = "event", deny_unknown_fields)]
enum Stored {
    #[serde(rename = "application-received.1")]
    Received1 {
        packet_sha256: String,
        profile: String,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        reason: Option<String>,
        station: String,
        operator: Officer2,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        supervisor: Option<Officer2>,
        #[serde(with = "time::serde::rfc3339")]
        sealed_at: OffsetDateTime,
        priority: String,
    },
    #[serde(rename = "application-checked.1")]
    Checked1 {
        record_sha256: String,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        person: Option<Uuid>,
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        resembling: Vec<Resemblance1>,
        overrides: u32,
    },
    #[serde(rename = "application-resemblance-found.1")]
    ResemblanceFound1 { resembling: Vec<Resemblance1> },
    #[serde(rename = "application-duplicates-reviewed.1")]
    Reviewed1 {
        #[serde(default, skip_serializing_if = "Option::is_none")]
        known_person: Option<Uuid>,
        by: Officer2,
    },
    #[serde(rename = "application-approved.1")]
    Approved1 { by: Officer2 },
    #[serde(rename = "application-person-assigned.1")]
    PersonAssigned1 { person: Uuid },
    #[serde(rename = "application-production-begun.1")]
    ProductionBegun1 { job: Uuid },
    #[serde(rename = "application-production-failed.1")]
    ProductionFailed1 { job: Uuid, reason: String },
    #[serde(rename = "application-document-produced.1")]
    DocumentProduced1 { job: Uuid },
    #[serde(rename = "application-complaint-raised.1")]
    ComplaintRaised1 {
        job: Uuid,
        reason: String,
        by: Officer2,
    },
    #[serde(rename = "application-completed.1")]
    Completed1 { job: Uuid },
    #[serde(rename = "application-refused.1")]
    Refused1 {
        reason: String,
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        rules: Vec<String>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        by: Option<Officer2>,
    },
    #[serde(rename = "application-withdrawn.1")]
    Withdrawn1 { by: Officer2 },
    #[serde(rename = "application-biometrics-erased.1")]
    Erased1 { cause: String, file_sha256: String },
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Resemblance1 {
    person: Uuid,
    rule: String,
    score: u8,
}

impl From<&Event> for Stored {
    fn from(event: &Event) -> Self {
        match event {
            Event::ApplicationReceived(receipt) => received(receipt),
            Event::ApplicationChecked(check) => checked(check),
            Event::ResemblanceFound { resembling } => Self::ResemblanceFound1 {
                resembling: resembling.iter().map(Into::into).collect(),
            },
            Event::DuplicatesReviewed { finding, by } => Self::Reviewed1 {
                known_person: match finding {
                    DuplicateFinding::NewPerson => None,
                    DuplicateFinding::KnownPerson(person) => Some(*person),
                },
                by: by.into(),
            },
            Event::ApplicationApproved { by } => Self::Approved1 { by: by.into() },
            Event::PersonAssigned { person } => Self::PersonAssigned1 { person: *person },
            Event::ProductionBegun { job } => Self::ProductionBegun1 { job: *job },
            Event::ProductionFailed { job, reason } => Self::ProductionFailed1 {
                job: *job,
                reason: reason.word().to_owned(),
            },
            Event::DocumentProduced { job } => Self::DocumentProduced1 { job: *job },
            Event::ComplaintRaised { job, reason, by } => Self::ComplaintRaised1 {
                job: *job,
                reason: reason.word().to_owned(),
                by: by.into(),
            },
            Event::ApplicationCompleted { job } => Self::Completed1 { job: *job },
            Event::ApplicationRefused { reason, rules, by } => Self::Refused1 {
                reason: reason.word().to_owned(),
                rules: rules.clone(),
                by: by.as_ref().map(Officer2::from),
            },
            Event::ApplicationWithdrawn { by } => Self::Withdrawn1 { by: by.into() },
            Event::BiometricsErased(erasure) => Self::Erased1 {
                cause: erasure.cause.word().to_owned(),
                file_sha256: erasure.file.to_string(),
            },
        }
    }
}

fn received(receipt: &Receipt) -> Stored {
    Stored::Received1 {
        packet_sha256: receipt.packet.to_string(),
        profile: receipt.profile.clone(),
        reason: receipt.reason.clone(),
        station: receipt.station.clone(),
        operator: (&receipt.operator).into(),
        supervisor: receipt.supervisor.as_ref().map(Officer2::from),
        sealed_at: receipt.sealed_at,
        priority: receipt.priority.word().to_owned(),
    }
}

fn checked(check: &Check) -> Stored {
    Stored::Checked1 {
        record_sha256: check.record.to_string(),
        person: check.person,
        resembling: check.resembling.iter().map(Into::into).collect(),
        overrides: check.overrides,
    }
}

impl Stored {
    fn into_event(self) -> Option<Event> {
        Some(match self {
            Self::Received1 {
                packet_sha256,
                profile,
                reason,
                station,
                operator,
                supervisor,
                sealed_at,
                priority,
            } => Event::ApplicationReceived(Receipt {
                packet: digest(&packet_sha256)?,
                profile,
                reason,
                station,
                operator: operator.into(),
                supervisor: supervisor.map(Into::into),
                sealed_at,
                priority: Priority::from_word(&priority)?,
            }),
            Self::Checked1 {
                record_sha256,
                person,
                resembling,
                overrides,
            } => Event::ApplicationChecked(Check {
                record: digest(&record_sha256)?,
                person,
                resembling: resembling.into_iter().map(Into::into).collect(),
                overrides,
            }),
            Self::ResemblanceFound1 { resembling } => Event::ResemblanceFound {
                resembling: resembling.into_iter().map(Into::into).collect(),
            },
            Self::Reviewed1 { known_person, by } => Event::DuplicatesReviewed {
                finding: known_person
                    .map_or(DuplicateFinding::NewPerson, DuplicateFinding::KnownPerson),
                by: by.into(),
            },
            Self::Approved1 { by } => Event::ApplicationApproved { by: by.into() },
            Self::PersonAssigned1 { person } => Event::PersonAssigned { person },
            made => return made.into_making(),
        })
    }

    /// The second half of [`Self::into_event`]: from production on.
    fn into_making(self) -> Option<Event> {
        Some(match self {
            Self::ProductionBegun1 { job } => Event::ProductionBegun { job },
            Self::ProductionFailed1 { job, reason } => Event::ProductionFailed {
                job,
                reason: MakeFailure::from_word(&reason)?,
            },
            Self::DocumentProduced1 { job } => Event::DocumentProduced { job },
            Self::ComplaintRaised1 { job, reason, by } => Event::ComplaintRaised {
                job,
                reason: MakeFailure::from_word(&reason)?,
                by: by.into(),
            },
            Self::Completed1 { job } => Event::ApplicationCompleted { job },
            Self::Refused1 { reason, rules, by } => Event::ApplicationRefused {
                reason: RefusalReason::from_word(&reason)?,
                rules,
                by: by.map(Into::into),
            },
            Self::Withdrawn1 { by } => Event::ApplicationWithdrawn { by: by.into() },
            Self::Erased1 { cause, file_sha256 } => Event::BiometricsErased(Erasure {
                cause: ErasureCause::from_word(&cause)?,
                file: digest(&file_sha256)?,
            }),
            _ => return None,
        })
    }
}

impl From<&Resemblance> for Resemblance1 {
    fn from(resemblance: &Resemblance) -> Self {
        Self {
            person: resemblance.person,
            rule: resemblance.rule.clone(),
            score: resemblance.score,
        }
    }
}

impl From<Resemblance1> for Resemblance {
    fn from(stored: Resemblance1) -> Self {
        Self {
            person: stored.person,
            rule: stored.rule,
            score: stored.score,
        }
    }
}
