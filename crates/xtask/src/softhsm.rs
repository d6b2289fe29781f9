//! A PKCS#11 token of our own, for as long as a run needs it: SoftHSM with a folder of its own, so that nothing on this machine is
//! touched and nothing is left behind.

use std::{ffi::OsString, fs, os::unix::fs::DirBuilderExt, path::PathBuf};

use anyhow::{Context, Result};

use crate::{process, setup::system};

const LABEL: &str = "TEST token";
const PIN: &str = "12345678";
const SO_PIN: &str = "11223344";

/// A token; dropping it destroys it.
pub(crate) struct SoftHsm {
    folder: PathBuf,
    module: PathBuf,
    spy: PathBuf,
}

impl SoftHsm {
    /// Makes a token.
    ///
    /// # Errors
    /// SoftHSM or the module that listens to its calls is missing, or the token cannot be made.
    pub(crate) fn new() -> Result<Self> {
        let module = system::token_module().context("SoftHSM's module is not installed")?;
        let spy = system::token_spy().context("OpenSC's pkcs11-spy is not installed")?;
        let folder = process::scratch().join(format!("softhsm-{}", std::process::id()));
        let token = Self {
            folder,
            module,
            spy,
        };
        // Left behind by a process of the same number that was killed.
        fs::remove_dir_all(&token.folder).ok();
        let tokens = token.folder.join("tokens");
        fs::DirBuilder::new()
            .recursive(true)
            .mode(0o700)
            .create(&tokens)?;
        let configuration = format!(
            "directories.tokendir = {}\nobjectstore.backend = file\nlog.level = ERROR\nslots.removable = false\n",
            tokens.display()
        );
        fs::write(token.configuration(), configuration)?;
        process::output(
            process::program("softhsm2-util")?
                .args(["--init-token", "--free", "--label", LABEL])
                .args(["--pin", PIN, "--so-pin", SO_PIN])
                .env("SOFTHSM2_CONF", token.configuration()),
        )?;
        Ok(token)
    }

    /// What a program needs in its environment to find the token.
    pub(crate) fn environment(&self) -> [(&'static str, OsString); 6] {
        [
            ("SOFTHSM2_CONF", self.configuration().into()),
            ("CARD_TOOLCHAIN_PKCS11_MODULE", self.module.clone().into()),
            ("CARD_TOOLCHAIN_PKCS11_SPY", self.spy.clone().into()),
            ("CARD_TOOLCHAIN_TOKEN", LABEL.into()),
            ("CARD_TOOLCHAIN_TOKEN_PIN", PIN.into()),
            ("CARD_TOOLCHAIN_TOKEN_SO_PIN", SO_PIN.into()),
        ]
    }

    fn configuration(&self) -> PathBuf {
        self.folder.join("softhsm2.conf")
    }
}

impl Drop for SoftHsm {
    fn drop(&mut self) {
        fs::remove_dir_all(&self.folder).ok();
    }
}
