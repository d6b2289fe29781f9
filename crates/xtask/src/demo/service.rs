//! `cargo xtask demo service`: everything is built and the readers are there; the story itself is the program `rehearsal`.

use std::{
    env,
    path::{Path, PathBuf},
    process::{Command, ExitCode},
    thread,
};

use anyhow::{Context, Result};
use clap::Args;

use crate::{
    pcscd::{MAX_SLOTS, Pcscd},
    process,
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
    process::heading("building the programs");
    let packages = ["card-tool", "issuance-service", "rehearsal"];
    process::run(
        process::cargo()
            .args(["build", "--bins"])
            .args(packages.iter().flat_map(|name| ["--package", name])),
    )?;
    let daemon = Pcscd::start(readers())?;
    let mut rehearsal = Command::new(programs().join("rehearsal"));
    rehearsal
        .current_dir(process::workspace())
        .args([
            "--people",
            &arguments.people.to_string(),
            "--store",
            &arguments.store,
        ])
        .envs(daemon.environment());
    if let Some(folder) = &arguments.keep {
        rehearsal
            .arg("--keep")
            .arg(env::current_dir()?.join(folder));
    }
    if arguments.stay {
        rehearsal.arg("--stay");
    }
    if arguments.store == "postgres" {
        let programs = system::postgres_programs().context("PostgreSQL is not installed")?;
        rehearsal.env("CARD_TOOLCHAIN_POSTGRES", programs);
    }
    process::heading("the rehearsal");
    let status = process::status(&mut rehearsal)?;
    let code = status.code().and_then(|code| u8::try_from(code).ok());
    Ok(code.map_or(ExitCode::FAILURE, ExitCode::from))
}

fn readers() -> usize {
    let cores = thread::available_parallelism().map_or(1, std::num::NonZero::get);
    (cores * READERS_OF_A_CORE).min(MAX_SLOTS)
}

/// Where cargo puts what it builds.
fn programs() -> PathBuf {
    let scratch = process::scratch();
    scratch
        .parent()
        .map(Path::to_path_buf)
        .unwrap_or(scratch)
        .join("debug")
}
