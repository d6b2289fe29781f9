//! The files that the rules look at: what is ours, as text.

use std::{
    ffi::OsStr,
    fs,
    path::{Path, PathBuf},
};

use crate::process;

/// Not ours, or made.
const LEFT_OUT: [&str; 4] = ["target", ".git", "node_modules", "Cargo.lock"];
/// What people write.
const WRITTEN: [&str; 15] = [
    "rs", "md", "toml", "json", "hex", "xml", "java", "c", "h", "html", "css", "js", "sql", "yml",
    "py",
];

/// A file of the repository.
pub(super) struct Source {
    /// From the root of the repository, with `/`.
    pub(super) path: String,
    pub(super) text: String,
}

impl Source {
    pub(super) fn is_rust(&self) -> bool {
        self.path.ends_with(".rs")
    }

    /// Whether it is compiled into what we ship, not a test, an example or a bench.
    pub(super) fn is_product(&self) -> bool {
        self.is_rust() && self.path.contains("src/")
    }

    /// The numbered lines above the tests at its bottom.
    pub(super) fn above_tests(&self) -> Vec<(usize, &str)> {
        let lines = self
            .text
            .lines()
            .enumerate()
            .map(|(index, line)| (index + 1, line));
        lines
            .take_while(|(_, line)| *line != "#[cfg(test)]")
            .collect()
    }
}

/// Every written file, and those of `.ci`, in order of path.
pub(super) fn sources() -> Vec<Source> {
    let root = process::workspace();
    let mut paths = Vec::new();
    walk(&root, &mut paths);
    paths.sort();
    let read = |path: &PathBuf| {
        let text = fs::read_to_string(path).ok()?;
        let path = path
            .strip_prefix(&root)
            .ok()?
            .to_string_lossy()
            .replace('\\', "/");
        Some(Source { path, text })
    };
    let found: Vec<Source> = paths.iter().filter_map(read).collect();
    assert!(
        found
            .iter()
            .any(|source| source.path == "crates/xtask/src/main.rs"),
        "the walk is lost"
    );
    found
}

fn walk(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap().flatten() {
        let path = entry.path();
        let name = entry.file_name().to_string_lossy().into_owned();
        if LEFT_OUT.contains(&name.as_str()) {
            continue;
        }
        if path.is_dir() {
            walk(&path, found);
        } else if is_written(&path) {
            found.push(path);
        }
    }
}

fn is_written(path: &Path) -> bool {
    let extension = path
        .extension()
        .unwrap_or_default()
        .to_string_lossy()
        .into_owned();
    WRITTEN.contains(&extension.as_str())
        || path
            .parent()
            .is_some_and(|folder| folder.file_name() == Some(OsStr::new(".ci")))
}
