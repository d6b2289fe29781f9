//! A copy of everything that the service remembers, taken while it goes on, and a service made of such a copy.
//!
//! | in the folder | what it is |
//! |---|---|
//! | `register.sqlite` or `register.dump` | the register as it stood at one moment: `VACUUM INTO`, or `pg_dump` in its custom format |
//! | `packets/` | the sealed packets of the intake |
//! | `known/`, `service.json` | the public keys of stations and staff, and of the intake |
//! | `issuance-service.toml` | the configuration, with the address of the database |
//! | `keys/`, `intake-keys/` | the keys of the service and of the intake, only with `--with-keys` |
//! | `manifest.json` | length and SHA-256 of each file; written last, so that a folder without it is no backup |
//!
//! Not in it: the PKI of the document signer (`card-tool`'s key store has a backup of its own), files of passwords, certificates and
//! credentials that the configuration names, and the jobs that lie ready for `card-tool`, which hold a person's data in the clear and are made
//! again by `issue`.
//!
//! Without keys nobody reads packets, people and applications in it. Two things are in it in the clear, as they are in the register: numbers of
//! documents with their chips, and jobs that the verb `issue` of a bureau has made and that are not delivered. A backup is to be kept as the
//! register is.
//!
//! The register is copied before the packets: a packet is on the disk before the register knows of it, and so each one that the copy knows
//! of is there. What was erased after the copy stands in the copy still: backups are to be kept no longer than what they may hold.

pub mod fence;
pub mod manifest;
mod postgres;
mod restore;

use std::fs::{self, File, OpenOptions};
use std::io::{ErrorKind, Read as _, Write as _};
use std::path::{Path, PathBuf};

use crypto::HashAlgorithm;
use register::store::AnyStore;
use time::OffsetDateTime;

use crate::{Config, Error, Result, files};
pub use fence::{Fence, Since};
use manifest::{Entry, Manifest, StoreKind};
pub(crate) use restore::must_be_finished;
pub use restore::{Named, Restored, restore};

/// The register out of SQLite.
const SQLITE: &str = "register.sqlite";
/// The register out of PostgreSQL.
const DUMP: &str = "register.dump";
/// The folder of the sealed packets.
const PACKETS: &str = "packets";
/// Octets that are copied at once.
const PART: usize = 256 * 1024;
/// Folders in folders at most: packets lie two deep.
const MAX_DEPTH: usize = 4;

/// Why a backup cannot be taken or used.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum BackupError {
    /// A folder that is no complete backup.
    #[error("{} is no complete backup: there is no manifest in it", .0.display())]
    NoManifest(PathBuf),
    /// A manifest of another form.
    #[error("{} is no manifest that this release can read", .0.display())]
    Manifest(PathBuf),
    /// A manifest that is not the one whose digest was kept.
    #[error("{} is another manifest: its SHA-256 is {found}; take the backup whose digest was kept, or find out who has changed this one", path.display())]
    OtherManifest {
        /// The file.
        path: PathBuf,
        /// Its SHA-256, hexadecimal.
        found: String,
    },
    /// A file that is not as it was written.
    #[error("the backup is damaged: {} {what}; take another one", path.display())]
    Damaged {
        /// The file.
        path: PathBuf,
        /// What is wrong.
        what: &'static str,
    },
    /// The configuration names a store of the other kind.
    #[error("the backup is of {}, and the configuration names a store of the other kind", .0.word())]
    OtherStore(StoreKind),
    /// Something is there already.
    #[error("there is a register already at {0}: nothing is restored over it")]
    Exists(String),
    /// Without them the restored register could not be opened, and a first start would make others.
    #[error(
        "{} is missing, and this backup holds no keys: copy the folder `keys` of the service to {}, and `keys` of its intake to {}",
        missing.display(), service.display(), intake.display()
    )]
    NoKeys {
        /// What is missing.
        missing: PathBuf,
        /// Where the keys of the service go.
        service: PathBuf,
        /// Where those of the intake go.
        intake: PathBuf,
    },
    /// A restore was killed.
    #[error("a restore was begun here and is not finished ({}): run it again", .0.display())]
    Unfinished(PathBuf),
    /// A restored register waits for somebody who compares it with the world.
    #[error("this register was restored from the backup of {0} and nobody has accepted it")]
    NotAccepted(OffsetDateTime),
    /// The database's program is not here.
    #[error(
        "{0} is not installed here: install the client programs of PostgreSQL, of the server's release or a later one"
    )]
    NoProgram(&'static str),
    /// The database's program failed at every address.
    #[error("{program} failed: {said}")]
    Program {
        /// Its name.
        program: &'static str,
        /// Its last line.
        said: String,
    },
    /// What was restored is not whole.
    #[error("the restored register is not whole: {0} findings; take another backup")]
    NotWhole(usize),
}

/// What was copied.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Taken {
    /// What the folder holds.
    pub manifest: Manifest,
    /// SHA-256 of the manifest, hexadecimal: kept elsewhere it tells whether somebody has changed the backup.
    pub digest: String,
}

/// Copies everything into a new folder. Where it fails nothing of it stays.
///
/// # Errors
/// [`Error::Exists`] when there is something in the folder; [`BackupError`]; those of files and the store.
pub async fn take(
    config: &Config,
    file: &Path,
    to: &Path,
    with_keys: bool,
    now: OffsetDateTime,
) -> Result<Taken> {
    let is_empty = fs::read_dir(to).map_or(true, |mut entries| entries.next().is_none());
    if !is_empty {
        return Err(Error::Exists(to.to_owned()));
    }
    let is_new = !to.exists();
    let store = config.open_store().await?;
    files::make_private_folder(to)?;
    let taken = fill(config, store, file, to, with_keys, now).await;
    if taken.is_err() {
        unmake(to, is_new);
    }
    taken
}

/// Takes away what a backup that failed has begun; the folder was empty before. What cannot be taken away has no manifest.
fn unmake(folder: &Path, is_new: bool) {
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        let path = entry.path();
        let _ = match entry.file_type().is_ok_and(|kind| kind.is_dir()) {
            true => fs::remove_dir_all(path),
            false => fs::remove_file(path),
        };
    }
    if is_new {
        let _ = fs::remove_dir(folder);
    }
}

async fn fill(
    config: &Config,
    store: AnyStore,
    file: &Path,
    to: &Path,
    with_keys: bool,
    now: OffsetDateTime,
) -> Result<Taken> {
    let kind = match &store {
        AnyStore::Sqlite(_) => StoreKind::Sqlite,
        AnyStore::Postgres(_) => StoreKind::Postgres,
    };
    let copied = match &store {
        AnyStore::Sqlite(store) => store.backup(&to.join(SQLITE)).await.map_err(Error::from),
        AnyStore::Postgres(_) => postgres::dump(&config.store, &to.join(DUMP)),
    };
    store.close().await;
    copied?;
    for (from, name) in folders(config, with_keys) {
        // A packet that has gone meanwhile was erased. Of nothing else may that be said.
        let copied = match name {
            PACKETS => copy_if_there,
            _ => copy,
        };
        copy_folder(&from, &to.join(name), MAX_DEPTH, copied)?;
    }
    copy(file, &to.join(crate::CONFIG))?;
    let public = config.intake.join("service.json");
    // A bureau that takes no packets in has none.
    if public.exists() || config.intake.join("keys").exists() {
        copy(&public, &to.join("service.json"))?;
    }
    let manifest = Manifest {
        format: manifest::FORMAT,
        made: now,
        release: env!("CARGO_PKG_VERSION").to_owned(),
        store: kind,
        has_keys: with_keys,
        folder: folder_of(file),
        files: listed(to)?,
    };
    let digest = manifest.write(to)?;
    Ok(Taken { manifest, digest })
}

/// The folder of a file, from the root.
fn folder_of(file: &Path) -> Option<PathBuf> {
    let whole = file.canonicalize().ok()?;
    whole.parent().map(Path::to_owned)
}

/// Which folder of the service is which of the backup.
fn folders(config: &Config, with_keys: bool) -> Vec<(PathBuf, &'static str)> {
    let mut folders = vec![
        (config.intake.join("packets"), PACKETS),
        (config.intake.join("known"), "known"),
    ];
    if with_keys {
        folders.extend(key_folders(config));
    }
    folders
}

fn key_folders(config: &Config) -> [(PathBuf, &'static str); 2] {
    [
        (config.serve.keys.clone(), "keys"),
        (config.intake.join("keys"), "intake-keys"),
    ]
}

/// Copies a folder with what is in it. One that is not there has nothing in it; files that are being written have names with a dot.
fn copy_folder(
    from: &Path,
    to: &Path,
    depth: usize,
    copied: fn(&Path, &Path) -> Result<()>,
) -> Result<()> {
    let entries = match fs::read_dir(from) {
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(()),
        entries => entries.map_err(|source| files::at(from, source))?,
    };
    files::make_private_folder(to)?;
    for entry in entries {
        let entry = entry.map_err(|source| files::at(from, source))?;
        if entry.file_name().to_string_lossy().starts_with('.') {
            continue;
        }
        let kind = entry
            .file_type()
            .map_err(|source| files::at(&entry.path(), source))?;
        let target = to.join(entry.file_name());
        if kind.is_dir() && depth > 0 {
            copy_folder(&entry.path(), &target, depth - 1, copied)?;
        } else if kind.is_file() {
            copied(&entry.path(), &target)?;
        }
    }
    Ok(())
}

/// As [`copy`]; one that is not there any more is passed over.
fn copy_if_there(from: &Path, to: &Path) -> Result<()> {
    match copy(from, to) {
        Err(Error::File { path, source })
            if source.kind() == ErrorKind::NotFound && path == from =>
        {
            Ok(())
        }
        copied => copied,
    }
}

/// Copies a file, for the owner only, onto the disk.
fn copy(from: &Path, to: &Path) -> Result<()> {
    let mut source = File::open(from).map_err(|source| files::at(from, source))?;
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let written = options.open(to).and_then(|mut file| {
        std::io::copy(&mut source, &mut file)?;
        file.flush()?;
        file.sync_all()
    });
    written.map_err(|source| files::at(to, source))
}

/// All files below a folder with their digests, in the order of their names.
fn listed(folder: &Path) -> Result<Vec<Entry>> {
    let mut found = Vec::new();
    walk(folder, Path::new(""), MAX_DEPTH, &mut found)?;
    found.sort_by(|one, other| one.path.cmp(&other.path));
    Ok(found)
}

fn walk(folder: &Path, within: &Path, depth: usize, found: &mut Vec<Entry>) -> Result<()> {
    let at = folder.join(within);
    let entries = fs::read_dir(&at).map_err(|source| files::at(&at, source))?;
    for entry in entries {
        let entry = entry.map_err(|source| files::at(&at, source))?;
        let path = within.join(entry.file_name());
        let kind = entry
            .file_type()
            .map_err(|source| files::at(&entry.path(), source))?;
        if kind.is_dir() && depth > 0 {
            walk(folder, &path, depth - 1, found)?;
        } else if path != Path::new(manifest::NAME) {
            let (length, sha256) = digest(&entry.path())?;
            let path = path.to_string_lossy().replace('\\', "/");
            found.push(Entry {
                path,
                length,
                sha256,
            });
        }
    }
    Ok(())
}

/// Length and SHA-256 of a file.
fn digest(path: &Path) -> Result<(u64, String)> {
    let fault = |source| files::at(path, source);
    let mut file = File::open(path).map_err(fault)?;
    let mut hasher = HashAlgorithm::Sha256.hasher();
    let (mut part, mut length) = (vec![0; PART], 0_u64);
    loop {
        let count = file.read(&mut part).map_err(fault)?;
        if count == 0 {
            return Ok((length, hex::encode(hasher.finalize())));
        }
        hasher.update(part.get(..count).unwrap_or_default());
        length += u64::try_from(count).unwrap_or_default();
    }
}
