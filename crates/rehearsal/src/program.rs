//! The programs: run, and what they said in JSON.

use std::{
    ffi::OsStr,
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

use anyhow::{Context as _, Result, bail, ensure};
use serde_json::Value;

/// Where `card-tool` and `issuance-service` are.
#[derive(Debug, Clone)]
pub struct Programs {
    folder: PathBuf,
}

impl Programs {
    /// Those of a folder, in which these must be.
    ///
    /// # Errors
    /// One of them is not there.
    pub fn of(folder: &Path, needed: &[&str]) -> Result<Self> {
        let programs = Self {
            folder: folder.to_owned(),
        };
        for name in needed {
            let path = programs.path(name);
            ensure!(
                path.is_file(),
                "{} is not built: cargo build -p {name}",
                path.display()
            );
        }
        Ok(programs)
    }

    /// The file of a program.
    #[must_use]
    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.join(name)
    }

    /// `card-tool`, which answers in JSON and asks nothing.
    #[must_use]
    pub fn card_tool(&self) -> Command {
        let mut command = Command::new(self.path("card-tool"));
        command.args(["--no-input", "--output-format", "json"]);
        command
    }

    /// `issuance-service`, which answers in JSON.
    #[must_use]
    pub fn service(&self) -> Command {
        let mut command = Command::new(self.path("issuance-service"));
        command.args(["--output-format", "json"]);
        command
    }
}

/// Runs a program to its end: what it said as JSON, `null` where it said nothing.
///
/// # Errors
/// It ended with a failure: the error says what it said.
pub fn said(command: &mut Command) -> Result<Value> {
    let (code, answer) = answered(command)?;
    ensure!(code == 0, "{}: exit code {code}: {answer}", shown(command));
    Ok(answer)
}

/// The same where more than one exit code is an answer.
///
/// # Errors
/// It cannot be started, or ended without an exit code or with one that is none of an answer.
pub fn answered(command: &mut Command) -> Result<(i32, Value)> {
    let output = command
        .stdin(Stdio::null())
        .output()
        .with_context(|| shown(command))?;
    let complaint = String::from_utf8_lossy(&output.stderr).trim().to_owned();
    let text = String::from_utf8_lossy(&output.stdout).trim().to_owned();
    let Some(code) = output.status.code() else {
        bail!("{}: {}\n{complaint}", shown(command), output.status);
    };
    match serde_json::from_str(&text) {
        Ok(answer) => {
            ensure!(
                code <= 1,
                "{}: exit code {code}\n{complaint}\n{text}",
                shown(command)
            );
            Ok((code, answer))
        }
        // `init` and its like say what they did in plain words.
        Err(_) if code == 0 => Ok((0, Value::Null)),
        Err(_) => bail!("{}: exit code {code}\n{complaint}\n{text}", shown(command)),
    }
}

/// A command as one would type it.
fn shown(command: &Command) -> String {
    let name = Path::new(command.get_program()).file_name();
    let name = name.unwrap_or(command.get_program());
    let words: Vec<_> = std::iter::once(name)
        .chain(command.get_args())
        .map(OsStr::to_string_lossy)
        .collect();
    words.join(" ")
}
