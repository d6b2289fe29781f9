//! What a store holds beside certificates: revocation lists and deviation lists, each with the fingerprint by which it can be
//! removed; and what was removed.

use std::collections::{BTreeMap, BTreeSet};

use anyhow::Result;
use pki::trust_store::TrustedDeviationList;
use pki::{Crl, Fingerprint, TrustStore};
use serde_json::{Value, json};
use time::OffsetDateTime;

use super::new_table;
use crate::printable;
use crate::trust_folder::{Act, TrustFolder, fingerprint};

/// The revocation lists; of one country, if it is named.
pub fn crls<'a>(trust: &'a TrustStore, country: Option<&str>) -> Vec<&'a Crl> {
    let of_country = |crl: &&Crl| is_of(crl.issuer().country(), country);
    trust.crls().filter(of_country).collect()
}

/// The deviation lists; of one country, if it is named.
pub fn deviation_lists<'a>(
    trust: &'a TrustStore,
    country: Option<&str>,
) -> Vec<&'a TrustedDeviationList> {
    let of_country =
        |list: &&TrustedDeviationList| is_of(list.origin().country.as_deref(), country);
    trust.deviation_lists().filter(of_country).collect()
}

fn is_of(country: Option<&str>, wanted: Option<&str>) -> bool {
    wanted.is_none_or(|wanted| country.is_some_and(|country| country.eq_ignore_ascii_case(wanted)))
}

/// Both kinds of list in a table; nothing without any.
pub fn lists_text(
    crls: &[&Crl],
    deviation_lists: &[&TrustedDeviationList],
    now: OffsetDateTime,
) -> String {
    if crls.is_empty() && deviation_lists.is_empty() {
        return String::new();
    }
    let mut table = new_table(&["SHA-256", "Kind", "Issuer", "Of", "Says"]);
    for crl in crls {
        table.add_row([
            Fingerprint::of(crl.as_der()).short(),
            "revocation list".to_owned(),
            printable::line(&crl.issuer().to_string()),
            crl.this_update().date().to_string(),
            format!("{} revoked{}", crl.entries().len(), age(crl, now)),
        ]);
    }
    for list in deviation_lists {
        let origin = list.origin();
        let signed = origin.signing_time.map(|time| time.date().to_string());
        table.add_row([
            origin.sha256.short(),
            "deviation list".to_owned(),
            printable::line(origin.signer.as_deref().unwrap_or("–")),
            signed.unwrap_or_else(|| "–".to_owned()),
            format!("{} deviations", list.list().entries().len()),
        ]);
    }
    format!("\n{table}")
}

/// What the dates of a revocation list mean today; empty for one that is good.
pub fn age(crl: &Crl, now: OffsetDateTime) -> &'static str {
    if now < crl.this_update() {
        ", dated in the future"
    } else if crl.is_outdated(now) {
        ", out of date"
    } else {
        ""
    }
}

/// The revocation lists for programs.
pub fn crls_json(crls: &[&Crl], now: OffsetDateTime) -> Vec<Value> {
    let one = |crl: &&Crl| {
        json!({
            "sha256": Fingerprint::of(crl.as_der()).to_string(),
            "issuer": crl.issuer().to_string(),
            "number": crl.number().map(hex::encode_upper),
            "this_update": crl.this_update().date().to_string(),
            "next_update": crl.next_update().map(|time| time.date().to_string()),
            "of_the_future": now < crl.this_update(),
            "out_of_date": crl.is_outdated(now),
            "revoked": crl.entries().len(),
            "deviations": crl.deviations().iter().map(ToString::to_string).collect::<Vec<_>>(),
        })
    };
    crls.iter().map(one).collect()
}

/// The deviation lists for programs.
pub fn deviation_lists_json(lists: &[&TrustedDeviationList]) -> Vec<Value> {
    let one = |list: &&TrustedDeviationList| {
        let origin = list.origin();
        json!({
            "sha256": origin.sha256.to_string(),
            "signer": origin.signer,
            "country": origin.country,
            "signed": origin.signing_time.map(|time| time.date().to_string()),
            "trust": origin.to_string(),
            "deviations": origin.deviations.iter().map(ToString::to_string).collect::<Vec<_>>(),
        })
    };
    lists.iter().map(one).collect()
}

/// What was removed and not trusted again since.
pub struct Removed {
    sha256: Fingerprint,
    at: OffsetDateTime,
    reason: String,
    /// Subject of the certificate, or name of the file, as far as the store still knows.
    name: Option<String>,
}

/// Everything that is removed, oldest first.
pub fn removed(folder: &TrustFolder) -> Result<Vec<Removed>> {
    let withdrawn = folder.withdrawn()?;
    if withdrawn.is_empty() {
        return Ok(Vec::new());
    }
    // As it would be with everything that was removed.
    let mut whole = TrustStore::new();
    folder.load_into(&mut whole, &withdrawn)?;
    let mut files: BTreeMap<Fingerprint, &str> = BTreeMap::new();
    let mut last: BTreeMap<Fingerprint, (OffsetDateTime, &str)> = BTreeMap::new();
    for event in folder.history() {
        match &event.act {
            Act::Added { file, name, .. } => {
                files.insert(fingerprint(file)?, name);
            }
            Act::Withdrawn {
                fingerprint: text,
                reason,
                ..
            } => {
                last.insert(fingerprint(text)?, (event.at, reason));
            }
            Act::Begun | Act::Restored { .. } => {}
        }
    }
    let name = |sha256: &Fingerprint| {
        let subject = whole
            .anchor(sha256)
            .map(|anchor| anchor.certificate().subject().to_string());
        subject.or_else(|| files.get(sha256).map(|name| (*name).to_owned()))
    };
    let mut removed: Vec<Removed> = last
        .into_iter()
        .filter(|(sha256, _)| withdrawn.contains(sha256))
        .map(|(sha256, (at, reason))| Removed {
            sha256,
            at,
            reason: reason.to_owned(),
            name: name(&sha256),
        })
        .collect();
    removed.sort_by_key(|one| one.at);
    Ok(removed)
}

/// For people. The fingerprints are whole: with them something can be trusted again.
pub fn removed_text(removed: &[Removed]) -> String {
    let line = |one: &Removed| {
        let name = one.name.as_deref().unwrap_or("not in the store any more");
        let text = format!(
            "removed {}: {} {name}: {}",
            one.at.date(),
            one.sha256,
            one.reason
        );
        format!("{}\n", printable::line(&text))
    };
    removed.iter().map(line).collect()
}

/// For programs.
pub fn removed_json(removed: &[Removed]) -> Vec<Value> {
    let one = |one: &Removed| {
        json!({
            "sha256": one.sha256.to_string(),
            "removed": one.at.date().to_string(),
            "reason": one.reason,
            "name": one.name,
        })
    };
    removed.iter().map(one).collect()
}

/// Objects that lie in the store's folder and are not in its index: left by an interrupted run, or all that remains of what a
/// shortened index said.
pub fn stray_text(stray: &BTreeSet<Fingerprint>) -> String {
    if stray.is_empty() {
        return String::new();
    }
    format!(
        "warning: {} in the folder that the index does not name: left by an interrupted `trust add`, or the index was cut off; compare its head",
        super::counted(stray.len(), "file")
    )
}
