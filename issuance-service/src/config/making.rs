//! `init`: the folder of a service, or the register of a configuration that somebody has written.

use std::fs;
use std::path::{Path, PathBuf};

use register::store::{AnyStore, StoreError};

use super::{
    CONFIG, Config, RelyingConfig, ServeConfig, SigningConfig, TelemetryConfig, intake_folder,
};
use crate::{Error, Result, files};

impl Config {
    /// Makes the folder of a service: a register, a folder for jobs, and last the configuration, so that a folder with one is
    /// complete. A run that was interrupted is gone on with. Where there is a configuration and never was a register, that is made.
    ///
    /// # Errors
    /// [`Error::Exists`] when there is a configuration with its register already, [`Error::RegisterGone`] when keys or packets of a register are
    /// there and it is not; [`Error::File`], [`Error::Store`].
    pub async fn init(folder: &Path, pki: Option<&Path>) -> Result<PathBuf> {
        let path = folder.join(CONFIG);
        if path.exists() {
            let config = Self::read(&path)?;
            // What is there stays as it is: an issuer is named by it.
            if pki.is_some() || config.is_database() || !config.has_no_register().await? {
                return Err(Error::Exists(path));
            }
            files::make_private_folder(&config.jobs)?;
            AnyStore::create(&config.store).await?.close().await;
            return Ok(path);
        }
        let config = Self {
            store: "register.sqlite".into(),
            jobs: "jobs".into(),
            pki: pki
                .map(|pki| pki.canonicalize().map_err(|source| files::at(pki, source)))
                .transpose()?,
            intake: intake_folder(),
            signing: SigningConfig::default(),
            serve: ServeConfig::default(),
            relying: RelyingConfig::default(),
            telemetry: TelemetryConfig::default(),
        };
        files::make_private_folder(folder)?;
        let complete = Self {
            store: folder.join(&config.store).display().to_string(),
            intake: folder.join(&config.intake),
            serve: config.serve.clone().within(folder),
            ..config.clone()
        };
        complete.has_no_register().await?;
        files::make_private_folder(&folder.join(&config.jobs))?;
        AnyStore::create(&complete.store).await?.close().await;
        let text = toml::to_string(&config).map_err(|_| Error::NotText(path.clone()))?;
        files::write_private(&path, text.as_bytes())?;
        Ok(path)
    }

    /// Whether one may be made.
    async fn has_no_register(&self) -> Result<bool> {
        match self.open_store().await {
            Ok(store) => {
                store.close().await;
                Ok(false)
            }
            Err(Error::Register {
                source: StoreError::Missing | StoreError::Blank,
                ..
            }) => Ok(true),
            Err(error) => Err(error),
        }
    }

    /// Whether a register was worked with: its keys or its packets are there. They come after it.
    pub(super) fn was_used(&self) -> bool {
        let folders = [
            self.serve.keys.clone(),
            self.intake.join("keys"),
            self.intake.join("packets"),
        ];
        folders
            .iter()
            .any(|folder| fs::read_dir(folder).is_ok_and(|mut files| files.next().is_some()))
    }
}
