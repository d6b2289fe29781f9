//! `pki signer`: new keys and the requests for their certificates, answers, and the end of a key.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::{Context as _, Result};
use ceremony::answer::MAX_ANSWER_LEN;
use ceremony::{Answer, Der, Digest, Issued, Request, RequestBody, VerifiedAnswer, Wanted};
use crypto::{EcParameters, SecretBytes};
use key_store::revocation::revokes;
use key_store::{KeyLocation, KeyProfile, NewSigner};
use pki::KeyStoreFault;
use serde_json::json;

use super::registrar::{check_secret, registrar_secret};
use super::{print, print_json, signer_status, signer_wish, signer_withdraw};
use crate::args::{Signer, SignerKind, SignerRequest, SignerSecret};
use crate::commands::{Context, note};
use crate::exit::{Exit, Problem};
use crate::files::{self, Secrecy};
use crate::pki_folder;
use crate::pki_folder::issuer::{self, IssuerFolder, Outstanding, SignerFile};
use crate::pki_folder::place::refuse_taken;
use crate::pki_folder::signer_secret::SignerSecretSource;

/// Runs the verb.
pub fn run(args: &Signer, context: &mut Context) -> Result<Exit> {
    match args {
        Signer::Request(args) => request(args, context),
        Signer::Accept {
            folder,
            answer,
            secret,
        } => accept(folder, answer, secret, context),
        Signer::Status { folder } => signer_status::run(folder, context),
        Signer::Withdraw {
            folder,
            name,
            persons,
            lost,
            secret,
            yes,
        } => {
            let withdrawal = signer_withdraw::Withdrawal {
                folder,
                name,
                persons,
                secret,
                lost: *lost,
                yes: *yes,
            };
            withdrawal.run(context)
        }
        retire @ Signer::Retire { .. } => signer_status::retire(retire, context),
    }
}

/// The secret of a signer's key.
pub fn signer_secret<'a>(
    args: &'a SignerSecret,
    new: bool,
    context: &Context,
) -> SignerSecretSource<'a> {
    SignerSecretSource {
        file: args.signer_secret_file.as_deref(),
        asking: context.asking,
        new,
    }
}

fn request(args: &SignerRequest, context: &mut Context) -> Result<Exit> {
    let folder = IssuerFolder::open_to_write(&args.folder)?;
    pki_folder::check_out(&args.out)?;
    let name = signer_wish::name(args, context.now)?;
    folder.check_name(&name)?;
    let wanted = signer_wish::wanted(args, &folder, &name, context.now)?;
    let profile = match args.kind {
        SignerKind::Crl => None,
        _ => Some(KeyProfile::by_word(&args.algorithm)?),
    };
    let place = profile
        .map(|_| folder.place_for_key(&args.key_store, &name, &mut *context.rng))
        .transpose()?;
    // Before there is a key: what the root will refuse is refused here.
    let kind = profile.as_ref().map(|profile| profile.kind);
    let types = &folder.settings.document_types;
    ceremony::foresee(&wanted, kind, types, &folder.csca()?, context.now)?;
    let registrar = folder.registrar(
        &registrar_secret(&args.registrar, false, context)?,
        &mut *context.rng,
    )?;
    let file = SignerFile {
        name,
        kind: wanted.word().to_owned(),
        key: place,
        algorithm: profile.as_ref().map(|profile| profile.word.to_owned()),
        limit: args.document_limit,
        deletion_begun: None,
        retired: None,
    };
    let new_key = match (&profile, &file.key) {
        (Some(profile), Some(place)) => {
            Some(NewKey::make(args, &folder, &file, profile, place, context)?)
        }
        _ => {
            folder.begin_request(&file)?;
            None
        }
    };
    let written = body(&folder, wanted, new_key.as_ref(), context).and_then(|body| {
        let signer = new_key.as_ref().map(|key| &*key.signer);
        let text = Request::make(body, signer, &*registrar)?.to_text()?;
        folder.keep_request(&file.name, &text)?;
        pki_folder::write_out(&args.out, text.as_bytes(), Secrecy::Open)?;
        Ok(text)
    });
    let text = match written {
        Ok(text) => text,
        Err(error) => {
            take_back(&folder, &file.name, new_key)?;
            return Err(error);
        }
    };
    let digest = Digest::of(text.as_bytes());
    if context.json() {
        print_json(&json!({
            "request": args.out,
            "signer": file.name,
            "key": file.key,
            "sha256": digest,
            "outcome": Exit::Done.word(),
        }))?;
    } else {
        print(&format!("request      {}", args.out.display()))?;
        print(&format!("signer       {}", file.name))?;
        print(&format!("SHA-256      {}", digest.spoken()))?;
        note("Carry it to the root: `card-tool pki csca sign`.");
    }
    Ok(Exit::Done)
}

/// A key that was made for a request.
struct NewKey {
    location: KeyLocation,
    secret: SecretBytes,
    signer: Arc<dyn pki::Signer>,
}

impl NewKey {
    /// Writes down what is wanted, and makes the key.
    fn make(
        args: &SignerRequest,
        folder: &IssuerFolder,
        file: &SignerFile,
        profile: &KeyProfile,
        place: &str,
        context: &mut Context,
    ) -> Result<Self> {
        let location = folder.location(place)?;
        let secret = signer_secret(&args.secret, true, context).ask()?;
        if matches!(location, KeyLocation::File(_)) {
            check_secret(&secret)?;
        }
        refuse_taken(&location, &secret, &mut *context.rng)
            .with_context(|| location.to_string())?;
        folder.begin_request(file)?;
        let made = key_store::generate(&location, profile, &secret, &mut *context.rng);
        match made {
            Ok(signer) => Ok(Self {
                location,
                secret,
                signer,
            }),
            Err(error) => {
                // Either somebody was quicker, and the key is theirs; or it is not known how far this one has come.
                let is_gone = error.fault() == Some(KeyStoreFault::KeyExists)
                    || is_destroyed(&location, &secret);
                forget(folder, &file.name, is_gone)?;
                Err(error).with_context(|| location.to_string())
            }
        }
    }
}

/// A key that waits for nothing is of no use.
fn take_back(folder: &IssuerFolder, name: &str, new_key: Option<NewKey>) -> Result<()> {
    let is_gone = new_key.is_none_or(|key| {
        drop(key.signer);
        is_destroyed(&key.location, &key.secret)
    });
    forget(folder, name, is_gone)
}

fn is_destroyed(location: &KeyLocation, secret: &SecretBytes) -> bool {
    let destroyed = key_store::destroy(location, secret);
    destroyed.map_or_else(
        |error| error.fault() == Some(KeyStoreFault::KeyNotFound),
        |()| true,
    )
}

/// What names a key stays as long as the key may be there.
fn forget(folder: &IssuerFolder, name: &str, is_gone: bool) -> Result<()> {
    if is_gone {
        return folder.forget_request(name);
    }
    note(&format!(
        "Warning: the key of {name} could not be destroyed, and stays noted: `card-tool pki signer withdraw`."
    ));
    Ok(())
}

fn body(
    folder: &IssuerFolder,
    wanted: Wanted,
    new_key: Option<&NewKey>,
    context: &mut Context,
) -> Result<RequestBody> {
    let mut nonce = [0; 32];
    context.rng.fill_bytes(&mut nonce);
    let spki = new_key
        .map(|key| key.signer.public_key().to_spki(EcParameters::Named))
        .transpose()?;
    Ok(RequestBody::new(
        Digest::new(nonce),
        context.now,
        Digest::of(folder.csca()?.as_der()),
        &folder.settings.country,
        wanted,
        spki.map(Der::new),
    ))
}

fn accept(
    path: &Path,
    answer: &Path,
    secret: &SignerSecret,
    context: &mut Context,
) -> Result<Exit> {
    let folder = IssuerFolder::open_to_write(path)?;
    let file = files::read_first(answer, MAX_ANSWER_LEN + 1)?;
    let named = || answer.display().to_string();
    let read = Answer::read(&file).with_context(named)?;
    let nonce = read.body().nonce;
    let outstanding = folder
        .outstanding()?
        .into_iter()
        .find(|outstanding| outstanding.request.body().nonce == nonce);
    let Some(outstanding) = outstanding else {
        if folder.holds(read.body().issued.der().as_bytes())? {
            return Err(Problem::of(
                Exit::Policy,
                format!("{} was accepted already", answer.display()),
                "`card-tool pki signer status` shows what came of it",
            ));
        }
        return Err(ceremony::Error::from(ceremony::Refused::OtherRequest)).with_context(named);
    };
    if outstanding.signer.deletion_begun.is_some() {
        return Err(Problem::of(
            Exit::Policy,
            format!("the withdrawal of {} was begun", outstanding.signer.name),
            "`card-tool pki signer withdraw` once more ends it; revoke the certificate at the root",
        ));
    }
    let verified = verified(&folder, &read, &outstanding.request).with_context(named)?;
    let installed = install(&folder, &outstanding, &verified, secret, context)?;
    if !verified.links().is_empty() {
        folder.take_over(verified.csca(), verified.links())?;
        note(&format!(
            "The CSCA has a new key: {}",
            Digest::of(verified.csca().as_der()).spoken()
        ));
    }
    folder.forget_request(&outstanding.signer.name)?;
    if context.json() {
        print_json(&json!({
            "signer": outstanding.signer.name,
            "kind": outstanding.signer.kind,
            "installed": installed,
            "sha256": verified.issued().der().digest(),
            "outcome": Exit::Done.word(),
        }))?;
    } else {
        print(&format!("signer       {}", outstanding.signer.name))?;
        print(&format!("installed    {}", installed.display()))?;
    }
    Ok(Exit::Done)
}

/// The answer, verified with the CSCA that is known, or with a former one: it may have been signed before a change of keys
/// that this folder has heard of in between.
fn verified(folder: &IssuerFolder, answer: &Answer, request: &Request) -> Result<VerifiedAnswer> {
    let mut first = None;
    for (index, csca) in folder.all_csca()?.iter().enumerate() {
        match answer.clone().verify(request, csca) {
            // From a former one no way leads on: those there are have been gone.
            Ok(verified) if index == 0 || verified.links().is_empty() => return Ok(verified),
            Ok(_) => {}
            Err(error @ ceremony::Error::Refused(ceremony::Refused::UnknownCsca)) => {
                first = first.or(Some(error));
            }
            Err(error) => return Err(error.into()),
        }
    }
    let unknown = || ceremony::Error::from(ceremony::Refused::UnknownCsca);
    Err(first.unwrap_or_else(unknown).into())
}

/// Puts what was issued into its place; the key is opened once, to see that it is the certified one.
fn install(
    folder: &IssuerFolder,
    outstanding: &Outstanding,
    answer: &VerifiedAnswer,
    secret: &SignerSecret,
    context: &mut Context,
) -> Result<PathBuf> {
    let signer = &outstanding.signer;
    let certificate = match answer.issued() {
        Issued::Crl(list) => {
            let revocations = folder.revocations();
            revocations.keep(list.as_bytes())?;
            return Ok(revocations.path().to_owned());
        }
        Issued::Certificate(certificate) => certificate.as_bytes(),
    };
    let list = folder.revocation_list()?;
    if revokes(list.as_ref(), &pki::Certificate::parse(certificate)?) {
        return Err(issuer::revoked(&signer.name));
    }
    let (Some(place), Some(algorithm)) = (&signer.key, &signer.algorithm) else {
        return Err(ceremony::Error::from(ceremony::Refused::OtherContent).into());
    };
    let password = signer_secret(secret, false, context).ask()?;
    let key = folder.open_key(place, algorithm, &password, &mut *context.rng)?;
    if pki::Certificate::parse(certificate)?.public_key()? != *key.public_key() {
        return Err(ceremony::Error::from(ceremony::Refused::OtherContent).into());
    }
    if !matches!(outstanding.request.body().wanted, Wanted::DocumentSigner(_)) {
        return folder.keep_list_signer(signer, certificate);
    }
    let mut ring = folder.ring()?;
    let known = ring.entry(&signer.name).map(|entry| {
        // An earlier run was interrupted behind this step.
        entry.certificate().as_der() == certificate
    });
    if !matches!(known, Ok(true)) {
        ring.add(&NewSigner {
            name: &signer.name,
            certificate,
            location: &folder.location_in_ring(place)?,
            profile: &KeyProfile::by_word(algorithm)?,
            limit: signer.limit,
        })?;
    }
    Ok(folder.path().join("document-signers").join(&signer.name))
}
