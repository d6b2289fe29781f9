//! Files and folders that are no store: whoever names them trusts them.

use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result};
use pki::trust_store::Offered;
use pki::{Acceptance, TrustStore};

use super::MAX_TRUST_FILE;
use crate::exit::Problem;
use crate::files;

/// Most files of a plain folder.
const MAX_FILES: usize = 20_000;
/// Deepest folder below a plain folder.
const MAX_DEPTH: usize = 4;

/// Files that somebody names are trusted by that.
pub(super) fn load_plain(path: &Path, trust: &mut TrustStore) -> Result<()> {
    let contents = read_all(path)?;
    let named: Vec<(String, Acceptance)> = contents
        .iter()
        .map(|(path, _)| path.display().to_string())
        .map(|name| (name.clone(), Acceptance::OutOfBand(name.into())))
        .collect();
    let before = known(trust);
    let offered = contents
        .iter()
        .zip(&named)
        .map(|((_, bytes), (source, acceptance))| Offered {
            bytes,
            source,
            acceptance,
        });
    let intake = trust.take_in(offered);
    let name = path.display();
    if !path.is_dir() {
        let mut receipts = intake.receipts.iter();
        if let Some(error) = receipts.find_map(|receipt| receipt.result.as_ref().err()) {
            return Err(Problem::usage(format!("{name}: {error}"), HINT));
        }
    }
    let nothing = known(trust) == before
        && intake
            .receipts
            .iter()
            .all(|receipt| receipt.result.is_err())
        && intake.known_document_signers == 0;
    if nothing {
        return Err(Problem::usage(
            format!("{name} holds nothing for a trust store"),
            HINT,
        ));
    }
    Ok(())
}

const HINT: &str = "a CSCA certificate or revocation list in DER or PEM, a master list, an LDIF file of the PKD, a folder of these, or a store of `card-tool trust`";

/// How much a store holds.
fn known(trust: &TrustStore) -> [usize; 4] {
    [
        trust.anchors().len(),
        trust.document_signers().len(),
        trust.crls().count(),
        trust.deviation_lists().count(),
    ]
}

/// The file of a path, or the files of a folder and those below it in order of name; hidden ones are passed over.
pub fn read_all(path: &Path) -> Result<Vec<(PathBuf, Vec<u8>)>> {
    let mut paths = Vec::new();
    if path.is_dir() {
        collect(path, MAX_DEPTH, &mut paths)?;
        paths.sort();
    } else {
        paths.push(path.to_owned());
    }
    let content = |path: PathBuf| {
        let content = files::read_at_most(&path, MAX_TRUST_FILE)?;
        Ok((path, content))
    };
    paths.into_iter().map(content).collect()
}

fn collect(folder: &Path, depth: usize, found: &mut Vec<PathBuf>) -> Result<()> {
    let name = || folder.display().to_string();
    for entry in std::fs::read_dir(folder).with_context(name)? {
        let path = entry.with_context(name)?.path();
        let hidden = path
            .file_name()
            .is_none_or(|name| name.to_string_lossy().starts_with('.'));
        if hidden {
            continue;
        }
        if path.is_dir() && depth > 0 {
            collect(&path, depth - 1, found)?;
        } else if path.is_file() {
            found.push(path);
        }
        if found.len() > MAX_FILES {
            return Err(Problem::usage(
                format!("{} holds more than {MAX_FILES} files", name()),
                "is it the right folder?",
            ));
        }
    }
    Ok(())
}
