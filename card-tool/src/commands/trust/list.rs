//! `trust list`: a line for each country, or for each certificate of one.

use std::collections::{BTreeMap, BTreeSet};

use anyhow::Result;
use comfy_table::Table;
use pki::trust_store::{ListTrust, Trust, TrustAnchor, TrustedDeviationList};
use pki::{Crl, Fingerprint, TrustStore};
use serde_json::{Value, json};
use time::OffsetDateTime;

use super::check::{self, Checked};
use super::holdings::{self, Removed};
use super::{anchor_json, country_of, key_of, new_table, summary, summary_json};
use crate::args::TrustList;
use crate::commands::{Context, note, print, print_json};
use crate::exit::{Exit, Problem};
use crate::printable;
use crate::trust_folder::{self, Loaded, Remark, TrustFolder};

/// Runs the verb.
pub fn run(args: &TrustList, context: &Context) -> Result<Exit> {
    let Loaded { trust, remarks } = trust_folder::load(&args.store, context.now)?;
    let folder = TrustFolder::open_if_store(&args.store)?;
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
    let removed = folder.as_ref().map(holdings::removed).transpose()?;
    let listing = Listing {
        crls: holdings::crls(&trust, wanted.as_deref()),
        deviation_lists: holdings::deviation_lists(&trust, wanted.as_deref()),
        removed: removed.unwrap_or_default(),
        stray: folder
            .as_ref()
            .map_or_else(|| Ok(BTreeSet::new()), TrustFolder::stray)?,
        trust: &trust,
        anchors,
        folder,
        remarks,
        checked,
        by_country: wanted.is_none(),
    };
    if context.json() {
        print_json(&listing.json(context.now))?;
    } else {
        listing.print(context.now)?;
    }
    Ok(Exit::Done)
}

/// Everything that is shown.
struct Listing<'a> {
    trust: &'a TrustStore,
    anchors: Vec<&'a TrustAnchor>,
    crls: Vec<&'a Crl>,
    deviation_lists: Vec<&'a TrustedDeviationList>,
    removed: Vec<Removed>,
    stray: BTreeSet<Fingerprint>,
    folder: Option<TrustFolder>,
    remarks: Vec<Remark>,
    checked: Option<Checked<'a>>,
    by_country: bool,
}

impl Listing<'_> {
    fn json(&self, now: OffsetDateTime) -> Value {
        let index = self.folder.as_ref();
        let index =
            index.map(|folder| json!({ "entries": folder.history().len(), "head": folder.head() }));
        json!({
            "certificates": self.anchors.iter().copied().map(anchor_json).collect::<Vec<_>>(),
            "revocation_lists": holdings::crls_json(&self.crls, now),
            "deviation_lists": holdings::deviation_lists_json(&self.deviation_lists),
            "removed": holdings::removed_json(&self.removed),
            "checks": self.checked.as_ref().map(Checked::json),
            "index": index,
            "not_in_index": self.stray.iter().map(ToString::to_string).collect::<Vec<_>>(),
            "remarks": self.remarks.iter().map(Remark::json).collect::<Vec<_>>(),
            "store": summary_json(self.trust),
        })
    }

    fn print(&self, now: OffsetDateTime) -> Result<()> {
        let table = if self.by_country {
            countries(&self.anchors, now)
        } else {
            certificates(&self.anchors)
        };
        print(&table.to_string())?;
        let lists = holdings::lists_text(&self.crls, &self.deviation_lists, now);
        let checks = self.checked.as_ref();
        let checks = checks.map_or_else(String::new, |checked| format!("\n{}", checked.text()));
        for text in [lists, checks, holdings::removed_text(&self.removed)] {
            if !text.is_empty() {
                print(text.trim_end())?;
            }
        }
        print(&format!("\n{}", summary(self.trust)))?;
        if let Some(folder) = &self.folder {
            let entries = folder.history().len();
            print(&format!("index: {entries} entries, head {}", folder.head()))?;
        }
        complain(self.trust);
        for remark in &self.remarks {
            note(&remark.to_string());
        }
        if !self.stray.is_empty() {
            note(&holdings::stray_text(&self.stray));
        }
        Ok(())
    }
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
