//! Stores, files and folders together in one trust store. All of them are offered at once: a revocation list from one
//! place takes the trust from lists of another.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use anyhow::Result;
use pki::trust_store::{Intake, ObjectKind};
use pki::{Acceptance, Fingerprint, TrustStore};

use super::plain::{HINT, read_all};
use super::{Contents, TrustFolder, is_store, take_in};
use crate::exit::Problem;
use crate::files;

/// Loads what a path holds: a store, or any file or plain folder of files, which are trusted because they were named.
///
/// A file that says nothing to a trust store is an error by itself, and passed over in a folder. What nothing vouches for
/// is in [`TrustStore::kept_out`].
pub fn load(path: &Path) -> Result<TrustStore> {
    load_with_lists(&[path.to_owned()], &[])
}

/// Loads all of several paths into one store, as [`load`] does, together with lists of the kinds that they were named for,
/// which what is trusted must vouch for.
pub fn load_with_lists(paths: &[PathBuf], lists: &[(PathBuf, ObjectKind)]) -> Result<TrustStore> {
    let mut all = Contents::default();
    let mut named: Vec<(&Path, BTreeSet<Fingerprint>)> = Vec::new();
    for path in paths {
        if is_store(path) {
            let of_store = TrustFolder::open(path)?.contents(&BTreeSet::new())?;
            all.withdrawn.extend(of_store.withdrawn);
            all.files.extend(of_store.files);
            continue;
        }
        let mut own = BTreeSet::new();
        for (file, bytes) in read_all(path)? {
            let name = file.display().to_string();
            own.insert(Fingerprint::of(&bytes));
            // Files that somebody names are trusted by that.
            let acceptance = Acceptance::OutOfBand(name.as_str().into());
            all.files.push((bytes, name, acceptance));
        }
        named.push((path, own));
    }
    for (path, _) in lists {
        let name = path.display().to_string();
        all.files
            .push((files::read(path)?, name, Acceptance::Vouched));
    }
    let mut trust = TrustStore::new();
    for mark in all.withdrawn {
        trust.withdraw(mark);
    }
    let intake = take_in(&all.files, &mut trust);
    for (path, own) in named {
        check_named(path, &own, &intake)?;
    }
    for (path, kind) in lists {
        check_list(path, *kind, &intake)?;
    }
    Ok(trust)
}

/// A file that was named must be of use, and something in a folder.
fn check_named(path: &Path, own: &BTreeSet<Fingerprint>, intake: &Intake) -> Result<()> {
    let name = path.display();
    let receipts = intake
        .receipts
        .iter()
        .filter(|receipt| own.contains(&receipt.file));
    if !path.is_dir()
        && let Some(error) = receipts
            .clone()
            .find_map(|receipt| receipt.result.as_ref().err())
    {
        return Err(Problem::usage(format!("{name}: {error}"), HINT));
    }
    let taken = receipts.clone().any(|receipt| receipt.result.is_ok());
    if taken || !intake.document_signer_files.is_disjoint(own) {
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
