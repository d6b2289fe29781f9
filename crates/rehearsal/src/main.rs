//! `rehearsal`: what `cargo xtask demo service`, `campaign floor` and `bench floor` run when everything is built and the readers are there.

use std::{
    env,
    path::PathBuf,
    process::ExitCode,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
};

use anyhow::{Context as _, Result};
use clap::{Parser, Subcommand};
use rehearsal::{
    Plan, Store,
    floor::{FloorPlan, rehearse_floor},
    rehearse,
};

/// Rehearses what many people do with many cards.
#[derive(Parser)]
struct Words {
    /// What is rehearsed.
    #[command(subcommand)]
    what: What,
    /// A new folder in which everything is left to look at.
    #[arg(long, value_name = "FOLDER", global = true)]
    keep: Option<PathBuf>,
    /// Where `card-tool` and `issuance-service` are; without it, beside this program.
    #[arg(long, value_name = "FOLDER", global = true)]
    programs: Option<PathBuf>,
}

#[derive(Subcommand)]
enum What {
    /// Takes synthetic people from packet to verified card.
    Service {
        /// How many people come.
        #[arg(long, default_value_t = 200)]
        people: usize,
        /// What the register is kept in.
        #[arg(long, value_enum, default_value_t)]
        store: Store,
        /// Leave everything up afterwards, to be looked at in a browser
        #[arg(long)]
        stay: bool,
    },
    /// Makes locked cards of blank chips on a floor, while programs are killed.
    Floor {
        /// How many cards are made.
        #[arg(long, default_value_t = 24)]
        cards: usize,
        /// How often a program is killed.
        #[arg(long, default_value_t = 0)]
        kills: usize,
        /// What the kills are drawn from.
        #[arg(long, default_value_t = 1)]
        seed: u64,
        /// The line of the chips, such as 848k; without it they are as fast as they can.
        #[arg(long)]
        timing: Option<String>,
    },
}

/// As a shell says that Ctrl-C has ended a program.
const INTERRUPTED: u8 = 130;

fn main() -> ExitCode {
    let stop = Arc::new(AtomicBool::new(false));
    match run(&stop) {
        Ok(table) => {
            println!("{table}");
            ExitCode::SUCCESS
        }
        Err(error) => {
            eprintln!("error: {error:#}");
            if stop.load(Ordering::Relaxed) {
                return ExitCode::from(INTERRUPTED);
            }
            ExitCode::FAILURE
        }
    }
}

fn run(stop: &Arc<AtomicBool>) -> Result<String> {
    let words = Words::parse();
    let pressed = Arc::clone(stop);
    ctrlc::set_handler(move || {
        // The second time nobody waits for order; the guards end what runs.
        if pressed.swap(true, Ordering::Relaxed) {
            std::process::exit(INTERRUPTED.into());
        }
        eprintln!("ending; once more to end at once");
    })?;
    let programs = match words.programs {
        Some(folder) => folder,
        None => env::current_exe()?
            .parent()
            .context("no folder")?
            .to_owned(),
    };
    match words.what {
        What::Service {
            people,
            store,
            stay,
        } => rehearse(
            &Plan {
                people,
                store,
                keep: words.keep,
                stay,
                programs: &programs,
            },
            stop,
        ),
        What::Floor {
            cards,
            kills,
            seed,
            timing,
        } => rehearse_floor(
            &FloorPlan {
                cards,
                kills,
                seed,
                timing,
                keep: words.keep,
                programs: &programs,
            },
            stop,
        ),
    }
}
