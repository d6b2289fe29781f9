//! Where documents stand in the status lists: a line of JSON for each, by the SHA-256 of EF.SOD.

use std::collections::BTreeMap;
use std::fs::OpenOptions;
use std::io::Write as _;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result};
use serde::{Deserialize, Serialize};

use crate::exit::Problem;
use crate::files::{self, Secrecy};

/// Digits of a digest.
const DIGITS: usize = 64;

/// The place of a document (draft-ietf-oauth-status-list-21 §6.2).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Place {
    /// The index in the list.
    pub idx: u32,
    /// The address of the list.
    pub uri: String,
}

#[derive(Serialize, Deserialize)]
struct Line {
    security_object_sha256: String,
    #[serde(flatten)]
    place: Place,
}

/// The places that are known.
#[derive(Debug)]
pub struct Places {
    path: PathBuf,
    known: BTreeMap<String, Place>,
    /// Whether the file ends in the middle of a line.
    is_torn: bool,
}

impl Places {
    /// Reads the file; one that is not there is empty. A last line that was cut off is asked for again.
    pub fn read(path: &Path) -> Result<Self> {
        let mut places = Self {
            path: path.to_owned(),
            known: BTreeMap::new(),
            is_torn: false,
        };
        if path.symlink_metadata().is_err() {
            files::check_place(path)?;
            return Ok(places);
        }
        let text = files::read_text(path)?;
        let (whole, rest) = text.rsplit_once('\n').unwrap_or(("", &text));
        places.is_torn = !rest.is_empty();
        let lines = (1..).zip(whole.lines());
        for (number, line) in lines.filter(|(_, line)| !line.is_empty()) {
            let line: Line = serde_json::from_str(line).map_err(|_| damaged(path, number))?;
            if line.security_object_sha256.len() != DIGITS {
                return Err(damaged(path, number));
            }
            places.known.insert(line.security_object_sha256, line.place);
        }
        Ok(places)
    }

    /// The place of a document.
    pub fn of(&self, digest: &str) -> Option<&Place> {
        self.known.get(digest)
    }

    /// Notes the place of a document, once.
    pub fn add(&mut self, digest: &str, place: Place) -> Result<()> {
        if self.known.get(digest) == Some(&place) {
            return Ok(());
        }
        let line = Line {
            security_object_sha256: digest.to_owned(),
            place,
        };
        let text = format!("{}\n", serde_json::to_string(&line)?);
        if self.is_torn {
            self.cut_off()?;
        }
        let mut options = OpenOptions::new();
        options.create(true).append(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let written = options
            .open(&self.path)
            .and_then(|mut file| file.write_all(text.as_bytes()));
        written.with_context(|| self.path.display().to_string())?;
        self.known.insert(line.security_object_sha256, line.place);
        Ok(())
    }

    /// Takes what is left of a line away, so that the next one is whole.
    fn cut_off(&mut self) -> Result<()> {
        let text = files::read_text(&self.path)?;
        let whole = text.rfind('\n').map_or(0, |at| at + 1);
        let whole = text.get(..whole).unwrap_or_default();
        files::write(&self.path, whole.as_bytes(), Secrecy::OwnerOnly)?;
        self.is_torn = false;
        Ok(())
    }
}

fn damaged(path: &Path, number: usize) -> anyhow::Error {
    Problem::usage(
        format!("{}: line {number} is no place in a list", path.display()),
        "remove the line: the service is asked again",
    )
}
