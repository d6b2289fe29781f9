//! A service made of a backup: never over one that is there, and only of a copy that is whole.
//!
//! The register comes last, with its fence ([`super::fence`]); until all is there, a marker beside the configuration makes every other verb refuse.
//! A restore that was killed is gone on with by the same call: files that it has copied are looked at again.

use std::fs::{self, File};
use std::path::{Path, PathBuf};

use register::store::{SqliteStore, Store as _};
use time::OffsetDateTime;

use super::fence::{self, Since};
use super::manifest::{Manifest, StoreKind};
use super::{
    BackupError, DUMP, MAX_DEPTH, SQLITE, copy, copy_folder, digest, folders, key_folders, postgres,
};
use crate::{Config, Error, Result, files};

/// The file beside the configuration that says that a restore has begun and not ended.
const MARKER: &str = "restore-unfinished";
/// What stands in it.
const MARKED: &[u8] = b"A restore was begun here and is not finished. Run it again.\n";

/// What was restored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Restored {
    /// What the backup held.
    pub manifest: Manifest,
    /// Where the register is now, without what is secret in an address.
    pub store: String,
    /// The configuration, where it came out of the backup.
    pub configuration: Option<PathBuf>,
    /// Where the keys are: of the service, and of the intake.
    pub keys: [PathBuf; 2],
    /// What is in no backup and has to be brought.
    pub named: Vec<Named>,
}

/// A file or folder that the configuration names and no backup holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Named {
    /// The setting.
    pub setting: &'static str,
    /// Where it is looked for: a relative path starts from the folder of the configuration, also of one that was restored elsewhere.
    pub path: PathBuf,
    /// Whether there is anything.
    pub is_there: bool,
    /// Where it was when the backup was taken, where that was another place.
    pub was: Option<PathBuf>,
}

impl Named {
    /// All of a configuration that lies in another folder now, or in the same.
    fn all(config: &Config, file: &Path, before: Option<&Path>) -> Vec<Self> {
        let folder = super::folder_of(file);
        let was = |path: &Path| {
            let (now, before) = (folder.as_deref()?, before?);
            let within = path.strip_prefix(file.parent()?).ok()?;
            (now != before && within.is_relative()).then(|| before.join(within))
        };
        let named = config.named_files().into_iter();
        named
            .map(|(setting, path)| Self {
                setting,
                path: path.to_owned(),
                is_there: path.exists(),
                was: was(path),
            })
            .collect()
    }
}

/// Refuses a folder in which a restore was begun and not finished.
///
/// # Errors
/// [`BackupError::Unfinished`].
pub(crate) fn must_be_finished(file: &Path) -> Result<()> {
    let marker = file.with_file_name(MARKER);
    match marker.exists() {
        true => Err(BackupError::Unfinished(marker).into()),
        false => Ok(()),
    }
}

/// Makes a service of a backup. Where there is no configuration, that of the backup is taken over. Everything is looked at before anything
/// is written, and the manifest is compared with a digest that was `kept` elsewhere. The register is [fenced](super::Fence) and waits to be accepted.
///
/// # Errors
/// [`BackupError`]; those of files and the store.
pub async fn restore(
    file: &Path,
    from: &Path,
    kept: Option<&[u8; 32]>,
    since: Since,
    now: OffsetDateTime,
) -> Result<Restored> {
    let manifest = Manifest::checked(from, kept)?;
    let marker = file.with_file_name(MARKER);
    let goes_on = marker.exists();
    let is_new = !file.exists();
    if !goes_on {
        if let Some(folder) = file
            .parent()
            .filter(|folder| !folder.as_os_str().is_empty())
        {
            files::make_private_folder(folder)?;
        }
        files::write_private(&marker, MARKED)?;
    }
    let looked = look(file, from, &manifest, is_new, goes_on);
    let config = match looked {
        Ok(config) => config,
        Err(error) => {
            // Nothing was written yet: what was not restored leaves nothing that says it was.
            for path in [(file, is_new), (&marker, !goes_on)] {
                if path.1 && path.0.exists() {
                    fs::remove_file(path.0).map_err(|source| files::at(path.0, source))?;
                }
            }
            return Err(error);
        }
    };
    copy_all(&config, from, &manifest)?;
    register(&config, from, since, manifest.made, now).await?;
    fs::remove_file(&marker).map_err(|source| files::at(&marker, source))?;
    synced(&marker)?;
    Ok(Restored {
        store: config.store_name(),
        configuration: is_new.then(|| file.to_owned()),
        keys: key_folders(&config).map(|(folder, _)| folder),
        named: Named::all(&config, file, manifest.folder.as_deref()),
        manifest,
    })
}

/// Whether it can be restored here. What an earlier call has copied is no hindrance to the one that goes on.
fn look(
    file: &Path,
    from: &Path,
    manifest: &Manifest,
    is_new: bool,
    goes_on: bool,
) -> Result<Config> {
    if is_new {
        copy(&from.join(crate::CONFIG), file)?;
    }
    let config = Config::read_unfinished(file)?;
    let is_database = config.is_database();
    if is_database != (manifest.store == StoreKind::Postgres) {
        return Err(BackupError::OtherStore(manifest.store).into());
    }
    if !is_database && Path::new(&config.store).exists() {
        return Err(BackupError::Exists(config.store_name()).into());
    }
    for (path, _) in folders(&config, manifest.has_keys) {
        if !goes_on && is_filled(&path) {
            return Err(Error::Exists(path));
        }
    }
    if !manifest.has_keys {
        for path in needed(&config) {
            if !path.is_file() {
                let [service, intake] = key_folders(&config).map(|(folder, _)| folder);
                return Err(BackupError::NoKeys {
                    missing: path,
                    service,
                    intake,
                }
                .into());
            }
        }
    }
    Ok(config)
}

/// Packets, keys and what is public: before the register, without which nothing can be started.
fn copy_all(config: &Config, from: &Path, manifest: &Manifest) -> Result<()> {
    for (path, name) in folders(config, manifest.has_keys) {
        copy_folder(&from.join(name), &path, MAX_DEPTH, put)?;
    }
    let public = config.intake.join("service.json");
    let kept = from.join("service.json");
    if !public.exists() && kept.exists() {
        files::make_private_folder(&config.intake)?;
        put(&kept, &public)?;
    }
    files::make_private_folder(&config.jobs)
}

/// Copies a file under another name first: what has its own name is whole. One that an earlier call has copied stays.
fn put(from: &Path, to: &Path) -> Result<()> {
    if to.exists() {
        return match digest(from)? == digest(to)? {
            true => Ok(()),
            false => Err(Error::Exists(to.to_owned())),
        };
    }
    let name = to.file_name().unwrap_or_default().to_string_lossy();
    let part = to.with_file_name(format!(".{name}.restoring"));
    removed(&part)?;
    copy(from, &part)?;
    fs::rename(&part, to).map_err(|source| files::at(to, source))?;
    synced(to)
}

/// The register, looked at, fenced, and only then where it is looked for.
async fn register(
    config: &Config,
    from: &Path,
    since: Since,
    made: OffsetDateTime,
    now: OffsetDateTime,
) -> Result<()> {
    if config.is_database() {
        postgres::restore(&config.store, &from.join(DUMP), &config.store_name())?;
        // What was written to before was another register.
        removed(&config.server_memory())?;
        let store = config.open_store().await?;
        let fenced = match store.integrity().await {
            Ok(findings) if !findings.is_empty() => {
                Err(BackupError::NotWhole(findings.len()).into())
            }
            Ok(_) => fence::raise(&store, since, made, now).await,
            Err(error) => Err(error.into()),
        };
        store.close().await;
        return fenced;
    }
    let path = Path::new(&config.store);
    if let Some(folder) = path.parent() {
        files::make_private_folder(folder)?;
    }
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let part = path.with_file_name(format!(".{name}.restoring"));
    let beside = ["-wal", "-shm"].map(|end| {
        let name = part.file_name().unwrap_or_default().to_string_lossy();
        part.with_file_name(format!("{name}{end}"))
    });
    removed(&part)?;
    for file in &beside {
        removed(file)?;
    }
    let store = SqliteStore::restore(&from.join(SQLITE), &part).await?;
    let fenced = fence::raise(&store, since, made, now).await;
    store.close().await;
    fenced?;
    if beside.iter().any(|file| file.exists()) {
        // The log was not merged: the file alone would be without its fence.
        return Err(BackupError::Exists(part.display().to_string()).into());
    }
    let fault = |source| files::at(path, source);
    File::open(&part)
        .and_then(|file| file.sync_all())
        .map_err(fault)?;
    fs::rename(&part, path).map_err(fault)?;
    synced(path)
}

fn removed(path: &Path) -> Result<()> {
    match path.exists() {
        true => fs::remove_file(path).map_err(|source| files::at(path, source)),
        false => Ok(()),
    }
}

/// That a name is in its folder, or is not any more, is on the disk.
fn synced(path: &Path) -> Result<()> {
    let folder = path
        .parent()
        .filter(|folder| !folder.as_os_str().is_empty())
        .unwrap_or(Path::new("."));
    let synced = File::open(folder).and_then(|folder| folder.sync_all());
    synced.map_err(|source| files::at(folder, source))
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
