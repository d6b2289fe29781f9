//! Shifts: people count what lies there, and a shift whose cards do not add up stays open.
//!
//! `there at the beginning + received = good + handed over + rejects + destroyed + missing + remaining at the end`

use serde::{Deserialize, Serialize};
use time::OffsetDateTime;

use crate::stock::Numbers;
use crate::{Event, Pair, Person, Refused, Stage};

/// What people count: cards that lie there.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Count {
    /// Cards that are no good card yet: blank, with a job, begun, or written and not yet passed.
    pub remaining: u64,
    /// Good cards that were not handed over. Nobody counted them before there was such a field.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub good: Option<u64>,
    /// Rejects in the safe.
    pub rejects: u64,
}

impl Count {
    /// What there should be.
    #[must_use]
    pub fn computed(numbers: &Numbers) -> Self {
        Self {
            remaining: numbers.remaining(),
            good: Some(numbers.in_stage(Stage::Passed)),
            rejects: numbers.in_stage(Stage::Rejected),
        }
    }

    /// Each number beside that of another count.
    #[must_use]
    pub const fn beside(&self, other: &Self) -> [(&'static str, Option<u64>, Option<u64>); 3] {
        [
            ("remaining", Some(self.remaining), Some(other.remaining)),
            ("good", self.good, other.good),
            ("rejects", Some(self.rejects), Some(other.rejects)),
        ]
    }
}

/// A shift.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Shift {
    /// Its number, from 1.
    pub number: u32,
    /// Who opened it.
    pub opened_by: Person,
    /// When.
    pub opened_at: OffsetDateTime,
    /// What was counted then.
    pub counted: Count,
    /// Whether nobody has counted then: it was opened with the numbers of the last close.
    pub as_closed: bool,
    /// The numbers at its beginning.
    pub opening: Numbers,
    /// Its end.
    pub end: Option<End>,
}

/// How a shift ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct End {
    /// Who counted.
    pub by: Pair,
    /// When.
    pub at: OffsetDateTime,
    /// What they have counted.
    pub counted: Count,
    /// The numbers at its end.
    pub closing: Numbers,
}

/// A shift in numbers: `opened_with + received = good + handed_over + rejects + destroyed + missing + remaining`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Account {
    /// Cards that were there at the beginning, good ones and rejects included.
    pub opened_with: u64,
    /// Came in.
    pub received: u64,
    /// Passed quality control in it, wherever they are now.
    pub passed: u64,
    /// Good cards that lie there at the end.
    pub good: u64,
    /// Good cards that were given to somebody else.
    pub handed_over: u64,
    /// Lie in the safe at the end.
    pub rejects: u64,
    /// Were destroyed.
    pub destroyed: u64,
    /// Went missing, less what was found.
    pub missing: i64,
    /// Are no card yet at the end.
    pub remaining: u64,
    /// Whether both sides are equal, and each card is where the lines of the journal have brought it.
    pub adds_up: bool,
}

impl Shift {
    /// Its numbers: at its end, or with these of now.
    #[must_use]
    pub fn account(&self, now: &Numbers) -> Account {
        let end = self.end.as_ref().map_or(now, |end| &end.closing);
        let since = |stage| {
            let before = self.opening.came_to(stage);
            end.came_to(stage).saturating_sub(before)
        };
        let signed =
            |numbers: &Numbers| i64::try_from(numbers.in_stage(Stage::Missing)).unwrap_or(i64::MAX);
        let lay_there = [Stage::Passed, Stage::Rejected];
        let lay_there = lay_there.map(|stage| self.opening.in_stage(stage));
        let mut account = Account {
            opened_with: self.opening.remaining() + lay_there.iter().sum::<u64>(),
            received: end.received.saturating_sub(self.opening.received),
            passed: since(Stage::Passed),
            good: end.in_stage(Stage::Passed),
            handed_over: since(Stage::HandedOver),
            rejects: end.in_stage(Stage::Rejected),
            destroyed: since(Stage::Destroyed),
            missing: signed(end).saturating_sub(signed(&self.opening)),
            remaining: end.remaining(),
            adds_up: false,
        };
        let out = account.good
            + account.handed_over
            + account.rejects
            + account.destroyed
            + account.remaining;
        let within = account.opened_with + account.received;
        account.adds_up = within.checked_signed_diff(out) == Some(account.missing) && end.adds_up();
        account
    }
}

/// All shifts of a floor.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Shifts {
    open: Option<Shift>,
    closed: Vec<Shift>,
}

impl Shifts {
    pub(crate) const fn open(&self) -> Option<&Shift> {
        self.open.as_ref()
    }

    pub(crate) fn closed(&self) -> &[Shift] {
        &self.closed
    }

    /// The shifts after an event that is about them.
    pub(crate) fn after(
        &self,
        at: OffsetDateTime,
        event: &Event,
        numbers: &Numbers,
    ) -> Result<Self, Refused> {
        let mut next = self.clone();
        match (event, self.open()) {
            (Event::ShiftOpened { .. }, Some(open)) => return Err(Refused::ShiftOpen(open.number)),
            (
                Event::ShiftOpened {
                    by,
                    count,
                    as_closed,
                },
                None,
            ) => {
                let last = self.closed.last().map_or(0, |shift| shift.number);
                next.open = Some(Shift {
                    number: last.saturating_add(1),
                    opened_by: by.clone(),
                    opened_at: at,
                    counted: *count,
                    as_closed: *as_closed,
                    opening: numbers.clone(),
                    end: None,
                });
            }
            // A count that differs is written down too: somebody has counted it.
            (Event::Counted { .. }, _) => {}
            (Event::ShiftClosed { by, count }, Some(open)) => {
                next.closed.push(Shift {
                    end: Some(End {
                        by: by.clone(),
                        at,
                        counted: *count,
                        closing: numbers.clone(),
                    }),
                    ..open.clone()
                });
                next.open = None;
            }
            _ => return Err(Refused::NoShift),
        }
        Ok(next)
    }
}
