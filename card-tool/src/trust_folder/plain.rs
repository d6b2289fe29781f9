//! Files and folders that are no store: whoever names them trusts them.

use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result};

use super::MAX_TRUST_FILE;
use super::remark::{Observation, Remark};
use super::standing::{Standing, is_object, is_store};
use crate::commands::note;
use crate::exit::Problem;
use crate::files;

/// Most files of a plain folder.
const MAX_FILES: usize = 20_000;
/// Deepest folder below a plain folder.
const MAX_DEPTH: usize = 4;

/// What a path may hold.
pub(super) const HINT: &str = "a CSCA certificate or revocation list in DER or PEM, a master list, an LDIF file of the PKD, a folder of these, or a store of `card-tool trust`";

/// The files of a path, each with its content, and what was passed over.
pub(super) struct Found {
    pub(super) files: Vec<(PathBuf, Vec<u8>)>,
    pub(super) remarks: Vec<Remark>,
}

/// The file of a path, or the files of a folder and those below it in order of name; hidden ones are passed over, and what
/// else is not read is noted. A store is an error wherever it is: taken as a folder of files it would lose what was
/// withdrawn from it.
pub fn read_all(path: &Path) -> Result<Vec<(PathBuf, Vec<u8>)>> {
    let found = look_through(path)?;
    for remark in found.remarks {
        note(&remark.to_string());
    }
    Ok(found.files)
}

/// As [`read_all`], without a word.
pub(super) fn look_through(path: &Path) -> Result<Found> {
    let mut paths = Vec::new();
    let mut remarks = Vec::new();
    if path.is_dir() {
        collect(path, MAX_DEPTH, &mut paths, &mut remarks)?;
        paths.sort();
    } else {
        refuse_object(path)?;
        paths.push(path.to_owned());
    }
    let content = |path: PathBuf| {
        if path.is_symlink() {
            let place = std::fs::canonicalize(&path);
            refuse_object(&place.with_context(|| path.display().to_string())?)?;
        }
        let content = files::read_at_most(&path, MAX_TRUST_FILE)?;
        Ok((path, content))
    };
    let files = paths.into_iter().map(content).collect::<Result<_>>()?;
    Ok(Found { files, remarks })
}

/// A file of a store says nothing of whether the store has removed it.
fn refuse_object(path: &Path) -> Result<()> {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let folder = path.parent().filter(|_| is_object(&name));
    let Some(folder) = folder else {
        return Ok(());
    };
    let here = Path::new(".");
    let folder = if folder.as_os_str().is_empty() {
        here
    } else {
        folder
    };
    match Standing::of(folder)? {
        Standing::Store | Standing::WithoutIndex => Err(Problem::usage(
            format!("{} is an object of a trust store", path.display()),
            "name the store; or copy the file under another name, if it is to be trusted whatever the store says of it",
        )),
        Standing::Unfinished | Standing::Empty | Standing::Other => Ok(()),
    }
}

fn collect(
    folder: &Path,
    depth: usize,
    found: &mut Vec<PathBuf>,
    remarks: &mut Vec<Remark>,
) -> Result<()> {
    let name = || folder.display().to_string();
    if is_store(folder)? {
        return Err(Problem::usage(
            format!("{} is a trust store, not a folder of files", name()),
            "name the store itself with --trust, or the files that it was made from",
        ));
    }
    for entry in std::fs::read_dir(folder).with_context(name)? {
        let path = entry.with_context(name)?.path();
        let hidden = path
            .file_name()
            .is_none_or(|name| name.to_string_lossy().starts_with('.'));
        if hidden {
            continue;
        }
        let mut remark = |what| remarks.push(Remark::of(&path, what));
        match (path.is_dir(), path.is_symlink()) {
            (true, true) => remark(Observation::LinkNotFollowed),
            (true, false) if depth == 0 => remark(Observation::TooDeep),
            (true, false) => collect(&path, depth - 1, found, remarks)?,
            (false, _) if path.is_file() => found.push(path),
            (false, _) => remark(Observation::NoFile),
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
