//! Keys that a ceremony made and that never came into use: noted before they are made, so that whatever ends a ceremony, no
//! key is left that nobody knows.
//!
//! The note is `unfinished.toml`. It goes when the journal names the key, or when the key is shown to be gone.

use std::path::Path;

use anyhow::{Context as _, Result};
use ceremony::{Digest, Root};
use crypto::CryptoRng;
use key_store::KeyLocation;
use serde::{Deserialize, Serialize};

use super::place::{is_distinct, is_there, location, perhaps_of_another};
use super::root::RootFolder;
use crate::files::{self, Secrecy};

/// What is said of a key that was noted and is not there.
const NEVER_MADE: &str =
    "looked for: not there; it was never made, or deleted by a run that broke off";
const NOTE: &str = "unfinished.toml";
/// The files of keys are called `csca-NUMBER.key`.
const KEY_FILE: (&str, &str) = ("csca-", ".key");

/// Keys that are in no certificate of the root.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Unfinished {
    /// Where the keys are that a ceremony noted and never brought into use. There may be none any more.
    pub noted: Vec<String>,
    /// Key files of which neither the journal nor a note knows.
    pub unknown: Vec<String>,
}

#[derive(Debug, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
struct Note {
    /// Places of keys, as the journal names them.
    #[serde(default)]
    keys: Vec<String>,
    /// Copies of the root that were about to be written.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    copies: Vec<NotedCopy>,
}

/// A copy of the root of which perhaps no record tells: whoever has it and the secrets has the root.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct NotedCopy {
    /// Where it was to be written.
    pub path: String,
    /// SHA-256 of its file.
    pub sha256: String,
}

impl Unfinished {
    /// Both, in words.
    pub fn all(&self) -> Vec<String> {
        [&self.noted[..], &self.unknown[..]].concat()
    }
}

impl RootFolder {
    /// The keys that are in no certificate of the root; of a root that does not exist yet, every one.
    pub fn unfinished(&self, root: Option<&Root>) -> Result<Unfinished> {
        let state = root.map(|root| root.journal().state());
        let noted: Vec<String> = self
            .noted()?
            .into_iter()
            .filter(|place| !state.is_some_and(|state| state.is_living(place)))
            .collect();
        let mut unknown = Vec::new();
        for place in key_files(self.path())? {
            let is_known =
                state.is_some_and(|state| state.generations().any(|known| known.key == place));
            if !is_known && !noted.contains(&place) {
                unknown.push(place);
            }
        }
        Ok(Unfinished { noted, unknown })
    }

    /// Notes that these keys are made now, or destroyed.
    pub fn note_keys(&self, places: &[String]) -> Result<()> {
        let mut note = self.note()?;
        for place in places {
            if !note.keys.contains(place) {
                note.keys.push(place.clone());
            }
        }
        self.write_note(&note)
    }

    /// Notes that the journal has caught up with: a ceremony broke off behind its last step but one.
    pub fn settle_known_keys(&self, root: &Root) -> Result<()> {
        let state = root.journal().state();
        let mut note = self.note()?;
        let (keys, copies) = (note.keys.len(), note.copies.len());
        note.keys.retain(|place| !state.is_living(place));
        note.copies.retain(|copy| !is_recorded(root, copy));
        if (keys, copies) == (note.keys.len(), note.copies.len()) {
            return Ok(());
        }
        self.write_note(&note)
    }

    /// Notes that a copy of the root is written now.
    pub fn note_copy(&self, path: &Path, sha256: Digest) -> Result<()> {
        let mut note = self.note()?;
        note.copies.push(NotedCopy {
            path: path.display().to_string(),
            sha256: sha256.to_string(),
        });
        self.write_note(&note)
    }

    /// Copies that were about to be written, and of which no record tells.
    pub fn unrecorded_copies(&self, root: &Root) -> Result<Vec<NotedCopy>> {
        let mut copies = self.note()?.copies;
        copies.retain(|copy| !is_recorded(root, copy));
        Ok(copies)
    }

    /// These copies are recorded, or were never written.
    pub fn settle_copies(&self) -> Result<()> {
        let mut note = self.note()?;
        if note.copies.is_empty() {
            return Ok(());
        }
        note.copies.clear();
        self.write_note(&note)
    }

    /// These keys are in the journal, or gone.
    pub fn settle_keys(&self, places: &[String]) -> Result<()> {
        let mut note = self.note()?;
        note.keys.retain(|place| !places.contains(place));
        self.write_note(&note)
    }

    fn write_note(&self, note: &Note) -> Result<()> {
        let path = self.path().join(NOTE);
        if !note.keys.is_empty() || !note.copies.is_empty() {
            let text = toml::to_string(note)?;
            return files::write(&path, text.as_bytes(), Secrecy::OwnerOnly);
        }
        match std::fs::remove_file(&path) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
                Err(error).with_context(|| path.display().to_string())
            }
            _ => Ok(()),
        }
    }

    fn noted(&self) -> Result<Vec<String>> {
        Ok(self.note()?.keys)
    }

    fn note(&self) -> Result<Note> {
        let path = self.path().join(NOTE);
        if !path.exists() {
            return Ok(Note::default());
        }
        let named = || path.display().to_string();
        let note: Note = toml::from_str(&files::read_text(&path)?).with_context(named)?;
        for place in &note.keys {
            location(self.path(), place).with_context(named)?;
        }
        Ok(note)
    }

    /// Destroys a key that never came into use, and says what shows that it is gone.
    pub fn destroy_unfinished(
        &self,
        place: &str,
        password: impl FnOnce(&KeyLocation) -> Result<crypto::SecretBytes>,
        rng: &mut dyn CryptoRng,
    ) -> Result<&'static str> {
        let location = self.location(place)?;
        let password = password(&location)?;
        if !is_distinct(&location) {
            return if is_there(&location, &password, rng)? {
                Err(perhaps_of_another(&location))
            } else {
                Ok(NEVER_MADE)
            };
        }
        match key_store::destroy(&location, &password) {
            Ok(()) => Ok(super::root::proof(&location)),
            Err(error) if error.fault() == Some(pki::KeyStoreFault::KeyNotFound) => Ok(NEVER_MADE),
            Err(error) => Err(error).with_context(|| location.to_string()),
        }
    }
}

/// Whether a record names a copy.
fn is_recorded(root: &Root, copy: &NotedCopy) -> bool {
    let lines = root.journal().lines().iter();
    let mut objects = lines.flat_map(|(line, _)| &line.record.objects);
    objects.any(|object| object.sha256.to_string() == copy.sha256)
}

/// The key files of a folder, as places.
fn key_files(folder: &Path) -> Result<Vec<String>> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).with_context(|| folder.display().to_string())? {
        let name = entry?.file_name();
        if let Some(name) = name.to_str()
            && name.starts_with(KEY_FILE.0)
            && name.ends_with(KEY_FILE.1)
        {
            found.push(format!("file:{name}"));
        }
    }
    found.sort();
    Ok(found)
}
