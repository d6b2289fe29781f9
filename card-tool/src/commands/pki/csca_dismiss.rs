//! `pki csca dismiss`: a registrar that is trusted no more.

use std::path::Path;

use anyhow::Result;
use ceremony::journal::Registrar;
use ceremony::{Digest, Root};
use serde_json::json;

use super::csca::Chamber;
use super::sitting::{self, SecretFor};
use crate::args::SittingArgs;
use crate::commands::{Context, note};
use crate::exit::{Exit, Problem};
use crate::printable;

/// Runs the verb.
pub fn run(path: &Path, wanted: &str, args: &SittingArgs, context: &mut Context) -> Result<Exit> {
    let mut chamber = Chamber::open(path, args)?;
    let (name, key) = find(&chamber.root, wanted)?;
    note(&format!(
        "registrar  {}\nSHA-256    {}",
        printable::line(&name),
        key.spoken()
    ));
    chamber.confirm(
        &format!(
            "Refuse every request of this registrar from now on, with {}?",
            chamber.persons
        ),
        context,
    )?;
    let secret = chamber.secret(SecretFor::KnownKey, context)?;
    let signer = chamber.key(&secret, context)?;
    let persons = chamber.persons.clone();
    let sitting = sitting::sitting(&persons, context.now);
    chamber.root.dismiss(&key, &sitting, &*signer)?;
    note(
        "What it has asked for stays valid: revoke what should not with `card-tool pki csca revoke`.",
    );
    chamber.commit(context, json!({ "dismissed": name, "sha256": key }))
}

/// The registrar of this name, or with a key of this SHA-256.
fn find(root: &Root, wanted: &str) -> Result<(String, Digest)> {
    let digits: String = wanted.split_whitespace().collect();
    let mut found = Vec::new();
    for registrar in root.journal().state().registrars() {
        let key = registrar.fingerprint()?;
        if registrar.name == wanted || key.to_string() == digits.to_lowercase() {
            found.push((registrar.name.clone(), key));
        }
    }
    match <[_; 1]>::try_from(found) {
        Ok([one]) => Ok(one),
        Err(found) if found.is_empty() => Err(Problem::of(
            Exit::Policy,
            format!("no registrar {} is admitted", printable::line(wanted)),
            "`card-tool pki csca log` names those that are, each with the hash of its key",
        )),
        Err(_) => Err(Problem::usage(
            format!(
                "more than one registrar is called {}",
                printable::line(wanted)
            ),
            "name the SHA-256 of its key, as its record of admission shows it",
        )),
    }
}

/// A registrar as programs see it.
pub fn shown(registrar: &Registrar) -> serde_json::Value {
    json!({ "name": registrar.name, "sha256": registrar.fingerprint().ok() })
}
