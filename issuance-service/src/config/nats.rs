//! `[relying.nats]`: the stream into which changes are brought.

use std::net::IpAddr;
use std::path::{Path, PathBuf};

use async_nats::ServerAddr;
use serde::{Deserialize, Serialize};

use crate::relying::nats::{Nats, Place};
use crate::{Error, Result};

/// `[relying.nats]`. Relative paths start from the folder of the configuration.
///
/// ```toml
/// [relying.nats]
/// url = "tls://nats.example:4222"
/// stream = "REGISTER"
/// prefix = "register.changes"
/// credentials = "/run/secrets/register.creds"
/// authorities = "/etc/ssl/certs/ca-certificates.crt"
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct NatsConfig {
    /// `tls://host:4222`, several with commas; `nats://` on loopback only.
    pub url: String,
    /// The name of the stream. Where there is none it is made.
    #[serde(default = "stream")]
    pub stream: String,
    /// What all subjects begin with; the party and the kind follow.
    #[serde(default = "prefix")]
    pub prefix: String,
    /// The file with the user's token and key, as `nsc` writes it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub credentials: Option<PathBuf>,
    /// The authorities (PEM) that vouch for the server.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub authorities: Option<PathBuf>,
    /// The certificate (PEM) that is shown to the server.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub certificate: Option<PathBuf>,
    /// Its key (PEM).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub key: Option<PathBuf>,
}

fn stream() -> String {
    "REGISTER".to_owned()
}

fn prefix() -> String {
    "register.changes".to_owned()
}

impl NatsConfig {
    pub(super) fn within(self, folder: &Path) -> Self {
        let complete = |path: Option<PathBuf>| path.map(|path| folder.join(path));
        Self {
            credentials: complete(self.credentials),
            authorities: complete(self.authorities),
            certificate: complete(self.certificate),
            key: complete(self.key),
            ..self
        }
    }

    /// The line; nothing is connected yet.
    ///
    /// # Errors
    /// [`Error::Setting`] with the setting that cannot work.
    pub fn line(&self) -> Result<Nats> {
        let urls = self.url.split(',').map(str::trim);
        let servers: Option<Vec<ServerAddr>> = urls
            .clone()
            .map(|url| is_guarded(url).then(|| url.parse().ok()).flatten())
            .collect();
        let servers = servers.ok_or(Error::Setting(
            "relying.nats.url: tls://host:port; nats://127.0.0.1:port on this machine only",
        ))?;
        if urls.clone().any(|url| url.starts_with("tls:")) && self.authorities.is_none() {
            return Err(Error::Setting(
                "relying.nats.authorities: who vouches for the server",
            ));
        }
        let is_word = |text: &str| {
            (1..=64).contains(&text.len())
                && text
                    .bytes()
                    .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'))
        };
        if !is_word(&self.stream) {
            return Err(Error::Setting("relying.nats.stream: letters, digits, - _"));
        }
        if self.prefix.len() > 128 || !self.prefix.split('.').all(is_word) {
            return Err(Error::Setting(
                "relying.nats.prefix: words of letters, digits, - _ with points between",
            ));
        }
        let identity = match (&self.certificate, &self.key) {
            (Some(certificate), Some(key)) => Some((certificate.clone(), key.clone())),
            (None, None) => None,
            _ => {
                return Err(Error::Setting(
                    "relying.nats: certificate and key belong together",
                ));
            }
        };
        Ok(Nats::new(Place {
            servers,
            stream: self.stream.clone(),
            prefix: self.prefix.clone(),
            credentials: self.credentials.clone(),
            authorities: self.authorities.clone(),
            identity,
        }))
    }
}

/// TLS, or this machine. Names and passwords do not stand in addresses: they would be in every log.
fn is_guarded(url: &str) -> bool {
    if url.contains('@') {
        return false;
    }
    if let Some(host) = url.strip_prefix("tls://") {
        return !host.is_empty();
    }
    let Some(host) = url.strip_prefix("nats://") else {
        return false;
    };
    let host = host.rsplit_once(':').map_or(host, |(host, _)| host);
    let host = host.trim_start_matches('[').trim_end_matches(']');
    host.parse::<IpAddr>()
        .is_ok_and(|address| address.is_loopback())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn settings_that_cannot_work_are_named() {
        let check = |text: &str, holds: bool| {
            let config: NatsConfig = toml::from_str(text).unwrap();
            assert_eq!(config.line().is_ok(), holds, "{text}");
        };
        check("url = \"nats://127.0.0.1:4222\"", true);
        check("url = \"nats://[::1]:4222\"", true);
        check(
            "url = \"tls://a.example:4222,tls://b.example:4222\"\nauthorities = \"ca.pem\"",
            true,
        );
        for text in [
            "url = \"\"",
            "url = \"tls://a.example:4222\"",
            "url = \"nats://a.example:4222\"",
            "url = \"nats://10.0.0.1:4222\"",
            "url = \"nats://user:word@127.0.0.1:4222\"",
            "url = \"tls://a.example,nats://b.example\"\nauthorities = \"ca.pem\"",
            "url = \"nats://127.0.0.1\"\nstream = \"a.b\"",
            "url = \"nats://127.0.0.1\"\nprefix = \"a.>\"",
            "url = \"nats://127.0.0.1\"\nprefix = \"a..b\"",
            "url = \"nats://127.0.0.1\"\nkey = \"k\"",
        ] {
            check(text, false);
        }
    }
}
