//! The verbs, one file each.

mod check_config;
mod delivered;
mod init;
mod intake;
mod issue;
mod list;
mod show;
mod station;
mod void;

use std::sync::Arc;

use anyhow::{Context as _, Result};
use crypto::CryptoRng;
use issuance_service::store::SqliteStore;
use issuance_service::{Config, IssuanceService, JobFolder};
use rand::SeedableRng as _;
use rand::rngs::{StdRng, SysRng};
use time::OffsetDateTime;

use crate::args::{Cli, Command, OutputFormat};
use crate::exit::{Exit, Problem};

/// What every verb gets: the configuration, how to speak, and the time.
pub struct Context {
    /// Where the configuration is.
    pub config: std::path::PathBuf,
    /// Form of the output.
    pub format: OutputFormat,
    /// The time of the run.
    pub now: OffsetDateTime,
}

/// The service of a run.
pub type Service = IssuanceService<SqliteStore>;

impl Context {
    /// The service of the configuration.
    pub async fn service(&self) -> Result<Service> {
        let config = Config::read(&self.config)?;
        let store = SqliteStore::open(&config.store)
            .await
            .map_err(issuance_service::Error::from)
            .with_context(|| config.store.display().to_string())?;
        Ok(Service::new(Arc::new(store), JobFolder::new(config.jobs)))
    }
}

/// Runs a verb.
pub fn run(cli: Cli) -> Result<Exit> {
    // What is on the disk is complete at every moment: an interrupted run needs no farewell.
    ctrlc::set_handler(|| {
        eprintln!("interrupted; the same call again goes on with what was begun");
        std::process::exit(Exit::Interrupted as i32);
    })?;
    let context = Context {
        config: cli.config,
        format: cli.output_format,
        now: OffsetDateTime::now_utc(),
    };
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    runtime.block_on(async {
        let context = &context;
        if cli.check_config {
            return check_config::run(context).await;
        }
        match cli.command {
            Some(Command::Init(args)) => init::run(&args, context).await,
            Some(Command::Issue(args)) => issue::run(args, context).await,
            Some(Command::Delivered(args)) => delivered::run(args, context).await,
            Some(Command::Void(args)) => void::run(args, context).await,
            Some(Command::List(args)) => list::run(&args, context).await,
            Some(Command::Show(args)) => show::run(&args, context).await,
            Some(Command::Station(args)) => station::run(args, context).await,
            Some(Command::Intake(args)) => intake::run(args, context).await,
            None => Err(Problem::usage("no command was given; see --help")),
        }
    })
}

/// A generator seeded by the operating system.
fn system_rng() -> Result<StdRng> {
    StdRng::try_from_rng(&mut SysRng).context("the operating system gives no randomness")
}

/// As [`system_rng`], for those who keep it.
fn boxed_rng() -> Result<Box<dyn CryptoRng + Send>> {
    Ok(Box::new(system_rng()?))
}
