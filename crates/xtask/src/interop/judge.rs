//! What a judge is, what it is given, and what it answers.

use std::{
    collections::{BTreeMap, BTreeSet},
    ffi::OsString,
    fs, io,
    path::PathBuf,
    process::Command,
    time::Duration,
};

use anyhow::{Context, Result};
use serde::Deserialize;
use serde_json::Value;

use super::{
    last_json,
    offices::Offices,
    protocol::{Inability, Protocol},
    specimen::Specimen,
};
use crate::process;

/// A reader that hangs is a reader that does not accept.
const PATIENCE: &str = "120";

/// How a reader comes at the files of the application.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Way {
    /// Not at all.
    Open,
    Bac,
    PaceMrz,
    PaceCan,
    /// By the holder's PIN: only we read so, and only chips of others have one here.
    PacePin,
}

impl Way {
    /// The word on the command lines of our small readers.
    pub(super) fn word(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Bac => "bac",
            Self::PaceMrz => "pace-mrz",
            Self::PaceCan => "pace-can",
            Self::PacePin => "pace-pin",
        }
    }

    /// Our own reader's check that it got in.
    pub(super) fn check(self) -> &'static str {
        match self {
            Self::Open | Self::Bac => "bac",
            Self::PaceMrz | Self::PaceCan | Self::PacePin => "pace",
        }
    }

    /// What the reader must know.
    pub(super) fn password(self) -> &'static str {
        match self {
            Self::Open => "nothing",
            Self::Bac | Self::PaceMrz => "MRZ",
            Self::PaceCan => "CAN",
            Self::PacePin => "PIN",
        }
    }
}

/// One card in one reader, to be read in one way.
pub(super) struct Trial<'a> {
    pub(super) specimen: &'a Specimen,
    pub(super) way: Way,
    /// The form of PACE that is meant where the chip offers several: object identifier and number of the domain parameters.
    pub(super) form: Option<&'static str>,
    /// Whose certificates are shown to the chip, where it trusts any.
    pub(super) offices: Option<&'a Offices>,
    pub(super) reader: &'a str,
    /// How a client finds our pcscd.
    pub(super) environment: [(&'static str, OsString); 3],
    /// Empty; for the files that the judge reads.
    pub(super) folder: PathBuf,
}

impl Trial<'_> {
    /// Empties the folder for the files.
    ///
    /// # Errors
    /// The file system says no.
    pub(super) fn clear(&self) -> io::Result<()> {
        if self.folder.exists() {
            fs::remove_dir_all(&self.folder)?;
        }
        fs::create_dir_all(&self.folder)
    }

    /// A program that must be done in time, led to our pcscd.
    pub(super) fn command(&self, program: impl Into<OsString>) -> Command {
        let mut command = Command::new("timeout");
        command
            .args([PATIENCE.into(), program.into()])
            .envs(self.environment.clone());
        command
    }

    /// Runs one of our small readers: all of them take the same words and answer with one line of JSON.
    ///
    /// # Errors
    /// It cannot be started, or gives no verdict.
    pub(super) fn ask(&self, reader: &mut Command) -> Result<Verdict> {
        let key = &self.specimen.key;
        reader
            .args(["--reader", self.reader, "--access", self.way.word()])
            .args([
                "--document-number",
                &key.document_number,
                "--birth",
                &key.date_of_birth,
                "--expiry",
                &key.date_of_expiry,
            ])
            .args(["--can", &key.can]);
        let output = reader.output().with_context(|| process::shown(reader))?;
        Ok(serde_json::from_value(last_json(&output)?)?)
    }
}

/// What a judge found. A check that was not made appears nowhere.
#[derive(Debug, Default, Deserialize)]
pub(super) struct Verdict {
    /// Of the judge and of what it stands on.
    pub(super) version: String,
    pub(super) passed: BTreeSet<String>,
    /// Check and reason.
    pub(super) failed: BTreeMap<String, String>,
    /// What the judge cannot check, and why: neither a pass nor a failure.
    #[serde(default)]
    pub(super) unable: BTreeMap<String, String>,
    /// APDUs to the card and back, where the judge can count.
    #[serde(default)]
    pub(super) round_trips: Option<u64>,
    /// Bytes of the commands, where the judge can count.
    #[serde(default)]
    pub(super) bytes_to_card: Option<u64>,
    /// Bytes of the responses.
    #[serde(default)]
    pub(super) bytes_from_card: Option<u64>,
    /// From meeting the card to the verdict.
    #[serde(default)]
    milliseconds: Option<f64>,
    /// How EF.SOD is signed, where the judge says.
    #[serde(default)]
    pub(super) signature: String,
}

impl Verdict {
    /// Nothing checked yet.
    pub(super) fn of(version: &str) -> Self {
        Self {
            version: version.to_owned(),
            ..Self::default()
        }
    }

    /// Notes a check by its outcome.
    pub(super) fn check(&mut self, check: impl Into<String>, outcome: Result<()>) {
        match outcome {
            Ok(()) => {
                self.passed.insert(check.into());
            }
            Err(why) => {
                self.failed.insert(check.into(), format!("{why:#}"));
            }
        }
    }

    /// Whether everything that was checked is good, and something was.
    pub(super) fn accepts(&self) -> bool {
        self.failed.is_empty() && !self.passed.is_empty()
    }

    pub(super) fn time(&self) -> Option<Duration> {
        self.milliseconds
            .map(|milliseconds| Duration::from_secs_f64(milliseconds / 1e3))
    }

    pub(super) fn took(&mut self, time: Duration) {
        self.milliseconds = Some(time.as_secs_f64() * 1e3);
    }
}

/// Somebody who reads our chip and has an opinion.
pub(super) trait Judge {
    fn name(&self) -> &'static str;

    /// The ways it reads by; an altered card it reads by the first.
    fn ways(&self) -> &'static [Way];

    /// Whether it does passive authentication, and must therefore refuse an altered card.
    fn authenticates(&self) -> bool;

    /// What keeps it from a protocol, if something does.
    fn cannot(&self, protocol: Protocol) -> Option<Inability>;

    /// The checks of its verdicts that show a protocol.
    fn proof(&self, protocol: Protocol) -> &'static [&'static str] {
        protocol.proof()
    }

    /// # Errors
    /// It came to no verdict, which is never what we expect.
    fn judge(&self, trial: &Trial<'_>) -> Result<Verdict>;
}

/// A field of a JSON document, by its pointer.
pub(super) fn at<'a>(value: &'a Value, pointer: &str) -> Result<&'a Value> {
    value
        .pointer(pointer)
        .with_context(|| format!("the answer has no {pointer}"))
}
