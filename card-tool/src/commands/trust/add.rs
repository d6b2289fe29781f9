//! `trust add` and `trust update`: all files, or none.

use std::collections::BTreeSet;
use std::path::Path;

use anyhow::Result;
use pki::trust_store::{Intake, Offered, TrustAnchor};
use pki::{Fingerprint, TrustStore};
use serde_json::json;

use super::changes::{self, Before, Changes};
use super::newcomers::{self, Newcomers};
use super::receipts::{ldif_json, print_text, receipt_json};
use super::{list_remarks, refusal, summary, summary_json};
use crate::args::TrustAdd;
use crate::commands::{Context, note, print, print_json};
use crate::exit::{Exit, Problem};
use crate::printable;
use crate::trust_folder::{self, Accepted, Act, NewFile, TrustFolder, fingerprint};

/// What a run has changed.
struct Outcome<'a> {
    intake: &'a Intake,
    /// Of an update.
    changes: Option<Changes<'a>>,
    newcomers: Newcomers<'a>,
    lost: Vec<&'a TrustAnchor>,
    /// What the next run will find.
    next: &'a TrustStore,
}

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
    for file in &new {
        trust.note_receipt(Fingerprint::of(&file.content), context.now);
    }
    let intake = trust.take_in(new.iter().map(|file| Offered {
        bytes: &file.content,
        source: &file.name,
        acceptance: &acceptance,
    }));
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
    // A revocation list can take the trust from a list that was there before: what the next run will find is what counts.
    let mut next = TrustStore::new();
    folder.load_into(&mut next, &BTreeSet::new())?;
    let is_lost = |anchor: &&TrustAnchor| next.anchor(&anchor.fingerprint()).is_none();
    let outcome = Outcome {
        intake: &intake,
        changes: update.then(|| changes::found(&before, &trust, &intake)),
        newcomers: newcomers::of(&held, &next),
        lost: held.iter().filter(is_lost).collect(),
        next: &next,
    };
    outcome.show(context)?;
    Ok(Exit::Done)
}

impl Outcome<'_> {
    /// What a revocation list takes the trust from although its signer is trusted for a lesser reason: a state that is heard
    /// only through another may be that other state. It is believed all the same: a wrong refusal is seen, a wrong
    /// acceptance is not.
    fn accusations(&self) -> Vec<String> {
        let accused = self.next.revoked_by_lesser();
        let line = |(anchor, list): (&TrustAnchor, &pki::Crl)| {
            format!(
                "warning: {} is revoked by a list of {} whose signer is trusted only by the list of another state: ask {} itself; if the list is not genuine, `card-tool trust remove` its signer, shown by `card-tool trust list`",
                changes::shown(anchor),
                printable::line(&list.issuer().to_string()),
                super::country_of(anchor.certificate()),
            )
        };
        accused.map(line).collect()
    }

    fn show(&self, context: &Context) -> Result<()> {
        let lost = self.lost.iter();
        if context.json() {
            let lost = lost.map(|anchor| anchor.fingerprint().to_string());
            return print_json(&json!({
                "received": self.intake.receipts.iter().map(receipt_json).collect::<Vec<_>>(),
                "new_certificates": self.newcomers.json(),
                "remarks": list_remarks::of_all(self.intake, self.next, context.now),
                "new_document_signers": self.intake.new_document_signers,
                "ldif": ldif_json(self.intake),
                "warnings": self.accusations(),
                "changes": self.changes.as_ref().map(Changes::json),
                "no_longer_vouched_for": lost.collect::<Vec<_>>(),
                "store": summary_json(self.next),
            }));
        }
        print_text(self.intake, self.next, context.now)?;
        let new = self.newcomers.text();
        if !new.is_empty() {
            print(new.trim_end())?;
        }
        if let Some(changes) = &self.changes {
            print(changes.text().trim_end())?;
        }
        for anchor in lost {
            print(&format!(
                "no longer vouched for: {}",
                changes::shown(anchor)
            ))?;
        }
        for warning in self.newcomers.warnings() {
            note(&warning);
        }
        for warning in self.accusations() {
            note(&warning);
        }
        print(&format!("store: {}", summary(self.next)))
    }
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
    for named in paths {
        for (place, content) in trust_folder::read_all(named)? {
            new.push(NewFile {
                name: name_of(named, &place),
                place,
                content,
                accepted: accepted.clone(),
            });
        }
    }
    Ok(new)
}

/// The name of a file; of one in a folder with the folders that it was in, up to the one that was named.
fn name_of(named: &Path, place: &Path) -> String {
    let above = named.parent().unwrap_or(Path::new(""));
    let name = place.strip_prefix(above).ok();
    let name = name.filter(|name| !name.as_os_str().is_empty());
    name.unwrap_or(place).display().to_string()
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
            .find_map(|receipt| Some((receipt.sha256, receipt.result.as_ref().err()?)));
        let taken = receipts.any(|receipt| receipt.result.is_ok())
            || intake.document_signer_files.contains(&sha256);
        if let Some((object, error)) = first.filter(|_| !taken) {
            return Some(refusal::of(file, object, error));
        }
    }
    None
}
