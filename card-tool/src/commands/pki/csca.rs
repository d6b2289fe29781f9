//! `pki csca`: the ceremonies. Each one opens the key with the secrets of two persons, enters its line into
//! the journal, and hands out what was made only then.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::{Context as _, Result};
use ceremony::request::MAX_REQUEST_LEN;
use ceremony::{ActivationSecret, Answer, Digest, Proposal, Root, TwoPersons, policy};
use crypto::{EcParameters, PublicKey};
use pki::Signer;
use serde_json::{Value, json};

use super::sitting::{self, SecretFor};
use super::{csca_destroy, csca_dismiss, csca_keys, csca_log, csca_upkeep, print, print_json};
use crate::args::{Csca, SittingArgs};
use crate::commands::{Context, note};
use crate::exit::{Exit, Problem};
use crate::files::{self, Secrecy};
use crate::pki_folder::root::{RootFolder, done};
use crate::{pem, pki_folder, printable};

/// Largest file with a registrar's key.
const MAX_KEY_FILE: usize = 16 * 1024;

/// Runs the verb.
pub fn run(args: &Csca, context: &mut Context) -> Result<Exit> {
    match args {
        Csca::Init(args) => csca_keys::init(args, context),
        Csca::Admit {
            folder,
            key,
            name,
            sitting,
        } => admit(folder, key, name.as_deref(), sitting, context),
        Csca::Dismiss {
            folder,
            registrar,
            sitting,
        } => csca_dismiss::run(folder, registrar, sitting, context),
        Csca::Sign {
            folder,
            request,
            out,
            sitting,
        } => sign(folder, request, out, sitting, context),
        Csca::Link(args) => csca_keys::link(args, context),
        Csca::Log { folder, html } => csca_log::run(folder, html.as_deref(), context),
        Csca::Destroy {
            folder,
            generation,
            unfinished,
            lost,
            sitting,
        } => {
            if *unfinished {
                csca_destroy::unfinished(folder, *lost, sitting, context)
            } else {
                csca_destroy::run(folder, *generation, *lost, sitting, context)
            }
        }
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
    /// The ceremony as it was asked for.
    pub args: &'a SittingArgs,
}

impl<'a> Chamber<'a> {
    /// Opens the folder.
    pub fn open(path: &Path, args: &'a SittingArgs) -> Result<Self> {
        let persons = sitting::persons(&args.persons)?;
        let (folder, root) = RootFolder::open(path)?;
        folder.settle_known_keys(&root)?;
        for key in folder.unfinished(Some(&root))?.all() {
            note(&format!(
                "Warning: a ceremony broke off and left the key {key}, which is in no certificate: `card-tool pki csca destroy \
                 --unfinished`."
            ));
        }
        for copy in folder.unrecorded_copies(&root)? {
            note(&format!(
                "Warning: a backup broke off and may have left a copy of the root of which no record tells: {}, SHA-256 {}. The \
                 next `card-tool pki csca backup` records it.",
                copy.path, copy.sha256
            ));
        }
        if let Some((line, digest)) = root.journal().last() {
            note(&format!(
                "The last record is number {}, SHA-256 {}. If a later one is on paper, this is an old copy of the root: stop.",
                line.record.number,
                digest.spoken()
            ));
        }
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
    pki_folder::write_out(out, answer.as_bytes(), Secrecy::Open).with_context(|| {
        format!(
            "{}; the same request gets the same answer",
            done(&chamber.root)
        )
    })?;
    chamber.report(context, answered(out, &answer, false))
}

fn answered(out: &Path, answer: &str, again: bool) -> Value {
    json!({ "answer": out, "sha256": Digest::of(answer.as_bytes()), "again": again })
}
