//! The index of a store: one JSON document on each line, each with the hash of the line before.

use std::collections::BTreeSet;
use std::path::Path;

use anyhow::{Context as _, Result};
use pki::{Acceptance, Fingerprint};
use serde::{Deserialize, Serialize};
use time::OffsetDateTime;

use super::{Files, Withdrawn};
use crate::exit::{Exit, Problem};
use crate::files;

/// Name of the index in the folder.
pub(super) const FILE: &str = "trust.jsonl";
/// Longest index that is read.
const MAX_INDEX: usize = 64 << 20;

/// What has happened to a store. Old lines must load for ever.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Event {
    /// SHA-256 of the line before; empty on the first line.
    previous: String,
    /// When.
    #[serde(with = "time::serde::rfc3339")]
    pub at: OffsetDateTime,
    /// What.
    #[serde(flatten)]
    pub act: Act,
}

/// What can happen to a store.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "act", rename_all = "kebab-case")]
pub enum Act {
    /// A file came in.
    Added {
        /// SHA-256: its name in the store.
        file: String,
        /// Its name outside.
        name: String,
        /// Why it is trusted.
        accepted: Accepted,
    },
    /// A certificate or a file is no longer trusted, whatever brings it again.
    Withdrawn {
        /// SHA-256 of the certificate or file.
        fingerprint: String,
        /// Why.
        reason: String,
        /// SHA-256 of what stays the same in every other form of it; absent in lines written before these were known.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        marks: Vec<String>,
    },
    /// What was withdrawn is trusted again.
    Restored {
        /// SHA-256 of the certificate or file.
        fingerprint: String,
        /// Who says so and how.
        statement: String,
    },
}

/// Why a file is trusted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "by", rename_all = "kebab-case")]
pub enum Accepted {
    /// By what the store holds.
    Store,
    /// By somebody who has checked it by another way.
    OutOfBand {
        /// Who and how.
        statement: String,
    },
    /// By fingerprints that somebody has compared.
    Fingerprints {
        /// SHA-256 of certificates or of the file.
        fingerprints: Vec<String>,
        /// Who and how.
        statement: String,
    },
}

impl Accepted {
    /// As the trust store wants it.
    pub fn acceptance(&self) -> Result<Acceptance> {
        Ok(match self {
            Self::Store => Acceptance::Vouched,
            Self::OutOfBand { statement } => Acceptance::OutOfBand(statement.as_str().into()),
            Self::Fingerprints {
                fingerprints,
                statement,
            } => Acceptance::Fingerprints {
                accepted: fingerprints
                    .iter()
                    .map(|text| fingerprint(text))
                    .collect::<Result<_>>()?,
                statement: statement.as_str().into(),
            },
        })
    }
}

/// The lines of an index.
#[derive(Debug, Default)]
pub(super) struct Index {
    text: String,
    events: Vec<Event>,
}

impl Index {
    /// Reads an index and the chain of its hashes.
    pub(super) fn read(path: &Path) -> Result<Self> {
        let name = path.display();
        let text = String::from_utf8(files::read_at_most(path, MAX_INDEX)?)
            .with_context(|| format!("{name} is no text"))?;
        let mut index = Self::default();
        for (number, line) in text.split_inclusive('\n').enumerate() {
            let damaged = || {
                Problem::of(
                    Exit::No,
                    format!("{name} was changed or damaged at line {}", number + 1),
                    "restore it from a copy; the files beside it are named by their hashes",
                )
            };
            let event: Event = serde_json::from_str(line).map_err(|_| damaged())?;
            if event.previous != index.head() || !line.ends_with('\n') {
                return Err(damaged());
            }
            index.text.push_str(line);
            index.events.push(event);
        }
        Ok(index)
    }

    pub(super) fn text(&self) -> &str {
        &self.text
    }

    pub(super) fn events(&self) -> &[Event] {
        &self.events
    }

    /// SHA-256 of the last line; empty without one.
    pub(super) fn head(&self) -> String {
        let last = self.text.split_inclusive('\n').next_back();
        last.map_or_else(String::new, |line| {
            Fingerprint::of(line.as_bytes()).to_string()
        })
    }

    pub(super) fn append(
        &mut self,
        acts: impl Iterator<Item = Act>,
        now: OffsetDateTime,
    ) -> Result<()> {
        for act in acts {
            let event = Event {
                previous: self.head(),
                at: now.replace_nanosecond(0).unwrap_or(now),
                act,
            };
            self.text.push_str(&serde_json::to_string(&event)?);
            self.text.push('\n');
            self.events.push(event);
        }
        Ok(())
    }

    /// What is withdrawn at the end of the history, with its marks.
    pub(super) fn withdrawn(&self) -> Result<Withdrawn> {
        let mut withdrawn = Withdrawn::new();
        for event in &self.events {
            match &event.act {
                Act::Withdrawn {
                    fingerprint: text,
                    marks,
                    ..
                } => {
                    let marks: BTreeSet<Fingerprint> = marks
                        .iter()
                        .map(|mark| fingerprint(mark))
                        .collect::<Result<_>>()?;
                    withdrawn
                        .entry(fingerprint(text)?)
                        .or_default()
                        .extend(marks);
                }
                Act::Restored {
                    fingerprint: text, ..
                } => {
                    withdrawn.remove(&fingerprint(text)?);
                }
                Act::Added { .. } => {}
            }
        }
        Ok(withdrawn)
    }

    /// The files that are not withdrawn. Of several reasons for one file the last that somebody gave counts.
    pub(super) fn files(&self, restored: &BTreeSet<Fingerprint>) -> Result<Files> {
        let withdrawn = self.withdrawn()?;
        let out = |file: &Fingerprint| withdrawn.contains_key(file) && !restored.contains(file);
        let mut files = Files::new();
        for event in &self.events {
            let Act::Added {
                file,
                name,
                accepted,
            } = &event.act
            else {
                continue;
            };
            let file = fingerprint(file)?;
            let again = files.contains_key(&file) && *accepted == Accepted::Store;
            if !again && !out(&file) {
                files.insert(file, (name.clone(), accepted.acceptance()?));
            }
        }
        Ok(files)
    }
}

/// A fingerprint from its text.
pub fn fingerprint(text: &str) -> Result<Fingerprint> {
    text.parse()
        .map_err(|error| Problem::usage(format!("{text}: {error}"), "copy it whole"))
}
