//! The folder of a CVCA, a document verifier or an inspection system.
//!
//! | file | content |
//! |---|---|
//! | `eac.jsonl` | the journal: everything the entity remembers |
//! | `key-1.key`, … | its keys, encrypted, where they are files |
//! | `chain.cvcert` | its certificates for those below it, made from the journal |

mod key;
mod terminal;
mod trust_points;

use std::fs::{File, TryLockError};
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result};
use authorization_pki::{Entity, EntityKind, MAX_JOURNAL_LEN, certificate_row};
use protocols::terminal_authentication::Certificate;

use crate::exit::{Exit, Problem};
use crate::files::{self, Secrecy};

pub use key::{EntityKey, KeySecret, algorithm};
pub use terminal::OpenTerminal;
pub use trust_points::{of_cvca, trust_points};

const JOURNAL: &str = "eac.jsonl";
const LOCK: &str = "eac.lock";
const CHAIN: &str = "chain.cvcert";

/// Whether a folder is one of these.
pub fn is_entity(folder: &Path) -> bool {
    folder.join(JOURNAL).exists()
}

/// A folder that nobody else works in.
pub struct EntityFolder {
    path: PathBuf,
    _lock: File,
}

impl EntityFolder {
    /// The folder for an entity that does not exist yet.
    pub fn create(path: &Path) -> Result<Self> {
        files::make_folder(path)?;
        let folder = Self::lock(path)?;
        if is_entity(path) {
            return Err(taken(path));
        }
        Ok(folder)
    }

    /// A folder and its entity, whose journal is checked. Files that are made from it are made again when they are missing.
    pub fn open(path: &Path, kind: EntityKind) -> Result<(Self, Entity)> {
        refuse_none(path)?;
        let folder = Self::lock(path)?;
        let entity = read(path)?;
        refuse_other(path, &entity, kind)?;
        folder.publish(&entity)?;
        Ok((folder, entity))
    }

    fn lock(path: &Path) -> Result<Self> {
        let name = path.join(LOCK);
        let lock = files::open_lock(&name)?;
        match lock.try_lock() {
            Ok(()) => {
                // Nobody else writes here now: what is half-written is left over, perhaps half of a key.
                let _ = key_store::whole_file::sweep(path);
                Ok(Self {
                    path: path.to_owned(),
                    _lock: lock,
                })
            }
            Err(TryLockError::WouldBlock) => Err(Problem::of(
                Exit::Policy,
                format!("somebody else works in {}", path.display()),
                "wait for the end of that",
            )),
            Err(TryLockError::Error(error)) => {
                Err(error).with_context(|| name.display().to_string())
            }
        }
    }

    /// The folder itself.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Writes the journal to the disk, and then what is made from it. Nothing leaves the machine before.
    pub fn commit(&self, entity: &Entity) -> Result<()> {
        let text = entity.journal().text().as_bytes();
        files::write(&self.path.join(JOURNAL), text, Secrecy::OwnerOnly)?;
        self.publish(entity)
    }

    fn publish(&self, entity: &Entity) -> Result<()> {
        // Before the first certificate there is nothing to publish.
        let Ok(chain) = entity.chain() else {
            return Ok(());
        };
        let (path, content) = (self.path.join(CHAIN), certificate_row::write(&chain));
        if files::read(&path).is_ok_and(|old| old == content) {
            return Ok(());
        }
        files::write(&path, &content, Secrecy::Open)
    }
}

/// A folder in which there is an entity already.
pub fn taken(path: &Path) -> anyhow::Error {
    Problem::of(
        Exit::Policy,
        format!("{} holds an entity already", path.display()),
        "nothing was changed; `card-tool eac log` shows it",
    )
}

/// The certificates of a file, one behind the other.
pub fn certificates(path: &Path) -> Result<Vec<Certificate>> {
    let file = files::read_first(path, certificate_row::MAX_LEN + 1)?;
    certificate_row::read(&file).with_context(|| path.display().to_string())
}

/// The entity of a folder, for who only looks. A journal is replaced whole, so what is read is a journal that was.
pub fn look(path: &Path) -> Result<Entity> {
    refuse_none(path)?;
    read(path)
}

fn refuse_other(path: &Path, entity: &Entity, kind: EntityKind) -> Result<()> {
    let found = entity.state().settings().kind;
    if found == kind {
        return Ok(());
    }
    Err(Problem::usage(
        format!(
            "{} is the folder of {}, not of {}",
            path.display(),
            found.with_article(),
            kind.with_article()
        ),
        "name the right folder",
    ))
}

fn read(path: &Path) -> Result<Entity> {
    let journal = path.join(JOURNAL);
    let text = files::read_first(&journal, MAX_JOURNAL_LEN + 1)?;
    Entity::open(&text).with_context(|| journal.display().to_string())
}

fn refuse_none(path: &Path) -> Result<()> {
    if is_entity(path) {
        return Ok(());
    }
    Err(Problem::usage(
        format!(
            "{} holds no CVCA, document verifier or inspection system",
            path.display()
        ),
        "`card-tool eac cvca create`, `eac dv create` and `eac is create` make one",
    ))
}
