//! The verbs, one file each.

mod apdu;
mod completions;
mod conformance;
mod demo;
mod desk;
pub mod eac;
mod emulate;
mod explain;
mod floor;
mod keys;
mod personalise;
mod pin;
mod pki;
mod read;
mod readers;
mod specimen;
mod trust;
mod verify;

use std::io::{ErrorKind, Write as _};

use anyhow::Result;
use crypto::CryptoRng;
use rand::SeedableRng as _;
use rand::rngs::{StdRng, SysRng};
use time::OffsetDateTime;

use crate::args::{Cli, Command, OutputFormat};
use crate::exit::{Exit, Problem};
use crate::input::Asking;
use crate::printable;

pub use self::pki::check_secret;

/// What every verb gets: how to speak, whom to ask, randomness and the time.
pub struct Context {
    /// Form of the output.
    pub format: OutputFormat,
    /// Trace the commands to the card.
    pub verbose: bool,
    /// Whether somebody can be asked.
    pub asking: Asking,
    /// Randomness.
    pub rng: Box<dyn CryptoRng + Send>,
    /// The time of the run.
    pub now: OffsetDateTime,
}

impl Context {
    /// Whether the output is for programs.
    pub fn json(&self) -> bool {
        self.format == OutputFormat::Json
    }
}

/// Runs a verb.
pub fn run(cli: Cli) -> Result<Exit> {
    let json = cli.output_format == OutputFormat::Json;
    let mut context = Context {
        format: cli.output_format,
        verbose: cli.verbose,
        asking: Asking::new(cli.no_input, json),
        rng: Box::new(system_rng()?),
        now: OffsetDateTime::now_utc(),
    };
    let context = &mut context;
    match cli.command {
        Command::Readers(args) => readers::run(&args, context),
        Command::Emulate(args) => emulate::run(&args, context),
        Command::Personalise(args) => personalise::run(&args, context),
        Command::Floor(args) => floor::run(&args, context),
        Command::Specimen(args) => specimen::run(&args, context),
        Command::Read(args) => read::run(&args, context),
        Command::Verify(args) => verify::run(&args, context),
        Command::Desk(args) => desk::run(&args, context),
        Command::Conformance(args) => conformance::run(&args, context),
        Command::Pin(args) => pin::run(&args, context),
        Command::Explain(args) => explain::run(&args, context),
        Command::Apdu(args) => apdu::run(&args, context),
        Command::Pki(args) => pki::run(args, context),
        Command::Eac(args) => eac::run(&args, context),
        Command::Keys(args) => keys::run(&args, context),
        Command::Trust(args) => trust::run(args, context),
        Command::Demo(args) => demo::run(&args, context),
        Command::Completions { shell } => completions::script(shell),
        Command::Man { out: None } => completions::manual(),
        Command::Man { out: Some(folder) } => completions::pages(&folder),
    }
}

/// A generator seeded by the operating system.
fn system_rng() -> Result<StdRng> {
    StdRng::try_from_rng(&mut SysRng).map_err(|error| {
        Problem::of(
            Exit::KeyStore,
            format!("the operating system gives no randomness: {error}"),
            "no key is made without it",
        )
    })
}

/// Prints data to standard output. Whoever reads them may go away early (`| head`): that is no failure of the work.
pub fn print(text: &str) -> Result<()> {
    match writeln!(std::io::stdout().lock(), "{text}") {
        Err(error) if error.kind() != ErrorKind::BrokenPipe => Err(error.into()),
        _ => Ok(()),
    }
}

/// Prints words for people to standard error; nowhere is left to complain to when that is closed.
pub fn note(text: &str) {
    let _ = writeln!(std::io::stderr().lock(), "{}", printable::lines(text));
}

/// Prints a JSON document. Foreign words in it cannot steer a terminal.
pub fn print_json(value: &serde_json::Value) -> Result<()> {
    print(&printable::json(&serde_json::to_string_pretty(value)?))
}
