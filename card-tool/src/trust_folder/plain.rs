//! Files and folders that are no store: whoever names them trusts them.

use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result};

use super::MAX_TRUST_FILE;
use crate::exit::Problem;
use crate::files;

/// Most files of a plain folder.
const MAX_FILES: usize = 20_000;
/// Deepest folder below a plain folder.
const MAX_DEPTH: usize = 4;

/// What a path may hold.
pub(super) const HINT: &str = "a CSCA certificate or revocation list in DER or PEM, a master list, an LDIF file of the PKD, a folder of these, or a store of `card-tool trust`";

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
