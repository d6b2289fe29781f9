//! `verify`: is the document authentic, and whose is it?

mod at_counter;
mod document_folder;
mod folders;
mod holder_pin;

use std::path::{Path, PathBuf};

use anyhow::Result;
use inspection::{AccessChoice, Config, Event, Report, inspect, inspect_files};
use mrz::Mrz;
use pki::trust_store::ObjectKind;
use serde_json::{Map, Value, json};
use time::OffsetDateTime;
use transport::Clock;
use uuid::Uuid;

pub use self::at_counter::{Readers, exit_of};
use self::document_folder::DocumentFolder;
pub use self::holder_pin::look_first;
use super::{Context, note, print, print_json};
use crate::args::{AccessArg, TerminalArgs, TrustArgs, Verify};
use crate::eac_folder::{KeySecret, OpenTerminal};
use crate::exit::Exit;
use crate::files::{self, Secrecy};
use crate::issuer::Issuer;
use crate::progress::Progress;
use crate::report::{self, Shown};
use crate::trust_folder::{self, Loaded, Remark};
use crate::{input, reader};

/// Runs the verb.
pub fn run(args: &Verify, context: &mut Context) -> Result<Exit> {
    let trust = trusted(&args.trust)?;
    // Nothing is read for a page or a log that cannot be written.
    for place in [&args.html, &args.log_xml].into_iter().flatten() {
        files::check_place(place)?;
    }
    let issuer = Issuer::open(&args.issuer)?;
    if args.counter.repeat {
        return at_counter::run(args, &trust, &issuer, context);
    }
    if !args.folders.is_empty() {
        return folders::run(args, &trust, &issuer, context);
    }
    match &args.files {
        Some(folder) => of_files(folder, args, &trust, &issuer, context),
        None => of_card(args, &trust, &issuer, context),
    }
}

fn of_card(
    args: &Verify,
    trusted: &Loaded,
    issuer: &Issuer,
    context: &mut Context,
) -> Result<Exit> {
    let passwords = input::passwords(&args.passwords, context.asking)?;
    let terminal = terminal(&args.terminal, context)?;
    let mut channel = reader::open(&args.reader)?;
    let name = channel.reader().to_owned();
    look_first(&mut channel, &passwords.passwords)?;
    let clock = std::cell::RefCell::new(Clock::monotonic());
    let config = Config {
        passwords: &passwords.passwords,
        access: access_choice(args.passwords.access),
        printed_mrz: passwords.printed.as_ref(),
        terminal: terminal.as_ref().map(OpenTerminal::terminal),
        trust: &trusted.trust,
        now: context.now,
        extended_length: !args.reader.short,
        clock: &|| clock.borrow_mut().now(),
    };
    let (mut report, statistics) = reader::with_line(&mut channel, context.verbose, |line| {
        with_progress(!context.json(), |observe| {
            inspect(line, &config, &mut *context.rng, observe)
        })
    });
    drop(channel);
    issuer.ask(&mut report, context.now, &mut |_| {});
    let shown = Shown {
        report: &report,
        at: context.now,
        reader: &name,
        statistics: args.stats.then_some(statistics),
    };
    show(args, context, &shown, trust_remarks(trusted))
}

/// The part that needs no chip.
fn of_files(
    folder: &Path,
    args: &Verify,
    trusted: &Loaded,
    issuer: &Issuer,
    context: &mut Context,
) -> Result<Exit> {
    let printed = match &args.passwords.mrz_file {
        Some(_) => input::passwords(&args.passwords, context.asking)?.printed,
        None => None,
    };
    let (report, found) = inspect_folder(folder, printed.as_ref(), trusted, issuer, context)?;
    let passed_over = names(&found.passed_over);
    let not_judged = report.not_judged();
    let not_judged = names(not_judged.iter().filter_map(|file| found.places.get(file)));
    if !context.json() {
        tell("passed over, for it is no file of a chip", &passed_over);
        tell("judged by no check", &not_judged);
    }
    let shown = Shown {
        report: &report,
        at: context.now,
        reader: &folder.display().to_string(),
        statistics: None,
    };
    let mut more = trust_remarks(trusted);
    more.extend([
        (
            "not_judged".to_owned(),
            json!([&not_judged[..], &passed_over].concat()),
        ),
        ("passed_over".to_owned(), json!(passed_over)),
    ]);
    show(args, context, &shown, more)
}

/// Inspects the files of a folder; and which files those are.
fn inspect_folder(
    folder: &Path,
    printed: Option<&Mrz>,
    trusted: &Loaded,
    issuer: &Issuer,
    context: &mut Context,
) -> Result<(Report, DocumentFolder)> {
    let clock = std::cell::RefCell::new(Clock::monotonic());
    let config = Config {
        passwords: &[],
        access: AccessChoice::Automatic,
        printed_mrz: printed,
        terminal: None,
        trust: &trusted.trust,
        now: context.now,
        extended_length: false,
        clock: &|| clock.borrow_mut().now(),
    };
    let mut found = DocumentFolder::read(folder)?;
    let files = std::mem::take(&mut found.files);
    let mut report = inspect_files(files, &config, &mut *context.rng, &mut |_| {});
    issuer.ask(&mut report, context.now, &mut |_| {});
    Ok((report, found))
}

/// The log, if one was asked for.
fn log(args: &Verify, at: OffsetDateTime) -> Result<Option<report::Log>> {
    let begin = |path: &PathBuf| report::Log::begin(path, at);
    args.log_xml.as_ref().map(begin).transpose()
}

/// What is to be said of the places that trust comes from; people read it on standard error.
fn trust_remarks(trusted: &Loaded) -> Map<String, Value> {
    let remarks = trusted.remarks.iter().map(Remark::json);
    Map::from_iter([("trust_remarks".to_owned(), remarks.collect())])
}

fn names<'a>(paths: impl IntoIterator<Item = &'a PathBuf>) -> Vec<String> {
    let names = paths.into_iter().map(|path| path.display().to_string());
    names.collect()
}

fn tell(what: &str, names: &[String]) {
    if !names.is_empty() {
        note(&format!("{what}: {}", names.join(", ")));
    }
}

/// Shows a report in every form that was asked for; `more` is what programs learn besides.
fn show(
    args: &Verify,
    context: &Context,
    shown: &Shown<'_>,
    more: Map<String, Value>,
) -> Result<Exit> {
    if let Some(path) = &args.html {
        files::write(path, report::page(shown).as_bytes(), Secrecy::OwnerOnly)?;
    }
    if let Some(mut log) = log(args, context.now)? {
        log.add(shown.report, Uuid::new_v4())?;
        log.end()?;
    }
    if context.json() {
        let mut document = report::json(shown);
        if let Some(object) = document.as_object_mut() {
            object.extend(more);
        }
        print_json(&document)?;
    } else {
        print(report::text(shown).trim_end())?;
    }
    Ok(report::exit_of(shown.report))
}

/// Everything that is trusted, and the lists that it vouches for.
pub fn trusted(args: &TrustArgs) -> Result<Loaded> {
    let crls = args.crl.iter().map(|path| (path, ObjectKind::Crl));
    let deviation_lists = args.deviation_list.iter();
    let deviation_lists = deviation_lists.map(|path| (path, ObjectKind::DeviationList));
    let lists: Vec<(PathBuf, ObjectKind)> = crls
        .chain(deviation_lists)
        .map(|(path, kind)| (path.clone(), kind))
        .collect();
    trust_folder::load_with_lists(&args.trust, &lists)
}

/// The inspection system whose certificates are shown, if one was named.
pub fn terminal(args: &TerminalArgs, context: &mut Context) -> Result<Option<OpenTerminal>> {
    let Some(folder) = &args.eac else {
        return Ok(None);
    };
    let secret = KeySecret {
        file: args.secret.eac_secret_file.as_deref(),
        asking: context.asking,
        new: false,
    };
    OpenTerminal::open(folder, &secret, context.now, &mut *context.rng).map(Some)
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
        Event::Read(_) | Event::Finished(_) => {}
    })
}
