//! `pki csca log`: the journal is checked line by line, and its records are shown or written as a page to print.

use std::path::Path;

use anyhow::Result;
use ceremony::Root;
use ceremony::record::{Direction, Record};
use serde_json::json;

use super::{csca_dismiss, print, print_json};
use crate::commands::{Context, note};
use crate::exit::Exit;
use crate::files::Secrecy;
use crate::pki_folder;
use crate::pki_folder::root::{RootFolder, is_unwritable};
use crate::pki_folder::unfinished::Unfinished;
use crate::printable;

const STYLE: &str = "body{font:11pt/1.4 serif;margin:0}pre{font:9.5pt/1.35 monospace;white-space:pre-wrap;\
page-break-after:always;break-after:page;margin:1.5cm}@page{size:A4}";

/// Runs the verb.
pub fn run(path: &Path, html: Option<&Path>, context: &Context) -> Result<Exit> {
    let (folder, root) = RootFolder::open_to_look(path)?;
    publish(&folder, &root)?;
    let unfinished = folder.unfinished(Some(&root))?;
    if let Some(out) = html {
        pki_folder::write_out(out, page(&root).as_bytes(), Secrecy::Open)?;
    }
    if context.json() {
        print_json(&summary(&root, &unfinished))?;
        return Ok(Exit::Done);
    }
    for (line, digest) in root.journal().lines() {
        print(&printable::lines(&line.record.page(digest)))?;
    }
    let state = root.journal().state();
    print(&format!(
        "{} records, each follows the one before{}",
        root.journal().lines().len(),
        signatures(&root)
    ))?;
    for key in unfinished.all() {
        print(&format!(
            "A ceremony broke off and left the key {}, which is in no certificate: `card-tool pki csca destroy --unfinished`.",
            printable::line(&key)
        ))?;
    }
    let name = printable::line(&state.settings().common_name);
    if root.refuse_destroyed().is_err() {
        return print(&format!(
            "{name}: DESTROYED, its keys are gone; {} answers, {} revoked.",
            state.answers().count(),
            state.revoked().len()
        ))
        .map(|()| Exit::Done);
    }
    print(&format!(
        "{name}: {} answers, {} revoked, next CRL {}, {} registrars.",
        state.answers().count(),
        state.revoked().len(),
        state.next_crl_number(),
        state.registrars().len()
    ))?;
    Ok(Exit::Done)
}

/// Writes what an interrupted ceremony could not write any more. Where nothing can be written there is nothing to finish.
fn publish(folder: &RootFolder, root: &Root) -> Result<()> {
    let published = if folder.is_writable() {
        folder.publish(root)
    } else {
        Ok(())
    };
    match published {
        Err(error) if !is_unwritable(&error) => Err(error),
        Ok(()) if folder.is_writable() => Ok(()),
        _ => {
            note("Nothing can be written here: the journal is only read.");
            Ok(())
        }
    }
}

/// Which records the CSCA has signed: all but the one behind which no key was left.
fn signatures(root: &Root) -> String {
    let unsigned: Vec<String> = root
        .journal()
        .lines()
        .iter()
        .filter(|(line, _)| !line.is_signed())
        .map(|(line, _)| line.record.number.to_string())
        .collect();
    if unsigned.is_empty() {
        return " and is signed by the CSCA.".to_owned();
    }
    format!(
        " and is signed by the CSCA, but for record {}, which NO KEY HAS SIGNED: believe its printed page with both signatures.",
        unsigned.join(", ")
    )
}

fn summary(root: &Root, unfinished: &Unfinished) -> serde_json::Value {
    let records: Vec<_> = root
        .journal()
        .lines()
        .iter()
        .map(|(line, digest)| {
            let mut record = record_json(&line.record, &digest.to_string());
            if let Some(fields) = record.as_object_mut() {
                fields.insert("signed".to_owned(), json!(line.is_signed()));
            }
            record
        })
        .collect();
    let state = root.journal().state();
    let generations: Vec<_> = state
        .generations()
        .map(|generation| {
            json!({
                "number": generation.number,
                "algorithm": generation.algorithm,
                "key": generation.key,
                "certificate": generation.certificate.digest(),
                "destroyed": state.is_destroyed(generation.number) && !state.is_lost(generation.number),
                "lost": state.is_lost(generation.number),
            })
        })
        .collect();
    json!({
        "csca": state.settings().common_name,
        "destroyed": root.refuse_destroyed().is_err(),
        "generations": generations,
        "registrars": state.registrars().iter().map(|registrar| &registrar.name).collect::<Vec<_>>(),
        "registrar_keys": state.registrars().iter().map(csca_dismiss::shown).collect::<Vec<_>>(),
        "answers": state.answers().count(),
        "revoked": state.revoked().keys().collect::<Vec<_>>(),
        "next_crl": state.next_crl_number(),
        "unfinished_keys": unfinished.all(),
        "records": records,
        "outcome": Exit::Done.word(),
    })
}

fn record_json(record: &Record, digest: &str) -> serde_json::Value {
    let objects: Vec<_> = record
        .objects
        .iter()
        .map(|object| {
            let direction = match object.direction {
                Direction::In => "in",
                Direction::Out => "out",
            };
            json!({ "direction": direction, "what": object.what, "sha256": object.sha256 })
        })
        .collect();
    json!({
        "number": record.number,
        "sha256": digest,
        "previous": record.previous,
        "at": record.moment(),
        "act": record.act.word(),
        "persons": record.persons.both().iter().map(|person| json!({
            "name": person.name(),
            "role": person.role().word(),
        })).collect::<Vec<_>>(),
        "facts": record.facts.iter().map(|fact| json!([fact.what, fact.says])).collect::<Vec<_>>(),
        "objects": objects,
    })
}

fn page(root: &Root) -> String {
    let title = "Biên bản nghi thức khóa CSCA / Records of CSCA key ceremonies";
    let mut page = format!(
        "<!doctype html>\n<html lang=\"vi\"><head><meta charset=\"utf-8\"><title>{title}</title><style>{STYLE}</style></head><body>\n"
    );
    for (line, digest) in root.journal().lines() {
        page.push_str("<pre>");
        page.push_str(&escape(&printable::lines(&line.record.page(digest))));
        page.push_str("</pre>\n");
    }
    page.push_str("</body></html>\n");
    page
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
}
