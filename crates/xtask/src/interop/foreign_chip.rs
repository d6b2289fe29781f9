//! The other way round: our reader on a chip that is not ours.
//!
//! PACE and secure messaging of this chip are OpenPACE's (`interop/native/chip.c`), its files those of a card that we have made and
//! read. It has no key of its own, so that it can prove nothing of itself; what is signed is signed all the same.
//!
//! Debian's own `vicc` (vsmartcard-vpicc 3.3) is no such chip: its modules lie where Python does not look, its `ePass` is Python 2
//! (`raw_input`, octets joined as numbers) and ends before it is in the reader, and its `nPA` wants a binding of OpenPACE for Python that
//! Debian does not have.

use std::{
    ffi::OsString,
    fs,
    path::{Path, PathBuf},
};

use anyhow::{Context, Result};

use super::{
    insertion::Insertion,
    judge::{Judge, Trial, Way},
    native,
    order::{self, FOREIGN, Order},
    ours::Ours,
    row::{Expectation, Row},
    specimen::{Alteration, Specimen},
};
use crate::{pcscd::Pcscd, process};

const SOURCES: [&str; 6] = [
    "chip.c",
    "chip_files.c",
    "der.c",
    "message_mac.c",
    "password.c",
    "verdict.c",
];

/// The program, and the reader that tries it.
struct Bench<'a> {
    card_tool: &'a Path,
    daemon: &'a Pcscd,
    chip: PathBuf,
    reader: Ours,
}

/// Every chip as it is, by CAN and MRZ; the first of them altered, too.
///
/// # Errors
/// The chip does not compile, a card cannot be made or read, or does not come into the reader.
pub(super) fn judge(card_tool: &Path, daemon: &Pcscd) -> Result<Vec<Row>> {
    let bench = Bench {
        card_tool,
        daemon,
        chip: native::compile(
            "chip",
            "libeac",
            &["libeac", "libcrypto", "libpcsclite"],
            &SOURCES,
            &[],
        )?,
        reader: Ours::new(card_tool),
    };
    let (folder, issuer) = order::issuer(card_tool)?;
    let mut rows = Vec::new();
    for (number, order) in FOREIGN.iter().enumerate() {
        let specimen = order.make(card_tool, &folder, &issuer, None)?;
        let files = bench.read(&specimen)?;
        let inserted = bench.insertion(&specimen, &files).put_in(daemon)?;
        for way in [Way::PaceCan, Way::PaceMrz] {
            inserted.reset()?;
            let reader = inserted.reader();
            rows.push(bench.ask(order, &specimen, way, reader, Expectation::Accepted));
        }
        drop(inserted);
        if number == 0 {
            rows.extend(bench.altered(order, specimen, &files)?);
        }
    }
    Ok(rows)
}

impl Bench<'_> {
    /// The files of our card, read in the same reader.
    fn read(&self, specimen: &Specimen) -> Result<PathBuf> {
        let files = specimen.image.with_file_name("files");
        let inserted = Insertion::of(self.card_tool, &specimen.image).put_in(self.daemon)?;
        let mut read = std::process::Command::new(self.card_tool);
        read.args(["read", "--reader", inserted.reader(), "--out"])
            .arg(&files)
            .env("CARD_CAN", &specimen.key.can)
            .envs(self.daemon.environment());
        process::output(&mut read)?;
        Ok(files)
    }

    /// One octet of the face, no signature, another password.
    fn altered(&self, order: &Order, specimen: Specimen, files: &Path) -> Result<Vec<Row>> {
        let face = files.join("dg2.bin");
        let genuine = fs::read(&face)?;
        let mut altered = genuine.clone();
        let middle = altered.len() / 2;
        *altered.get_mut(middle).context("an empty DG2")? ^= 1;
        fs::write(&face, altered)?;
        let way = Way::PaceCan;
        let refused = Expectation::Refused(Alteration::Dg2);
        let face_altered = self.row(order, &specimen, files, way, refused)?;
        fs::write(&face, genuine)?;
        fs::remove_file(files.join("sod.bin"))?;
        let unsigned = self.row(order, &specimen, files, way, Expectation::Unsigned)?;
        let inserted = self.insertion(&specimen, files).put_in(self.daemon)?;
        let mut stranger = specimen;
        stranger.key.can = another(&stranger.key.can);
        let locked = self.ask(
            order,
            &stranger,
            way,
            inserted.reader(),
            Expectation::Locked,
        );
        Ok(vec![face_altered, unsigned, locked])
    }

    fn row(
        &self,
        order: &Order,
        specimen: &Specimen,
        files: &Path,
        way: Way,
        expectation: Expectation,
    ) -> Result<Row> {
        let inserted = self.insertion(specimen, files).put_in(self.daemon)?;
        Ok(self.ask(order, specimen, way, inserted.reader(), expectation))
    }

    fn insertion(&self, specimen: &Specimen, files: &Path) -> Insertion {
        let key = &specimen.key;
        let mut words: Vec<OsString> = vec![self.chip.clone().into()];
        words.extend(["--files".into(), files.into()]);
        for (option, value) in [
            ("--document-number", &key.document_number),
            ("--birth", &key.date_of_birth),
            ("--expiry", &key.date_of_expiry),
            ("--can", &key.can),
        ] {
            words.extend([option.into(), value.into()]);
        }
        Insertion::program(words)
    }

    fn ask(
        &self,
        order: &Order,
        specimen: &Specimen,
        way: Way,
        reader: &str,
        expectation: Expectation,
    ) -> Row {
        let row = Row {
            card: format!("chip on OpenPACE, {}", order.name),
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

/// A CAN that is another in its first digit.
fn another(can: &str) -> String {
    let first = if can.starts_with('0') { "1" } else { "0" };
    first.to_owned() + can.get(1..).unwrap_or_default()
}
