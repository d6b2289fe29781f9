//! What is counted: tallies by day, and counters whose numbers are taken.

use std::collections::BTreeMap;

use time::Date;
use time::macros::date;
use uuid::Uuid;

use super::session::Session;
use super::statement::{Statement, Value};
use super::{Failure, ROWS};
use crate::store::{StoreError, Tally};

/// The day from which days are counted.
const FIRST_DAY: Date = date!(1970 - 01 - 01);

/// Adds to tallies, each once and in their order: two changes do not wait for each other in a ring. `shard` spreads
/// concurrent changes over several rows.
pub(super) async fn count(
    session: &mut Session,
    tallies: &[Tally],
    shard: u32,
) -> Result<(), Failure> {
    let shard = shard % session.shards();
    let mut sums: BTreeMap<(i64, &str), i64> = BTreeMap::new();
    for tally in tallies {
        *sums.entry((days(tally.day), &tally.name)).or_default() += tally.count;
    }
    let sums: Vec<_> = sums.into_iter().collect();
    for part in sums.chunks(ROWS) {
        let rows = part.iter().map(|((day, name), count)| -> [Value<'_>; 4] {
            [(*day).into(), (*name).into(), shard.into(), (*count).into()]
        });
        let statement = Statement::new("INSERT INTO tally (day, name, shard, count) VALUES ", [])
            .rows(rows)
            .text(" ON CONFLICT (day, name, shard) DO UPDATE SET count = tally.count + excluded.count");
        session.execute(statement).await?;
    }
    Ok(())
}

/// The sums by name and day.
pub(super) async fn sums(
    session: &mut Session,
    prefix: &str,
    from: Date,
    to: Date,
) -> Result<Vec<Tally>, Failure> {
    let length = i64::try_from(prefix.chars().count()).unwrap_or(i64::MAX);
    let statement = Statement::new(
        "SELECT name, day, CAST(sum(count) AS BIGINT) FROM tally
         WHERE day >= $1 AND day <= $2 AND substr(name, 1, CAST($3 AS INTEGER)) = $4
         GROUP BY name, day",
        [
            days(from).into(),
            days(to).into(),
            length.into(),
            prefix.into(),
        ],
    );
    let rows = session.rows(statement).await?;
    let sums = rows.iter().map(|row| {
        Ok(Tally {
            name: row.text(0)?,
            day: date(row.number(1)?)?,
            count: row.number(2)?,
        })
    });
    let mut sums = sums.collect::<Result<Vec<_>, Failure>>()?;
    // Here and not in the database: there the order of words follows a language.
    sums.sort();
    Ok(sums)
}

fn days(day: Date) -> i64 {
    i64::from(day.to_julian_day()) - i64::from(FIRST_DAY.to_julian_day())
}

fn date(days: i64) -> Result<Date, StoreError> {
    let day = i32::try_from(days)
        .ok()
        .and_then(|days| days.checked_add(FIRST_DAY.to_julian_day()));
    let date = day.and_then(|day| Date::from_julian_day(day).ok());
    date.ok_or(StoreError::Corrupt {
        id: Uuid::nil(),
        what: "day",
    })
}

/// Takes numbers of a counter and says the first of them.
pub(super) async fn take_numbers(
    session: &mut Session,
    counter: &str,
    count: u32,
) -> Result<u64, Failure> {
    let statement = Statement::new(
        "INSERT INTO counter (name, next) VALUES ($1, $2)
         ON CONFLICT (name) DO UPDATE SET next = counter.next + excluded.next
         RETURNING next",
        [counter.into(), count.into()],
    );
    let row = session
        .row(statement)
        .await?
        .ok_or(sqlx::Error::RowNotFound)?;
    let first = row.number(0)?.checked_sub(count.into());
    let first = first.and_then(|first| u64::try_from(first).ok());
    Ok(first.ok_or(StoreError::Corrupt {
        id: Uuid::nil(),
        what: "counter",
    })?)
}

/// How many numbers of a counter were taken.
pub(super) async fn numbers_taken(session: &mut Session, counter: &str) -> Result<u64, Failure> {
    let statement = Statement::new("SELECT next FROM counter WHERE name = $1", [counter.into()]);
    let Some(row) = session.row(statement).await? else {
        return Ok(0);
    };
    let taken = u64::try_from(row.number(0)?);
    Ok(taken.map_err(|_| StoreError::Corrupt {
        id: Uuid::nil(),
        what: "counter",
    })?)
}
