//! The file of a journal. It is locked itself, so that whoever cannot open it cannot keep others out.

use std::fs::{File, OpenOptions, TryLockError};
use std::io::{self, Read as _, Seek as _, SeekFrom, Write as _};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result};
use floor::Lines;

use crate::commands::note;
use crate::files;

/// So long one waits for another program without a word: it writes a line in less.
const QUIET: Duration = Duration::from_secs(2);
const PAUSE: Duration = Duration::from_millis(5);

/// The lines of a journal in a file.
pub struct FileLines {
    path: PathBuf,
    file: File,
    is_looked_at: bool,
}

impl FileLines {
    /// Opens them, to write or only to look.
    pub fn open(path: &Path, is_looked_at: bool) -> Result<Self> {
        let name = || path.display().to_string();
        files::refuse_special(path)?;
        let mut options = OpenOptions::new();
        let file = options.read(true).append(!is_looked_at).open(path);
        Ok(Self {
            path: path.to_owned(),
            file: file.with_context(name)?,
            is_looked_at,
        })
    }

    fn try_lock(&self) -> Result<(), TryLockError> {
        if self.is_looked_at {
            self.file.try_lock_shared()
        } else {
            self.file.try_lock()
        }
    }

    /// Waits for its turn, and says for whom when that takes long.
    fn lock(&self) -> io::Result<()> {
        let begun = Instant::now();
        while begun.elapsed() < QUIET {
            match self.try_lock() {
                Ok(()) => return Ok(()),
                Err(TryLockError::WouldBlock) => std::thread::sleep(PAUSE),
                Err(TryLockError::Error(error)) => return Err(error),
            }
        }
        let whom = holder(&self.file).unwrap_or_else(|| "another program".to_owned());
        note(&format!(
            "waiting for {whom}, which has {} open and locked",
            self.path.display()
        ));
        if self.is_looked_at {
            self.file.lock_shared()
        } else {
            self.file.lock()
        }
    }
}

impl Lines for FileLines {
    fn enter(&mut self) -> io::Result<()> {
        self.lock()?;
        if files::is_at(&self.file, &self.path) {
            return Ok(());
        }
        self.leave();
        Err(io::Error::other(
            "another file was put in its place: start again, when you know who has done it",
        ))
    }

    fn leave(&mut self) {
        // A lock that cannot be given back goes with the program.
        let _ = self.file.unlock();
    }

    fn length(&mut self) -> io::Result<u64> {
        Ok(self.file.metadata()?.len())
    }

    fn read_from(&mut self, offset: u64) -> io::Result<Vec<u8>> {
        let mut octets = Vec::new();
        self.file.seek(SeekFrom::Start(offset))?;
        self.file.read_to_end(&mut octets)?;
        Ok(octets)
    }

    fn append(&mut self, octets: &[u8]) -> io::Result<()> {
        self.file.write_all(octets)?;
        self.file.sync_data()
    }

    fn cut(&mut self, length: u64) -> io::Result<()> {
        self.file.set_len(length)?;
        self.file.sync_all()
    }
}

/// The process that has a file locked, as the kernel lists locks.
#[cfg(target_os = "linux")]
fn holder(file: &File) -> Option<String> {
    use std::os::unix::fs::MetadataExt as _;
    let inode = file.metadata().ok()?.ino();
    let locks = std::fs::read_to_string("/proc/locks").ok()?;
    let process = locks.lines().find_map(|line| process_in(line, inode))?;
    let name = std::fs::read_to_string(format!("/proc/{process}/comm")).ok()?;
    Some(format!("{} (process {process})", name.trim()))
}

#[cfg(not(target_os = "linux"))]
const fn holder(_: &File) -> Option<String> {
    None
}

/// `7: FLOCK  ADVISORY  WRITE 4711 fd:01:123456 0 EOF`; who waits himself has an arrow behind the number.
#[cfg(target_os = "linux")]
fn process_in(line: &str, inode: u64) -> Option<u32> {
    let mut words = line.split_whitespace().skip(1);
    if words.next() != Some("FLOCK") {
        return None;
    }
    let process = words.nth(2)?.parse().ok()?;
    let held = words.next()?.rsplit(':').next()?.parse::<u64>().ok()?;
    (held == inode).then_some(process)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn journal(folder: &Path) -> PathBuf {
        let path = folder.join("journal.jsonl");
        std::fs::write(&path, b"x").unwrap();
        path
    }

    #[test]
    fn one_writes_at_a_time_and_lookers_look_together() {
        let folder = tempfile::tempdir().unwrap();
        let path = journal(folder.path());
        let open = |is_looked_at| FileLines::open(&path, is_looked_at).unwrap();
        let (mut writer, other, mut looker) = (open(false), open(false), open(true));
        writer.enter().unwrap();
        assert!(other.try_lock().is_err() && open(true).try_lock().is_err());
        writer.leave();
        looker.enter().unwrap();
        assert!(open(true).try_lock().is_ok());
        assert!(other.try_lock().is_err());
        assert!(
            looker.append(b"y").is_err(),
            "what is looked at is not written"
        );
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1);
    }

    #[cfg(unix)]
    #[test]
    fn a_journal_that_was_replaced_is_not_gone_on_with() {
        let folder = tempfile::tempdir().unwrap();
        let path = journal(folder.path());
        let mut lines = FileLines::open(&path, false).unwrap();
        lines.enter().unwrap();
        lines.leave();
        std::fs::rename(&path, folder.path().join("old")).unwrap();
        assert!(lines.enter().is_err());
        std::fs::write(&path, b"x").unwrap();
        assert!(lines.enter().is_err());
        // The lock was given back.
        assert!(lines.try_lock().is_ok());
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn who_has_the_lock_is_named() {
        let folder = tempfile::tempdir().unwrap();
        let path = journal(folder.path());
        let mut lines = FileLines::open(&path, false).unwrap();
        lines.enter().unwrap();
        let waiting = File::open(&path).unwrap();
        let whom = holder(&waiting).unwrap();
        assert!(
            whom.contains(&format!("process {}", std::process::id())),
            "{whom}"
        );
        lines.leave();
        assert_eq!(holder(&waiting), None);
        let line = "3: -> FLOCK  ADVISORY  WRITE 7 fd:01:99 0 EOF";
        assert_eq!(process_in(line, 99), None, "who waits has nothing");
    }
}
