//! TLS 1.3 between the service and its devices, on AWS-LC (RFC 8446).
//!
//! [`server_config`] asks devices for a certificate of this service's authority and refuses revoked ones; [`TlsListener`] hands
//! connections to axum with the [`crate::DeviceIdentity`] of the other end; [`client_config`] is the device's half.

mod connection;
mod listener;
mod verifier;

use core::fmt;
use std::sync::Arc;
use std::time::Duration as StdDuration;

use crypto::SecretBytes;
use rustls::crypto::CryptoProvider;
use rustls::pki_types::{CertificateDer, PrivateKeyDer, PrivatePkcs8KeyDer, UnixTime};
use rustls::server::NoServerSessionStorage;
use rustls::time_provider::TimeProvider;
use rustls::{ClientConfig, RootCertStore, ServerConfig};
use time::OffsetDateTime;

use crate::Result;
use crate::device::RevokedDevices;
use verifier::DeviceVerifier;

pub use connection::{Peer, TlsConnection};
pub use listener::{CONNECTIONS, CONNECTIONS_PER_ADDRESS, TlsLimits, TlsListener};

/// The one protocol that is spoken inside.
const ALPN_HTTP_1_1: &[u8] = b"http/1.1";

/// Tells the time to the TLS library, which asks during handshakes.
pub trait Clock: Send + Sync + fmt::Debug {
    /// The time.
    fn now(&self) -> OffsetDateTime;
}

/// A clock as the library wants it.
#[derive(Debug)]
struct LibraryClock(Arc<dyn Clock>);

impl TimeProvider for LibraryClock {
    fn current_time(&self) -> Option<UnixTime> {
        let seconds = u64::try_from(self.0.now().unix_timestamp()).ok()?;
        Some(UnixTime::since_unix_epoch(StdDuration::from_secs(seconds)))
    }
}

/// What the server wants of the other end.
#[derive(Debug, Clone)]
pub enum ClientCertificates {
    /// Nothing: pages for browsers.
    None,
    /// Whoever has a certificate of the authority is a device; whoever has none may come in all the same.
    Optional(DeviceTrust),
    /// Nobody without one.
    Required(DeviceTrust),
}

/// Which certificates are devices'.
#[derive(Debug, Clone)]
pub struct DeviceTrust {
    /// The authority's certificate in DER.
    pub authority: Vec<u8>,
    /// The revoked ones.
    pub revoked: Arc<dyn RevokedDevices>,
}

/// One cryptography for all of TLS, chosen here and not by the process.
pub(crate) fn provider() -> Arc<CryptoProvider> {
    Arc::new(rustls::crypto::aws_lc_rs::default_provider())
}

/// The server's half. TLS 1.3 only. Sessions are not resumed: a resumed one would not look at the list of revoked certificates.
///
/// `chain` is DER, the server's own certificate first; `private_key` is PKCS#8 in DER.
///
/// # Errors
/// [`crate::Error::Tls`] when key and certificate do not fit, or the authority's certificate cannot be read.
pub fn server_config(
    chain: Vec<Vec<u8>>,
    private_key: &SecretBytes,
    clients: ClientCertificates,
    clock: Arc<dyn Clock>,
) -> Result<Arc<ServerConfig>> {
    let clock: Arc<dyn TimeProvider> = Arc::new(LibraryClock(clock));
    let builder = ServerConfig::builder_with_details(provider(), clock)
        .with_protocol_versions(&[&rustls::version::TLS13])?;
    let builder = match clients {
        ClientCertificates::None => builder.with_no_client_auth(),
        ClientCertificates::Optional(trust) => {
            builder.with_client_cert_verifier(DeviceVerifier::new(trust, false)?)
        }
        ClientCertificates::Required(trust) => {
            builder.with_client_cert_verifier(DeviceVerifier::new(trust, true)?)
        }
    };
    let chain = chain.into_iter().map(CertificateDer::from).collect();
    let mut config = builder.with_single_cert(chain, pkcs8(private_key))?;
    config.session_storage = Arc::new(NoServerSessionStorage {});
    config.send_tls13_tickets = 0;
    config.alpn_protocols = vec![ALPN_HTTP_1_1.to_vec()];
    Ok(Arc::new(config))
}

/// The device's half: trusts one authority, shows its certificate. For an HTTP client that takes a configuration of `rustls`.
///
/// `authority` and `chain` are DER, `private_key` is PKCS#8 in DER.
///
/// # Errors
/// [`crate::Error::Tls`] when key and certificate do not fit, or the authority's certificate cannot be read.
pub fn client_config(
    authority: &[u8],
    identity: Option<(Vec<Vec<u8>>, &SecretBytes)>,
    clock: Arc<dyn Clock>,
) -> Result<Arc<ClientConfig>> {
    let clock: Arc<dyn TimeProvider> = Arc::new(LibraryClock(clock));
    let builder = ClientConfig::builder_with_details(provider(), clock)
        .with_protocol_versions(&[&rustls::version::TLS13])?
        .with_root_certificates(roots(authority)?);
    let mut config = match identity {
        Some((chain, key)) => {
            let chain = chain.into_iter().map(CertificateDer::from).collect();
            builder.with_client_auth_cert(chain, pkcs8(key))?
        }
        None => builder.with_no_client_auth(),
    };
    config.alpn_protocols = vec![ALPN_HTTP_1_1.to_vec()];
    Ok(Arc::new(config))
}

fn roots(authority: &[u8]) -> Result<Arc<RootCertStore>> {
    let mut roots = RootCertStore::empty();
    roots.add(CertificateDer::from(authority.to_vec()))?;
    Ok(Arc::new(roots))
}

fn pkcs8(key: &SecretBytes) -> PrivateKeyDer<'static> {
    PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(key.expose().to_vec()))
}
