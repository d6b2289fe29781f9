//! The program `rehearsal` with what it needs: other programs beside it, and readers.

use std::{
    env,
    path::{Path, PathBuf},
    process::{Command, ExitCode},
};

use anyhow::Result;

use crate::{pcscd::Pcscd, process};

/// How the programs are compiled.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Profile {
    /// Quickly.
    Dev,
    /// To be fast.
    Release,
}

/// Where it is.
pub(crate) struct Rehearsal {
    folder: PathBuf,
}

/// Builds it, and the programs of these packages beside it.
///
/// # Errors
/// Something does not build.
pub(crate) fn build(profile: Profile, packages: &[&str]) -> Result<Rehearsal> {
    process::heading("building the programs");
    let mut build = process::cargo();
    build.args(["build", "--bins", "--package", "rehearsal"]);
    build.args(packages.iter().flat_map(|name| ["--package", name]));
    if profile == Profile::Release {
        build.arg("--release");
    }
    process::run(&mut build)?;
    let scratch = process::scratch();
    let built = scratch.parent().map(Path::to_path_buf).unwrap_or(scratch);
    Ok(Rehearsal {
        folder: built.join(match profile {
            Profile::Dev => "debug",
            Profile::Release => "release",
        }),
    })
}

impl Rehearsal {
    /// Runs it with so many readers, and passes on its exit code. `keep` is where everything is left, as the caller names it.
    ///
    /// # Errors
    /// There is no PC/SC.
    pub(crate) fn run(
        &self,
        readers: usize,
        words: &[String],
        keep: Option<&Path>,
        prepare: impl FnOnce(&mut Command) -> Result<()>,
    ) -> Result<ExitCode> {
        let daemon = Pcscd::start(readers)?;
        let mut rehearsal = Command::new(self.folder.join("rehearsal"));
        rehearsal
            .current_dir(process::workspace())
            .args(words)
            .envs(daemon.environment());
        if let Some(folder) = keep {
            rehearsal
                .arg("--keep")
                .arg(env::current_dir()?.join(folder));
        }
        prepare(&mut rehearsal)?;
        process::heading("the rehearsal");
        let status = process::status(&mut rehearsal)?;
        let code = status.code().and_then(|code| u8::try_from(code).ok());
        Ok(code.map_or(ExitCode::FAILURE, ExitCode::from))
    }
}
