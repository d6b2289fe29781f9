//! What differs between the databases: how a statement is run and how a row is read.

use sqlx::postgres::PgRow;
use sqlx::sqlite::SqliteRow;
use sqlx::{AssertSqlSafe, PgPool, Postgres, Row as _, Sqlite, SqlitePool, Transaction};
use uuid::Uuid;

use super::statement::{Statement, Value};

/// Where statements are run: in a transaction, or each by itself.
pub(crate) enum Session {
    /// Each statement by itself, on SQLite.
    Sqlite(SqlitePool),
    /// In a transaction of SQLite.
    SqliteTransaction(Transaction<'static, Sqlite>),
    /// Each statement by itself, on PostgreSQL.
    Postgres(PgPool),
    /// In a transaction of PostgreSQL.
    PostgresTransaction(Transaction<'static, Postgres>),
}

/// Runs a statement of one database.
macro_rules! run {
    ($statement:expr, $database:ty, $executor:expr, $method:ident) => {{
        let Statement { text, values } = $statement;
        let mut query = sqlx::query::<$database>(AssertSqlSafe(text));
        for value in values {
            query = match value {
                Value::Id(id) => query.bind(id),
                Value::Number(number) => query.bind(number),
                Value::Text(text) => query.bind(text),
                Value::MaybeText(text) => query.bind(text),
                Value::Octets(octets) => query.bind(octets),
            };
        }
        query.$method($executor).await
    }};
}

impl Session {
    /// Runs a statement and says how many rows it has written.
    pub(crate) async fn execute(&mut self, statement: Statement<'_>) -> Result<u64, sqlx::Error> {
        Ok(match self {
            Self::Sqlite(pool) => run!(statement, Sqlite, &*pool, execute)?.rows_affected(),
            Self::SqliteTransaction(of) => {
                run!(statement, Sqlite, &mut **of, execute)?.rows_affected()
            }
            Self::Postgres(pool) => run!(statement, Postgres, &*pool, execute)?.rows_affected(),
            Self::PostgresTransaction(of) => {
                run!(statement, Postgres, &mut **of, execute)?.rows_affected()
            }
        })
    }

    /// Runs a statement and returns its rows.
    pub(crate) async fn rows(&mut self, statement: Statement<'_>) -> Result<Vec<Row>, sqlx::Error> {
        fn all<R>(rows: Vec<R>, into: fn(R) -> Row) -> Vec<Row> {
            rows.into_iter().map(into).collect()
        }
        Ok(match self {
            Self::Sqlite(pool) => all(run!(statement, Sqlite, &*pool, fetch_all)?, Row::Sqlite),
            Self::SqliteTransaction(of) => {
                all(run!(statement, Sqlite, &mut **of, fetch_all)?, Row::Sqlite)
            }
            Self::Postgres(pool) => {
                all(run!(statement, Postgres, &*pool, fetch_all)?, Row::Postgres)
            }
            Self::PostgresTransaction(of) => all(
                run!(statement, Postgres, &mut **of, fetch_all)?,
                Row::Postgres,
            ),
        })
    }

    /// The one row of a statement, if there is one.
    pub(crate) async fn row(
        &mut self,
        statement: Statement<'_>,
    ) -> Result<Option<Row>, sqlx::Error> {
        Ok(self.rows(statement).await?.into_iter().next())
    }

    /// Ends the transaction: everything has happened.
    pub(crate) async fn commit(self) -> Result<(), sqlx::Error> {
        match self {
            Self::SqliteTransaction(transaction) => transaction.commit().await,
            Self::PostgresTransaction(transaction) => transaction.commit().await,
            Self::Sqlite(_) | Self::Postgres(_) => Ok(()),
        }
    }

    /// Ends the transaction: nothing has happened. It also ends so when it is dropped, but a moment later.
    pub(crate) async fn rollback(self) {
        // A connection that is gone has rolled back by itself.
        drop(match self {
            Self::SqliteTransaction(transaction) => transaction.rollback().await,
            Self::PostgresTransaction(transaction) => transaction.rollback().await,
            Self::Sqlite(_) | Self::Postgres(_) => Ok(()),
        });
    }

    /// The end of a subselect whose rows are taken by one worker each: others step over them. SQLite has one writer at a time.
    pub(super) const fn skip_locked(&self) -> &'static str {
        match self {
            Self::Sqlite(_) | Self::SqliteTransaction(_) => "",
            Self::Postgres(_) | Self::PostgresTransaction(_) => " FOR UPDATE SKIP LOCKED",
        }
    }

    /// Into how many rows a tally is split, so that writers do not wait for each other.
    pub(super) const fn shards(&self) -> u32 {
        match self {
            Self::Sqlite(_) | Self::SqliteTransaction(_) => 1,
            Self::Postgres(_) | Self::PostgresTransaction(_) => 16,
        }
    }

    /// Whether this is SQLite.
    pub(super) const fn is_sqlite(&self) -> bool {
        matches!(self, Self::Sqlite(_) | Self::SqliteTransaction(_))
    }
}

/// A row of either database.
pub(crate) enum Row {
    Sqlite(SqliteRow),
    Postgres(PgRow),
}

/// Readers of a column by its place.
macro_rules! columns {
    ($($(#[$doc:meta])* $name:ident: $type:ty,)+) => {
        impl Row {
            $($(#[$doc])*
            pub(super) fn $name(&self, column: usize) -> Result<$type, sqlx::Error> {
                match self {
                    Self::Sqlite(row) => row.try_get(column),
                    Self::Postgres(row) => row.try_get(column),
                }
            })+
        }
    };
}

columns! {
    /// An identifier.
    id: Uuid,
    /// A number, a time or a day.
    number: i64,
    /// A number, or none.
    maybe_number: Option<i64>,
    /// A word.
    text: String,
    /// A word, or none.
    maybe_text: Option<String>,
    /// Octets.
    octets: Vec<u8>,
}
