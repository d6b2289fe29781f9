//! The parts of a test run that are not ours: found, installed below target/xtask where no distribution has them, named in the
//! variables in which the tests look for them, and shown in the closing table.
//!
//! pcscd and SoftHSM are started for the whole run ([`crate::pcscd`], [`crate::softhsm`]); the others are started by the tests
//! themselves, by `test-support`.

use std::{
    ffi::OsString,
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use anyhow::{Context, Result};

use crate::{
    process,
    python_environment::PythonEnvironment,
    setup::{self, system},
    table::Table,
};

/// The sources of the OpenID provider, its pinned packages among them.
const PROVIDER: &str = "crates/xtask/oidc-provider";
const PROVIDER_FILES: [&str; 3] = ["package.json", "package-lock.json", "provider.js"];
/// What pip installs for the tests of the service's interface.
const SCHEMATHESIS: &str = "crates/xtask/schemathesis/requirements.txt";

/// Where everything is.
pub(crate) struct RealParts {
    browser: PathBuf,
    postgres: PathBuf,
    nats: PathBuf,
    provider: PathBuf,
    schemathesis: PathBuf,
}

impl RealParts {
    /// Finds what [`setup::ensure`] has brought, and installs what comes from npm and pip; a second run installs nothing.
    ///
    /// # Errors
    /// Something is missing; or npm or pip cannot get a package.
    pub(crate) fn ready() -> Result<Self> {
        let requirements = process::workspace().join(SCHEMATHESIS);
        let python = PythonEnvironment::install("schemathesis", &requirements, "schemathesis")?;
        Ok(Self {
            browser: system::browser().context("Chromium is not installed")?,
            postgres: system::postgres_programs().context("PostgreSQL is not installed")?,
            nats: process::find("nats-server").context("nats-server is not installed")?,
            provider: openid_provider()?,
            schemathesis: python.program("schemathesis"),
        })
    }

    /// The variables in which the tests look for them.
    pub(crate) fn environment(&self) -> [(&'static str, OsString); 5] {
        [
            ("CARD_TOOLCHAIN_CHROMIUM", self.browser.clone().into()),
            ("CARD_TOOLCHAIN_POSTGRES", self.postgres.clone().into()),
            ("CARD_TOOLCHAIN_NATS", self.nats.clone().into()),
            ("CARD_TOOLCHAIN_OIDC", self.provider.clone().into()),
            (
                "CARD_TOOLCHAIN_SCHEMATHESIS",
                self.schemathesis.clone().into(),
            ),
        ]
    }

    /// What was not ours in this run: name, version, share.
    pub(crate) fn table(&self) -> Table {
        let mut table = Table::new(&["real part", "version", "its share"]);
        for (part, version, share) in self.rows() {
            table.row(&[part, &version, share]);
        }
        table
    }

    fn rows(&self) -> [(&'static str, String, &'static str); 10] {
        let named = |name: &str, arguments: &[&str]| {
            process::first_line(name, arguments).unwrap_or_else(|| "unknown".to_owned())
        };
        [
            (
                "pcscd",
                named("pcscd", &["--version"]),
                "carries every APDU of the tests that use a reader",
            ),
            ("vpcd", setup::virtual_reader_version(), "the readers"),
            (
                "opensc-tool",
                named("opensc-tool", &["--info"]),
                "sees the cards (cargo xtask interop)",
            ),
            (
                "SoftHSM",
                named("softhsm2-util", &["--version"]),
                "holds the keys of the tests on tokens",
            ),
            (
                "openssl",
                named("openssl", &["version"]),
                "judges EF.SOD, certificates and signatures",
            ),
            (
                "Chromium",
                version_of(&self.browser),
                "works the station's pages and the operators' desk (pictures: target/tmp/browser)",
            ),
            (
                "PostgreSQL",
                version_of(&self.postgres.join("postgres")),
                "holds the register at scale; killed, restarted, followed by a standby",
            ),
            (
                "nats-server",
                version_of(&self.nats),
                "takes changes of the register into a stream; killed and started again",
            ),
            (
                "oidc-provider",
                provider_version(&self.provider),
                "signs operators in from outside",
            ),
            (
                "Schemathesis",
                version_of(&self.schemathesis),
                "holds the service's answers against its OpenAPI document, as everybody who may ask",
            ),
        ]
    }
}

fn version_of(program: &Path) -> String {
    let said = process::output(Command::new(program).arg("--version"));
    said.map_or_else(|_| "unknown".to_owned(), |line| line.trim().to_owned())
}

/// Copies the provider below the target folder and lets npm fill in its packages there, unless the same are there.
fn openid_provider() -> Result<PathBuf> {
    let sources = process::workspace().join(PROVIDER);
    let folder = process::scratch().join("oidc-provider");
    fs::create_dir_all(&folder)?;
    for file in PROVIDER_FILES {
        fs::copy(sources.join(file), folder.join(file)).with_context(|| file.to_owned())?;
    }
    let wanted = fs::read(sources.join("package-lock.json"))?;
    let installed = folder.join("installed.json");
    if fs::read(&installed).ok().as_ref() != Some(&wanted) {
        process::run(
            process::program("npm")?
                .args(["ci", "--no-audit", "--no-fund", "--ignore-scripts"])
                .args(["--loglevel", "error"])
                .current_dir(&folder),
        )
        .context("the npm package `oidc-provider` cannot be installed")?;
        fs::write(installed, wanted)?;
    }
    Ok(folder.join("provider.js"))
}

/// The version of the package and of the program that runs it.
fn provider_version(program: &Path) -> String {
    let package = program.with_file_name("node_modules/oidc-provider/package.json");
    let text = fs::read_to_string(package).unwrap_or_default();
    let package: serde_json::Value = serde_json::from_str(&text).unwrap_or_default();
    let version = package.get("version").and_then(serde_json::Value::as_str);
    let node = process::first_line("node", &["--version"]);
    format!(
        "{} in node {}",
        version.unwrap_or("unknown"),
        node.as_deref().unwrap_or("unknown")
    )
}
