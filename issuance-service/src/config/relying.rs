//! `[relying]`: what insurers, banks and other registers meet.

use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use super::NatsConfig;
use crate::Result;
use crate::relying::carriers::Carriers;
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
    /// The stream of NATS, if there is one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub nats: Option<NatsConfig>,
}

impl RelyingConfig {
    pub(super) fn within(self, folder: &Path) -> Self {
        Self {
            webhook_authorities: self.webhook_authorities.map(|path| folder.join(path)),
            nats: self.nats.map(|nats| nats.within(folder)),
            ..self
        }
    }

    /// The lines by which changes are brought.
    ///
    /// # Errors
    /// [`crate::Error::File`], [`crate::Error::Access`], [`crate::Error::Setting`].
    pub fn carriers(&self) -> Result<Carriers> {
        Ok(Carriers {
            webhooks: self.receiver()?,
            nats: self.nats.as_ref().map(NatsConfig::line).transpose()?,
        })
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
