//! The store in one file: SQLite with a write-ahead log. For a bureau on one machine.
//!
//! `synchronous=FULL`: what was answered is on the disk. `secure_delete`: what is erased is overwritten, and the log is
//! emptied after it. Writers begin with `BEGIN IMMEDIATE`: two programs wait for each other instead of failing half-way.

mod packets;
mod rows;
mod statements;

use std::fs::OpenOptions;
use std::path::Path;
use std::time::Duration;

use crypto::SecretBytes;
use perso::{Entered, RegisterError};
use sqlx::SqlitePool;
use sqlx::migrate::Migrator;
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous};
use time::OffsetDateTime;
use uuid::Uuid;

use super::{History, Key, Page, Store, StoreError, Summary, stored_event};
use crate::application::{Entry, Event, StageKind};
use rows::{EventRow, SummaryRow, milliseconds};
use statements::{Change, insert_document, insert_event, replace_job_file};

static MIGRATIONS: Migrator = sqlx::migrate!("migrations/sqlite");

/// How long a program waits for another one that is writing.
const BUSY_TIMEOUT: Duration = Duration::from_secs(10);
/// Readers beside the one writer that SQLite has.
const MAX_CONNECTIONS: u32 = 4;

const WRITE: &str = "BEGIN IMMEDIATE";

/// A register in a file.
#[derive(Debug, Clone)]
pub struct SqliteStore {
    pool: SqlitePool,
}

impl SqliteStore {
    /// Makes the file, for the owner only, or opens the one that is there.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`].
    pub async fn create(path: &Path) -> Result<Self, StoreError> {
        let mut options = OpenOptions::new();
        options.append(true).create(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        options
            .open(path)
            .map_err(|error| StoreError::Unavailable(Box::new(error)))?;
        Self::open(path).await
    }

    /// Opens a register and brings it forward to the form of this release.
    ///
    /// # Errors
    /// [`StoreError::Missing`] when there is no file; [`StoreError::Unavailable`], also when a later release has written it.
    pub async fn open(path: &Path) -> Result<Self, StoreError> {
        if !path.is_file() {
            return Err(StoreError::Missing);
        }
        let options = SqliteConnectOptions::new()
            .filename(path)
            .journal_mode(SqliteJournalMode::Wal)
            .synchronous(SqliteSynchronous::Full)
            .foreign_keys(true)
            .busy_timeout(BUSY_TIMEOUT)
            .pragma("secure_delete", "ON");
        let pool = SqlitePoolOptions::new()
            .max_connections(MAX_CONNECTIONS)
            .connect_with(options)
            .await?;
        MIGRATIONS
            .run(&pool)
            .await
            .map_err(|error| StoreError::Unavailable(Box::new(error)))?;
        Ok(Self { pool })
    }

    /// Closes the file; the write-ahead log is merged into it.
    pub async fn close(&self) {
        self.pool.close().await;
    }

    /// Who holds what the entry wants. Documents never go, so what was in the way a moment ago still is.
    async fn explain(&self, entry: &Entry) -> Result<Entered, RegisterError> {
        let wanted = &entry.document;
        if let Some(document) = self.history(wanted.job).await?.document() {
            return if document.entry().is_same_document(entry) {
                Ok(Entered::Before)
            } else {
                Err(RegisterError::JobDiffers)
            };
        }
        let number = Key::DocumentNumber {
            issuing_state: wanted.issuing_state.clone(),
            number: wanted.document_number.clone(),
        };
        if let Some(job) = self.find(&number).await? {
            return Err(RegisterError::DocumentNumberUsed(job));
        }
        let chip = Key::Chip(wanted.chip_serial.clone());
        if let Some(job) = self.find(&chip).await? {
            return Err(RegisterError::ChipUsed(job));
        }
        for key in &wanted.chip_keys {
            if let Some(job) = self.job_of_chip_key(key).await? {
                return Err(RegisterError::ChipKeyUsed(job));
            }
        }
        // Two equal keys in one entry: the chip is in its own way.
        Err(RegisterError::ChipKeyUsed(wanted.job))
    }

    async fn job_of_chip_key(&self, sha256: &[u8]) -> Result<Option<Uuid>, StoreError> {
        Ok(
            sqlx::query_scalar("SELECT job FROM chip_key WHERE sha256 = ?")
                .bind(sha256)
                .fetch_optional(&self.pool)
                .await?,
        )
    }

    async fn job_of_security_object(&self, sha256: &[u8]) -> Result<Option<Uuid>, StoreError> {
        Ok(
            sqlx::query_scalar("SELECT job FROM document WHERE security_object = ?")
                .bind(sha256)
                .fetch_optional(&self.pool)
                .await?,
        )
    }

    /// Empties the write-ahead log, in which the erased octets still stand.
    async fn forget_log(&self) -> Result<(), StoreError> {
        sqlx::query("PRAGMA wal_checkpoint(TRUNCATE)")
            .execute(&self.pool)
            .await?;
        Ok(())
    }
}

impl Store for SqliteStore {
    async fn enter(&self, entry: &Entry, now: OffsetDateTime) -> Result<Entered, RegisterError> {
        let body = stored_event::encode(&Event::DocumentEntered(entry.clone()))?;
        let mut transaction = self
            .pool
            .begin_with(WRITE)
            .await
            .map_err(StoreError::from)?;
        let inserted = insert_document(&mut transaction, entry, &body, milliseconds(now)).await;
        match inserted {
            Ok(()) => {
                transaction.commit().await.map_err(StoreError::from)?;
                Ok(Entered::New)
            }
            Err(error) if is_unique_violation(&error) => {
                transaction.rollback().await.map_err(StoreError::from)?;
                self.explain(entry).await
            }
            Err(error) => Err(StoreError::from(error).into()),
        }
    }

    async fn append(
        &self,
        job: Uuid,
        version: u32,
        event: &Event,
        job_file: Option<&SecretBytes>,
        now: OffsetDateTime,
    ) -> Result<(), StoreError> {
        let Some(change) = Change::of(event) else {
            return Err(StoreError::VersionConflict);
        };
        let body = stored_event::encode(event)?;
        let at = milliseconds(now);
        let mut transaction = self.pool.begin_with(WRITE).await?;
        match change.move_on(&mut transaction, job, version, at).await {
            Ok(1) => {}
            Ok(_) => return Err(StoreError::VersionConflict),
            Err(error) if is_unique_violation(&error) => {
                transaction.rollback().await?;
                let sha256 = change.security_object.unwrap_or_default();
                let holder = self.job_of_security_object(sha256).await?;
                return Err(holder.map_or(error.into(), StoreError::SecurityObjectUsed));
            }
            Err(error) => return Err(error.into()),
        }
        insert_event(&mut transaction, job, version + 1, &body, at).await?;
        let erased = replace_job_file(&mut transaction, job, job_file).await?;
        transaction.commit().await?;
        if erased {
            self.forget_log().await?;
        }
        Ok(())
    }

    async fn history(&self, job: Uuid) -> Result<History, StoreError> {
        let rows: Vec<EventRow> =
            sqlx::query_as("SELECT version, at, body FROM event WHERE job = ? ORDER BY version")
                .bind(job)
                .fetch_all(&self.pool)
                .await?;
        let events = rows.into_iter().map(|row| row.into_recorded(job));
        Ok(History(events.collect::<Result<_, _>>()?))
    }

    async fn job_file(&self, job: Uuid) -> Result<Option<SecretBytes>, StoreError> {
        let content: Option<Vec<u8>> =
            sqlx::query_scalar("SELECT content FROM job_file WHERE job = ?")
                .bind(job)
                .fetch_optional(&self.pool)
                .await?;
        Ok(content.map(SecretBytes::new))
    }

    async fn find(&self, key: &Key) -> Result<Option<Uuid>, StoreError> {
        let query = match key {
            Key::DocumentNumber {
                issuing_state,
                number,
            } => sqlx::query_scalar(
                "SELECT job FROM document WHERE issuing_state = ? AND document_number = ?",
            )
            .bind(issuing_state)
            .bind(number),
            Key::Chip(serial) => {
                sqlx::query_scalar("SELECT job FROM document WHERE chip_serial = ?").bind(serial)
            }
        };
        Ok(query.fetch_optional(&self.pool).await?)
    }

    async fn list(&self, page: &Page) -> Result<Vec<Summary>, StoreError> {
        let rows: Vec<SummaryRow> = sqlx::query_as(
            "SELECT job, issuing_state, document_code, document_number, chip_serial, stage,
                    entered_at, changed_at
             FROM document
             WHERE (?1 IS NULL OR stage = ?1) AND (?2 IS NULL OR job > ?2)
             ORDER BY job LIMIT ?3",
        )
        .bind(page.stage.map(StageKind::word))
        .bind(page.after)
        .bind(page.limit)
        .fetch_all(&self.pool)
        .await?;
        rows.into_iter().map(SummaryRow::into_summary).collect()
    }
}

fn is_unique_violation(error: &sqlx::Error) -> bool {
    error
        .as_database_error()
        .is_some_and(sqlx::error::DatabaseError::is_unique_violation)
}

impl From<sqlx::Error> for StoreError {
    fn from(error: sqlx::Error) -> Self {
        Self::Unavailable(Box::new(error))
    }
}
