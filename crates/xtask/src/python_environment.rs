//! Python packages of our choice, in a virtual environment below target/xtask that pip fills from its usual index.

use std::{fs, path::Path, path::PathBuf, process::Command};

use anyhow::{Context, Result};

use crate::process;

/// An environment that holds what a requirements file names.
pub(crate) struct PythonEnvironment {
    folder: PathBuf,
}

impl PythonEnvironment {
    /// Makes the environment, unless an earlier run has made the same; `module` is what must be importable then.
    ///
    /// # Errors
    /// Python has no venv, or pip cannot get the packages.
    pub(crate) fn install(name: &str, requirements: &Path, module: &str) -> Result<Self> {
        let wanted = fs::read(requirements)?;
        let environment = Self {
            folder: process::scratch().join(name),
        };
        let installed = environment.folder.join("installed.txt");
        if fs::read(&installed).ok().as_ref() == Some(&wanted) && environment.has(module) {
            return Ok(environment);
        }
        let mut venv = process::program("python3")?;
        process::run(
            venv.args(["-m", "venv", "--clear"])
                .arg(&environment.folder),
        )?;
        process::run(
            Command::new(environment.program("python"))
                .args(["-m", "pip", "install", "--quiet"])
                .args(["--disable-pip-version-check", "--only-binary", ":all:"])
                .arg("--requirement")
                .arg(requirements),
        )
        .with_context(|| format!("the Python package `{module}` cannot be installed"))?;
        fs::write(installed, wanted)?;
        Ok(environment)
    }

    /// One of its programs; `python` is its interpreter.
    pub(crate) fn program(&self, name: &str) -> PathBuf {
        self.folder.join("bin").join(name)
    }

    fn has(&self, module: &str) -> bool {
        let import = format!("import {module}");
        process::succeeds(Command::new(self.program("python")).args(["-c", &import]))
    }
}
