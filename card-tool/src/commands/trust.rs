//! `trust`: what is trusted, where it came from and why.

mod add;
mod changes;
mod check;
mod holdings;
mod list;
mod list_remarks;
mod newcomers;
mod receipts;
mod refusal;
mod remove;
mod show;

use std::io::IsTerminal as _;

use anyhow::Result;
use comfy_table::presets::ASCII_FULL_CONDENSED;
use comfy_table::{ContentArrangement, Table};
use pki::trust_store::TrustAnchor;
use pki::{Certificate, Fingerprint, TrustStore};
use serde_json::{Value, json};

use super::Context;
use crate::args::Trust;
use crate::exit::{Exit, Problem};
use crate::printable;

/// Fewest digits by which a certificate may be named.
const FEWEST_DIGITS: usize = 8;
/// Columns of a page that goes into a file or a pipe.
const PAGE_WIDTH: u16 = 120;

/// Runs the verb.
pub fn run(args: Trust, context: &mut Context) -> Result<Exit> {
    match args {
        Trust::Add(args) => add::run(&args, false, context),
        Trust::Update(args) => add::run(&args, true, context),
        Trust::List(args) => list::run(&args, context),
        Trust::Show(args) => show::run(&args, context),
        Trust::Remove(args) => remove::run(&args, context),
    }
}

/// What a store holds, in one line.
fn summary(trust: &TrustStore) -> String {
    let countries: std::collections::BTreeSet<String> = trust
        .anchors()
        .iter()
        .map(|anchor| country_of(anchor.certificate()))
        .collect();
    format!(
        "{} of {}, {}, {}, {}, {} kept out{}",
        counted(trust.anchors().len(), "CSCA certificate"),
        if countries.len() == 1 {
            "1 country".to_owned()
        } else {
            format!("{} countries", countries.len())
        },
        counted(trust.crls().count(), "revocation list"),
        counted(trust.deviation_lists().count(), "deviation list"),
        counted(trust.document_signers().len(), "document signer"),
        trust.kept_out().len(),
        match unusable_keys(trust) {
            0 => String::new(),
            count => format!("; {} cannot be used here", counted(count, "CSCA key")),
        }
    )
}

/// Certificates whose key no signature can be verified with: they are kept, and are of no use.
fn unusable_keys(trust: &TrustStore) -> usize {
    let unusable = |anchor: &&TrustAnchor| anchor.certificate().public_key().is_err();
    trust.anchors().iter().filter(unusable).count()
}

fn summary_json(trust: &TrustStore) -> Value {
    json!({
        "csca_certificates": trust.anchors().len(),
        "unusable_keys": unusable_keys(trust),
        "revocation_lists": trust.crls().count(),
        "deviation_lists": trust.deviation_lists().count(),
        "document_signers": trust.document_signers().len(),
        "kept_out": trust
            .kept_out()
            .iter()
            .map(|kept| json!({
                "kind": kept.kind().to_string(),
                "source": kept.source(),
                "sha256": kept.sha256().to_string(),
                "reason": kept.reason().to_string(),
            }))
            .collect::<Vec<_>>(),
    })
}

fn new_table(header: &[&str]) -> Table {
    let mut table = Table::new();
    table.set_content_arrangement(ContentArrangement::Dynamic);
    table.load_style(ASCII_FULL_CONDENSED);
    if !std::io::stdout().is_terminal() {
        table.set_width(PAGE_WIDTH);
    }
    table.set_header(header);
    table
}

fn counted(count: usize, what: &str) -> String {
    let plural = if count == 1 { "" } else { "s" };
    format!("{count} {what}{plural}")
}

/// The country of a CSCA in upper case; a dash where it names none.
fn country_of(certificate: &Certificate) -> String {
    let country = certificate.subject().country();
    country.map_or_else(
        || "–".to_owned(),
        |country| printable::line(&country.to_ascii_uppercase()),
    )
}

/// `RSA-4096`, `brainpoolP256r1`, or why the key cannot be used.
fn key_of(certificate: &Certificate) -> String {
    certificate
        .public_key()
        .map_or_else(|error| error.to_string(), |key| key.describe())
}

/// A certificate for programs.
fn anchor_json(anchor: &TrustAnchor) -> Value {
    let certificate = anchor.certificate();
    json!({
        "sha256": anchor.fingerprint().to_string(),
        "country": country_of(certificate),
        "subject": certificate.subject().to_string(),
        "issuer": certificate.issuer().to_string(),
        "serial_number": hex::encode_upper(certificate.serial_number()),
        "key_identifier": hex::encode_upper(certificate.key_identifier()),
        "key": key_of(certificate),
        "not_before": certificate.validity().not_before.date().to_string(),
        "not_after": certificate.validity().not_after.date().to_string(),
        "root": certificate.is_self_issued(),
        "provenance": anchor.provenance().iter().map(ToString::to_string).collect::<Vec<_>>(),
    })
}

/// The one fingerprint that begins with these digits.
fn one_of(digits: &str, known: impl Iterator<Item = Fingerprint>) -> Result<Fingerprint> {
    let wanted: String = digits
        .chars()
        .filter(|c| !matches!(c, ':' | ' ' | '-'))
        .collect::<String>()
        .to_ascii_lowercase();
    if wanted.len() < FEWEST_DIGITS {
        return Err(Problem::usage(
            format!("{digits} is too short"),
            format!("give {FEWEST_DIGITS} digits of the fingerprint at least"),
        ));
    }
    let found: std::collections::BTreeSet<Fingerprint> = known
        .filter(|fingerprint| fingerprint.to_string().starts_with(&wanted))
        .collect();
    let mut found = found.into_iter();
    match (found.next(), found.next()) {
        (Some(fingerprint), None) => Ok(fingerprint),
        (None, _) => Err(Problem::usage(
            format!("{digits} is not in the store"),
            "`card-tool trust list --country XX` shows the fingerprints",
        )),
        _ => Err(Problem::usage(
            format!("more than one fingerprint begins with {digits}"),
            "give more digits",
        )),
    }
}
