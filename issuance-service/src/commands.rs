//! The verbs, one file each.

mod account;
mod administrator;
mod backup;
mod check_config;
mod completions;
mod delivered;
mod device;
mod doctor;
mod failover_drill;
mod init;
mod intake;
mod issue;
mod list;
mod serve;
mod show;
mod station;
mod stock;
mod void;

use std::sync::Arc;

use anyhow::{Context as _, Result};
use crypto::CryptoRng;
use issuance_service::api::start::Randomness;
use issuance_service::intake::IntakeFolder;
use issuance_service::{Config, IssuanceService, JobFolder};
use rand::SeedableRng as _;
use rand::rngs::{StdRng, SysRng};
use register::store::AnyStore;
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
pub type Service = IssuanceService<AnyStore>;

impl Context {
    /// The service of the configuration.
    pub async fn service(&self) -> Result<Service> {
        let config = Config::read(&self.config)?;
        let store = config.open_store().await?;
        Ok(Service::new(store, JobFolder::new(config.jobs)))
    }

    /// The same, where it also gives documents their places in the status lists: that takes the keys of the intake.
    pub async fn service_in_lists(&self) -> Result<Service> {
        let config = Config::read(&self.config)?;
        let vault = IntakeFolder::new(config.intake).vault(&config.serve.password()?)?;
        Ok(self.service().await?.with_vault(vault))
    }
}

/// Runs a verb.
pub fn run(cli: Cli) -> Result<Exit> {
    if let Some(Command::Serve(args)) = &cli.command
        && !cli.check_config
    {
        return serve(args, &cli);
    }
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
            Some(Command::Account(args)) => account::run(args, context).await,
            Some(Command::Administrator(args)) => administrator::run(args, context).await,
            Some(Command::Device(args)) => device::run(args, context).await,
            Some(Command::Doctor(args)) => doctor::run(&args, context).await,
            Some(Command::Stock(args)) => stock::run(&args, context).await,
            Some(Command::Backup(args)) => backup::backup(&args, context).await,
            Some(Command::Restore(args)) => backup::restore(&args, context).await,
            Some(Command::Restored(args)) => backup::restored(&args, context).await,
            Some(Command::FailoverDrill(args)) => failover_drill::run(&args, context).await,
            Some(Command::Completions { shell }) => completions::script(shell),
            Some(Command::Man { out }) => completions::pages(&out),
            // Served above, unless only the configuration was to be checked.
            Some(Command::Serve(_)) | None => {
                Err(Problem::usage("no command was given; see --help"))
            }
        }
    })
}

/// Serves on all cores, and listens to signals itself.
fn serve(args: &crate::args::Serve, cli: &Cli) -> Result<Exit> {
    let context = Context {
        config: cli.config.clone(),
        format: cli.output_format,
        now: OffsetDateTime::now_utc(),
    };
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()?;
    runtime.block_on(serve::run(args, &context))
}

/// A generator seeded by the operating system.
fn system_rng() -> Result<StdRng> {
    StdRng::try_from_rng(&mut SysRng).context("the operating system gives no randomness")
}

/// Generators for whoever needs one. The system's randomness was there at the start; where it went away nothing is to be signed.
fn randomness() -> Randomness {
    Arc::new(|| boxed_rng().unwrap_or_else(|_| std::process::abort()))
}

/// As [`system_rng`], for those who keep it.
fn boxed_rng() -> Result<Box<dyn CryptoRng + Send>> {
    Ok(Box::new(system_rng()?))
}
