//! A trust store on disk, and every other place that trusted certificates come from.
//!
//! A store is a folder: the files as they came, each under its SHA-256, and an index that says of each when it came, from
//! where and why it is trusted. The index only grows, and every line of it holds the hash of the one before. A store is
//! loaded by offering all its files to an empty [`TrustStore`] again: what vouched for them must still hold.

mod contents;
mod index;
mod loading;
mod lock;
mod plain;
mod remark;
mod standing;

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result};
use pki::trust_store::Intake;
use pki::{Acceptance, Fingerprint, TrustStore};
use time::OffsetDateTime;

use crate::exit::{Exit, Problem};
use crate::files::{self, Secrecy};

pub use loading::{Loaded, load, load_with_lists};
pub use remark::Remark;

use contents::{Contents, Held};
use index::Index;
pub use index::{Accepted, Act, Event, fingerprint};
use lock::Lock;
pub use plain::read_all;
use standing::{Standing, is_store};

/// Largest file that is read: several times the complete download of the PKD.
const MAX_TRUST_FILE: usize = 512 << 20;

/// A file that is new to a store, with what somebody vouches for.
#[derive(Debug, Clone)]
pub struct NewFile {
    /// Its name as the store records it, without the folders above the one that was named.
    pub name: String,
    /// Where it is.
    pub place: PathBuf,
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
    lock: Option<Lock>,
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
        let lock = Lock::take(folder)?;
        Ok(Self {
            lock: Some(lock),
            ..Self::open(folder)?
        })
    }

    /// As [`Self::open_to_change`], or begins a store in a folder that is empty or not there. Nothing is left of it when it is
    /// given up before anything is recorded.
    pub fn open_or_begin(folder: &Path) -> Result<Self> {
        refuse_other(folder, Standing::of(folder)?)?;
        let lock = Lock::take_to_begin(folder)?;
        let standing = Standing::of(folder)?;
        refuse_other(folder, standing)?;
        if standing == Standing::Store {
            return Ok(Self {
                lock: Some(lock),
                ..Self::open(folder)?
            });
        }
        Ok(Self {
            folder: folder.to_owned(),
            index: Index::default(),
            lock: Some(lock),
        })
    }

    /// The store of a path, to look at it; `None` where other files are.
    pub fn open_if_store(path: &Path) -> Result<Option<Self>> {
        is_store(path)?.then(|| Self::open(path)).transpose()
    }

    /// SHA-256 of the last line of the index, which names all lines before it: who knows it sees that nothing was cut off.
    pub fn head(&self) -> String {
        self.index.head()
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

    /// Objects in the folder that no line of the index has ever named.
    pub fn stray(&self) -> Result<BTreeSet<Fingerprint>> {
        let entries = std::fs::read_dir(&self.folder);
        let entries = entries.with_context(|| self.folder.display().to_string())?;
        let names = entries.flatten().map(|entry| entry.file_name());
        let mut stray: BTreeSet<Fingerprint> = names
            .filter_map(|name| name.to_str()?.parse().ok())
            .collect();
        for event in self.history() {
            if let Act::Added { file, .. } = &event.act {
                stray.remove(&fingerprint(file)?);
            }
        }
        Ok(stray)
    }

    /// Offers everything to a trust store and says what became of it. What is `restored` is no longer withdrawn.
    pub fn load_into(
        &self,
        trust: &mut TrustStore,
        restored: &BTreeSet<Fingerprint>,
    ) -> Result<Intake> {
        let contents = self.contents(restored)?;
        Ok(contents.load_into(trust))
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
        for (file, entry) in self.index.files(restored)? {
            contents.files.push(Held {
                content: self.content(&file)?,
                name: entry.name,
                acceptances: entry.acceptances,
                received: Some(entry.received),
            });
        }
        Ok(contents)
    }

    /// The marks of a file that was withdrawn before marks were recorded; none for a certificate that was in a list.
    fn marks_of_file(&self, file: &Fingerprint) -> Result<BTreeSet<Fingerprint>> {
        if !self.folder.join(file.to_string()).is_file() {
            return Ok(BTreeSet::new());
        }
        let statement = Acceptance::OutOfBand("withdrawn".into());
        let mut contents = Contents::default();
        contents.files.push(Held {
            content: self.content(file)?,
            name: String::new(),
            acceptances: vec![statement],
            received: None,
        });
        let mut alone = TrustStore::new();
        contents.load_into(&mut alone);
        Ok(alone.marks_of(file))
    }

    /// The content of a file of the store, which must still have its hash.
    fn content(&self, file: &Fingerprint) -> Result<Vec<u8>> {
        const HINT: &str = "restore the file from a copy of the store, or begin another store; nothing was judged by this one";
        let path = self.folder.join(file.to_string());
        let damaged = |what| {
            Problem::of(
                Exit::Usage,
                format!("the trust store is damaged: {} {what}", path.display()),
                HINT,
            )
        };
        if !path.is_file() {
            return Err(damaged("is not there, and the index names it"));
        }
        let content = files::read_at_most(&path, MAX_TRUST_FILE)?;
        if Fingerprint::of(&content) == *file {
            return Ok(content);
        }
        Err(damaged("was changed: it has not the hash that is its name"))
    }

    /// Adds files and acts to the store: all of them, or none. Only the index makes a file part of the store, and it is
    /// replaced at the end. A new store has an index before it has anything else: without one, it must have been lost.
    pub fn record(&mut self, new: &[NewFile], acts: Vec<Act>, now: OffsetDateTime) -> Result<()> {
        let path = self.folder.join(index::FILE);
        let unchanged = if path.is_file() {
            Index::read(&path).is_ok_and(|stored| stored.head() == self.index.head())
        } else {
            self.history().is_empty()
        };
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
        if self.history().is_empty() {
            self.index.append([Act::Begun].into_iter(), now)?;
            files::write(&path, self.index.text().as_bytes(), Secrecy::Open)?;
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
    if is_store(folder)? {
        return Ok(());
    }
    let what = if folder.exists() {
        format!("{} is no trust store", folder.display())
    } else {
        format!("there is no trust store at {}", folder.display())
    };
    Err(Problem::usage(
        what,
        "`card-tool trust add` begins one; the other verbs take one that is there",
    ))
}

/// Where no store can be begun.
fn refuse_other(folder: &Path, standing: Standing) -> Result<()> {
    match standing {
        Standing::Store | Standing::Unfinished | Standing::Empty => Ok(()),
        Standing::WithoutIndex => Err(standing::without_index(folder)),
        Standing::Other => Err(Problem::of(
            Exit::Policy,
            format!("{} is there and is no trust store", folder.display()),
            "name a new folder for the store",
        )),
    }
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
