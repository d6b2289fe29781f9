//! One counter: cards come and go, numbers are typed or scanned, each card is judged once, and nothing of a card outlives it.
//!
//! ```text
//! card in the reader ─┐
//!                     ├─▶ inspection ─▶ verdict ─▶ card taken away ─▶ everything forgotten
//! MRZ, CAN, QR code ──┘        └ did not open: another number, the card stays
//! ```
//!
//! Whatever comes first waits for the other. Who shows it, and where numbers are typed, is not known here.

mod interruption;
mod kept;
mod light;
mod signals;
mod text;

use std::cell::RefCell;
use std::path::{Path, PathBuf};
use std::sync::mpsc::{Receiver, RecvTimeoutError};
use std::time::{Duration, Instant};

use anyhow::Result;
use crypto::CryptoRng;
use inspection::{AccessChoice, Config, Event, Opening, Report, Scan, ScanError, Scanner, inspect};
use iso7816::Channel;
use pki::TrustStore;
use time::OffsetDateTime;
use transport::{Clock, Statistics};

pub use interruption::Interruption;
pub use light::Light;
pub use signals::{Signal, type_at, watch};
pub use text::{AsJson, AsText};

use crate::exit;
use crate::issuer::Issuer;
use crate::reader::with_line;
use crate::report::Shown;

/// Where cards are opened.
pub trait Slot {
    /// The card in the reader of this name.
    fn open(&mut self, reader: &str) -> Result<Box<dyn Channel>>;
}

/// Who shows what happens.
pub trait Screen {
    /// Shows one thing that happened.
    fn show(&mut self, scene: &Scene<'_>);
}

/// What happened.
pub enum Scene<'a> {
    /// The counter waits.
    Waiting(Waiting),
    /// What was typed is of no use, and why.
    Refused(Refusal),
    /// The card is being inspected.
    During(&'a Event<'a>),
    /// The card was inspected.
    Judged(&'a Judged<'a>),
    /// Its files and its report are in this folder, as was asked for.
    Kept(&'a Path),
    /// Something that is not about the document: the reader, another program.
    Trouble {
        /// What.
        what: String,
        /// What to do.
        todo: Option<String>,
    },
    /// The trouble is over.
    Ready,
    /// The card was taken away; nothing of it may be shown any more.
    Gone,
    /// Somebody ends the program; nothing of a card may be shown any more.
    Interrupted,
}

/// What the counter waits for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Waiting {
    /// Whether there is a card.
    pub card: bool,
    /// What opens it, if that was given.
    pub number: Option<Scan>,
    /// Whether the first lines of a zone were scanned.
    pub has_begun: bool,
}

/// Why something typed is of no use.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refusal {
    /// It opens nothing.
    Useless(ScanError),
    /// The card that lies there was judged.
    CardStillThere,
    /// No card came for it: the next card is somebody else's.
    WaitedTooLong,
}

/// How long a number waits for its card, or the first lines of a zone for the others.
pub const NUMBER_WAITS: Duration = Duration::from_secs(60);

/// How a counter came to its end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum End {
    /// Nothing more can be typed.
    Typed,
    /// Somebody interrupted it.
    Interrupted,
}

/// A card that was inspected.
pub struct Judged<'a> {
    /// The report.
    pub shown: Shown<'a>,
    /// Its light.
    pub light: Light,
    /// How many numbers did not open this card, this one included.
    pub refused_numbers: u32,
    /// From the moment when both card and number were there.
    pub took: Duration,
}

/// What a counter knows before the first card.
pub struct Settings<'a> {
    /// What is trusted.
    pub trust: &'a TrustStore,
    /// Whom to ask.
    pub issuer: &'a Issuer,
    /// Which access protocol.
    pub access: AccessChoice,
    /// Never extended length.
    pub short: bool,
    /// Trace the commands on standard error.
    pub verbose: bool,
    /// Where files and reports are kept; nowhere unless it was asked for.
    pub keep: Option<PathBuf>,
    /// The time.
    pub now: fn() -> OffsetDateTime,
    /// How long a number waits for its card.
    pub number_waits: Duration,
    /// Whether somebody ends the program.
    pub interruption: Interruption,
}

/// The counter.
pub struct Counter<'a> {
    settings: Settings<'a>,
    slot: &'a mut dyn Slot,
    rng: &'a mut dyn CryptoRng,
    scanner: Scanner,
    opening: Option<Opening>,
    /// When what was typed last is forgotten, while no card has come for it.
    forgotten_at: Option<Instant>,
    card: Option<OnReader>,
}

/// The card that lies there.
struct OnReader {
    reader: String,
    is_judged: bool,
    refused_numbers: u32,
}

impl<'a> Counter<'a> {
    /// A counter without card and number.
    pub fn new(settings: Settings<'a>, slot: &'a mut dyn Slot, rng: &'a mut dyn CryptoRng) -> Self {
        Self {
            settings,
            slot,
            rng,
            scanner: Scanner::default(),
            opening: None,
            forgotten_at: None,
            card: None,
        }
    }

    /// Takes what happened, and shows what comes of it.
    pub fn take(&mut self, signal: &Signal, screen: &mut dyn Screen) {
        match signal {
            Signal::Card(reader) => {
                self.card = Some(OnReader {
                    reader: reader.clone(),
                    is_judged: false,
                    refused_numbers: 0,
                });
            }
            Signal::Gone => {
                self.forget();
                screen.show(&Scene::Gone);
            }
            Signal::Typed(line) => self.typed(line, screen),
            Signal::Trouble(error) => screen.show(&trouble(error)),
            Signal::Ready => screen.show(&Scene::Ready),
            Signal::End => {}
            Signal::Interrupted => {
                self.forget();
                screen.show(&Scene::Interrupted);
                return;
            }
        }
        self.go_on(screen);
    }

    /// Shows what the counter waits for.
    pub fn wait(&self, screen: &mut dyn Screen) {
        screen.show(&Scene::Waiting(Waiting {
            card: self.card.is_some(),
            number: self.opening.as_ref().map(|opening| opening.scan),
            has_begun: self.scanner.has_begun(),
        }));
    }

    /// Takes signals as they come. Once nothing more can be typed it ends, as soon as no number waits for its card.
    pub fn run(&mut self, heard: &Receiver<Signal>, screen: &mut dyn Screen) -> End {
        self.wait(screen);
        let mut is_ending = false;
        loop {
            match self.next(heard) {
                Ok(Signal::Interrupted) => {
                    self.take(&Signal::Interrupted, screen);
                    return End::Interrupted;
                }
                Ok(signal) => {
                    is_ending |= matches!(signal, Signal::End);
                    self.take(&signal, screen);
                }
                Err(RecvTimeoutError::Timeout) => self.waited_too_long(screen),
                Err(RecvTimeoutError::Disconnected) => return End::Typed,
            }
            if is_ending && self.opening.is_none() {
                return End::Typed;
            }
        }
    }

    /// The next signal, or that a number has waited long enough.
    fn next(&self, heard: &Receiver<Signal>) -> Result<Signal, RecvTimeoutError> {
        match self.forgotten_at {
            Some(end) => heard.recv_timeout(end.saturating_duration_since(Instant::now())),
            None => heard.recv().map_err(|_| RecvTimeoutError::Disconnected),
        }
    }

    fn waited_too_long(&mut self, screen: &mut dyn Screen) {
        self.opening = None;
        self.scanner.forget();
        self.forgotten_at = None;
        screen.show(&Scene::Refused(Refusal::WaitedTooLong));
        self.wait(screen);
    }

    fn forget(&mut self) {
        self.card = None;
        self.opening = None;
        self.forgotten_at = None;
        self.scanner.forget();
    }

    fn is_judged(&self) -> bool {
        self.card.as_ref().is_some_and(|card| card.is_judged)
    }

    fn typed(&mut self, line: &str, screen: &mut dyn Screen) {
        if self.is_judged() {
            screen.show(&Scene::Refused(Refusal::CardStillThere));
            return;
        }
        match self.scanner.line(line) {
            Ok(Some(opening)) => self.opening = Some(opening),
            Ok(None) => {}
            Err(error) => screen.show(&Scene::Refused(Refusal::Useless(error))),
        }
        let waits = self.opening.is_some() || self.scanner.has_begun();
        self.forgotten_at = waits.then(|| Instant::now() + self.settings.number_waits);
    }

    fn go_on(&mut self, screen: &mut dyn Screen) {
        if self.is_judged() {
            return;
        }
        // A number without a card waits for it.
        let opening = self.card.as_ref().and_then(|_| self.opening.take());
        match opening {
            Some(opening) => {
                self.forgotten_at = None;
                self.judge(&opening, screen);
            }
            None => self.wait(screen),
        }
    }

    fn judge(&mut self, opening: &Opening, screen: &mut dyn Screen) {
        let Some(mut card) = self.card.take() else {
            return;
        };
        let begun = Instant::now();
        match self.slot.open(&card.reader) {
            Ok(mut channel) => {
                let inspected = self.inspect(opening, &mut *channel, screen);
                drop(channel);
                if let Some(inspected) = inspected {
                    self.show(inspected, &mut card, begun, screen);
                }
            }
            Err(error) => {
                screen.show(&trouble(&error));
                card.is_judged = true;
            }
        }
        self.card = Some(card);
    }

    /// `None` if somebody ends the program: what was cut short by us says nothing about the document.
    fn inspect(
        &mut self,
        opening: &Opening,
        channel: &mut dyn Channel,
        screen: &mut dyn Screen,
    ) -> Option<Inspected> {
        let settings = &self.settings;
        let clock = RefCell::new(Clock::monotonic());
        let at = (settings.now)();
        let config = Config {
            passwords: core::slice::from_ref(&opening.password),
            access: settings.access,
            printed_mrz: opening.printed.as_ref(),
            terminal: None,
            trust: settings.trust,
            now: at,
            extended_length: !settings.short,
            clock: &|| clock.borrow_mut().now(),
        };
        let rng = &mut *self.rng;
        let mut line = settings.interruption.line(channel);
        let (report, statistics) = with_line(&mut line, settings.verbose, |line| {
            inspect(line, &config, rng, &mut |event| {
                screen.show(&Scene::During(&event));
            })
        });
        let is_whole = !settings.interruption.is_there();
        is_whole.then_some(Inspected {
            report,
            statistics,
            at,
        })
    }

    fn show(
        &self,
        inspected: Inspected,
        card: &mut OnReader,
        begun: Instant,
        screen: &mut dyn Screen,
    ) {
        let Inspected {
            mut report,
            statistics,
            at,
        } = inspected;
        // The card is not needed for that, and may be gone.
        let observe = &mut |event: Event<'_>| screen.show(&Scene::During(&event));
        self.settings.issuer.ask(&mut report, at, observe);
        card.is_judged = !report.was_not_let_in();
        card.refused_numbers += u32::from(report.was_not_let_in());
        let judged = Judged {
            light: Light::of(&report),
            refused_numbers: card.refused_numbers,
            took: begun.elapsed(),
            shown: Shown {
                report: &report,
                at,
                reader: &card.reader,
                statistics: Some(statistics),
            },
        };
        screen.show(&Scene::Judged(&judged));
        // The verdict was given, whatever becomes of the files.
        if let Some(folder) = self.settings.keep.as_ref().filter(|_| card.is_judged) {
            match kept::keep(folder, &judged.shown) {
                Ok(place) => screen.show(&Scene::Kept(&place)),
                Err(error) => screen.show(&trouble(&error.context(NOT_KEPT))),
            }
        }
    }
}

/// What came out of a reading.
struct Inspected {
    report: Report,
    statistics: Statistics,
    at: OffsetDateTime,
}

/// What is said of files that could not be written.
const NOT_KEPT: &str = "nothing was kept of this card";

/// What is not about the document.
fn trouble(error: &anyhow::Error) -> Scene<'static> {
    Scene::Trouble {
        what: format!("{error:#}"),
        todo: exit::hint(error),
    }
}

#[cfg(test)]
mod tests;
