//! What a folder is to a trust store. A store that has lost its index has lost what was withdrawn from it: it must never
//! pass for a folder of files that somebody vouches for.

use std::io::ErrorKind;
use std::path::Path;

use anyhow::{Context as _, Result};
use pki::Fingerprint;

use super::{index, lock};
use crate::exit::{Exit, Problem};

/// Digits of SHA-256: the name of an object of a store.
const NAME_DIGITS: usize = 2 * Fingerprint::LEN;

/// How files end that are being written.
const UNFINISHED: &str = ".tmp";

/// What is at a path.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Standing {
    /// A store.
    Store,
    /// Objects of a store, or what is left of an index, and no index.
    WithoutIndex,
    /// A store that is being begun, or whose beginning was interrupted before anything was in it.
    Unfinished,
    /// Nothing, or an empty folder.
    Empty,
    /// A file, or a folder of anything else.
    Other,
}

impl Standing {
    /// Looks at a path.
    ///
    /// # Errors
    /// The folder is there and cannot be looked into.
    pub(super) fn of(path: &Path) -> Result<Self> {
        if path.join(index::FILE).is_file() {
            return Ok(Self::Store);
        }
        let entries = match std::fs::read_dir(path) {
            Ok(entries) => entries,
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(Self::Empty),
            Err(error) if error.kind() == ErrorKind::NotADirectory => return Ok(Self::Other),
            Err(error) => return Err(error).with_context(|| path.display().to_string()),
        };
        let (mut stored, mut begun, mut other) = (false, false, false);
        for entry in entries {
            let name = entry.with_context(|| path.display().to_string())?;
            let name = name.file_name();
            let name = name.to_string_lossy();
            // What is being written has a dot before its name and another end.
            let final_name = name
                .strip_prefix('.')
                .filter(|name| name.ends_with(UNFINISHED));
            let final_name = final_name.unwrap_or(&name);
            let of_store = name == lock::FILE || final_name.starts_with(index::FILE);
            stored |= is_object(final_name) || name == index::FILE;
            begun |= of_store;
            other |= !of_store;
        }
        // Somebody may have begun it while we looked: the index comes before everything else.
        if path.join(index::FILE).is_file() {
            return Ok(Self::Store);
        }
        Ok(match (stored, begun, other) {
            (true, ..) | (_, true, true) => Self::WithoutIndex,
            (_, true, false) => Self::Unfinished,
            (_, false, true) => Self::Other,
            (_, false, false) => Self::Empty,
        })
    }
}

/// Whether a path is a store.
///
/// # Errors
/// A store without its index, which is neither a store nor a folder of files.
pub(super) fn is_store(path: &Path) -> Result<bool> {
    match Standing::of(path)? {
        Standing::Store => Ok(true),
        Standing::WithoutIndex | Standing::Unfinished => Err(without_index(path)),
        Standing::Empty | Standing::Other => Ok(false),
    }
}

/// What is said of a store without its index.
pub(super) fn without_index(path: &Path) -> anyhow::Error {
    Problem::of(
        Exit::Usage,
        format!(
            "{} is a trust store without its index {}: what was withdrawn from it is not known, so none of it is trusted",
            path.display(),
            index::FILE
        ),
        "restore the index from a copy, or begin another store with `card-tool trust add` from the files that are to be trusted",
    )
}

/// Whether a file is called by SHA-256 alone, or is one that was being written.
pub(super) fn is_object(name: &str) -> bool {
    let (start, end) = name.split_once('.').unwrap_or((name, ""));
    let is_name =
        start.len() == NAME_DIGITS && start.chars().all(|digit| digit.is_ascii_hexdigit());
    is_name && (end.is_empty() || name.ends_with(UNFINISHED))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn folders_and_what_they_are() {
        let object = Fingerprint::of(b"TEST").to_string();
        let written = format!("{object}.123.tmp");
        let hidden = format!(".{object}.123-0.card-toolchain.tmp");
        let with_ending = format!("{object}.der");
        for (names, expected) in [
            (&[][..], Standing::Empty),
            (&[".lock"], Standing::Unfinished),
            (&[".lock", "trust.jsonl.12.tmp"], Standing::Unfinished),
            (&["csca.der", ".lock"], Standing::WithoutIndex),
            (&[object.as_str()], Standing::WithoutIndex),
            (&[written.as_str()], Standing::WithoutIndex),
            (&[hidden.as_str()], Standing::WithoutIndex),
            (
                &[".trust.jsonl.1-0.card-toolchain.tmp"],
                Standing::Unfinished,
            ),
            (&[".hidden"], Standing::Other),
            (
                &["csca.der", &object.to_uppercase(), ".lock"],
                Standing::WithoutIndex,
            ),
            (&["trust.jsonl", object.as_str()], Standing::Store),
            (&["csca.der", with_ending.as_str()], Standing::Other),
        ] {
            let folder = tempfile::tempdir().unwrap();
            for name in names {
                std::fs::write(folder.path().join(name), b"x").unwrap();
            }
            assert_eq!(
                Standing::of(folder.path()).unwrap(),
                expected,
                "{names:?} in any order"
            );
        }
        let folder = tempfile::tempdir().unwrap();
        let nowhere = folder.path().join("nowhere");
        assert_eq!(Standing::of(&nowhere).unwrap(), Standing::Empty);
        std::fs::create_dir(folder.path().join(index::FILE)).unwrap();
        assert_eq!(
            Standing::of(folder.path()).unwrap(),
            Standing::WithoutIndex,
            "a folder in the place of the index"
        );
    }
}
