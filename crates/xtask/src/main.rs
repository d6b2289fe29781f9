//! `cargo xtask <word>`: the one door to everything one does with this repository.
//!
//! It builds on a machine that has only a compiler, and brings what else is needed (`setup`).

use std::process::ExitCode;

use clap::{Parser, Subcommand};

mod bench;
mod campaign;
mod card_tool;
mod companion;
mod demo;
mod fixtures;
mod fuzz;
mod interop;
mod package;
mod pcscd;
mod process;
mod python_environment;
mod real_parts;
mod rehearsal;
mod setup;
mod softhsm;
mod table;
mod test;
mod with_readers;

#[cfg(test)]
mod house_rules;

/// Everything one does with this repository.
#[derive(Parser)]
#[command(
    name = "cargo xtask",
    bin_name = "cargo xtask",
    disable_help_subcommand = true
)]
struct Words {
    #[command(subcommand)]
    word: Word,
}

#[derive(Subcommand)]
enum Word {
    /// Install what is missing on this machine (Debian, Ubuntu), or say what to install; a second run does nothing
    Setup {
        /// What the machine is to be ready for
        #[arg(value_enum, default_value = "test")]
        tier: setup::Tier,
    },
    /// Issue three specimen cards and verify them, in real PC/SC with virtual readers
    Demo(demo::Arguments),
    /// Format, lints and all tests, with a private pcscd and virtual readers
    Test(test::Arguments),
    /// All benches, in release, with a private pcscd and a virtual reader; or the service measured
    Bench(bench::Arguments),
    /// A campaign of the tests in its long form
    Campaign(campaign::Arguments),
    /// Draw the specimen people of fixtures/ anew
    Fixtures,
    /// libFuzzer over everything that is read from strangers; says what it found
    Fuzz(fuzz::Arguments),
    /// A command with a private pcscd and so many virtual readers
    WithReaders(with_readers::Arguments),
    /// The Debian packages; --check installs them in a throw-away root and starts the service there
    Package(package::Arguments),
    /// Other people's software judges our PKI and our chip, and must refuse what was altered
    Interop(interop::Arguments),
}

fn main() -> ExitCode {
    let done = match Words::parse().word {
        Word::Setup { tier } => setup::run(tier),
        Word::Demo(arguments) => return ended(demo::run(&arguments)),
        Word::Test(arguments) => return ended(test::run(&arguments)),
        Word::Bench(arguments) => bench::run(&arguments),
        Word::Campaign(arguments) => return ended(campaign::run(&arguments)),
        Word::Fixtures => fixtures::run(),
        Word::Fuzz(arguments) => return ended(fuzz::run(&arguments)),
        Word::WithReaders(arguments) => return ended(with_readers::run(&arguments)),
        Word::Package(arguments) => package::run(&arguments),
        Word::Interop(arguments) => return ended(interop::run(&arguments)),
    };
    ended(done.map(|()| ExitCode::SUCCESS))
}

fn ended(result: anyhow::Result<ExitCode>) -> ExitCode {
    result.unwrap_or_else(|error| {
        eprintln!("error: {error:#}");
        ExitCode::FAILURE
    })
}
