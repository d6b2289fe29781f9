//! `floor report`, `floor results`: what goes to the printer, and what goes to the service.

use std::path::Path;

use anyhow::Result;
use floor::report::{Head, Language, Sheet};
use floor::results::{self, BatchResults};
use floor::{Event, Mark, Person};
use serde::Deserialize;
use serde_json::{Value, json};

use super::done;
use crate::args::{FloorReport, FloorResults, LanguageArg};
use crate::commands::{Context, print, print_json};
use crate::exit::{Exit, Problem};
use crate::files::{self, Secrecy};
use crate::floor_folder::FloorFolder;

/// Longest file of results: some hundred thousand cards.
const MAX_RESULTS: usize = 64 << 20;

/// `floor report`.
pub fn report(args: &FloorReport, context: &mut Context) -> Result<Exit> {
    let floor = FloorFolder::look(&args.folder)?;
    let language = match args.language {
        LanguageArg::Vi => Language::Vietnamese,
        LanguageArg::En => Language::English,
    };
    let sheet = floor.with_mark(|state, mark| {
        let head = Head {
            lines: mark.line,
            link: &mark.link,
        };
        Sheet::of(state, head, context.now, language)
    })?;
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
    if let (Some(printed), Some(by)) = (&args.told, &args.by) {
        return told(args, printed, by, context);
    }
    let floor = FloorFolder::look(&args.folder)?;
    let (batches, mark) = floor.with_mark(|state, mark| (results::of(state), mark.clone()))?;
    if context.json() {
        print_json(&json!({ "journal": mark, "batches": batches, "outcome": Exit::Done.word() }))?;
        return Ok(Exit::Done);
    }
    for batch in &batches {
        print_batch(batch)?;
    }
    print(&format!("when the service knows: --told {mark}"))?;
    Ok(Exit::Done)
}

fn print_batch(batch: &BatchResults) -> Result<()> {
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
    for card in &batch.no_longer_good {
        print(&format!(
            "  job {}: told as good before, and there is no good card: {}",
            card.job,
            card.reason.word()
        ))?;
    }
    Ok(())
}

/// Writes down that the service knows what was printed, and nothing that has happened since.
fn told(args: &FloorResults, printed: &str, by: &str, context: &Context) -> Result<Exit> {
    let by = Person::new(by)?;
    let printed = Printed::read(printed)?;
    let floor = FloorFolder::open_for(&args.folder, args.dry_run)?;
    let then = floor.at(&printed.mark)?;
    let batches = results::of(&then);
    if let Some(of_file) = &printed.batches
        && *of_file != serde_json::to_value(&batches)?
    {
        return Err(Problem::of(
            Exit::No,
            "the file is not what was printed at this line of the journal",
            "take the file as `card-tool floor results` has printed it",
        ));
    }
    let jobs = results::told(&then);
    // A line has room for so many.
    for told in jobs.chunks(floor::MAX_JOBS) {
        let event = Event::Reported {
            jobs: Vec::new(),
            told: told.to_vec(),
            by: Some(by.clone()),
        };
        floor.note_all(&[event], args.dry_run)?;
    }
    let left = floor.with(|state| results::told(state).len())?;
    let text = format!("{} cards are reported, {left} have news", jobs.len());
    done(
        context,
        args.dry_run,
        &text,
        json!({ "reported": jobs.len(), "news": left }),
    )
}

/// What `floor results` has printed: the place in the journal, and, in its JSON, the news themselves.
#[derive(Deserialize)]
struct Printed {
    #[serde(rename = "journal")]
    mark: Mark,
    batches: Option<Value>,
}

impl Printed {
    /// LINE:LINK, or the file.
    fn read(word: &str) -> Result<Self> {
        if let Ok(mark) = word.parse() {
            return Ok(Self {
                mark,
                batches: None,
            });
        }
        let text = files::read_at_most(Path::new(word), MAX_RESULTS)?;
        let no_results = || {
            Problem::usage(
                format!("{word} is not what `card-tool floor results` prints"),
                "name the file with its JSON, or LINE:LINK",
            )
        };
        let printed: Option<Self> = serde_json::from_slice(&text).ok();
        printed
            .filter(|printed| printed.batches.is_some())
            .ok_or_else(no_results)
    }
}
