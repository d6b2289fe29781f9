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
    let (fingerprint, held) = named(args, context, &folder, &before)?;
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
            "held": held,
            "no_longer_vouched_for": gone.iter().map(|anchor| anchor.fingerprint().to_string()).collect::<Vec<_>>(),
        }))?;
        return Ok(Exit::Done);
    }
    say(args, &fingerprint, held, &gone)?;
    print(&format!("store: {}", summary(&after)))?;
    Ok(Exit::Done)
}

/// What is to go, and whether the store holds it. Documents and lists bring signers that no store has seen: named
/// whole, a fingerprint needs no object.
fn named(
    args: &TrustRemove,
    context: &Context,
    folder: &TrustFolder,
    before: &TrustStore,
) -> Result<(Fingerprint, bool)> {
    let anchors = before.anchors().iter().map(TrustAnchor::fingerprint);
    let crls = before.crls().map(|crl| Fingerprint::of(crl.as_der()));
    let lists = before.deviation_lists();
    let lists = lists.map(|list| list.origin().sha256);
    let signers = before.document_signers().iter();
    let signers = signers.map(Fingerprint::of_certificate);
    let known = anchors.chain(folder.stored()?).chain(crls).chain(lists);
    let known: BTreeSet<Fingerprint> = known.chain(signers).collect();
    let whole = args.fingerprint.parse().ok();
    let Some(unseen) = whole.filter(|whole| !known.contains(whole)) else {
        return Ok((one_of(&args.fingerprint, known.into_iter())?, true));
    };
    let question = format!(
        "{} holds nothing under this fingerprint. Refuse from now on whatever comes under exactly this one?",
        args.store.display()
    );
    context.asking.confirm(&question, args.yes)?;
    Ok((unseen, false))
}

/// Says what went, what went with it, and how it is taken back.
fn say(
    args: &TrustRemove,
    fingerprint: &Fingerprint,
    held: bool,
    gone: &[&TrustAnchor],
) -> Result<()> {
    print(&format!("removed {fingerprint}"))?;
    print(&format!(
        "to trust it again: `card-tool trust add {} FILE --fingerprint {fingerprint}`",
        printable::line(&args.store.display().to_string())
    ))?;
    if !held {
        print(
            "the store did not hold it: it is refused in exactly this form; to refuse it in every form, add it first",
        )?;
    }
    for anchor in gone {
        print(&format!(
            "no longer vouched for: {} {}",
            anchor.fingerprint().short(),
            printable::line(&anchor.certificate().subject().to_string())
        ))?;
    }
    Ok(())
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
