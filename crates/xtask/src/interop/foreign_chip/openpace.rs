//! A chip on OpenPACE: PACE and secure messaging are OpenPACE's, the commands around them ours (`interop/native/chip.c`).

use std::{
    ffi::OsString,
    path::{Path, PathBuf},
};

use anyhow::Result;

use super::{
    super::{
        insertion::Insertion,
        judge::Way,
        native,
        order::FOREIGN,
        row::{Expectation, Row},
        specimen::Specimen,
    },
    Bench, altered, stranger,
};

const SOURCES: [&str; 6] = [
    "chip.c",
    "chip_files.c",
    "der.c",
    "message_mac.c",
    "password.c",
    "verdict.c",
];

/// Every curve and group as it is, by CAN and MRZ; the first of them altered, too.
///
/// # Errors
/// The chip does not compile, a card cannot be made or read, or does not come into the reader.
pub(super) fn judge(bench: &Bench<'_>, folder: &Path, issuer: &Path) -> Result<Vec<Row>> {
    let chip = native::compile(
        "chip",
        "libeac",
        &["libeac", "libcrypto", "libpcsclite"],
        &SOURCES,
        &[],
    )?;
    let mut rows = Vec::new();
    for (number, order) in FOREIGN.iter().enumerate() {
        let card = format!("chip on OpenPACE, {}", order.name);
        let specimen = order.make(bench.card_tool, folder, issuer, None)?;
        let files = bench.read(&specimen)?;
        let insertion = insertion(&chip, &specimen, &files);
        let inserted = insertion.put_in(bench.daemon)?;
        for way in [Way::PaceCan, Way::PaceMrz] {
            inserted.reset()?;
            let reader = inserted.reader();
            rows.push(bench.ask(&card, &specimen, way, reader, Expectation::Accepted));
        }
        drop(inserted);
        if number == 0 {
            // It reads its files once, when it comes.
            let asked = |specimen: &Specimen, expectation| {
                let inserted = insertion.put_in(bench.daemon)?;
                let reader = inserted.reader();
                Ok(bench.ask(&card, specimen, Way::PaceCan, reader, expectation))
            };
            rows.extend(altered(&files, |expectation| {
                asked(&specimen, expectation)
            })?);
            rows.push(asked(&stranger(&specimen), Expectation::Locked)?);
        }
    }
    Ok(rows)
}

fn insertion(chip: &PathBuf, specimen: &Specimen, files: &Path) -> Insertion {
    let key = &specimen.key;
    let mut words: Vec<OsString> = vec![chip.into(), "--files".into(), files.into()];
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
