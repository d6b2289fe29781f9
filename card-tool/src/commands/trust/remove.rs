//! `trust remove`: recorded, and asked for when more goes than was named.

use std::collections::BTreeSet;

use anyhow::Result;
use pki::trust_store::TrustAnchor;
use pki::{Fingerprint, TrustStore};
use serde_json::json;

use super::{counted, one_of, summary};
use crate::args::TrustRemove;
use crate::commands::{Context, print, print_json};
use crate::exit::{Exit, Problem};
use crate::printable;
use crate::trust_folder::{Act, TrustFolder};

/// Runs the verb.
pub fn run(args: &TrustRemove, context: &Context) -> Result<Exit> {
    if args.reason.trim().is_empty() {
        return Err(Problem::usage(
            "the reason is empty",
            "say why; it is recorded",
        ));
    }
    let mut folder = TrustFolder::open_to_change(&args.store)?;
    let before = loaded(&folder, &BTreeSet::new())?;
    let anchors = before.anchors().iter().map(TrustAnchor::fingerprint);
    let crls = before.crls().map(|crl| Fingerprint::of(crl.as_der()));
    let lists = before.deviation_lists();
    let lists = lists.map(|list| list.origin().sha256);
    let known = anchors.chain(folder.stored()?).chain(crls).chain(lists);
    let fingerprint = one_of(&args.fingerprint, known)?;
    let marks = before.marks_of(&fingerprint);
    let after = loaded(&folder, &marks)?;
    let gone: Vec<&TrustAnchor> = before
        .anchors()
        .iter()
        .filter(|anchor| {
            after.anchor(&anchor.fingerprint()).is_none() && anchor.fingerprint() != fingerprint
        })
        .collect();
    if !gone.is_empty() {
        let question = format!(
            "{} that only this vouched for will no longer be trusted either. Remove?",
            counted(gone.len(), "CSCA certificate")
        );
        context.asking.confirm(&question, args.yes)?;
    }
    let act = Act::Withdrawn {
        fingerprint: fingerprint.to_string(),
        reason: args.reason.clone(),
        marks: marks
            .iter()
            .filter(|mark| **mark != fingerprint)
            .map(ToString::to_string)
            .collect(),
    };
    folder.record(&[], vec![act], context.now)?;
    if context.json() {
        print_json(&json!({
            "removed": fingerprint.to_string(),
            "no_longer_vouched_for": gone.iter().map(|anchor| anchor.fingerprint().to_string()).collect::<Vec<_>>(),
        }))?;
        return Ok(Exit::Done);
    }
    print(&format!("removed {fingerprint}"))?;
    print(&format!(
        "to trust it again: `card-tool trust add {} FILE --fingerprint {fingerprint}`",
        printable::line(&args.store.display().to_string())
    ))?;
    for anchor in gone {
        print(&format!(
            "no longer vouched for: {} {}",
            anchor.fingerprint().short(),
            printable::line(&anchor.certificate().subject().to_string())
        ))?;
    }
    print(&format!("store: {}", summary(&after)))?;
    Ok(Exit::Done)
}

/// The store as it would be without these.
fn loaded(folder: &TrustFolder, without: &BTreeSet<Fingerprint>) -> Result<TrustStore> {
    let mut trust = TrustStore::new();
    for fingerprint in without {
        trust.withdraw(*fingerprint);
    }
    folder.load_into(&mut trust, &BTreeSet::new())?;
    Ok(trust)
}
