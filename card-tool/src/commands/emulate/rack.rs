//! A rack: many slots with a chip each, which are put in and pulled as somebody says, or as they are done.

mod feed;
mod order;
mod said;
mod slot;

use std::io::BufRead as _;
use std::mem::replace;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::mpsc::{self, Receiver, RecvTimeoutError, Sender};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use anyhow::{Context as _, Result};

use self::feed::Feed;
use self::order::Order;
use self::said::{Said, Why};
use self::slot::{Slot, SlotPlan};
use crate::args::Emulate;
use crate::chip_file;
use crate::commands::{Context, note};
use crate::exit::{Exit, Problem};

/// How often slots are looked at whose chips may be done.
const LOOK: Duration = Duration::from_millis(50);
/// A slot that has failed so often in a row is given no more chips by itself.
const MAX_FAILURES: u32 = 5;

/// What the rack hears.
enum Event {
    /// Of a slot, by its number from 0.
    Slot(usize, Said),
    /// A line of the input.
    Line(String),
    /// The input has ended.
    EndOfInput,
    /// Somebody wants everything to end.
    Interrupted,
}

/// The rack, as who works at it sees it.
struct Rack {
    slots: Vec<Place>,
    feed: Option<Feed>,
    /// Where names of chip files belong.
    folder: PathBuf,
    settle: Duration,
    json: bool,
    ending: Option<Exit>,
    /// Whether a file was no chip, or in use.
    refused: bool,
    /// Whether a chip has ever been in.
    served: bool,
    /// Whether a reader was not there.
    lacked_reader: bool,
}

/// One slot.
struct Place {
    slot: Slot,
    thread: JoinHandle<()>,
    /// The chip that is in it, or on its way.
    card: Option<PathBuf>,
    /// Why it has been pulled.
    leaving: Option<Why>,
    failures: u32,
}

/// Where each slot's driver listens.
pub fn places(slots: u64, args: &Emulate) -> Result<Vec<SocketAddr>> {
    let slots = usize::try_from(slots)?;
    match &*args.vpcd {
        places if places.len() == slots => Ok(places.to_vec()),
        &[first] => (0..slots)
            .map(|number| {
                let port = u16::try_from(number)
                    .ok()
                    .and_then(|more| first.port().checked_add(more));
                let port = port.ok_or_else(|| {
                    Problem::usage(
                        "there are no ports behind 65535",
                        "choose a smaller first one",
                    )
                })?;
                Ok(SocketAddr::new(first.ip(), port))
            })
            .collect(),
        places => Err(Problem::usage(
            format!("{} addresses for {slots} slots", places.len()),
            "give --vpcd the address of the first slot, or one for each",
        )),
    }
}

/// Runs the rack to its end.
pub fn run(slots: u64, args: &Emulate, context: &mut Context) -> Result<Exit> {
    let places = places(slots, args)?;
    let files = args
        .cards
        .as_deref()
        .map_or_else(|| Ok(Vec::new()), chip_file::in_folder)?;
    let (events, heard) = mpsc::channel();
    let mut rack = Rack {
        slots: Vec::new(),
        feed: args.feed.map(|_| Feed::new(files.clone())),
        folder: args.cards.clone().unwrap_or_default(),
        settle: args.settle,
        json: context.json(),
        ending: None,
        refused: false,
        served: false,
        lacked_reader: false,
    };
    for (number, address) in places.into_iter().enumerate() {
        let plan = SlotPlan {
            address,
            sheet: super::data_sheet(args),
            timing: super::pace::timing(args),
            goal: args.feed.map(Into::into),
            rng: chip_file::own_rng(&mut *context.rng),
        };
        rack.slots.push(Place::start(number, plan, events.clone()));
    }
    listen(&events)?;
    note(&format!("{slots} slots; Ctrl-C takes all chips out"));
    if rack.feed.is_none() {
        for (number, card) in files.into_iter().take(rack.slots.len()).enumerate() {
            rack.put_in(number, card);
        }
    }
    rack.run(&heard)
}

/// Lets the rack hear of the input and of Ctrl-C.
fn listen(events: &Sender<Event>) -> Result<()> {
    let interrupted = events.clone();
    // Nobody is left to hear of it once the rack has ended.
    ctrlc::set_handler(move || drop(interrupted.send(Event::Interrupted)))
        .context("signal handler")?;
    let events = events.clone();
    thread::spawn(move || {
        for line in std::io::stdin()
            .lock()
            .lines()
            .map_while(std::io::Result::ok)
        {
            if events.send(Event::Line(line)).is_err() {
                return;
            }
        }
        drop(events.send(Event::EndOfInput));
    });
    Ok(())
}

impl Place {
    fn start(number: usize, plan: SlotPlan, events: Sender<Event>) -> Self {
        let (slot, thread) = Slot::start(plan, move |said| {
            drop(events.send(Event::Slot(number, said)));
        });
        Self {
            slot,
            thread,
            card: None,
            leaving: None,
            failures: 0,
        }
    }
}

impl Rack {
    fn run(mut self, heard: &Receiver<Event>) -> Result<Exit> {
        loop {
            self.refill();
            if self.is_done() {
                break;
            }
            match heard.recv_timeout(LOOK) {
                Ok(event) => self.hear(event)?,
                Err(RecvTimeoutError::Timeout) => {}
                Err(RecvTimeoutError::Disconnected) => break,
            }
            self.take_out_what_is_done();
        }
        for place in self.slots {
            drop(place.slot);
            // A thread that has died has nothing to say that was not said.
            drop(place.thread.join());
        }
        Ok(match self.ending {
            Some(exit) if exit != Exit::Done => exit,
            _ if self.lacked_reader && !self.served => Exit::Reader,
            _ if self.refused && self.feed.is_some() => Exit::Card,
            _ => Exit::Done,
        })
    }

    /// Whether every slot is empty and stays so.
    fn is_done(&self) -> bool {
        let fed = self.feed.as_ref().is_some_and(Feed::is_empty);
        let over = self.ending.is_some() || fed;
        over && self.slots.iter().all(|place| place.card.is_none())
    }

    fn hear(&mut self, event: Event) -> Result<()> {
        match event {
            Event::Slot(number, said) => self.hear_slot(number, said),
            Event::Line(line) => self.obey(&line),
            Event::EndOfInput if self.feed.is_some() => Ok(()),
            Event::EndOfInput => {
                self.end(Exit::Done);
                Ok(())
            }
            Event::Interrupted => {
                self.end(if self.feed.is_some() {
                    Exit::Interrupted
                } else {
                    Exit::Done
                });
                Ok(())
            }
        }
    }

    /// All chips leave, and none comes.
    fn end(&mut self, exit: Exit) {
        self.ending.get_or_insert(exit);
        for number in 0..self.slots.len() {
            self.pull(number, Why::Pulled);
        }
    }

    fn obey(&mut self, line: &str) -> Result<()> {
        let Some(order) = Order::parse(line, self.slots.len()) else {
            return Ok(());
        };
        match order {
            Ok(Order::In { slot, file }) if self.is_free(slot) => {
                self.put_in(slot, self.folder.join(file));
            }
            Ok(Order::In { slot, .. }) => self.refuse(slot, "it is not empty")?,
            Ok(Order::Out { slot }) if self.pull(slot, Why::Pulled) => {}
            Ok(Order::Out { slot }) => self.refuse(slot, "it is empty")?,
            Err(error) => said::show_refused_line(&error.to_string(), self.json)?,
        }
        Ok(())
    }

    fn is_free(&self, number: usize) -> bool {
        self.ending.is_none()
            && self
                .slots
                .get(number)
                .is_some_and(|place| place.card.is_none())
    }

    fn put_in(&mut self, number: usize, card: PathBuf) {
        if let Some(place) = self.slots.get_mut(number) {
            place.leaving = None;
            place.slot.put_in(card.clone());
            place.card = Some(card);
        }
    }

    /// Whether there was something to pull.
    fn pull(&mut self, number: usize, why: Why) -> bool {
        let place = self
            .slots
            .get_mut(number)
            .filter(|place| place.card.is_some());
        place.is_some_and(|place| {
            place.leaving.get_or_insert(why);
            place.slot.pull();
            true
        })
    }

    /// Every empty slot that works gets the next chip.
    fn refill(&mut self) {
        for number in 0..self.slots.len() {
            let works = self
                .slots
                .get(number)
                .is_some_and(|place| place.failures < MAX_FAILURES);
            if !works || !self.is_free(number) {
                continue;
            }
            match self.feed.as_mut().and_then(Feed::take) {
                Some(card) => self.put_in(number, card),
                None => return,
            }
        }
    }

    fn take_out_what_is_done(&mut self) {
        for number in 0..self.slots.len() {
            let place = self.slots.get(number);
            if place.is_some_and(|place| place.slot.is_done(self.settle)) {
                self.pull(number, Why::Finished);
            }
        }
    }

    fn hear_slot(&mut self, number: usize, mut said: Said) -> Result<()> {
        let Some(place) = self.slots.get_mut(number) else {
            return Ok(());
        };
        if let Said::Out { why, .. } = &mut said
            && let (Some(leaving), Why::Pulled) = (place.leaving, *why)
        {
            *why = leaving;
        }
        said.show(number, place.card.as_deref(), self.json)?;
        let comes_again = match said {
            Said::In { .. } => {
                place.failures = 0;
                self.served = true;
                return Ok(());
            }
            Said::PassedOver { .. } => false,
            Said::Out { why, .. } => {
                place.failures += u32::from(matches!(why, Why::ReaderClosed | Why::Broken));
                why != Why::Finished
            }
            Said::Refused { .. } => {
                self.refused = true;
                false
            }
            Said::NoReader { .. } => {
                place.failures += 1;
                if !replace(&mut self.lacked_reader, true) {
                    note(super::ABOUT_READERS);
                }
                true
            }
        };
        let card = place.card.take();
        if let (Some(feed), Some(card), true) = (&mut self.feed, card, comes_again) {
            feed.back(card);
        }
        self.give_up_without_slots();
        Ok(())
    }

    /// A rack that feeds itself has nothing to wait for when no slot works.
    fn give_up_without_slots(&mut self) {
        let dead = self
            .slots
            .iter()
            .all(|place| place.failures >= MAX_FAILURES);
        if dead && self.feed.is_some() {
            self.end(Exit::Reader);
        }
    }

    fn refuse(&self, slot: usize, what: &str) -> Result<()> {
        let said = Said::Refused {
            what: what.to_owned(),
        };
        let card = self.slots.get(slot).and_then(|place| place.card.as_deref());
        said.show(slot, card, self.json)
    }
}

/// A chip file as the rack names it: without the folder.
fn name(card: &Path) -> String {
    card.file_name()
        .unwrap_or(card.as_os_str())
        .to_string_lossy()
        .into_owned()
}
