//! The store in one file: SQLite with a write-ahead log. For a bureau on one machine.
//!
//! `synchronous=FULL`: what was answered is on the disk. `secure_delete`: what is erased is overwritten, and the log is
//! emptied after it. SQLite has one writer at a time: the tasks of a process take turns at one connection, and processes wait
//! for each other when they begin (`BEGIN IMMEDIATE`), not half-way. Readers go on beside the writer.

mod making;

use std::fs::OpenOptions;
use std::io;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use sqlx::migrate::Migrator;
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous};
use sqlx::{Connection as _, Row as _, SqlitePool};

use super::migrate::bring_forward;
use super::sql::{Database, Session};
use super::{Store as _, StoreError};

static MIGRATIONS: Migrator = sqlx::migrate!("migrations/sqlite");

/// How long a program waits for another one that is writing.
const BUSY_TIMEOUT: Duration = Duration::from_secs(10);
/// How long a task waits for its turn: the writer before it may wait for another program.
const TURN_TIMEOUT: Duration = Duration::from_secs(30);
/// Readers beside the one writer.
const READERS: u32 = 4;
/// Statements that a connection keeps prepared.
const PREPARED: usize = 256;

const WRITE: &str = "BEGIN IMMEDIATE";

/// A register in a file.
#[derive(Debug, Clone)]
pub struct SqliteStore {
    reads: SqlitePool,
    writes: SqlitePool,
    /// Whether the write-ahead log still holds what was erased.
    log_remembers: Arc<AtomicBool>,
}

impl SqliteStore {
    /// Makes the file, for the owner only, or opens the one that is there; one without a register gets one. It has its name when it is whole:
    /// who is killed before leaves no register.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`].
    pub async fn create(path: &Path) -> Result<Self, StoreError> {
        if !path.exists() {
            making::make(path).await?;
        }
        Self::begin_with(path, Blank::Filled).await
    }

    /// Opens a register and brings it forward to the form of this release.
    ///
    /// # Errors
    /// [`StoreError::Missing`] when there is no file, [`StoreError::Blank`] when there is no register in it;
    /// [`StoreError::Unavailable`], also when a later release has written it.
    pub async fn open(path: &Path) -> Result<Self, StoreError> {
        Self::begin_with(path, Blank::Refused).await
    }

    async fn begin_with(path: &Path, blank: Blank) -> Result<Self, StoreError> {
        if !path.is_file() {
            return Err(StoreError::Missing);
        }
        // Looked at before SQLite is: beside an empty file it takes the log away, in which the register may still be.
        if blank == Blank::Refused && path.metadata().map_err(unavailable)?.len() == 0 {
            return Err(StoreError::Blank);
        }
        let options = SqliteConnectOptions::new()
            .filename(path)
            .journal_mode(SqliteJournalMode::Wal)
            .synchronous(SqliteSynchronous::Full)
            .foreign_keys(true)
            .busy_timeout(BUSY_TIMEOUT)
            .statement_cache_capacity(PREPARED)
            .pragma("secure_delete", "ON");
        let writes = SqlitePoolOptions::new()
            .max_connections(1)
            .acquire_timeout(TURN_TIMEOUT)
            .test_before_acquire(false)
            // A transaction that SQLite itself has rolled back (no room, for one) is not over for the driver: such a connection begins no other
            // one, and is closed for a new one.
            .before_acquire(|connection, _| {
                let is_clean = !connection.is_in_transaction();
                Box::pin(core::future::ready(Ok(is_clean)))
            })
            .connect_with(options.clone())
            .await?;
        if blank == Blank::Refused && !making::holds_register(&writes).await? {
            writes.close().await;
            return Err(StoreError::Blank);
        }
        bring_forward(&MIGRATIONS, &writes).await?;
        let reads = SqlitePoolOptions::new()
            .max_connections(READERS)
            .acquire_timeout(TURN_TIMEOUT)
            .test_before_acquire(false)
            .connect_with(options.pragma("query_only", "ON"))
            .await?;
        let log_remembers = Arc::new(AtomicBool::new(true));
        let store = Self {
            reads,
            writes,
            log_remembers,
        };
        // A program that was killed, or the migration, may have left erased octets in the log.
        store.forget_log().await?;
        Ok(store)
    }

    /// Closes the file; the write-ahead log is merged into it.
    pub async fn close(&self) {
        self.reads.close().await;
        self.writes.close().await;
    }

    /// Writes the register as it stands into a new file, for the owner only, while the service goes on.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`], also when there is a file already.
    pub async fn backup(&self, to: &Path) -> Result<(), StoreError> {
        let file = for_the_owner(OpenOptions::new().write(true).create_new(true))
            .open(to)
            .map_err(unavailable)?;
        let name = to
            .to_str()
            .ok_or_else(|| unavailable(io::Error::from(io::ErrorKind::InvalidFilename)))?;
        // An own connection: the others cannot write anything, or are needed for writing.
        let mut connection = self
            .writes
            .connect_options()
            .as_ref()
            .clone()
            .pragma("query_only", "OFF");
        connection = connection.optimize_on_close(false, None);
        let pool = SqlitePoolOptions::new()
            .max_connections(1)
            .connect_with(connection)
            .await?;
        let copied = sqlx::query("VACUUM INTO $1")
            .bind(name)
            .execute(&pool)
            .await;
        pool.close().await;
        let copied = copied.map_err(StoreError::from);
        let copied = copied.and_then(|_| file.sync_all().map_err(unavailable));
        if copied.is_err() {
            // What was begun is no register.
            std::fs::remove_file(to).map_err(unavailable)?;
        }
        copied
    }

    /// Makes a register of a backup: the copy is looked at before it is taken.
    ///
    /// # Errors
    /// [`StoreError::Missing`] without a backup, [`StoreError::Damaged`] when it is not whole, [`StoreError::Unavailable`], also
    /// when there is a register already.
    pub async fn restore(backup: &Path, to: &Path) -> Result<Self, StoreError> {
        if !backup.is_file() {
            return Err(StoreError::Missing);
        }
        let mut from = std::fs::File::open(backup).map_err(unavailable)?;
        let mut file = for_the_owner(OpenOptions::new().write(true).create_new(true))
            .open(to)
            .map_err(unavailable)?;
        io::copy(&mut from, &mut file).map_err(unavailable)?;
        file.sync_all().map_err(unavailable)?;
        let looked_at = Self::whole(to).await;
        if looked_at.is_err() {
            // What is damaged is not left where a register is looked for. The backup is still there.
            std::fs::remove_file(to).map_err(unavailable)?;
        }
        looked_at
    }

    async fn whole(path: &Path) -> Result<Self, StoreError> {
        let store = Self::open(path).await?;
        let findings = store.integrity().await?;
        if findings.is_empty() {
            return Ok(store);
        }
        store.close().await;
        Err(StoreError::Damaged {
            findings: findings.len(),
        })
    }
}

impl Database for SqliteStore {
    fn reads(&self) -> Session {
        Session::Sqlite(self.reads.clone())
    }

    fn writes(&self) -> Session {
        Session::Sqlite(self.writes.clone())
    }

    async fn begin(&self) -> Result<Session, sqlx::Error> {
        Ok(Session::SqliteTransaction(
            self.writes.begin_with(WRITE).await?,
        ))
    }

    async fn after_commit(&self, erased: bool) {
        if erased {
            self.log_remembers.store(true, Ordering::Release);
        }
        if let Err(error) = self.forget_log().await {
            tracing::error!(target: "store", error = %error, "the write-ahead log cannot be emptied: tried again after the next change");
        }
    }
}

impl SqliteStore {
    /// Empties the write-ahead log, in which erased octets still stand. While another program reads, it cannot be emptied: it
    /// is tried again after the next change.
    async fn forget_log(&self) -> Result<(), sqlx::Error> {
        if !self.log_remembers.swap(false, Ordering::AcqRel) {
            return Ok(());
        }
        let busy = match sqlx::query("PRAGMA wal_checkpoint(TRUNCATE)")
            .fetch_one(&self.writes)
            .await
        {
            Ok(row) => row.try_get::<i64, _>(0).map_or(true, |busy| busy != 0),
            Err(error) => {
                self.log_remembers.store(true, Ordering::Release);
                return Err(error);
            }
        };
        self.log_remembers.fetch_or(busy, Ordering::AcqRel);
        Ok(())
    }
}

/// What is done with a file in which there is no register.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Blank {
    /// One is made in it.
    Filled,
    /// There has been one.
    Refused,
}

/// A file that nobody else reads.
fn for_the_owner(options: &mut OpenOptions) -> &mut OpenOptions {
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(options, 0o600);
    options
}

fn unavailable(error: io::Error) -> StoreError {
    StoreError::Unavailable(Box::new(error))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The change stands: what comes after it does not take it back.
    #[tokio::test]
    async fn a_log_that_cannot_be_emptied_is_tried_again() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("register.sqlite");
        let store = SqliteStore::create(&path).await.unwrap();
        assert!(!store.log_remembers.load(Ordering::Acquire));
        store.writes.close().await;
        assert!(store.forget_log().await.is_ok(), "nothing is to be done");
        store.after_commit(true).await;
        assert!(store.forget_log().await.is_err());
        assert!(store.log_remembers.load(Ordering::Acquire));
    }

    /// SQLite takes back the transaction that has no room by itself. The driver does not hear of it.
    #[tokio::test]
    async fn a_register_that_was_full_once_takes_changes_again() {
        use crate::store::{BlobChange, BlobName, Change, Trouble};
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("register.sqlite");
        let store = SqliteStore::create(&path).await.unwrap();
        let putting = |owner| {
            let mut change = Change::new(time::OffsetDateTime::UNIX_EPOCH);
            change.blobs.push(BlobChange::Put {
                owner: uuid::Uuid::from_u128(owner),
                name: BlobName::Key,
                sealed: vec![7; 1024 * 1024],
            });
            change
        };
        // Pages that the migrations have left free are used first.
        store.commit(&putting(1)).await.unwrap();
        let change = putting(2);
        for _ in 0..3 {
            // As many pages as there are: of this connection, as long as it lasts.
            sqlx::query("PRAGMA max_page_count = 1")
                .execute(&store.writes)
                .await
                .unwrap();
            let tried = crate::store::sql::try_write(&store).await.unwrap_err();
            assert_eq!(tried.trouble(), Some(Trouble::NoRoom), "{tried:?}");
            // Another connection, and there is room: the trial itself is over as well.
            crate::store::sql::try_write(&store).await.unwrap();
            sqlx::query("PRAGMA max_page_count = 1")
                .execute(&store.writes)
                .await
                .unwrap();
            let full = store.commit(&change).await.unwrap_err();
            assert_eq!(full.trouble(), Some(Trouble::NoRoom), "{full:?}");
            store
                .commit(&Change::new(time::OffsetDateTime::UNIX_EPOCH))
                .await
                .unwrap();
        }
        store.commit(&change).await.unwrap();
    }
}
