//! The targets, compiled with LLVM's coverage counters, which libFuzzer follows.

use std::{
    path::{Path, PathBuf},
    process::Command,
};

use anyhow::{Context, Result, ensure};

use crate::process;

/// What cargo-fuzz gives the compiler too, but for the sanitizers: they need a nightly toolchain, and what we fuzz has no `unsafe`.
const COVERAGE: [&str; 6] = [
    "-Cpasses=sancov-module",
    "-Cllvm-args=-sanitizer-coverage-level=4",
    "-Cllvm-args=-sanitizer-coverage-inline-8bit-counters",
    "-Cllvm-args=-sanitizer-coverage-pc-table",
    "-Cllvm-args=-sanitizer-coverage-trace-compares",
    "-Cllvm-args=-simplifycfg-branch-fold-threshold=0",
];

/// Where the programs are.
pub(super) struct Programs {
    folder: PathBuf,
}

impl Programs {
    pub(super) fn command(&self, name: &str) -> Command {
        Command::new(self.folder.join(name))
    }
}

/// Builds all programs of the crate below target/xtask.
///
/// # Errors
/// There is no C++ compiler for libFuzzer, or something does not compile.
pub(super) fn build(folder: &Path) -> Result<Programs> {
    ensure!(
        process::find("c++").is_some(),
        "libFuzzer is built by a C++ compiler, and there is no `c++` here (Debian, Ubuntu: apt-get install g++)"
    );
    let host = host()?;
    let built = process::scratch().join("fuzz");
    // With a target named, the flags are not for build scripts and macros.
    process::run(
        process::cargo()
            .args(["build", "--release", "--bins", "--manifest-path"])
            .arg(folder.join("Cargo.toml"))
            .args(["--target", &host])
            .env("CARGO_TARGET_DIR", &built)
            .env("CARGO_ENCODED_RUSTFLAGS", COVERAGE.join("\u{1f}")),
    )?;
    Ok(Programs {
        folder: built.join(host).join("release"),
    })
}

/// The machine we are on, as rustc calls it.
fn host() -> Result<String> {
    let rustc = std::env::var_os("RUSTC").unwrap_or_else(|| "rustc".into());
    let said = process::output(Command::new(rustc).arg("-vV"))?;
    let line = said.lines().find_map(|line| line.strip_prefix("host: "));
    Ok(line.context("rustc names no host")?.to_owned())
}
