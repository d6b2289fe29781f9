//! All checkpoints of a log, by size and by time.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry as Slot;
use std::ops::Bound::{Excluded, Unbounded};

use time::OffsetDateTime;

use crate::{Finding, Hash, LogKey, VerifiedCheckpoint};

/// The checkpoints that were verified, and what they say of when an entry can have been made.
pub(super) struct History {
    by_size: BTreeMap<u64, Vec<VerifiedCheckpoint>>,
    /// For each size, the latest time at which the log had no more entries than that.
    latest_up_to: BTreeMap<u64, OffsetDateTime>,
    /// For each size, the earliest time at which the log had as many entries or more.
    earliest_from: BTreeMap<u64, OffsetDateTime>,
}

impl History {
    pub(super) fn read<'a>(
        keys: &[LogKey],
        notes: impl IntoIterator<Item = &'a str>,
        found: &mut dyn FnMut(Finding),
    ) -> Self {
        let mut all = Vec::new();
        for (number, note) in (0..).zip(notes) {
            match VerifiedCheckpoint::open(note, keys) {
                Ok(checkpoint) => all.push(checkpoint),
                Err(why) => found(Finding::CheckpointRefused { number, why }),
            }
        }
        rollbacks(&mut all, found);
        let by_size = by_size(all, found);
        let times = |of: fn(&[VerifiedCheckpoint]) -> Option<OffsetDateTime>| {
            move |(size, made): (&u64, &Vec<VerifiedCheckpoint>)| Some((*size, of(made)?))
        };
        let latest = times(|made| made.iter().map(VerifiedCheckpoint::at).max());
        let earliest = times(|made| made.iter().map(VerifiedCheckpoint::at).min());
        let latest_up_to = running(by_size.iter().filter_map(latest), OffsetDateTime::max);
        let earliest_from = running(
            by_size.iter().rev().filter_map(earliest),
            OffsetDateTime::min,
        );
        Self {
            by_size,
            latest_up_to,
            earliest_from,
        }
    }

    pub(super) fn largest(&self) -> Option<&VerifiedCheckpoint> {
        let (_, made) = self.by_size.last_key_value()?;
        made.first()
    }

    pub(super) fn roots_at(&self, size: u64) -> impl Iterator<Item = Hash> {
        let made = self.by_size.get(&size).into_iter().flatten();
        made.map(|checkpoint| checkpoint.head().root)
    }

    /// How many sizes were signed after the first and before or at the second.
    pub(super) fn between(&self, after: u64, up_to: u64) -> u64 {
        let range = self.by_size.range((Excluded(after), Unbounded));
        let within = range.take_while(|(size, _)| **size <= up_to);
        u64::try_from(within.count()).unwrap_or(u64::MAX)
    }

    /// When the log certainly did not have the entry yet, and when it certainly had it.
    pub(super) fn around(&self, index: u64) -> (Option<OffsetDateTime>, Option<OffsetDateTime>) {
        let without = self.latest_up_to.range(..=index).next_back();
        let with = self
            .earliest_from
            .range((Excluded(index), Unbounded))
            .next();
        (without.map(|(_, at)| *at), with.map(|(_, at)| *at))
    }
}

/// Maximum or minimum of all that came so far.
fn running(
    times: impl Iterator<Item = (u64, OffsetDateTime)>,
    better: fn(OffsetDateTime, OffsetDateTime) -> OffsetDateTime,
) -> BTreeMap<u64, OffsetDateTime> {
    let best = |so_far: &mut Option<OffsetDateTime>, (size, at): (u64, OffsetDateTime)| {
        let at = so_far.map_or(at, |before| better(before, at));
        *so_far = Some(at);
        Some((size, at))
    };
    times.scan(None, best).collect()
}

/// Reports every checkpoint that is smaller than one before it.
fn rollbacks(all: &mut [VerifiedCheckpoint], found: &mut dyn FnMut(Finding)) {
    all.sort_by_key(|checkpoint| (checkpoint.at(), checkpoint.head().size));
    let mut largest: Option<&VerifiedCheckpoint> = None;
    for later in &*all {
        match largest.filter(|earlier| earlier.head().size > later.head().size) {
            Some(earlier) => found(Finding::Rollback {
                earlier: earlier.at(),
                earlier_size: earlier.head().size,
                later: later.at(),
                later_size: later.head().size,
            }),
            None => largest = Some(later),
        }
    }
}

/// Reports every pair that forks.
fn by_size(
    all: Vec<VerifiedCheckpoint>,
    found: &mut dyn FnMut(Finding),
) -> BTreeMap<u64, Vec<VerifiedCheckpoint>> {
    let mut by_size: BTreeMap<u64, Vec<VerifiedCheckpoint>> = BTreeMap::new();
    for checkpoint in all {
        let head = checkpoint.head();
        match by_size.entry(head.size) {
            Slot::Vacant(slot) => {
                slot.insert(vec![checkpoint]);
            }
            Slot::Occupied(mut slot) => {
                let known = slot.get().iter().any(|other| other.head() == head);
                if let Some(one) = slot.get().first().filter(|_| !known) {
                    found(Finding::Fork {
                        size: head.size,
                        one: one.head().root,
                        other: head.root,
                    });
                }
                slot.get_mut().push(checkpoint);
            }
        }
    }
    by_size
}
