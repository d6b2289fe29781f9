//! The hand that kills: after so many cards, a moment later, one of the programs that run.

use std::{
    collections::BTreeMap,
    process::Command,
    sync::atomic::{AtomicBool, AtomicU32, AtomicUsize, Ordering},
    thread,
    time::Duration,
};

use rand::{RngExt as _, SeedableRng as _, rngs::StdRng};

/// How long after a card something is killed at most, in milliseconds: as long as the next card takes.
const MOMENT: u64 = 1_500;
/// How often is looked whether it is time.
const LOOK: Duration = Duration::from_millis(2);

/// A program that may be killed while it runs.
pub(super) struct Victim {
    name: &'static str,
    /// The number of its process; 0 while there is none.
    id: AtomicU32,
}

impl Victim {
    pub(super) const fn new(name: &'static str) -> Self {
        Self {
            name,
            id: AtomicU32::new(0),
        }
    }

    /// What it is called.
    pub(super) const fn name(&self) -> &'static str {
        self.name
    }

    /// It runs.
    pub(super) fn runs(&self, id: u32) {
        self.id.store(id, Ordering::Release);
    }

    /// Ends it.
    pub(super) fn end(&self) {
        let id = self.id.load(Ordering::Acquire);
        if id != 0 {
            drop(Command::new("kill").args(["-9", &id.to_string()]).status());
        }
    }

    /// It has ended.
    pub(super) fn rests(&self) {
        self.id.store(0, Ordering::Release);
    }
}

/// How far a step is, and whether it is over.
#[derive(Default)]
pub(super) struct Course {
    pub(super) done: AtomicUsize,
    pub(super) over: AtomicBool,
}

/// The hand.
pub(super) struct Hand {
    rng: StdRng,
    seed: u64,
    kills: usize,
    cards: usize,
    /// Who was killed, and how often.
    killed: BTreeMap<&'static str, usize>,
}

impl Hand {
    /// A hand that kills so often in all steps over so many cards.
    pub(super) fn new(seed: u64, kills: usize, cards: usize) -> Self {
        Self {
            rng: StdRng::seed_from_u64(seed),
            seed,
            kills,
            cards,
            killed: BTreeMap::new(),
        }
    }

    /// Kills while a step is done: `share` in a hundred of all kills, spread over its cards.
    pub(super) fn kill(&mut self, share: usize, victims: &[&Victim], course: &Course) {
        let count = self.kills * share / 100;
        let mut after: Vec<usize> = (0..count)
            .map(|_| self.rng.random_range(0..self.cards))
            .collect();
        after.sort_unstable();
        for cards in after {
            while course.done.load(Ordering::Acquire) < cards {
                if course.over.load(Ordering::Acquire) {
                    return;
                }
                thread::sleep(LOOK);
            }
            thread::sleep(Duration::from_millis(self.rng.random_range(0..MOMENT)));
            let first = self.rng.random_range(0..victims.len().max(1));
            let in_turn = victims.iter().cycle().skip(first).take(victims.len());
            for victim in in_turn {
                if self.strike(victim) {
                    break;
                }
            }
        }
    }

    /// Whether there was a process to be killed.
    fn strike(&mut self, victim: &Victim) -> bool {
        let id = victim.id.load(Ordering::Acquire);
        if id == 0 {
            return false;
        }
        let mut kill = Command::new("kill");
        let killed = kill.args(["-9", &id.to_string()]).status();
        let is_dead = killed.is_ok_and(|status| status.success());
        if is_dead {
            *self.killed.entry(victim.name).or_default() += 1;
        }
        is_dead
    }

    /// Who was killed, in lines.
    pub(super) fn figures(&self) -> String {
        let all: usize = self.killed.values().sum();
        let each: Vec<String> = self
            .killed
            .iter()
            .map(|(name, count)| format!("{name} {count}"))
            .collect();
        let each = each.join(", ");
        format!("{:32}{all} (seed {}): {each}\n", "killed", self.seed)
    }
}
