//! `cargo xtask with-readers COUNT -- COMMAND`: a command with a private pcscd beside it, for as long as it runs.

use std::process::{Command, ExitCode};

use anyhow::{Context, Result};
use clap::Args;

use crate::{
    pcscd::{MAX_SLOTS, Pcscd},
    process,
    setup::{self, Tier},
};

/// How many readers, and for whom.
#[derive(Args)]
pub(crate) struct Arguments {
    /// How many virtual readers
    #[arg(value_name = "COUNT", value_parser = clap::value_parser!(u64).range(1..=MAX_SLOTS as u64))]
    readers: u64,
    /// The command; CARD_TOOLCHAIN_READERS names the readers to it, CARD_TOOLCHAIN_VPCD the places of their cards
    #[arg(last = true, required = true)]
    command: Vec<String>,
}

/// Runs the command and passes on its exit code.
///
/// # Errors
/// There is no PC/SC, or no such command.
pub(crate) fn run(arguments: &Arguments) -> Result<ExitCode> {
    setup::ensure(Tier::Test)?;
    let daemon = Pcscd::start(usize::try_from(arguments.readers)?)?;
    let (program, words) = arguments.command.split_first().context("no command")?;
    let mut command = Command::new(program);
    let status = process::status(command.args(words).envs(daemon.environment()))?;
    let code = status.code().and_then(|code| u8::try_from(code).ok());
    Ok(code.map_or(ExitCode::FAILURE, ExitCode::from))
}
