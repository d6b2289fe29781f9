//! JMRTD with Bouncy Castle: a small Java program of ours (`interop/jmrtd/`) around their library, built by Maven.

use std::path::PathBuf;

use anyhow::Result;

use super::{
    judge::{Judge, Trial, Verdict, Way},
    protocol::{Inability, Protocol},
};
use crate::process;

pub(super) struct Jmrtd {
    folder: PathBuf,
    pcsc_library: String,
}

impl Jmrtd {
    /// Compiles the program against the pinned versions.
    ///
    /// # Errors
    /// Maven says no.
    pub(super) fn build() -> Result<Self> {
        let folder = process::scratch().join("jmrtd");
        let description = process::workspace().join("crates/xtask/interop/jmrtd/pom.xml");
        let mut output = std::ffi::OsString::from("-Doutput=");
        output.push(&folder);
        process::run(
            process::program("mvn")?
                .args([
                    "--quiet",
                    "--batch-mode",
                    "--no-transfer-progress",
                    "--file",
                ])
                .arg(description)
                .arg(output)
                .arg("package"),
        )?;
        let libraries = process::output(
            process::program("pkg-config")?.args(["--variable=libdir", "libpcsclite"]),
        )?;
        Ok(Self {
            folder,
            pcsc_library: format!("{}/libpcsclite.so.1", libraries.trim()),
        })
    }
}

impl Judge for Jmrtd {
    fn name(&self) -> &'static str {
        "JMRTD"
    }

    fn ways(&self) -> &'static [Way] {
        &[Way::PaceCan, Way::PaceMrz, Way::Bac]
    }

    fn authenticates(&self) -> bool {
        true
    }

    fn cannot(&self, protocol: Protocol) -> Option<Inability> {
        match protocol {
            Protocol::ChipAuthenticationMapping => Some(Inability::Fails {
                check: "chip authentication mapping",
                words: "does not belong to the key",
                though: &[
                    "access",
                    "card security",
                    "chip authentication mapping, E(K, -1)",
                ],
                because: "JMRTD 0.8.6 runs it but decrypts the proof with the initial vector -1, where Doc 9303-11 §4.4.3.5 says \
                          E(KS_Enc, -1); with that, its own keys and Bouncy Castle the proof is right",
            }),
            _ => None,
        }
    }

    fn judge(&self, trial: &Trial<'_>) -> Result<Verdict> {
        let classes =
            std::env::join_paths([self.folder.join("classes"), self.folder.join("lib/*")])?;
        let mut java = trial.command("java");
        java
            // Java looks for the library where Debian does not have it.
            .arg(format!(
                "-Dsun.security.smartcardio.library={}",
                self.pcsc_library
            ))
            .args(["--add-modules", "java.smartcardio", "--class-path"])
            .arg(classes)
            .arg("interop.Main")
            .arg("--csca")
            .arg(&trial.specimen.csca);
        if let Some(form) = trial.form {
            java.args(["--pace", form]);
        }
        if let Some(offices) = trial.offices {
            java.arg("--chain").arg(offices.chain());
            java.arg("--terminal-key").arg(offices.key());
        }
        trial.ask(&mut java)
    }
}
