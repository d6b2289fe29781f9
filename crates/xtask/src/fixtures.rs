//! `cargo xtask fixtures`: the specimen people of `fixtures/`, drawn anew, and their cards, personalised anew. Nothing in them comes
//! from outside, so they may always be remade.
//!
//! ```text
//! fixtures/people/<person>/         record and images
//! fixtures/cards/<person>.json      a chip of the field: `card-tool emulate --card`
//! fixtures/cards/<person>.can       its CAN; .mrz its machine readable zone
//! fixtures/pki/<issuer>/csca.der    the certificate to trust
//! ```

use std::{fs, path::Path, process::Command};

use anyhow::{Context, Result};

use crate::{card_tool, process};

/// What is kept of each card of the demo: name there, ending here.
const OF_A_CARD: [(&str, &str); 3] = [
    ("card.json", "json"),
    ("can.txt", "can"),
    ("mrz.txt", "mrz"),
];

/// Draws the people, then makes a card for each as the demo does.
///
/// # Errors
/// Something does not build, or fails.
pub(crate) fn run() -> Result<()> {
    process::run(process::cargo().args(["run", "--package", "specimens", "--", "fixtures"]))?;
    let made = process::scratch().join("fixtures");
    if made.exists() {
        fs::remove_dir_all(&made)?;
    }
    process::run(
        Command::new(card_tool::build()?)
            .current_dir(process::workspace())
            .args(["demo", "--transport", "memory", "--out"])
            .arg(&made),
    )?;
    let fixtures = process::workspace().join("fixtures");
    keep_cards(&made, &fixtures.join("cards"))?;
    keep_certificates(&made.join("pki"), &fixtures.join("pki"))
}

fn keep_cards(made: &Path, cards: &Path) -> Result<()> {
    fs::create_dir_all(cards)?;
    for (person, folder) in folders(made)? {
        for (name, ending) in OF_A_CARD {
            let from = folder.join(name);
            if from.is_file() {
                copy(&from, &cards.join(format!("{person}.{ending}")))?;
            }
        }
    }
    Ok(())
}

fn keep_certificates(made: &Path, pki: &Path) -> Result<()> {
    for (issuer, folder) in folders(made)? {
        fs::create_dir_all(pki.join(&issuer))?;
        copy(
            &folder.join("csca.der"),
            &pki.join(&issuer).join("csca.der"),
        )?;
    }
    Ok(())
}

/// The folders in a folder, with their names.
fn folders(folder: &Path) -> Result<Vec<(String, std::path::PathBuf)>> {
    let entries = fs::read_dir(folder).with_context(|| folder.display().to_string())?;
    let paths = entries
        .flatten()
        .map(|entry| entry.path())
        .filter(|path| path.is_dir());
    Ok(paths
        .filter_map(|path| Some((path.file_name()?.to_str()?.to_owned(), path)))
        .collect())
}

/// The content, not who may read it: there it was a card's secret, here it is a specimen's.
fn copy(from: &Path, to: &Path) -> Result<()> {
    let content = fs::read(from).with_context(|| from.display().to_string())?;
    fs::write(to, content).with_context(|| to.display().to_string())
}
