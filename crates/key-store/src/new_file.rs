//! Files that come into being whole, and never over another.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};

/// Files of one process that are being written at the same time.
static NUMBER: AtomicU64 = AtomicU64::new(0);

/// Makes a file that only its owner reads: temporary file, to the disk, then given its name, then the folder to the disk.
///
/// # Errors
/// [`io::ErrorKind::AlreadyExists`] when there is something of this name; what the file system says.
pub(crate) fn create(path: &Path, content: &[u8]) -> io::Result<()> {
    if fs::symlink_metadata(path).is_ok() {
        return Err(io::ErrorKind::AlreadyExists.into());
    }
    let temporary = beside(path);
    let made = write(&temporary, content).and_then(|()| name(&temporary, path));
    // Its second name, or what could not be given its name.
    let removed = fs::remove_file(&temporary);
    made?;
    if removed.is_err_and(|error| error.kind() != io::ErrorKind::NotFound) {
        return Err(io::ErrorKind::Other.into());
    }
    sync_folder_of(path)
}

/// Gives a finished file its name. A second name fails where there is one already, and a rename would not; but not every
/// file system of a stick knows second names: there the name is taken by an empty file first.
fn name(temporary: &Path, path: &Path) -> io::Result<()> {
    match fs::hard_link(temporary, path) {
        Err(error) if error.kind() != io::ErrorKind::AlreadyExists => {
            options().open(path)?;
            fs::rename(temporary, path)
        }
        linked => linked,
    }
}

fn write(path: &Path, content: &[u8]) -> io::Result<()> {
    let mut file = options().open(path)?;
    file.write_all(content)?;
    file.sync_all()
}

fn options() -> OpenOptions {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options
}

fn beside(path: &Path) -> PathBuf {
    let number = NUMBER.fetch_add(1, Ordering::Relaxed);
    let mut name = std::ffi::OsString::from(".");
    name.push(path.file_name().unwrap_or_default());
    name.push(format!(".{}.{number}.tmp", std::process::id()));
    path.with_file_name(name)
}

/// What stands in a folder must reach the disk, too.
pub(crate) fn sync_folder_of(path: &Path) -> io::Result<()> {
    let folder = path
        .parent()
        .filter(|folder| !folder.as_os_str().is_empty())
        .unwrap_or(Path::new("."));
    File::open(folder)?.sync_all()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_made_once_and_alone() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("key");
        create(&path, b"one").unwrap();
        let again = create(&path, b"two").unwrap_err();
        assert_eq!(again.kind(), io::ErrorKind::AlreadyExists);
        assert_eq!(fs::read(&path).unwrap(), b"one");
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
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
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
    }
}
