//! A trust store on disk, and every other place that trusted certificates come from.
//!
//! A store is a folder: the files as they came, each under its SHA-256, and an index that says of each when it came, from
//! where and why it is trusted. The index only grows, and every line of it holds the hash of the one before. A store is
//! loaded by offering all its files to an empty [`TrustStore`] again: what vouched for them must still hold.

mod index;
mod loading;
mod plain;

use std::collections::{BTreeMap, BTreeSet};
use std::fs::File;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result};
use pki::trust_store::{Intake, Offered};
use pki::{Acceptance, Fingerprint, TrustStore};
use time::OffsetDateTime;

use crate::exit::{Exit, Problem};
use crate::files::{self, Secrecy};

pub use loading::{load, load_with_lists};

use index::Index;
pub use index::{Accepted, Act, Event, fingerprint};
pub use plain::read_all;

/// Largest file that is read: several times the complete download of the PKD.
const MAX_TRUST_FILE: usize = 512 << 20;
/// Held while the index is replaced.
const LOCK: &str = ".lock";

/// Whether a path is a store.
pub fn is_store(path: &Path) -> bool {
    path.join(index::FILE).is_file()
}

/// A file that is new to a store, with what somebody vouches for.
#[derive(Debug, Clone)]
pub struct NewFile {
    /// Its name, without the folder.
    pub name: String,
    /// Its content.
    pub content: Vec<u8>,
    /// Why it is to be trusted.
    pub accepted: Accepted,
}

/// A trust store in a folder.
#[derive(Debug)]
pub struct TrustFolder {
    folder: PathBuf,
    index: Index,
    /// Held from before the index was read until it is replaced, by whoever means to change the store.
    lock: Option<File>,
}

impl TrustFolder {
    /// Opens a store to look at it. A change that goes on meanwhile is seen whole or not at all.
    pub fn open(folder: &Path) -> Result<Self> {
        refuse_what_is_none(folder)?;
        Ok(Self {
            folder: folder.to_owned(),
            index: Index::read(&folder.join(index::FILE))?,
            lock: None,
        })
    }

    /// Opens a store to change it; waits until nobody else does.
    pub fn open_to_change(folder: &Path) -> Result<Self> {
        refuse_what_is_none(folder)?;
        let lock = locked(folder)?;
        Ok(Self {
            lock: Some(lock),
            ..Self::open(folder)?
        })
    }

    /// As [`Self::open_to_change`], or begins a store in a folder that is empty or not there.
    pub fn open_or_begin(folder: &Path) -> Result<Self> {
        if !is_store(folder) && holds_something(folder) {
            return Err(Problem::of(
                Exit::Policy,
                format!("{} is there and is no trust store", folder.display()),
                "name a new folder for the store",
            ));
        }
        files::make_folder(folder)?;
        let lock = Some(locked(folder)?);
        if is_store(folder) {
            return Ok(Self {
                lock,
                ..Self::open(folder)?
            });
        }
        Ok(Self {
            folder: folder.to_owned(),
            index: Index::default(),
            lock,
        })
    }

    /// What has happened to the store, oldest first.
    pub fn history(&self) -> &[Event] {
        self.index.events()
    }

    /// What is withdrawn.
    pub fn withdrawn(&self) -> Result<BTreeSet<Fingerprint>> {
        Ok(self.index.withdrawn()?.into_keys().collect())
    }

    /// The files of the store, by their hashes, without those that are withdrawn.
    pub fn stored(&self) -> Result<BTreeSet<Fingerprint>> {
        Ok(self.index.files(&BTreeSet::new())?.into_keys().collect())
    }

    /// Offers everything to a trust store and says what became of it. What is `restored` is no longer withdrawn.
    pub fn load_into(
        &self,
        trust: &mut TrustStore,
        restored: &BTreeSet<Fingerprint>,
    ) -> Result<Intake> {
        self.load_with(&[], trust, restored)
    }

    /// As [`Self::load_into`], with files that are not in the store yet.
    pub fn load_with(
        &self,
        new: &[NewFile],
        trust: &mut TrustStore,
        restored: &BTreeSet<Fingerprint>,
    ) -> Result<Intake> {
        let Contents {
            withdrawn,
            mut files,
        } = self.contents(restored)?;
        for mark in withdrawn {
            trust.withdraw(mark);
        }
        for file in new {
            files.push((
                file.content.clone(),
                file.name.clone(),
                file.accepted.acceptance()?,
            ));
        }
        Ok(take_in(&files, trust))
    }

    /// What the store is made of.
    fn contents(&self, restored: &BTreeSet<Fingerprint>) -> Result<Contents> {
        let mut contents = Contents::default();
        for (fingerprint, marks) in self.index.withdrawn()? {
            if restored.contains(&fingerprint) {
                continue;
            }
            contents.withdrawn.insert(fingerprint);
            if marks.is_empty() {
                contents.withdrawn.extend(self.marks_of_file(&fingerprint)?);
            }
            contents.withdrawn.extend(marks);
        }
        for (file, (name, acceptance)) in self.index.files(restored)? {
            contents
                .files
                .push((self.content(&file)?, name, acceptance));
        }
        Ok(contents)
    }

    /// The marks of a file that was withdrawn before marks were recorded; none for a certificate that was in a list.
    fn marks_of_file(&self, file: &Fingerprint) -> Result<BTreeSet<Fingerprint>> {
        if !self.folder.join(file.to_string()).is_file() {
            return Ok(BTreeSet::new());
        }
        let statement = Acceptance::OutOfBand("withdrawn".into());
        let files = [(self.content(file)?, String::new(), statement)];
        let mut alone = TrustStore::new();
        take_in(&files, &mut alone);
        Ok(alone.marks_of(file))
    }

    /// The content of a file of the store, which must still have its hash.
    fn content(&self, file: &Fingerprint) -> Result<Vec<u8>> {
        let path = self.folder.join(file.to_string());
        let content = files::read_at_most(&path, MAX_TRUST_FILE)?;
        if Fingerprint::of(&content) == *file {
            return Ok(content);
        }
        Err(Problem::of(
            Exit::No,
            format!(
                "{} was changed: it has not the hash that is its name",
                path.display()
            ),
            "restore it from a copy, or begin another store",
        ))
    }

    /// Adds files and acts to the store: all of them, or none. Only the index makes a file part of the store, and it is
    /// replaced at the end.
    pub fn record(&mut self, new: &[NewFile], acts: Vec<Act>, now: OffsetDateTime) -> Result<()> {
        let path = self.folder.join(index::FILE);
        let unchanged = !path.is_file() && self.history().is_empty()
            || Index::read(&path).is_ok_and(|stored| stored.head() == self.index.head());
        if self.lock.is_none() || !unchanged {
            return Err(Problem::of(
                Exit::Policy,
                format!(
                    "{} was changed by somebody else meanwhile",
                    self.folder.display()
                ),
                "run the command again",
            ));
        }
        for file in new {
            let name = Fingerprint::of(&file.content).to_string();
            files::write(&self.folder.join(name), &file.content, Secrecy::Open)?;
        }
        let added = new.iter().map(NewFile::act);
        self.index.append(added.chain(acts), now)?;
        files::write(&path, self.index.text().as_bytes(), Secrecy::Open)
    }
}

fn refuse_what_is_none(folder: &Path) -> Result<()> {
    if is_store(folder) {
        return Ok(());
    }
    Err(Problem::usage(
        format!("{} is no trust store", folder.display()),
        "`card-tool trust add` makes one",
    ))
}

/// Whether a folder without index holds what a store that is being begun, or was not finished, would not hold.
fn holds_something(folder: &Path) -> bool {
    let of_a_store = |name: &str| {
        let start = name.split('.').next().unwrap_or_default();
        name == LOCK || name.starts_with(index::FILE) || start.parse::<Fingerprint>().is_ok()
    };
    let other = |entry: std::io::Result<std::fs::DirEntry>| {
        entry.is_ok_and(|entry| !of_a_store(&entry.file_name().to_string_lossy()))
    };
    match std::fs::read_dir(folder) {
        Ok(mut inside) => inside.any(other),
        Err(_) => folder.exists(),
    }
}

/// The lock of a folder; it ends with the process.
fn locked(folder: &Path) -> Result<File> {
    let path = folder.join(LOCK);
    let lock = File::create(&path).with_context(|| path.display().to_string())?;
    lock.lock().with_context(|| path.display().to_string())?;
    Ok(lock)
}

impl NewFile {
    fn act(&self) -> Act {
        Act::Added {
            file: Fingerprint::of(&self.content).to_string(),
            name: self.name.clone(),
            accepted: self.accepted.clone(),
        }
    }
}

/// What a store, or another place, is made of: what is withdrawn, and files with name and acceptance.
#[derive(Debug, Default)]
struct Contents {
    withdrawn: BTreeSet<Fingerprint>,
    files: Vec<(Vec<u8>, String, Acceptance)>,
}

/// All files at once: no order among them counts.
fn take_in(files: &[(Vec<u8>, String, Acceptance)], trust: &mut TrustStore) -> Intake {
    trust.take_in(files.iter().map(|(bytes, source, acceptance)| Offered {
        bytes,
        source,
        acceptance,
    }))
}

/// What is withdrawn, with the marks by which it is known in other forms.
type Withdrawn = BTreeMap<Fingerprint, BTreeSet<Fingerprint>>;
/// Files of the store in order of their hash: name and acceptance.
type Files = BTreeMap<Fingerprint, (String, Acceptance)>;
