//! `rehearsal`: what `cargo xtask demo service` runs when everything is built and the readers are there.

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
use clap::Parser;
use rehearsal::{Plan, Store, rehearse};

/// Takes synthetic people from packet to verified card.
#[derive(Parser)]
struct Words {
    /// How many people come.
    #[arg(long, default_value_t = 200)]
    people: usize,
    /// What the register is kept in.
    #[arg(long, value_enum, default_value_t)]
    store: Store,
    /// A new folder in which everything is left to look at.
    #[arg(long, value_name = "FOLDER")]
    keep: Option<PathBuf>,
    /// Leave everything up afterwards, to be looked at in a browser
    #[arg(long)]
    stay: bool,
    /// Where `card-tool` and `issuance-service` are; without it, beside this program.
    #[arg(long, value_name = "FOLDER")]
    programs: Option<PathBuf>,
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
    let plan = Plan {
        people: words.people,
        store: words.store,
        keep: words.keep,
        stay: words.stay,
        programs: &programs,
    };
    rehearse(&plan, stop)
}
