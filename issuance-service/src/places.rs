//! Where the service writes: whether it may, and whether there is room. Otherwise it is found out when somebody's packet comes in.

use std::fs::{self, OpenOptions};
use std::io::{ErrorKind, Write as _};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};

use tokio::sync::Mutex;

use crate::Config;

/// Free space under which a service is told to make room.
pub const ROOM: u64 = 1024 * MIB;
/// Free space under which a service is not ready, in MiB, where its configuration says nothing else (`least-room-mib` of `[serve]`).
pub const LEAST_ROOM_MIB: u32 = 256;
/// Octets of a MiB.
pub const MIB: u64 = 1024 * 1024;
/// Octets that are written on trial: a block.
const TRIAL: [u8; 4096] = [0; 4096];
/// For so long an answer counts: who asks more often writes no more often.
const LOOKED_FOR: Duration = Duration::from_secs(5);

/// A file or a folder that is written to.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Place {
    what: &'static str,
    path: PathBuf,
    is_file: bool,
}

/// Why nothing can be written to a place.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum PlaceFault {
    /// It is refused.
    #[error("{what}: {} cannot be written: {source}", path.display())]
    NotWritten {
        /// What is there: `register`, `packets`, `intake`, `jobs`.
        what: &'static str,
        /// Where.
        path: PathBuf,
        /// Why.
        #[source]
        source: std::io::Error,
    },
    /// The disk is full, or nearly.
    #[error("{what}: {} MiB are free at {}, and {} MiB have to be", free / MIB, path.display(), least / MIB)]
    Full {
        /// What is there.
        what: &'static str,
        /// Where.
        path: PathBuf,
        /// Octets that are free.
        free: u64,
        /// Octets that have to be.
        least: u64,
    },
}

impl PlaceFault {
    /// Which place, and no path: everybody may read that.
    #[must_use]
    pub const fn what(&self) -> &'static str {
        match self {
            Self::NotWritten { what, .. } | Self::Full { what, .. } => what,
        }
    }

    /// What to do.
    #[must_use]
    pub fn todo(&self) -> &'static str {
        let kind = match self {
            Self::NotWritten { source, .. } => source.kind(),
            Self::Full { .. } => ErrorKind::StorageFull,
        };
        match kind {
            ErrorKind::StorageFull | ErrorKind::QuotaExceeded => {
                "make room before the register stops"
            }
            ErrorKind::ReadOnlyFilesystem => {
                "the disk is mounted read-only: mount it for writing; where it was not meant to be, look into the log of the machine first"
            }
            ErrorKind::NotADirectory | ErrorKind::IsADirectory => {
                "a file stands where a folder has to be, or a folder where a file has to be: set the path right in the configuration"
            }
            _ => "give the user of the service the right to write there",
        }
    }
}

/// All places of a service.
#[derive(Debug)]
pub struct Places {
    places: Vec<Place>,
    least: u64,
    looked: Mutex<Option<(Instant, Vec<&'static str>)>>,
}

impl Places {
    /// Those of a configuration.
    #[must_use]
    pub fn of(config: &Config) -> Self {
        let place = |what, path: &Path, is_file| Place {
            what,
            path: path.to_owned(),
            is_file,
        };
        let mut places = Vec::new();
        if !config.is_database() {
            let file = Path::new(&config.store);
            places.push(place("register", file, true));
            // Its log lies beside it.
            places.push(place("register", folder_of(file), false));
        }
        places.push(place("intake", &config.intake, false));
        places.push(place("packets", &config.intake.join("packets"), false));
        places.push(place("jobs", &config.jobs, false));
        Self {
            places,
            least: u64::from(config.serve.least_room_mib) * MIB,
            looked: Mutex::new(None),
        }
    }

    /// Tries each of them.
    #[must_use]
    pub fn examine(&self) -> Vec<PlaceFault> {
        let faults = self.places.iter().map(|place| place.examine(self.least));
        faults.flatten().collect()
    }

    /// Which of them cannot be written to; looked at every few seconds, whoever asks.
    pub async fn not_ready(self: &std::sync::Arc<Self>) -> Vec<&'static str> {
        let mut looked = self.looked.lock().await;
        if let Some((at, found)) = &*looked
            && at.elapsed() < LOOKED_FOR
        {
            return found.clone();
        }
        let places = std::sync::Arc::clone(self);
        let examined = tokio::task::spawn_blocking(move || {
            let faults = places.examine();
            for fault in &faults {
                tracing::error!(target: "places", fault = %fault, "the service cannot write");
            }
            let mut found: Vec<&'static str> = faults.iter().map(PlaceFault::what).collect();
            found.dedup();
            found
        });
        let found = examined.await.unwrap_or_else(|_| vec!["not looked at"]);
        *looked = Some((Instant::now(), found.clone()));
        found
    }
}

impl Place {
    fn examine(&self, least: u64) -> Option<PlaceFault> {
        let there = there(&self.path);
        let is_file = self.is_file && there == self.path;
        let tried = match is_file {
            true => OpenOptions::new().append(true).open(there).map(drop),
            false => try_folder(there),
        };
        if let Err(source) = tried {
            return Some(PlaceFault::NotWritten {
                what: self.what,
                path: self.path.clone(),
                source,
            });
        }
        if is_file {
            // Its folder is looked at as well.
            return None;
        }
        let free = room(there).filter(|free| *free < least)?;
        Some(PlaceFault::Full {
            what: self.what,
            path: self.path.clone(),
            free,
            least,
        })
    }
}

/// A path, or the folder in which it would be made.
fn there(path: &Path) -> &Path {
    let mut there = path;
    while fs::symlink_metadata(there)
        .is_err_and(|error| error.kind() == std::io::ErrorKind::NotFound)
    {
        match there.parent() {
            Some(_) => there = folder_of(there),
            None => break,
        }
    }
    there
}

fn folder_of(path: &Path) -> &Path {
    let folder = path.parent().unwrap_or(Path::new(""));
    match folder.as_os_str().is_empty() {
        true => Path::new("."),
        false => folder,
    }
}

/// Writes a block into a new file, and takes it away again. What is being written has a name with a dot, which nobody reads.
fn try_folder(folder: &Path) -> std::io::Result<()> {
    static NEXT: AtomicU32 = AtomicU32::new(0);
    let number = NEXT.fetch_add(1, Ordering::Relaxed);
    let path = folder.join(format!(".trial-{}-{number}", std::process::id()));
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    let mut file = options.open(&path)?;
    let written = file.write_all(&TRIAL).and_then(|()| file.sync_all());
    fs::remove_file(&path)?;
    written
}

/// Octets that are free for the service on the disk of a folder. A file system that counts none says nothing.
#[cfg(unix)]
#[must_use]
pub fn room(folder: &Path) -> Option<u64> {
    let said = rustix::fs::statvfs(folder).ok()?;
    (said.f_blocks > 0).then(|| said.f_bavail.saturating_mul(said.f_frsize))
}

/// The same: not known here.
#[cfg(not(unix))]
#[must_use]
pub fn room(_: &Path) -> Option<u64> {
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Root may write nearly everywhere; not below a file, not into a folder as if it were a file, not into /proc.
    #[test]
    fn what_cannot_be_written_is_named() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("file");
        fs::write(&file, b"TEST").unwrap();
        let check = |path: &Path, is_file: bool, well: bool| {
            let place = Place {
                what: "jobs",
                path: path.to_owned(),
                is_file,
            };
            let fault = place.examine(0);
            assert_eq!(fault.is_none(), well, "{path:?}: {fault:?}");
            if let Some(fault) = fault {
                let said = fault.to_string();
                assert!(
                    said.starts_with("jobs: ") && said.contains("cannot be written"),
                    "{said}"
                );
            }
        };
        check(folder.path(), false, true);
        check(&folder.path().join("to/be/made"), false, true);
        check(&file, true, true);
        check(&folder.path().join("register.sqlite"), true, true);
        check(&file.join("packets"), false, false);
        check(&file, false, false);
        check(folder.path(), true, false);
        #[cfg(target_os = "linux")]
        check(Path::new("/proc/self"), false, false);
        assert_eq!(
            fs::read_dir(folder.path()).unwrap().count(),
            1,
            "nothing is left"
        );
        assert_eq!(fs::read(&file).unwrap(), b"TEST");
    }

    /// Each cause wants something else.
    #[test]
    fn what_to_do_is_of_the_cause() {
        let todo = |kind: ErrorKind| {
            let fault = PlaceFault::NotWritten {
                what: "jobs",
                path: "jobs".into(),
                source: kind.into(),
            };
            fault.todo()
        };
        for (kind, word) in [
            (ErrorKind::StorageFull, "make room"),
            (ErrorKind::QuotaExceeded, "make room"),
            (ErrorKind::ReadOnlyFilesystem, "read-only"),
            (ErrorKind::PermissionDenied, "the right to write"),
            (ErrorKind::NotADirectory, "the path"),
        ] {
            assert!(todo(kind).contains(word), "{kind:?}: {}", todo(kind));
        }
    }

    #[test]
    fn a_disk_without_room_is_named() {
        let folder = tempfile::tempdir().unwrap();
        let place = Place {
            what: "packets",
            path: folder.path().to_owned(),
            is_file: false,
        };
        let free = room(folder.path()).unwrap();
        assert!(free > 0);
        assert!(place.examine(1).is_none());
        let fault = place.examine(u64::MAX).unwrap();
        assert!(
            matches!(
                fault,
                PlaceFault::Full {
                    least: u64::MAX,
                    ..
                }
            ),
            "{fault}"
        );
    }
}
