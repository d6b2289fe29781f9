//! Whichever store a configuration names.

use std::path::Path;

use super::sql::{self, Database, Session, Turned};
use super::{PostgresStore, SqliteStore, StoreError, postgres};

/// A store on either database.
#[derive(Debug, Clone)]
pub enum AnyStore {
    /// In a file.
    Sqlite(SqliteStore),
    /// In PostgreSQL.
    Postgres(PostgresStore),
}

impl AnyStore {
    /// Opens the store at a place: a `postgres://` address, or several with white space between them, or the path of a file.
    ///
    /// # Errors
    /// [`StoreError::Missing`] when there is no such file; [`StoreError`].
    pub async fn open(place: &str) -> Result<Self, StoreError> {
        Self::open_with(place, None).await
    }

    /// The same; in a file stands which server of a database was written to last.
    ///
    /// # Errors
    /// As [`Self::open`]; [`StoreError::Server`], [`StoreError::Memory`].
    pub async fn open_with(place: &str, memory: Option<&Path>) -> Result<Self, StoreError> {
        if is_address(place) {
            return Self::connect(place, memory).await;
        }
        SqliteStore::open(Path::new(place)).await.map(Self::Sqlite)
    }

    /// The same; a file that is not there is made.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn create(place: &str) -> Result<Self, StoreError> {
        if is_address(place) {
            return Self::connect(place, None).await;
        }
        SqliteStore::create(Path::new(place))
            .await
            .map(Self::Sqlite)
    }

    async fn connect(addresses: &str, memory: Option<&Path>) -> Result<Self, StoreError> {
        let store = PostgresStore::connect(addresses, postgres::CONNECTIONS, memory).await?;
        Ok(Self::Postgres(store))
    }

    /// What is wrong with servers of the register that are not talked to, in words, with what to do.
    pub async fn other_servers(&self) -> Vec<String> {
        match self {
            Self::Sqlite(_) => Vec::new(),
            Self::Postgres(store) => store.other_servers().await,
        }
    }

    /// Writes something and takes it back: whether the register takes changes at this moment.
    ///
    /// # Errors
    /// [`StoreError`] as a change would meet it.
    pub async fn try_write(&self) -> Result<(), StoreError> {
        sql::try_write(self).await
    }

    /// Ends all connections.
    pub async fn close(&self) {
        match self {
            Self::Sqlite(store) => store.close().await,
            Self::Postgres(store) => store.close().await,
        }
    }
}

fn is_address(place: &str) -> bool {
    place.starts_with("postgres://") || place.starts_with("postgresql://")
}

impl Database for AnyStore {
    fn reads(&self) -> Session {
        match self {
            Self::Sqlite(store) => store.reads(),
            Self::Postgres(store) => store.reads(),
        }
    }

    fn writes(&self) -> Session {
        match self {
            Self::Sqlite(store) => store.writes(),
            Self::Postgres(store) => store.writes(),
        }
    }

    async fn begin(&self) -> Result<Session, sqlx::Error> {
        match self {
            Self::Sqlite(store) => store.begin().await,
            Self::Postgres(store) => store.begin().await,
        }
    }

    async fn after_commit(&self, erased: bool) {
        match self {
            Self::Sqlite(store) => store.after_commit(erased).await,
            Self::Postgres(store) => store.after_commit(erased).await,
        }
    }

    fn server(&self) -> usize {
        match self {
            Self::Sqlite(store) => store.server(),
            Self::Postgres(store) => store.server(),
        }
    }

    async fn turn(&self, server: usize) -> Turned {
        match self {
            Self::Sqlite(store) => store.turn(server).await,
            Self::Postgres(store) => store.turn(server).await,
        }
    }
}
