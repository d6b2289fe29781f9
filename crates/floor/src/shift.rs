//! Shifts: people count what lies there, and a shift whose cards do not add up stays open.
//!
//! `counted at the beginning + received = good + rejects + destroyed + missing + counted at the end`

use serde::{Deserialize, Serialize};
use time::OffsetDateTime;

use crate::stock::Numbers;
use crate::{Event, Pair, Person, Refused, Stage};

/// What people count: cards that lie there.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Count {
    /// Cards that are no good card yet: blank, with a job, begun, or written and not yet passed.
    pub remaining: u64,
    /// Rejects in the safe.
    pub rejects: u64,
}

impl Count {
    /// What there should be.
    #[must_use]
    pub fn computed(numbers: &Numbers) -> Self {
        Self {
            remaining: numbers.remaining(),
            rejects: numbers.in_stage(Stage::Rejected),
        }
    }

    /// Compares what was counted with what there should be.
    ///
    /// # Errors
    /// [`Refused::CountDiffers`].
    pub fn must_be(&self, numbers: &Numbers) -> Result<(), Refused> {
        let computed = Self::computed(numbers);
        for (what, counted, computed) in [
            ("remaining", self.remaining, computed.remaining),
            ("rejects", self.rejects, computed.rejects),
        ] {
            if counted != computed {
                return Err(Refused::CountDiffers {
                    what,
                    counted,
                    computed,
                });
            }
        }
        Ok(())
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
    /// The numbers at its end.
    pub closing: Numbers,
}

/// A shift in numbers: `opened_with + received = good + rejects + destroyed + missing + remaining`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Account {
    /// Cards that were there at the beginning, rejects included.
    pub opened_with: u64,
    /// Came in.
    pub received: u64,
    /// Became good cards.
    pub good: u64,
    /// Lie in the safe at the end.
    pub rejects: u64,
    /// Were destroyed.
    pub destroyed: u64,
    /// Went missing, less what was found.
    pub missing: i64,
    /// Are no card yet at the end.
    pub remaining: u64,
    /// Whether both sides are equal.
    pub adds_up: bool,
}

impl Shift {
    /// Its numbers: at its end, or with these of now.
    #[must_use]
    pub fn account(&self, now: &Numbers) -> Account {
        let end = self.end.as_ref().map_or(now, |end| &end.closing);
        let since = |stage| {
            end.in_stage(stage)
                .saturating_sub(self.opening.in_stage(stage))
        };
        let signed =
            |numbers: &Numbers| i64::try_from(numbers.in_stage(Stage::Missing)).unwrap_or(i64::MAX);
        let mut account = Account {
            opened_with: self.opening.remaining() + self.opening.in_stage(Stage::Rejected),
            received: end.received.saturating_sub(self.opening.received),
            good: since(Stage::Passed),
            rejects: end.in_stage(Stage::Rejected),
            destroyed: since(Stage::Destroyed),
            missing: signed(end).saturating_sub(signed(&self.opening)),
            remaining: end.remaining(),
            adds_up: false,
        };
        let out = account.good + account.rejects + account.destroyed + account.remaining;
        let within = account.opened_with + account.received;
        account.adds_up = within.checked_signed_diff(out) == Some(account.missing);
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
            (Event::ShiftOpened { by, count }, None) => {
                count.must_be(numbers)?;
                let last = self.closed.last().map_or(0, |shift| shift.number);
                next.open = Some(Shift {
                    number: last.saturating_add(1),
                    opened_by: by.clone(),
                    opened_at: at,
                    opening: numbers.clone(),
                    end: None,
                });
            }
            // A count that differs is written down too: somebody has counted it.
            (Event::Counted { .. }, _) => {}
            (Event::ShiftClosed { by, count }, Some(open)) => {
                count.must_be(numbers)?;
                next.closed.push(Shift {
                    end: Some(End {
                        by: by.clone(),
                        at,
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
