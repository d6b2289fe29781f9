//! `pki signer status` and `pki signer retire`.

use std::path::Path;

use anyhow::Result;
use key_store::{KeyLocation, LedgerState, SignerRing, SuccessorDue, SuccessorPolicy};
use serde_json::json;

use super::signer::signer_secret;
use super::sitting;
use super::{print, print_json};
use crate::args::Signer;
use crate::commands::{Context, note};
use crate::exit::{Exit, Problem};
use crate::pki_folder::issuer::IssuerFolder;
use crate::printable;

/// Shows the signers.
pub fn run(path: &Path, context: &Context) -> Result<Exit> {
    let folder = IssuerFolder::open(path)?;
    let ring = folder.ring()?;
    let signers = signers(&folder, &ring)?;
    let mut due = Vec::new();
    for code in &folder.settings.document_types {
        let policy = SuccessorPolicy::default();
        if let Some(why) = ring.successor_due(code, context.now, &policy)? {
            due.push((code.clone(), words_of(why)));
        }
    }
    let waiting: Vec<String> = folder
        .outstanding()?
        .into_iter()
        .map(|outstanding| outstanding.signer.name)
        .collect();
    if context.json() {
        print_json(&json!({
            "signers": signers,
            "outstanding": waiting,
            "successor_due": due.iter().map(|(code, why)| json!({ "document_type": code, "why": why })).collect::<Vec<_>>(),
            "outcome": Exit::Done.word(),
        }))?;
        return Ok(Exit::Done);
    }
    for signer in &signers {
        for (name, value) in signer.as_object().into_iter().flatten() {
            if !value.is_null() {
                let value = value
                    .as_str()
                    .map_or_else(|| value.to_string(), printable::line);
                print(&format!("{:16} {value}", name.replace('_', " ")))?;
            }
        }
        print("")?;
    }
    for name in waiting {
        print(&format!("waits for its answer: {name}"))?;
    }
    for (code, why) in due {
        note(&format!(
            "A successor is due for documents {code}: {why}. See `pki signer request`."
        ));
    }
    Ok(Exit::Done)
}

fn signers(folder: &IssuerFolder, ring: &SignerRing) -> Result<Vec<serde_json::Value>> {
    let mut signers = Vec::new();
    for entry in ring.entries() {
        let status = entry.status()?;
        let usage = entry.certificate().extensions().private_key_usage_period;
        signers.push(json!({
            "name": entry.name(),
            "kind": "document-signer",
            "subject": entry.certificate().subject().to_string(),
            "state": state_of(status.state),
            "used": status.used,
            "limit": status.limit,
            "key_used_until": usage.and_then(|usage| usage.not_after).map(|end| end.to_string()),
            "valid": entry.certificate().validity().to_string(),
            "document_types": entry.certificate().extensions().document_types,
            "key": entry.location().to_string(),
        }));
    }
    for (signer, certificate) in folder.list_signers()? {
        signers.push(json!({
            "name": signer.name,
            "kind": signer.kind,
            "subject": certificate.subject().to_string(),
            "valid": certificate.validity().to_string(),
            "key": signer.key,
        }));
    }
    Ok(signers)
}

const fn state_of(state: LedgerState) -> &'static str {
    match state {
        LedgerState::Open => "open",
        LedgerState::Retiring => "retiring",
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
        persons,
        secret,
        yes,
    } = args
    else {
        return Err(Problem::usage("nothing to retire", "see --help"));
    };
    let persons = sitting::persons(persons)?;
    let folder = IssuerFolder::open(folder)?;
    let ring = folder.ring()?;
    let name = match name {
        Some(name) => ring.entry(name)?.name().to_owned(),
        None => {
            let mut open = ring.entries().iter().filter(|entry| {
                entry
                    .status()
                    .is_ok_and(|status| status.state != LedgerState::Closed)
            });
            open.next()
                .ok_or_else(|| {
                    Problem::usage(
                        "there is no document signer to retire",
                        "see `pki signer status`",
                    )
                })?
                .name()
                .to_owned()
        }
    };
    context.asking.confirm(
        &format!("DESTROY the key of the document signer {name} for ever, with {persons}?"),
        *yes,
    )?;
    let [first, second] = persons.both();
    let secret = match ring.entry(&name)?.location() {
        KeyLocation::File(_) => crypto::SecretBytes::new(Vec::new()),
        KeyLocation::Token(_) => signer_secret(secret, false, context).ask()?,
    };
    let secrets = |_: &KeyLocation| Ok(secret.duplicate());
    let names = [first.to_string(), second.to_string()];
    let retirement = ring.retire(
        &name,
        &[&names[0], &names[1]],
        context.now,
        *early,
        &secrets,
    )?;
    if context.json() {
        print_json(&json!({
            "retired": name,
            "record": retirement.path,
            "sha256": hex::encode(retirement.hash),
            "outcome": Exit::Done.word(),
        }))?;
    } else {
        print(&printable::lines(&retirement.record))?;
        note(&format!(
            "Print and sign the record: {}",
            retirement.path.display()
        ));
    }
    Ok(Exit::Done)
}
