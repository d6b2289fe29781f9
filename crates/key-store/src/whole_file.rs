//! Files that come into being whole: made where there is none, or put in the place of the old one.
//!
//! A file is written under another name beside its place, brought to the disk, and then given its name. Whoever is killed in
//! between leaves the other name behind. It is held locked while it is written, so the next one who writes in that folder can
//! tell what is left from what is at work, and overwrites and removes what is left: it may be half of a key.

use std::collections::BTreeSet;
use std::ffi::{OsStr, OsString};
use std::fs::{self, File, OpenOptions};
use std::io::{self, Seek as _, Write as _};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};

/// Files of one process that are being written at the same time.
static NUMBER: AtomicU64 = AtomicU64::new(0);
/// Folders in which this process has looked for what others left.
static SWEPT: Mutex<BTreeSet<PathBuf>> = Mutex::new(BTreeSet::new());
/// The end of the other name, by which it is known to be ours. It begins with a dot.
const UNFINISHED: &str = ".card-toolchain.tmp";
/// How often a new other name is taken where somebody took ours for one that was left.
const TRIES: u32 = 8;

/// Who may read a new file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Secrecy {
    /// Everybody whom the folder lets in.
    Open,
    /// The owner: keys, passwords, a person's data.
    OwnerOnly,
}

/// Makes a file that only its owner reads, and never over another.
///
/// # Errors
/// [`io::ErrorKind::AlreadyExists`] when there is something of this name; what the file system says.
pub fn create(path: &Path, content: &[u8]) -> io::Result<()> {
    if fs::symlink_metadata(path).is_ok() {
        return Err(io::ErrorKind::AlreadyExists.into());
    }
    let unfinished = Unfinished::write(path, content, Secrecy::OwnerOnly)?;
    let made = name(&unfinished.path, path);
    // Its second name, or what could not be given its name.
    let removed = fs::remove_file(&unfinished.path);
    made?;
    if removed.is_err_and(|error| error.kind() != io::ErrorKind::NotFound) {
        return Err(io::ErrorKind::Other.into());
    }
    sync_folder_of(path)
}

/// Writes a file, in the place of the old one if there is one: a reader sees the old content or the new one.
///
/// # Errors
/// What the file system says; the old file is there then.
pub fn replace(path: &Path, content: &[u8], secrecy: Secrecy) -> io::Result<()> {
    let unfinished = Unfinished::write(path, content, secrecy)?;
    let named = fs::rename(&unfinished.path, path);
    if named.is_err() {
        // What could not be renamed is of no use to anybody.
        let _ = fs::remove_file(&unfinished.path);
    }
    named?;
    sync_folder_of(path)
}

/// Brings to the disk what stands in the folder of a file: a new name, or that there is none any more.
///
/// # Errors
/// What the file system says.
pub fn sync_folder_of(path: &Path) -> io::Result<()> {
    File::open(folder_of(path))?.sync_all()
}

/// Overwrites and removes what writers that are no more have left in a folder, and says what that was. What is still being
/// written stays, and so does everything where the file system knows no locks.
///
/// # Errors
/// What the file system says.
pub fn sweep(folder: &Path) -> io::Result<Vec<PathBuf>> {
    let mut swept = Vec::new();
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.file_name().is_some_and(is_unfinished) && remove_left(&path)? {
            swept.push(path);
        }
    }
    Ok(swept)
}

/// A file that comes into being piece by piece: it has its name when it is finished, and is not there at all before.
#[derive(Debug)]
pub struct Growing {
    unfinished: Unfinished,
    place: PathBuf,
}

impl Growing {
    /// Begins a file. An old one of its name stays until this one is finished.
    ///
    /// # Errors
    /// What the file system says.
    pub fn begin(path: &Path, secrecy: Secrecy) -> io::Result<Self> {
        Ok(Self {
            unfinished: Unfinished::open(path, secrecy)?,
            place: path.to_owned(),
        })
    }

    /// Brings it to the disk and gives it its name, in the place of the old one if there is one.
    ///
    /// # Errors
    /// What the file system says; the old file is there then.
    pub fn finish(self) -> io::Result<()> {
        self.unfinished.file.sync_all()?;
        fs::rename(&self.unfinished.path, &self.place)?;
        sync_folder_of(&self.place)
    }
}

impl io::Write for Growing {
    fn write(&mut self, piece: &[u8]) -> io::Result<usize> {
        self.unfinished.file.write(piece)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.unfinished.file.flush()
    }
}

/// What was not finished is of no use to anybody; a finished file has no other name any more.
impl Drop for Growing {
    fn drop(&mut self) {
        let _ = fs::remove_file(&self.unfinished.path);
    }
}

/// A file under its other name, locked until it has its own.
#[derive(Debug)]
struct Unfinished {
    path: PathBuf,
    file: File,
}

impl Unfinished {
    fn open(path: &Path, secrecy: Secrecy) -> io::Result<Self> {
        sweep_once(folder_of(path));
        for _ in 0..TRIES {
            let path = beside(path);
            let file = options(secrecy).open(&path)?;
            // Where there are no locks nobody takes it away either.
            let _ = file.lock();
            if fs::symlink_metadata(&path).is_err() {
                // Between the opening and the lock somebody took it for one that was left.
                continue;
            }
            return Ok(Self { path, file });
        }
        Err(io::ErrorKind::ResourceBusy.into())
    }

    fn write(path: &Path, content: &[u8], secrecy: Secrecy) -> io::Result<Self> {
        let mut unfinished = Self::open(path, secrecy)?;
        let file = &mut unfinished.file;
        let written = file.write_all(content).and_then(|()| file.sync_all());
        if let Err(error) = written {
            let _ = fs::remove_file(&unfinished.path);
            return Err(error);
        }
        Ok(unfinished)
    }
}

/// Gives a finished file its name. A second name fails where there is one already, and a rename would not; but not every
/// file system of a stick knows second names: there the name is taken by an empty file first.
fn name(unfinished: &Path, path: &Path) -> io::Result<()> {
    match fs::hard_link(unfinished, path) {
        Err(error) if error.kind() != io::ErrorKind::AlreadyExists => {
            options(Secrecy::OwnerOnly).open(path)?;
            fs::rename(unfinished, path)
        }
        linked => linked,
    }
}

fn options(secrecy: Secrecy) -> OpenOptions {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    if secrecy == Secrecy::OwnerOnly {
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    }
    options
}

fn beside(path: &Path) -> PathBuf {
    let number = NUMBER.fetch_add(1, Ordering::Relaxed);
    let mut name = OsString::from(".");
    name.push(path.file_name().unwrap_or_default());
    name.push(format!(".{}-{number}{UNFINISHED}", std::process::id()));
    path.with_file_name(name)
}

fn is_unfinished(name: &OsStr) -> bool {
    let name = name.as_encoded_bytes();
    name.starts_with(b".") && name.ends_with(UNFINISHED.as_bytes())
}

/// The first time this process writes in a folder. What cannot be swept is in nobody's way.
fn sweep_once(folder: &Path) {
    let mut swept = SWEPT.lock().unwrap_or_else(PoisonError::into_inner);
    if swept.insert(folder.to_owned()) {
        drop(swept);
        let _ = sweep(folder);
    }
}

/// Removes one that was left; `false` for one that is at work, or that somebody else removes.
fn remove_left(path: &Path) -> io::Result<bool> {
    let opened = OpenOptions::new().write(true).open(path);
    let mut file = match opened {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(false),
        opened => opened?,
    };
    if file.try_lock().is_err() {
        return Ok(false);
    }
    let metadata = file.metadata()?;
    if has_one_name(&metadata) {
        let length = usize::try_from(metadata.len()).unwrap_or_default();
        file.rewind()?;
        file.write_all(&vec![0; length])?;
        file.sync_all()?;
    }
    match fs::remove_file(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(false),
        removed => removed.map(|()| true),
    }
}

/// A file with a second name is finished: what is overwritten here would be overwritten there.
#[cfg(unix)]
fn has_one_name(metadata: &fs::Metadata) -> bool {
    use std::os::unix::fs::MetadataExt as _;
    metadata.is_file() && metadata.nlink() == 1
}

#[cfg(not(unix))]
const fn has_one_name(_: &fs::Metadata) -> bool {
    false
}

fn folder_of(path: &Path) -> &Path {
    path.parent()
        .filter(|folder| !folder.as_os_str().is_empty())
        .unwrap_or(Path::new("."))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn count(folder: &Path) -> usize {
        fs::read_dir(folder).unwrap().count()
    }

    #[test]
    fn what_grows_is_there_when_it_is_finished() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("log");
        fs::write(&path, "old").unwrap();
        let mut growing = Growing::begin(&path, Secrecy::OwnerOnly).unwrap();
        growing.write_all(b"one, ").unwrap();
        assert_eq!(fs::read(&path).unwrap(), b"old");
        growing.write_all(b"two").unwrap();
        growing.finish().unwrap();
        assert_eq!(fs::read(&path).unwrap(), b"one, two");
        let mut growing = Growing::begin(&path, Secrecy::OwnerOnly).unwrap();
        growing.write_all(b"three").unwrap();
        drop(growing);
        assert_eq!(fs::read(&path).unwrap(), b"one, two");
        assert_eq!(count(folder.path()), 1);
    }

    #[test]
    fn a_file_is_made_once_and_alone() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("key");
        create(&path, b"one").unwrap();
        let again = create(&path, b"two").unwrap_err();
        assert_eq!(again.kind(), io::ErrorKind::AlreadyExists);
        assert_eq!(fs::read(&path).unwrap(), b"one");
        replace(&path, b"three", Secrecy::OwnerOnly).unwrap();
        assert_eq!(fs::read(&path).unwrap(), b"three");
        assert_eq!(count(folder.path()), 1);
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt as _;
            let mode = fs::metadata(&path).unwrap().permissions().mode();
            assert_eq!(mode & 0o777, 0o600);
        }
    }

    #[test]
    fn of_many_at_once_one_wins() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("key");
        let won = std::thread::scope(|scope| {
            let tries: Vec<_> = (0..8u8)
                .map(|number| {
                    scope.spawn({
                        let path = &path;
                        move || create(path, &[number; 100]).is_ok()
                    })
                })
                .collect();
            tries
                .into_iter()
                .map(|thread| thread.join().unwrap())
                .filter(|won| *won)
                .count()
        });
        assert_eq!(won, 1);
        assert_eq!(fs::read(&path).unwrap().len(), 100);
        assert_eq!(count(folder.path()), 1);
    }

    #[test]
    fn what_a_killed_writer_left_is_removed_and_what_is_at_work_is_not() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("key");
        let left = folder.path().join(".key.4711-0.card-toolchain.tmp");
        fs::write(&left, b"half of a key").unwrap();
        fs::write(folder.path().join(".key.4711-0.tmp"), b"somebody's").unwrap();
        let at_work = Unfinished::write(&path, b"new", Secrecy::OwnerOnly).unwrap();
        assert!(!left.exists(), "the first who writes sweeps");
        assert!(sweep(folder.path()).unwrap().is_empty());
        assert!(at_work.path.exists());
        let path = at_work.path.clone();
        drop(at_work);
        assert_eq!(sweep(folder.path()).unwrap(), [path]);
        assert_eq!(count(folder.path()), 1, "not what is of others");
    }

    #[cfg(unix)]
    #[test]
    fn a_second_name_is_removed_without_harm_to_the_first() {
        let folder = tempfile::tempdir().unwrap();
        let (path, left) = (
            folder.path().join("key"),
            folder.path().join(".key.1-0.card-toolchain.tmp"),
        );
        fs::write(&path, b"the key").unwrap();
        fs::hard_link(&path, &left).unwrap();
        assert_eq!(sweep(folder.path()).unwrap(), [left]);
        assert_eq!(fs::read(&path).unwrap(), b"the key");
    }

    #[test]
    fn a_sweeper_that_is_quicker_than_the_lock_costs_nothing() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("file");
        std::thread::scope(|scope| {
            let writer = scope.spawn(|| {
                for number in 0..300u32 {
                    replace(&path, &number.to_be_bytes(), Secrecy::Open).unwrap();
                }
            });
            while !writer.is_finished() {
                // A name that goes away while it is looked at is no failure of this test.
                let _ = sweep(folder.path());
            }
            writer.join().unwrap();
        });
        assert_eq!(fs::read(&path).unwrap(), 299u32.to_be_bytes());
        assert_eq!(count(folder.path()), 1);
    }
}
