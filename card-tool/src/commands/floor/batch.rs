//! A floor is opened; batches come in.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result};
use floor::{ChipSerial, Event, JobEntry, Person};
use lds::{Dg1, File, FileContent as _};
use perso::{CardImage, MAX_JOB_FILE};
use serde_json::json;
use uuid::Uuid;
use zeroize::Zeroizing;

use super::done;
use crate::args::{FloorOpen, FloorTake};
use crate::commands::Context;
use crate::exit::{Exit, Problem};
use crate::files;
use crate::floor_folder::{FloorFolder, JOB_ENDING};

/// `floor open`.
pub fn open(args: &FloorOpen, context: &mut Context) -> Result<Exit> {
    let by = Person::new(&args.by)?;
    let floor = FloorFolder::create(&args.folder)?;
    floor.note_all(&[Event::Opened { by }], false)?;
    let (_, link) = floor.head();
    let text = format!("{} is a floor", args.folder.display());
    done(
        context,
        false,
        &text,
        json!({ "floor": args.folder, "link": link }),
    )
}

/// A job file that was read.
struct Job {
    entry: JobEntry,
    text: Zeroizing<Vec<u8>>,
}

/// `floor take`.
pub fn take(args: &FloorTake, context: &mut Context) -> Result<Exit> {
    let by = Person::new(&args.by)?;
    let floor = FloorFolder::open_for(&args.folder, args.dry_run)?;
    let mut jobs = Vec::new();
    for path in job_files(&args.jobs)? {
        jobs.push(read(&path).with_context(|| path.display().to_string())?);
    }
    let before: BTreeSet<Uuid> = floor.with(|state| {
        let known = jobs.iter().map(|job| &job.entry);
        let taken = known.filter(|entry| {
            let card = state.card_of_job(entry.job);
            card.is_some_and(|card| card.chip == entry.chip)
        });
        taken.map(|entry| entry.job).collect()
    })?;
    // What was taken before is not taken again: the same command can be repeated after a crash.
    jobs.retain(|job| !before.contains(&job.entry.job));
    let batch = args.batch.unwrap_or_else(Uuid::now_v7);
    let taken = jobs.len();
    if taken > 0 {
        let event = Event::Taken {
            batch,
            remake: args.remake,
            jobs: jobs.iter().map(|job| job.entry.clone()).collect(),
            by,
        };
        // The files come first: a job that the journal knows can be written.
        floor.note_all(std::slice::from_ref(&event), true)?;
        if !args.dry_run {
            for job in &jobs {
                floor.keep(job.entry.job, &job.text)?;
            }
            floor.note_all(&[event], false)?;
        }
    }
    let text = format!(
        "batch {batch}: {taken} jobs{}, {} taken before",
        if args.remake { " of remakes" } else { "" },
        before.len()
    );
    let value = json!({ "batch": batch, "jobs": taken, "remake": args.remake, "taken_before": before.len() });
    done(context, args.dry_run, &text, value)
}

/// The files that were named, and those of folders that were.
fn job_files(paths: &[PathBuf]) -> Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    for path in paths {
        if !path.is_dir() {
            found.push(path.clone());
            continue;
        }
        let mut inside = Vec::new();
        for entry in std::fs::read_dir(path).with_context(|| path.display().to_string())? {
            let path = entry?.path();
            if path.to_string_lossy().ends_with(JOB_ENDING) {
                inside.push(path);
            }
        }
        // Names of jobs begin with their time.
        inside.sort();
        found.extend(inside);
    }
    if found.is_empty() {
        return Err(Problem::usage(
            "there is no job file",
            format!("their names end with {JOB_ENDING}"),
        ));
    }
    Ok(found)
}

fn read(path: &Path) -> Result<Job> {
    let text = Zeroizing::new(files::read_at_most(path, MAX_JOB_FILE)?);
    let image = CardImage::from_job_file(&text)?;
    Ok(Job {
        entry: JobEntry {
            job: image.job(),
            chip: ChipSerial::new(image.chip_serial())?,
            number: printed_number(&image)?,
        },
        text,
    })
}

/// The number that people read on the card is that of its machine readable zone.
fn printed_number(image: &CardImage) -> Result<String> {
    let zone = image.files().get(&File::Dg1);
    let zone = zone.ok_or_else(|| Problem::usage("the job has no EF.DG1", "is it a job file?"))?;
    Ok(Dg1::parse(zone)?.value.mrz().document_number())
}
