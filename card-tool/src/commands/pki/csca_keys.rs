//! `pki csca init` and `pki csca link`: the ceremonies that make a key. It is noted before it is made (`unfinished.toml`), so
//! that none is left that nobody knows, whatever ends the ceremony.

use std::path::PathBuf;
use std::sync::Arc;

use anyhow::{Context as _, Result};
use ceremony::{ActivationSecret, Root, Settings};
use crypto::CryptoRng;
use key_store::{KeyLocation, KeyProfile};
use pki::{KeyStoreFault, Signer};
use serde_json::json;

use super::csca::Chamber;
use super::csca_destroy;
use super::sitting::{self, SecretFor};
use crate::args::{CscaInit, CscaLink, EcParametersArg};
use crate::commands::{Context, note};
use crate::exit::{Exit, Problem};
use crate::pki_folder::place::refuse_taken;
use crate::pki_folder::root::{RootFolder, password};

/// A key that was made, and that no journal names yet.
struct NewKey {
    place: String,
    signer: Arc<dyn Signer>,
}

impl NewKey {
    /// Notes the place and makes the key.
    fn make(
        folder: &RootFolder,
        place: &str,
        profile: &KeyProfile,
        secret: &ActivationSecret,
        rng: &mut dyn CryptoRng,
    ) -> Result<Self> {
        let location = folder.location(place)?;
        let password = password(&location, secret)?;
        refuse_taken(&location, &password, &mut *rng)?;
        let places = [place.to_owned()];
        folder.note_keys(&places)?;
        let made = key_store::generate(&location, profile, &password, &mut *rng);
        let error = match made {
            Ok(signer) => {
                let place = place.to_owned();
                return Ok(Self { place, signer });
            }
            Err(error) => error,
        };
        // Either somebody was quicker, and the key is theirs; or it is not known how far this one has come.
        if error.fault() != Some(KeyStoreFault::KeyExists) {
            folder
                .destroy_unfinished(place, |_| Ok(password), rng)
                .with_context(|| format!("{error}; what may be left of the key stays noted"))?;
        }
        folder.settle_keys(&places)?;
        Err(error.into())
    }

    /// Destroys it: no journal will ever name it. One that cannot be destroyed now stays noted.
    fn take_back(
        self,
        folder: &RootFolder,
        secret: &ActivationSecret,
        rng: &mut dyn CryptoRng,
    ) -> Result<()> {
        let Self { place, signer } = self;
        drop(signer);
        match folder.destroy_unfinished(&place, |location| password(location, secret), rng) {
            Ok(_) => folder.settle_keys(&[place]),
            Err(error) => {
                note(&format!(
                    "Warning: the key {place}, which is in no certificate, could not be destroyed ({error:#}). It stays noted: \
                     `card-tool pki csca destroy --unfinished`."
                ));
                Ok(())
            }
        }
    }
}

/// The keys that an `init` noted which broke off before there was a journal. Others may be those of a root whose journal is
/// lost: they are left alone.
fn left_before_the_journal(folder: &RootFolder) -> Result<Vec<String>> {
    let unfinished = folder.unfinished(None)?;
    if !unfinished.unknown.is_empty() {
        return Err(Problem::of(
            Exit::Policy,
            format!(
                "{} holds keys and no journal that names them: {}",
                folder.path().display(),
                unfinished.unknown.join(", ")
            ),
            "choose another folder; if the journal is lost, restore the root from its backup: `card-tool pki csca restore`",
        ));
    }
    Ok(unfinished.noted)
}

fn destroying_first(left: &[String]) -> String {
    if left.is_empty() {
        return String::new();
    }
    format!(
        "A ceremony broke off before. DESTROY the key it left, {}? ",
        left.join(", ")
    )
}

/// Each place with the proof that its key is gone.
fn destroy_left(
    folder: &RootFolder,
    left: &[String],
    secret: &ActivationSecret,
    rng: &mut dyn CryptoRng,
) -> Result<Vec<(String, String)>> {
    let destroy = |place: &String| {
        let proof =
            folder.destroy_unfinished(place, |location| password(location, secret), &mut *rng)?;
        // The next key may go to the same place, and is another one.
        Ok((format!("{place}, before this root began"), proof.to_owned()))
    };
    left.iter().map(destroy).collect()
}

/// Makes the key of a new root, and its certificate.
pub fn init(args: &CscaInit, context: &mut Context) -> Result<Exit> {
    let persons = sitting::persons(&args.sitting.persons)?;
    let profile = KeyProfile::by_word(&args.algorithm)?;
    let settings = settings(args);
    ceremony::policy::check_addresses(&settings)
        .map_err(|error| Problem::usage(error.to_string(), "see --contact and --crl-url"))?;
    if args.contact.is_none() || args.crl_urls.is_empty() {
        warn_of_defaults(&settings);
    }
    let folder = RootFolder::create(&args.folder)?;
    let left = left_before_the_journal(&folder)?;
    let wanted = folder.place_for_key(&args.key_store, None, &mut *context.rng)?;
    context.asking.confirm(
        &format!(
            "{}Generate the key of {} ({}) in {}, with {persons}?",
            destroying_first(&left),
            settings.common_name,
            profile.word,
            wanted
        ),
        args.sitting.yes,
    )?;
    let secret = sitting::activation(&args.sitting, &persons, SecretFor::NewKey, context.asking)?;
    let proofs = destroy_left(&folder, &left, &secret, &mut *context.rng)?;
    let place = match folder.location(&wanted)? {
        KeyLocation::Token(_) => wanted,
        // What was left may have made room.
        KeyLocation::File(_) => folder.place_for_key(&args.key_store, None, &mut *context.rng)?,
    };
    let key = NewKey::make(&folder, &place, &profile, &secret, &mut *context.rng)?;
    let sitting = sitting::sitting(&persons, context.now);
    let made = Root::create(
        settings,
        &place,
        profile.word,
        &sitting,
        &*key.signer,
        &mut *context.rng,
    );
    let made = made.and_then(|mut root| {
        if !proofs.is_empty() {
            root.discard(&proofs, &sitting, Some(&*key.signer))?;
        }
        Ok(root)
    });
    let root = match made {
        Ok(root) => root,
        Err(error) => {
            key.take_back(&folder, &secret, &mut *context.rng)?;
            return Err(error.into());
        }
    };
    folder.commit(&root)?;
    folder.settle_keys(&[&left[..], core::slice::from_ref(&place)].concat())?;
    let sha256 = root.journal().state().current().certificate.digest();
    let chamber = Chamber {
        folder,
        root,
        persons,
        args: &args.sitting,
    };
    chamber.report(
        context,
        json!({
            "csca": args.folder.join("csca.der"),
            "key": place,
            "sha256": sha256,
        }),
    )
}

/// Says what a certificate will hold that nobody has chosen.
fn warn_of_defaults(settings: &Settings) {
    note(&format!(
        "WARNING: without --contact and --crl-url the certificate says {} and {} until {} years from now, where nothing \
         may ever be. Break off here, unless this is a test.",
        settings.contact,
        settings.crl_distribution_points.join(", "),
        u32::from(settings.document_years) + u32::from(settings.csca_usage_days) / 365
    ));
}

fn settings(args: &CscaInit) -> Settings {
    let state = args.state.trim_end_matches('<').to_lowercase();
    let mut lists = args.crl_urls.clone();
    if lists.is_empty() {
        lists.push(format!("https://pki.{state}.example/csca.crl"));
    }
    Settings {
        country: args.country.clone(),
        state: args.state.clone(),
        common_name: args
            .common_name
            .clone()
            .unwrap_or_else(|| format!("CSCA {}", args.state)),
        contact: args
            .contact
            .clone()
            .unwrap_or_else(|| format!("https://pki.{state}.example/")),
        crl_distribution_points: lists,
        named_curves: args.ec_parameters == EcParametersArg::Named,
        document_types: args.document_types.clone(),
        document_years: args.document_years,
        signer_usage_days: args.signer_usage_days,
        csca_usage_days: args.csca_usage_days,
    }
}

/// Changes the key: another root certificate, and the link certificate that leads to it.
pub fn link(args: &CscaLink, context: &mut Context) -> Result<Exit> {
    let mut chamber = Chamber::open(&args.folder, &args.sitting)?;
    let current = chamber.root.journal().state().current().clone();
    let word = args.algorithm.as_deref().unwrap_or(&current.algorithm);
    let profile = KeyProfile::by_word(word)?;
    let left = chamber.folder.unfinished(Some(&chamber.root))?.noted;
    chamber.confirm(
        &format!(
            "{}Change the key of the CSCA to a new one ({}) in {}, with {}?",
            destroying_first(&left),
            profile.word,
            args.key_store,
            chamber.persons
        ),
        context,
    )?;
    let secret = chamber.secret(SecretFor::KnownKey, context)?;
    let old = chamber.key(&secret, context)?;
    if !left.is_empty() {
        csca_destroy::discard(&mut chamber, &left, &secret, Some(&*old), context)?;
    }
    let place =
        chamber
            .folder
            .place_for_key(&args.key_store, Some(&chamber.root), &mut *context.rng)?;
    let new = NewKey::make(
        &chamber.folder,
        &place,
        &profile,
        &secret,
        &mut *context.rng,
    )?;
    let persons = chamber.persons.clone();
    let linked = chamber.root.link(
        args.common_name.as_deref(),
        &place,
        profile.word,
        &sitting::sitting(&persons, context.now),
        (&*old, &*new.signer),
        &mut *context.rng,
    );
    if let Err(error) = linked {
        new.take_back(&chamber.folder, &secret, &mut *context.rng)?;
        return Err(error.into());
    }
    chamber.folder.commit(&chamber.root)?;
    chamber.folder.settle_keys(core::slice::from_ref(&place))?;
    let state = chamber.root.journal().state();
    let number = state.current().number;
    let file = |name: String| -> PathBuf { args.folder.join(name) };
    let what = json!({
        "csca": file(format!("csca-{number}.der")),
        "link": file(format!("link-{number}.der")),
        "key": place,
        "sha256": state.current().certificate.digest(),
    });
    chamber.report(context, what)
}
