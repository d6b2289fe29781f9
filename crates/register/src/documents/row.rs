//! A document as a row of lists.

use serde::{Deserialize, Serialize};
use time::OffsetDateTime;
use uuid::Uuid;

use crate::document::{Document, StageKind};
use crate::instant::{instant, milliseconds};
use crate::store::{Cursor, Entity, EntityKind, StoreError};

/// A line of a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DocumentSummary {
    /// The job.
    pub job: Uuid,
    /// Issuing state of the MRZ.
    pub issuing_state: String,
    /// Document code of the MRZ.
    pub document_code: String,
    /// Document number.
    pub document_number: String,
    /// Serial number of the chip.
    pub chip_serial: Vec<u8>,
    /// The issuer profile.
    pub profile: String,
    /// The application that it is made for.
    pub application: Option<Uuid>,
    /// How far the document is.
    pub stage: StageKind,
    /// When it was entered.
    pub entered_at: OffsetDateTime,
    /// When something last happened to it.
    pub changed_at: OffsetDateTime,
    /// Raised with every event.
    pub version: u32,
}

/// What stands in the body of the row.
#[derive(Serialize, Deserialize)]
struct Body {
    issuing_state: String,
    document_code: String,
    document_number: String,
    chip_serial: String,
    profile: String,
    changed_at: i64,
    application: Option<Uuid>,
}

pub(super) fn entity(
    document: &Document,
    entered_at: OffsetDateTime,
    now: OffsetDateTime,
) -> Result<Entity, StoreError> {
    let entry = document.entry();
    let body = Body {
        issuing_state: entry.document.issuing_state.clone(),
        document_code: entry.document.document_code.clone(),
        document_number: entry.document.document_number.clone(),
        chip_serial: hex::encode(&entry.document.chip_serial),
        profile: entry.profile.clone(),
        changed_at: milliseconds(now),
        application: entry.application,
    };
    Ok(Entity {
        kind: EntityKind::Document,
        id: document.job(),
        state: document.stage().kind().word().to_owned(),
        place: String::new(),
        order: milliseconds(entered_at),
        version: 0,
        body: serde_json::to_string(&body)
            .map_err(|error| StoreError::Unavailable(Box::new(error)))?,
    })
}

impl DocumentSummary {
    /// The place of the line in its list.
    #[must_use]
    pub const fn cursor(&self) -> Cursor {
        Cursor {
            order: milliseconds(self.entered_at),
            id: self.job,
        }
    }

    pub(super) fn of(entity: &Entity) -> Result<Self, StoreError> {
        let job = entity.id;
        let corrupt = |what| StoreError::Corrupt { id: job, what };
        let body: Body = serde_json::from_str(&entity.body).map_err(|_| corrupt("row"))?;
        Ok(Self {
            job,
            issuing_state: body.issuing_state,
            document_code: body.document_code,
            document_number: body.document_number,
            chip_serial: hex::decode(&body.chip_serial).map_err(|_| corrupt("chip serial"))?,
            profile: body.profile,
            application: body.application,
            stage: StageKind::from_word(&entity.state).ok_or(corrupt("stage"))?,
            entered_at: instant(entity.order).ok_or(corrupt("time"))?,
            changed_at: instant(body.changed_at).ok_or(corrupt("time"))?,
            version: entity.version,
        })
    }
}
