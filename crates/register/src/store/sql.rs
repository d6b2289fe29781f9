//! The statements, each written once, for both databases.
//!
//! SQLite and PostgreSQL understand the same text, placeholders (`$1`) included, for everything that a register says. What
//! differs is in [`session`]: how a value is handed over and how a row is read. [`serve`] makes a [`super::Store`] of them.

mod append;
mod blobs;
mod claims;
mod commit;
mod entities;
mod failure;
mod integrity;
mod journal;
mod serve;
mod session;
mod statement;
mod tallies;
mod tasks;

pub(super) use failure::{Failure, is_full, passes};
pub(super) use serve::{Database, Turned, try_write};
pub(super) use session::Session;

use time::OffsetDateTime;
use uuid::Uuid;

use super::StoreError;

/// Rows of one statement. A longer list is written by several statements, so that the databases prepare a bounded number of them.
const ROWS: usize = 64;

/// Milliseconds since 1970.
const fn milliseconds(instant: OffsetDateTime) -> i64 {
    instant.unix_timestamp() * 1000 + instant.millisecond() as i64
}

/// The instant of milliseconds since 1970, as they are stored with something.
fn instant(id: Uuid, milliseconds: i64) -> Result<OffsetDateTime, StoreError> {
    let nanoseconds = i128::from(milliseconds) * 1_000_000;
    OffsetDateTime::from_unix_timestamp_nanos(nanoseconds)
        .map_err(|_| StoreError::Corrupt { id, what: "time" })
}

/// A number that is stored with something and must fit its type.
fn fitting<T: TryFrom<i64>>(id: Uuid, what: &'static str, number: i64) -> Result<T, StoreError> {
    T::try_from(number).map_err(|_| StoreError::Corrupt { id, what })
}

/// A number as it is stored. Nothing that is counted here comes near the end.
fn stored(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}
