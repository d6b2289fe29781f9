//! Loads `test-vectors/` and `fixtures/` for the tests of the other crates: a directory is the list of its tests, adding a
//! file adds a case.
//!
//! And starts the servers that tests need beside them: PostgreSQL, NATS, an OpenID provider. Each is private to the test,
//! named by a variable that `cargo xtask test` sets, and gone with the test, however that ends (`guard.rs` says how).

use std::path::{Path, PathBuf};

use serde_json::Value;

#[cfg(unix)]
#[allow(clippy::panic, clippy::expect_used)]
mod account;
#[cfg(unix)]
#[allow(clippy::panic, clippy::expect_used)]
mod guard;
#[cfg(unix)]
#[allow(clippy::panic, clippy::expect_used)]
pub mod loopback;
#[cfg(unix)]
#[allow(clippy::panic, clippy::expect_used)]
pub mod nats;
#[cfg(unix)]
#[allow(clippy::panic, clippy::expect_used)]
pub mod oidc;
#[cfg(unix)]
#[allow(clippy::panic, clippy::expect_used)]
pub mod postgres;
#[cfg(unix)]
#[allow(clippy::panic, clippy::expect_used)]
pub mod schemathesis;

/// The root of the repository.
#[must_use]
pub fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

/// Every file of `test-vectors/<area>`, as (file stem, path), in order of name.
///
/// # Panics
/// When the folder is missing or holds no file: an empty list would be a test that cannot fail.
#[must_use]
#[allow(clippy::panic)]
pub fn vectors(area: &str) -> Vec<(String, PathBuf)> {
    let folder = root().join("test-vectors").join(area);
    let entries =
        std::fs::read_dir(&folder).unwrap_or_else(|e| panic!("{}: {e}", folder.display()));
    let mut found: Vec<(String, PathBuf)> = entries
        .flatten()
        .map(|entry| entry.path())
        .filter(|path| path.is_file())
        .filter_map(|path| Some((path.file_stem()?.to_str()?.to_owned(), path)))
        .collect();
    found.sort();
    assert!(!found.is_empty(), "no vectors in {}", folder.display());
    found
}

/// A path below `fixtures/`.
#[must_use]
pub fn fixture(relative: &str) -> PathBuf {
    root().join("fixtures").join(relative)
}

/// The bytes of a file.
///
/// # Panics
/// When the file cannot be read.
#[must_use]
#[allow(clippy::panic)]
pub fn read(path: &Path) -> Vec<u8> {
    std::fs::read(path).unwrap_or_else(|e| panic!("{}: {e}", path.display()))
}

/// A JSON file.
///
/// # Panics
/// When the file cannot be read or is not JSON.
#[must_use]
#[allow(clippy::panic)]
pub fn read_json(path: &Path) -> Value {
    serde_json::from_slice(&read(path)).unwrap_or_else(|e| panic!("{}: {e}", path.display()))
}

/// Hexadecimal text, blanks allowed, as bytes.
///
/// # Panics
/// When the text is not hexadecimal.
#[must_use]
#[allow(clippy::panic)]
pub fn unhex(text: &str) -> Vec<u8> {
    let digits: String = text.chars().filter(|c| !c.is_whitespace()).collect();
    hex::decode(&digits).unwrap_or_else(|e| panic!("{digits}: {e}"))
}

/// A JSON string of hexadecimal text as bytes.
///
/// # Panics
/// When the value is not a string of hexadecimal text.
#[must_use]
#[allow(clippy::panic)]
pub fn hex(value: &Value) -> Vec<u8> {
    unhex(
        value
            .as_str()
            .unwrap_or_else(|| panic!("not a string: {value}")),
    )
}
