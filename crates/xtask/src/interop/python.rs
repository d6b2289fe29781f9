//! The Python package `cryptography`: a small program of ours (`interop/python/`) around it.

use std::{path::PathBuf, process::Command};

use anyhow::{Context, Result};

use super::{issued::Issued, judge::Verdict, last_json};
use crate::{process, python_environment::PythonEnvironment};

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
        let requirements = sources.join("requirements.txt");
        let environment = PythonEnvironment::install("python", &requirements, "cryptography.x509")?;
        Ok(Self {
            interpreter: environment.program("python"),
            program: sources.join("judge.py"),
        })
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
