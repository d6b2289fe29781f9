//! `floor write --station`: machines that feed cards by themselves, each beside the others; `floor station --cleared`.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use anyhow::{Context as _, Result};
use floor::station::{self, Came, ChipLine, CommandMachine, Contract, Feeding, NoChip, Writing};
use floor::{Card, Lane, Limits, Line, Person, Standing};
use iso7816::Channel;
use perso::{Role, RoleKey};
use rand::SeedableRng as _;
use rand::rngs::StdRng;
use serde_json::json;
use transport::pcsc::{Monitor, Options};
use transport::{PcscChannel, ReaderSelector};

use super::making::{Run, finished};
use super::show::{Finished, Show};
use super::{done, note};
use crate::args::{FloorStation, FloorWrite};
use crate::commands::Context;
use crate::exit::{Exit, Problem};
use crate::floor_folder::FloorFolder;
use crate::{files, keys};

/// Most stations of one run: PC/SC services know so many readers.
const MAX_STATIONS: usize = 16;

/// `floor station`.
pub fn cleared(args: &FloorStation, context: &mut Context) -> Result<Exit> {
    let by = Person::new(&args.by)?;
    let floor = FloorFolder::open(&args.folder)?;
    let standing = floor.with(|state| state.station(&args.station))?;
    if standing == station::Standing::default() {
        return Err(Problem::usage(
            format!("the journal knows of no card in {}", args.station),
            "`card-tool floor status` names the stations that have stopped",
        ));
    }
    let event = station::cleared(&args.station, &args.cleared, &by);
    floor.note_all(&[event], args.dry_run)?;
    let inside = standing.inside.map(|chip| chip.to_string());
    let text = match &inside {
        Some(chip) => format!(
            "{} is cleared; the card of the chip {chip} was in it",
            args.station
        ),
        None => format!("{} is cleared", args.station),
    };
    let value = json!({ "station": args.station, "was_inside": inside });
    done(context, args.dry_run, &text, value)
}

/// `floor write --station`.
pub fn write(args: &FloorWrite, files: &[PathBuf], context: &mut Context) -> Result<Exit> {
    let by = Person::new(&args.by)?;
    let floor = FloorFolder::open(&args.folder)?;
    let role = keys::load(&args.keys, Role::Personalisation)?;
    let contracts = contracts(files)?;
    let run = Run {
        floor: &floor,
        args: &args.line,
        what: "write",
        waits: &|state| state.cards().filter(|card| card.stage.waits()).count(),
    };
    if args.line.dry_run {
        return run.rehearse(context);
    }
    floor.forget_finished()?;
    let show = Show::new(context);
    let works = Works {
        run: &run,
        by: &by,
        role: &role,
        show: &show,
        is_over: over_at_interrupt()?,
        line: Mutex::new(Line::new(Limits {
            in_a_row: args.line.stop_after,
            at_one_reader: args.line.reader_out_after,
        })),
    };
    let rngs = contracts
        .iter()
        .map(|_| StdRng::from_rng(&mut *context.rng));
    let rngs: Vec<StdRng> = rngs.collect();
    let shared = &works;
    let ended: Vec<Result<()>> = std::thread::scope(|scope| {
        let at_work: Vec<_> = contracts
            .iter()
            .zip(rngs)
            .map(|(contract, rng)| scope.spawn(move || shared.station(contract, rng)))
            .collect();
        let ended = at_work.into_iter();
        ended
            .map(|thread| {
                thread
                    .join()
                    .unwrap_or_else(|_| Err(anyhow::anyhow!("a station's thread broke off")))
            })
            .collect()
    });
    show.end();
    let ended = ended.into_iter().collect::<Result<Vec<()>>>();
    let ended = ended.and_then(|_| works.end(args.line.stop_after));
    run.tell_end(&show, context, &ended)?;
    ended
}

/// The contracts of stations, each of another name.
fn contracts(paths: &[PathBuf]) -> Result<Vec<Contract>> {
    if paths.len() > MAX_STATIONS {
        return Err(Problem::usage(
            format!("{MAX_STATIONS} stations are the most of one run"),
            "start another run for the others; they share the floor",
        ));
    }
    let mut names = BTreeSet::new();
    let mut contracts = Vec::new();
    for path in paths {
        let contract = contract(path).with_context(|| path.display().to_string())?;
        if !names.insert(contract.name.clone()) {
            return Err(Problem::usage(
                format!("two stations are called {}", contract.name),
                "give each its own name",
            ));
        }
        contracts.push(contract);
    }
    Ok(contracts)
}

fn contract(path: &Path) -> Result<Contract> {
    let wrong = |what: String| Problem::usage(what, "card-tool/STATION.md says what a station is");
    let text = files::read_text(path)?;
    let contract: Contract = toml::from_str(&text).map_err(|error| wrong(error.to_string()))?;
    contract.check().map_err(|fault| wrong(fault.to_string()))?;
    Ok(contract)
}

/// Ctrl-C lets the cards in the machines be finished; a second one ends at once.
fn over_at_interrupt() -> Result<Arc<AtomicBool>> {
    let over = Arc::new(AtomicBool::new(false));
    let seen = Arc::clone(&over);
    ctrlc::set_handler(move || {
        if seen.swap(true, Ordering::AcqRel) {
            // What the journal and the chips say is enough to go on.
            std::process::exit(Exit::Interrupted as i32);
        }
    })
    .context("signal handler")?;
    Ok(over)
}

/// What all stations of a run share.
struct Works<'a> {
    run: &'a Run<'a>,
    by: &'a Person,
    role: &'a RoleKey,
    show: &'a Show,
    is_over: Arc<AtomicBool>,
    line: Mutex<Line>,
}

impl Works<'_> {
    /// The thread of one station: card after card, until none waits, none is left, or somebody has to look.
    fn station(&self, contract: &Contract, mut rng: StdRng) -> Result<()> {
        let name = contract.name.as_str();
        self.show.reader(name, "ready");
        let ended = self.cards(contract, &mut rng);
        match &ended {
            Ok(why) => self.show.reader(name, why),
            Err(error) => self.show.reader(name, &format!("stopped: {error}")),
        }
        ended?;
        Ok(())
    }

    fn cards(&self, contract: &Contract, rng: &mut StdRng) -> floor::Result<&'static str> {
        let name = contract.name.as_str();
        let mut chips = StationReader::new(contract, self.run.args.short);
        let mut feeding = Feeding {
            contract,
            machine: &mut CommandMachine::new(contract),
            line: &mut chips,
            lane: Lane {
                reader: name,
                by: self.by,
                desk: self.run.floor,
            },
        };
        let mut watch = |card: &Card, step| self.show.step(name, card, step);
        let mut writing = Writing {
            role: self.role,
            rng,
            watch: &mut watch,
        };
        let mut left = feeding.begin(&mut writing)?;
        loop {
            let begun = std::time::Instant::now();
            let came = match left.take() {
                Some(came) => came,
                None if self.is_over.load(Ordering::Acquire) => return Ok("interrupted"),
                None if self.line().standing(name) != Standing::GoesOn => return Ok("taken out"),
                None if self.nothing_waits() => return Ok("done"),
                None => feeding.next(&mut writing)?,
            };
            let card = match came {
                Came::NoMore => return Ok("no card is left in it"),
                Came::Written(done) => {
                    finished(done.card, "written", Some(("commit", &done.commit)))
                }
                Came::WrittenBefore(card) => finished(*card, "written", None),
                Came::SetAside { chip, number, why } => {
                    self.set_aside(name, chip.map(|chip| chip.to_string()), number, &why);
                    continue;
                }
            };
            self.good(name, &card, begun.elapsed());
        }
    }

    fn good(&self, name: &str, card: &Finished, took: Duration) {
        self.line().success(name);
        self.show.finished(name, card, took);
    }

    fn set_aside(&self, name: &str, chip: Option<String>, number: Option<String>, why: &str) {
        let which = [number, chip].into_iter().flatten().next();
        let which = which.map(|which| format!("{which} ")).unwrap_or_default();
        self.show
            .failed(name, &format!("{which}set aside: {why}"), false);
        self.line().failure(name);
    }

    /// A journal that cannot be read says so at the next card.
    fn nothing_waits(&self) -> bool {
        self.run.waiting().is_ok_and(|waiting| waiting == 0)
    }

    fn end(&self, stop_after: u32) -> Result<Exit> {
        let line = self.line();
        if line.is_stopped() {
            return Err(Problem::of(
                Exit::Policy,
                format!("the line was stopped after {stop_after} failures in a row"),
                "find out why before the next card; then the same command goes on",
            ));
        }
        let out: Vec<&str> = line.out().collect();
        if !out.is_empty() {
            note(&format!("taken out: {}", out.join(", ")));
        }
        if self.is_over.load(Ordering::Acquire) {
            return Ok(Exit::Interrupted);
        }
        Ok(Exit::Done)
    }

    fn line(&self) -> MutexGuard<'_, Line> {
        self.line.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The reader in a station.
struct StationReader {
    selector: ReaderSelector,
    options: Options,
}

impl StationReader {
    fn new(contract: &Contract, short_only: bool) -> Self {
        let Ok(selector) = contract.reader.parse();
        Self {
            selector,
            options: Options {
                short_only,
                ..Options::default()
            },
        }
    }

    fn open(&self, patience: Duration) -> transport::Result<PcscChannel> {
        let reader = Monitor::new()?.wait_for_card(&self.selector, Some(patience))?;
        PcscChannel::open(&ReaderSelector::Matching(reader.name), self.options)
    }
}

impl ChipLine for StationReader {
    fn connect(
        &mut self,
        patience: Duration,
    ) -> core::result::Result<Box<dyn Channel + '_>, NoChip> {
        match self.open(patience) {
            Ok(channel) => Ok(Box::new(channel)),
            Err(transport::Error::Timeout) => {
                Err(NoChip("no chip answers at the encoder".to_owned()))
            }
            Err(error) => Err(NoChip(error.to_string())),
        }
    }
}
