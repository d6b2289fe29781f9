//! Files: read with a limit, written whole or not at all.

use std::fs::{self, File, OpenOptions};
use std::io::{Read as _, Write as _};
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result};

use crate::exit::{Exit, Problem};

/// Largest file that is read, if the caller knows no smaller one.
pub const MAX_FILE: usize = 16 << 20;

/// Who may read a new file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Secrecy {
    /// Everybody whom the folder lets in.
    Open,
    /// The owner: keys, passwords, a person's data.
    OwnerOnly,
}

/// The content of a file.
pub fn read(path: &Path) -> Result<Vec<u8>> {
    read_at_most(path, MAX_FILE)
}

/// The content of a file, which must not be longer than `limit`.
pub fn read_at_most(path: &Path, limit: usize) -> Result<Vec<u8>> {
    let name = || path.display().to_string();
    let file = File::open(path).with_context(name)?;
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
    File::open(path)
        .with_context(name)?
        .take(u64::try_from(count).unwrap_or(u64::MAX))
        .read_to_end(&mut content)
        .with_context(name)?;
    Ok(content)
}

/// Text of a file.
pub fn read_text(path: &Path) -> Result<String> {
    String::from_utf8(read(path)?).with_context(|| format!("{} is not UTF-8 text", path.display()))
}

/// Writes a file: temporary file beside it, to the disk, then renamed. A reader sees the old content or the new one.
pub fn write(path: &Path, content: &[u8], secrecy: Secrecy) -> Result<()> {
    let name = || path.display().to_string();
    refuse_special(path)?;
    let temporary = beside(path);
    let written =
        write_new(&temporary, content, secrecy).and_then(|()| fs::rename(&temporary, path));
    if written.is_err() {
        // What could not be renamed is of no use to anybody.
        let _ = fs::remove_file(&temporary);
    }
    written.with_context(name)?;
    sync_folder_of(path).with_context(name)
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

/// A rename would put a file in the place of a device or a pipe.
fn refuse_special(path: &Path) -> Result<()> {
    match fs::metadata(path) {
        Ok(metadata) if !metadata.is_file() => Err(Problem::of(
            Exit::Usage,
            format!("{} is there and is no file", path.display()),
            "name a file; standard output is for what the verb prints",
        )),
        _ => Ok(()),
    }
}

fn write_new(path: &Path, content: &[u8], secrecy: Secrecy) -> std::io::Result<()> {
    let mut options = OpenOptions::new();
    options.write(true).create(true).truncate(true);
    #[cfg(unix)]
    if secrecy == Secrecy::OwnerOnly {
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    }
    let mut file = options.open(path)?;
    file.write_all(content)?;
    file.sync_all()
}

fn beside(path: &Path) -> PathBuf {
    let mut name = path.file_name().unwrap_or_default().to_owned();
    name.push(format!(".{}.tmp", std::process::id()));
    path.with_file_name(name)
}

/// The rename itself must reach the disk, too.
fn sync_folder_of(path: &Path) -> std::io::Result<()> {
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

    #[test]
    fn a_failed_write_leaves_the_old_file() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a folder");
        fs::create_dir(&path).unwrap();
        assert!(write(&path, b"x", Secrecy::Open).is_err());
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
    }
}
