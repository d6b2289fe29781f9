//! `[relying]`: what insurers, banks and other registers meet.

use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use crate::Result;
use crate::relying::receiver::{Reach, Receiver};

/// Octets of a bundle of authorities.
const MAX_AUTHORITIES: usize = 4 * 1024 * 1024;

/// `[relying]`. Relative paths start from the folder of the configuration.
///
/// ```toml
/// [relying]
/// address = "https://register.example"
/// number-profile = "vn-can-cuoc-2024"
/// webhook-authorities = "/etc/ssl/certs/ca-certificates.crt"
/// ```
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", default)]
pub struct RelyingConfig {
    /// Where this service is reached: status lists are named by it, for ever.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub address: Option<String>,
    /// The issuer profile whose personal numbers newborns get; the first one with numbers where nothing is said.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub number_profile: Option<String>,
    /// The authorities (PEM) that vouch for webhooks. Without them there are none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub webhook_authorities: Option<PathBuf>,
    /// Whether webhooks may lead into private networks.
    pub webhooks_in_private_networks: bool,
    /// Whether webhooks may lead to this machine, without TLS: for demonstrations.
    pub webhooks_on_loopback: bool,
}

impl RelyingConfig {
    pub(super) fn within(self, folder: &Path) -> Self {
        Self {
            webhook_authorities: self.webhook_authorities.map(|path| folder.join(path)),
            ..self
        }
    }

    /// The line to webhooks, if there are to be any.
    ///
    /// # Errors
    /// [`crate::Error::File`], [`crate::Error::Access`].
    pub fn receiver(&self) -> Result<Option<Receiver>> {
        let reach = Reach {
            private: self.webhooks_in_private_networks,
            plain_loopback: false,
        };
        match &self.webhook_authorities {
            _ if self.webhooks_on_loopback => Ok(Some(Receiver::for_loopback())),
            Some(path) => Ok(Some(Receiver::new(
                &crate::files::read(path, MAX_AUTHORITIES)?,
                reach,
            )?)),
            None => Ok(None),
        }
    }
}
