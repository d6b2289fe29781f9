//! `pki signer`: new keys and the requests for their certificates, answers, and the end of a key.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::{Context as _, Result};
use ceremony::answer::MAX_ANSWER_LEN;
use ceremony::policy::YEAR;
use ceremony::request::{BarcodeSignerWish, CrlWish, DocumentSignerWish, SignerWish};
use ceremony::{Answer, Der, Digest, Issued, Period, Request, RequestBody, VerifiedAnswer, Wanted};
use crypto::{EcParameters, SecretBytes};
use key_store::{KeyLocation, KeyProfile, NewSigner};
use serde_json::json;
use time::macros::format_description;
use time::{Date, Duration, OffsetDateTime, Time};

use super::csca_upkeep::serial_number;
use super::registrar::{check_secret, registrar_secret};
use super::{print, print_json, signer_status};
use crate::args::{Signer, SignerKind, SignerRequest, SignerSecret};
use crate::commands::{Context, note};
use crate::exit::{Exit, Problem};
use crate::files::{self, Secrecy};
use crate::pki_folder;
use crate::pki_folder::issuer::{self, IssuerFolder, Outstanding, SignerFile};
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
    let folder = IssuerFolder::open(&args.folder)?;
    pki_folder::check_out(&args.out)?;
    let name = name(args, context.now)?;
    folder.check_name(&name)?;
    let wanted = wanted(args, &folder, &name, context.now)?;
    let registrar = folder.registrar(
        &registrar_secret(&args.registrar, false, context)?,
        &mut *context.rng,
    )?;
    let new_key = match args.kind {
        SignerKind::Crl => None,
        _ => Some(NewKey::make(args, &folder, &name, context)?),
    };
    let file = SignerFile {
        name,
        kind: wanted.word().to_owned(),
        key: new_key.as_ref().map(|key| key.place.clone()),
        algorithm: new_key.as_ref().map(|key| key.profile.word.to_owned()),
        limit: args.document_limit,
    };
    let written = body(&folder, wanted, new_key.as_ref(), context).and_then(|body| {
        let signer = new_key.as_ref().map(|key| &*key.signer);
        let text = Request::make(body, signer, &*registrar)?.to_text()?;
        folder.keep_request(&file, &text)?;
        pki_folder::write_out(&args.out, text.as_bytes(), Secrecy::Open)?;
        Ok(text)
    });
    let text = match written {
        Ok(text) => text,
        Err(error) => {
            // A key that waits for nothing is of no use.
            let _ = folder.forget_request(&file.name);
            if let Some(key) = new_key {
                drop(key.signer);
                let _ = key_store::destroy(&key.location, &key.secret);
            }
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
    place: String,
    location: KeyLocation,
    profile: KeyProfile,
    secret: SecretBytes,
    signer: Arc<dyn pki::Signer>,
}

impl NewKey {
    fn make(
        args: &SignerRequest,
        folder: &IssuerFolder,
        name: &str,
        context: &mut Context,
    ) -> Result<Self> {
        let profile = KeyProfile::by_word(&args.algorithm)?;
        let place = folder.place_for_key(&args.key_store, name)?;
        let location = folder.location(&place)?;
        let secret = signer_secret(&args.secret, true, context).ask()?;
        if matches!(location, KeyLocation::File(_)) {
            check_secret(&secret)?;
        }
        let signer = key_store::generate(&location, &profile, &secret, &mut *context.rng)
            .with_context(|| location.to_string())?;
        Ok(Self {
            place,
            location,
            profile,
            secret,
            signer,
        })
    }
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

fn name(args: &SignerRequest, now: OffsetDateTime) -> Result<String> {
    if let Some(name) = &args.name {
        return Ok(name.clone());
    }
    let kind = match args.kind {
        SignerKind::DocumentSigner => "ds",
        SignerKind::MasterListSigner => "mls",
        SignerKind::DeviationListSigner => "dls",
        SignerKind::BarcodeSigner => "bcs",
        SignerKind::Crl => "crl",
    };
    let form = format_description!("[year][month][day]-[hour][minute][second]");
    Ok(format!("{kind}-{}", now.format(form)?))
}

/// What is wanted, with periods that follow the rule of sums (Doc 9303-12 Appendix A).
fn wanted(
    args: &SignerRequest,
    folder: &IssuerFolder,
    name: &str,
    now: OffsetDateTime,
) -> Result<Wanted> {
    let from = match &args.from {
        None => now.replace_nanosecond(0)?,
        Some(day) => {
            let form = format_description!("[year]-[month]-[day]");
            let date = Date::parse(day, form)
                .map_err(|_| Problem::usage(format!("{day} is no day"), "write YYYY-MM-DD"))?;
            date.with_time(Time::MIDNIGHT).assume_utc()
        }
    };
    let usage = Duration::days(args.usage_days.into());
    let period = |length: Duration| Period {
        from,
        to: from + length,
    };
    let life = YEAR * i32::from(folder.settings.document_years) + Duration::days(1);
    let types = || match &args.document_types[..] {
        [] => folder.settings.document_types.clone(),
        named => named.to_vec(),
    };
    let common_name = || {
        args.common_name
            .clone()
            .unwrap_or_else(|| format!("{} {name}", folder.settings.country))
    };
    let list_signer = || SignerWish {
        common_name: common_name(),
        private_key_usage: period(usage),
        validity: period(usage),
    };
    Ok(match args.kind {
        SignerKind::DocumentSigner => Wanted::DocumentSigner(DocumentSignerWish {
            common_name: common_name(),
            private_key_usage: period(usage),
            validity: period(usage + life),
            document_types: types(),
        }),
        SignerKind::MasterListSigner => Wanted::MasterListSigner(list_signer()),
        SignerKind::DeviationListSigner => Wanted::DeviationListSigner(list_signer()),
        SignerKind::BarcodeSigner => Wanted::BarcodeSigner(BarcodeSignerWish {
            common_name: args.common_name.clone().ok_or_else(|| {
                Problem::usage(
                    "a bar code signer has a name of two letters",
                    "say --common-name",
                )
            })?,
            validity: period(usage + life),
            document_types: args.document_types.clone(),
        }),
        SignerKind::Crl => Wanted::Crl(CrlWish {
            revoke: args
                .revoke
                .iter()
                .map(|path| serial_number(Some(path), None))
                .collect::<Result<_>>()?,
        }),
    })
}

fn accept(
    path: &Path,
    answer: &Path,
    secret: &SignerSecret,
    context: &mut Context,
) -> Result<Exit> {
    let folder = IssuerFolder::open(path)?;
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
    let verified = read
        .verify(&outstanding.request, &folder.csca()?)
        .with_context(named)?;
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
        Issued::Crl(list) => return folder.keep_crl(list.as_bytes()),
        Issued::Certificate(certificate) => certificate.as_bytes(),
    };
    let list = folder.revocation_list()?;
    if issuer::revokes(list.as_ref(), &pki::Certificate::parse(certificate)?) {
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
