//! `cargo xtask campaign`: a campaign of the tests in its long form, alone.

use anyhow::{Context, Result};
use clap::{Args, ValueEnum};

use crate::{
    process,
    setup::{self, Tier, system},
};

/// Which one.
#[derive(Args)]
pub(crate) struct Arguments {
    /// The campaign
    #[arg(value_enum)]
    campaign: Campaign,
}

#[derive(Clone, Copy, ValueEnum)]
enum Campaign {
    /// 300 people through the whole flow of the service, which is killed 600 times meanwhile, on SQLite and on PostgreSQL
    Kills,
}

/// Runs it; what it counted is printed for each store.
///
/// # Errors
/// There is no PostgreSQL, it does not build, or somebody was lost or doubled.
pub(crate) fn run(arguments: &Arguments) -> Result<()> {
    setup::ensure(Tier::Test)?;
    let postgres = system::postgres_programs().context("PostgreSQL is not installed")?;
    let Campaign::Kills = arguments.campaign;
    process::run(
        process::cargo()
            .args(["test", "--package", "issuance-service", "--test", "office"])
            .args(["kills::killed", "--", "--include-ignored", "--nocapture"])
            .env("CARD_TOOLCHAIN_POSTGRES", postgres)
            .env("CARD_TOOLCHAIN_CAMPAIGN", "long"),
    )
}
