//! OpenPACE and libmrtd: small C programs of ours (`interop/native/`) around their libraries. Both leave the files they read to OpenSSL,
//! which does the passive authentication.

use std::path::PathBuf;

use anyhow::{Context, Result};

use super::{
    judge::{Judge, Trial, Verdict, Way},
    openssl,
    protocol::{Inability, Protocol},
};
use crate::process;

/// Warnings of a C compiler are errors: there is nobody else to read this code.
const FLAGS: [&str; 6] = [
    "-std=c11",
    "-D_POSIX_C_SOURCE=200809L",
    "-O2",
    "-Wall",
    "-Wextra",
    "-Werror",
];

pub(super) struct Native {
    name: &'static str,
    program: PathBuf,
    ways: &'static [Way],
    cannot: fn(Protocol) -> Option<Inability>,
}

impl Native {
    /// # Errors
    /// It does not compile.
    pub(super) fn openpace() -> Result<Self> {
        let sources = [
            "openpace.c",
            "authentication.c",
            "channel.c",
            "message_mac.c",
            "password.c",
            "der.c",
            "card.c",
            "verdict.c",
        ];
        let program = compile(
            "openpace",
            "libeac",
            &["libeac", "libcrypto", "libpcsclite"],
            &sources,
            &[],
        )?;
        Ok(Self {
            name: "OpenPACE, OpenSSL",
            program,
            ways: &[Way::PaceCan, Way::PaceMrz],
            cannot: openpace_cannot,
        })
    }

    /// # Errors
    /// It does not compile.
    pub(super) fn libmrtd() -> Result<Self> {
        let sources = ["libmrtd.c", "card.c", "verdict.c"];
        // Our stand-in for libnfc's function must be visible to libmrtd.
        let program = compile(
            "libmrtd",
            "mrtd",
            &["libpcsclite"],
            &sources,
            &["-rdynamic", "-lmrtd"],
        )?;
        Ok(Self {
            name: "libmrtd, OpenSSL",
            program,
            ways: &[Way::Bac],
            cannot: libmrtd_cannot,
        })
    }
}

impl Judge for Native {
    fn name(&self) -> &'static str {
        self.name
    }

    fn ways(&self) -> &'static [Way] {
        self.ways
    }

    fn authenticates(&self) -> bool {
        true
    }

    fn cannot(&self, protocol: Protocol) -> Option<Inability> {
        (self.cannot)(protocol)
    }

    fn judge(&self, trial: &Trial<'_>) -> Result<Verdict> {
        let mut reader = trial.command(&self.program);
        reader.arg("--out").arg(&trial.folder);
        let mut verdict = trial.ask(&mut reader)?;
        if verdict.passed.contains("sod") {
            openssl::passive_authentication(&trial.folder, &trial.specimen.csca, &mut verdict)?;
        }
        Ok(verdict)
    }
}

fn openpace_cannot(protocol: Protocol) -> Option<Inability> {
    match protocol {
        Protocol::Bac => Some(Inability::Lacks("OpenPACE has no basic access control")),
        Protocol::IntegratedEcdh | Protocol::IntegratedDh => Some(Inability::Fails {
            check: "access",
            words: "does not read EF.CardAccess",
            though: &[],
            because: "OpenPACE has it for TR-03110 2.01 and older only, and refuses the PACEInfo of today",
        }),
        Protocol::ChipAuthenticationMapping => Some(Inability::Lacks(
            "OpenPACE does not know its object identifiers",
        )),
        Protocol::TerminalAuthentication => Some(Inability::Lacks(
            "OpenPACE has version 2, which comes before chip authentication and signs other data",
        )),
        _ => None,
    }
}

fn libmrtd_cannot(protocol: Protocol) -> Option<Inability> {
    match protocol {
        Protocol::Bac => None,
        _ => Some(Inability::Lacks(
            "libmrtd has basic access control and nothing else",
        )),
    }
}

/// Compiles a program below target/xtask; it learns the version of the library it is about.
pub(super) fn compile(
    name: &str,
    versioned: &str,
    libraries: &[&str],
    sources: &[&str],
    extra: &[&str],
) -> Result<PathBuf> {
    let asked = |question: &str, about: &[&str]| {
        process::output(process::program("pkg-config")?.arg(question).args(about))
    };
    let version = asked("--modversion", &[versioned])?;
    let flags = asked("--cflags", libraries)?;
    let linked = asked("--libs", libraries)?;
    let folder = process::scratch().join("native");
    std::fs::create_dir_all(&folder)?;
    let program = folder.join(name);
    let mut compiler = process::program("cc")?;
    compiler
        .current_dir(process::workspace().join("crates/xtask/interop/native"))
        .args(FLAGS)
        .arg(format!(
            "-D{}_VERSION=\"{}\"",
            name.to_uppercase(),
            version.trim()
        ))
        .args(flags.split_whitespace())
        .args(sources)
        .arg("-o")
        .arg(&program)
        .args(extra)
        .args(linked.split_whitespace());
    process::run(&mut compiler)
        .with_context(|| format!("the reader on {versioned} cannot be built"))?;
    Ok(program)
}
