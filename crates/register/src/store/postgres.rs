//! The store on PostgreSQL, for a country; with care also on databases that speak its protocol.
//!
//! * READ COMMITTED. Versions, claims and numbers are decided by primary keys, not by what a transaction has seen. Where the
//!   database is stricter (CockroachDB: SERIALIZABLE), collisions (40001, 40P01) are tried again.
//! * A lost connection is tried again where nothing can have happened. When it is lost at the end of a transaction, the caller
//!   is told that it is not known ([`StoreError::Unavailable`]).
//! * No advisory locks, no notifications, no sequences, no foreign keys, no joins; integers have 64 bits. How the tables are
//!   spread stands in `migrations/postgres`.
//! * Several addresses may be given: of a primary and its standbys. One that is gone or does not write is left for the next.
//!   Behind one virtual address or a proxy one address is enough.
//!
//! **Erasing.** The octets of an erased row stay in its page until VACUUM and in the log until it is recycled. What is erased
//! here is sealed under a key that is erased with it; set `autovacuum` and the retention of archived logs accordingly.
//!
//! **Backup.** `pg_dump --format=custom` takes a consistent copy while the service goes on, and `pg_restore --single-transaction`
//! makes an empty database of it; `pg_basebackup` with archived logs is for recovery to a moment. After either the doctor looks
//! at the database ([`super::Store::integrity`]). `synchronous_commit` stays `on`, with a synchronous standby in the same site.

use core::str::FromStr as _;
use core::time::Duration;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use sqlx::migrate::Migrator;
use sqlx::postgres::{PgConnectOptions, PgPoolOptions};
use sqlx::{ConnectOptions as _, PgPool};

use super::StoreError;
use super::migrate::bring_forward;
use super::sql::{Database, Session};

/// Connections to a server, if nothing else is said.
pub const CONNECTIONS: u32 = 16;
/// How long a task waits for a connection. A server that refuses connections is asked again until then.
const ACQUIRE_TIMEOUT: Duration = Duration::from_secs(10);
/// The same where there is another server to turn to.
const TURN_TIMEOUT: Duration = Duration::from_secs(2);
/// Statements that a connection keeps prepared.
const PREPARED: usize = 256;

/// A register in PostgreSQL.
#[derive(Clone)]
pub struct PostgresStore {
    first: PgPool,
    servers: Arc<[PgPool]>,
    current: Arc<AtomicUsize>,
}

/// An address with a password is not printed.
impl core::fmt::Debug for PostgresStore {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        let servers = self.servers.len();
        f.debug_struct("PostgresStore")
            .field("servers", &servers)
            .finish_non_exhaustive()
    }
}

impl PostgresStore {
    /// Connects to a database, makes the tables or brings them forward to the form of this release. Several addresses
    /// (`postgres://user:password@host:port/database`) are separated by white space; `connections` are made to each at most.
    ///
    /// # Errors
    /// [`StoreError::Place`] when the addresses cannot be read, [`StoreError::Unavailable`].
    pub async fn connect(addresses: &str, connections: u32) -> Result<Self, StoreError> {
        let options: Vec<PgConnectOptions> = addresses
            .split_whitespace()
            .map(|address| PgConnectOptions::from_str(address).map_err(|_| StoreError::Place))
            .collect::<Result<_, _>>()?;
        let timeout = match options.len() {
            0 => return Err(StoreError::Place),
            1 => ACQUIRE_TIMEOUT,
            _ => TURN_TIMEOUT,
        };
        let pool = |options: PgConnectOptions| {
            PgPoolOptions::new()
                .max_connections(connections)
                .acquire_timeout(timeout)
                .test_before_acquire(false)
                .connect_lazy_with(
                    options
                        .statement_cache_capacity(PREPARED)
                        .application_name("register")
                        .disable_statement_logging(),
                )
        };
        let servers: Arc<[PgPool]> = options.into_iter().map(pool).collect();
        let store = Self {
            first: servers.first().ok_or(StoreError::Place)?.clone(),
            servers,
            current: Arc::default(),
        };
        store.bring_forward().await?;
        Ok(store)
    }

    /// Ends all connections.
    pub async fn close(&self) {
        for server in &*self.servers {
            server.close().await;
        }
    }

    /// On the first server that writes.
    async fn bring_forward(&self) -> Result<(), StoreError> {
        let mut failed = Err(StoreError::Place);
        for (number, server) in self.servers.iter().enumerate() {
            failed = bring_forward(&unlocked(sqlx::migrate!("migrations/postgres")), server).await;
            if failed.is_ok() {
                self.current.store(number, Ordering::Release);
                return guard(server).await;
            }
        }
        failed
    }

    fn pool(&self) -> PgPool {
        let server = self.servers.get(self.server());
        server.unwrap_or(&self.first).clone()
    }
}

/// Triggers that stop hands, where the database takes them.
async fn guard(server: &PgPool) -> Result<(), StoreError> {
    let version: String = sqlx::query_scalar("SELECT version()")
        .fetch_one(server)
        .await?;
    let citus: i64 =
        sqlx::query_scalar("SELECT count(*) FROM pg_extension WHERE extname = 'citus'")
            .fetch_one(server)
            .await?;
    if !version.starts_with("PostgreSQL") || citus > 0 {
        return Ok(());
    }
    let mut guards = unlocked(sqlx::migrate!("migrations/postgres_guards"));
    guards.dangerous_set_table_name("_sqlx_guards");
    bring_forward(&guards, server).await
}

/// Without the advisory lock that not every database has.
fn unlocked(mut migrations: Migrator) -> Migrator {
    migrations.set_locking(false);
    migrations
}

impl Database for PostgresStore {
    fn reads(&self) -> Session {
        Session::Postgres(self.pool())
    }

    fn writes(&self) -> Session {
        Session::Postgres(self.pool())
    }

    async fn begin(&self) -> Result<Session, sqlx::Error> {
        Ok(Session::PostgresTransaction(self.pool().begin().await?))
    }

    async fn after_commit(&self, _erased: bool) {}

    fn server(&self) -> usize {
        self.current.load(Ordering::Acquire)
    }

    fn leave(&self, server: usize) {
        let next = (server + 1) % self.servers.len().max(1);
        // Of many tasks that have seen the same server fail one turns away; the others have seen it, too.
        let _ = self
            .current
            .compare_exchange(server, next, Ordering::AcqRel, Ordering::Acquire);
    }
}
