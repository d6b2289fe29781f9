//! `pki registrar`: the online side that vouches for requests.

use std::path::Path;
use std::sync::Arc;

use anyhow::{Context as _, Result};
use ceremony::Digest;
use crypto::{EcParameters, SecretBytes};
use key_store::{KeyLocation, KeyProfile};
use pki::{Certificate, KeyStoreFault, Signer};
use serde_json::json;

use super::{print, print_json};
use crate::args::{Registrar, RegistrarSecret};
use crate::commands::{Context, note};
use crate::exit::{Exit, Problem};
use crate::files;
use crate::input::SecretSource;
use crate::pem;
use crate::pki_folder::issuer::{self, IssuerFolder, IssuerSettings, REGISTRAR, RegistrarNote};
use crate::pki_folder::place::refuse_taken;

/// Least characters of a secret that closes a key file: a file can be tried offline.
pub const MIN_SECRET: usize = ceremony::two_persons::MIN_FILE_PART;

/// Runs the verb.
pub fn run(args: &Registrar, context: &mut Context) -> Result<Exit> {
    let Registrar::Init {
        folder,
        csca,
        document_types,
        document_years,
        algorithm,
        key_store,
        secret,
    } = args;
    if issuer::is_issuer(folder) {
        return Err(Problem::of(
            Exit::Policy,
            format!("{} is an issuer's folder already", folder.display()),
            "keys are never overwritten; choose another folder",
        ));
    }
    let (der, certificate) = self_signed(csca)?;
    let profile = KeyProfile::by_word(algorithm)?;
    let place = issuer::registrar_place(key_store, &mut *context.rng)?;
    let location = crate::pki_folder::place::location(folder, &place)?;
    let password = registrar_secret(secret, true, context)?;
    check_secret(&password)?;
    files::make_folder(folder)?;
    let lock = issuer::lock(folder)?;
    if let Some(gone) = RegistrarNote::end(folder, &password)? {
        note(&format!(
            "The key of a run that broke off was destroyed. {gone}"
        ));
    }
    refuse_taken(&location, &password, &mut *context.rng)?;
    let making = RegistrarNote {
        registrar_key: place.clone(),
    };
    making.write(folder)?;
    let signer = make_key(folder, &location, &profile, &password, context)?;
    let spki = signer.public_key().to_spki(EcParameters::Named)?;
    let settings = IssuerSettings {
        country: certificate
            .subject()
            .country()
            .unwrap_or_default()
            .to_owned(),
        document_types: document_types.clone(),
        document_years: *document_years,
        registrar_key: place,
        registrar_algorithm: profile.word.to_owned(),
    };
    let public = pem::write_public_key(&spki);
    let made = IssuerFolder::create(folder, settings, &der, &public, lock);
    if let Err(error) = made {
        // A key that nothing knows is in the way of the next try.
        drop(signer);
        RegistrarNote::end(folder, &password)?;
        return Err(error);
    }
    RegistrarNote::settle(folder)?;
    report(
        &folder.join(REGISTRAR),
        Digest::of(&spki),
        Digest::of(&der),
        context,
    )
}

/// Makes the key that the note in the folder speaks of; takes both back where it cannot be made.
fn make_key(
    folder: &Path,
    location: &KeyLocation,
    profile: &KeyProfile,
    password: &SecretBytes,
    context: &mut Context,
) -> Result<Arc<dyn Signer>> {
    let signer = key_store::generate(location, profile, password, &mut *context.rng);
    signer.or_else(|error| {
        if error.fault() != Some(KeyStoreFault::KeyExists) {
            RegistrarNote::end(folder, password)?;
        }
        RegistrarNote::settle(folder)?;
        Err(error.into())
    })
}

/// Says what two persons have to compare.
fn report(file: &Path, registrar: Digest, known: Digest, context: &Context) -> Result<Exit> {
    if context.json() {
        print_json(&json!({
            "registrar": file,
            "sha256": registrar,
            "csca_sha256": known,
            "outcome": Exit::Done.word(),
        }))?;
        return Ok(Exit::Done);
    }
    print(&format!("registrar    {}", file.display()))?;
    print(&format!("SHA-256      {}", registrar.spoken()))?;
    print(&format!("CSCA SHA-256 {}", known.spoken()))?;
    note(
        "Compare the hash of the CSCA with the record of its ceremony; tell that of the registrar to the two who admit it.",
    );
    Ok(Exit::Done)
}

/// The CSCA certificate of a file.
fn self_signed(path: &Path) -> Result<(Vec<u8>, Certificate)> {
    let der = pem::certificate(&files::read(path)?)?;
    let certificate = Certificate::parse(&der).with_context(|| path.display().to_string())?;
    if !certificate.extensions().is_certification_authority()
        || certificate.verify_signature(&certificate).is_err()
    {
        return Err(Problem::of(
            Exit::Policy,
            format!("{} is no self-signed CSCA certificate", path.display()),
            "take csca.der out of the root's folder",
        ));
    }
    Ok((der, certificate))
}

/// The secret of the registrar's key.
pub fn registrar_secret(
    args: &RegistrarSecret,
    new: bool,
    context: &Context,
) -> Result<SecretBytes> {
    SecretSource {
        file: args.registrar_secret_file.as_deref(),
        option: "--registrar-secret-file",
        variable: "CARD_REGISTRAR_SECRET",
        prompt: "Secret of the registrar's key",
        twice: new,
    }
    .ask(context.asking)
}

/// Refuses a secret that is too short for a new key file.
pub fn check_secret(secret: &SecretBytes) -> Result<()> {
    if secret.len() < MIN_SECRET {
        return Err(Problem::of(
            Exit::Policy,
            format!("the secret of a key has at least {MIN_SECRET} characters"),
            "choose a longer one",
        ));
    }
    Ok(())
}
