//! `cargo xtask demo service`: everything is built and the readers are there; the story itself is the program `rehearsal`.

use std::{path::PathBuf, process::ExitCode, thread};

use anyhow::{Context, Result};
use clap::Args;

use crate::{
    pcscd::MAX_SLOTS,
    process,
    rehearsal::{self, Profile},
    setup::{self, Tier, system},
};

/// A chip waits for its reader more than for a core.
const READERS_OF_A_CORE: usize = 2;

/// How it is to be run.
#[derive(Args)]
pub(crate) struct Arguments {
    /// How many people come
    #[arg(long, default_value_t = 200, value_name = "COUNT")]
    people: usize,
    /// What the register is kept in: `sqlite` or `postgres`
    #[arg(long, default_value = "sqlite", value_parser = ["sqlite", "postgres"])]
    store: String,
    /// A new folder in which everything is left to look at; without it, nothing is left
    #[arg(long, value_name = "FOLDER")]
    keep: Option<PathBuf>,
    /// Leave everything up afterwards, to be looked at in a browser, until Ctrl-C
    #[arg(long)]
    stay: bool,
}

/// Runs it and passes on its exit code.
///
/// # Errors
/// Something does not build, or there is no PC/SC: a whole office is not rehearsed without readers.
pub(crate) fn run(arguments: &Arguments) -> Result<ExitCode> {
    process::heading("what this machine needs");
    setup::ensure(Tier::Test)?;
    let programs = rehearsal::build(Profile::Dev, &["card-tool", "issuance-service"])?;
    let people = arguments.people.to_string();
    let mut words = vec!["service", "--people", &people, "--store", &arguments.store];
    if arguments.stay {
        words.push("--stay");
    }
    let words: Vec<String> = words.into_iter().map(str::to_owned).collect();
    programs.run(readers(), &words, arguments.keep.as_deref(), |rehearsal| {
        if arguments.store == "postgres" {
            let programs = system::postgres_programs().context("PostgreSQL is not installed")?;
            rehearsal.env("CARD_TOOLCHAIN_POSTGRES", programs);
        }
        Ok(())
    })
}

fn readers() -> usize {
    let cores = thread::available_parallelism().map_or(1, std::num::NonZero::get);
    (cores * READERS_OF_A_CORE).min(MAX_SLOTS)
}
