//! `cargo xtask bench service|growth|memory`: the issuance service measured, by programs of its own (`issuance-service/examples`). They are
//! no bench targets: each is one long run, whose figures mean something beside each other only.

use anyhow::{Context, Result};

use super::Arguments;
use crate::{
    process,
    setup::{self, Tier, system},
};

/// The person who comes again and again.
const PERSON: &str = "fixtures/people/uto-passport-anton";

/// The word of each, and the program.
const PROGRAMS: [(&str, &str); 3] = [
    ("service", "office_rates"),
    ("growth", "growth"),
    ("memory", "office_memory"),
];

/// The program of a word, if it is one of these.
pub(super) fn program(word: &str) -> Option<&'static str> {
    let found = PROGRAMS.iter().find(|(name, _)| *name == word);
    found.map(|(_, program)| *program)
}

/// Builds a program and runs it, with PostgreSQL named.
///
/// # Errors
/// There is no PostgreSQL, or the program does not build or fails.
pub(super) fn run(program: &str, arguments: &Arguments) -> Result<()> {
    setup::ensure(Tier::Test)?;
    let postgres = system::postgres_programs().context("PostgreSQL is not installed")?;
    process::heading(program);
    let words = ["run", "--release", "--package", "issuance-service"];
    let mut command = process::cargo();
    command
        .args(words)
        .args(["--example", program, "--", PERSON])
        .env("CARD_TOOLCHAIN_POSTGRES", postgres);
    let numbers = if program == "growth" {
        arguments.people.clone()
    } else {
        arguments.applications.into_iter().collect()
    };
    command.args(numbers.iter().map(u64::to_string));
    process::run(&mut command)
}
