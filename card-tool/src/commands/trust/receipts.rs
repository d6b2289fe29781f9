//! What became of the files that were offered, line by line.

use anyhow::Result;
use pki::trust_store::{Intake, Receipt, Received};
use pki::{Error, Fingerprint, TrustStore};
use serde_json::{Value, json};
use time::OffsetDateTime;

use super::list_remarks;
use crate::commands::{note, print};
use crate::printable;

/// Most objects of one run that are named each for itself.
const MOST_LINES: usize = 200;

/// For people.
pub fn print_text(intake: &Intake, trust: &TrustStore, now: OffsetDateTime) -> Result<()> {
    for receipt in intake.receipts.iter().take(MOST_LINES) {
        print(&line_of(receipt))?;
        for remark in list_remarks::of(receipt, trust, now) {
            print(&format!("  {}", printable::line(&remark)))?;
        }
        for (fingerprint, error) in left_out(receipt) {
            print(&format!("  left out {}: {error}", fingerprint.short()))?;
        }
    }
    if let Some(more) = intake
        .receipts
        .len()
        .checked_sub(MOST_LINES)
        .filter(|more| *more > 0)
    {
        print(&format!("… and {more} more"))?;
    }
    if intake.new_document_signers + intake.known_document_signers > 0 {
        print(&format!(
            "document signers: {} new, {} known",
            intake.new_document_signers, intake.known_document_signers
        ))?;
    }
    if intake.entries > 0 {
        let ignored: usize = intake.ignored_attributes.values().sum();
        print(&format!(
            "LDIF: entries read {}, attributes not used {ignored}, deletions and new names not done {}, faults {}",
            intake.entries,
            intake.deletions,
            intake.faults.len() + intake.further_faults
        ))?;
    }
    for (source, fault) in intake.faults.iter().take(MOST_LINES) {
        note(&format!("{source}: {fault}"));
    }
    Ok(())
}

fn line_of(receipt: &Receipt) -> String {
    let source = printable::line(&receipt.source);
    let kind = receipt
        .kind
        .map_or_else(|| "unknown".to_owned(), |kind| kind.to_string());
    let result = match &receipt.result {
        Err(error) => format!("refused: {error}"),
        Ok(received) => gained(received),
    };
    format!("{source}: {kind}, {}", printable::line(&result))
}

fn gained(received: &Received) -> String {
    let mut text = String::new();
    if let Some(list) = &received.list {
        text.push_str(&format!("{list}: "));
    }
    text.push_str(&format!(
        "{} new, {} known",
        received.new.len(),
        received.known
    ));
    if !received.left_out.is_empty() || received.unreadable > 0 {
        text.push_str(&format!(
            ", {} left out, {} unreadable",
            received.left_out.len(),
            received.unreadable
        ));
    }
    text
}

fn left_out(receipt: &Receipt) -> &[(Fingerprint, Error)] {
    let received = receipt.result.as_ref().ok();
    received.map_or(&[], |received| received.left_out.as_slice())
}

/// For programs.
pub fn receipt_json(receipt: &Receipt) -> Value {
    let received = receipt.result.as_ref().ok();
    json!({
        "source": receipt.source.as_ref(),
        "kind": receipt.kind.map(|kind| kind.to_string()),
        "sha256": receipt.sha256.to_string(),
        "refused": receipt.result.as_ref().err().map(ToString::to_string),
        "new": received.map(|received| received.new.iter().map(ToString::to_string).collect::<Vec<_>>()),
        "known": received.map(|received| received.known),
        "unreadable": received.map(|received| received.unreadable),
        "left_out": left_out(receipt)
            .iter()
            .map(|(fingerprint, error)| json!({ "sha256": fingerprint.to_string(), "reason": error.to_string() }))
            .collect::<Vec<_>>(),
        "list": received.and_then(|received| received.list.as_ref()).map(|list| json!({
            "signer": list.signer,
            "country": list.country,
            "signed": list.signing_time.map(|time| time.date().to_string()),
            "trust": list.to_string(),
            "deviations": list.deviations.iter().map(ToString::to_string).collect::<Vec<_>>(),
        })),
    })
}

/// What LDIF files held besides, for programs.
pub fn ldif_json(intake: &Intake) -> Value {
    json!({
        "entries": intake.entries,
        "deletions_not_done": intake.deletions,
        "ignored_attributes": intake.ignored_attributes,
        "faults": intake.faults.iter().map(|(source, fault)| format!("{source}: {fault}")).collect::<Vec<_>>(),
        "further_faults": intake.further_faults,
    })
}
