//! `[telemetry]`: where traces go.

use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use crate::api::traces::Traces;
use crate::{Error, Result, files};

/// Octets of a bundle of authorities.
const MAX_AUTHORITIES: usize = 4 * 1024 * 1024;
/// The variables of OpenTelemetry that name a collector.
const ENDPOINTS: [&str; 2] = [
    "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT",
    "OTEL_EXPORTER_OTLP_ENDPOINT",
];

/// `[telemetry]`. Relative paths start from the folder of the configuration.
///
/// ```toml
/// [telemetry]
/// otlp = "http://127.0.0.1:4318"
/// ```
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", default)]
pub struct TelemetryConfig {
    /// The collector. Without it that of `OTEL_EXPORTER_OTLP_ENDPOINT`, or none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub otlp: Option<String>,
    /// The authorities (PEM) that vouch for a collector at `https://`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub authorities: Option<PathBuf>,
}

impl TelemetryConfig {
    pub(super) fn within(self, folder: &Path) -> Self {
        Self {
            authorities: self.authorities.map(|path| folder.join(path)),
            ..self
        }
    }

    /// The line to the collector, if one is named.
    ///
    /// # Errors
    /// [`Error::File`], [`Error::Access`], [`Error::Setting`].
    pub fn traces(&self) -> Result<Option<Traces>> {
        let said = ENDPOINTS
            .iter()
            .find_map(|name| std::env::var(name).ok().filter(|said| !said.is_empty()));
        let Some(address) = self.otlp.as_ref().or(said.as_ref()) else {
            return Ok(None);
        };
        let is_guarded = address.starts_with("https://");
        if !is_guarded && !address.starts_with("http://") {
            return Err(Error::Setting(
                "telemetry.otlp: the address of a collector, http://host:4318",
            ));
        }
        let pem = self
            .authorities
            .as_ref()
            .map(|path| files::read(path, MAX_AUTHORITIES))
            .transpose()?;
        if is_guarded && pem.is_none() {
            return Err(Error::Setting(
                "telemetry.authorities: who vouches for the collector",
            ));
        }
        Traces::start(self.otlp.as_deref(), pem.as_deref()).map(Some)
    }
}
