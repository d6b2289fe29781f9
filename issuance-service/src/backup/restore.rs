//! A service made of a backup: never over one that is there, and only of a copy that is whole.

use std::path::{Path, PathBuf};

use register::store::{AnyStore, SqliteStore, Store as _};

use super::manifest::{Manifest, StoreKind};
use super::{
    BackupError, DUMP, MAX_DEPTH, SQLITE, copy, copy_folder, folders, key_folders, postgres,
};
use crate::{Config, Error, Result, files};

/// What was restored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Restored {
    /// What the backup held.
    pub manifest: Manifest,
    /// Where the register is now, without what is secret in an address.
    pub store: String,
    /// The configuration, where it came out of the backup.
    pub configuration: Option<PathBuf>,
}

/// Makes a service of a backup. Where there is no configuration, that of the backup is taken over. Everything is looked at before anything
/// is written.
///
/// # Errors
/// [`BackupError`]; those of files and the store.
pub async fn restore(file: &Path, from: &Path) -> Result<Restored> {
    let manifest = Manifest::checked(from)?;
    let is_new = !file.exists();
    if is_new {
        if let Some(folder) = file
            .parent()
            .filter(|folder| !folder.as_os_str().is_empty())
        {
            files::make_private_folder(folder)?;
        }
        copy(&from.join(crate::CONFIG), file)?;
    }
    let restored = fill(file, from, &manifest).await;
    match restored {
        Ok(store) => Ok(Restored {
            manifest,
            store,
            configuration: is_new.then(|| file.to_owned()),
        }),
        Err(error) => {
            if is_new {
                // What was not restored leaves no configuration that says it was.
                std::fs::remove_file(file).map_err(|source| files::at(file, source))?;
            }
            Err(error)
        }
    }
}

async fn fill(file: &Path, from: &Path, manifest: &Manifest) -> Result<String> {
    let config = Config::read(file)?;
    let is_database = config.store.starts_with("postgres");
    if is_database != (manifest.store == StoreKind::Postgres) {
        return Err(BackupError::OtherStore(manifest.store).into());
    }
    let is_free = |path: &Path| match is_filled(path) {
        true => Err(Error::Exists(path.to_owned())),
        false => Ok(()),
    };
    if !is_database && Path::new(&config.store).exists() {
        return Err(BackupError::Exists(config.store_name()).into());
    }
    for (path, _) in folders(&config, manifest.has_keys) {
        is_free(&path)?;
    }
    if !manifest.has_keys {
        for path in needed(&config) {
            if !path.is_file() {
                return Err(BackupError::NoKeys(path).into());
            }
        }
    }
    register(&config, from).await?;
    for (path, name) in folders(&config, manifest.has_keys) {
        copy_folder(&from.join(name), &path, MAX_DEPTH)?;
    }
    let public = config.intake.join("service.json");
    if !public.exists() {
        files::make_private_folder(&config.intake)?;
        copy(&from.join("service.json"), &public)?;
    }
    files::make_private_folder(&config.jobs)?;
    Ok(config.store_name())
}

/// The register, looked at when it is there.
async fn register(config: &Config, from: &Path) -> Result<()> {
    if !config.store.starts_with("postgres") {
        let path = Path::new(&config.store);
        if let Some(folder) = path.parent() {
            files::make_private_folder(folder)?;
        }
        SqliteStore::restore(&from.join(SQLITE), path)
            .await?
            .close()
            .await;
        return Ok(());
    }
    postgres::restore(&config.store, &from.join(DUMP), &config.store_name())?;
    let store = AnyStore::open(&config.store).await?;
    let findings = store.integrity().await;
    store.close().await;
    match findings?.len() {
        0 => Ok(()),
        count => Err(BackupError::NotWhole(count).into()),
    }
}

/// Whether there is anything in a folder.
fn is_filled(path: &Path) -> bool {
    std::fs::read_dir(path).is_ok_and(|mut entries| entries.next().is_some())
}

/// Without these the register cannot be opened, or a first start would make others.
fn needed(config: &Config) -> [PathBuf; 3] {
    let [(keys, _), (intake, _)] = key_folders(config);
    [
        keys.join("audit.key"),
        keys.join("log-name"),
        intake.join("register.key"),
    ]
}
