//! The Python package `cryptography`: a small program of ours (`interop/python/`) around it.

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use anyhow::{Context, Result};

use super::{
    issued::Issued,
    judge::{Judge, Trial, Verdict, Way},
    last_json,
    native::Native,
    protocol::{Inability, Protocol},
};
use crate::{process, python_environment::PythonEnvironment};

/// What it says of curves that are written out and are none that it knows so.
pub(super) const EXPLICIT_KEYS: &str = "ECDSA keys with explicit parameters";

pub(super) struct Python {
    interpreter: PathBuf,
    sources: PathBuf,
}

impl Python {
    /// Makes the environment, unless an earlier run has made the same.
    ///
    /// # Errors
    /// Python has no venv, or pip cannot get the package.
    pub(super) fn install() -> Result<Self> {
        let sources = process::workspace().join("crates/xtask/interop/python");
        let requirements = sources.join("requirements.txt");
        let environment = PythonEnvironment::install("python", &requirements, "cryptography.x509")?;
        Ok(Self {
            interpreter: environment.program("python"),
            sources,
        })
    }

    /// What it says of what was issued.
    ///
    /// # Errors
    /// It comes to no verdict.
    pub(super) fn judge(&self, issued: &Issued) -> Result<Verdict> {
        self.judge_folder(&issued.folder)
    }

    fn judge_folder(&self, folder: &Path) -> Result<Verdict> {
        let mut judge = Command::new(&self.interpreter);
        // -B: nothing is written beside the sources.
        judge
            .arg("-B")
            .arg(self.sources.join("judge.py"))
            .arg(folder);
        let output = judge.output().with_context(|| process::shown(&judge))?;
        Ok(serde_json::from_value(last_json(&output)?)?)
    }
}

impl Python {
    /// Writes an encrypted key as plain PKCS#8, which foreign readers take; `secret` is an environment variable and its value.
    ///
    /// # Errors
    /// The key cannot be read with it.
    pub(super) fn open_key(&self, key: &Path, out: &Path, secret: (&str, &str)) -> Result<()> {
        let mut open = Command::new(&self.interpreter);
        open.arg("-B")
            .arg(self.sources.join("open_key.py"))
            .args([key, out])
            .env(secret.0, secret.1);
        process::output(&mut open).map(drop)
    }
}

/// The same package as judge of a security object, of which another reader has read the files.
pub(super) struct OfFiles {
    python: Python,
    reader: Native,
}

impl OfFiles {
    /// # Errors
    /// The package or the other reader is missing.
    pub(super) fn install() -> Result<Self> {
        Ok(Self {
            python: Python::install()?,
            reader: Native::openpace()?,
        })
    }
}

impl Judge for OfFiles {
    fn name(&self) -> &'static str {
        "cryptography (Python)"
    }

    fn ways(&self) -> &'static [Way] {
        &[]
    }

    fn authenticates(&self) -> bool {
        true
    }

    fn cannot(&self, protocol: Protocol) -> Option<Inability> {
        match protocol {
            Protocol::PassiveAuthentication => None,
            _ => Some(Inability::Lacks(
                "it talks to no card: it judges files that OpenPACE has read",
            )),
        }
    }

    fn proof(&self, _: Protocol) -> &'static [&'static str] {
        &[
            "csca",
            "sod",
            "altered sod is refused",
            "hash dg1",
            "hash dg2",
        ]
    }

    fn judge(&self, trial: &Trial<'_>) -> Result<Verdict> {
        self.reader.judge(trial)?;
        fs::copy(&trial.specimen.csca, trial.folder.join("csca.der"))?;
        self.python.judge_folder(&trial.folder)
    }
}
