//! The steps from a blank chip to a locked card, each started again until it is done.

use std::{
    collections::BTreeSet,
    fmt::Write as _,
    fs,
    process::Command,
    sync::{
        Mutex, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
    thread,
    time::{Duration, Instant},
};

use anyhow::{Context as _, Result, bail};
use serde_json::Value;
use time::OffsetDateTime;

use super::{
    hand::{Course, Hand, Victim},
    labour::Labour,
    site::Site,
};
use crate::{board::Board, client::text, memory, people, rack::Rack};

/// So many people are drawn, and issued for, at once.
const DRAWN_AT_ONCE: usize = 100;
/// A card that was put in by hand is worked on within this time.
const PATIENCE: Duration = Duration::from_secs(120);
/// How often is looked whether something has come of it.
const LOOK: Duration = Duration::from_millis(200);
/// Of all kills, so many in a hundred meet each step.
const SHARES: [(&str, usize); 5] = [
    ("prepared", 20),
    ("issued", 10),
    ("taken", 5),
    ("written", 35),
    ("judged", 30),
];

/// All of them, and what they came to.
pub(super) struct Steps<'a> {
    site: &'a Site,
    rack: &'a Rack,
    stop: &'a AtomicBool,
    board: Board,
    measured: Vec<Measured>,
}

/// What a step at the readers came to.
struct Measured {
    name: &'static str,
    starts: u64,
    /// Cards that somebody had to put in again: the rack had seen them off before the floor had written it down.
    by_hand: usize,
    /// From the first card to the last.
    took: Duration,
    /// At all readers together: in hand, and of it in the model of the chips.
    at_readers: Duration,
    in_model: Duration,
    /// Octets that the floor's process had, with how many cards were done then.
    memory: Vec<(usize, u64)>,
}

/// A step at the readers.
struct AtReaders<'s> {
    name: &'static str,
    /// Who is killed in it.
    verb: &'static str,
    /// The state that ends a chip's stay.
    state: &'static str,
    /// The command that goes on with it; none when nothing is left to be done.
    command: &'s (dyn Fn() -> Result<Option<Command>> + Sync),
    /// Chips that are left to be done.
    left: &'s (dyn Fn() -> Result<Vec<String>> + Sync),
}

impl<'a> Steps<'a> {
    pub(super) fn new(site: &'a Site, rack: &'a Rack, stop: &'a AtomicBool) -> Self {
        Self {
            site,
            rack,
            stop,
            board: Board::default(),
            measured: Vec::new(),
        }
    }

    /// From a blank chip to a locked card.
    pub(super) fn all(&mut self, hand: &mut Hand) -> Result<()> {
        let site = self.site;
        let left = || site.strangers();
        self.at_readers(
            &AtReaders {
                name: "prepared",
                verb: "floor prepare",
                state: "initialised",
                command: &|| {
                    let left = site.strangers()?.len();
                    Ok((left > 0).then(|| site.prepare(left)))
                },
                left: &left,
            },
            hand,
        )?;
        self.issued(hand)?;
        self.once("taken", || site.take(), hand)?;
        let waiting = || site.in_stages(&["reserved", "in-perso"]);
        self.at_readers(
            &AtReaders {
                name: "written",
                verb: "floor write",
                state: "written",
                command: &|| Ok((!waiting()?.is_empty()).then(|| site.write())),
                left: &waiting,
            },
            hand,
        )?;
        let unlocked = || site.in_stages(&["written"]);
        self.at_readers(
            &AtReaders {
                name: "judged",
                verb: "floor judge",
                state: "operational",
                command: &|| Ok((!unlocked()?.is_empty()).then(|| site.judge())),
                left: &unlocked,
            },
            hand,
        )
    }

    /// Jobs, for a part of the people after the other: their pictures are not kept longer than they are needed.
    fn issued(&mut self, hand: &mut Hand) -> Result<()> {
        let today = OffsetDateTime::now_utc().date();
        let step = self.board.begin("issued", self.site.cards);
        let (victim, course) = (Victim::new("floor issue"), Course::default());
        let log = self.site.log();
        let labour = Labour {
            victim: &victim,
            log: &log,
            stop: self.stop,
        };
        let (site, cards) = (self.site, self.site.cards);
        beside(hand, "issued", &[&victim], &course, || {
            for first in (0..cards).step_by(DRAWN_AT_ONCE) {
                let folder = site.path("people");
                let numbers = first..cards.min(first + DRAWN_AT_ONCE);
                let drawn = people::draw(&folder, numbers.clone(), today)?;
                let people = [drawn.first, drawn.namesakes].concat();
                repeat(&labour, || site.issue(&people))?;
                fs::remove_dir_all(&folder)?;
                course.done.store(numbers.end, Ordering::Release);
                step.at(numbers.end);
            }
            Ok(())
        })?;
        self.board.end(&step);
        Ok(())
    }

    /// A command that is done at once.
    fn once(
        &mut self,
        name: &'static str,
        command: impl Fn() -> Command,
        hand: &mut Hand,
    ) -> Result<()> {
        let step = self.board.begin(name, self.site.cards);
        let (victim, course) = (Victim::new("floor take"), Course::default());
        // There are no cards to be counted: its kills come at once, one after the other.
        course.done.store(self.site.cards, Ordering::Release);
        let labour = Labour {
            victim: &victim,
            log: &self.site.log(),
            stop: self.stop,
        };
        beside(hand, name, &[&victim], &course, || repeat(&labour, command))?;
        self.board.end(&step);
        Ok(())
    }

    /// A rack that feeds itself, and a program that works at its readers.
    fn at_readers(&mut self, step: &AtReaders<'_>, hand: &mut Hand) -> Result<()> {
        let bar = self.board.begin(step.name, self.site.cards);
        let (floor, rack) = (Victim::new(step.verb), Victim::new("emulate"));
        let course = Course::default();
        let measured = Mutex::new(Measured::of(step.name));
        let log = self.site.log();
        let labour = |victim| Labour {
            victim,
            log: &log,
            stop: self.stop,
        };
        let worked = || -> Result<()> {
            let mut span: Option<(Instant, Instant)> = None;
            let starts = labour(&floor).until_done(step.command, |said, id| {
                if said.get("event").and_then(Value::as_str) != Some("finished") {
                    return Ok(());
                }
                let done = course.done.fetch_add(1, Ordering::AcqRel) + 1;
                bar.one();
                let mut measured = lock(&measured);
                measured.at_readers += seconds(said, "seconds");
                if let Some(octets) = memory::of(id, "VmRSS") {
                    measured.memory.push((done, octets));
                }
                let now = Instant::now();
                span = Some((span.map_or(now, |(first, _)| first), now));
                Ok(())
            });
            course.over.store(true, Ordering::Release);
            if starts.is_err() {
                // The rack would wait for ever for who is not coming.
                rack.end();
            }
            let mut measured = lock(&measured);
            measured.starts = starts?;
            measured.took = span.map_or(Duration::ZERO, |(first, last)| last - first);
            Ok(())
        };
        beside(hand, step.name, &[&floor, &rack], &course, || {
            thread::scope(|scope| {
                let worked = scope.spawn(worked);
                let fed = self.feed(step, &labour(&rack), &course, &measured);
                let by_hand = fed.and_then(|()| self.by_hand(step, &course));
                // Who works waits for ever where no card comes any more.
                if by_hand.is_err() {
                    floor.end();
                }
                lock(&measured).by_hand = by_hand?;
                joined(worked.join())
            })
        })?;
        self.board.end(&bar);
        self.measured.push(into_inner(measured));
        Ok(())
    }

    /// Every chip comes, until it has reached its state.
    fn feed(
        &self,
        step: &AtReaders<'_>,
        labour: &Labour<'_>,
        course: &Course,
        measured: &Mutex<Measured>,
    ) -> Result<()> {
        let there = Mutex::new(BTreeSet::new());
        labour.until_done(
            || {
                let is_over = course.over.load(Ordering::Acquire);
                let is_done = is_over || lock(&there).len() >= self.site.cards;
                Ok((!is_done).then(|| self.site.rack(step.state)))
            },
            |said, _| {
                let word = |name: &str| said.get(name).and_then(Value::as_str);
                lock(measured).in_model += seconds(said, "seconds_of_model");
                let is_there =
                    word("why") == Some("finished") || word("event") == Some("passed-over");
                if is_there {
                    lock(&there).insert(text(said, "card")?.to_owned());
                }
                Ok(())
            },
        )?;
        Ok(())
    }

    /// What has reached its state and was not written down is put in once more, as the floor's status asks for.
    fn by_hand(&self, step: &AtReaders<'_>, course: &Course) -> Result<usize> {
        let slot = self.rack.first().context("no reader")?;
        let mut count = 0;
        while !course.over.load(Ordering::Acquire) {
            let Some(serial) = (step.left)()?.into_iter().next() else {
                thread::sleep(LOOK);
                continue;
            };
            count += 1;
            self.rack
                .with_chip(slot, &self.site.chip(&serial), None, || {
                    let deadline = Instant::now() + PATIENCE;
                    while (step.left)()?.contains(&serial) {
                        if Instant::now() > deadline {
                            bail!("nothing comes of chip {serial} though it was put in again");
                        }
                        thread::sleep(LOOK);
                    }
                    Ok(())
                })?;
        }
        Ok(count)
    }

    /// What the steps came to, in lines.
    pub(super) fn figures(&self) -> String {
        let mut lines = String::new();
        for step in &self.measured {
            let cards = self.site.cards as f64;
            let an_hour = (cards - 1.0) * 3600.0 / step.took.as_secs_f64().max(0.001);
            let each = step.at_readers.as_secs_f64() / cards;
            // Writing to a string does not fail.
            let _ = write!(
                lines,
                "{:32}{an_hour:.0} cards/h, {each:.2} s a card at {} readers",
                step.name,
                self.rack.readers()
            );
            if !step.in_model.is_zero() {
                let model = step.in_model.as_secs_f64() / cards;
                let ours = 100.0 * (1.0 - model / each.max(0.001));
                let _ = write!(lines, ", {model:.2} s of it the model's, {ours:.0} % ours");
            }
            let _ = writeln!(
                lines,
                "; {} starts, {} put in again by hand{}",
                step.starts,
                step.by_hand,
                step.memory_in_words()
            );
        }
        lines
    }
}

impl Measured {
    const fn of(name: &'static str) -> Self {
        Self {
            name,
            starts: 0,
            by_hand: 0,
            took: Duration::ZERO,
            at_readers: Duration::ZERO,
            in_model: Duration::ZERO,
            memory: Vec::new(),
        }
    }

    /// The most memory in the first and in the last tenth of the cards.
    fn memory_in_words(&self) -> String {
        let tenth = self.memory.len().div_ceil(10);
        let most = |part: &[(usize, u64)]| part.iter().map(|(_, octets)| *octets).max();
        let last = self.memory.len().saturating_sub(tenth);
        let (first, last) = (self.memory.get(..tenth), self.memory.get(last..));
        let most = first.and_then(most).zip(last.and_then(most));
        most.map_or_else(String::new, |(first, last)| {
            let megabytes = |octets: u64| octets as f64 / 1e6;
            format!(
                "; {:.1} MB in the first tenth, {:.1} MB in the last",
                megabytes(first),
                megabytes(last)
            )
        })
    }
}

/// Does a step while the hand kills.
fn beside(
    hand: &mut Hand,
    name: &str,
    victims: &[&Victim],
    course: &Course,
    work: impl FnOnce() -> Result<()>,
) -> Result<()> {
    let share = SHARES.into_iter().find(|(step, _)| *step == name);
    let share = share.map_or(0, |(_, share)| share);
    thread::scope(|scope| {
        let killing = scope.spawn(|| hand.kill(share, victims, course));
        let worked = work();
        course.over.store(true, Ordering::Release);
        joined(killing.join().map(Ok))?;
        worked
    })
}

/// A command that says one thing when it is done, until it has said it.
fn repeat(labour: &Labour<'_>, command: impl Fn() -> Command) -> Result<()> {
    let done = AtomicBool::new(false);
    labour.until_done(
        || Ok((!done.load(Ordering::Acquire)).then(&command)),
        |said, _| {
            let outcome = text(said, "outcome")?;
            if outcome != "done" {
                bail!("{said}");
            }
            done.store(true, Ordering::Release);
            Ok(())
        },
    )?;
    Ok(())
}

fn seconds(said: &Value, name: &str) -> Duration {
    let seconds = said.get(name).and_then(Value::as_f64).unwrap_or_default();
    Duration::try_from_secs_f64(seconds).unwrap_or_default()
}

fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

fn into_inner<T>(mutex: Mutex<T>) -> T {
    mutex.into_inner().unwrap_or_else(PoisonError::into_inner)
}

fn joined(end: thread::Result<Result<()>>) -> Result<()> {
    end.unwrap_or_else(|_| bail!("a thread died"))
}
