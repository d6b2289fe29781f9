//! The store on PostgreSQL, for a country; with care also on databases that speak its protocol.
//!
//! * READ COMMITTED. Versions, claims and numbers are decided by primary keys, not by what a transaction has seen. Where the
//!   database is stricter (CockroachDB: SERIALIZABLE), collisions (40001, 40P01) are tried again.
//! * A lost connection is tried again where nothing can have happened. When it is lost at the end of a transaction, the caller
//!   is told that it is not known ([`StoreError::Unavailable`]).
//! * No advisory locks, no notifications, no sequences, no foreign keys, no joins; integers have 64 bits. How the tables are
//!   spread stands in `migrations/postgres`.
//! * Several addresses may be given: of a primary and its standbys. One that is gone is left for one that was promoted ([`servers`]); a pool that
//!   has no free connection is no server that is gone. Behind one virtual address or a proxy one address is enough.
//! * Each connection is looked at before it is used: a standby, an old primary that came back and a server that was promoted beside the primary
//!   are not written to ([`ServerFault`]).
//!
//! **Erasing.** The octets of an erased row stay in its page until VACUUM and in the log until it is recycled. What is erased
//! here is sealed under a key that is erased with it; set `autovacuum` and the retention of archived logs accordingly.
//!
//! **Backup.** `pg_dump --format=custom` takes a consistent copy while the service goes on, and `pg_restore --single-transaction`
//! makes an empty database of it; `pg_basebackup` with archived logs is for recovery to a moment. After either the doctor looks
//! at the database ([`super::Store::integrity`]). `synchronous_commit` stays `on`, with a synchronous standby in the same site.

mod mark;
mod servers;

use core::str::FromStr as _;
use core::time::Duration;
use std::path::Path;
use std::sync::Arc;

use sqlx::migrate::Migrator;
use sqlx::postgres::{PgConnectOptions, PgPoolOptions};
use sqlx::{ConnectOptions as _, PgPool};

use super::StoreError;
use super::migrate::bring_forward;
use super::sql::{Database, Session, Turned};
use mark::Memory;
pub use mark::ServerFault;
use servers::Servers;

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
    pools: Arc<[PgPool]>,
    servers: Arc<Servers>,
}

/// An address with a password is not printed.
impl core::fmt::Debug for PostgresStore {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        let servers = self.pools.len();
        f.debug_struct("PostgresStore")
            .field("servers", &servers)
            .finish_non_exhaustive()
    }
}

impl PostgresStore {
    /// Connects to a database, makes the tables or brings them forward to the form of this release. Several addresses
    /// (`postgres://user:password@host:port/database`) are separated by white space; `connections` are made to each at most. In `memory`, a file,
    /// stands from one process to the next which server was written to last; without it only this process knows.
    ///
    /// # Errors
    /// [`StoreError::Place`] when the addresses cannot be read, [`StoreError::Server`] where none is to be written to, [`StoreError::Memory`],
    /// [`StoreError::Unavailable`].
    pub async fn connect(
        addresses: &str,
        connections: u32,
        memory: Option<&Path>,
    ) -> Result<Self, StoreError> {
        let addresses: Vec<PgConnectOptions> = addresses
            .split_whitespace()
            .map(|address| PgConnectOptions::from_str(address).map_err(|_| StoreError::Place))
            .collect::<Result<_, _>>()?;
        let timeout = match addresses.len() {
            0 => return Err(StoreError::Place),
            1 => ACQUIRE_TIMEOUT,
            _ => TURN_TIMEOUT,
        };
        let addresses: Vec<PgConnectOptions> = addresses
            .into_iter()
            .map(|address| {
                address
                    .statement_cache_capacity(PREPARED)
                    .application_name("register")
                    .disable_statement_logging()
            })
            .collect();
        let servers = Arc::new(Servers::new(addresses.clone(), Memory::open(memory)?));
        let pool = |address: PgConnectOptions| {
            let servers = Arc::clone(&servers);
            PgPoolOptions::new()
                .max_connections(connections)
                .acquire_timeout(timeout)
                .test_before_acquire(false)
                .after_connect(move |connection, _| {
                    let servers = Arc::clone(&servers);
                    Box::pin(async move {
                        let admitted = servers.admit(connection).await?;
                        let admitted = admitted.map(drop);
                        admitted.map_err(|fault| sqlx::Error::Configuration(Box::new(fault)))
                    })
                })
                .connect_lazy_with(address)
        };
        let pools: Arc<[PgPool]> = addresses.into_iter().map(pool).collect();
        let store = Self {
            first: pools.first().ok_or(StoreError::Place)?.clone(),
            pools,
            servers,
        };
        store.servers.choose().await?;
        store.bring_forward().await?;
        Ok(store)
    }

    /// What is wrong with servers that are not talked to, in words, with what to do: those that take writes, too.
    pub async fn other_servers(&self) -> Vec<String> {
        match self.servers.has_timelines() {
            true => self.servers.others().await,
            false => Vec::new(),
        }
    }

    /// Ends all connections.
    pub async fn close(&self) {
        for pool in &*self.pools {
            pool.close().await;
        }
    }

    /// On the server that was chosen. Its mark is left and remembered when the tables are there.
    async fn bring_forward(&self) -> Result<(), StoreError> {
        let pool = self.pool();
        bring_forward(&unlocked(sqlx::migrate!("migrations/postgres")), &pool).await?;
        if !self.servers.has_timelines() {
            return Ok(());
        }
        let mut guards = unlocked(sqlx::migrate!("migrations/postgres_guards"));
        guards.dangerous_set_table_name("_sqlx_guards");
        bring_forward(&guards, &pool).await?;
        self.servers.are_made();
        let mut connection = pool.acquire().await?;
        match self.servers.admit(&mut connection).await {
            Ok(Ok(_)) => Ok(()),
            Ok(Err(fault)) => Err(StoreError::server(self.servers.current(), fault)),
            Err(error) => Err(kept(error)),
        }
    }

    fn pool(&self) -> PgPool {
        let pool = self.pools.get(self.servers.current());
        pool.unwrap_or(&self.first).clone()
    }
}

/// What was wrong with the memory, out of the error that a connection may have.
fn kept(error: sqlx::Error) -> StoreError {
    match error {
        sqlx::Error::Configuration(error) => match error.downcast::<StoreError>() {
            Ok(error) => *error,
            Err(error) => StoreError::Unavailable(error),
        },
        error => error.into(),
    }
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
        self.servers.current()
    }

    async fn turn(&self, server: usize) -> Turned {
        self.servers.turn(server).await
    }
}
