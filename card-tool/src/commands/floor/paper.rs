//! `floor report`, `floor results`: what goes to the printer, and what goes to the service.

use anyhow::Result;
use floor::Event;
use floor::report::{Head, Language, Sheet};
use floor::results::{self, BatchResults};
use serde_json::json;

use super::done;
use crate::args::{FloorReport, FloorResults, LanguageArg};
use crate::commands::{Context, print, print_json};
use crate::exit::Exit;
use crate::files::{self, Secrecy};
use crate::floor_folder::FloorFolder;

/// `floor report`.
pub fn report(args: &FloorReport, context: &mut Context) -> Result<Exit> {
    let floor = FloorFolder::open(&args.folder)?;
    let language = match args.language {
        LanguageArg::Vi => Language::Vietnamese,
        LanguageArg::En => Language::English,
    };
    let (lines, link) = floor.head();
    let head = Head { lines, link: &link };
    let sheet = floor.with(|state| Sheet::of(state, head, context.now, language))?;
    let Some(path) = &args.html else {
        if context.json() {
            print_json(&json!({ "report": sheet.text(), "outcome": Exit::Done.word() }))?;
        } else {
            print(crate::printable::lines(&sheet.text()).trim_end())?;
        }
        return Ok(Exit::Done);
    };
    files::write(path, sheet.html().as_bytes(), Secrecy::OwnerOnly)?;
    let text = format!("{} is the report", path.display());
    done(context, false, &text, json!({ "page": path }))
}

/// `floor results`.
pub fn results(args: &FloorResults, context: &mut Context) -> Result<Exit> {
    let floor = FloorFolder::open(&args.folder)?;
    let batches = floor.with(results::of)?;
    if args.told {
        let jobs: Vec<uuid::Uuid> = batches.iter().flat_map(BatchResults::jobs).collect();
        if !jobs.is_empty() {
            floor.note_all(&[Event::Reported { jobs: jobs.clone() }], false)?;
        }
        let text = format!("{} cards are reported", jobs.len());
        return done(context, false, &text, json!({ "reported": jobs.len() }));
    }
    if context.json() {
        print_json(&json!({ "batches": batches, "outcome": Exit::Done.word() }))?;
        return Ok(Exit::Done);
    }
    for batch in &batches {
        print(&format!(
            "{}: {} to report of writing, {} of quality control",
            batch.batch,
            batch.writing.results.len(),
            batch.quality.results.len()
        ))?;
        for job in &batch.lock_receipt_lost {
            print(&format!(
                "  job {job}: locked, and the chip's receipt was lost"
            ))?;
        }
    }
    Ok(Exit::Done)
}
