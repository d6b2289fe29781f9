//! `station enrol`: folders become packets.

use std::path::Path;
use std::time::{Duration, Instant};

use anyhow::Result;
use comfy_table::{Table, presets};
use enrolment::packet::Role;
use issuance_service::station::{Bulk, Officers, Outcome, PersonKey, Station, gathered};
use serde_json::{Value, json};
use time::OffsetDateTime;

use crate::args::StationEnrol;
use crate::commands::{Context, system_rng};
use crate::exit::{Exit, printable};
use crate::progress::Progress;
use crate::{report, secret};

/// What a folder came to.
struct Row {
    folder: String,
    outcome: core::result::Result<Outcome, String>,
}

impl Row {
    const fn is_sealed(&self) -> bool {
        matches!(self.outcome, Ok(Outcome::Sealed { .. }))
    }

    fn word(&self) -> &'static str {
        match &self.outcome {
            Ok(Outcome::Sealed { is_new: true, .. }) => "sealed",
            Ok(Outcome::Sealed { .. }) => "sealed before",
            Ok(Outcome::Refused(_)) => "refused",
            Err(_) => "unreadable",
        }
    }

    fn words(&self) -> String {
        match &self.outcome {
            Ok(Outcome::Sealed {
                packet, released, ..
            }) if released.is_empty() => packet.to_string(),
            Ok(Outcome::Sealed {
                packet, released, ..
            }) => {
                format!("{packet}, released: {}", released.join(", "))
            }
            Ok(Outcome::Refused(found)) => {
                let lines = gathered(found);
                let lines = lines
                    .iter()
                    .map(|found| format!("{}: {}", found.what, found.en));
                lines.collect::<Vec<_>>().join("\n")
            }
            Err(words) => words.clone(),
        }
    }

    fn json(&self) -> Value {
        let mut row = json!({ "folder": self.folder, "outcome": self.word() });
        let more = match &self.outcome {
            Ok(Outcome::Sealed {
                packet,
                released,
                warnings,
                ..
            }) => {
                json!({ "packet": packet, "released": released, "warnings": warnings })
            }
            Ok(Outcome::Refused(found)) => json!({ "findings": found }),
            Err(words) => json!({ "error": words }),
        };
        if let (Value::Object(row), Value::Object(more)) = (&mut row, more) {
            row.extend(more);
        }
        row
    }
}

/// Runs the verb.
pub fn run(args: &StationEnrol, station: &Station, context: &Context) -> Result<Exit> {
    let operator = person(
        station,
        Role::Operator,
        &args.operator,
        args.secret_file.as_deref(),
    )?;
    let secret_file = args.supervisor_secret_file.as_deref();
    let supervisor = match &args.supervisor {
        Some(name) => Some(person(station, Role::Supervisor, name, secret_file)?),
        None => None,
    };
    let supervisor = supervisor.as_ref().zip(args.release.as_deref());
    let officers = Officers {
        operator: &operator,
        supervisor,
    };
    let folders = Bulk::folders(&args.folders)?;
    let mut bulk = Bulk::new(station)?;
    let mut progress = Progress::new(folders.len());
    let rng = &mut system_rng()?;
    let start = Instant::now();
    let mut rows = Vec::with_capacity(folders.len());
    for folder in &folders {
        let outcome = bulk.enrol(folder, &officers, OffsetDateTime::now_utc(), rng);
        let row = Row {
            folder: shown(folder),
            outcome: outcome
                .map_err(|error| printable(&format!("{:#}", anyhow::Error::from(error)))),
        };
        progress.step(&format!("{}: {}", row.folder, row.word()));
        rows.push(row);
    }
    drop(progress);
    let took = start.elapsed();
    report::print(
        context.format,
        || summary_json(&rows, took),
        || summary(&rows, took),
    )?;
    let all_sealed = !rows.is_empty() && rows.iter().all(Row::is_sealed);
    Ok(if all_sealed { Exit::Done } else { Exit::No })
}

fn person(
    station: &Station,
    role: Role,
    name: &str,
    secret_file: Option<&Path>,
) -> Result<PersonKey> {
    let secret = secret::read(secret_file, &format!("secret of {name}"), false)?;
    Ok(station.person(role, name, &secret)?)
}

fn shown(folder: &Path) -> String {
    printable(&folder.display().to_string())
}

fn counts(rows: &[Row]) -> (usize, usize) {
    let sealed = rows.iter().filter(|row| row.is_sealed()).count();
    (sealed, rows.len() - sealed)
}

fn summary_json(rows: &[Row], took: Duration) -> Value {
    let (sealed, refused) = counts(rows);
    json!({
        "sealed": sealed,
        "refused": refused,
        "seconds": took.as_secs_f64(),
        "folders": rows.iter().map(Row::json).collect::<Vec<_>>(),
    })
}

fn summary(rows: &[Row], took: Duration) -> String {
    let mut table = Table::new();
    table.load_style(presets::NOTHING);
    table.set_header(["folder", "outcome", ""]);
    for row in rows {
        table.add_row([row.folder.clone(), row.word().to_owned(), row.words()]);
    }
    let (sealed, refused) = counts(rows);
    let seconds = took.as_secs_f64();
    format!(
        "{}\n{sealed} sealed, {refused} refused, in {seconds:.1} s",
        table.trim_fmt()
    )
}
