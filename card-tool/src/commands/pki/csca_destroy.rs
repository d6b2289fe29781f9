//! `pki csca destroy`: the accountable end of keys, of those that were in use and of those that never were.

use std::path::Path;

use anyhow::{Context as _, Result};
use ceremony::ActivationSecret;
use ceremony::journal::Generation;
use pki::{KeyStoreFault, Signer};
use serde_json::json;

use super::csca::Chamber;
use super::sitting::{self, SecretFor};
use crate::args::SittingArgs;
use crate::commands::Context;
use crate::exit::{Exit, Problem};
use crate::pki_folder::place::is_distinct;
use crate::pki_folder::root::{password, proof};

/// Destroys the keys that ceremonies left which broke off.
pub fn unfinished(
    path: &Path,
    lost: bool,
    args: &SittingArgs,
    context: &mut Context,
) -> Result<Exit> {
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
    let (mut left, mut given_up) = (left, Vec::new());
    if let Some(signer) = signer.as_deref().filter(|_| lost) {
        (left, given_up) = distinct(&chamber, left)?;
        give_up(&mut chamber, &given_up, signer, context)?;
    }
    if !left.is_empty() {
        discard(&mut chamber, &left, &secret, signer.as_deref(), context)?;
    }
    let mut what = json!({ "destroyed": left.join(", ") });
    if let Some(fields) = what.as_object_mut().filter(|_| !given_up.is_empty()) {
        fields.insert("lost".to_owned(), json!(given_up.join(", ")));
    }
    chamber.report(context, what)
}

/// Places that name one key for certain, and labels of tokens that may name that of somebody else.
fn distinct(chamber: &Chamber<'_>, left: Vec<String>) -> Result<(Vec<String>, Vec<String>)> {
    let (mut certain, mut labels) = (Vec::new(), Vec::new());
    for place in left {
        let location = chamber.folder.location(&place)?;
        let among = if is_distinct(&location) {
            &mut certain
        } else {
            &mut labels
        };
        among.push(place);
    }
    Ok((certain, labels))
}

/// Enters that keys are given up that may be there.
fn give_up(
    chamber: &mut Chamber<'_>,
    places: &[String],
    signer: &dyn Signer,
    context: &Context,
) -> Result<()> {
    if places.is_empty() {
        return Ok(());
    }
    let persons = chamber.persons.clone();
    let sitting = sitting::sitting(&persons, context.now);
    chamber.root.declare_lost(&[], places, &sitting, signer)?;
    chamber.folder.commit(&chamber.root)?;
    chamber.folder.settle_keys(places)
}

/// Destroys keys that never came into use, and enters that they are gone.
pub fn discard(
    chamber: &mut Chamber<'_>,
    left: &[String],
    secret: &ActivationSecret,
    signer: Option<&dyn Signer>,
    context: &mut Context,
) -> Result<()> {
    // Noted first: whatever ends this, the next one finds what is to be accounted for.
    chamber.folder.note_keys(left)?;
    let mut proofs = Vec::new();
    for place in left {
        let gone = chamber.folder.destroy_unfinished(
            place,
            |location| password(location, secret),
            &mut *context.rng,
        )?;
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
    lost: bool,
    args: &SittingArgs,
    context: &mut Context,
) -> Result<Exit> {
    let mut chamber = Chamber::open(path, args)?;
    if !chamber.root.unconfirmed_destructions().is_empty() {
        return go_on(&mut chamber, context);
    }
    let generations = chamber.root.to_destroy(generation)?;
    let left = if generation.is_none() {
        chamber.folder.unfinished(Some(&chamber.root))?.all()
    } else {
        Vec::new()
    };
    chamber.confirm(
        &format!(
            "DESTROY the key of generation {}{} for ever, with {}?",
            named(&generations),
            and_those(&left),
            chamber.persons
        ),
        context,
    )?;
    let secret = chamber.secret(SecretFor::KnownKey, context)?;
    let signer = chamber.key(&secret, context)?;
    // Seen before anything is decided: what is not there, or is another key, cannot be destroyed.
    let (there, missing) = seen(&chamber, &generations, &secret)?;
    if !missing.is_empty() && !lost {
        return Err(Problem::of(
            Exit::KeyStore,
            format!(
                "the key of generation {} is not where it is kept",
                named(&missing)
            ),
            "nothing was changed; bring it back, or say --lost: the record will not say that it is destroyed",
        ));
    }
    let persons = chamber.persons.clone();
    let sitting = sitting::sitting(&persons, context.now);
    if !left.is_empty() {
        discard(&mut chamber, &left, &secret, Some(&*signer), context)?;
    }
    if !missing.is_empty() {
        chamber
            .root
            .declare_lost(&missing, &[], &sitting, &*signer)?;
        if there.is_empty() {
            return chamber.commit(context, json!({ "lost": named(&missing) }));
        }
    }
    chamber.root.begin_destruction(&there, &sitting, &*signer)?;
    // Decided durably before the first octet is overwritten.
    chamber.folder.commit(&chamber.root)?;
    drop(signer);
    let mut proofs = Vec::new();
    for generation in known(&chamber, &there) {
        let location = chamber.folder.location(&generation.key)?;
        key_store::destroy(&location, &password(&location, &secret)?)
            .with_context(|| location.to_string())?;
        proofs.push((generation.number, proof(&location).to_owned()));
    }
    confirm_destroyed(&mut chamber, &proofs, &missing, &secret, context)
}

/// Ends what a ceremony began that broke off.
fn go_on(chamber: &mut Chamber<'_>, context: &mut Context) -> Result<Exit> {
    let begun = chamber.root.unconfirmed_destructions();
    chamber.confirm(
        &format!(
            "DESTROY the key of generation {} for ever, with {}? A ceremony has begun that and broken off.",
            named(&begun),
            chamber.persons
        ),
        context,
    )?;
    let secret = chamber.secret(SecretFor::KnownKey, context)?;
    let mut proofs = Vec::new();
    for generation in known(chamber, &begun) {
        proofs.push((generation.number, end_begun(chamber, &generation, &secret)?));
    }
    confirm_destroyed(chamber, &proofs, &[], &secret, context)
}

/// Destroys what is left of a key: all of it, a file that is half overwritten, or nothing.
fn end_begun(
    chamber: &Chamber<'_>,
    generation: &Generation,
    secret: &ActivationSecret,
) -> Result<String> {
    let location = chamber.folder.location(&generation.key)?;
    if let Err(error) = chamber.folder.has_key(generation, secret) {
        let fault = error
            .downcast_ref::<key_store::Error>()
            .and_then(key_store::Error::fault);
        if fault != Some(KeyStoreFault::FileUnreadable) {
            return Err(error);
        }
    }
    match key_store::destroy_further(&location, &password(&location, secret)?) {
        Ok(()) => Ok(proof(&location).to_owned()),
        Err(error) if error.fault() == Some(KeyStoreFault::KeyNotFound) => Ok(
            "looked for: not there any more; a ceremony had begun to delete it and broke off"
                .to_owned(),
        ),
        Err(error) => Err(error).with_context(|| location.to_string()),
    }
}

fn confirm_destroyed(
    chamber: &mut Chamber<'_>,
    proofs: &[(u32, String)],
    missing: &[u32],
    secret: &ActivationSecret,
    context: &mut Context,
) -> Result<Exit> {
    let current = chamber.root.journal().state().current().number;
    let signer = if chamber.root.journal().state().is_destroyed(current) {
        None
    } else {
        Some(chamber.key(secret, context)?)
    };
    let persons = chamber.persons.clone();
    let sitting = sitting::sitting(&persons, context.now);
    chamber
        .root
        .confirm_destruction(proofs, &sitting, signer.as_deref())?;
    let gone: Vec<u32> = proofs.iter().map(|(number, _)| *number).collect();
    let mut what = json!({ "destroyed": named(&gone) });
    if let Some(fields) = what.as_object_mut().filter(|_| !missing.is_empty()) {
        fields.insert("lost".to_owned(), json!(named(missing)));
    }
    chamber.commit(context, what)
}

/// The generations whose keys are where they are kept, and those whose keys are not. Another key in the place of one is an
/// error.
fn seen(
    chamber: &Chamber<'_>,
    generations: &[u32],
    secret: &ActivationSecret,
) -> Result<(Vec<u32>, Vec<u32>)> {
    let (mut there, mut missing) = (Vec::new(), Vec::new());
    for generation in known(chamber, generations) {
        let found = chamber.folder.has_key(&generation, secret)?;
        let among = if found { &mut there } else { &mut missing };
        among.push(generation.number);
    }
    Ok((there, missing))
}

fn known(chamber: &Chamber<'_>, generations: &[u32]) -> Vec<Generation> {
    let all = chamber.root.journal().state().generations();
    all.filter(|known| generations.contains(&known.number))
        .cloned()
        .collect()
}

fn named(generations: &[u32]) -> String {
    let numbers: Vec<String> = generations.iter().map(u32::to_string).collect();
    numbers.join(", ")
}
