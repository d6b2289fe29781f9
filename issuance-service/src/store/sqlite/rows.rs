//! Rows as SQLite gives them.

use sqlx::FromRow;
use time::OffsetDateTime;
use uuid::Uuid;

use crate::application::StageKind;
use crate::store::{Recorded, StoreError, Summary, stored_event};

/// A row of `event`.
#[derive(Debug, FromRow)]
pub(super) struct EventRow {
    version: u32,
    at: i64,
    body: String,
}

impl EventRow {
    pub(super) fn into_recorded(self, job: Uuid) -> Result<Recorded, StoreError> {
        Ok(Recorded {
            version: self.version,
            at: instant(job, self.at)?,
            event: stored_event::decode(job, &self.body)?,
        })
    }
}

/// A row of `document`.
#[derive(Debug, FromRow)]
pub(super) struct SummaryRow {
    job: Uuid,
    issuing_state: String,
    document_code: String,
    document_number: String,
    chip_serial: Vec<u8>,
    stage: String,
    entered_at: i64,
    changed_at: i64,
}

impl SummaryRow {
    pub(super) fn into_summary(self) -> Result<Summary, StoreError> {
        let job = self.job;
        let stage = StageKind::from_word(&self.stage);
        Ok(Summary {
            job,
            issuing_state: self.issuing_state,
            document_code: self.document_code,
            document_number: self.document_number,
            chip_serial: self.chip_serial,
            stage: stage.ok_or(StoreError::Corrupt { job, what: "stage" })?,
            entered_at: instant(job, self.entered_at)?,
            changed_at: instant(job, self.changed_at)?,
        })
    }
}

/// Milliseconds since 1970.
pub(super) fn milliseconds(instant: OffsetDateTime) -> i64 {
    instant.unix_timestamp() * 1000 + i64::from(instant.millisecond())
}

pub(super) fn instant(job: Uuid, milliseconds: i64) -> Result<OffsetDateTime, StoreError> {
    let nanoseconds = i128::from(milliseconds) * 1_000_000;
    OffsetDateTime::from_unix_timestamp_nanos(nanoseconds)
        .map_err(|_| StoreError::Corrupt { job, what: "time" })
}
