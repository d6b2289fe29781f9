//! The cards to be judged, as `card-tool demo --out` leaves them.
//!
//! ```text
//! DIR/pki/<issuer>/csca.der        the trust anchor a reader is given
//! DIR/<person>/card.json           the card image
//! DIR/<person>/access.json         what is printed on the card and opens it
//! DIR/<person>/altered-dg2.json    the same card with one byte altered in DG2; -sod: in EF.SOD; -dg15: another card's DG15
//! ```

use std::{
    fmt, fs,
    path::{Path, PathBuf},
};

use anyhow::{Context, Result, ensure};
use serde::Deserialize;

/// What opens a card: what is printed on it, and the holder's PIN.
#[derive(Clone, Deserialize)]
pub(super) struct AccessKey {
    pub(super) document_number: String,
    /// YYMMDD
    pub(super) date_of_birth: String,
    /// YYMMDD
    pub(super) date_of_expiry: String,
    pub(super) can: String,
    /// Of a chip that has one, as ours here do not.
    #[serde(default)]
    pub(super) pin: String,
    /// The CSCA certificate, relative to the folder of all cards.
    csca: PathBuf,
}

impl AccessKey {
    /// What of the machine readable zone makes the key, as `card-tool` takes it.
    pub(super) fn zone(&self) -> String {
        [
            &self.document_number,
            &self.date_of_birth,
            &self.date_of_expiry,
        ]
        .map(String::as_str)
        .join(",")
    }
}

/// A card, its key and its trust anchor.
#[derive(Clone)]
pub(super) struct Specimen {
    pub(super) name: String,
    pub(super) image: PathBuf,
    pub(super) csca: PathBuf,
    pub(super) key: AccessKey,
    pub(super) altered: Vec<Altered>,
}

/// The same card after somebody had it.
#[derive(Clone)]
pub(super) struct Altered {
    pub(super) alteration: Alteration,
    pub(super) image: PathBuf,
}

/// What was done to it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Alteration {
    /// One byte of the face.
    Dg2,
    /// One byte of the security object.
    Sod,
    /// The key of another chip.
    Dg15,
}

impl Alteration {
    const ALL: [Self; 3] = [Self::Dg2, Self::Sod, Self::Dg15];

    fn word(self) -> &'static str {
        match self {
            Self::Dg2 => "dg2",
            Self::Sod => "sod",
            Self::Dg15 => "dg15",
        }
    }

    /// Whether these failed checks are the alteration's work: one of those that must see it, and none that has nothing to do with it.
    pub(super) fn explains<'a>(self, failed: &(impl Iterator<Item = &'a str> + Clone)) -> bool {
        let (sees, may_see): (&[&str], &[&str]) = match self {
            Self::Dg2 => (&["hash dg2"], &["dg2"]),
            // Where the byte lies decides who stumbles: the structure, a hash, the signature or the certificate.
            Self::Sod => (&["sod", "sod signature", "chain"], &["hash "]),
            // Some say besides, in a word of its own, that a proof which failed is not made up for.
            Self::Dg15 => (
                &["hash dg15"],
                &["dg15", "active authentication", "chip-authenticity"],
            ),
        };
        let among = |check: &str, list: &[&str]| {
            list.iter()
                .any(|known| *known == check || known.ends_with(' ') && check.starts_with(known))
        };
        failed.clone().any(|check| among(check, sees))
            && failed
                .clone()
                .all(|check| among(check, sees) || among(check, may_see))
    }
}

impl fmt::Display for Alteration {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Dg2 => "one byte of DG2 altered",
            Self::Sod => "one byte of EF.SOD altered",
            Self::Dg15 => "DG15 of another card",
        })
    }
}

/// Every card of a folder, in order of name.
///
/// # Errors
/// There is none, or a file is missing or not what it must be.
pub(super) fn load(folder: &Path) -> Result<Vec<Specimen>> {
    let mut specimens = Vec::new();
    for entry in fs::read_dir(folder).with_context(|| folder.display().to_string())? {
        let person = entry?.path();
        if person.join("access.json").is_file() {
            specimens.push(load_one(folder, &person)?);
        }
    }
    specimens.sort_by(|a, b| a.name.cmp(&b.name));
    ensure!(!specimens.is_empty(), "{} has no cards", folder.display());
    ensure!(
        specimens
            .iter()
            .any(|specimen| !specimen.altered.is_empty()),
        "{} has no altered cards",
        folder.display()
    );
    Ok(specimens)
}

/// A card that `card-tool specimen --out` has left in a folder.
///
/// # Errors
/// A file is missing or not what it must be.
pub(super) fn ordered(folder: &Path) -> Result<Specimen> {
    load_one(folder, folder)
}

fn load_one(folder: &Path, person: &Path) -> Result<Specimen> {
    let access = person.join("access.json");
    let key: AccessKey = serde_json::from_slice(&fs::read(&access)?)
        .with_context(|| access.display().to_string())?;
    let name = person
        .file_name()
        .unwrap_or_default()
        .to_string_lossy()
        .into_owned();
    let images = Alteration::ALL.map(|alteration| Altered {
        alteration,
        image: person.join(format!("altered-{}.json", alteration.word())),
    });
    let specimen = Specimen {
        name,
        image: person.join("card.json"),
        csca: folder.join(&key.csca),
        key,
        altered: images
            .into_iter()
            .filter(|altered| altered.image.is_file())
            .collect(),
    };
    for file in [&specimen.image, &specimen.csca] {
        ensure!(file.is_file(), "{} is missing", file.display());
    }
    Ok(specimen)
}
