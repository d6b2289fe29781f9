//! Files: read with a limit, written whole or not at all.

use std::fs::{self, File};
use std::io::Read as _;
use std::path::Path;

use key_store::whole_file::{self, Secrecy};

use crate::{Error, Result};

/// The content of a file, which must not be longer than `limit`.
pub(crate) fn read(path: &Path, limit: usize) -> Result<Vec<u8>> {
    let mut content = Vec::new();
    let bound = u64::try_from(limit).unwrap_or(u64::MAX).saturating_add(1);
    File::open(path)
        .and_then(|file| file.take(bound).read_to_end(&mut content))
        .map_err(|source| at(path, source))?;
    if content.len() > limit {
        return Err(Error::TooLong {
            path: path.to_owned(),
            limit,
        });
    }
    Ok(content)
}

/// The text of a file, which must not be longer than `limit`.
pub(crate) fn read_text(path: &Path, limit: usize) -> Result<String> {
    String::from_utf8(read(path, limit)?).map_err(|_| Error::NotText(path.to_owned()))
}

/// Writes a file that only its owner may read: a reader sees the whole file or none. The name under which it is written begins
/// with a dot and that of the file.
pub(crate) fn write_private(path: &Path, content: &[u8]) -> Result<()> {
    whole_file::replace(path, content, Secrecy::OwnerOnly).map_err(|source| at(path, source))
}

/// Makes a folder that only its owner may enter, and those above it. One that is there stays as it is.
pub(crate) fn make_private_folder(path: &Path) -> Result<()> {
    if path.is_dir() {
        return Ok(());
    }
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(path).map_err(|source| at(path, source))
}

/// An error of the operating system with the file that it is about.
pub(crate) fn at(path: &Path, source: std::io::Error) -> Error {
    Error::File {
        path: path.to_owned(),
        source,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_read_and_nothing_else_is_left() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("file");
        write_private(&path, b"old").unwrap();
        write_private(&path, b"new").unwrap();
        assert_eq!(read_text(&path, 3).unwrap(), "new");
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
        assert!(matches!(
            read(&path, 2),
            Err(Error::TooLong { limit: 2, .. })
        ));
        write_private(&path, b"\xff").unwrap();
        assert!(matches!(read_text(&path, 3), Err(Error::NotText(_))));
    }

    #[test]
    #[cfg(unix)]
    fn files_and_folders_are_the_owners() {
        use std::os::unix::fs::PermissionsExt as _;
        let folder = tempfile::tempdir().unwrap();
        let inner = folder.path().join("a/b");
        make_private_folder(&inner).unwrap();
        make_private_folder(&inner).unwrap();
        let path = inner.join("file");
        write_private(&path, b"x").unwrap();
        for (path, mode) in [(&inner, 0o700), (&path, 0o600)] {
            assert_eq!(
                fs::metadata(path).unwrap().permissions().mode() & 0o777,
                mode
            );
        }
    }

    #[test]
    fn a_failed_write_leaves_no_temporary_file() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a folder");
        fs::create_dir(&path).unwrap();
        assert!(write_private(&path, b"x").is_err());
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
    }
}
