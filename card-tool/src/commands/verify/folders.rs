//! `verify FOLDER…`: many documents that were read before, a line each as soon as it is done.
//!
//! Of a document whose line was written nothing is kept but its place in the count: ten thousand folders need no more memory than one.

use std::io::IsTerminal as _;
use std::path::Path;
use std::time::{Duration, Instant};

use anyhow::Result;
use inspection::{Outcome, Report};
use serde_json::{Map, Value, json};

use super::{Context, inspect_folder, log, note, print, trust_remarks};
use crate::args::Verify;
use crate::exit::Exit;
use crate::issuer::Issuer;
use crate::printable;
use crate::progress::Progress;
use crate::report::{self, Shown};
use crate::trust_folder::Loaded;

/// Columns of CSV.
const COLUMNS: [&str; 6] = ["folder", "result", "exit_code", "state", "why", "ms"];
/// How often it is said how far the work is, where no bar can be shown.
const TOLD_EVERY: Duration = Duration::from_secs(10);
/// What a folder is that holds no document.
const NO_DOCUMENT: &str = "not a document";

/// In which form the lines are.
#[derive(Clone, Copy)]
enum Form {
    Text,
    Csv,
    Json,
}

/// A folder, and what came of it.
struct Row<'a> {
    folder: &'a Path,
    judged: Result<Report>,
}

/// Runs the verb. The worst result decides how it ends.
pub fn run(
    args: &Verify,
    trusted: &Loaded,
    issuer: &Issuer,
    context: &mut Context,
) -> Result<Exit> {
    let form = match (context.json(), args.csv) {
        (true, _) => Form::Json,
        (false, true) => Form::Csv,
        (false, false) => Form::Text,
    };
    let mut log = log(args, context.now)?;
    let mut told = Told::new(args.folders.len());
    let mut count = Count::default();
    if let Form::Csv = form {
        print_csv(COLUMNS)?;
    }
    for folder in &args.folders {
        let judged = inspect_folder(folder, None, trusted, issuer, context);
        let row = Row {
            folder,
            judged: judged.map(|(report, _)| report),
        };
        row.print(form, context, trust_remarks(trusted))?;
        if let (Some(log), Ok(report)) = (&mut log, &row.judged) {
            log.add(report, uuid::Uuid::new_v4())?;
        }
        count.add(&row);
        told.one_more();
    }
    drop(told);
    log.map_or(Ok(()), report::Log::end)?;
    note(&count.words());
    Ok(count.worst)
}

/// What is left of the documents that are done.
struct Count {
    documents: usize,
    of_results: [usize; Outcome::ALL.len()],
    worst: Exit,
}

impl Default for Count {
    fn default() -> Self {
        Self {
            documents: 0,
            of_results: [0; Outcome::ALL.len()],
            worst: Exit::Done,
        }
    }
}

impl Count {
    fn add(&mut self, row: &Row<'_>) {
        self.documents += 1;
        if let Ok(report) = &row.judged {
            let overall = report.overall();
            let counted = Outcome::ALL.iter().zip(&mut self.of_results);
            counted
                .filter(|(outcome, _)| **outcome == overall)
                .for_each(|(_, count)| *count += 1);
        }
        self.worst = worse(self.worst, row.exit());
    }

    fn words(&self) -> String {
        let results = Outcome::ALL.iter().zip(self.of_results);
        let mut words: Vec<String> = results
            .filter(|(_, count)| *count > 0)
            .map(|(outcome, count)| format!("{count} {outcome}"))
            .collect();
        let none = self.documents - self.of_results.iter().sum::<usize>();
        if none > 0 {
            words.push(format!("{none} {NO_DOCUMENT}"));
        }
        format!("{} folders: {}", self.documents, words.join(", "))
    }
}

/// A document that is not in order decides, then a folder that is none, then what is open: none of the three hides a worse one.
const fn worse(one: Exit, other: Exit) -> Exit {
    const fn rank(exit: Exit) -> u8 {
        match exit {
            Exit::Done => 0,
            Exit::Undetermined => 1,
            Exit::No => 3,
            _ => 2,
        }
    }
    if rank(other) > rank(one) { other } else { one }
}

/// How far the work is, on standard error: a bar where somebody looks and the lines go elsewhere; a word now and then in a pipe.
struct Told {
    bar: Progress,
    is_pipe: bool,
    last: Instant,
    done: usize,
    all: usize,
}

impl Told {
    fn new(all: usize) -> Self {
        Self {
            bar: Progress::new(!std::io::stdout().is_terminal()),
            is_pipe: !std::io::stderr().is_terminal(),
            last: Instant::now(),
            done: 0,
            all,
        }
    }

    fn one_more(&mut self) {
        self.done += 1;
        let words = format!("{} of {} folders", self.done, self.all);
        if self.is_pipe && self.last.elapsed() >= TOLD_EVERY {
            self.last = Instant::now();
            note(&words);
        }
        self.bar.step(words);
        self.bar.at(self.done, self.all);
    }
}

impl Row<'_> {
    fn exit(&self) -> Exit {
        match &self.judged {
            Ok(report) => report::exit_of(report),
            Err(_) => Exit::Usage,
        }
    }

    fn print(&self, form: Form, context: &Context, more: Map<String, Value>) -> Result<()> {
        match form {
            Form::Text => print(&self.text()),
            Form::Csv => print_csv(self.cells().each_ref().map(String::as_str)),
            Form::Json => print(&printable::json(&self.json(context, more).to_string())),
        }
    }

    fn text(&self) -> String {
        let [folder, result, _, state, why, ms] = self.cells();
        let line = match why.as_str() {
            "" => format!("{result:<14} {state:<3} {ms:>8} ms  {folder}"),
            why => format!("{result:<14} {state:<3} {ms:>8} ms  {folder}  ({why})"),
        };
        printable::line(&line)
    }

    fn cells(&self) -> [String; 6] {
        let folder = self.folder.display().to_string();
        let code = (self.exit() as u8).to_string();
        match &self.judged {
            Ok(report) => [
                folder,
                report.overall().word().to_owned(),
                code,
                state(report),
                why(report),
                milliseconds(report.times().total()),
            ],
            Err(error) => [
                folder,
                NO_DOCUMENT.to_owned(),
                code,
                String::new(),
                format!("{error:#}"),
                String::new(),
            ],
        }
    }

    fn json(&self, context: &Context, more: Map<String, Value>) -> Value {
        let mut document = match &self.judged {
            Ok(report) => report::json(&Shown {
                report,
                at: context.now,
                reader: &self.folder.display().to_string(),
                statistics: None,
            }),
            Err(error) => json!({
                "reader": self.folder.display().to_string(),
                "error": format!("{error:#}"),
                "outcome": self.exit().word(),
                "exit_code": self.exit() as u8,
            }),
        };
        if let Some(object) = document.as_object_mut() {
            object.extend(more);
        }
        document
    }
}

/// The issuing state, and nothing of the holder.
fn state(report: &Report) -> String {
    let mrz = report.data.as_shown().mrz.as_ref();
    mrz.map(|mrz| mrz.issuing_state().to_owned())
        .unwrap_or_default()
}

/// What failed; without a failure, what is open.
fn why(report: &Report) -> String {
    let failed = |check: &&inspection::Check| check.finding.outcome == Outcome::Failed;
    let has_failed = report.obstacles().any(|check| failed(&check));
    let why = report
        .obstacles()
        .filter(|check| !has_failed || failed(check));
    let words: Vec<&str> = why.map(|check| check.kind.id).collect();
    words.join(" ")
}

fn milliseconds(time: Duration) -> String {
    format!("{:.1}", time.as_secs_f64() * 1000.0)
}

/// A line of CSV ends with both characters (RFC 4180 §2).
fn print_csv<'a>(cells: impl IntoIterator<Item = &'a str>) -> Result<()> {
    print(&format!("{}\r", report::csv_row(cells)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_worst_decides() {
        use Exit::{Done, No, Undetermined, Usage};
        for (exits, expected) in [
            (&[][..], Done),
            (&[Done, Undetermined], Undetermined),
            (&[Usage, Undetermined, Done], Usage),
            (&[No, Usage, Done], No),
        ] {
            let worst = exits.iter().copied().fold(Done, worse);
            assert_eq!(worst, expected, "{exits:?}");
        }
    }

    #[test]
    fn what_is_kept_of_a_document_is_a_number() {
        let mut count = Count::default();
        let kept = size_of::<Count>();
        for _ in 0..1000 {
            count.add(&Row {
                folder: Path::new("x"),
                judged: Err(anyhow::anyhow!("damaged")),
            });
        }
        // Numbers only: nothing in it points to something that grows.
        assert!(kept <= 64 && !std::mem::needs_drop::<Count>());
        assert_eq!(count.words(), "1000 folders: 1000 not a document");
        assert_eq!(count.worst, Exit::Usage);
    }
}
