//! `cargo xtask demo`: the main job of the project, made visible; the story itself is `card-tool demo`.
//! `cargo xtask demo service`: the same for a whole office, [`service`].

mod service;

use std::{
    env,
    path::PathBuf,
    process::{Command, ExitCode},
};

use anyhow::Result;
use clap::{Args, Subcommand, ValueEnum};

use crate::{
    card_tool,
    pcscd::Pcscd,
    process,
    setup::{self, Tier},
};

/// One reader for each of the three specimen cards and one for the altered ones.
const READERS: usize = 4;

/// How the demo is to be run.
#[derive(Args)]
#[command(args_conflicts_with_subcommands = true)]
pub(crate) struct Arguments {
    #[command(subcommand)]
    part: Option<Part>,
    /// Where the cards are: `pcsc` in virtual readers of a real pcscd, `memory` in this process. Without it: pcsc where it can be had
    #[arg(long, value_enum)]
    transport: Option<Transport>,
    /// Where portraits, annotated card files and inspection reports go
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
}

#[derive(Subcommand)]
enum Part {
    /// Synthetic people through the issuance service: from packet to verified card, the real programs as processes of their own
    Service(service::Arguments),
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Transport {
    Pcsc,
    Memory,
}

/// Runs the demo and passes on its exit code.
///
/// # Errors
/// `card-tool` does not build, or PC/SC was asked for by name and cannot be had.
pub(crate) fn run(arguments: &Arguments) -> Result<ExitCode> {
    if let Some(Part::Service(arguments)) = &arguments.part {
        return service::run(arguments);
    }
    let daemon = match arguments.transport {
        Some(Transport::Pcsc) => Some(ready_pcsc()?),
        Some(Transport::Memory) => None,
        None => ready_pcsc().map_err(|error| fall_back(&error)).ok(),
    };
    if daemon.is_none() {
        // It is the same program: to be linked it needs the PC/SC library, though it will not call it.
        setup::ensure(Tier::Build)?;
    }
    process::heading("building card-tool");
    let mut demo = Command::new(card_tool::build()?);
    demo.current_dir(process::workspace()).args([
        "demo",
        "--transport",
        if daemon.is_some() { "pcsc" } else { "memory" },
    ]);
    if let Some(folder) = &arguments.out {
        demo.arg("--out").arg(env::current_dir()?.join(folder));
    }
    if let Some(daemon) = &daemon {
        demo.envs(daemon.environment());
    }
    process::heading("the demo");
    let status = process::status(&mut demo)?;
    let code = status.code().and_then(|code| u8::try_from(code).ok());
    Ok(code.map_or(ExitCode::FAILURE, ExitCode::from))
}

fn ready_pcsc() -> Result<Pcscd> {
    process::heading("what this machine needs");
    setup::ensure(Tier::Test)?;
    Pcscd::start(READERS)
}

fn fall_back(error: &anyhow::Error) {
    eprintln!("\n!! No PC/SC here: {error:#}");
    eprintln!(
        "!! The same demo runs WITHOUT pcscd and readers, card and terminal in one process (--transport memory).\n"
    );
}
