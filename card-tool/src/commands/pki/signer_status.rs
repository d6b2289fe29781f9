//! `pki signer status` and `pki signer retire`.

use std::path::Path;

use anyhow::Result;
use ceremony::record::moment;
use key_store::revocation::revokes;
use key_store::{
    Entry, KeyLocation, LedgerState, RetirementOrder, SignerRing, SuccessorDue, SuccessorPolicy,
};
use pki::{Crl, KeyStoreFault};
use serde_json::{Value, json};
use time::OffsetDateTime;

use super::list_signer_end::ListSignerEnd;
use super::signer::signer_secret;
use super::sitting;
use super::{print, print_json};
use crate::args::Signer;
use crate::commands::{Context, note};
use crate::exit::{Exit, Problem};
use crate::pki_folder::issuer::IssuerFolder;
use crate::pki_folder::place::shown;
use crate::printable;

/// Shows the signers.
pub fn run(path: &Path, context: &Context) -> Result<Exit> {
    let folder = IssuerFolder::open(path)?;
    let ring = folder.ring()?;
    let signers = signers(&folder, &ring)?;
    let list = folder.revocation_list()?;
    let due = successors_due(&folder, &ring, list.as_ref(), context.now)?;
    let mut current = serde_json::Map::new();
    for code in &folder.settings.document_types {
        let entry = ring.candidate(code, context.now).ok();
        current.insert(code.clone(), json!(entry.map(|entry| entry.name())));
    }
    let waiting: Vec<String> = folder
        .outstanding()?
        .into_iter()
        .map(|outstanding| outstanding.signer.name)
        .collect();
    let broken_off = folder.broken_off()?;
    if context.json() {
        print_json(&json!({
            "signers": signers,
            "current": current,
            "outstanding": waiting,
            "broken_off": broken_off,
            "crl": list.as_ref().map(|list| json!({
                "number": list.number().map(hex::encode),
                "next_update": list.next_update().map(moment),
                "revoked": list.entries().len(),
                "outdated": list.is_outdated(context.now),
            })),
            "successor_due": due.iter().map(|(code, why)| json!({ "document_type": code, "why": why })).collect::<Vec<_>>(),
            "outcome": Exit::Done.word(),
        }))?;
        return Ok(Exit::Done);
    }
    for signer in &signers {
        for (name, value) in signer.as_object().into_iter().flatten() {
            if !value.is_null() {
                print(&format!("{:16} {}", name.replace('_', " "), text_of(value)))?;
            }
        }
        print("")?;
    }
    if let Some(list) = &list {
        print(&format!(
            "revocation list  {} (hexadecimal), next by {}, {} revoked",
            list.number().map(hex::encode).unwrap_or_default(),
            list.next_update().map(moment).unwrap_or_default(),
            list.entries().len()
        ))?;
    }
    for name in folder.without_certificate()? {
        note(&format!(
            "Warning: list-signers/{name}.der is missing: bring it back; its key can neither sign nor end without it."
        ));
    }
    for name in waiting {
        print(&format!("waits for its answer: {name}"))?;
    }
    for name in broken_off {
        note(&format!(
            "Warning: the request {name} broke off and may have left a key: `card-tool pki signer withdraw --name {name}`."
        ));
    }
    for (code, why) in due {
        note(&format!(
            "A successor is due for documents {code}: {why}. See `pki signer request`."
        ));
    }
    Ok(Exit::Done)
}

/// For which types of documents the next signer must be prepared, and why.
fn successors_due(
    folder: &IssuerFolder,
    ring: &SignerRing,
    list: Option<&Crl>,
    now: OffsetDateTime,
) -> Result<Vec<(String, String)>> {
    let mut due = Vec::new();
    for code in &folder.settings.document_types {
        let policy = SuccessorPolicy::default();
        if let Some(why) = ring.successor_due(code, now, &policy)? {
            due.push((code.clone(), words_of(why)));
        } else if only_revoked(ring, list, code, now) {
            due.push((code.clone(), "the document signer is revoked".to_owned()));
        }
    }
    Ok(due)
}

/// Whether documents of a type could be signed now if nobody were revoked.
fn only_revoked(ring: &SignerRing, list: Option<&Crl>, code: &str, now: OffsetDateTime) -> bool {
    let mut able = ring
        .entries()
        .iter()
        .filter(|entry| entry.admits(code, now).is_ok())
        .peekable();
    able.peek().is_some() && able.all(|entry| revokes(list, entry.certificate()))
}

/// A value as people read it: words without quotation marks, a list with commas.
fn text_of(value: &Value) -> String {
    match value {
        Value::String(text) => printable::line(text),
        Value::Array(values) => values.iter().map(text_of).collect::<Vec<_>>().join(", "),
        other => other.to_string(),
    }
}

fn signers(folder: &IssuerFolder, ring: &SignerRing) -> Result<Vec<Value>> {
    let list = folder.revocation_list()?;
    let mut signers = Vec::new();
    for entry in ring.entries() {
        let status = entry.status()?;
        let usage = entry.certificate().extensions().private_key_usage_period;
        signers.push(json!({
            "name": entry.name(),
            "kind": "document-signer",
            "subject": entry.certificate().subject().to_string(),
            "state": match status.state {
                LedgerState::Open if revokes(list.as_ref(), entry.certificate()) => "revoked",
                state => state_of(state),
            },
            "used": status.used,
            "limit": status.limit,
            "key_used_until": usage.and_then(|usage| usage.not_after).map(moment),
            "valid": entry.certificate().validity().to_string(),
            "document_types": entry.certificate().extensions().document_types,
            "key": shown(entry.location()),
        }));
    }
    for (signer, certificate) in folder.list_signers()? {
        signers.push(json!({
            "name": signer.name,
            "kind": signer.kind,
            "state": if signer.retired.is_some() {
                Some("retired")
            } else if signer.deletion_begun.is_some() {
                Some("deleting")
            } else {
                revokes(list.as_ref(), &certificate).then_some("revoked")
            },
            "subject": certificate.subject().to_string(),
            "valid": certificate.validity().to_string(),
            "key": signer.key.map(|place| folder.location(&place)).transpose()?.as_ref().map(shown),
        }));
    }
    for name in folder.without_certificate()? {
        signers.push(json!({ "name": name, "kind": "list signer", "state": NO_CERTIFICATE }));
    }
    Ok(signers)
}

/// What is said of a signer whose key is noted and whose certificate is gone.
const NO_CERTIFICATE: &str = "certificate missing";

const fn state_of(state: LedgerState) -> &'static str {
    match state {
        LedgerState::Open => "open",
        LedgerState::Retiring => "retiring",
        LedgerState::Deleting => "deleting",
        LedgerState::Closed => "retired",
    }
}

fn words_of(due: SuccessorDue) -> String {
    match due {
        SuccessorDue::Days { ends } => format!("the last usage period ends on {}", ends.date()),
        SuccessorDue::Count { remaining, limit } => {
            format!("{remaining} of {limit} signatures are left")
        }
        SuccessorDue::Nothing => "there is no document signer".to_owned(),
    }
}

/// Destroys the key of a document signer, with a record.
pub fn retire(args: &Signer, context: &mut Context) -> Result<Exit> {
    let Signer::Retire {
        folder,
        name,
        early,
        lost,
        persons,
        secret,
        yes,
    } = args
    else {
        return Err(Problem::usage("nothing to retire", "see --help"));
    };
    let persons = sitting::persons(persons)?;
    let folder = IssuerFolder::open_to_write(folder)?;
    if let Some(name) = name
        && let Some((signer, certificate)) = folder.list_signer(name)?
    {
        let end = ListSignerEnd {
            folder: &folder,
            signer: &signer,
            certificate: &certificate,
            persons: &persons,
            secret,
            early: *early,
            lost: *lost,
        };
        return retire_list_signer(&end, *yes, context);
    }
    let ring = folder.ring()?;
    let name = to_retire(&ring, name.as_deref())?;
    context.asking.confirm(
        &format!("DESTROY the key of the document signer {name} for ever, with {persons}?"),
        *yes,
    )?;
    let [first, second] = persons.both();
    let entry = ring.entry(&name)?;
    let state = entry.status()?.state;
    let secret = if state == LedgerState::Closed {
        // Nothing is left to open.
        crypto::SecretBytes::new(Vec::new())
    } else {
        signer_secret(secret, false, context).ask()?
    };
    prove_secret(entry, state, &secret, *lost, context)?;
    let secrets = |_: &KeyLocation| Ok(secret.duplicate());
    let names = [first.to_string(), second.to_string()];
    let retirement = ring.retire(
        &name,
        &RetirementOrder {
            persons: &[&names[0], &names[1]],
            at: context.now,
            early: *early,
            lost: *lost,
        },
        &secrets,
    )?;
    let (record, path) = (&retirement.record, &retirement.path);
    retired(&name, record, path, &hex::encode(retirement.hash), context)
}

fn retire_list_signer(end: &ListSignerEnd<'_>, yes: bool, context: &Context) -> Result<Exit> {
    let name = &end.signer.name;
    if let Some(at) = &end.signer.retired {
        return Err(Problem::of(
            Exit::Policy,
            format!("the key of {name} ended at {at}"),
            "its record is in retired/",
        ));
    }
    context.asking.confirm(
        &format!(
            "DESTROY the key of the {} {name} for ever, with {}?",
            end.signer.kind, end.persons
        ),
        yes,
    )?;
    let (page, path) = end.run(context)?;
    let hash = ceremony::Digest::of(page.as_bytes()).to_string();
    retired(name, &page, &path, &hash, context)
}

fn retired(name: &str, record: &str, path: &Path, hash: &str, context: &Context) -> Result<Exit> {
    if context.json() {
        print_json(&json!({
            "retired": name,
            "record": path,
            "sha256": hash,
            "outcome": Exit::Done.word(),
        }))?;
    } else {
        print(&printable::lines(record))?;
        note(&format!("Print and sign the record: {}", path.display()));
    }
    Ok(Exit::Done)
}

/// The signer of this name, or the first one that is not retired yet.
fn to_retire(ring: &SignerRing, name: Option<&str>) -> Result<String> {
    if let Some(name) = name {
        return Ok(ring.entry(name)?.name().to_owned());
    }
    let mut open = ring.entries().iter().filter(|entry| {
        entry
            .status()
            .is_ok_and(|status| status.state != LedgerState::Closed)
    });
    let first = open.next().ok_or_else(|| {
        Problem::usage(
            "there is no document signer to retire",
            "see `pki signer status`",
        )
    })?;
    Ok(first.name().to_owned())
}

/// Whoever destroys a key could have used it: the secret must open it. Of a key whose deletion has begun there may be half a
/// file, which opens no more.
fn prove_secret(
    entry: &Entry,
    state: LedgerState,
    secret: &crypto::SecretBytes,
    lost: bool,
    context: &mut Context,
) -> Result<()> {
    if matches!(state, LedgerState::Deleting | LedgerState::Closed) {
        return Ok(());
    }
    let opened = key_store::open(entry.location(), entry.profile(), secret, &mut *context.rng);
    match opened {
        Ok(_) => Ok(()),
        Err(error)
            if (lost || state != LedgerState::Open)
                && error.fault() == Some(KeyStoreFault::KeyNotFound) =>
        {
            Ok(())
        }
        Err(error) => Err(error.into()),
    }
}
