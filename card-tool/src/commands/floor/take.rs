//! Batches come in: one job file in memory at a time, each looked at before any is taken.
//!
//! A file that is damaged is named, and the rest is taken: one bad record never holds up the others, and the batch can be completed later
//! under its name.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use anyhow::Result;
use floor::{Event, JobEntry, Person, Source, Stage, State, intake};
use perso::MAX_JOB_FILE;
use perso::batch_file::{BatchJob, BatchManifest, MAX_BATCH_FILE};
use serde_json::json;
use uuid::Uuid;
use zeroize::Zeroizing;

use super::batch::{job_files_of, job_path};
use crate::args::FloorTake;
use crate::commands::{Context, note, print, print_json};
use crate::exit::{Exit, Problem};
use crate::files;
use crate::floor_folder::{BATCH_FILE, FloorFolder, JOB_ENDING};

/// What is to be taken: files, and what vouches for them.
struct Incoming {
    batch: Uuid,
    remake: bool,
    source: Source,
    files: Vec<(PathBuf, Option<BatchJob>)>,
}

/// What was found in the files.
#[derive(Default)]
struct Found {
    good: Vec<(PathBuf, JobEntry)>,
    before: usize,
    damaged: Vec<(PathBuf, String)>,
}

/// `floor take`.
pub fn take(args: &FloorTake, context: &mut Context) -> Result<Exit> {
    let by = Person::new(&args.by)?;
    let floor = FloorFolder::open(&args.folder)?;
    let incoming = incoming(args, &floor, context)?;
    take_in(&floor, &incoming, &by, args.dry_run, context)
}

fn incoming(args: &FloorTake, floor: &FloorFolder, context: &Context) -> Result<Incoming> {
    let is_signed = |path: &&PathBuf| path.join(BATCH_FILE).is_file();
    if let Some(folder) = args.jobs.iter().find(is_signed) {
        if args.jobs.len() > 1 || args.unsigned || args.remake || args.batch.is_some() {
            return Err(Problem::usage(
                format!("{} is a signed batch", folder.display()),
                "take it alone: its file says which batch it is, and whether it is one of remakes",
            ));
        }
        return signed(folder, floor, context);
    }
    if !args.unsigned {
        return Err(Problem::of(
            Exit::Policy,
            format!("nobody has signed these jobs: no {BATCH_FILE} is beside them"),
            "have them signed (`card-tool floor sign`), or take them with --unsigned; the journal says so",
        ));
    }
    let mut files = Vec::new();
    for path in &args.jobs {
        match path.is_dir() {
            true => files.extend(job_files_of(path)?),
            false => files.push(path.clone()),
        }
    }
    if files.is_empty() {
        return Err(Problem::usage(
            "there is no job file",
            format!("their names end with {JOB_ENDING}"),
        ));
    }
    Ok(Incoming {
        batch: args.batch.unwrap_or_else(Uuid::now_v7),
        remake: args.remake,
        source: Source::Unsigned,
        files: files.into_iter().map(|path| (path, None)).collect(),
    })
}

fn signed(folder: &Path, floor: &FloorFolder, context: &Context) -> Result<Incoming> {
    let text = files::read_at_most(&folder.join(BATCH_FILE), MAX_BATCH_FILE)?;
    let signers = floor.with(|state| state.signers().to_vec())?;
    let (manifest, signer) =
        BatchManifest::verify(&text, &signers, context.now).map_err(floor::Error::from)?;
    let jobs = manifest.jobs.into_iter();
    Ok(Incoming {
        batch: manifest.batch,
        remake: manifest.remake,
        source: Source::Signed {
            signer: signer.id().to_owned(),
            sha256: intake::digest(&text),
        },
        files: jobs
            .map(|job| (job_path(folder, job.job), Some(job)))
            .collect(),
    })
}

fn take_in(
    floor: &FloorFolder,
    incoming: &Incoming,
    by: &Person,
    dry_run: bool,
    context: &Context,
) -> Result<Exit> {
    let found = look(floor, &incoming.files)?;
    let taken = found.good.len();
    if taken > 0 {
        let event = Event::Taken {
            batch: incoming.batch,
            remake: incoming.remake,
            jobs: found.good.iter().map(|(_, entry)| entry.clone()).collect(),
            source: Some(incoming.source.clone()),
            by: by.clone(),
        };
        floor.note_all(std::slice::from_ref(&event), true)?;
        if !dry_run {
            // The files come first: a job that the journal knows can be written.
            for (path, entry) in &found.good {
                let text = Zeroizing::new(files::read_at_most(path, MAX_JOB_FILE)?);
                if entry.sha256.as_deref() != Some(&intake::digest(&text)) {
                    return Err(Problem::of(
                        Exit::Policy,
                        format!("{} was changed while it was taken", path.display()),
                        "find out who writes there, and start again: nothing was taken",
                    ));
                }
                floor.keep(entry.job, &text)?;
            }
            floor.note_all(&[event], false)?;
        }
    }
    tell(incoming, &found, dry_run, context)
}

/// Looks at each file. The same command can be repeated after a crash: what was taken before is not taken again.
fn look(floor: &FloorFolder, files: &[(PathBuf, Option<BatchJob>)]) -> Result<Found> {
    let mut found = Found::default();
    let (mut jobs, mut chips) = (BTreeSet::new(), BTreeSet::new());
    for (path, signed) in files {
        let entry = match read(path, signed.as_ref()) {
            Ok(entry) => entry,
            Err(error) => {
                found.damaged.push((path.clone(), format!("{error:#}")));
                continue;
            }
        };
        match floor.with(|state| place(state, &entry))? {
            Place::Before => found.before += 1,
            Place::Refused(why) => found.damaged.push((path.clone(), why)),
            Place::Free if !jobs.insert(entry.job) || !chips.insert(entry.chip.clone()) => {
                let why = format!("the job {} or its chip is there twice", entry.job);
                found.damaged.push((path.clone(), why));
            }
            Place::Free => found.good.push((path.clone(), entry)),
        }
    }
    Ok(found)
}

/// Whether a job can be taken.
enum Place {
    /// Nobody has the job or its chip.
    Free,
    /// It was taken before, as it is.
    Before,
    /// It cannot be taken, and why.
    Refused(String),
}

fn place(state: &State, entry: &JobEntry) -> Place {
    if let Some(card) = state.card_of_job(entry.job) {
        let taken = card.assignment.as_ref();
        let sha256 = taken.and_then(|taken| taken.sha256.as_ref());
        return if card.chip != entry.chip {
            Place::Refused(format!("the job {} was taken for another chip", entry.job))
        } else if sha256.is_some() && sha256 != entry.sha256.as_ref() {
            Place::Refused("the job was taken before with another content".to_owned())
        } else {
            Place::Before
        };
    }
    match state.card(&entry.chip) {
        Some(card) if card.stage != Stage::Stock => {
            Place::Refused(format!("its chip {} is {}", card.chip, card.stage))
        }
        _ => Place::Free,
    }
}

fn read(path: &Path, signed: Option<&BatchJob>) -> Result<JobEntry> {
    let text = Zeroizing::new(files::read_at_most(path, MAX_JOB_FILE)?);
    Ok(match signed {
        Some(signed) => intake::signed_entry(&text, signed)?,
        None => intake::entry(&text)?,
    })
}

fn tell(incoming: &Incoming, found: &Found, dry_run: bool, context: &Context) -> Result<Exit> {
    let exit = match found.damaged.is_empty() {
        true => Exit::Done,
        false => Exit::No,
    };
    let (taken, before) = (found.good.len(), found.before);
    if context.json() {
        let damaged = found.damaged.iter();
        let damaged: Vec<_> = damaged
            .map(|(path, why)| json!({ "file": path, "why": why }))
            .collect();
        print_json(&json!({
            "batch": incoming.batch, "jobs": taken, "remake": incoming.remake, "taken_before": before, "damaged": damaged,
            "source": incoming.source, "dry_run": dry_run, "outcome": exit.word(),
        }))?;
        return Ok(exit);
    }
    print(&format!(
        "batch {}: {taken} jobs{}{}, {before} taken before",
        incoming.batch,
        if incoming.remake { " of remakes" } else { "" },
        match incoming.source {
            Source::Unsigned => ", signed by nobody",
            _ => "",
        },
    ))?;
    for (path, why) in &found.damaged {
        note(&crate::printable::line(&format!(
            "not taken: {}: {why}",
            path.display()
        )));
    }
    if !found.damaged.is_empty() {
        note("the others were taken; with sound files the same command completes the batch");
    }
    if dry_run {
        super::dry(context);
    }
    Ok(exit)
}
