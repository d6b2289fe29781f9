//! `trust add` and `trust update`: all files, or none.

use std::collections::BTreeSet;
use std::path::Path;

use anyhow::Result;
use pki::trust_store::{Intake, Offered, Receipt, Received, TrustAnchor};
use pki::{Error, Fingerprint, TrustStore};
use serde_json::{Value, json};

use super::changes::{self, Before};
use super::{summary, summary_json};
use crate::args::TrustAdd;
use crate::commands::{Context, note, print, print_json};
use crate::exit::{Exit, Problem};
use crate::printable;
use crate::trust_folder::{self, Accepted, Act, NewFile, TrustFolder, fingerprint};

/// Most objects of one run that are named each for itself.
const MOST_LINES: usize = 200;

/// Runs the verb.
pub fn run(args: &TrustAdd, update: bool, context: &Context) -> Result<Exit> {
    let mut folder = if update {
        TrustFolder::open_to_change(&args.store)?
    } else {
        TrustFolder::open_or_begin(&args.store)?
    };
    let accepted = accepted(args)?;
    let restored = restored(&folder, &accepted)?;
    let new = new_files(&args.files, &accepted)?;
    let mut trust = TrustStore::new();
    folder.load_into(&mut trust, &restored)?;
    let before = Before::of(&trust);
    let held = trust.anchors().to_vec();
    let acceptance = accepted.acceptance()?;
    let offered = new.iter().map(|file| Offered {
        bytes: &file.content,
        source: &file.name,
        acceptance: &acceptance,
    });
    let intake = trust.take_in(offered);
    if let Some(problem) = refused(&new, &intake) {
        return Err(problem);
    }
    let stored = folder.stored()?;
    let unknown = |file: &&NewFile| {
        file.accepted != Accepted::Store || !stored.contains(&Fingerprint::of(&file.content))
    };
    let new: Vec<NewFile> = new.iter().filter(unknown).cloned().collect();
    let acts = restored.iter().map(|fingerprint| Act::Restored {
        fingerprint: fingerprint.to_string(),
        statement: COMPARED.to_owned(),
    });
    folder.record(&new, acts.collect(), context.now)?;
    let changes = changes::found(&before, &trust, &intake);
    // A revocation list can take the trust from a list that was there before: what the next run will find is what counts.
    let mut next = TrustStore::new();
    folder.load_into(&mut next, &BTreeSet::new())?;
    let lost = held
        .iter()
        .filter(|anchor| next.anchor(&anchor.fingerprint()).is_none());
    let lost: Vec<&TrustAnchor> = lost.collect();
    if context.json() {
        print_json(&json!({
            "received": intake.receipts.iter().map(receipt_json).collect::<Vec<_>>(),
            "new_document_signers": intake.new_document_signers,
            "ldif": ldif_json(&intake),
            "changes": update.then(|| changes.json()),
            "no_longer_vouched_for": lost.iter().map(|anchor| anchor.fingerprint().to_string()).collect::<Vec<_>>(),
            "store": summary_json(&next),
        }))?;
        return Ok(Exit::Done);
    }
    print_text(&intake)?;
    if update {
        print(changes.text().trim_end())?;
    }
    for anchor in lost {
        print(&format!(
            "no longer vouched for: {}",
            changes::shown(anchor)
        ))?;
    }
    print(&format!("store: {}", summary(&next)))?;
    Ok(Exit::Done)
}

const COMPARED: &str = "fingerprint compared";

fn accepted(args: &TrustAdd) -> Result<Accepted> {
    if let Some(statement) = &args.out_of_band {
        if statement.trim().is_empty() {
            return Err(Problem::usage(
                "the statement of --out-of-band is empty",
                "say who has checked the files and how; it is recorded",
            ));
        }
        let statement = statement.clone();
        return Ok(Accepted::OutOfBand { statement });
    }
    if args.fingerprint.is_empty() {
        return Ok(Accepted::Store);
    }
    let fingerprints = args
        .fingerprint
        .iter()
        .map(|text| Ok(fingerprint(text)?.to_string()))
        .collect::<Result<_>>()?;
    Ok(Accepted::Fingerprints {
        fingerprints,
        statement: COMPARED.to_owned(),
    })
}

/// What was withdrawn and is accepted by its fingerprint now.
fn restored(folder: &TrustFolder, accepted: &Accepted) -> Result<BTreeSet<Fingerprint>> {
    let Accepted::Fingerprints { fingerprints, .. } = accepted else {
        return Ok(BTreeSet::new());
    };
    let withdrawn = folder.withdrawn()?;
    let again = fingerprints.iter().map(|text| fingerprint(text));
    let again = again.collect::<Result<BTreeSet<_>>>()?;
    Ok(again.intersection(&withdrawn).copied().collect())
}

fn new_files(paths: &[std::path::PathBuf], accepted: &Accepted) -> Result<Vec<NewFile>> {
    let mut new: Vec<NewFile> = Vec::new();
    for path in paths {
        for (path, content) in trust_folder::read_all(path)? {
            new.push(NewFile {
                name: name_of(&path),
                content,
                accepted: accepted.clone(),
            });
        }
    }
    Ok(new)
}

fn name_of(path: &Path) -> String {
    let name = path.file_name().unwrap_or(path.as_os_str());
    name.to_string_lossy().into_owned()
}

/// A file of which nothing was taken refuses the whole command, so that nobody takes it for added.
fn refused(new: &[NewFile], intake: &Intake) -> Option<anyhow::Error> {
    for file in new {
        let sha256 = Fingerprint::of(&file.content);
        let mut receipts = intake
            .receipts
            .iter()
            .filter(|receipt| receipt.file == sha256);
        let first = receipts
            .clone()
            .find_map(|receipt| receipt.result.as_ref().err());
        let taken = receipts.any(|receipt| receipt.result.is_ok());
        if let Some(error) = first.filter(|_| !taken) {
            return Some(problem(file, error));
        }
    }
    None
}

fn problem(file: &NewFile, error: &Error) -> anyhow::Error {
    let name = printable::line(&file.name);
    let sha256 = Fingerprint::of(&file.content);
    match error {
        Error::Untrusted(reason) => {
            let exit = if reason.is_undetermined() {
                Exit::Undetermined
            } else {
                Exit::No
            };
            Problem::of(
                exit,
                format!("{name}: {error}; nothing was added (SHA-256 of the file {sha256})"),
                "compare a fingerprint with one had by another way and give it with --fingerprint, or say with --out-of-band who has checked the file and how",
            )
        }
        error => Problem::usage(
            format!("{name}: {error}; nothing was added"),
            "a CSCA certificate or revocation list in DER or PEM, a master or deviation list, or an LDIF file of the PKD",
        ),
    }
}

fn print_text(intake: &Intake) -> Result<()> {
    for receipt in intake.receipts.iter().take(MOST_LINES) {
        print(&line_of(receipt))?;
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

fn receipt_json(receipt: &Receipt) -> Value {
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

fn ldif_json(intake: &Intake) -> Value {
    json!({
        "entries": intake.entries,
        "deletions_not_done": intake.deletions,
        "ignored_attributes": intake.ignored_attributes,
        "faults": intake.faults.iter().map(|(source, fault)| format!("{source}: {fault}")).collect::<Vec<_>>(),
        "further_faults": intake.further_faults,
    })
}
