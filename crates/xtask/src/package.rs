//! `cargo xtask package`: the Debian packages of `card-tool` and `issuance-service`; with `--check` they are looked at, installed in a root that is
//! thrown away, and the service is started there as its unit says.
//!
//! What is packed stands in the manifests of the two (`[package.metadata.deb]`), and `cargo deb` packs it: of a version that is pinned here, installed
//! below the target folder.

mod check;

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use anyhow::{Context, Result, ensure};
use clap::{Args, ValueEnum};

use crate::{
    process,
    setup::{self, Tier},
};

/// The tool that packs.
const CARGO_DEB: &str = "3.8.0";
/// The programs, each a package.
const PROGRAMS: [&str; 2] = ["card-tool", "issuance-service"];
/// The shells whose completions are packed.
const SHELLS: [&str; 3] = ["bash", "fish", "zsh"];

/// What is packed, and whether it is looked at.
#[derive(Args)]
pub(crate) struct Arguments {
    /// How the programs are built
    #[arg(long, value_enum, default_value = "release")]
    profile: Profile,
    /// Install the packages in a throw-away root, start the service, ask it, stop it; lintian, manual pages and units as well
    #[arg(long)]
    check: bool,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Profile {
    /// For use
    Release,
    /// For the check: built in minutes
    Dev,
}

impl Profile {
    const fn name(self) -> &'static str {
        match self {
            Self::Release => "release",
            Self::Dev => "dev",
        }
    }

    /// Cargo's folder for it.
    const fn folder(self) -> &'static str {
        match self {
            Self::Release => "release",
            Self::Dev => "debug",
        }
    }
}

/// Builds the packages and says where they are.
///
/// # Errors
/// Something does not build or cannot be packed; a check finds something.
pub(crate) fn run(arguments: &Arguments) -> Result<()> {
    process::heading("what this machine needs");
    setup::ensure(Tier::Package)?;
    let tool = cargo_deb()?;
    let packages = packed(&tool, arguments.profile)?;
    if arguments.check {
        check::run(&packages)?;
    }
    for package in packages {
        println!("{}", package.display());
    }
    Ok(())
}

/// `cargo-deb`, installed if this version is not there yet.
fn cargo_deb() -> Result<PathBuf> {
    let root = process::scratch().join("cargo-deb");
    let program = root.join("bin/cargo-deb");
    let version = process::output(Command::new(&program).arg("--version"));
    if !version.is_ok_and(|version| version.trim().ends_with(CARGO_DEB)) {
        process::heading("cargo-deb");
        process::run(
            process::cargo()
                .args(["install", "cargo-deb", "--version", CARGO_DEB])
                .args(["--locked", "--debug", "--no-default-features", "--root"])
                .arg(&root)
                .arg("--target-dir")
                .arg(root.join("build")),
        )?;
    }
    Ok(program)
}

/// Builds, lays everything out as `cargo deb` looks for it, and packs.
fn packed(tool: &Path, profile: Profile) -> Result<Vec<PathBuf>> {
    process::heading("the programs");
    let mut build = process::cargo();
    build.args(["build", "--profile", profile.name()]);
    for program in PROGRAMS {
        build.args(["--package", program]);
    }
    process::run(&mut build)?;
    let scratch = process::scratch();
    let target = scratch.parent().context("no target folder")?;
    let laid_out = scratch.join("package");
    let out = target.join("debian");
    for folder in [&laid_out, &out] {
        if folder.exists() {
            fs::remove_dir_all(folder)?;
        }
    }
    let mut packages = Vec::new();
    for program in PROGRAMS {
        let built = target.join(profile.folder()).join(program);
        lay_out(&built, &laid_out.join("release"), program)?;
        process::heading(&format!("the package {program}"));
        let mut pack = Command::new(tool);
        pack.current_dir(process::workspace())
            .env("CARGO_TARGET_DIR", &laid_out)
            .args(["deb", "--package", program, "--no-build", "--locked"])
            .arg("--output")
            .arg(&out);
        if profile == Profile::Dev {
            pack.arg("--fast");
        }
        packages.push(PathBuf::from(process::output(&mut pack)?.trim()));
    }
    for package in &packages {
        ensure!(package.is_file(), "{} was not packed", package.display());
    }
    Ok(packages)
}

/// A program and what lies beside it in its package: a page for each verb, completions for each shell, what has changed.
fn lay_out(built: &Path, release: &Path, program: &str) -> Result<()> {
    let folder = release.join("package").join(program);
    fs::create_dir_all(&folder)?;
    fs::copy(built, release.join(program))?;
    process::run(Command::new(built).args(["man", "--out"]).arg(&folder))?;
    let pages = check::pages(&folder)?;
    process::run(Command::new("gzip").args(["-9", "--no-name"]).args(pages))?;
    for shell in SHELLS {
        let script = process::output(Command::new(built).args(["completions", shell]))?;
        fs::write(folder.join(format!("{program}.{shell}")), script)?;
    }
    let changes = folder.join("changelog");
    fs::copy(process::workspace().join("CHANGELOG.md"), &changes)?;
    process::run(Command::new("gzip").args(["-9", "--no-name"]).arg(changes))
}
