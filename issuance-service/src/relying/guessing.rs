//! Guessing ends: what a party has asked of one subject within a day is remembered, as keyed hashes that nobody can read.
//!
//! Two limits: differing attempts for one subject ([`Tries`]), and verifications of a day that did not match ([`Misses`]). The same request
//! again is no new attempt. Subjects that do not exist are counted in the same way.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use register::store::{
    Change, Entity, EntityChange, EntityKind, Expected, Query, Store, StoreError, Tally,
};
use serde::{Deserialize, Serialize};
use time::{Date, Duration, OffsetDateTime};
use uuid::Uuid;

use super::reference::keyed;
use super::{Fault, Result};
use crate::Vault;

/// For how long attempts count.
pub const WINDOW: Duration = Duration::DAY;
/// How old the known sum of a day's misses may be: other processes add to it.
const SUM_KEPT: Duration = Duration::seconds(5);
/// The state of rows of attempts.
const STATE: &str = "tries";
/// Rows that are swept at once.
const SWEPT_AT_ONCE: u32 = 500;

/// What a party has asked of one subject.
#[derive(Debug, Clone)]
pub struct Tries {
    id: Uuid,
    version: u32,
    until: OffsetDateTime,
    asked: Vec<String>,
    is_changed: bool,
}

#[derive(Serialize, Deserialize)]
struct Stored {
    asked: Vec<String>,
}

impl Tries {
    /// The name of the row for a party and a subject.
    #[must_use]
    pub fn id(vault: &Vault, party: Uuid, subject: &str) -> Uuid {
        keyed(vault, &format!("tries/{party}/{subject}"))
    }

    /// Reads them.
    ///
    /// # Errors
    /// Those of the store.
    pub async fn read(store: &impl Store, id: Uuid, now: OffsetDateTime) -> Result<Self> {
        let entity = store.entity(EntityKind::Reply, id).await?;
        let Some(entity) = entity else {
            return Ok(Self {
                id,
                version: 0,
                until: now + WINDOW,
                asked: Vec::new(),
                is_changed: false,
            });
        };
        let corrupt = StoreError::Corrupt {
            id,
            what: "attempts",
        };
        let Ok(stored) = serde_json::from_str::<Stored>(&entity.body) else {
            return Err(corrupt.into());
        };
        let until = OffsetDateTime::from_unix_timestamp_nanos(i128::from(entity.order) * 1_000_000)
            .unwrap_or(now);
        let is_over = until <= now;
        Ok(Self {
            id,
            version: entity.version,
            until: if is_over { now + WINDOW } else { until },
            asked: if is_over { Vec::new() } else { stored.asked },
            is_changed: false,
        })
    }

    /// Counts an attempt, if it is a new one.
    ///
    /// # Errors
    /// [`Fault::TooOften`] when it is one too many.
    pub fn count(&mut self, attempt: &Uuid, limit: u32, now: OffsetDateTime) -> Result<()> {
        let attempt = attempt.simple().to_string();
        if self.asked.contains(&attempt) {
            return Ok(());
        }
        if self.asked.len() >= limit as usize {
            return Err(Fault::TooOften {
                what: "tries-of-subject",
                wait: self.until - now,
            });
        }
        self.asked.push(attempt);
        self.is_changed = true;
        Ok(())
    }

    /// Into a change.
    pub fn put(&self, change: &mut Change) {
        if !self.is_changed {
            return;
        }
        let asked = self.asked.clone();
        change.entities.push(EntityChange::Put {
            entity: Entity {
                kind: EntityKind::Reply,
                id: self.id,
                state: STATE.to_owned(),
                place: String::new(),
                order: i64::try_from(self.until.unix_timestamp_nanos() / 1_000_000)
                    .unwrap_or(i64::MAX),
                version: 0,
                body: serde_json::to_string(&Stored { asked }).unwrap_or_default(),
            },
            expected: match self.version {
                0 => Expected::New,
                version => Expected::Version(version),
            },
            keys: None,
        });
    }
}

/// Removes attempts that do not count any more. Says how many.
///
/// # Errors
/// Those of the store.
pub async fn sweep(store: &impl Store, now: OffsetDateTime) -> Result<usize> {
    let query = Query {
        state: Some(STATE.to_owned()),
        ..Query::of(EntityKind::Reply, SWEPT_AT_ONCE)
    };
    let end = i64::try_from(now.unix_timestamp_nanos() / 1_000_000).unwrap_or(i64::MAX);
    let rows = store.list(&query).await?;
    let mut change = Change::new(now);
    for row in rows.iter().filter(|row| row.order <= end) {
        change.entities.push(EntityChange::Remove {
            kind: row.kind,
            id: row.id,
        });
    }
    let swept = change.entities.len();
    if swept > 0 {
        store.commit(&change).await?;
    }
    Ok(swept)
}

/// Verifications of today that did not match, by party.
#[derive(Debug, Default)]
pub struct Misses(Mutex<HashMap<Uuid, Sum>>);

#[derive(Debug, Clone, Copy)]
struct Sum {
    day: Date,
    count: i64,
    read: OffsetDateTime,
}

fn tally_name(party: Uuid) -> String {
    format!("relying/misses/{party}")
}

impl Misses {
    /// Forgets the known sums, as after five seconds.
    #[cfg(test)]
    pub(super) fn forget(&self) {
        self.0
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clear();
    }

    /// Lets a party ask on, if it has not missed too often today.
    ///
    /// # Errors
    /// [`Fault::TooOften`] until midnight (UTC).
    pub async fn admit(
        &self,
        store: &impl Store,
        party: Uuid,
        limit: u32,
        now: OffsetDateTime,
    ) -> Result<()> {
        let day = now.date();
        let known = self
            .0
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .get(&party)
            .copied();
        let count = match known.filter(|sum| sum.day == day && now - sum.read < SUM_KEPT) {
            Some(sum) => sum.count,
            None => {
                let sums = store.tallies(&tally_name(party), day, day).await?;
                let count = sums.iter().map(|tally| tally.count).sum();
                let sum = Sum {
                    day,
                    count,
                    read: now,
                };
                self.0
                    .lock()
                    .unwrap_or_else(PoisonError::into_inner)
                    .insert(party, sum);
                count
            }
        };
        if count < i64::from(limit) {
            return Ok(());
        }
        let midnight = day.next_day().unwrap_or(day).midnight().assume_utc();
        Err(Fault::TooOften {
            what: "misses-of-day",
            wait: midnight - now,
        })
    }

    /// Counts some, with the change that tells of them.
    pub fn count(&self, change: &mut Change, party: Uuid, misses: usize) {
        let count = i64::try_from(misses).unwrap_or(i64::MAX);
        // Also none is written: what the store does says nothing.
        change.tallies.push(Tally {
            name: tally_name(party),
            day: change.at.date(),
            count,
        });
        if let Some(sum) = self
            .0
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .get_mut(&party)
        {
            sum.count = sum.count.saturating_add(count);
        }
    }
}

#[cfg(test)]
mod tests {
    use time::macros::datetime;

    use super::*;

    #[test]
    fn the_same_again_is_no_new_attempt() {
        let now = datetime!(2026-11-22 10:00 UTC);
        let mut tries = Tries {
            id: Uuid::nil(),
            version: 0,
            until: now + WINDOW,
            asked: Vec::new(),
            is_changed: false,
        };
        for attempt in [1, 2, 1, 2, 1, 3] {
            tries.count(&Uuid::from_u128(attempt), 3, now).unwrap();
        }
        let fourth = tries.count(&Uuid::from_u128(4), 3, now + Duration::HOUR);
        let Err(Fault::TooOften { wait, .. }) = fourth else {
            panic!("{fourth:?}")
        };
        assert_eq!(wait, Duration::hours(23));
        assert!(tries.count(&Uuid::from_u128(3), 3, now).is_ok());
    }
}
