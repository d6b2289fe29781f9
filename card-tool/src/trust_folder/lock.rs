//! The lock of a store. Whoever begins a store and does not finish leaves neither lock nor folder behind.

use std::fs::{File, OpenOptions};
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result};

use super::index;
use crate::exit::{Exit, Problem};
use crate::files;

/// Held while the index is replaced.
pub(super) const FILE: &str = ".lock";
/// How often the lock of a folder is taken again that somebody else has given up meanwhile.
const MOST_TRIES: usize = 1000;

/// A lock that is held; it ends with the process.
#[derive(Debug)]
pub(super) struct Lock {
    folder: PathBuf,
    file: File,
    /// Taken to begin a store.
    begins: bool,
    /// The folder was made for it.
    made_folder: bool,
}

impl Lock {
    /// The lock of a store that is there; waits until nobody else has it.
    pub(super) fn take(folder: &Path) -> Result<Self> {
        Self::try_often(folder, false)
    }

    /// As [`Self::take`], in a folder that is made where it is not there.
    pub(super) fn take_to_begin(folder: &Path) -> Result<Self> {
        Self::try_often(folder, true)
    }

    /// Whoever gives a beginning up takes the lock's file away: who waited for it holds a file that is no longer there.
    fn try_often(folder: &Path, begins: bool) -> Result<Self> {
        let path = folder.join(FILE);
        let name = || path.display().to_string();
        for _ in 0..MOST_TRIES {
            let made_folder = begins && make_where_missing(folder)?;
            refuse_no_file(&path)?;
            let mut options = OpenOptions::new();
            let opened = options.write(true).create(true).truncate(false).open(&path);
            let file = match opened {
                Err(error) if begins && error.kind() == ErrorKind::NotFound => continue,
                opened => opened.with_context(name)?,
            };
            file.lock().with_context(name)?;
            if files::is_at(&file, &path) {
                return Ok(Self {
                    folder: folder.to_owned(),
                    file,
                    begins,
                    made_folder,
                });
            }
        }
        Err(Problem::of(
            Exit::Policy,
            format!("{} is begun and given up again and again", name()),
            "end the other program, then run the command again",
        ))
    }
}

impl Drop for Lock {
    fn drop(&mut self) {
        if self.begins && !self.folder.join(index::FILE).exists() {
            // What cannot be taken away is in nobody's way.
            let _ = std::fs::remove_file(self.folder.join(FILE));
            if self.made_folder {
                let _ = std::fs::remove_dir(&self.folder);
            }
        }
        let _ = self.file.unlock();
    }
}

/// Whether the folder was made by this call, and by nobody else at the same moment.
fn make_where_missing(folder: &Path) -> Result<bool> {
    if let Some(above) = folder.parent() {
        files::make_folder(above)?;
    }
    match std::fs::create_dir(folder) {
        Err(error) if error.kind() == ErrorKind::AlreadyExists => Ok(false),
        made => made
            .map(|()| true)
            .with_context(|| folder.display().to_string()),
    }
}

/// A pipe in the place of a lock would be waited for without end, and a link would make a file somewhere else.
fn refuse_no_file(path: &Path) -> Result<()> {
    match std::fs::symlink_metadata(path) {
        Ok(there) if !there.is_file() => Err(Problem::usage(
            format!("{} is no file, and cannot be locked", path.display()),
            "take it away, when you know who has put it there",
        )),
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_beginning_that_is_given_up_leaves_nothing() {
        let place = tempfile::tempdir().unwrap();
        let folder = place.path().join("store");
        drop(Lock::take_to_begin(&folder).unwrap());
        assert!(!folder.exists());
        // A folder that was there stays, and so does a store that was begun.
        std::fs::create_dir(&folder).unwrap();
        drop(Lock::take_to_begin(&folder).unwrap());
        assert!(folder.exists() && !folder.join(FILE).exists());
        let lock = Lock::take_to_begin(&folder).unwrap();
        std::fs::write(folder.join(index::FILE), b"x").unwrap();
        drop(lock);
        assert!(folder.join(FILE).exists());
        drop(Lock::take(&folder).unwrap());
        assert!(folder.join(FILE).exists());
    }

    #[cfg(unix)]
    #[test]
    fn what_is_no_file_is_no_lock() {
        let place = tempfile::tempdir().unwrap();
        let elsewhere = place.path().join("elsewhere");
        let lock = place.path().join(FILE);
        std::os::unix::fs::symlink(&elsewhere, &lock).unwrap();
        assert!(Lock::take(place.path()).is_err());
        assert!(!elsewhere.exists(), "made through the link");
        std::fs::remove_file(&lock).unwrap();
        let made = std::process::Command::new("mkfifo").arg(&lock).status();
        assert!(made.unwrap().success());
        assert!(Lock::take(place.path()).is_err());
        assert!(Lock::take_to_begin(place.path()).is_err());
    }

    #[test]
    fn who_waited_for_a_lock_that_was_given_up_begins_anew() {
        const WRITERS: usize = 8;
        let place = tempfile::tempdir().unwrap();
        let folder = place.path().join("store");
        let inside = std::sync::atomic::AtomicUsize::new(0);
        std::thread::scope(|scope| {
            for _ in 0..WRITERS {
                scope.spawn(|| {
                    for _ in 0..50 {
                        let lock = Lock::take_to_begin(&folder).unwrap();
                        let others = inside.fetch_add(1, std::sync::atomic::Ordering::SeqCst);
                        assert_eq!(others, 0, "two have the lock");
                        inside.fetch_sub(1, std::sync::atomic::Ordering::SeqCst);
                        drop(lock);
                    }
                });
            }
        });
        // Whoever made the folder leaves it to those who wait; the last of them leaves it empty.
        assert!(std::fs::read_dir(&folder).map_or(0, Iterator::count) == 0);
    }
}
