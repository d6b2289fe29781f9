//! `eac cvca`: the authority that chips trust.

use std::collections::BTreeMap;
use std::path::Path;

use anyhow::Result;
use authorization_pki::{
    Entity, EntityKind, Fingerprint, KeyAlgorithm, Refused, Validity, certificate_row,
};
use protocols::terminal_authentication::{Certificate, HolderReference};
use serde_json::json;

use super::{certifying, describe, note, print, print_json, rights, secret, settings, standing};
use crate::args::{EacCvca, EacKey, EacOwn};
use crate::commands::Context;
use crate::eac_folder::{self, EntityFolder, algorithm};
use crate::exit::Exit;
use crate::files::Secrecy;
use crate::pki_folder;

const KIND: EntityKind = EntityKind::Cvca;

/// Runs the verb.
pub fn run(args: &EacCvca, context: &mut Context) -> Result<Exit> {
    match args {
        EacCvca::Create {
            entity,
            own,
            algorithm: word,
            key,
        } => {
            let wished = algorithm(word)?;
            let made = Entity::create(settings(KIND, entity), &[], context.now)?;
            let (folder, mut made) = begin(&entity.folder, made)?;
            certify_itself(&folder, &mut made, own, (key, wished), false, context)
        }
        EacCvca::Renew {
            folder,
            own,
            algorithm: word,
            late,
            key,
        } => {
            let (folder, mut entity) = EntityFolder::open(folder, KIND)?;
            let wished = match (word, entity.state().keys().last()) {
                (Some(word), _) => algorithm(word)?,
                (None, Some(last)) => last.algorithm(),
                (None, None) => return Err(no_certificate()),
            };
            certify_itself(&folder, &mut entity, own, (key, wished), *late, context)
        }
        EacCvca::Certify { certify, role } => certifying::verifier(certify, *role, context),
        EacCvca::TrustPoint { folder, out } => trust_point(folder, out, context),
        EacCvca::Show { folder } => standing::run(KIND, folder, context),
    }
}

fn no_certificate() -> anyhow::Error {
    authorization_pki::Error::from(Refused::NoCertificate).into()
}

/// The folder of a new CVCA, or of one whose creation broke off before it had a certificate: that goes on.
fn begin(path: &Path, made: Entity) -> Result<(EntityFolder, Entity)> {
    if eac_folder::is_entity(path) {
        let (folder, found) = EntityFolder::open(path, KIND)?;
        let state = found.state();
        if state.cvca().is_some() || state.settings() != made.state().settings() {
            return Err(eac_folder::taken(path));
        }
        return Ok((folder, found));
    }
    let folder = EntityFolder::create(path)?;
    folder.commit(&made)?;
    Ok((folder, made))
}

fn certify_itself(
    folder: &EntityFolder,
    entity: &mut Entity,
    own: &EacOwn,
    (key, wished): (&EacKey, KeyAlgorithm),
    late: bool,
    context: &mut Context,
) -> Result<Exit> {
    let validity = Validity {
        rights: rights(own.rights),
        days: own.days,
        late,
    };
    entity.check_validity(validity, context.now)?;
    if key.anew {
        folder.withdraw_key(entity, context.now)?;
    }
    let before = entity
        .state()
        .keys()
        .iter()
        .rev()
        .find(|key| key.certificate().is_some())
        .cloned();
    let password = secret(&key.secret, before.is_none(), context).ask()?;
    let mut predecessor = before
        .map(|key| folder.open_key(&key, &password, &mut *context.rng))
        .transpose()?;
    let wished = (&*key.key_store, wished);
    let mut new = folder.make_key(entity, wished, &password, context.now, &mut *context.rng)?;
    let public = new.public().clone();
    entity.self_certify(
        &public,
        &mut new,
        predecessor.as_mut(),
        validity,
        context.now,
    )?;
    folder.commit(entity)?;
    let made = entity
        .state()
        .keys()
        .last()
        .and_then(|key| key.certificate());
    let link = entity.state().cvca().and_then(|cvca| cvca.links().last());
    let former = under_former_key(entity);
    if context.json() {
        print_json(&json!({
            "under_former_key": former.iter().map(|(name, _)| name).collect::<Vec<_>>(),
            "certificate": made.map(describe::certificate_json),
            "link": link.map(describe::certificate_json),
            "outcome": Exit::Done.word(),
        }))?;
    } else {
        for certificate in [made, link].into_iter().flatten() {
            print(&describe::certificate(certificate))?;
        }
        for (name, until) in &former {
            note(&format!(
                "{name} is certified under a former key until {until}: it imports chain.cvcert, and renews"
            ));
        }
    }
    Ok(Exit::Done)
}

/// The document verifiers whose last certificate is not under the newest key: name, and end of that certificate.
fn under_former_key(entity: &Entity) -> Vec<(String, String)> {
    let state = entity.state();
    let newest = state.cvca().and_then(|cvca| cvca.newest());
    let mut last: BTreeMap<String, &Certificate> = BTreeMap::new();
    for answered in state.answers() {
        let holder = &answered.certificate().body().holder;
        last.insert(of_whom(holder), answered.certificate());
    }
    let bodies = last.into_values().map(|certificate| certificate.body());
    bodies
        .filter(|body| newest.is_some_and(|newest| *newest.holder() != body.authority))
        .map(|body| (body.holder.to_string(), body.period.expiry().to_string()))
        .collect()
}

/// A name without its sequence number.
fn of_whom(holder: &HolderReference) -> String {
    let name = holder.to_string();
    let end = name.len().saturating_sub(holder.sequence().len());
    name.get(..end).unwrap_or_default().to_owned()
}

/// The newest key, and the one before while it is valid: what a chip can hold.
fn trust_point(path: &Path, out: &Path, context: &mut Context) -> Result<Exit> {
    let (_folder, entity) = EntityFolder::open(path, KIND)?;
    let points = eac_folder::of_cvca(&entity, context.now)?;
    let file = certificate_row::write(points.iter().copied());
    pki_folder::write_out(out, &file, Secrecy::Open)?;
    if context.json() {
        let all: Vec<_> = points
            .iter()
            .map(|one| describe::certificate_json(one))
            .collect();
        print_json(&json!({
            "trust_points": all,
            "sha256": Fingerprint::of(&file),
            "outcome": Exit::Done.word(),
        }))?;
    } else {
        let all: Vec<_> = points
            .iter()
            .map(|one| describe::certificate(one))
            .collect();
        print(&all.join("\n\n"))?;
    }
    Ok(Exit::Done)
}
