//! `verify`: is the document authentic, and whose is it?

use std::path::PathBuf;

use anyhow::Result;
use inspection::{AccessChoice, Config, Event, inspect};
use pki::TrustStore;
use transport::Clock;

use super::{Context, print, print_json};
use crate::args::{AccessArg, Verify};
use crate::exit::{Exit, Problem};
use crate::files::{self, Secrecy};
use crate::progress::Progress;
use crate::report::{self, Shown};
use crate::{input, reader};

/// Runs the verb.
pub fn run(args: &Verify, context: &mut Context) -> Result<Exit> {
    let trust = trust(&args.trust)?;
    let passwords = input::passwords(&args.passwords, context.asking)?;
    let mut channel = reader::open(&args.reader)?;
    let name = channel.reader().to_owned();
    let clock = std::cell::RefCell::new(Clock::monotonic());
    let config = Config {
        passwords: &passwords.passwords,
        access: access_choice(args.passwords.access),
        printed_mrz: passwords.printed.as_ref(),
        trust: &trust,
        now: context.now,
        extended_length: !args.reader.short,
        clock: &|| clock.borrow_mut().now(),
    };
    let (report, statistics) = reader::with_line(&mut channel, context.verbose, |line| {
        with_progress(!context.json(), |observe| {
            inspect(line, &config, &mut *context.rng, observe)
        })
    });
    let shown = Shown {
        report: &report,
        at: context.now,
        reader: &name,
        statistics: args.stats.then_some(statistics),
    };
    if let Some(path) = &args.html {
        files::write(path, report::page(&shown).as_bytes(), Secrecy::OwnerOnly)?;
    }
    if context.json() {
        print_json(&report::json(&shown))?;
    } else {
        print(report::text(&shown).trim_end())?;
    }
    Ok(report::exit_of(&report))
}

/// The trusted CSCA certificates of these files.
pub fn trust(paths: &[PathBuf]) -> Result<TrustStore> {
    let mut store = TrustStore::new();
    for path in paths {
        let name = path.display().to_string();
        store.add(&files::read(path)?, &name).map_err(|error| {
            Problem::usage(
                format!("{name}: {error}"),
                "a trusted certificate is that of a CSCA, in DER or PEM",
            )
        })?;
    }
    Ok(store)
}

/// The choice behind an argument.
pub const fn access_choice(argument: AccessArg) -> AccessChoice {
    match argument {
        AccessArg::Auto => AccessChoice::Automatic,
        AccessArg::Pace => AccessChoice::Pace,
        AccessArg::Bac => AccessChoice::Bac,
    }
}

/// Shows what an inspection is doing while it runs.
pub fn with_progress<T>(visible: bool, work: impl FnOnce(&mut dyn FnMut(Event<'_>)) -> T) -> T {
    let progress = Progress::new(visible);
    work(&mut |event| match event {
        Event::Started(kind) => progress.step(kind.title),
        Event::Reading { file, done, total } => {
            progress.step(format!("reading {}", file.name()));
            progress.at(done, total);
        }
        Event::Finished(_) => {}
    })
}
