//! One counter: cards come and go, numbers are typed or scanned, each card is judged once, and nothing of a card outlives it.
//!
//! ```text
//! card in the reader ─┐
//!                     ├─▶ inspection ─▶ verdict ─▶ card taken away ─▶ everything forgotten
//! MRZ, CAN, QR code ──┘        └ did not open: another number, the card stays
//! ```
//!
//! Whatever comes first waits for the other. Who shows it, and where numbers are typed, is not known here.

mod kept;
mod light;
mod signals;
mod text;

use std::cell::RefCell;
use std::path::PathBuf;
use std::sync::mpsc::Receiver;
use std::time::{Duration, Instant};

use anyhow::Result;
use crypto::CryptoRng;
use inspection::{AccessChoice, Config, Event, Opening, Scan, ScanError, Scanner, inspect};
use iso7816::Channel;
use pki::TrustStore;
use time::OffsetDateTime;
use transport::Clock;

pub use light::Light;
pub use signals::{Signal, type_at, watch};
pub use text::{AsJson, AsText};

use crate::exit;
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
    /// Where the files were kept, if that was asked for.
    pub kept: Option<PathBuf>,
}

/// What a counter knows before the first card.
pub struct Settings<'a> {
    /// What is trusted.
    pub trust: &'a TrustStore,
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
}

/// The counter.
pub struct Counter<'a> {
    settings: Settings<'a>,
    slot: &'a mut dyn Slot,
    rng: &'a mut dyn CryptoRng,
    scanner: Scanner,
    opening: Option<Opening>,
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
            card: None,
        }
    }

    /// Takes what happened, and shows what comes of it.
    ///
    /// # Errors
    /// Files that were to be kept and could not be written.
    pub fn take(&mut self, signal: &Signal, screen: &mut dyn Screen) -> Result<()> {
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
        }
        self.go_on(screen)
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
    ///
    /// # Errors
    /// As [`Self::take`].
    pub fn run(&mut self, heard: &Receiver<Signal>, screen: &mut dyn Screen) -> Result<()> {
        self.wait(screen);
        let mut is_ending = false;
        for signal in heard {
            is_ending |= matches!(signal, Signal::End);
            self.take(&signal, screen)?;
            if is_ending && self.opening.is_none() {
                break;
            }
        }
        Ok(())
    }

    fn forget(&mut self) {
        self.card = None;
        self.opening = None;
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
    }

    fn go_on(&mut self, screen: &mut dyn Screen) -> Result<()> {
        if self.is_judged() {
            return Ok(());
        }
        // A number without a card waits for it.
        let opening = self.card.as_ref().and_then(|_| self.opening.take());
        match opening {
            Some(opening) => return self.judge(opening, screen),
            None => self.wait(screen),
        }
        Ok(())
    }

    fn judge(&mut self, opening: Opening, screen: &mut dyn Screen) -> Result<()> {
        let Some(card) = &mut self.card else {
            return Ok(());
        };
        let begun = Instant::now();
        let mut channel = match self.slot.open(&card.reader) {
            Ok(channel) => channel,
            Err(error) => {
                screen.show(&trouble(&error));
                card.is_judged = true;
                return Ok(());
            }
        };
        let clock = RefCell::new(Clock::monotonic());
        let passwords = [opening.password];
        let now = (self.settings.now)();
        let config = Config {
            passwords: &passwords,
            access: self.settings.access,
            printed_mrz: opening.printed.as_ref(),
            terminal: None,
            trust: self.settings.trust,
            now,
            extended_length: !self.settings.short,
            clock: &|| clock.borrow_mut().now(),
        };
        let rng = &mut *self.rng;
        let (report, statistics) = with_line(&mut *channel, self.settings.verbose, |line| {
            inspect(line, &config, rng, &mut |event| {
                screen.show(&Scene::During(&event));
            })
        });
        drop(channel);
        card.is_judged = !report.was_not_let_in();
        card.refused_numbers += u32::from(report.was_not_let_in());
        let shown = Shown {
            report: &report,
            at: now,
            reader: &card.reader,
            statistics: Some(statistics),
        };
        let kept = match &self.settings.keep {
            Some(folder) if card.is_judged => Some(kept::keep(folder, &shown)?),
            _ => None,
        };
        screen.show(&Scene::Judged(&Judged {
            light: Light::of(&report),
            refused_numbers: card.refused_numbers,
            took: begun.elapsed(),
            shown,
            kept,
        }));
        Ok(())
    }
}

/// What is not about the document.
fn trouble(error: &anyhow::Error) -> Scene<'static> {
    Scene::Trouble {
        what: format!("{error:#}"),
        todo: exit::hint(error),
    }
}

#[cfg(test)]
mod tests;
