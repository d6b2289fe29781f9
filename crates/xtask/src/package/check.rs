//! What is wrong with packages is found before somebody installs them.

use std::{
    fs,
    path::{Path, PathBuf},
    process::Stdio,
};

use anyhow::{Context, Result, ensure};

use crate::{companion::privileged, process, setup::system};

/// Runs outside and inside of the throw-away root.
const AROUND: &str = include_str!("../../package/around.sh");
const INSIDE: &str = include_str!("../../package/inside.sh");

/// lintian, and the throw-away root.
///
/// # Errors
/// One of them finds something.
pub(super) fn run(packages: &[PathBuf]) -> Result<()> {
    process::heading("lintian");
    let mut lintian = process::program("lintian")?;
    // As root as well.
    lintian.args(["--allow-root", "--no-cfg", "--show-overrides"]);
    process::run(lintian.args(["--fail-on", "error,warning"]).args(packages))?;
    installs(packages)
}

/// The manual pages of a folder: nothing in them that a formatter stumbles over.
///
/// # Errors
/// There are none; mandoc says what is wrong with one.
pub(super) fn pages(folder: &Path) -> Result<Vec<PathBuf>> {
    let files = fs::read_dir(folder)?.flatten().map(|entry| entry.path());
    let pages: Vec<PathBuf> = files
        .filter(|path| path.extension().is_some_and(|end| end == "1"))
        .collect();
    ensure!(!pages.is_empty(), "no pages in {}", folder.display());
    let mut mandoc = process::program("mandoc")?;
    process::output(mandoc.args(["-Tlint", "-Werror"]).args(&pages))?;
    Ok(pages)
}

/// Installs in a throw-away root and starts the service there.
fn installs(packages: &[PathBuf]) -> Result<()> {
    process::heading("installed in a throw-away root");
    let sudo = !system::is_root();
    ensure!(
        !sudo || system::has_free_sudo(),
        "this takes root: its own mounts, its own root"
    );
    let folder = packages.first().and_then(|package| package.parent());
    let folder = folder.context("no package")?;
    let layer = process::scratch().join("throw-away-root");
    fs::create_dir_all(&layer)?;
    let mut command = privileged(sudo, "unshare");
    command
        .args(["--mount", "--net", "--pid", "--fork", "--kill-child"])
        .args(["sh", "-c", AROUND, "around"])
        .arg(&layer)
        .arg(folder)
        .args(["sh", "-c", INSIDE, "inside"])
        .stdin(Stdio::null());
    eprintln!("$ unshare … sh crates/xtask/package/around.sh … inside.sh");
    let status = command.status().context("`unshare` cannot be started")?;
    ensure!(
        status.success(),
        "the packages do not install, or the service does not start"
    );
    Ok(())
}
