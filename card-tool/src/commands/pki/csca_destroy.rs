//! `pki csca destroy`: the accountable end of keys, of those that were in use and of those that never were.

use std::path::Path;

use anyhow::{Context as _, Result};
use ceremony::ActivationSecret;
use key_store::KeyLocation;
use pki::{KeyStoreFault, Signer};
use serde_json::json;

use super::csca::Chamber;
use super::sitting::{self, SecretFor};
use crate::args::SittingArgs;
use crate::commands::Context;
use crate::exit::{Exit, Problem};
use crate::pki_folder::root::{password, proof};

/// Destroys the keys that ceremonies left which broke off.
pub fn unfinished(path: &Path, args: &SittingArgs, context: &mut Context) -> Result<Exit> {
    let mut chamber = Chamber::open(path, args)?;
    let left = chamber.folder.unfinished(Some(&chamber.root))?.all();
    if left.is_empty() {
        return Err(Problem::of(
            Exit::Policy,
            "every key of the folder is in a certificate",
            "nothing was changed",
        ));
    }
    chamber.confirm(
        &format!(
            "DESTROY for ever what is in no certificate of the journal{}, with {}? If another copy of the journal has one, it \
             is lost.",
            and_those(&left),
            chamber.persons
        ),
        context,
    )?;
    let secret = chamber.secret(SecretFor::KnownKey, context)?;
    let signer = match chamber.root.refuse_destroyed() {
        Ok(()) => Some(chamber.key(&secret, context)?),
        Err(_) => None,
    };
    discard(&mut chamber, &left, &secret, signer.as_deref(), context)?;
    chamber.report(context, json!({ "destroyed": left.join(", ") }))
}

/// Destroys keys that never came into use, and enters that they are gone.
pub fn discard(
    chamber: &mut Chamber<'_>,
    left: &[String],
    secret: &ActivationSecret,
    signer: Option<&dyn Signer>,
    context: &Context,
) -> Result<()> {
    // Noted first: whatever ends this, the next one finds what is to be accounted for.
    chamber.folder.note_keys(left)?;
    let mut proofs = Vec::new();
    for place in left {
        let gone = chamber
            .folder
            .destroy_unfinished(place, |location| password(location, secret))?;
        proofs.push((place.clone(), gone.to_owned()));
    }
    let persons = chamber.persons.clone();
    let sitting = sitting::sitting(&persons, context.now);
    chamber.root.discard(&proofs, &sitting, signer)?;
    chamber.folder.commit(&chamber.root)?;
    chamber.folder.settle_keys(left)
}

fn and_those(left: &[String]) -> String {
    left.iter().map(|place| format!(", {place}")).collect()
}

/// Destroys the keys of the root, or of one generation; keys that never came into use go with the last one.
pub fn run(
    path: &Path,
    generation: Option<u32>,
    args: &SittingArgs,
    context: &mut Context,
) -> Result<Exit> {
    let mut chamber = Chamber::open(path, args)?;
    let begun = chamber.root.unconfirmed_destructions();
    let goes_on = !begun.is_empty();
    let generations = if goes_on {
        begun
    } else {
        chamber.root.to_destroy(generation)?
    };
    let left = if generation.is_none() && !goes_on {
        chamber.folder.unfinished(Some(&chamber.root))?.all()
    } else {
        Vec::new()
    };
    let named: Vec<String> = generations.iter().map(u32::to_string).collect();
    let named = named.join(", ");
    chamber.confirm(
        &format!(
            "DESTROY the key of generation {named}{} for ever, with {}?",
            and_those(&left),
            chamber.persons
        ),
        context,
    )?;
    let secret = chamber.secret(SecretFor::KnownKey, context)?;
    let persons = chamber.persons.clone();
    let sitting = sitting::sitting(&persons, context.now);
    if !goes_on {
        let signer = chamber.key(&secret, context)?;
        if !left.is_empty() {
            discard(&mut chamber, &left, &secret, Some(&*signer), context)?;
        }
        chamber
            .root
            .begin_destruction(&generations, &sitting, &*signer)?;
        // Decided durably before the first octet is overwritten.
        chamber.folder.commit(&chamber.root)?;
    }
    let mut proofs = Vec::new();
    let all: Vec<_> = chamber
        .root
        .journal()
        .state()
        .generations()
        .cloned()
        .collect();
    for generation in all
        .iter()
        .filter(|known| generations.contains(&known.number))
    {
        let location = chamber.folder.location(&generation.key)?;
        let proof = delete(&location, &password(&location, &secret)?, goes_on)?;
        proofs.push((generation.number, proof.to_owned()));
    }
    let current = chamber.root.journal().state().current().number;
    let signer = if chamber.root.journal().state().is_destroyed(current) {
        None
    } else {
        Some(chamber.key(&secret, context)?)
    };
    chamber
        .root
        .confirm_destruction(&proofs, &sitting, signer.as_deref())?;
    chamber.commit(context, json!({ "destroyed": named }))
}

/// Deletes a key, which the key store proves; one that an interrupted run has deleted already is gone.
fn delete(
    location: &KeyLocation,
    password: &crypto::SecretBytes,
    goes_on: bool,
) -> Result<&'static str> {
    match key_store::destroy(location, password) {
        Ok(()) => Ok(proof(location)),
        Err(error) if goes_on && error.fault() == Some(KeyStoreFault::KeyNotFound) => {
            Ok("looked for: not there; deleted by the ceremony that broke off")
        }
        Err(error) => Err(error).with_context(|| location.to_string()),
    }
}
