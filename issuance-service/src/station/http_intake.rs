//! The line to the service: HTTPS with the certificate that the service has issued to this station, receipts by return.
//!
//! `PUT /v1/packets/{id}?sha256=…` brings a packet. The same again is no harm: a packet is counted once, by its id.
//!
//! | file of the device folder | content |
//! |---|---|
//! | `device.key` | its private key, PKCS#8 in PEM |
//! | `device.crt` | its certificate |
//! | `authority.crt` | who is trusted on the way to the service, and nobody else |

use std::fs::File;
use std::path::Path;
use std::sync::atomic::{AtomicU8, Ordering};
use std::time::Duration;

use access::http_client;
use crypto::SecretBytes;
use enrolment::packet::{MAX_RECEIPT_BYTES, SignedReceipt};
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, PrivatePkcs8KeyDer};
use time::OffsetDateTime;
use ureq::Agent;
use ureq::http::{Response, StatusCode};

use super::{Answer, Intake, Outgoing, StationError};
use crate::{Error, Result, files};

/// The folder in that of a station, where nobody names another one.
pub const DEVICE: &str = "device";
/// How an address begins. Packets are sealed, and still nobody but the service is to see who sends how many.
const SCHEME: &str = "https://";
/// Longest file of the device folder.
const MAX_PEM: usize = 64 << 10;
/// How long one packet may take: some megabytes on a slow line.
const PATIENCE: Duration = Duration::from_secs(300);
/// After so many packets in a row that did not get through, the line is down for the rest of the run.
const MAX_LOST: u8 = 3;

/// The service, reached by HTTPS.
#[derive(Debug)]
pub struct HttpIntake {
    agent: Agent,
    base: String,
    /// Packets in a row that did not get through.
    lost: AtomicU8,
}

impl HttpIntake {
    /// Whether somebody means an address and no folder.
    #[must_use]
    pub fn is_address(to: &str) -> bool {
        to.contains("://")
    }

    /// The service at an address such as `https://register.example:8443`, with the files of `issuance-service device issue`.
    ///
    /// # Errors
    /// [`StationError::NoAddress`]; [`Error::File`] and [`Error::Access`] for a device folder that is not complete.
    pub fn new(address: &str, device: &Path) -> Result<Self> {
        let base = address.strip_suffix('/').unwrap_or(address);
        let host = base.strip_prefix(SCHEME).unwrap_or_default();
        if host.is_empty()
            || host.contains(['/', '?', '#', '@'])
            || host.contains(char::is_whitespace)
        {
            return Err(StationError::NoAddress.into());
        }
        let authority = certificate(&device.join("authority.crt"))?;
        let own = certificate(&device.join("device.crt"))?;
        let agent =
            http_client::device_agent(&authority, &[own], &key(&device.join("device.key"))?)?;
        Ok(Self {
            agent,
            base: base.to_owned(),
            lost: AtomicU8::new(0),
        })
    }

    fn put(&self, packet: &Outgoing<'_>) -> Result<Answer> {
        let (file, length) = whole(packet)?;
        if self.lost.load(Ordering::Relaxed) >= MAX_LOST {
            return Err(StationError::LineDown { packet: packet.id }.into());
        }
        let url = format!(
            "{}/v1/packets/{}?sha256={}",
            self.base, packet.id, packet.digest
        );
        let request = self
            .agent
            .put(&url)
            .config()
            .timeout_global(Some(PATIENCE))
            .build();
        // A service that does not take it says so before megabytes are sent (RFC 9110 §10.1.1).
        let fields = [
            ("content-type", "application/octet-stream"),
            ("expect", "100-continue"),
        ];
        let request = fields.into_iter().fold(request, |request, (name, value)| {
            request.header(name, value)
        });
        let request = request.header("content-length", length);
        let sent = request.send(file).and_then(|mut answer| {
            let body = answer
                .body_mut()
                .with_config()
                .limit(MAX_RECEIPT_BYTES as u64)
                .read_to_vec()?;
            Ok((answer, body))
        });
        match sent {
            Ok((answer, body)) => {
                self.lost.store(0, Ordering::Relaxed);
                understand(packet, &answer, &body)
            }
            Err(source) => {
                self.lost.fetch_add(1, Ordering::Relaxed);
                Err(StationError::NotSent {
                    packet: packet.id,
                    source: Box::new(source),
                }
                .into())
            }
        }
    }
}

impl Intake for HttpIntake {
    async fn deliver(&self, packet: &Outgoing<'_>, _now: OffsetDateTime) -> Result<Answer> {
        // One packet after the other, and nothing else goes on in the program that sends.
        self.put(packet)
    }
}

/// A receipt, or a signed refusal; everything else is a word of the server and changes nothing.
fn understand<B>(packet: &Outgoing<'_>, answer: &Response<B>, body: &[u8]) -> Result<Answer> {
    let status = answer.status();
    let may_be_receipt = matches!(
        status,
        StatusCode::OK | StatusCode::CREATED | StatusCode::UNPROCESSABLE_ENTITY
    );
    match SignedReceipt::parse(body) {
        Ok(receipt) if may_be_receipt => Ok(Answer::Receipt(receipt)),
        _ => Err(StationError::NotTaken {
            packet: packet.id,
            status: status.as_u16(),
        }
        .into()),
    }
}

/// The file of a packet, if it is what was sealed, and its length in octets.
fn whole(packet: &Outgoing<'_>) -> Result<(File, u64)> {
    let (digest, length) = super::outbox::hash(packet.path)?;
    if digest != packet.digest {
        return Err(StationError::Damaged { packet: packet.id }.into());
    }
    let file = File::open(packet.path).map_err(|source| files::at(packet.path, source))?;
    Ok((file, length))
}

fn read(path: &Path) -> Result<Vec<u8>> {
    files::read(path, MAX_PEM)
}

fn certificate(path: &Path) -> Result<Vec<u8>> {
    let found = CertificateDer::from_pem_slice(&read(path)?);
    found
        .map(|certificate| certificate.to_vec())
        .map_err(|_| Error::from(StationError::NoCertificate(path.to_owned())))
}

fn key(path: &Path) -> Result<SecretBytes> {
    let text = SecretBytes::new(read(path)?);
    let found = PrivatePkcs8KeyDer::from_pem_slice(text.expose());
    let key = found.map_err(|_| Error::from(StationError::NoCertificate(path.to_owned())))?;
    Ok(SecretBytes::from(key.secret_pkcs8_der()))
}
