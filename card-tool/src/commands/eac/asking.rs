//! What document verifiers and inspection systems have in common: they trust, ask, take in, and carry away.

use std::path::Path;

use anyhow::{Context as _, Result};
use authorization_pki::{Entity, EntityKind, Fingerprint, Refused, certificate_row, day_of};
use serde_json::json;

use super::{describe, note, print, print_json, secret, settings};
use crate::args::{EacEntity, EacImport, EacRequest};
use crate::commands::Context;
use crate::eac_folder::EntityFolder;
use crate::exit::Exit;
use crate::files::{self, Secrecy};
use crate::pki_folder;

/// Which request it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Turn {
    /// Somebody must compare its fingerprint.
    First,
    /// The key before signs it.
    Next,
}

/// Makes an entity that trusts the authorities of a file.
pub fn create(
    kind: EntityKind,
    args: &EacEntity,
    trusted: &Path,
    context: &mut Context,
) -> Result<Exit> {
    let file = files::read_first(trusted, certificate_row::MAX_LEN + 1)?;
    let entity = Entity::create(settings(kind, args), &file, context.now)
        .with_context(|| trusted.display().to_string())?;
    let certificates = certificate_row::read(&file)?;
    let folder = EntityFolder::create(&args.folder)?;
    folder.commit(&entity)?;
    let root = certificates.first().map(|root| {
        let fingerprint = Fingerprint::of(&root.to_bytes());
        (root.body().holder.to_string(), fingerprint)
    });
    if context.json() {
        print_json(&json!({
            "folder": args.folder,
            "kind": kind,
            "trusts": root.as_ref().map(|(name, _)| name),
            "sha256": root.as_ref().map(|(_, fingerprint)| fingerprint),
            "outcome": Exit::Done.word(),
        }))?;
    } else if let Some((name, fingerprint)) = root {
        print(&format!("trusts       {name}"))?;
        print(&format!("SHA-256      {}", describe::spoken(fingerprint)))?;
        note("Compare this with what the CVCA tells you another way, before anything is asked.");
    }
    Ok(Exit::Done)
}

/// Makes a key and its request; one that waits is written once more.
pub fn request(
    kind: EntityKind,
    args: &EacRequest,
    turn: Turn,
    context: &mut Context,
) -> Result<Exit> {
    let (folder, mut entity) = EntityFolder::open(&args.folder, kind)?;
    pki_folder::check_out(&args.out)?;
    if args.key.anew {
        folder.withdraw_key(&mut entity, context.now)?;
    }
    if entity.state().waiting().is_none() {
        make_request(&folder, &mut entity, args, turn, context)?;
    }
    let waiting = entity.state().waiting();
    let (name, request) = waiting
        .and_then(|key| Some((key.name().to_string(), key.request()?)))
        .ok_or(authorization_pki::Error::from(Refused::NothingPlanned))?;
    let bytes = request.to_bytes();
    pki_folder::write_out(&args.out, &bytes, Secrecy::Open)?;
    let fingerprint = Fingerprint::of(&bytes);
    if context.json() {
        print_json(&json!({
            "request": args.out,
            "holder": name,
            "countersigner": request.countersigner().map(ToString::to_string),
            "sha256": fingerprint,
            "outcome": Exit::Done.word(),
        }))?;
    } else {
        print(&format!("request      {}", args.out.display()))?;
        print(&format!("holder       {name}"))?;
        print(&format!("SHA-256      {}", describe::spoken(fingerprint)))?;
        if request.countersigner().is_none() {
            note(
                "Tell the authority this number another way than the request: nobody else vouches for it.",
            );
        }
    }
    Ok(Exit::Done)
}

fn make_request(
    folder: &EntityFolder,
    entity: &mut Entity,
    args: &EacRequest,
    turn: Turn,
    context: &mut Context,
) -> Result<()> {
    let valid = entity.state().valid(day_of(context.now)?).cloned();
    match (&valid, turn) {
        (Some(key), Turn::First) => {
            return Err(authorization_pki::Error::from(Refused::CertificateValid(
                key.name().clone(),
            ))
            .into());
        }
        (None, Turn::Next) => {
            return Err(authorization_pki::Error::from(Refused::NoCertificate).into());
        }
        _ => {}
    }
    let algorithm = entity
        .required_algorithm(context.now)?
        .ok_or(authorization_pki::Error::from(Refused::NoCertificate))?;
    let password = secret(&args.key.secret, valid.is_none(), context).ask()?;
    // The key before is opened first: with a wrong secret nothing is made.
    let mut predecessor = valid
        .map(|key| folder.open_key(&key, &password, &mut *context.rng))
        .transpose()?;
    let wished = (&*args.key.key_store, algorithm);
    let mut key = folder.make_key(entity, wished, &password, context.now, &mut *context.rng)?;
    let public = key.public().clone();
    entity.request(&public, &mut key, predecessor.as_mut(), context.now)?;
    folder.commit(entity)
}

/// Takes in certificates.
pub fn import(kind: EntityKind, args: &EacImport, context: &mut Context) -> Result<Exit> {
    let (folder, mut entity) = EntityFolder::open(&args.folder, kind)?;
    let file = files::read_first(&args.file, certificate_row::MAX_LEN + 1)?;
    let count = entity
        .import(&file, context.now)
        .with_context(|| args.file.display().to_string())?;
    folder.commit(&entity)?;
    let valid = entity.state().valid(day_of(context.now)?);
    if context.json() {
        print_json(&json!({
            "new": count,
            "certificate": valid.and_then(|key| key.certificate()).map(describe::certificate_json),
            "outcome": Exit::Done.word(),
        }))?;
        return Ok(Exit::Done);
    }
    match count {
        0 => note("Every certificate of the file was known."),
        _ => print(&format!("taken in     {count}"))?,
    }
    if let Some(certificate) = valid.and_then(|key| key.certificate()) {
        print(&describe::certificate(certificate))?;
    }
    Ok(Exit::Done)
}

/// Writes what a reader takes along.
pub fn export(folder: &Path, out: &Path, context: &mut Context) -> Result<Exit> {
    let (_folder, entity) = EntityFolder::open(folder, EntityKind::InspectionSystem)?;
    let (key, credentials) = entity.credentials(context.now)?;
    pki_folder::write_out(out, &credentials.to_bytes(), Secrecy::Open)?;
    let period = key
        .certificate()
        .map(|certificate| certificate.body().period);
    let until = period.map(|period| period.expiry().to_string());
    if context.json() {
        print_json(&json!({
            "credentials": out,
            "terminal": credentials.terminal().to_string(),
            "certificates": credentials.certificates().len(),
            "key": key.place(),
            "until": until,
            "outcome": Exit::Done.word(),
        }))?;
    } else {
        print(&format!("credentials  {}", out.display()))?;
        print(&format!("terminal     {}", credentials.terminal()))?;
        print(&format!(
            "key          {}",
            crate::printable::line(key.place())
        ))?;
        print(&format!("until        {}", until.unwrap_or_default()))?;
    }
    Ok(Exit::Done)
}
