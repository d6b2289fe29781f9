//! What is kept of a card, where somebody has asked for that.

use std::path::{Path, PathBuf};

use anyhow::Result;
use time::macros::format_description;

use crate::files::{self, Secrecy};
use crate::report::{self, Shown};

/// Cards of one second.
const MOST_OF_A_SECOND: u32 = 100;

/// Writes the files of a card and its report into a new folder below `folder`, which is given back.
pub fn keep(folder: &Path, shown: &Shown<'_>) -> Result<PathBuf> {
    let stamp = format_description!("[year][month][day]T[hour][minute][second]Z");
    let stamp = shown.at.format(stamp)?;
    let name = |number: u32| match number {
        1 => folder.join(&stamp),
        number => folder.join(format!("{stamp}-{number}")),
    };
    let place = (1..MOST_OF_A_SECOND)
        .map(name)
        .find(|place| !place.exists())
        .unwrap_or_else(|| name(MOST_OF_A_SECOND));
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
    files::write_all(&place, &all)?;
    Ok(place)
}
