//! Stores, files and folders together in one trust store. All of them are offered at once: a revocation list from one
//! place takes the trust from lists of another.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use anyhow::Result;
use pki::trust_store::{Intake, ObjectKind};
use pki::{Acceptance, Fingerprint, TrustStore};
use time::OffsetDateTime;

use super::TrustFolder;
use super::contents::{Contents, Held};
use super::plain::{Found, HINT, look_through};
use super::remark::{Remark, of_intake};
use crate::commands::note;
use crate::exit::Problem;
use crate::files;

/// A trust store from several places, and what is to be said of them.
pub struct Loaded {
    /// The store.
    pub trust: TrustStore,
    /// What was passed over, or is trusted without a signature.
    pub remarks: Vec<Remark>,
}

/// Loads what a path holds: a store, or any file or plain folder of files, which are trusted because they were named.
///
/// A file that says nothing to a trust store is an error by itself, and a remark in a folder. What nothing vouches for is in
/// [`TrustStore::kept_out`].
pub fn load(path: &Path, now: OffsetDateTime) -> Result<Loaded> {
    load_all(&[path.to_owned()], &[], now)
}

/// As [`load_all`], with the remarks on standard error.
pub fn load_with_lists(paths: &[PathBuf], lists: &[(PathBuf, ObjectKind)]) -> Result<Loaded> {
    let loaded = load_all(paths, lists, OffsetDateTime::now_utc())?;
    for remark in &loaded.remarks {
        note(&remark.to_string());
    }
    Ok(loaded)
}

/// Loads all of several paths into one store, as [`load`] does, together with lists of the kinds that they were named for,
/// which what is trusted must vouch for at this time.
pub fn load_all(
    paths: &[PathBuf],
    lists: &[(PathBuf, ObjectKind)],
    now: OffsetDateTime,
) -> Result<Loaded> {
    let mut all = Contents::default();
    let mut remarks = Vec::new();
    let mut named: Vec<(&Path, BTreeMap<Fingerprint, String>)> = Vec::new();
    for path in paths {
        if let Some(store) = TrustFolder::open_if_store(path)? {
            let of_store = store.contents(&BTreeSet::new())?;
            all.withdrawn.extend(of_store.withdrawn);
            all.files.extend(of_store.files);
            continue;
        }
        let mut own = BTreeMap::new();
        let found: Found = look_through(path)?;
        remarks.extend(found.remarks);
        for (file, content) in found.files {
            let name = file.display().to_string();
            own.insert(Fingerprint::of(&content), name.clone());
            all.files.push(Held {
                content,
                // Files that somebody names are trusted by that, whenever they came.
                acceptances: vec![Acceptance::OutOfBand(name.as_str().into())],
                name,
                received: None,
            });
        }
        named.push((path, own));
    }
    for (path, _) in lists {
        all.files.push(Held {
            content: files::read(path)?,
            name: path.display().to_string(),
            acceptances: vec![Acceptance::Vouched],
            received: Some(now),
        });
    }
    let mut trust = TrustStore::new();
    let intake = all.load_into(&mut trust);
    for (path, own) in &named {
        check_named(path, own, &intake)?;
    }
    for (path, kind) in lists {
        check_list(path, *kind, &intake)?;
    }
    for (_, own) in &named {
        remarks.extend(of_intake(&intake, own));
    }
    Ok(Loaded { trust, remarks })
}

/// A file that was named must be of use, and something in a folder.
fn check_named(path: &Path, own: &BTreeMap<Fingerprint, String>, intake: &Intake) -> Result<()> {
    let name = path.display();
    let receipts = intake
        .receipts
        .iter()
        .filter(|receipt| own.contains_key(&receipt.file));
    if !path.is_dir()
        && let Some(error) = receipts
            .clone()
            .find_map(|receipt| receipt.result.as_ref().err())
    {
        return Err(Problem::usage(format!("{name}: {error}"), HINT));
    }
    let taken = receipts.clone().any(|receipt| receipt.result.is_ok());
    if taken
        || own
            .keys()
            .any(|file| intake.document_signer_files.contains(file))
    {
        return Ok(());
    }
    Err(Problem::usage(
        format!("{name} holds nothing for a trust store"),
        HINT,
    ))
}

/// A list that was named and cannot be used is an error: what somebody asked for must not be left out in silence.
fn check_list(path: &Path, kind: ObjectKind, intake: &Intake) -> Result<()> {
    let name = path.display().to_string();
    let hint = format!("a {kind} is signed, or its signer certified, by a CSCA that --trust names");
    let mut found = false;
    for receipt in &intake.receipts {
        if *receipt.source != *name {
            continue;
        }
        if let Err(error) = &receipt.result {
            return Err(Problem::usage(format!("{name}: {error}"), hint));
        }
        found |= receipt.kind == Some(kind);
    }
    if found {
        return Ok(());
    }
    Err(Problem::usage(format!("{name} is no {kind}"), hint))
}
