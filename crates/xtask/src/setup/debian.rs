//! Debian and Ubuntu: exactly the missing packages, by apt-get.

use anyhow::{Result, bail};

use super::system;
use crate::{companion::privileged, process};

/// Somebody else may be installing: wait for them, and ask a slow mirror again.
const OPTIONS: [&str; 6] = [
    "-o",
    "DPkg::Lock::Timeout=300",
    "-o",
    "Acquire::Retries=3",
    "-o",
    "Dpkg::Use-Pty=0",
];

/// Installs packages, as root or through a `sudo` that asks nothing.
///
/// # Errors
/// We are nobody who may install, or apt-get fails; the first names the command to type.
pub(super) fn install(packages: &[&str]) -> Result<()> {
    let sudo = !system::is_root();
    if sudo && !system::has_free_sudo() {
        bail!(
            "installing needs root: run\n  sudo apt-get install --no-install-recommends {}\nand then this again",
            packages.join(" ")
        );
    }
    eprintln!("setup: installing {}", packages.join(" "));
    // A source of packages that has nothing to do with us may be out of reach: what counts is whether the next step finds its packages.
    if !process::status(apt_get(sudo).arg("update"))?.success() {
        eprintln!("setup: apt-get update did not reach every source; going on with what it has");
    }
    process::run(
        apt_get(sudo)
            .args(["install", "--yes", "--no-install-recommends"])
            .args(packages),
    )
}

fn apt_get(sudo: bool) -> std::process::Command {
    let mut command = privileged(sudo, "env");
    command
        .args(["DEBIAN_FRONTEND=noninteractive", "apt-get", "--quiet=2"])
        .args(OPTIONS);
    command
}
