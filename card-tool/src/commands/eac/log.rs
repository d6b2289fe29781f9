//! `eac log`: the journal is checked line by line and shown, and held against a hash that was noted elsewhere.

use std::path::Path;

use anyhow::Result;
use authorization_pki::{
    Event, Fingerprint, Identification, Journal, Line, Octets, certificate_row,
};
use protocols::terminal_authentication::{Certificate, Request};
use serde_json::json;
use time::format_description::well_known::Rfc3339;

use super::{describe, print, print_json};
use crate::commands::Context;
use crate::eac_folder;
use crate::exit::Exit;
use crate::printable;

/// Runs the verb.
pub fn run(folder: &Path, noted: Option<Fingerprint>, context: &Context) -> Result<Exit> {
    let entity = eac_folder::look(folder)?;
    let journal = entity.journal();
    let since = noted.map(|noted| journal.lines_since(noted));
    let exit = match since {
        Some(None) => Exit::No,
        None | Some(Some(_)) => Exit::Done,
    };
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
            "noted_line_is_here": since.map(|since| since.is_some()),
            "lines_since": since.flatten(),
            "outcome": exit.word(),
        }))?;
        return Ok(exit);
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
    print(&ending(journal, since))?;
    Ok(exit)
}

/// What is known of the end. The chain has no key: without a noted hash nobody sees that last lines are missing.
fn ending(journal: &Journal, since: Option<Option<usize>>) -> String {
    match since {
        None => {
            "whether lines behind it are gone only a hash shows that was noted elsewhere (--head)"
                .to_owned()
        }
        Some(Some(since)) => format!(
            "the noted line is line {}: nothing up to it was changed or taken away, and {since} came since",
            journal.lines().len().saturating_sub(since)
        ),
        Some(None) => {
            "THE NOTED LINE IS NOT HERE: the last lines were taken away, or this is another journal"
                .to_owned()
        }
    }
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
