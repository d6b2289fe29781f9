//! `cargo xtask campaign`: a campaign of the tests in its long form, alone.

use std::{path::PathBuf, process::ExitCode};

use anyhow::{Context, Result};
use clap::{Args, Subcommand};

use crate::{
    process, rehearsal,
    setup::{self, Tier, system},
};

/// Which one.
#[derive(Args)]
pub(crate) struct Arguments {
    #[command(subcommand)]
    campaign: Campaign,
}

#[derive(Subcommand)]
enum Campaign {
    /// 300 people through the whole flow of the service, which is killed 600 times meanwhile, on SQLite and on PostgreSQL
    Kills,
    /// A batch of emulated cards from blank to locked by `card-tool floor`, which is killed again and again
    Floor(Floor),
}

#[derive(Args)]
struct Floor {
    /// How many cards
    #[arg(long, value_name = "COUNT", default_value_t = 10_000)]
    cards: usize,
    /// How often a program is killed
    #[arg(long, value_name = "COUNT", default_value_t = 1_000)]
    kills: usize,
    /// How many readers
    #[arg(long, value_name = "COUNT", default_value_t = 8, value_parser = clap::value_parser!(u8).range(1..=16))]
    readers: u8,
    /// What the kills are drawn from
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// A new folder in which everything is left to look at; without it, nothing is left
    #[arg(long, value_name = "FOLDER")]
    keep: Option<PathBuf>,
}

/// Runs it; what it counted is printed.
///
/// # Errors
/// A real part is missing, it does not build, or somebody or something was lost or doubled.
pub(crate) fn run(arguments: &Arguments) -> Result<ExitCode> {
    setup::ensure(Tier::Test)?;
    match &arguments.campaign {
        Campaign::Kills => kills(),
        Campaign::Floor(floor) => floor.run(),
    }
}

fn kills() -> Result<ExitCode> {
    let postgres = system::postgres_programs().context("PostgreSQL is not installed")?;
    process::run(
        process::cargo()
            .args(["test", "--package", "issuance-service", "--test", "office"])
            .args(["kills::killed", "--", "--include-ignored", "--nocapture"])
            .env("CARD_TOOLCHAIN_POSTGRES", postgres)
            .env("CARD_TOOLCHAIN_CAMPAIGN", "long"),
    )?;
    Ok(ExitCode::SUCCESS)
}

impl Floor {
    fn run(&self) -> Result<ExitCode> {
        let mut words = vec!["floor".to_owned()];
        for (option, value) in [
            ("--cards", self.cards.to_string()),
            ("--kills", self.kills.to_string()),
            ("--seed", self.seed.to_string()),
        ] {
            words.extend([option.to_owned(), value]);
        }
        let programs = rehearsal::build(rehearsal::Profile::Release, &["card-tool"])?;
        programs.run(
            self.readers.into(),
            &words,
            self.keep.as_deref(),
            |_| Ok(()),
        )
    }
}
