//! `eac log`: the journal is checked line by line and shown.

use std::path::Path;

use anyhow::Result;
use authorization_pki::{Event, Identification, Line, Octets, certificate_row};
use protocols::terminal_authentication::{Certificate, Request};
use serde_json::json;
use time::format_description::well_known::Rfc3339;

use super::{describe, print, print_json};
use crate::commands::Context;
use crate::eac_folder;
use crate::exit::Exit;
use crate::printable;

/// Runs the verb.
pub fn run(folder: &Path, context: &Context) -> Result<Exit> {
    let entity = eac_folder::look(folder)?;
    let journal = entity.journal();
    if context.json() {
        let lines: Vec<_> = journal
            .lines()
            .iter()
            .map(|line| json!({ "number": line.number, "at": moment(line), "event": said(&line.event) }))
            .collect();
        print_json(&json!({
            "kind": entity.state().settings().kind,
            "lines": lines,
            "head": journal.head(),
            "outcome": Exit::Done.word(),
        }))?;
        return Ok(Exit::Done);
    }
    for line in journal.lines() {
        let text = format!(
            "{:>4}  {}  {}",
            line.number,
            moment(line),
            said(&line.event)
        );
        print(&printable::line(&text))?;
    }
    print(&format!(
        "{} lines, each follows the one before and can have happened; the last is {}",
        journal.lines().len(),
        describe::spoken(journal.head())
    ))?;
    Ok(Exit::Done)
}

fn moment(line: &Line) -> String {
    line.at.format(&Rfc3339).unwrap_or_default()
}

fn said(event: &Event) -> String {
    match event {
        Event::Created { settings, .. } => format!(
            "created: {} {} {}",
            settings.kind, settings.country, settings.mnemonic
        ),
        Event::Planned {
            holder,
            place,
            algorithm,
        } => format!("named the key {holder}, {algorithm}, at {place}"),
        Event::Withdrawn { holder } => format!("gave up the key {holder}"),
        Event::SelfCertified { certificates } => {
            format!("certified itself: {}", holders(certificates))
        }
        Event::Requested { request } => {
            let request = Request::parse(request.as_bytes());
            let holder = request.map(|request| request.body().holder.to_string());
            format!("asked for a certificate of {}", holder.unwrap_or_default())
        }
        Event::Imported { certificates } => format!("took in: {}", holders(certificates)),
        Event::Answered {
            certificate,
            identification,
            ..
        } => format!(
            "certified: {}, known {}",
            holders(certificate),
            known(*identification)
        ),
    }
}

const fn known(identification: Identification) -> &'static str {
    match identification {
        Identification::Countersignature => "by its key before",
        Identification::Fingerprint => "by a fingerprint that was compared",
    }
}

fn holders(certificates: &Octets) -> String {
    let names = |certificate: &Certificate| {
        let body = certificate.body();
        format!(
            "{} ({}) until {}",
            body.holder,
            describe::kind(certificate),
            body.period.expiry()
        )
    };
    // Every line was read when the journal was.
    let all = certificate_row::read(certificates.as_bytes()).unwrap_or_default();
    all.iter().map(names).collect::<Vec<_>>().join("; ")
}
