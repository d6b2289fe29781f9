//! Files: read with a limit, written whole or not at all.

use std::fs::{self, File, OpenOptions};
use std::io::{ErrorKind, Read as _};
use std::path::Path;

use anyhow::{Context as _, Result};
pub use key_store::whole_file::{Growing, Secrecy};
use key_store::{regular_file, whole_file};

use crate::exit::{Exit, Problem};

/// Largest file that is read, if the caller knows no smaller one.
pub const MAX_FILE: usize = 16 << 20;

/// The content of a file.
pub fn read(path: &Path) -> Result<Vec<u8>> {
    read_at_most(path, MAX_FILE)
}

/// The content of a file, which must not be longer than `limit`.
pub fn read_at_most(path: &Path, limit: usize) -> Result<Vec<u8>> {
    let name = || path.display().to_string();
    let file = open(path)?;
    let mut content = Vec::new();
    let bound = u64::try_from(limit).unwrap_or(u64::MAX).saturating_add(1);
    file.take(bound)
        .read_to_end(&mut content)
        .with_context(name)?;
    if content.len() > limit {
        return Err(Problem::of(
            Exit::Usage,
            format!("{} is longer than {limit} bytes", path.display()),
            "is it the right file?",
        ));
    }
    Ok(content)
}

/// The first octets of a file: enough for its reader to see that it is too long.
pub fn read_first(path: &Path, count: usize) -> Result<Vec<u8>> {
    let name = || path.display().to_string();
    let mut content = Vec::new();
    open(path)?
        .take(u64::try_from(count).unwrap_or(u64::MAX))
        .read_to_end(&mut content)
        .with_context(name)?;
    Ok(content)
}

/// Text of a file.
pub fn read_text(path: &Path) -> Result<String> {
    String::from_utf8(read(path)?).with_context(|| format!("{} is not UTF-8 text", path.display()))
}

/// Opens a file that was named. What is no file is not waited for.
fn open(path: &Path) -> Result<File> {
    let what = |error: &std::io::Error| match error.kind() {
        ErrorKind::InvalidInput => Some("a pipe or a device"),
        ErrorKind::IsADirectory => Some("a folder"),
        _ => None,
    };
    regular_file::open(path).map_err(|error| match what(&error) {
        Some(what) => Problem::of(
            Exit::Usage,
            format!("{} is {what}, no file", path.display()),
            "name a file",
        ),
        None => anyhow::Error::new(error).context(path.display().to_string()),
    })
}

/// Writes a file whole (see [`whole_file::replace`]): a reader sees the old content or the new one.
pub fn write(path: &Path, content: &[u8], secrecy: Secrecy) -> Result<()> {
    refuse_special(path)?;
    whole_file::replace(path, content, secrecy).with_context(|| path.display().to_string())
}

/// Begins a file that grows, and is there when it is finished.
pub fn begin(path: &Path, secrecy: Secrecy) -> Result<Growing> {
    refuse_special(path)?;
    Growing::begin(path, secrecy).with_context(|| path.display().to_string())
}

/// Writes the files of a folder: all of them, or none. The folder is made.
pub fn write_all(folder: &Path, files: &[(&str, &[u8], Secrecy)]) -> Result<()> {
    make_folder(folder)?;
    let mut done = Vec::new();
    for (name, content, secrecy) in files {
        let path = folder.join(name);
        if let Err(error) = write(&path, content, *secrecy) {
            // Half a set is of no use, and would be in the way of the next try.
            for path in done {
                let _ = fs::remove_file(path);
            }
            return Err(error);
        }
        done.push(path);
    }
    Ok(())
}

/// Makes a folder and those above it.
pub fn make_folder(path: &Path) -> Result<()> {
    fs::create_dir_all(path).with_context(|| path.display().to_string())
}

/// Refuses a place where nothing can be written: in a folder that is not there, or that of a pipe, a device or a folder.
pub fn check_place(path: &Path) -> Result<()> {
    refuse_special(path)?;
    let parent = path
        .parent()
        .filter(|parent| !parent.as_os_str().is_empty());
    match parent {
        Some(parent) if !parent.is_dir() => Err(Problem::usage(
            format!("{} is no folder", parent.display()),
            "make it first",
        )),
        _ => Ok(()),
    }
}

/// Opens a file to lock it, and makes it. A pipe of that name would wait for its reader for ever.
pub fn open_lock(path: &Path) -> Result<File> {
    refuse_special(path)?;
    OpenOptions::new()
        .create(true)
        .truncate(false)
        .write(true)
        .open(path)
        .with_context(|| path.display().to_string())
}

/// Whether an open file is still the one at a path.
#[cfg(unix)]
pub fn is_at(file: &File, path: &Path) -> bool {
    use std::os::unix::fs::MetadataExt as _;
    let place = |metadata: fs::Metadata| (metadata.dev(), metadata.ino());
    let (held, there) = (file.metadata().map(place), fs::metadata(path).map(place));
    held.ok()
        .zip(there.ok())
        .is_some_and(|(held, there)| held == there)
}

/// An open file cannot be taken away.
#[cfg(not(unix))]
pub fn is_at(_: &File, path: &Path) -> bool {
    path.exists()
}

/// A rename would put a file in the place of a device or a pipe.
pub fn refuse_special(path: &Path) -> Result<()> {
    match fs::metadata(path) {
        Ok(metadata) if !metadata.is_file() => Err(Problem::of(
            Exit::Usage,
            format!("{} is there and is no file", path.display()),
            "name a file; standard output is for what the verb prints",
        )),
        _ => Ok(()),
    }
}

/// Makes a file that somebody has left its owner's alone.
pub fn keep_to_owner(path: &Path) -> Result<()> {
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        let owner_only = std::fs::Permissions::from_mode(0o600);
        std::fs::set_permissions(path, owner_only).with_context(|| path.display().to_string())?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_read_and_nothing_else_is_left() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("file");
        write(&path, b"old", Secrecy::Open).unwrap();
        write(&path, b"new", Secrecy::OwnerOnly).unwrap();
        assert_eq!(read(&path).unwrap(), b"new");
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
        assert!(read_at_most(&path, 2).is_err());
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt as _;
            assert_eq!(
                fs::metadata(&path).unwrap().permissions().mode() & 0o777,
                0o600
            );
        }
    }

    #[cfg(unix)]
    #[test]
    fn what_is_no_file_is_refused_and_not_waited_for() {
        let folder = tempfile::tempdir().unwrap();
        let pipe = folder.path().join("pipe");
        let made = std::process::Command::new("mkfifo").arg(&pipe).status();
        assert!(made.unwrap().success());
        for path in [&*pipe, Path::new("/dev/zero"), folder.path()] {
            for error in [
                read(path).unwrap_err(),
                read_first(path, 1).unwrap_err(),
                read_text(path).unwrap_err(),
            ] {
                assert!(error.to_string().contains("no file"), "{error:#}");
            }
        }
    }

    #[test]
    fn a_failed_write_leaves_the_old_file() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a folder");
        fs::create_dir(&path).unwrap();
        assert!(write(&path, b"x", Secrecy::Open).is_err());
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
    }
}
