//! The Python package `cryptography`: a small program of ours (`interop/python/`) around it, in an environment below target/xtask that pip
//! fills from its usual index.

use std::{fs, path::PathBuf, process::Command};

use anyhow::{Context, Result};

use super::{issued::Issued, judge::Verdict, last_json};
use crate::process;

/// What it says of curves that are written out and are none that it knows so.
pub(super) const EXPLICIT_KEYS: &str = "ECDSA keys with explicit parameters";

pub(super) struct Python {
    interpreter: PathBuf,
    program: PathBuf,
}

impl Python {
    /// Makes the environment, unless an earlier run has made the same.
    ///
    /// # Errors
    /// Python has no venv, or pip cannot get the package.
    pub(super) fn install() -> Result<Self> {
        let sources = process::workspace().join("crates/xtask/interop/python");
        let folder = process::scratch().join("python");
        let requirements = sources.join("requirements.txt");
        let wanted = fs::read(&requirements)?;
        let installed = folder.join("installed.txt");
        let python = Self {
            interpreter: folder.join("bin/python"),
            program: sources.join("judge.py"),
        };
        if fs::read(&installed).ok().as_ref() == Some(&wanted) && python.has_package() {
            return Ok(python);
        }
        let mut environment = process::program("python3")?;
        process::run(environment.args(["-m", "venv", "--clear"]).arg(&folder))?;
        process::run(
            Command::new(&python.interpreter)
                .args([
                    "-m",
                    "pip",
                    "install",
                    "--quiet",
                    "--disable-pip-version-check",
                    "--only-binary",
                    ":all:",
                    "--requirement",
                ])
                .arg(&requirements),
        )
        .context("the Python package `cryptography` cannot be installed")?;
        fs::write(installed, wanted)?;
        Ok(python)
    }

    fn has_package(&self) -> bool {
        process::succeeds(Command::new(&self.interpreter).args(["-c", "import cryptography.x509"]))
    }

    /// What it says of what was issued.
    ///
    /// # Errors
    /// It comes to no verdict.
    pub(super) fn judge(&self, issued: &Issued) -> Result<Verdict> {
        let mut judge = Command::new(&self.interpreter);
        // -B: nothing is written beside the sources.
        judge.arg("-B").arg(&self.program).arg(&issued.folder);
        let output = judge.output().with_context(|| process::shown(&judge))?;
        Ok(serde_json::from_value(last_json(&output)?)?)
    }
}
