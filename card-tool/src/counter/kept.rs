//! What is kept of a card, where somebody has asked for that: a folder with all of it, or none.

use std::fs::{self, DirBuilder};
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result};
use time::macros::format_description;

use crate::exit::{Exit, Problem};
use crate::files::{self, Secrecy};
use crate::report::{self, Shown};

/// Cards of one second.
const MOST_OF_A_SECOND: u32 = 100;

/// Writes the files of a card and its report into a new folder below `folder`, which is given back. It has its name when all of it is
/// there; while it is written its name begins with a dot.
pub fn keep(folder: &Path, shown: &Shown<'_>) -> Result<PathBuf> {
    let stamp = format_description!("[year][month][day]T[hour][minute][second]Z");
    let stamp = shown.at.format(&stamp)?;
    let unfinished = folder.join(format!(".{stamp}.{}.unfinished", std::process::id()));
    files::make_folder(folder)?;
    make(&unfinished)?;
    let named = write(&unfinished, shown).and_then(|()| name(&unfinished, folder, &stamp));
    if named.is_err() {
        // Half of it is of no use to anybody.
        let _ = fs::remove_dir_all(&unfinished);
    }
    named
}

/// A folder that is its owner's alone.
fn make(folder: &Path) -> Result<()> {
    let mut builder = DirBuilder::new();
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder
        .create(folder)
        .with_context(|| folder.display().to_string())
}

fn write(place: &Path, shown: &Shown<'_>) -> Result<()> {
    let read = &shown.report.data.as_shown().files;
    let names: Vec<String> = read
        .keys()
        .map(|file| format!("{}.bin", file.word()))
        .collect();
    let report = serde_json::to_vec_pretty(&report::json(shown))?;
    let mut all: Vec<(&str, &[u8], Secrecy)> = names
        .iter()
        .map(String::as_str)
        .zip(read.values())
        .map(|(name, bytes)| (name, bytes.as_slice(), Secrecy::OwnerOnly))
        .collect();
    all.push(("report.json", &report, Secrecy::OwnerOnly));
    files::write_all(place, &all)
}

/// Gives it the first name that is free. A rename takes the place of no folder that has something in it.
fn name(unfinished: &Path, folder: &Path, stamp: &str) -> Result<PathBuf> {
    for number in 1..=MOST_OF_A_SECOND {
        let place = match number {
            1 => folder.join(stamp),
            number => folder.join(format!("{stamp}-{number}")),
        };
        if place.symlink_metadata().is_ok() {
            continue;
        }
        match fs::rename(unfinished, &place) {
            Ok(()) => return Ok(place),
            Err(error) if error.kind() == ErrorKind::DirectoryNotEmpty => {}
            Err(error) => return Err(error).with_context(|| place.display().to_string()),
        }
    }
    Err(Problem::of(
        Exit::Policy,
        format!(
            "{} has {MOST_OF_A_SECOND} cards of this second",
            folder.display()
        ),
        "is the clock standing still?",
    ))
}
