//! `pki csca`: revocation, backup and restoration.

use core::fmt;
use std::path::Path;

use anyhow::{Context as _, Result};
use ceremony::issue::CRL_PAUSE;
use ceremony::keep::MAX_BACKUP_LEN;
use ceremony::record::moment;
use ceremony::{Backup, Der, Digest, KeyCopy, Root, SerialNumber};
use pki::Certificate;
use serde_json::json;

use super::csca::Chamber;
use super::sitting::{self, SecretFor};
use crate::args::{Csca, SittingArgs};
use crate::commands::{Context, note};
use crate::exit::{Exit, Problem};
use crate::files::{self, Secrecy};
use crate::pki_folder::root::{RootFolder, done};
use crate::{pem, pki_folder, printable};

/// Runs the verb.
pub fn run(args: &Csca, context: &mut Context) -> Result<Exit> {
    match args {
        Csca::Revoke {
            folder,
            certificate,
            serial,
            sitting,
        } => {
            let what = match certificate {
                Some(path) => ToRevoke::Certificate(Box::new(read_certificate(path)?)),
                None => ToRevoke::Serial(serial_number(None, serial.as_deref())?),
            };
            revoke(folder, &what, sitting, context)
        }
        Csca::Crl {
            folder,
            out,
            days,
            sitting,
        } => crl(folder, out.as_deref(), *days, sitting, context),
        Csca::Backup {
            folder,
            out,
            sitting,
        } => backup(folder, out, sitting, context),
        Csca::Restore {
            folder,
            from,
            sitting,
        } => restore(folder, from, sitting, context),
        _ => Err(Problem::usage("no such ceremony", "see --help")),
    }
}

/// The serial number of a certificate that was named one way or the other.
pub fn serial_number(file: Option<&Path>, digits: Option<&str>) -> Result<SerialNumber> {
    if let Some(path) = file {
        return Ok(SerialNumber::new(read_certificate(path)?.serial_number()));
    }
    digits.and_then(SerialNumber::from_text).ok_or_else(|| {
        Problem::usage(
            "no serial number",
            "hexadecimal digits, as `card-tool explain` shows them",
        )
    })
}

fn read_certificate(path: &Path) -> Result<Certificate> {
    let shown = || path.display().to_string();
    let der = pem::certificate(&files::read(path)?).with_context(shown)?;
    Certificate::parse(&der).with_context(shown)
}

/// What is revoked: a serial number that the journal knows, or a certificate whose signature is evidence enough.
enum ToRevoke {
    Serial(SerialNumber),
    Certificate(Box<Certificate>),
}

impl fmt::Display for ToRevoke {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Serial(serial) => write!(f, "{serial}"),
            Self::Certificate(certificate) => write!(
                f,
                "{} of {}",
                SerialNumber::new(certificate.serial_number()),
                printable::line(&certificate.subject().to_string())
            ),
        }
    }
}

fn revoke(path: &Path, what: &ToRevoke, args: &SittingArgs, context: &mut Context) -> Result<Exit> {
    let mut chamber = Chamber::open(path, args)?;
    chamber.confirm(
        &format!(
            "Revoke the certificate {what} for ever, with {}?",
            chamber.persons
        ),
        context,
    )?;
    let secret = chamber.secret(SecretFor::KnownKey, context)?;
    let signer = chamber.key(&secret, context)?;
    let persons = chamber.persons.clone();
    let sitting = sitting::sitting(&persons, context.now);
    let serial = match what {
        ToRevoke::Serial(serial) => {
            chamber.root.revoke(serial, &sitting, &*signer)?;
            serial.clone()
        }
        ToRevoke::Certificate(certificate) => {
            let root = &mut chamber.root;
            root.revoke_certificate(certificate.as_der(), &sitting, &*signer)?
        }
    };
    note("Issue a revocation list within 48 hours: `card-tool pki csca crl`.");
    chamber.commit(context, json!({ "revoked": serial }))
}

fn crl(
    path: &Path,
    out: Option<&Path>,
    days: u16,
    args: &SittingArgs,
    context: &mut Context,
) -> Result<Exit> {
    out.map_or(Ok(()), pki_folder::check_out)?;
    let mut chamber = Chamber::open(path, args)?;
    let state = chamber.root.journal().state();
    let number = state.next_crl_number();
    if let Some(last) = state.last_crl()
        && context.now - last < CRL_PAUSE
        && !state.revoked_since_last_crl()
    {
        note(&format!(
            "Warning: the last list is of {}, less than 48 hours ago, and nothing was revoked since.",
            moment(last)
        ));
    }
    chamber.confirm(
        &format!(
            "Issue the revocation list {number}, with {}?",
            chamber.persons
        ),
        context,
    )?;
    let secret = chamber.secret(SecretFor::KnownKey, context)?;
    let signer = chamber.key(&secret, context)?;
    let persons = chamber.persons.clone();
    let sitting = sitting::sitting(&persons, context.now);
    let list = chamber.root.crl(days, &sitting, &*signer)?;
    chamber.folder.commit(&chamber.root)?;
    if let Some(out) = out {
        pki_folder::write_out(out, list.as_bytes(), Secrecy::Open).with_context(|| {
            let list = path.join("csca.crl");
            format!("{}; the list is {}", done(&chamber.root), list.display())
        })?;
    }
    let file = out.map_or_else(|| path.join("csca.crl"), Path::to_owned);
    chamber.report(
        context,
        json!({ "crl": file, "number": number, "sha256": list.digest() }),
    )
}

fn backup(path: &Path, out: &Path, args: &SittingArgs, context: &mut Context) -> Result<Exit> {
    pki_folder::check_out(out)?;
    let mut chamber = Chamber::open(path, args)?;
    chamber.confirm(
        &format!(
            "Write a backup of the root to {}, with {}?",
            out.display(),
            chamber.persons
        ),
        context,
    )?;
    let secret = chamber.secret(SecretFor::KnownKey, context)?;
    let signer = chamber.key(&secret, context)?;
    let state = chamber.root.journal().state();
    let mut keys = Vec::new();
    for generation in state.generations() {
        if state.is_destroyed(generation.number) {
            continue;
        }
        let Some(file) = chamber.folder.key_file(generation)? else {
            note(
                "The key is in a token: copy it by the token's own means; this backup holds the journal.",
            );
            continue;
        };
        keys.push(KeyCopy {
            generation: generation.number,
            content: Der::new(files::read(&file)?),
        });
    }
    let persons = chamber.persons.clone();
    let sitting = sitting::sitting(&persons, context.now);
    let earlier: Vec<String> = chamber
        .folder
        .unrecorded_copies(&chamber.root)?
        .into_iter()
        .map(|copy| format!("{}, SHA-256 {}", copy.path, copy.sha256))
        .collect();
    let copy = chamber
        .root
        .back_up_after(keys, &earlier, &sitting, &*signer)?;
    // Noted, then the copy, then the record: a record without its backup would be a lie, and so would a backup that
    // nothing tells of.
    let digest = Digest::of(copy.as_bytes());
    chamber.folder.note_copy(out, digest)?;
    pki_folder::write_out(out, copy.as_bytes(), Secrecy::OwnerOnly)?;
    chamber.folder.commit(&chamber.root)?;
    chamber.folder.settle_copies()?;
    chamber.report(context, json!({ "backup": out, "sha256": digest }))
}

fn restore(path: &Path, from: &Path, args: &SittingArgs, context: &mut Context) -> Result<Exit> {
    let persons = sitting::persons(&args.persons)?;
    let file = files::read_first(from, MAX_BACKUP_LEN + 1)?;
    let copy = Backup::read(&file).with_context(|| from.display().to_string())?;
    let was = copy.root()?;
    let folder = RootFolder::create(path)?;
    context.asking.confirm(
        &format!(
            "Restore {} as of {} to {}, with {persons}? What was done after that is lost.",
            was.journal().state().settings().common_name,
            moment(copy.made_at()),
            path.display()
        ),
        args.yes,
    )?;
    let secret = sitting::activation(args, &persons, SecretFor::KnownKey, context.asking)?;
    let keys = put_back(&folder, &was, &copy)?;
    let restored = folder
        .open_key(was.journal().state().current(), &secret, &mut *context.rng)
        .and_then(|signer| {
            let sitting = sitting::sitting(&persons, context.now);
            Ok(Root::restore(&file, &sitting, &*signer)?)
        });
    let root = match restored {
        Ok(root) => root,
        Err(error) => {
            for key in keys {
                let _ = std::fs::remove_file(key);
            }
            return Err(error);
        }
    };
    folder.commit(&root)?;
    note(
        "Enter again what was revoked after the backup: `pki csca revoke --certificate` takes the certificates that were issued after it.\nDismiss again who was dismissed after it: `pki csca dismiss`.\nRequests made before this, or less than a day after, are not answered: make them again then.",
    );
    let number = root.journal().state().next_crl_number();
    drop(folder);
    Chamber::open(path, args)?.report(context, json!({ "restored": path, "next_crl": number }))
}

/// Writes the key files of a backup; none of them may be there.
fn put_back(folder: &RootFolder, was: &Root, copy: &Backup) -> Result<Vec<std::path::PathBuf>> {
    let mut written = Vec::new();
    for generation in was.journal().state().generations() {
        let content = copy
            .keys()
            .iter()
            .find(|key| key.generation == generation.number);
        let (Some(key), Some(file)) = (content, folder.key_file(generation)?) else {
            continue;
        };
        if files::read(&file).is_ok_and(|there| there == key.content.as_bytes()) {
            // A restoration that broke off has brought it back.
            continue;
        }
        if file.exists() {
            return Err(Problem::of(
                Exit::Policy,
                format!("{} exists already", file.display()),
                "keys are never overwritten; restore to an empty folder",
            ));
        }
        files::write(&file, key.content.as_bytes(), Secrecy::OwnerOnly)?;
        written.push(file);
    }
    Ok(written)
}
