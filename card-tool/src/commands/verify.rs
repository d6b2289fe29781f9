//! `verify`: is the document authentic, and whose is it?

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use anyhow::Result;
use inspection::{AccessChoice, Config, Event, Report, inspect, inspect_files};
use lds::File;
use pki::TrustStore;
use pki::trust_store::ObjectKind;
use transport::{Clock, Statistics};

use super::{Context, print, print_json};
use crate::args::{AccessArg, Verify};
use crate::exit::{Exit, Problem};
use crate::files::{self, Secrecy};
use crate::progress::Progress;
use crate::report::{self, Shown};
use crate::{input, reader, trust_folder};

/// Runs the verb.
pub fn run(args: &Verify, context: &mut Context) -> Result<Exit> {
    let trust = trust(args)?;
    match &args.files {
        Some(folder) => {
            let report = of_files(folder, args, &trust, context)?;
            show(args, context, &report, &folder.display().to_string(), None)
        }
        None => of_card(args, &trust, context),
    }
}

fn of_card(args: &Verify, trust: &TrustStore, context: &mut Context) -> Result<Exit> {
    let passwords = input::passwords(&args.passwords, context.asking)?;
    let mut channel = reader::open(&args.reader)?;
    let name = channel.reader().to_owned();
    let clock = std::cell::RefCell::new(Clock::monotonic());
    let config = Config {
        passwords: &passwords.passwords,
        access: access_choice(args.passwords.access),
        printed_mrz: passwords.printed.as_ref(),
        trust,
        now: context.now,
        extended_length: !args.reader.short,
        clock: &|| clock.borrow_mut().now(),
    };
    let (report, statistics) = reader::with_line(&mut channel, context.verbose, |line| {
        with_progress(!context.json(), |observe| {
            inspect(line, &config, &mut *context.rng, observe)
        })
    });
    show(
        args,
        context,
        &report,
        &name,
        args.stats.then_some(statistics),
    )
}

/// The part that needs no chip.
fn of_files(
    folder: &Path,
    args: &Verify,
    trust: &TrustStore,
    context: &mut Context,
) -> Result<Report> {
    let printed = match &args.passwords.mrz_file {
        Some(_) => input::passwords(&args.passwords, context.asking)?.printed,
        None => None,
    };
    let clock = std::cell::RefCell::new(Clock::monotonic());
    let config = Config {
        passwords: &[],
        access: AccessChoice::Automatic,
        printed_mrz: printed.as_ref(),
        trust,
        now: context.now,
        extended_length: false,
        clock: &|| clock.borrow_mut().now(),
    };
    let files = files_of(folder)?;
    Ok(inspect_files(
        files,
        &config,
        &mut *context.rng,
        &mut |_| {},
    ))
}

fn show(
    args: &Verify,
    context: &Context,
    report: &Report,
    reader: &str,
    statistics: Option<Statistics>,
) -> Result<Exit> {
    let shown = Shown {
        report,
        at: context.now,
        reader,
        statistics,
    };
    if let Some(path) = &args.html {
        files::write(path, report::page(&shown).as_bytes(), Secrecy::OwnerOnly)?;
    }
    if context.json() {
        print_json(&report::json(&shown))?;
    } else {
        print(report::text(&shown).trim_end())?;
    }
    Ok(report::exit_of(report))
}

/// Everything that is trusted, and the lists that it vouches for.
fn trust(args: &Verify) -> Result<TrustStore> {
    let crls = args.crl.iter().map(|path| (path, ObjectKind::Crl));
    let deviation_lists = args.deviation_list.iter();
    let deviation_lists = deviation_lists.map(|path| (path, ObjectKind::DeviationList));
    let lists: Vec<(PathBuf, ObjectKind)> = crls
        .chain(deviation_lists)
        .map(|(path, kind)| (path.clone(), kind))
        .collect();
    trust_folder::load_with_lists(&args.trust, &lists)
}

/// The files of a folder: by their names, as `read` writes them, else by the tag they begin with.
fn files_of(folder: &Path) -> Result<BTreeMap<File, Vec<u8>>> {
    let mut found: BTreeMap<File, (PathBuf, Vec<u8>)> = BTreeMap::new();
    for (path, content) in trust_folder::read_all(folder)? {
        let Some(file) = file_of(&path, &content) else {
            continue;
        };
        if let Some((other, _)) = found.insert(file, (path.clone(), content)) {
            return Err(Problem::usage(
                format!(
                    "{} is there twice: {} and {}",
                    file.name(),
                    other.display(),
                    path.display()
                ),
                "keep the files of one document in one folder",
            ));
        }
    }
    if !found.contains_key(&File::Sod) {
        return Err(Problem::usage(
            format!("{} holds no EF.SOD", folder.display()),
            "name the folder that `card-tool read` has written",
        ));
    }
    Ok(found
        .into_iter()
        .map(|(file, (_, content))| (file, content))
        .collect())
}

fn file_of(path: &Path, content: &[u8]) -> Option<File> {
    let word = path.file_stem()?.to_str()?;
    File::from_word(word).or_else(|| {
        let tag = iso7816::tlv::read(content).ok()?.0.tag;
        let hashed = (1..=16).filter_map(File::dg);
        hashed
            .chain([File::Sod, File::Com])
            .find(|file| file.tag() == Some(tag))
    })
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
