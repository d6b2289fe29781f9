//! The file under its name: opened, and still the same.

use std::fs::{File, OpenOptions};
use std::io;
use std::path::Path;

/// Opens a ledger to read it and to append to it; where nothing can be written, to read it. Says whether it can be appended to.
pub(super) fn open(path: &Path) -> io::Result<(File, bool)> {
    match open_to(path, true) {
        Err(error)
            if matches!(
                error.kind(),
                io::ErrorKind::PermissionDenied | io::ErrorKind::ReadOnlyFilesystem
            ) =>
        {
            open_to(path, false).map(|file| (file, false))
        }
        opened => opened.map(|file| (file, true)),
    }
}

/// On Windows nobody can rename or remove it as long as it is open.
fn open_to(path: &Path, append: bool) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.read(true).append(append);
    #[cfg(windows)]
    {
        const READ_AND_WRITE: u32 = 0x1 | 0x2;
        std::os::windows::fs::OpenOptionsExt::share_mode(&mut options, READ_AND_WRITE);
    }
    options.open(path)
}

/// Whether this is the file that goes by that name: device and inode of both. Windows does not let them become two (see
/// [`open`]); on any other system nobody looks, and the name must be left alone while the program runs.
#[cfg(unix)]
pub(super) fn is_at(file: &File, path: &Path) -> io::Result<bool> {
    use std::os::unix::fs::MetadataExt as _;
    let (ours, named) = (file.metadata()?, std::fs::metadata(path)?);
    Ok((ours.dev(), ours.ino()) == (named.dev(), named.ino()))
}

/// See above.
#[cfg(not(unix))]
pub(super) fn is_at(_: &File, path: &Path) -> io::Result<bool> {
    std::fs::metadata(path).map(|_| true)
}
