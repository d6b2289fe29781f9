//! `station seal`: people from folders become packets.

use anyhow::Result;
use enrolment::packet::Role;
use issuance_service::station::{PersonKey, Sealed, Station, StationError};
use issuance_service::{Error, record_folder};
use serde_json::{Value, json};

use super::password;
use crate::args::Seal;
use crate::commands::{Context, system_rng};
use crate::exit::{self, Exit};
use crate::report;

/// Runs the verb: a bad folder does not stop the others.
pub fn run(args: &Seal, station: &Station, context: &Context) -> Result<Exit> {
    if !station.settings().seal_unmeasured {
        return Err(Error::from(StationError::Unmeasured).into());
    }
    let password = password(args.operator_password_file.as_deref())?;
    station.admit()?;
    let operator = station.person(Role::Operator, &args.operator, &password)?;
    let mut rows = Vec::new();
    let mut worst = Exit::Done;
    for folder in &args.folders {
        match one(folder, station, &operator, context) {
            Ok(sealed) => rows.push(json!({
                "folder": folder,
                "packet": sealed.id(),
                "sha256": sealed.digest(),
                "sealed": if matches!(sealed, Sealed::Now(_)) { "now" } else { "before" },
            })),
            Err(error) => {
                let error = error.context(folder.display().to_string());
                worst = exit::mention(&error);
                rows.push(json!({ "folder": folder, "error": format!("{error:#}") }));
            }
        }
    }
    report::print(
        context.format,
        || json!({ "people": rows }),
        || rows.iter().map(line).collect(),
    )?;
    Ok(worst)
}

fn one(
    folder: &std::path::Path,
    station: &Station,
    operator: &PersonKey,
    context: &Context,
) -> Result<Sealed> {
    let (record, profile, source) = record_folder::collected(folder, context.now)?;
    let person = station.person_of(&record, &profile, source.as_octets());
    let sealed = station.seal(&person, operator, None, context.now, &mut system_rng()?);
    sealed.map_err(|error: Error| error.into())
}

fn line(row: &Value) -> String {
    let text = |key: &str| row.get(key).and_then(Value::as_str).unwrap_or_default();
    match row.get("error") {
        Some(_) => format!("{}: not sealed\n", text("folder")),
        None => format!(
            "{}: packet {} sealed {}\n",
            text("folder"),
            text("packet"),
            text("sealed")
        ),
    }
}
