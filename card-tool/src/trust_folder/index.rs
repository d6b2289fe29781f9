//! The index of a store: one JSON document on each line, each with the hash of the line before.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use anyhow::Result;
use pki::{Acceptance, Fingerprint};
use serde::{Deserialize, Serialize};
use time::OffsetDateTime;

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
    /// The store was begun, before anything was in it; absent in stores that are older than this line.
    Begun,
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

impl Act {
    /// Whether every fingerprint is one.
    fn is_well_formed(&self) -> bool {
        let all: Vec<&String> = match self {
            Self::Begun => Vec::new(),
            Self::Added { file, accepted, .. } => match accepted {
                Accepted::Fingerprints { fingerprints, .. } => {
                    fingerprints.iter().chain([file]).collect()
                }
                Accepted::Store | Accepted::OutOfBand { .. } => vec![file],
            },
            Self::Withdrawn {
                fingerprint, marks, ..
            } => marks.iter().chain([fingerprint]).collect(),
            Self::Restored { fingerprint, .. } => vec![fingerprint],
        };
        all.iter().all(|text| text.parse::<Fingerprint>().is_ok())
    }
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

/// What is withdrawn, with the marks by which it is known in other forms.
pub(super) type Withdrawn = BTreeMap<Fingerprint, BTreeSet<Fingerprint>>;
/// Files of the store in order of their hash.
pub(super) type Files = BTreeMap<Fingerprint, Entry>;

/// A file of the store.
#[derive(Debug)]
pub(super) struct Entry {
    pub(super) name: String,
    /// Every reason that somebody gave; none of them takes anything from another.
    pub(super) acceptances: Vec<Acceptance>,
    /// When it came in first.
    pub(super) received: OffsetDateTime,
}

impl Entry {
    /// One more reason. What the store vouches for anyway needs nobody who says so.
    fn accept(&mut self, more: Acceptance) {
        self.acceptances
            .retain(|known| *known != Acceptance::Vouched);
        for known in &mut self.acceptances {
            match (known, &more) {
                (
                    Acceptance::Fingerprints {
                        accepted: known,
                        statement: known_statement,
                    },
                    Acceptance::Fingerprints {
                        accepted,
                        statement,
                    },
                ) if known_statement == statement => {
                    let new = accepted.iter().filter(|one| !known.contains(*one));
                    let new: Vec<Fingerprint> = new.copied().collect();
                    known.extend(new);
                    return;
                }
                (known, more) if known == more => return,
                _ => {}
            }
        }
        self.acceptances.push(more);
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
        let damaged = |what: String| {
            Problem::of(
                Exit::Usage,
                format!("the trust store is damaged: {} {what}", path.display()),
                "restore the index from a copy, or begin another store; nothing was judged by this one",
            )
        };
        let text = String::from_utf8(files::read_at_most(path, MAX_INDEX)?)
            .map_err(|_| damaged("is no text".to_owned()))?;
        let mut index = Self::default();
        for (number, line) in text.split_inclusive('\n').enumerate() {
            let number = number + 1;
            if !line.ends_with('\n') {
                return Err(damaged(format!(
                    "was changed or damaged at line {number}: its end is missing, and what it said, a withdrawal perhaps, is lost"
                )));
            }
            let event = serde_json::from_str(line).ok();
            let event = event.filter(|event: &Event| event.previous == index.head());
            let event = event.filter(|event| event.act.is_well_formed());
            let event =
                event.ok_or_else(|| damaged(format!("was changed or damaged at line {number}")))?;
            index.text.push_str(line);
            index.events.push(event);
        }
        if index.events.is_empty() {
            return Err(damaged("is empty".to_owned()));
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
                Act::Added { .. } | Act::Begun => {}
            }
        }
        Ok(withdrawn)
    }

    /// The files that are not withdrawn. Of several reasons for one file each counts, but for those that are older than a
    /// withdrawal of the file. The earliest time counts as that of receipt.
    pub(super) fn files(&self, restored: &BTreeSet<Fingerprint>) -> Result<Files> {
        let withdrawn = self.withdrawn()?;
        let out = |file: &Fingerprint| withdrawn.contains_key(file) && !restored.contains(file);
        let mut files = Files::new();
        let mut received = BTreeMap::new();
        for event in &self.events {
            let (file, name, accepted) = match &event.act {
                Act::Added {
                    file,
                    name,
                    accepted,
                } => (file, name, accepted),
                Act::Withdrawn {
                    fingerprint: text, ..
                } => {
                    files.remove(&fingerprint(text)?);
                    continue;
                }
                Act::Begun | Act::Restored { .. } => continue,
            };
            let file = fingerprint(file)?;
            let received = *received
                .entry(file)
                .and_modify(|known: &mut OffsetDateTime| *known = event.at.min(*known))
                .or_insert(event.at);
            let again = files.contains_key(&file) && *accepted == Accepted::Store;
            if again || out(&file) {
                continue;
            }
            let entry = files.entry(file).or_insert_with(|| Entry {
                name: String::new(),
                acceptances: Vec::new(),
                received,
            });
            entry.name.clone_from(name);
            entry.accept(accepted.acceptance()?);
        }
        Ok(files)
    }
}

/// A fingerprint from its text.
pub fn fingerprint(text: &str) -> Result<Fingerprint> {
    text.parse()
        .map_err(|error| Problem::usage(format!("{text}: {error}"), "copy it whole"))
}
