//! What keeps a clock that has jumped from erasing and ending what is not over.
//!
//! The register knows the newest time that something happened in it. A clock that is far ahead of it is believed by nobody who erases or ends: either it
//! is wrong, or the service stood still for so long that somebody ought to look. Somebody accepts it (`serve --accept-clock`), and that is told in the
//! audit log.
//!
//! The newest time stands in a row of its own: what is entered while the clock is wrong does not make it right.

use core::fmt;
use std::sync::{Mutex, PoisonError};

use register::store::{
    Change, Entity, EntityChange, EntityKind, Expected, Store, StoreError, Topic,
};
use serde::{Deserialize, Serialize};
use time::{Duration, OffsetDateTime};

use super::audit::{Audit, system};
use super::problem::Problem;
use crate::Result;
use crate::office::named;

/// A clock that is ahead of the newest time by more than this erases and ends nothing.
pub const AHEAD: Duration = Duration::days(30);
/// A clock is not behind what was already written by more than this.
pub const BEHIND: Duration = Duration::minutes(5);
/// So much later it has to be before it is written down again.
const WRITTEN_EVERY: Duration = Duration::minutes(10);
/// The word in the audit log for a clock that was accepted.
pub const ACCEPTED: &str = "clock.accepted";
/// The name of the row.
const ROW: &str = "newest-time";

/// What is wrong with the clock.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ClockFault {
    /// It is so far ahead of what happened last.
    Ahead(Duration),
    /// It is so far behind it.
    Behind(Duration),
}

impl ClockFault {
    /// The word of it.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Ahead(_) => "clock-ahead",
            Self::Behind(_) => "clock-behind",
        }
    }

    /// What to do.
    #[must_use]
    pub const fn todo(self) -> &'static str {
        match self {
            Self::Ahead(_) => {
                "set the clock of this machine; where it is right, `serve --accept-clock` says so once"
            }
            Self::Behind(_) => {
                "set the clock of this machine; where it is right and was ahead before, `serve --accept-clock` says so once"
            }
        }
    }
}

impl fmt::Display for ClockFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Ahead(by) => write!(
                f,
                "the clock is {} days ahead of what happened last: nothing is erased and no document ends",
                by.whole_days()
            ),
            Self::Behind(by) => write!(
                f,
                "the clock is {} minutes behind what was already written",
                by.whole_minutes()
            ),
        }
    }
}

/// The newest time that is believed.
#[derive(Debug)]
pub struct Timekeeper(Mutex<OffsetDateTime>);

/// The row.
#[derive(Debug, Serialize, Deserialize)]
struct Kept {
    #[serde(with = "time::serde::rfc3339")]
    newest: OffsetDateTime,
    /// Entries of the audit log at that time: later ones may be newer.
    entries: u64,
}

impl Timekeeper {
    /// That of a register. One that has none yet begins with its newest audit entry, and an empty one with `now`.
    ///
    /// # Errors
    /// Those of the store.
    pub async fn of(store: &impl Store, now: OffsetDateTime) -> Result<Self> {
        let kept = read(store).await?.map(|(kept, _)| kept);
        let counted = kept.as_ref().map_or(0, |kept| kept.entries);
        let entry = newest_entry(store, counted).await?;
        Ok(Self(Mutex::new(begun(kept, entry, now))))
    }

    /// Looks at the clock. A time that fits is the newest one from now on.
    ///
    /// # Errors
    /// [`ClockFault`].
    pub fn look(&self, now: OffsetDateTime) -> core::result::Result<(), ClockFault> {
        let mut newest = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let ahead = now - *newest;
        if ahead > AHEAD {
            return Err(ClockFault::Ahead(ahead));
        }
        if -ahead > BEHIND {
            return Err(ClockFault::Behind(-ahead));
        }
        *newest = now.max(*newest);
        Ok(())
    }

    /// Whether what is over by the clock may be taken for over.
    #[must_use]
    pub fn may_end(&self, now: OffsetDateTime) -> bool {
        !matches!(self.look(now), Err(ClockFault::Ahead(_)))
    }

    /// Writes the newest time down, where it is much newer than what is written.
    ///
    /// # Errors
    /// Those of the store.
    pub async fn keep(&self, store: &impl Store) -> Result<()> {
        let newest = *self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let row = read(store).await?;
        let is_new = |(kept, _): &(Kept, u32)| newest - kept.newest >= WRITTEN_EVERY;
        if !row.as_ref().is_none_or(is_new) {
            return Ok(());
        }
        let change = change(store, newest, row.map(|(_, version)| version)).await?;
        match store.commit(&change).await {
            // Another machine was faster.
            Ok(()) | Err(StoreError::EntityChanged { .. }) => Ok(()),
            Err(error) => Err(error.into()),
        }
    }

    /// Somebody says that the clock is right. Told in the audit log; all entries before it have to have their numbers.
    ///
    /// # Errors
    /// Those of the store: another call may have been faster.
    pub async fn accept(&self, store: &impl Store, now: OffsetDateTime) -> Result<()> {
        let version = read(store).await?.map(|(_, version)| version);
        let mut change = change(store, now, version).await?;
        Audit::by(system(), ACCEPTED, "clock", named(ROW))
            .put(&mut change)
            .map_err(|problem: Problem| super::start::as_error(&problem))?;
        store.commit(&change).await?;
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = now;
        Ok(())
    }
}

/// What is believed at the start. An entry that is far ahead of the row was made while the clock was wrong.
fn begun(kept: Option<Kept>, entry: Option<OffsetDateTime>, now: OffsetDateTime) -> OffsetDateTime {
    match (kept, entry) {
        (Some(kept), Some(entry)) if entry - kept.newest <= AHEAD => kept.newest.max(entry),
        (Some(kept), _) => kept.newest,
        (None, Some(entry)) => entry,
        (None, None) => now,
    }
}

/// The time of the last audit entry behind so many.
async fn newest_entry(store: &impl Store, counted: u64) -> Result<Option<OffsetDateTime>> {
    let (size, _) = store.sequenced(Topic::Audit).await?;
    if size <= counted {
        return Ok(None);
    }
    let last = store.journal(Topic::Audit, size - 1, 1).await?;
    Ok(last.first().map(|entry| entry.at))
}

async fn read(store: &impl Store) -> Result<Option<(Kept, u32)>> {
    let id = named(ROW);
    let Some(row) = store.entity(EntityKind::Setting, id).await? else {
        return Ok(None);
    };
    let what = "newest time";
    let kept = serde_json::from_str(&row.body).map_err(|_| StoreError::Corrupt { id, what })?;
    Ok(Some((kept, row.version)))
}

async fn change(
    store: &impl Store,
    newest: OffsetDateTime,
    version: Option<u32>,
) -> Result<Change> {
    let (entries, _) = store.sequenced(Topic::Audit).await?;
    let body = serde_json::to_string(&Kept { newest, entries });
    let mut change = Change::new(newest);
    change.entities.push(EntityChange::Put {
        entity: Entity {
            kind: EntityKind::Setting,
            id: named(ROW),
            state: "kept".to_owned(),
            place: String::new(),
            order: 0,
            version: 0,
            body: body.map_err(|_| crate::Error::Interrupted)?,
        },
        expected: version.map_or(Expected::New, Expected::Version),
        keys: None,
    });
    Ok(change)
}

#[cfg(test)]
mod tests {
    use time::macros::datetime;

    use super::*;

    const NOW: OffsetDateTime = datetime!(2026-11-22 10:00 UTC);

    #[test]
    fn only_a_time_that_fits_moves_on() {
        let keeper = Timekeeper(Mutex::new(NOW));
        let year = Duration::days(365);
        assert_eq!(keeper.look(NOW + AHEAD), Ok(()));
        assert_eq!(
            keeper.look(NOW + AHEAD + year),
            Err(ClockFault::Ahead(year))
        );
        assert!(
            !keeper.may_end(NOW + AHEAD + year),
            "asked again it is as wrong"
        );
        let back = AHEAD - Duration::minutes(4);
        assert_eq!(keeper.look(NOW + back), Ok(()));
        assert_eq!(keeper.look(NOW), Err(ClockFault::Behind(AHEAD)));
        assert!(keeper.may_end(NOW), "what is over by a late clock is over");
        assert!(keeper.may_end(NOW + AHEAD + AHEAD));
    }

    #[test]
    fn what_was_entered_by_a_wrong_clock_is_not_believed() {
        let check = |kept: Option<i64>, entry: Option<i64>, expected: i64| {
            let day = |days: i64| NOW + Duration::days(days);
            let kept = kept.map(|days| Kept {
                newest: day(days),
                entries: 0,
            });
            assert_eq!(begun(kept, entry.map(day), NOW), day(expected));
        };
        check(None, None, 0);
        check(None, Some(-400), -400);
        check(Some(-10), None, -10);
        check(Some(-10), Some(-5), -5);
        check(Some(-10), Some(-15), -10);
        check(Some(-10), Some(365), -10);
    }
}
