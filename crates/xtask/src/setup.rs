//! `cargo xtask setup`: what this project needs on a machine, found or installed. Every step is said, and a second run does nothing.

use std::process::Command;

use anyhow::{Result, bail};
use clap::ValueEnum;

use crate::{process, real_parts::RealParts};

mod debian;
mod needs;
pub(crate) mod system;

use needs::{NEEDS, Need};

/// For what a machine is to be ready.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, ValueEnum)]
pub(crate) enum Tier {
    /// compile everything: PC/SC headers
    Build,
    /// `demo`, `test` and `bench`: pcscd, virtual readers, OpenSC, OpenSSL, Chromium, PostgreSQL, NATS, Node.js, Python
    Test,
    /// `interop`: the foreign readers' runtimes and libraries
    Interop,
    /// `package`: what Debian packages are built and looked at with
    Package,
}

impl Tier {
    /// Whether being ready for this takes what `other` brings: each tier takes the ones before it; packing takes building only.
    fn takes(self, other: Self) -> bool {
        match self {
            Self::Package => matches!(other, Self::Build | Self::Package),
            _ => other <= self,
        }
    }
}

/// `cargo xtask setup`: makes the machine ready for `tier`, and installs what the tests have from npm and pip, so that they
/// run without a network afterwards.
///
/// # Errors
/// As [`ensure`]; npm or pip cannot get a package.
pub(crate) fn run(tier: Tier) -> Result<()> {
    ensure(tier)?;
    if tier.takes(Tier::Test) {
        RealParts::ready()?;
    }
    Ok(())
}

/// Makes the machine ready for `tier`.
///
/// # Errors
/// Something is missing and cannot be installed here; the message lists what to install by hand.
pub(crate) fn ensure(tier: Tier) -> Result<()> {
    let missing = missing(tier);
    if missing.is_empty() {
        eprintln!("setup: everything for {} is here", in_words(tier));
        return Ok(());
    }
    for need in &missing {
        eprintln!("setup: missing: {}", need.what);
    }
    if !system::is_debian() {
        bail!("{}", by_hand(&missing));
    }
    let packages: Vec<&str> = missing.iter().map(|need| need.debian).collect();
    debian::install(&packages)?;
    let still: Vec<&Need> = missing
        .into_iter()
        .filter(|need| !(need.present)())
        .collect();
    if !still.is_empty() {
        bail!("installed, but still not usable: {}", listed(&still));
    }
    eprintln!("setup: installed {}", packages.join(" "));
    Ok(())
}

/// The version of the virtual reader's package, or where its driver is.
pub(crate) fn virtual_reader_version() -> String {
    package_version("vsmartcard-vpcd").unwrap_or_else(|| {
        system::virtual_reader_driver()
            .map_or_else(|| "unknown".to_owned(), |file| file.display().to_string())
    })
}

/// The version of a Debian package, where this is a Debian that has it.
pub(crate) fn package_version(package: &str) -> Option<String> {
    let mut query = Command::new("dpkg-query");
    query.args(["--show", "--showformat", "${Version}", package]);
    process::output(&mut query).ok()
}

fn missing(tier: Tier) -> Vec<&'static Need> {
    let wanted = NEEDS.iter().filter(|need| tier.takes(need.tier));
    wanted.filter(|need| !(need.present)()).collect()
}

fn in_words(tier: Tier) -> &'static str {
    match tier {
        Tier::Build => "building",
        Tier::Test => "demo, test and bench",
        Tier::Interop => "the foreign readers",
        Tier::Package => "packages",
    }
}

fn by_hand(missing: &[&Need]) -> String {
    let mut text = String::from("this is no Debian or Ubuntu: please install by hand\n");
    for need in missing {
        text += &format!("  {}: {}\n", need.what, need.elsewhere);
    }
    text
}

fn listed(needs: &[&Need]) -> String {
    needs
        .iter()
        .map(|need| need.what)
        .collect::<Vec<_>>()
        .join(", ")
}

/// Whether a C header is where the compiler looks.
fn header(path: &str) -> bool {
    let source = format!("echo '#include <{path}>' | cc -E -x c - >/dev/null");
    process::succeeds(Command::new("sh").args(["-c", &source]))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_tier_takes_something_of_its_own_and_the_right_others() {
        use Tier::{Build, Interop, Package, Test};
        let cases = [
            (Build, vec![Build]),
            (Test, vec![Build, Test]),
            (Interop, vec![Build, Test, Interop]),
            (Package, vec![Build, Package]),
        ];
        for (tier, want) in cases {
            let takes: Vec<Tier> = Tier::value_variants()
                .iter()
                .copied()
                .filter(|&other| tier.takes(other))
                .collect();
            assert_eq!(takes, want);
            assert!(NEEDS.iter().any(|need| need.tier == tier), "{tier:?}");
        }
    }

    #[test]
    fn other_systems_are_told_every_missing_thing() {
        let all: Vec<&Need> = NEEDS.iter().collect();
        let text = by_hand(&all);
        for need in NEEDS {
            assert!(
                text.contains(need.what) && !need.elsewhere.is_empty(),
                "{}",
                need.what
            );
        }
    }
}
