//! `[serve]`: how the service is served.

use std::net::{Ipv4Addr, SocketAddr};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use access::http_client::ProviderClient;
use access::oidc::OidcSettings;
use access::tls::{CONNECTIONS, CONNECTIONS_PER_ADDRESS};
use access::{Role, SessionLimits};
use crypto::SecretBytes;
use serde::{Deserialize, Serialize};
use time::Duration;

use crate::api::IdentityProvider;
use crate::api::telemetry::{LogFormat, LogLevel};
use crate::places::LEAST_ROOM_MIB;
use crate::{Error, Result, files};

/// The port where nothing is said.
const PORT: u16 = 8443;
/// Octets of a file with a password.
const MAX_PASSWORD: usize = 4096;
/// Octets of a bundle of authorities.
const MAX_AUTHORITIES: usize = 4 * 1024 * 1024;
/// The longest session.
const MAX_SESSION_MINUTES: u32 = 24 * 60;

/// `[serve]`. Relative paths start from the folder of the configuration.
///
/// ```toml
/// [serve]
/// listen = "0.0.0.0:8443"
/// hosts = ["register.example", "10.1.2.3"]
/// name = "TEST register"
/// password-file = "/run/secrets/register"
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", default)]
pub struct ServeConfig {
    /// Where connections are accepted.
    pub listen: SocketAddr,
    /// Names and addresses of this server, in its certificate.
    pub hosts: Vec<String>,
    /// The name of the service, in authenticators and certificates, and of its audit log.
    pub name: String,
    /// The folder of the service's keys.
    pub keys: PathBuf,
    /// The file with the password of the keys. Without it they are plain, for the owner only.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub password_file: Option<PathBuf>,
    /// Where a scraper on this machine reads measurements without signing in; loopback only.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub metrics: Option<SocketAddr>,
    /// The word of this data centre, for blocks of personal numbers.
    pub data_centre: String,
    /// Tasks of each kind that are worked on at once.
    pub workers: u16,
    /// Connections at once.
    pub connections: usize,
    /// Connections at once with one address. A proxy in front of the service is one address.
    pub connections_per_address: usize,
    /// The form of log lines.
    pub log_format: LogFormat,
    /// How much is told.
    pub log_level: LogLevel,
    /// Free space in MiB, where the service writes, under which it is not ready.
    pub least_room_mib: u32,
    /// How long sessions last.
    pub sessions: SessionConfig,
    /// The identity provider.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub oidc: Option<OidcConfig>,
}

impl Default for ServeConfig {
    fn default() -> Self {
        Self {
            listen: (Ipv4Addr::LOCALHOST, PORT).into(),
            hosts: vec!["localhost".to_owned(), "127.0.0.1".to_owned()],
            name: "Issuance service".to_owned(),
            keys: "keys".into(),
            password_file: None,
            metrics: None,
            data_centre: "a".to_owned(),
            workers: 2,
            connections: CONNECTIONS,
            connections_per_address: CONNECTIONS_PER_ADDRESS,
            log_format: LogFormat::Json,
            log_level: LogLevel::Info,
            least_room_mib: LEAST_ROOM_MIB,
            sessions: SessionConfig::default(),
            oidc: None,
        }
    }
}

/// `[serve.sessions]`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", default)]
pub struct SessionConfig {
    /// Without use, in minutes.
    pub idle_minutes: u32,
    /// Altogether, in minutes.
    pub absolute_minutes: u32,
    /// After the second factor was shown, in minutes.
    pub step_up_minutes: u32,
}

impl Default for SessionConfig {
    fn default() -> Self {
        let SessionLimits {
            idle,
            absolute,
            step_up,
        } = SessionLimits::default();
        let minutes = |time: Duration| u32::try_from(time.whole_minutes()).unwrap_or_default();
        Self {
            idle_minutes: minutes(idle),
            absolute_minutes: minutes(absolute),
            step_up_minutes: minutes(step_up),
        }
    }
}

/// `[serve.oidc]`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct OidcConfig {
    /// The provider's issuer identifier, to the letter.
    pub issuer: String,
    /// The service's name there.
    pub client_id: String,
    /// The file with the service's secret there.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub client_secret_file: Option<PathBuf>,
    /// Where the browser comes back to: `https://…/v1/sessions/oidc/callback`.
    pub redirect_uri: String,
    /// Scopes beside `openid`.
    #[serde(default)]
    pub scopes: Vec<String>,
    /// The claim with words for roles. What it does not name, an account may not hold.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub role_claim: Option<String>,
    /// Which word is which role.
    #[serde(default)]
    pub role_words: Vec<(String, Role)>,
    /// Words of `amr` that say that a second factor was shown.
    #[serde(default)]
    pub second_factor_words: Vec<String>,
    /// Authorities that are trusted on the way to the provider, in PEM; none for a provider on loopback.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub authorities: Option<PathBuf>,
}

impl ServeConfig {
    /// Where the service is reached, where nobody says it: its first host and its port.
    #[must_use]
    pub fn address(&self) -> String {
        let host = self.hosts.first().map_or("localhost", String::as_str);
        format!("https://{host}:{}", self.listen.port())
    }

    /// With complete paths.
    pub(super) fn within(mut self, folder: &Path) -> Self {
        let complete = |path: &mut PathBuf| *path = folder.join(&*path);
        complete(&mut self.keys);
        self.password_file.as_mut().map(complete);
        if let Some(oidc) = &mut self.oidc {
            oidc.client_secret_file.as_mut().map(complete);
            oidc.authorities.as_mut().map(complete);
        }
        self
    }

    /// Looks whether it can work.
    ///
    /// # Errors
    /// [`Error::Setting`] with the setting that cannot.
    pub fn check(&self) -> Result<()> {
        let sessions = &self.sessions;
        let minutes = [
            sessions.idle_minutes,
            sessions.absolute_minutes,
            sessions.step_up_minutes,
        ];
        let name = (1..=40).contains(&self.name.chars().count())
            && !self.name.contains([':', '/'])
            && !self.name.chars().any(char::is_control);
        let centre = self
            .data_centre
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric())
            && (1..=16).contains(&self.data_centre.len());
        let checks = [
            (
                !self.hosts.is_empty() && self.hosts.len() <= 20,
                "serve.hosts: 1 to 20 names or addresses",
            ),
            (name, "serve.name: 1 to 40 characters without ':' and '/'"),
            (centre, "serve.data-centre: 1 to 16 letters and digits"),
            (
                self.metrics
                    .is_none_or(|metrics| metrics.ip().is_loopback()),
                "serve.metrics: an address of loopback",
            ),
            ((1..=64).contains(&self.workers), "serve.workers: 1 to 64"),
            (
                (1..=65536).contains(&self.connections),
                "serve.connections: 1 to 65536",
            ),
            (
                (1..=65536).contains(&self.connections_per_address),
                "serve.connections-per-address: 1 to 65536",
            ),
            (
                minutes
                    .iter()
                    .all(|minutes| (1..=MAX_SESSION_MINUTES).contains(minutes)),
                "serve.sessions: 1 to 1440 minutes each",
            ),
        ];
        match checks.iter().find(|(fits, _)| !fits) {
            Some((_, what)) => Err(Error::Setting(what)),
            None => Ok(()),
        }
    }

    /// How long sessions last.
    #[must_use]
    pub fn session_limits(&self) -> SessionLimits {
        let minutes = |minutes: u32| Duration::minutes(minutes.into());
        SessionLimits {
            idle: minutes(self.sessions.idle_minutes),
            absolute: minutes(self.sessions.absolute_minutes),
            step_up: minutes(self.sessions.step_up_minutes),
        }
    }

    /// The password of the keys: the first line of its file, or none.
    ///
    /// # Errors
    /// [`Error::File`], [`Error::TooLong`].
    pub fn password(&self) -> Result<SecretBytes> {
        self.password_file
            .as_deref()
            .map_or_else(|| Ok(SecretBytes::from([])), first_line)
    }
}

impl OidcConfig {
    /// The provider, which is asked when the first person comes by it.
    ///
    /// # Errors
    /// [`Error::File`], [`Error::Access`] when no authority is in the file.
    pub fn provider(&self) -> Result<IdentityProvider> {
        let secret = self
            .client_secret_file
            .as_deref()
            .map(first_line)
            .transpose()?;
        let client = match &self.authorities {
            Some(path) => ProviderClient::new(&files::read(path, MAX_AUTHORITIES)?)?,
            None => ProviderClient::for_loopback(),
        };
        let config = self.clone();
        let settings = move || OidcSettings {
            issuer: config.issuer.clone(),
            client_id: config.client_id.clone(),
            client_secret: secret.as_ref().map(SecretBytes::duplicate),
            redirect_uri: config.redirect_uri.clone(),
            scopes: config.scopes.clone(),
            role_claim: config.role_claim.clone(),
            role_words: config.role_words.clone(),
            second_factor_words: config.second_factor_words.clone(),
        };
        Ok(IdentityProvider::new(settings, Arc::new(client)))
    }
}

pub(super) fn first_line(path: &Path) -> Result<SecretBytes> {
    let content = SecretBytes::new(files::read(path, MAX_PASSWORD)?);
    let mut lines = content.expose().split(|byte| matches!(byte, b'\n' | b'\r'));
    Ok(SecretBytes::from(lines.next().unwrap_or_default()))
}
