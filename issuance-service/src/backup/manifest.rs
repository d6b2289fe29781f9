//! What a backup holds, to the octet.

use std::path::{Path, PathBuf};

use crypto::HashAlgorithm;
use serde::{Deserialize, Serialize};
use time::OffsetDateTime;

use super::{BackupError, listed};
use crate::{Result, files};

/// The name of the file.
pub const NAME: &str = "manifest.json";
/// The form of the manifest.
pub const FORMAT: u32 = 1;
/// Octets of a manifest at most: some hundred for each file.
const MAX_MANIFEST: usize = 2 * 1024 * 1024 * 1024;

/// Which store a register was in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum StoreKind {
    /// One file.
    Sqlite,
    /// A database.
    Postgres,
}

impl StoreKind {
    /// Its name.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Sqlite => "SQLite",
            Self::Postgres => "PostgreSQL",
        }
    }
}

/// One file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Entry {
    /// Where, from the folder of the backup.
    pub path: String,
    /// Octets.
    pub length: u64,
    /// SHA-256, hexadecimal.
    pub sha256: String,
}

/// What a backup holds.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Manifest {
    /// [`FORMAT`]
    pub format: u32,
    /// When it was taken.
    #[serde(with = "time::serde::rfc3339")]
    pub made: OffsetDateTime,
    /// The release that has taken it.
    pub release: String,
    /// Which store the register was in.
    pub store: StoreKind,
    /// Whether the keys of the service are in it.
    pub has_keys: bool,
    /// Where the configuration lay: from there its relative paths started.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub folder: Option<PathBuf>,
    /// Every file but the manifest.
    pub files: Vec<Entry>,
}

impl Manifest {
    /// Writes it into a folder, and gives its own SHA-256.
    pub(super) fn write(&self, folder: &Path) -> Result<String> {
        let path = folder.join(NAME);
        let text = serde_json::to_vec_pretty(self).map_err(|source| crate::Error::Json {
            path: path.clone(),
            source,
        })?;
        files::write_private(&path, &text)?;
        Ok(hex::encode(HashAlgorithm::Sha256.digest(&text)))
    }

    /// Reads that of a folder and looks at every file: none is missing, changed or added. Who has kept the manifest's own SHA-256 elsewhere also
    /// knows that nobody has made another manifest for other files.
    ///
    /// # Errors
    /// [`BackupError`].
    pub fn checked(folder: &Path, kept: Option<&[u8; 32]>) -> Result<Self> {
        let path = folder.join(NAME);
        if !path.is_file() {
            return Err(BackupError::NoManifest(folder.to_owned()).into());
        }
        let text = files::read(&path, MAX_MANIFEST)?;
        let digest = HashAlgorithm::Sha256.digest(&text);
        if kept.is_some_and(|kept| digest.as_slice() != kept.as_slice()) {
            return Err(BackupError::OtherManifest {
                path,
                found: hex::encode(digest),
            }
            .into());
        }
        let manifest: Self =
            serde_json::from_slice(&text).map_err(|_| BackupError::Manifest(path.clone()))?;
        if manifest.format != FORMAT {
            return Err(BackupError::Manifest(path).into());
        }
        let found = listed(folder)?;
        let mut kept = manifest.files.iter().peekable();
        for there in &found {
            let damaged = |path: &str, what| BackupError::Damaged {
                path: folder.join(path),
                what,
            };
            match kept.next() {
                Some(entry) if entry == there => {}
                Some(entry) if entry.path == there.path => {
                    return Err(damaged(&there.path, "is not as it was written").into());
                }
                Some(entry) if entry.path < there.path => {
                    return Err(damaged(&entry.path, "is missing").into());
                }
                _ => return Err(damaged(&there.path, "was not part of it").into()),
            }
        }
        match kept.next() {
            Some(entry) => Err(BackupError::Damaged {
                path: folder.join(&entry.path),
                what: "is missing",
            }
            .into()),
            None => Ok(manifest),
        }
    }

    /// Octets of all files.
    #[must_use]
    pub fn octets(&self) -> u64 {
        self.files.iter().map(|entry| entry.length).sum()
    }
}
