//! An inspection system's folder, as a reader uses it: its certificates, and its key with them.

use core::error::Error;
use std::path::Path;

use anyhow::{Context as _, Result};
use authorization_pki::{EntityKind, TerminalCredentials};
use crypto::CryptoRng;
use inspection::{Terminal, TerminalKey};
use protocols::terminal_authentication::SignatureScheme;
use time::OffsetDateTime;

use super::{EntityFolder, EntityKey, KeySecret};

/// An inspection system that is open.
pub struct OpenTerminal {
    credentials: TerminalCredentials,
    key: EntityKey,
}

impl OpenTerminal {
    /// Opens the key of the folder's valid certificate. The folder is free again afterwards: other readers may use it, too.
    pub fn open(
        folder: &Path,
        secret: &KeySecret<'_>,
        now: OffsetDateTime,
        rng: &mut dyn CryptoRng,
    ) -> Result<Self> {
        let (open, entity) = EntityFolder::open(folder, EntityKind::InspectionSystem)?;
        let (own, credentials) = entity
            .credentials(now)
            .with_context(|| folder.display().to_string())?;
        let key = open.open_key(own, &secret.ask()?, rng)?;
        credentials.check_key(key.public())?;
        Ok(Self { credentials, key })
    }

    /// What an inspection takes.
    pub fn terminal(&self) -> Terminal<'_> {
        Terminal {
            certificates: self.credentials.certificates(),
            name: self.credentials.terminal(),
            key: &self.key,
        }
    }
}

impl TerminalKey for EntityKey {
    fn sign(
        &self,
        scheme: SignatureScheme,
        message: &[u8],
    ) -> Result<Vec<u8>, Box<dyn Error + Send + Sync>> {
        Ok(self.signature(scheme, message)?)
    }
}
