//! Debian's vicc: an identity card and a passport whose commands, files, tries and secure messaging are all somebody else's.
//!
//! vicc is Python 2, lies where no Python looks for it and asks a person for its files: Jython runs it, unchanged, and our programs
//! (`interop/vicc/`) give it the files of a folder and what it imports. Its passport breaks off after basic access control: its answers
//! lack the status under the MAC, and those that are no success have no MAC at all. Our reader must refuse that, and reads the
//! same passport when those two lines are mended.

use std::{
    ffi::OsString,
    path::{Path, PathBuf},
};

use anyhow::{Context, Result};

use super::{
    super::{
        insertion::{Inserted, Insertion},
        judge::Way,
        order::{VICC_IDENTITY_CARD, VICC_PASSPORT},
        row::{Expectation, Row},
        specimen::Specimen,
    },
    Bench, altered, stranger,
};
use crate::{
    process,
    setup::{self, system},
};

/// A Python 2 that is still to be had, as a package of Maven.
const JYTHON: &str = "2.7.4";
/// What brings it; the JMRTD judge (`interop/jmrtd/pom.xml`) has the same.
const MAVEN_COPY: &str = "org.apache.maven.plugins:maven-dependency-plugin:3.7.1:copy";
/// A process of a minute is not worth a thorough compiler.
const JAVA_OPTIONS: [&str; 2] = ["-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC"];
/// No site packages, and nothing written beside vicc's modules and ours.
const JYTHON_OPTIONS: [&str; 2] = ["-S", "-B"];
/// The identity card's, of whom it is not printed.
const PIN: &str = "111111";

use Expectation::{Accepted, Locked, Suspended, Unauthenticated};
use Hand::{Holder, Stranger};

/// The identity card's life: its PIN has three tries, of which the last one waits for the CAN. Our reader leaves it that one.
const LIFE: [(&str, Way, Hand, Expectation); 9] = [
    ("", Way::PaceCan, Holder, Accepted),
    ("", Way::PaceMrz, Holder, Accepted),
    ("", Way::PacePin, Holder, Accepted),
    ("", Way::PaceCan, Stranger, Locked),
    ("", Way::PacePin, Stranger, Locked),
    (", once more", Way::PacePin, Stranger, Locked),
    ("", Way::PacePin, Holder, Suspended),
    (", PIN resumed", Way::PaceCan, Holder, Accepted),
    (", PIN resumed", Way::PacePin, Holder, Accepted),
];

/// Who holds the card against the reader.
#[derive(Clone, Copy)]
enum Hand {
    /// Somebody who knows what opens it.
    Holder,
    /// Somebody who guesses.
    Stranger,
}

/// vicc and what it runs on.
struct Vicc {
    java: PathBuf,
    jython: PathBuf,
    modules: PathBuf,
    version: String,
}

/// One of its cards in the reader. It takes its files anew at every reset.
struct Chip<'b> {
    bench: &'b Bench<'b>,
    inserted: Inserted<'b>,
    card: String,
    holder: Specimen,
    stranger: Specimen,
}

/// Both cards as they are and altered.
///
/// # Errors
/// Maven cannot get Jython, a card cannot be made or read, or does not come into the reader.
pub(super) fn judge(bench: &Bench<'_>, folder: &Path, issuer: &Path) -> Result<Vec<Row>> {
    let vicc = Vicc::install()?;
    let mut specimen = VICC_IDENTITY_CARD.make(bench.card_tool, folder, issuer, None)?;
    PIN.clone_into(&mut specimen.key.pin);
    let mut rows = identity_card(bench, &vicc, &specimen)?;
    let specimen = VICC_PASSPORT.make(bench.card_tool, folder, issuer, None)?;
    rows.extend(passport(bench, &vicc, &specimen)?);
    Ok(rows)
}

fn identity_card(bench: &Bench<'_>, vicc: &Vicc, specimen: &Specimen) -> Result<Vec<Row>> {
    let files = bench.read(specimen)?;
    let secrets = ["--can", &specimen.key.can, "--pin", &specimen.key.pin];
    let insertion = vicc.program("identity_card.py", &files, &secrets)?;
    let card = format!("vicc {}, nPA", vicc.version);
    let chip = Chip::put_in(bench, &insertion, card, specimen)?;
    let mut rows = Vec::new();
    for (then, way, hand, expectation) in LIFE {
        rows.push(chip.ask(then, way, hand, expectation)?);
    }
    let ask = |expectation| chip.ask("", Way::PaceCan, Holder, expectation);
    rows.extend(altered(&files, ask)?);
    Ok(rows)
}

fn passport(bench: &Bench<'_>, vicc: &Vicc, specimen: &Specimen) -> Result<Vec<Row>> {
    let files = bench.read(specimen)?;
    let put_in = |card: &str, words: &[&str]| {
        let insertion = vicc.program("passport.py", &files, words)?;
        let card = format!("vicc {}, ePass{card}", vicc.version);
        Chip::put_in(bench, &insertion, card, specimen)
    };
    let mut rows = Vec::new();
    let chip = put_in(", two lines mended", &[])?;
    for (hand, expectation) in [(Holder, Accepted), (Stranger, Locked)] {
        rows.push(chip.ask("", Way::Bac, hand, expectation)?);
    }
    let ask = |expectation| chip.ask("", Way::Bac, Holder, expectation);
    rows.extend(altered(&files, ask)?);
    drop(chip);
    // vicc's own passports have none: their files are selected.
    let words = ["--no-short-identifiers"];
    let chip = put_in(", two lines mended, no short identifiers", &words)?;
    rows.push(chip.ask("", Way::Bac, Holder, Accepted)?);
    drop(chip);
    let chip = put_in("", &["--as-made"])?;
    rows.push(chip.ask("", Way::Bac, Holder, Unauthenticated)?);
    Ok(rows)
}

impl<'b> Chip<'b> {
    fn put_in(
        bench: &'b Bench<'b>,
        insertion: &Insertion,
        card: String,
        specimen: &Specimen,
    ) -> Result<Self> {
        Ok(Self {
            bench,
            inserted: insertion.put_in(bench.daemon)?,
            card,
            holder: specimen.clone(),
            stranger: stranger(specimen),
        })
    }

    /// What our reader says of it in this hand; `then` is what has happened to it.
    fn ask(&self, then: &str, way: Way, hand: Hand, expectation: Expectation) -> Result<Row> {
        self.inserted.reset()?;
        let specimen = match hand {
            Holder => &self.holder,
            Stranger => &self.stranger,
        };
        let card = format!("{}{then}", self.card);
        let reader = self.inserted.reader();
        Ok(self.bench.ask(&card, specimen, way, reader, expectation))
    }
}

impl Vicc {
    /// Jython from Maven, vicc from where the system has it.
    fn install() -> Result<Self> {
        let folder = process::scratch().join("jython");
        let mut output = OsString::from("-DoutputDirectory=");
        output.push(&folder);
        process::run(
            process::program("mvn")?
                .args([
                    "--quiet",
                    "--batch-mode",
                    "--no-transfer-progress",
                    MAVEN_COPY,
                ])
                .arg(format!("-Dartifact=org.python:jython-standalone:{JYTHON}"))
                .arg(output),
        )?;
        let version = setup::package_version("python3-virtualsmartcard");
        let vicc = Self {
            java: process::find("java").context("`java` is not installed")?,
            jython: folder.join(format!("jython-standalone-{JYTHON}.jar")),
            modules: system::vicc_modules().context("vicc's modules are not installed")?,
            version: version.unwrap_or_else(|| "of an unknown version".to_owned()),
        };
        eprintln!("vicc {} on Jython {JYTHON}", vicc.version);
        Ok(vicc)
    }

    /// One of our programs around it.
    fn program(&self, script: &str, files: &Path, more: &[&str]) -> Result<Insertion> {
        let mut path = OsString::from("-Dpython.path=");
        path.push(&self.modules);
        let script = process::workspace()
            .join("crates/xtask/interop/vicc")
            .join(script);
        let mut words: Vec<OsString> = vec![self.java.clone().into()];
        words.extend(JAVA_OPTIONS.map(Into::into));
        words.extend([path, "-jar".into(), self.jython.clone().into()]);
        words.extend(JYTHON_OPTIONS.map(Into::into));
        words.extend([script.into(), "--files".into(), files.into()]);
        words.extend(more.iter().map(Into::into));
        Ok(Insertion::program(words))
    }
}
