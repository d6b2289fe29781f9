//! The statements of the two transactions that write.

use crypto::SecretBytes;
use sqlx::SqliteConnection;
use uuid::Uuid;

use crate::application::{Entry, Event, StageKind};

/// Inserts a document with its keys and its first event.
pub(super) async fn insert_document(
    connection: &mut SqliteConnection,
    entry: &Entry,
    body: &str,
    at: i64,
) -> Result<(), sqlx::Error> {
    let document = &entry.document;
    sqlx::query(
        "INSERT INTO document (job, issuing_state, document_code, document_number, chip_serial,
                               stage, version, entered_at, changed_at)
         VALUES (?, ?, ?, ?, ?, ?, 1, ?, ?)",
    )
    .bind(document.job)
    .bind(&document.issuing_state)
    .bind(&document.document_code)
    .bind(&document.document_number)
    .bind(&document.chip_serial)
    .bind(StageKind::Entered.word())
    .bind(at)
    .bind(at)
    .execute(&mut *connection)
    .await?;
    for key in &document.chip_keys {
        sqlx::query("INSERT INTO chip_key (sha256, job) VALUES (?, ?)")
            .bind(key)
            .bind(document.job)
            .execute(&mut *connection)
            .await?;
    }
    insert_event(connection, document.job, 1, body, at).await
}

/// What an event changes in the row of its document.
pub(super) struct Change<'e> {
    stage: StageKind,
    pub(super) security_object: Option<&'e [u8]>,
}

impl<'e> Change<'e> {
    /// `None` for the event that only stands at the beginning.
    pub(super) fn of(event: &'e Event) -> Option<Self> {
        let (stage, security_object) = match event {
            Event::DocumentEntered(_) => return None,
            Event::DocumentSigned(signature) => (
                StageKind::Signed,
                Some(signature.security_object.as_octets()),
            ),
            Event::DocumentDelivered(_) => (StageKind::Delivered, None),
            Event::DocumentVoided(_) => (StageKind::Voided, None),
        };
        Some(Self {
            stage,
            security_object,
        })
    }

    /// Moves the row on from the version that the caller has seen; says how many rows there were.
    pub(super) async fn move_on(
        &self,
        connection: &mut SqliteConnection,
        job: Uuid,
        version: u32,
        at: i64,
    ) -> Result<u64, sqlx::Error> {
        let done = sqlx::query(
            "UPDATE document
             SET stage = ?, version = version + 1, changed_at = ?,
                 security_object = coalesce(?, security_object)
             WHERE job = ? AND version = ?",
        )
        .bind(self.stage.word())
        .bind(at)
        .bind(self.security_object)
        .bind(job)
        .bind(version)
        .execute(&mut *connection)
        .await?;
        Ok(done.rows_affected())
    }
}

/// Inserts an event.
pub(super) async fn insert_event(
    connection: &mut SqliteConnection,
    job: Uuid,
    version: u32,
    body: &str,
    at: i64,
) -> Result<(), sqlx::Error> {
    sqlx::query("INSERT INTO event (job, version, at, body) VALUES (?, ?, ?, ?)")
        .bind(job)
        .bind(version)
        .bind(at)
        .bind(body)
        .execute(&mut *connection)
        .await?;
    Ok(())
}

/// Leaves this job file in the outbox, or none; says whether one was erased.
pub(super) async fn replace_job_file(
    connection: &mut SqliteConnection,
    job: Uuid,
    job_file: Option<&SecretBytes>,
) -> Result<bool, sqlx::Error> {
    let erased = sqlx::query("DELETE FROM job_file WHERE job = ?")
        .bind(job)
        .execute(&mut *connection)
        .await?;
    if let Some(content) = job_file {
        sqlx::query("INSERT INTO job_file (job, content) VALUES (?, ?)")
            .bind(job)
            .bind(content.expose())
            .execute(&mut *connection)
            .await?;
    }
    Ok(erased.rows_affected() > 0)
}
