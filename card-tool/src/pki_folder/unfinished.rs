//! Keys that a ceremony made and that never came into use: noted before they are made, so that whatever ends a ceremony, no
//! key is left that nobody knows.
//!
//! The note is `unfinished.toml`. It goes when the journal names the key, or when the key is shown to be gone.

use std::path::Path;

use anyhow::{Context as _, Result};
use ceremony::Root;
use key_store::KeyLocation;
use serde::{Deserialize, Serialize};

use super::place::location;
use super::root::RootFolder;
use crate::files::{self, Secrecy};

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
    keys: Vec<String>,
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
        let mut keys = self.noted()?;
        let new = places.iter().filter(|place| !keys.contains(place)).cloned();
        let new: Vec<String> = new.collect();
        keys.extend(new);
        self.write_note(keys)
    }

    /// Notes that the journal has caught up with: a ceremony broke off behind its last step but one.
    pub fn settle_known_keys(&self, root: &Root) -> Result<()> {
        let state = root.journal().state();
        let (known, left): (Vec<String>, Vec<String>) = self
            .noted()?
            .into_iter()
            .partition(|place| state.is_living(place));
        if known.is_empty() {
            return Ok(());
        }
        self.write_note(left)
    }

    /// These keys are in the journal, or gone.
    pub fn settle_keys(&self, places: &[String]) -> Result<()> {
        let mut keys = self.noted()?;
        keys.retain(|place| !places.contains(place));
        self.write_note(keys)
    }

    fn write_note(&self, keys: Vec<String>) -> Result<()> {
        let path = self.path().join(NOTE);
        if !keys.is_empty() {
            let text = toml::to_string(&Note { keys })?;
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
        let path = self.path().join(NOTE);
        if !path.exists() {
            return Ok(Vec::new());
        }
        let named = || path.display().to_string();
        let note: Note = toml::from_str(&files::read_text(&path)?).with_context(named)?;
        for place in &note.keys {
            location(self.path(), place).with_context(named)?;
        }
        Ok(note.keys)
    }

    /// Destroys a key that never came into use, and says what shows that it is gone.
    pub fn destroy_unfinished(
        &self,
        place: &str,
        password: impl FnOnce(&KeyLocation) -> Result<crypto::SecretBytes>,
    ) -> Result<&'static str> {
        let location = self.location(place)?;
        match key_store::destroy(&location, &password(&location)?) {
            Ok(()) => Ok(super::root::proof(&location)),
            Err(error) if error.fault() == Some(pki::KeyStoreFault::KeyNotFound) => {
                Ok("looked for: not there; it was never made, or deleted by a run that broke off")
            }
            Err(error) => Err(error).with_context(|| location.to_string()),
        }
    }
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
