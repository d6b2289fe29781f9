//! `trust list`: a line for each country, or for each certificate of one.

use std::collections::{BTreeMap, BTreeSet};

use anyhow::Result;
use comfy_table::Table;
use pki::TrustStore;
use pki::trust_store::{ListTrust, Trust, TrustAnchor};
use serde_json::json;
use time::OffsetDateTime;

use super::{anchor_json, check, country_of, key_of, new_table, summary, summary_json};
use crate::args::TrustList;
use crate::commands::{Context, note, print, print_json};
use crate::exit::{Exit, Problem};
use crate::{printable, trust_folder};

/// Runs the verb.
pub fn run(args: &TrustList, context: &Context) -> Result<Exit> {
    let trust = trust_folder::load(&args.store)?;
    let wanted = args
        .country
        .as_ref()
        .map(|country| country.to_ascii_uppercase());
    let anchors: Vec<&TrustAnchor> = trust
        .anchors()
        .iter()
        .filter(|anchor| {
            wanted
                .as_ref()
                .is_none_or(|country| country_of(anchor.certificate()) == *country)
        })
        .collect();
    if let Some(country) = wanted.as_ref().filter(|_| anchors.is_empty()) {
        return Err(Problem::of(
            Exit::No,
            format!("no CSCA certificate of {country} in the store"),
            "`card-tool trust list` shows the countries",
        ));
    }
    let checked = args
        .check
        .then(|| check::of(&trust, anchors.iter().copied()));
    if context.json() {
        print_json(&json!({
            "certificates": anchors.iter().copied().map(anchor_json).collect::<Vec<_>>(),
            "checks": checked.map(|checked| checked.json()),
            "store": summary_json(&trust),
        }))?;
        return Ok(Exit::Done);
    }
    let table = match &wanted {
        Some(_) => certificates(&anchors),
        None => countries(&anchors, context.now),
    };
    print(&table.to_string())?;
    if let Some(checked) = checked {
        print(&format!("\n{}", checked.text().trim_end()))?;
    }
    print(&format!("\n{}", summary(&trust)))?;
    complain(&trust);
    Ok(Exit::Done)
}

/// What is kept out is said wherever the store is looked at.
fn complain(trust: &TrustStore) {
    for kept in trust.kept_out() {
        note(&format!(
            "kept out: {}, {}: {}",
            kept.source(),
            kept.kind(),
            kept.reason()
        ));
    }
}

fn countries(anchors: &[&TrustAnchor], now: OffsetDateTime) -> Table {
    let mut by_country: BTreeMap<String, Vec<&TrustAnchor>> = BTreeMap::new();
    for anchor in anchors {
        by_country
            .entry(country_of(anchor.certificate()))
            .or_default()
            .push(anchor);
    }
    let mut table = new_table(&[
        "Country",
        "Certificates",
        "Keys",
        "Expired",
        "Kinds of key",
        "Valid",
        "Trusted by",
    ]);
    for (country, anchors) in by_country {
        let certificates = || anchors.iter().map(|anchor| anchor.certificate());
        let generations: BTreeSet<&[u8]> = certificates()
            .map(pki::Certificate::subject_public_key_info)
            .collect();
        let kinds: BTreeSet<String> = certificates().map(key_of).collect();
        let reasons: BTreeSet<String> = anchors.iter().flat_map(|anchor| reasons(anchor)).collect();
        let first = certificates()
            .map(|certificate| certificate.validity().not_before)
            .min();
        let last = certificates()
            .map(|certificate| certificate.validity().not_after)
            .max();
        let year = |moment: Option<OffsetDateTime>| moment.map_or(0, OffsetDateTime::year);
        let expired = certificates()
            .filter(|certificate| certificate.validity().not_after < now)
            .count();
        table.add_row([
            country,
            anchors.len().to_string(),
            generations.len().to_string(),
            expired.to_string(),
            join(kinds),
            format!("{}–{}", year(first), year(last)),
            join(reasons),
        ]);
    }
    table
}

fn certificates(anchors: &[&TrustAnchor]) -> Table {
    let mut table = new_table(&["SHA-256", "Kind", "Subject", "Key", "Valid", "Trusted by"]);
    for anchor in anchors {
        let certificate = anchor.certificate();
        table.add_row([
            anchor.fingerprint().short(),
            if certificate.is_self_issued() {
                "root"
            } else {
                "link"
            }
            .to_owned(),
            printable::line(&certificate.subject().to_string()),
            key_of(certificate),
            certificate.validity().to_string(),
            join(reasons(anchor)),
        ]);
    }
    table
}

fn join(texts: impl IntoIterator<Item = String>) -> String {
    let texts: Vec<String> = texts.into_iter().collect();
    printable::line(&texts.join(", "))
}

/// Why a certificate is trusted, in few words and each once.
fn reasons(anchor: &TrustAnchor) -> BTreeSet<String> {
    let word = |trust: &Trust| match trust {
        Trust::OutOfBand(_) => "out of band".to_owned(),
        Trust::Link { .. } => "link".to_owned(),
        Trust::MasterList(list) => {
            let country = list.country.as_deref().unwrap_or("nobody");
            let how = match list.trust {
                ListTrust::Chain { .. } => "list of",
                _ => "list, out of band, of",
            };
            format!("{how} {country}")
        }
        _ => "another reason".to_owned(),
    };
    anchor
        .provenance()
        .iter()
        .map(|reason| word(&reason.trust))
        .collect()
}
