//! `pki csca`: the ceremonies that make things. Each one opens the key with the secrets of two persons, enters its line into
//! the journal, and hands out what was made only then.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::{Context as _, Result};
use ceremony::request::MAX_REQUEST_LEN;
use ceremony::{ActivationSecret, Answer, Digest, Proposal, Root, Settings, TwoPersons, policy};
use crypto::{EcParameters, PublicKey};
use key_store::KeyProfile;
use pki::Signer;
use serde_json::{Value, json};

use super::sitting::{self, SecretFor};
use super::{csca_log, csca_upkeep, print, print_json};
use crate::args::{Csca, CscaInit, CscaLink, EcParametersArg, SittingArgs};
use crate::commands::{Context, note};
use crate::exit::{Exit, Problem};
use crate::files::{self, Secrecy};
use crate::pki_folder::root::{RootFolder, password};
use crate::{pem, pki_folder, printable};

/// Largest file with a registrar's key.
const MAX_KEY_FILE: usize = 16 * 1024;

/// Runs the verb.
pub fn run(args: &Csca, context: &mut Context) -> Result<Exit> {
    match args {
        Csca::Init(args) => init(args, context),
        Csca::Admit {
            folder,
            key,
            name,
            sitting,
        } => admit(folder, key, name.as_deref(), sitting, context),
        Csca::Sign {
            folder,
            request,
            out,
            sitting,
        } => sign(folder, request, out, sitting, context),
        Csca::Link(args) => link(args, context),
        Csca::Log { folder, html } => csca_log::run(folder, html.as_deref(), context),
        other => csca_upkeep::run(other, context),
    }
}

/// A root with everything that a ceremony needs.
pub struct Chamber<'a> {
    /// Its folder.
    pub folder: RootFolder,
    /// The root.
    pub root: Root,
    /// Who is there.
    pub persons: TwoPersons,
    args: &'a SittingArgs,
}

impl<'a> Chamber<'a> {
    /// Opens the folder.
    pub fn open(path: &Path, args: &'a SittingArgs) -> Result<Self> {
        let persons = sitting::persons(&args.persons)?;
        let (folder, root) = RootFolder::open(path)?;
        Ok(Self {
            folder,
            root,
            persons,
            args,
        })
    }

    /// Asks before something that cannot be undone.
    pub fn confirm(&self, question: &str, context: &Context) -> Result<()> {
        context.asking.confirm(question, self.args.yes)
    }

    /// The secret of both.
    pub fn secret(&self, key: SecretFor, context: &Context) -> Result<ActivationSecret> {
        sitting::activation(self.args, &self.persons, key, context.asking)
    }

    /// The key in use.
    pub fn key(&self, secret: &ActivationSecret, context: &mut Context) -> Result<Arc<dyn Signer>> {
        self.root.refuse_destroyed()?;
        let generation = self.root.journal().state().current();
        self.folder.open_key(generation, secret, &mut *context.rng)
    }

    /// Writes the journal, and says where the record is.
    pub fn commit(&self, context: &Context, what: Value) -> Result<Exit> {
        self.folder.commit(&self.root)?;
        self.report(context, what)
    }

    /// Says what was done, and where the record is.
    pub fn report(&self, context: &Context, what: Value) -> Result<Exit> {
        report(self.folder.last_record(&self.root), context, what)
    }
}

/// Says what was done, and which record tells of it.
fn report(record: Option<PathBuf>, context: &Context, mut what: Value) -> Result<Exit> {
    if context.json() {
        if let Some(fields) = what.as_object_mut() {
            fields.insert("record".to_owned(), json!(record));
            fields.insert("outcome".to_owned(), json!(Exit::Done.word()));
        }
        print_json(&what)?;
        return Ok(Exit::Done);
    }
    for (name, value) in what.as_object().into_iter().flatten() {
        let value = value
            .as_str()
            .map_or_else(|| value.to_string(), printable::line);
        print(&format!("{:12} {value}", name.replace('_', " ")))?;
    }
    if let Some(record) = record {
        note(&format!("Print and sign the record: {}", record.display()));
    }
    Ok(Exit::Done)
}

fn init(args: &CscaInit, context: &mut Context) -> Result<Exit> {
    let persons = sitting::persons(&args.sitting.persons)?;
    let profile = KeyProfile::by_word(&args.algorithm)?;
    let settings = settings(args);
    if args.contact.is_none() || args.crl_urls.is_empty() {
        note(&format!(
            "WARNING: without --contact and --crl-url the certificate says {} and {} until {} years from now, where nothing \
             may ever be. Break off here, unless this is a test.",
            settings.contact,
            settings.crl_distribution_points.join(", "),
            u32::from(settings.document_years) + u32::from(settings.csca_usage_days) / 365
        ));
    }
    let folder = RootFolder::create(&args.folder)?;
    let place = folder.place_for_key(&args.key_store, None)?;
    context.asking.confirm(
        &format!(
            "Generate the key of {} ({}) in {place}, with {persons}?",
            settings.common_name, profile.word
        ),
        args.sitting.yes,
    )?;
    let secret = sitting::activation(&args.sitting, &persons, SecretFor::NewKey, context.asking)?;
    let location = folder.location(&place)?;
    let password = password(&location, &secret)?;
    let signer = key_store::generate(&location, &profile, &password, &mut *context.rng)?;
    let made = Root::create(
        settings,
        &place,
        profile.word,
        &sitting::sitting(&persons, context.now),
        &*signer,
        &mut *context.rng,
    );
    let root = match made {
        Ok(root) => root,
        Err(error) => {
            // No journal will ever name this key.
            drop(signer);
            let _ = key_store::destroy(&location, &password);
            return Err(error.into());
        }
    };
    folder.commit(&root)?;
    let certificate = root.journal().state().current().certificate.clone();
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
            "sha256": certificate.digest(),
        }),
    )
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

fn admit(
    path: &Path,
    key: &Path,
    name: Option<&str>,
    args: &SittingArgs,
    context: &mut Context,
) -> Result<Exit> {
    let mut chamber = Chamber::open(path, args)?;
    let spki = pem::public_key(&files::read_at_most(key, MAX_KEY_FILE)?)
        .with_context(|| key.display().to_string())?;
    let public = PublicKey::from_spki(&spki).with_context(|| key.display().to_string())?;
    // One form for one key, whichever it came in.
    let spki = public.to_spki(EcParameters::Named)?;
    let digest = ceremony::fingerprint(&public)?;
    let name = name.map_or_else(
        || {
            key.file_stem()
                .unwrap_or_default()
                .to_string_lossy()
                .into_owned()
        },
        str::to_owned,
    );
    note(&format!(
        "registrar  {name}\nkey        {}\nSHA-256    {}",
        public.describe(),
        digest.spoken()
    ));
    chamber.confirm(
        "Have both compared this hash with what the registrar says by another way?",
        context,
    )?;
    let secret = chamber.secret(SecretFor::KnownKey, context)?;
    let signer = chamber.key(&secret, context)?;
    let persons = chamber.persons.clone();
    chamber.root.admit(
        &name,
        &spki,
        &sitting::sitting(&persons, context.now),
        &*signer,
    )?;
    chamber.commit(context, json!({ "admitted": name, "sha256": digest }))
}

fn sign(
    path: &Path,
    request: &Path,
    out: &Path,
    args: &SittingArgs,
    context: &mut Context,
) -> Result<Exit> {
    let mut chamber = Chamber::open(path, args)?;
    let file = files::read_first(request, MAX_REQUEST_LEN + 1)?;
    if Answer::read(&file).is_ok() {
        return Err(Problem::usage(
            format!("{} is an answer, not a request", request.display()),
            "the online side takes it: `card-tool pki signer accept`",
        ));
    }
    let proposal = chamber
        .root
        .propose(&file, context.now)
        .with_context(|| request.display().to_string())?;
    let verified = match proposal {
        Proposal::Answered(answer) => {
            note("This request was answered before: the same answer again.");
            pki_folder::write_out(out, answer.as_bytes(), Secrecy::Open)?;
            let record = chamber.folder.record_of_answer(&chamber.root, &answer);
            return report(record, context, answered(out, &answer, true));
        }
        Proposal::Answerable(request) => request,
    };
    pki_folder::check_out(out)?;
    for (what, says) in policy::facts(verified.body()) {
        note(&format!("{what:15} {says}"));
    }
    chamber.confirm("Shall the CSCA sign this?", context)?;
    let secret = chamber.secret(SecretFor::KnownKey, context)?;
    let signer = chamber.key(&secret, context)?;
    let persons = chamber.persons.clone();
    let sitting = sitting::sitting(&persons, context.now);
    let answer = chamber
        .root
        .answer(&verified, &sitting, &*signer, &mut *context.rng)?;
    // The journal first: whatever happens after it, the same request gets this answer and no other.
    chamber.folder.commit(&chamber.root)?;
    pki_folder::write_out(out, answer.as_bytes(), Secrecy::Open)?;
    chamber.report(context, answered(out, &answer, false))
}

fn answered(out: &Path, answer: &str, again: bool) -> Value {
    json!({ "answer": out, "sha256": Digest::of(answer.as_bytes()), "again": again })
}

fn link(args: &CscaLink, context: &mut Context) -> Result<Exit> {
    let mut chamber = Chamber::open(&args.folder, &args.sitting)?;
    let current = chamber.root.journal().state().current().clone();
    let word = args.algorithm.as_deref().unwrap_or(&current.algorithm);
    let profile = KeyProfile::by_word(word)?;
    let place = chamber
        .folder
        .place_for_key(&args.key_store, Some(&chamber.root))?;
    chamber.confirm(
        &format!(
            "Change the key of the CSCA to a new one ({}) in {place}, with {}?",
            profile.word, chamber.persons
        ),
        context,
    )?;
    let secret = chamber.secret(SecretFor::KnownKey, context)?;
    let old = chamber.key(&secret, context)?;
    let location = chamber.folder.location(&place)?;
    let password = password(&location, &secret)?;
    let new = key_store::generate(&location, &profile, &password, &mut *context.rng)?;
    let persons = chamber.persons.clone();
    let linked = chamber.root.link(
        args.common_name.as_deref(),
        &place,
        profile.word,
        &sitting::sitting(&persons, context.now),
        (&*old, &*new),
        &mut *context.rng,
    );
    if let Err(error) = linked {
        // No journal will ever name this key.
        drop(new);
        let _ = key_store::destroy(&location, &password);
        return Err(error.into());
    }
    chamber.folder.commit(&chamber.root)?;
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
