//! Files that were named to be read: files, and nothing that waits for somebody.

use std::fs::{self, File};
use std::io;
use std::path::Path;

/// Opens a file to read it. A pipe, a device or a folder of that name is refused before it is opened: a pipe would wait for
/// its writer for ever. What the shell has opened itself and handed over (`<(…)`, `/dev/stdin`) may be a pipe.
///
/// # Errors
/// [`io::ErrorKind::InvalidInput`] for what is no file, [`io::ErrorKind::IsADirectory`] for a folder; what the file system says.
pub fn open(path: &Path) -> io::Result<File> {
    let metadata = fs::metadata(path)?;
    if metadata.is_dir() {
        return Err(io::ErrorKind::IsADirectory.into());
    }
    if metadata.is_file() || (is_handed_over(path) && is_pipe(&metadata)) {
        return File::open(path);
    }
    Err(io::ErrorKind::InvalidInput.into())
}

/// Refuses the name of something that is there and is no file, before it is written to or made.
///
/// # Errors
/// [`io::ErrorKind::InvalidInput`].
pub fn refuse_special(path: &Path) -> io::Result<()> {
    match fs::metadata(path) {
        Ok(metadata) if !metadata.is_file() => Err(io::ErrorKind::InvalidInput.into()),
        _ => Ok(()),
    }
}

/// Names of what this process was given open.
fn is_handed_over(path: &Path) -> bool {
    path == Path::new("/dev/stdin")
        || ["/dev/fd", "/proc/self/fd"]
            .iter()
            .any(|folder| path.parent() == Some(Path::new(folder)))
}

#[cfg(unix)]
fn is_pipe(metadata: &fs::Metadata) -> bool {
    std::os::unix::fs::FileTypeExt::is_fifo(&metadata.file_type())
}

#[cfg(not(unix))]
const fn is_pipe(_: &fs::Metadata) -> bool {
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    #[cfg(unix)]
    #[test]
    fn pipes_devices_and_folders_are_no_files() {
        let folder = tempfile::tempdir().unwrap();
        let (file, pipe) = (folder.path().join("file"), folder.path().join("pipe"));
        fs::write(&file, b"x").unwrap();
        let made = std::process::Command::new("mkfifo").arg(&pipe).status();
        assert!(made.unwrap().success());
        let linked = folder.path().join("linked");
        std::os::unix::fs::symlink(&pipe, &linked).unwrap();
        open(&file).unwrap();
        for (path, kind) in [
            (pipe.as_path(), io::ErrorKind::InvalidInput),
            (&linked, io::ErrorKind::InvalidInput),
            (Path::new("/dev/zero"), io::ErrorKind::InvalidInput),
            (folder.path(), io::ErrorKind::IsADirectory),
            (&folder.path().join("none"), io::ErrorKind::NotFound),
        ] {
            assert_eq!(open(path).unwrap_err().kind(), kind, "{}", path.display());
        }
    }
}
