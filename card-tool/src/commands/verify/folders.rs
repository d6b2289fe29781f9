//! `verify FOLDER…`: many documents that were read before, a line each.

use std::fmt::Write as _;
use std::path::PathBuf;
use std::time::Duration;

use anyhow::Result;
use comfy_table::{ContentArrangement, Table};
use inspection::{Outcome, Report};
use serde_json::{Value, json};

use super::{Context, inspect_folder, print, print_json, trust_remarks, write_log};
use crate::args::Verify;
use crate::exit::Exit;
use crate::printable;
use crate::report::{self, Shown};
use crate::trust_folder::Loaded;

/// Columns of the table and of CSV.
const COLUMNS: [&str; 6] = ["folder", "result", "exit_code", "state", "why", "ms"];

/// A folder, and what came of it.
struct Row {
    folder: PathBuf,
    judged: Result<Report>,
}

/// Runs the verb. The worst result decides how it ends.
pub fn run(args: &Verify, trusted: &Loaded, context: &mut Context) -> Result<Exit> {
    let mut rows = Vec::with_capacity(args.folders.len());
    for folder in &args.folders {
        let judged = inspect_folder(folder, None, trusted, context);
        rows.push(Row {
            folder: folder.clone(),
            judged: judged.map(|(report, _)| report),
        });
    }
    let reports = rows.iter().filter_map(|row| row.judged.as_ref().ok());
    write_log(args, context.now, reports)?;
    if context.json() {
        let mut document = trust_remarks(trusted);
        let documents: Vec<Value> = rows.iter().map(|row| row.json(context)).collect();
        document.insert("documents".to_owned(), json!(documents));
        print_json(&Value::Object(document))?;
    } else if args.csv {
        print(csv(&rows).trim_end())?;
    } else {
        print(&table(&rows).to_string())?;
    }
    Ok(worst(rows.iter().map(Row::exit)))
}

/// A document that is not in order decides, then a folder that is none, then what is open: none of the three hides a worse one.
fn worst(exits: impl Iterator<Item = Exit>) -> Exit {
    let rank = |exit: &Exit| match exit {
        Exit::Done => 0,
        Exit::Undetermined => 1,
        Exit::No => 3,
        _ => 2,
    };
    exits.max_by_key(rank).unwrap_or(Exit::Done)
}

impl Row {
    fn exit(&self) -> Exit {
        match &self.judged {
            Ok(report) => report::exit_of(report),
            Err(_) => Exit::Usage,
        }
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
                "not a document".to_owned(),
                code,
                String::new(),
                format!("{error:#}"),
                String::new(),
            ],
        }
    }

    fn json(&self, context: &Context) -> Value {
        match &self.judged {
            Ok(report) => report::json(&Shown {
                report,
                at: context.now,
                reader: &self.folder.display().to_string(),
                statistics: None,
            }),
            Err(error) => json!({
                "reader": self.folder,
                "error": format!("{error:#}"),
                "outcome": self.exit().word(),
                "exit_code": self.exit() as u8,
            }),
        }
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

fn table(rows: &[Row]) -> Table {
    let mut table = Table::new();
    table.set_content_arrangement(ContentArrangement::Dynamic);
    table.set_header(COLUMNS);
    for row in rows {
        table.add_row(row.cells().map(|cell| printable::line(&cell)));
    }
    table
}

/// RFC 4180.
fn csv(rows: &[Row]) -> String {
    let mut out = format!("{}\r\n", COLUMNS.join(","));
    for row in rows {
        let cells = row.cells().map(|cell| quoted(&printable::line(&cell)));
        // Writing to a String cannot fail.
        let _ = write!(out, "{}\r\n", cells.join(","));
    }
    out
}

/// What a spreadsheet would take for a formula begins with an apostrophe, and is text: folders have names of strangers.
fn quoted(cell: &str) -> String {
    if cell.starts_with(['=', '+', '-', '@', '\t', '\r']) {
        return quoted(&format!("'{cell}"));
    }
    if cell.contains([',', '"', '\r', '\n']) {
        format!("\"{}\"", cell.replace('"', "\"\""))
    } else {
        cell.to_owned()
    }
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
            assert_eq!(worst(exits.iter().copied()), expected, "{exits:?}");
        }
    }

    #[test]
    fn cells_stay_cells() {
        for (cell, expected) in [
            ("plain", "plain"),
            ("a,b", "\"a,b\""),
            ("say \"no\"", "\"say \"\"no\"\"\""),
            ("=1+1", "'=1+1"),
            ("@SUM(A1,A2)", "\"'@SUM(A1,A2)\""),
            ("-1", "'-1"),
            ("a-1", "a-1"),
        ] {
            assert_eq!(quoted(cell), expected);
        }
    }
}
