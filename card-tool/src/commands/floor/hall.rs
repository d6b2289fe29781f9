//! All readers at once: one thread for each, cards as they come, readers that come and go.

use std::collections::BTreeSet;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread::Scope;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result};
use crypto::CryptoRng;
use floor::{Limits, Line, Refused, Standing};
use iso7816::ChannelError;
use rand::SeedableRng as _;
use rand::rngs::StdRng;
use transport::pcsc::{Monitor, Options, Reader, Slot};
use transport::{PcscChannel, ReaderSelector};

use super::show::{Finished, Show};
use crate::args::LineArgs;
use crate::exit::{Exit, Problem};

/// How long to wait for a card or a reader before looking whether the work is over.
const POLL: Duration = Duration::from_millis(300);
/// PC/SC services know so many readers (pcsc-lite's default), so more threads would wait for nothing.
const MAX_READERS: usize = 16;

/// The work at one card.
pub type Work<'a> =
    dyn Fn(&str, &mut PcscChannel, &mut dyn CryptoRng) -> floor::Result<Finished> + Sync + 'a;
/// How many cards wait.
pub type Waiting<'a> = dyn Fn() -> Result<u64> + Sync + 'a;

/// What all readers of a run share.
pub struct Hall<'a> {
    args: &'a LineArgs,
    show: &'a Show,
    work: &'a Work<'a>,
    interrupted: Arc<AtomicBool>,
    common: Mutex<Common>,
}

struct Common {
    line: Line,
    at_work: BTreeSet<String>,
    rng: StdRng,
    end: Option<End>,
}

/// Why it is over.
enum End {
    /// No card waits.
    Done,
    /// Too many failures.
    Stopped,
    /// Every reader that there is was taken out.
    NoReader,
    /// The shift was closed meanwhile.
    NoShift,
    /// The journal cannot be kept.
    Broken(anyhow::Error),
}

impl<'a> Hall<'a> {
    /// A hall whose readers have not begun. Ctrl-C lets the cards in the readers be finished; a second one ends at once.
    pub fn new(
        args: &'a LineArgs,
        show: &'a Show,
        work: &'a Work<'a>,
        rng: &mut dyn CryptoRng,
    ) -> Result<Self> {
        let interrupted = Arc::new(AtomicBool::new(false));
        let seen = Arc::clone(&interrupted);
        ctrlc::set_handler(move || {
            if seen.swap(true, Ordering::AcqRel) {
                // What the journal and the chips say is enough to go on.
                std::process::exit(Exit::Interrupted as i32);
            }
        })
        .context("signal handler")?;
        let limits = Limits {
            in_a_row: args.stop_after,
            at_one_reader: args.reader_out_after,
        };
        Ok(Self {
            args,
            show,
            work,
            interrupted,
            common: Mutex::new(Common {
                line: Line::new(limits),
                at_work: BTreeSet::new(),
                rng: StdRng::from_rng(rng),
                end: None,
            }),
        })
    }

    /// Works until no card waits, the line is stopped, or somebody interrupts.
    pub fn run(&self, waiting: &Waiting<'_>) -> Result<Exit> {
        let monitor = Monitor::new()?;
        let ended = std::thread::scope(|scope| -> Result<()> {
            let ended = self.watch(scope, &monitor, waiting);
            // Threads look at this: without it they would wait for ever.
            self.common().end.get_or_insert(End::Done);
            ended
        });
        self.show.end();
        ended?;
        let common = self.common();
        let out: Vec<&str> = common.line.out().collect();
        if !out.is_empty() {
            super::note(&format!("taken out: {}", out.join(", ")));
        }
        match &common.end {
            Some(End::Broken(error)) => Err(Problem::of(
                crate::exit::code_of(error),
                format!("{error:#}"),
                "the cards are where they were: start again when the journal can be kept",
            )),
            Some(End::Stopped) => Err(Problem::of(
                Exit::Policy,
                format!(
                    "the line was stopped after {} failures in a row",
                    self.args.stop_after
                ),
                "find out why before the next card; then the same command goes on",
            )),
            Some(End::NoShift) => Err(Refused::NoShift.into()),
            Some(End::NoReader) => Err(Problem::of(
                Exit::Policy,
                "every reader was taken out",
                "find out why before the next card; then the same command goes on",
            )),
            _ if self.is_interrupted() => Ok(Exit::Interrupted),
            _ => Ok(Exit::Done),
        }
    }

    /// Looks after the readers: gives a thread to each that comes.
    fn watch<'scope>(
        &'scope self,
        scope: &'scope Scope<'scope, '_>,
        monitor: &Monitor,
        waiting: &Waiting<'_>,
    ) -> Result<()> {
        let mut told = false;
        loop {
            let left = waiting()?;
            self.show.waiting(left);
            if left == 0 || self.is_over() {
                return Ok(());
            }
            let wanted = self.wanted()?;
            if self.all_out(&wanted) {
                self.common().end.get_or_insert(End::NoReader);
                return Ok(());
            }
            for reader in wanted {
                let mut common = self.common();
                let may = common.line.standing(&reader) == Standing::GoesOn
                    && common.at_work.len() < MAX_READERS;
                if may && common.at_work.insert(reader.clone()) {
                    let rng = StdRng::from_rng(&mut common.rng);
                    drop(common);
                    self.show.reader(&reader, "ready");
                    scope.spawn(move || self.lane(&reader, rng));
                }
            }
            if self.common().at_work.is_empty() && !told {
                told = true;
                super::note("no reader is at work; one that is plugged in is used");
            }
            match monitor.wait_until(Some(POLL), |_| None::<()>) {
                Err(transport::Error::Timeout) => {}
                other => other?,
            }
        }
    }

    fn all_out(&self, wanted: &[String]) -> bool {
        let common = self.common();
        let is_out = |reader: &String| common.line.standing(reader) == Standing::ReaderOut;
        !wanted.is_empty() && wanted.iter().all(is_out)
    }

    /// The readers that are there and that are meant.
    fn wanted(&self) -> Result<Vec<String>> {
        let there = transport::pcsc::readers()?;
        let names = there.iter().map(|reader| reader.name.clone());
        if self.args.reader.is_empty() {
            return Ok(names.collect());
        }
        let mut found = Vec::new();
        for wanted in &self.args.reader {
            let Ok(selector) = wanted.parse::<ReaderSelector>();
            match selector.select(&there) {
                Ok(reader) => found.push(reader.name.clone()),
                Err(error @ transport::Error::AmbiguousReader { .. }) => return Err(error.into()),
                // It may still be plugged in.
                Err(_) => {}
            }
        }
        Ok(found)
    }

    /// The thread of one reader.
    fn lane(&self, reader: &str, mut rng: StdRng) {
        let ended = self.cards(reader, &mut rng);
        self.common().at_work.remove(reader);
        if let Err(error) = ended {
            self.show.reader(reader, &format!("gone: {error}"));
        }
    }

    fn cards(&self, reader: &str, rng: &mut StdRng) -> transport::Result<()> {
        let monitor = Monitor::new()?;
        while !self.is_over() && self.common().line.standing(reader) == Standing::GoesOn {
            match self.wait(&monitor, reader, Reader::has_card) {
                Err(transport::Error::Timeout) => continue,
                other => other?,
            }
            let stays = self.one_card(reader, rng)?;
            // A card that was pulled is perhaps in again already; any other has to be taken out.
            while stays && !self.is_over() {
                match self.wait(&monitor, reader, |reader| reader.slot == Slot::Empty) {
                    Err(transport::Error::Timeout) => {}
                    other => {
                        other?;
                        break;
                    }
                }
            }
        }
        Ok(())
    }

    fn wait(
        &self,
        monitor: &Monitor,
        name: &str,
        is_so: impl Fn(&Reader) -> bool,
    ) -> transport::Result<()> {
        monitor.wait_until(Some(POLL), |readers| {
            match readers.iter().find(|reader| reader.name == name) {
                None => Some(Err(transport::Error::ReaderGone {
                    reader: name.to_owned(),
                })),
                Some(reader) => is_so(reader).then_some(Ok(())),
            }
        })?
    }

    /// Works on the card in the reader, and says whether it is still there.
    fn one_card(&self, reader: &str, rng: &mut StdRng) -> transport::Result<bool> {
        let begun = Instant::now();
        let options = Options {
            short_only: self.args.short,
            ..Options::default()
        };
        let mut channel =
            match PcscChannel::open(&ReaderSelector::Matching(reader.to_owned()), options) {
                Ok(channel) => channel,
                Err(
                    error @ (transport::Error::ReaderGone { .. } | transport::Error::NoService),
                ) => {
                    return Err(error);
                }
                Err(transport::Error::NoCard { .. }) => return Ok(false),
                Err(error) => {
                    self.failure(reader, &error.to_string());
                    return Ok(true);
                }
            };
        match (self.work)(reader, &mut channel, rng) {
            Ok(finished) => {
                self.common().line.success(reader);
                self.show.finished(reader, &finished, begun.elapsed());
                Ok(true)
            }
            Err(error) => Ok(self.went_wrong(reader, error)),
        }
    }

    /// Says whether the card is still there.
    fn went_wrong(&self, reader: &str, error: floor::Error) -> bool {
        use floor::Error as E;
        match &error {
            E::Journal(_) => {
                self.show.failed(reader, &error.to_string(), false);
                self.common().end = Some(End::Broken(error.into()));
                true
            }
            E::Refused(Refused::NoShift) => {
                self.show.failed(reader, &error.to_string(), true);
                self.common().end.get_or_insert(End::NoShift);
                true
            }
            E::Refused(_) | E::Job { .. } => {
                self.show.failed(reader, &error.to_string(), true);
                true
            }
            _ => match error.lost_line() {
                Some(lost) => {
                    self.failure(reader, &format!("{lost}: put the card in again"));
                    !matches!(lost, ChannelError::CardLost | ChannelError::CardReset)
                }
                None => {
                    self.failure(reader, &error.to_string());
                    true
                }
            },
        }
    }

    fn failure(&self, reader: &str, why: &str) {
        self.show.failed(reader, why, false);
        let mut common = self.common();
        match common.line.failure(reader) {
            Standing::GoesOn => {}
            Standing::ReaderOut => {
                drop(common);
                let why = "taken out: it failed too often in a row";
                self.show.reader(reader, why);
            }
            Standing::Stopped => {
                common.end.get_or_insert(End::Stopped);
            }
        }
    }

    fn is_over(&self) -> bool {
        self.is_interrupted() || self.common().end.is_some()
    }

    fn is_interrupted(&self) -> bool {
        self.interrupted.load(Ordering::Acquire)
    }

    fn common(&self) -> MutexGuard<'_, Common> {
        self.common.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
