//! The configuration: one TOML file.

pub(crate) mod address;
mod environment;
mod making;
mod nats;
mod relying;
mod serve;
mod signing;
mod telemetry;

use std::path::{Path, PathBuf};
use std::sync::Arc;

use register::store::{AnyStore, StoreError};
use serde::{Deserialize, Serialize};

use crate::office::Randomness;
use crate::signers::Signers;
use crate::{Error, Result, files};

pub use nats::NatsConfig;
pub use relying::RelyingConfig;
pub use serve::{OidcConfig, ServeConfig, SessionConfig};
pub use signing::SigningConfig;
pub use telemetry::TelemetryConfig;

/// The name of the file in a folder that `issuance-service init` has made.
pub const CONFIG: &str = "issuance-service.toml";

/// In the folder of the intake: which server of a database was written to last.
pub(crate) const SERVER_MEMORY: &str = "register-server.json";

/// Longest file that is read.
const MAX_CONFIG: usize = 64 * 1024;

/// Where everything is. Relative paths start from the folder of the configuration.
///
/// ```toml
/// store = "register.sqlite"
/// jobs = "jobs"
/// pki = "../pki"
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Config {
    /// The register: an SQLite file, or `postgres://…`.
    pub store: String,
    /// The folder that card-tool takes jobs from.
    pub jobs: PathBuf,
    /// The folder of an issuer, or of a test issuer of `card-tool pki init`; a desk that only takes packets in has none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pki: Option<PathBuf>,
    /// The folder of `issuance-service intake init`: where packets of stations come in.
    #[serde(default = "intake_folder")]
    pub intake: PathBuf,
    /// What opens the keys of document signers.
    #[serde(default, skip_serializing_if = "SigningConfig::is_default")]
    pub signing: SigningConfig,
    /// How it is served.
    #[serde(default)]
    pub serve: ServeConfig,
    /// What relying parties meet.
    #[serde(default)]
    pub relying: RelyingConfig,
    /// Where traces go.
    #[serde(default)]
    pub telemetry: TelemetryConfig,
}

fn is_address(store: &str) -> bool {
    store.starts_with("postgres://") || store.starts_with("postgresql://")
}

fn intake_folder() -> PathBuf {
    "intake".into()
}

impl Config {
    /// Reads a configuration; its paths are complete then. What the environment sets (`ISSUANCE_SERVICE__SERVE__LISTEN`) counts more
    /// than what the file says.
    ///
    /// # Errors
    /// [`Error::File`], [`Error::Toml`] with line and column of an unknown or missing setting, [`Error::Setting`]; [`Error::Backup`] where a
    /// restore was begun and not finished.
    pub fn read(path: &Path) -> Result<Self> {
        crate::backup::must_be_finished(path)?;
        Self::read_unfinished(path)
    }

    /// As [`Self::read`], for the restore itself.
    pub(crate) fn read_unfinished(path: &Path) -> Result<Self> {
        let text = files::read_text(path, MAX_CONFIG)?;
        let toml = |source| Error::Toml {
            path: path.to_owned(),
            source: Box::new(source),
        };
        let mut table: toml::Table = text.parse().map_err(toml)?;
        let config: Self = match environment::lay_over(&mut table, std::env::vars()) {
            true => table.try_into().map_err(toml)?,
            // Read as text: an error names its line.
            false => toml::from_str(&text).map_err(toml)?,
        };
        config.serve.check()?;
        let folder = path.parent().unwrap_or(Path::new(""));
        Ok(Self {
            store: match is_address(&config.store) {
                true => config.store,
                false => folder.join(config.store).display().to_string(),
            },
            jobs: folder.join(config.jobs),
            pki: config.pki.map(|pki| folder.join(pki)),
            intake: folder.join(config.intake),
            signing: config.signing.within(folder),
            serve: config.serve.within(folder),
            relying: config.relying.within(folder),
            telemetry: config.telemetry.within(folder),
        })
    }

    /// Opens the register. Of several servers it is the one that goes on from where this machine has written last.
    ///
    /// # Errors
    /// [`Error::Register`] with its place, never with a password; [`Error::RegisterGone`] where keys or packets of one are there.
    pub async fn open_store(&self) -> Result<AnyStore> {
        if self.is_database() {
            files::make_private_folder(&self.intake)?;
        }
        let opened = AnyStore::open_with(&self.store, Some(&self.server_memory())).await;
        let place = self.store_name();
        opened.map_err(|source| match source {
            StoreError::Missing | StoreError::Blank if self.was_used() => {
                Error::RegisterGone { place, source }
            }
            source => Error::Register { place, source },
        })
    }

    /// The file that says which server of a database was written to last.
    pub(crate) fn server_memory(&self) -> PathBuf {
        self.intake.join(SERVER_MEMORY)
    }

    /// Whether the register is in a database.
    #[must_use]
    pub(crate) fn is_database(&self) -> bool {
        is_address(&self.store)
    }

    /// Where the register is, without what is secret in an address.
    #[must_use]
    pub fn store_name(&self) -> String {
        match self.is_database() {
            true => address::shown(&self.store),
            false => self.store.clone(),
        }
    }

    /// Files and folders that it names and that are no part of the service: each with its setting.
    pub(crate) fn named_files(&self) -> Vec<(&'static str, &Path)> {
        let oidc = self.serve.oidc.as_ref();
        let nats = self.relying.nats.as_ref();
        let named = [
            ("pki", self.pki.as_ref()),
            ("signing.secret-file", self.signing.secret_file.as_ref()),
            ("serve.password-file", self.serve.password_file.as_ref()),
            (
                "serve.oidc.client-secret-file",
                oidc.and_then(|oidc| oidc.client_secret_file.as_ref()),
            ),
            (
                "serve.oidc.authorities",
                oidc.and_then(|oidc| oidc.authorities.as_ref()),
            ),
            (
                "relying.webhook-authorities",
                self.relying.webhook_authorities.as_ref(),
            ),
            (
                "relying.nats.credentials",
                nats.and_then(|nats| nats.credentials.as_ref()),
            ),
            (
                "relying.nats.authorities",
                nats.and_then(|nats| nats.authorities.as_ref()),
            ),
            (
                "relying.nats.certificate",
                nats.and_then(|nats| nats.certificate.as_ref()),
            ),
            ("relying.nats.key", nats.and_then(|nats| nats.key.as_ref())),
        ];
        named
            .into_iter()
            .filter_map(|(setting, path)| Some((setting, path?.as_path())))
            .collect()
    }

    /// The document signers, if anything is signed here.
    ///
    /// # Errors
    /// [`Error::File`] for the file with the secret; as [`Signers::open`].
    pub fn signers(&self, randomness: Arc<Randomness>) -> Result<Option<Signers>> {
        let open = |pki: &PathBuf| Signers::open(pki, self.signing.secret()?, randomness);
        self.pki.as_ref().map(open).transpose()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_start_from_the_file_and_unknown_settings_are_named() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join(CONFIG);
        let check = |text: &str| {
            std::fs::write(&path, text).unwrap();
            Config::read(&path)
        };
        let config = check("store = \"r.sqlite\"\njobs = \"/jobs\"\npki = \"../pki\"\n").unwrap();
        let register = folder.path().join("r.sqlite");
        assert_eq!(config.store, register.display().to_string());
        assert_eq!(config.jobs, Path::new("/jobs"));
        assert_eq!(config.pki, Some(folder.path().join("../pki")));
        let desk = check("store = \"r.sqlite\"\njobs = \"jobs\"\n").unwrap();
        assert_eq!(desk.pki, None);
        for text in ["store = \"x\"", "shop = 1", "store"] {
            assert!(matches!(check(text), Err(Error::Toml { .. })), "{text}");
        }
    }
}
