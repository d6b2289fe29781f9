//! A log in the shape of TR-03135-1 §6.3: for each inspection a transaction with the time and every result, and no personal data.
//! What failed or stayed open has its meaning beside it; nothing that a document says is in the log, so that it may be kept.
//!
//! The names of the elements are ours: the guideline's schema is not among our sources.

use std::fmt::Write as _;
use std::io::Write as _;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result};
use inspection::tr03135;
use inspection::{Check, Outcome, Phase, Report, Source, explanation};
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;
use uuid::Uuid;

use super::escape;
use crate::files::{self, Growing, Secrecy};

/// Version of the shape: elements are added, never changed.
const SCHEMA: u32 = 1;

/// A log that grows with each inspection: none of them is kept here.
pub struct Log {
    file: Growing,
    place: PathBuf,
    at: String,
}

impl Log {
    /// Begins a log of inspections at one time. The file is there when the log has ended.
    pub fn begin(place: &Path, at: OffsetDateTime) -> Result<Self> {
        let mut log = Self {
            file: files::begin(place, Secrecy::OwnerOnly)?,
            place: place.to_owned(),
            at: at.format(&Rfc3339)?,
        };
        log.write(&format!(
            "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<log schema=\"{SCHEMA}\" component=\"card-tool\" version=\"{}\">\n",
            env!("CARGO_PKG_VERSION")
        ))?;
        Ok(log)
    }

    /// Writes the transaction of this name.
    pub fn add(&mut self, report: &Report, id: Uuid) -> Result<()> {
        let mut out = String::new();
        transaction(&mut out, report, &self.at, id);
        self.write(&out)
    }

    /// Ends it: now the file is there.
    pub fn end(mut self) -> Result<()> {
        self.write("</log>\n")?;
        let name = self.place.display().to_string();
        self.file.finish().context(name)
    }

    fn write(&mut self, text: &str) -> Result<()> {
        let written = self.file.write_all(text.as_bytes());
        written.with_context(|| self.place.display().to_string())
    }
}

fn transaction(out: &mut String, report: &Report, at: &str, id: Uuid) {
    let source = match report.source {
        Source::Chip => "chip",
        Source::Files => "files",
    };
    // Writing to a String cannot fail.
    let _ = writeln!(
        out,
        "  <transaction id=\"{id}\" time=\"{at}\" source=\"{source}\" result=\"{}\">",
        report.overall()
    );
    let times = report.times();
    for phase in Phase::ALL {
        let milliseconds = times.of_phase(phase).as_secs_f64() * 1000.0;
        let _ = writeln!(
            out,
            "    <time phase=\"{}\" ms=\"{milliseconds:.1}\"/>",
            phase.word()
        );
    }
    for entry in tr03135::table(report) {
        let line = entry.line;
        let _ = writeln!(
            out,
            "    <result section=\"{}\" id=\"{}\" value=\"{}\"/>",
            line.section, line.id, entry.value
        );
    }
    report.checks.iter().for_each(|each| check(out, each));
    out.push_str("  </transaction>\n");
}

/// The cause of a finding can name dates and names; what a result means is a text of ours.
fn check(out: &mut String, check: &Check) {
    let _ = write!(
        out,
        "    <check id=\"{}\" weight=\"{}\" value=\"{}\" deviations=\"{}\"",
        check.kind.id,
        check.kind.weight.word(),
        check.finding.outcome,
        check.deviations.len()
    );
    let is_open = matches!(
        check.finding.outcome,
        Outcome::Failed | Outcome::Undetermined
    );
    let _ = match explanation::of(check.kind.id, check.finding.outcome) {
        Some(advice) if is_open => writeln!(
            out,
            "><meaning>{}</meaning></check>",
            escape(advice.meaning.en)
        ),
        _ => writeln!(out, "/>"),
    };
}
