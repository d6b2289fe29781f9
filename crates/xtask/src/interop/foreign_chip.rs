//! The other way round: our reader on chips that are not ours.
//!
//! | chip | APDUs and files | cryptography | opens by |
//! |---|---|---|---|
//! | on OpenPACE ([`openpace`]) | a small C program of ours | OpenPACE | PACE on curves and groups of every kind |
//! | vicc's identity card ([`vicc`]) | vicc | OpenPACE | PACE by CAN, MRZ and PIN |
//! | vicc's passport ([`vicc`]) | vicc | Java | basic access control |
//!
//! Their files are those of cards that we have made and read. None has a key of its own, so that it can prove nothing of itself; what is
//! signed is signed all the same.

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use anyhow::{Context, Result};

use super::{
    insertion::Insertion,
    judge::{Judge, Trial, Way},
    order,
    ours::Ours,
    row::{Expectation, Row},
    specimen::{Alteration, Specimen},
};
use crate::{pcscd::Pcscd, process};

mod openpace;
mod vicc;

/// Our reader, and what it finds in which daemon's readers.
struct Bench<'a> {
    card_tool: &'a Path,
    daemon: &'a Pcscd,
    reader: Ours,
}

/// Every chip as it is, by every way that it knows; some altered, too.
///
/// # Errors
/// A chip cannot be built or had, a card cannot be made or read, or a chip does not come into the reader.
pub(super) fn judge(card_tool: &Path, daemon: &Pcscd) -> Result<Vec<Row>> {
    let bench = Bench {
        card_tool,
        daemon,
        reader: Ours::new(card_tool),
    };
    let (folder, issuer) = order::issuer(card_tool)?;
    let mut rows = openpace::judge(&bench, &folder, &issuer)?;
    rows.extend(vicc::judge(&bench, &folder, &issuer)?);
    Ok(rows)
}

impl Bench<'_> {
    /// The files of our card, read in the same reader.
    fn read(&self, specimen: &Specimen) -> Result<PathBuf> {
        let files = specimen.image.with_file_name("files");
        let inserted = Insertion::of(self.card_tool, &specimen.image).put_in(self.daemon)?;
        let mut read = Command::new(self.card_tool);
        read.args(["read", "--reader", inserted.reader(), "--out"])
            .arg(&files)
            .env("CARD_MRZ", specimen.key.zone())
            .envs(self.daemon.environment());
        process::output(&mut read)?;
        Ok(files)
    }

    /// What our reader says of the chip in the reader.
    fn ask(
        &self,
        card: &str,
        specimen: &Specimen,
        way: Way,
        reader: &str,
        expectation: Expectation,
    ) -> Row {
        let row = Row {
            card: card.to_owned(),
            judge: self.reader.name(),
            way,
            expectation,
            verdict: self.reader.judge(&Trial {
                specimen,
                way,
                form: None,
                offices: None,
                reader,
                environment: self.daemon.environment(),
                folder: process::scratch().join("interop/read"),
            }),
        };
        eprintln!("{row}");
        row
    }
}

/// What is said of these files with one octet of the face altered, and without a signature. Afterwards they are as before.
fn altered(files: &Path, ask: impl Fn(Expectation) -> Result<Row>) -> Result<Vec<Row>> {
    let (face, signature) = (files.join("dg2.bin"), files.join("sod.bin"));
    let (genuine, signed) = (fs::read(&face)?, fs::read(&signature)?);
    let mut altered = genuine.clone();
    let middle = altered.len() / 2;
    *altered.get_mut(middle).context("an empty DG2")? ^= 1;
    fs::write(&face, altered)?;
    let face_altered = ask(Expectation::Refused(Alteration::Dg2))?;
    fs::write(&face, genuine)?;
    fs::remove_file(&signature)?;
    let unsigned = ask(Expectation::Unsigned)?;
    fs::write(&signature, signed)?;
    Ok(vec![face_altered, unsigned])
}

/// The same card in the hands of somebody who knows nothing of what opens it.
fn stranger(specimen: &Specimen) -> Specimen {
    let mut stranger = specimen.clone();
    let key = &mut stranger.key;
    for secret in [&mut key.document_number, &mut key.can, &mut key.pin] {
        let first = if secret.starts_with('0') { "1" } else { "0" };
        *secret = first.to_owned() + secret.get(1..).unwrap_or_default();
    }
    stranger
}
