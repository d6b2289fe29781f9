//! The issuer's service: `POST /v1/chip-verifications` over HTTPS, with the certificate that it has given to this device.
//!
//! | file of the device folder | content |
//! |---|---|
//! | `device.key` | its private key, PKCS#8 in PEM |
//! | `device.crt` | its certificate |
//! | `authority.crt` | who is trusted on the way to the service, and nobody else |

use std::path::Path;
use std::time::Duration;

use access::http_client;
use anyhow::{Context as _, Result};
use crypto::SecretBytes;
use inspection::document_status::{Revoked, Said};
use serde::Deserialize;
use serde_json::json;
use ureq::Agent;

use super::Place;
use crate::exit::Problem;
use crate::{files, pem};

/// How long a counter waits for the whole of an answer.
const PATIENCE: Duration = Duration::from_secs(4);
/// Longest answer.
const MAX_ANSWER: u64 = 64 << 10;
/// Longest file of the device folder.
const MAX_PEM: usize = 64 << 10;
/// How an address begins.
const SCHEME: &str = "https://";

/// The service.
#[derive(Debug)]
pub struct Service {
    agent: Agent,
    url: String,
    purpose: String,
    patience: Duration,
}

/// What the service has told.
#[derive(Debug, PartialEq, Eq)]
pub struct Told {
    /// Whether the document may be used.
    pub said: Said,
    /// Where it stands in the lists.
    pub place: Option<Place>,
}

impl Service {
    /// The service at an address, asked by a device for a purpose.
    ///
    /// # Errors
    /// An address that is none, a folder that is not complete.
    pub fn new(address: &str, device: &Path, purpose: &str) -> Result<Self> {
        let base = address.strip_suffix('/').unwrap_or(address);
        let host = base.strip_prefix(SCHEME).unwrap_or_default();
        if host.is_empty()
            || host.contains(['/', '?', '#', '@'])
            || host.contains(char::is_whitespace)
        {
            return Err(Problem::usage(
                format!("{address} is no address of a service"),
                "https://HOST:PORT, and nothing behind it",
            ));
        }
        let read = |name: &str| {
            let path = device.join(name);
            let content = files::read_at_most(&path, MAX_PEM)?;
            Ok::<_, anyhow::Error>((SecretBytes::new(content), path.display().to_string()))
        };
        let certificate = |name: &str| {
            let (content, path) = read(name)?;
            pem::certificate(content.expose()).context(path)
        };
        let (key, path) = read("device.key")?;
        let key = pem::private_key(key.expose()).context(path)?;
        let agent = http_client::device_agent(
            &certificate("authority.crt")?,
            &[certificate("device.crt")?],
            &key,
        );
        Ok(Self {
            agent: agent.with_context(|| device.display().to_string())?,
            url: format!("{base}/v1/chip-verifications"),
            purpose: purpose.to_owned(),
            patience: PATIENCE,
        })
    }

    /// Asks for a document by the SHA-256 of its EF.SOD, in hexadecimal digits; or why there was no answer.
    pub fn ask(&self, digest: &str, chip_is_genuine: Option<bool>) -> Result<Told, String> {
        let question = json!({
            "security_object_sha256": digest,
            "chip_genuine": match chip_is_genuine {
                Some(true) => "passed",
                Some(false) => "failed",
                None => "not-done",
            },
            "purpose": self.purpose,
        });
        let request = self.agent.post(&self.url);
        let request = request.header("content-type", "application/json");
        let request = request.config().timeout_global(Some(self.patience)).build();
        let mut answer = request
            .send(question.to_string())
            .map_err(|error| format!("the service cannot be asked: {error}"))?;
        let body = answer.body_mut().with_config().limit(MAX_ANSWER);
        let body = body
            .read_to_vec()
            .map_err(|error| format!("the answer broke off: {error}"))?;
        match answer.status().as_u16() {
            200 => understand(&body),
            status => Err(refusal(status, &body)),
        }
    }

    /// With less patience, for tests.
    #[cfg(test)]
    pub const fn patient(mut self, patience: Duration) -> Self {
        self.patience = patience;
        self
    }
}

/// The members of the answer that count here.
#[derive(Deserialize)]
struct Written {
    overall: String,
    status: String,
    #[serde(default)]
    ended: Option<String>,
    #[serde(default)]
    status_list: Option<Place>,
}

/// Only a document that is valid in all is called so; a word that is not known is no answer.
pub(super) fn understand(body: &[u8]) -> Result<Told, String> {
    let written: Written =
        serde_json::from_slice(body).map_err(|_| "the answer cannot be understood".to_owned())?;
    let said = match (written.overall.as_str(), written.status.as_str()) {
        ("valid", "valid") => Said::Valid,
        (_, "suspended") => Said::Suspended,
        (_, "ended") => Said::Revoked(revoked(written.ended.as_deref())),
        (_, "not-in-field") => Said::NotInField,
        (_, "unknown") => Said::Unknown,
        ("not-genuine", "valid") => Said::Changed,
        _ => return Err("the answer has a word that is not known here".to_owned()),
    };
    Ok(Told {
        said,
        place: written.status_list,
    })
}

fn revoked(word: Option<&str>) -> Revoked {
    match word {
        Some("lost-or-stolen") => Revoked::LostOrStolen,
        Some("replaced") => Revoked::Replaced,
        Some("withdrawn") => Revoked::Withdrawn,
        Some("expired") => Revoked::Expired,
        Some("unusable") => Revoked::Unusable,
        _ => Revoked::Unsaid,
    }
}

/// The words of a problem (RFC 9457), if it is one.
fn refusal(status: u16, body: &[u8]) -> String {
    #[derive(Deserialize)]
    struct Refused {
        title: String,
    }
    match serde_json::from_slice::<Refused>(body) {
        Ok(Refused { title }) => format!("the service refuses: {title} ({status})"),
        Err(_) => format!("the service refuses ({status})"),
    }
}
