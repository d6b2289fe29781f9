//! The registrar's key while it is being made: noted before, so that one whose making broke off is known and ended.

use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result};
use crypto::SecretBytes;
use pki::KeyStoreFault;
use serde::{Deserialize, Serialize};

use crate::files::{self, Secrecy};
use crate::pki_folder::place::location;
use crate::pki_folder::root::proof;

const NOTE: &str = "unfinished.toml";

/// A registrar's key that is in no settings yet.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct RegistrarNote {
    /// Where it is, from the folder of the issuer; in a token by its identifier.
    pub registrar_key: String,
}

impl RegistrarNote {
    /// Writes it down, before the key is made.
    pub fn write(&self, folder: &Path) -> Result<()> {
        files::write(
            &file(folder),
            toml::to_string(self)?.as_bytes(),
            Secrecy::Open,
        )
    }

    /// Destroys the key of a run that broke off, if there is one; what shows that it is gone.
    pub fn end(folder: &Path, secret: &SecretBytes) -> Result<Option<String>> {
        let path = file(folder);
        if !path.exists() {
            return Ok(None);
        }
        let note: Self = toml::from_str(&files::read_text(&path)?)
            .with_context(|| path.display().to_string())?;
        let location = location(folder, &note.registrar_key)?;
        let gone = match key_store::destroy_further(&location, secret) {
            Ok(()) => Some(format!("{}: {}", note.registrar_key, proof(&location))),
            Err(error) if error.fault() == Some(KeyStoreFault::KeyNotFound) => None,
            Err(error) => return Err(error).with_context(|| location.to_string()),
        };
        Self::settle(folder)?;
        Ok(gone)
    }

    /// The key is in the settings, or gone.
    pub fn settle(folder: &Path) -> Result<()> {
        let path = file(folder);
        match std::fs::remove_file(&path) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
                Err(error).with_context(|| path.display().to_string())
            }
            _ => Ok(()),
        }
    }
}

fn file(folder: &Path) -> PathBuf {
    folder.join(NOTE)
}
