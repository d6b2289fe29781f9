//! What the station asks of its disk: room, files that are whole, files that are gone.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Write as _};
use std::path::Path;

use key_store::whole_file;

use super::StationError;
use crate::{Result, files};

/// The file that tries for room. One that a crash has left is overwritten by the next try.
const PROBE: &str = "room.probe";
/// What is written at a time.
const BLOCK: usize = 64 << 10;

/// Tries whether so many bytes can be written, by writing them: what a file system says of its room is often not true for this user,
/// this quota, this stick.
///
/// # Errors
/// [`StationError::NoRoom`].
pub(super) fn has_room(folder: &Path, needed: u64) -> Result<()> {
    let path = folder.join(PROBE);
    let tried = fill(&path, needed);
    // What could not be made need not be removed.
    let _ = fs::remove_file(&path);
    tried.map_err(|source| StationError::NoRoom { needed, source }.into())
}

fn fill(path: &Path, needed: u64) -> io::Result<()> {
    let mut file = OpenOptions::new()
        .write(true)
        .create(true)
        .truncate(true)
        .open(path)?;
    // No zeros: file systems that compress, or that keep holes, would promise too much.
    let mut word = 0x9E37_79B9_7F4A_7C15_u64;
    let mut block = Vec::with_capacity(BLOCK);
    while block.len() < BLOCK {
        word ^= word << 13;
        word ^= word >> 7;
        word ^= word << 17;
        block.extend_from_slice(&word.to_le_bytes());
    }
    let blocks = needed.div_ceil(BLOCK as u64);
    for _ in 0..blocks {
        file.write_all(&block)?;
    }
    file.sync_data()
}

/// Overwrites a file, removes it, and looks for it. What a disk keeps of overwritten sectors is beyond any program: what stands in
/// them is encrypted.
///
/// # Errors
/// [`crate::Error::File`]. A file that is gone already is no error.
pub(super) fn erase(path: &Path) -> Result<()> {
    let at = |source| files::at(path, source);
    match overwrite(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
        overwritten => overwritten.map_err(at)?,
    }
    fs::remove_file(path).map_err(at)?;
    whole_file::sync_folder_of(path).map_err(at)
}

fn overwrite(path: &Path) -> io::Result<()> {
    let mut file = OpenOptions::new().write(true).open(path)?;
    let length = file.metadata()?.len();
    let zeros = vec![0; BLOCK];
    let mut left = length;
    while left > 0 {
        let part = usize::try_from(left).unwrap_or(BLOCK).min(BLOCK);
        file.write_all(zeros.get(..part).unwrap_or(&zeros))?;
        left -= part as u64;
    }
    file.sync_all()
}

/// Renames within a folder, and brings the folder to the disk.
///
/// # Errors
/// [`crate::Error::File`].
pub(super) fn rename(from: &Path, to: &Path) -> Result<()> {
    fs::rename(from, to)
        .and_then(|()| whole_file::sync_folder_of(to))
        .map_err(|source| files::at(from, source))
}

/// A new file that only its owner may read, locked as long as it is written: who finds it unlocked knows that its writer died.
///
/// # Errors
/// [`crate::Error::File`].
pub(crate) fn new_locked(path: &Path) -> Result<File> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let file = options
        .open(path)
        .map_err(|source| files::at(path, source))?;
    // A file system without locks keeps what a dead writer left a little longer; nothing depends on it.
    let _ = file.try_lock();
    Ok(file)
}

/// Removes files that were being written when their program died. They never had a name, and nobody was told that they are there.
///
/// # Errors
/// [`crate::Error::File`].
pub(crate) fn remove_orphans(folder: &Path, ending: &str) -> Result<()> {
    let fault = |source| files::at(folder, source);
    for file in fs::read_dir(folder).map_err(fault)? {
        let path = file.map_err(fault)?.path();
        if path.extension() == Some(ending.as_ref()) && is_left_alone(&path) {
            match fs::remove_file(&path) {
                Err(error) if error.kind() == io::ErrorKind::NotFound => {}
                removed => removed.map_err(|source| files::at(&path, source))?,
            }
        }
    }
    Ok(())
}

/// Whether nobody holds the lock of a file any more.
fn is_left_alone(path: &Path) -> bool {
    File::open(path).is_ok_and(|file| file.try_lock().is_ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_erased_was_overwritten_first() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("packet");
        fs::write(&path, vec![7; 200_000]).unwrap();
        // A second name of the same file shows what was done to it.
        let other = folder.path().join("other");
        fs::hard_link(&path, &other).unwrap();
        erase(&path).unwrap();
        erase(&path).unwrap();
        assert!(!path.exists());
        assert_eq!(fs::read(other).unwrap(), vec![0; 200_000]);
    }

    #[test]
    fn room_is_tried_and_given_back() {
        let folder = tempfile::tempdir().unwrap();
        has_room(folder.path(), 1 << 20).unwrap();
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0);
        let gone = folder.path().join("gone");
        assert!(has_room(&gone, 1).is_err());
    }
}
