//! The real line to an identity provider and to a service of ours: HTTP by `ureq`, TLS by AWS-LC.
//!
//! Everything has an end: time, size, redirects (none are followed). No proxy is taken from the environment, and no root from the
//! system: which authorities are trusted is said by who starts the program.

use std::sync::Arc;
use std::time::Duration;

use crypto::SecretBytes;
use der::pem::LineEnding;
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject as _;
use ureq::Agent;
use ureq::config::Config;
use ureq::tls::{Certificate, ClientCert, PrivateKey, RootCerts, TlsConfig};
use ureq::unversioned::resolver::Resolver;
use ureq::unversioned::transport::DefaultConnector;
use zeroize::Zeroizing;

use crate::Result;
use crate::error::DeviceFault;
use crate::oidc::{HttpAnswer, HttpClient, MAX_ANSWER, Unreachable, is_acceptable_url};
use crate::tls::provider;

/// How long a whole exchange may take.
pub const TIMEOUT: Duration = Duration::from_secs(10);
/// How long it may take to be connected.
pub const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);
/// Octets of the header of an answer at most.
const MAX_HEADER: usize = 32 * 1024;

/// For identity providers.
pub struct ProviderClient(Agent);

impl ProviderClient {
    /// Trusts the authorities of a PEM file, such as the system's bundle.
    ///
    /// # Errors
    /// [`DeviceFault::Authority`] when there is no certificate in it.
    pub fn new(authorities_pem: &[u8]) -> Result<Self> {
        Ok(Self(agent(roots_of(authorities_pem)?, None)))
    }

    /// Trusts nobody: for a provider on this machine, by http.
    #[must_use]
    pub fn for_loopback() -> Self {
        Self(agent(Vec::new(), None))
    }
}

/// For a device that speaks to the service: trusts its authority only, shows the device's certificate. All DER, the key PKCS#8.
///
/// # Errors
/// [`DeviceFault::Key`] when the key is not one.
pub fn device_agent(
    authority: &[u8],
    chain: &[Vec<u8>],
    private_key: &SecretBytes,
) -> Result<Agent> {
    let chain: Vec<Certificate<'static>> = chain
        .iter()
        .map(|der| Certificate::from_der(der).to_owned())
        .collect();
    let pem = Zeroizing::new(
        der::pem::encode_string("PRIVATE KEY", LineEnding::LF, private_key.expose())
            .map_err(|_| DeviceFault::Key)?,
    );
    let key = PrivateKey::from_pem(pem.as_bytes()).map_err(|_| DeviceFault::Key)?;
    let roots = vec![Certificate::from_der(authority).to_owned()];
    Ok(agent(roots, Some(ClientCert::new_with_certs(&chain, key))))
}

/// For webhooks: trusts the authorities of a PEM file, and goes only where a resolver of the caller's leads.
///
/// # Errors
/// [`DeviceFault::Authority`] when there is no certificate in it.
pub fn agent_with_resolver(authorities_pem: &[u8], resolver: impl Resolver) -> Result<Agent> {
    let roots = roots_of(authorities_pem)?;
    Ok(Agent::with_parts(
        config(roots, None),
        DefaultConnector::default(),
        resolver,
    ))
}

/// The same without anybody to trust: for receivers on this machine, by http.
#[must_use]
pub fn loopback_agent_with_resolver(resolver: impl Resolver) -> Agent {
    Agent::with_parts(
        config(Vec::new(), None),
        DefaultConnector::default(),
        resolver,
    )
}

fn roots_of(authorities_pem: &[u8]) -> Result<Vec<Certificate<'static>>> {
    let read = CertificateDer::pem_slice_iter(authorities_pem).filter_map(core::result::Result::ok);
    let roots: Vec<Certificate<'static>> = read
        .map(|der| Certificate::from_der(&der).to_owned())
        .collect();
    if roots.is_empty() {
        return Err(DeviceFault::Authority.into());
    }
    Ok(roots)
}

fn agent(roots: Vec<Certificate<'static>>, identity: Option<ClientCert>) -> Agent {
    config(roots, identity).new_agent()
}

fn config(roots: Vec<Certificate<'static>>, identity: Option<ClientCert>) -> Config {
    let tls = TlsConfig::builder()
        .root_certs(RootCerts::Specific(Arc::new(roots)))
        .client_cert(identity)
        .unversioned_rustls_crypto_provider(provider())
        .build();
    Agent::config_builder()
        .tls_config(tls)
        .proxy(None)
        .max_redirects(0)
        .http_status_as_error(false)
        .timeout_global(Some(TIMEOUT))
        .timeout_connect(Some(CONNECT_TIMEOUT))
        .max_response_header_size(MAX_HEADER)
        .build()
}

impl HttpClient for ProviderClient {
    fn get_json(&self, url: &str) -> core::result::Result<HttpAnswer, Unreachable> {
        acceptable(url)?;
        answer(self.0.get(url).header("accept", "application/json").call())
    }

    fn post_form(
        &self,
        url: &str,
        authorization: Option<&str>,
        form: &str,
    ) -> core::result::Result<HttpAnswer, Unreachable> {
        acceptable(url)?;
        let mut request = self
            .0
            .post(url)
            .header("accept", "application/json")
            .header("content-type", "application/x-www-form-urlencoded");
        if let Some(authorization) = authorization {
            request = request.header("authorization", authorization);
        }
        answer(request.send(form))
    }
}

fn acceptable(url: &str) -> core::result::Result<(), Unreachable> {
    if is_acceptable_url(url) {
        Ok(())
    } else {
        Err(Unreachable)
    }
}

fn answer(
    result: core::result::Result<axum::http::Response<ureq::Body>, ureq::Error>,
) -> core::result::Result<HttpAnswer, Unreachable> {
    let mut response = result.map_err(|_| Unreachable)?;
    // The library refuses a body that reaches the limit.
    let limit = u64::try_from(MAX_ANSWER)
        .unwrap_or(u64::MAX)
        .saturating_add(1);
    let body = response.body_mut().with_config().limit(limit).read_to_vec();
    Ok(HttpAnswer {
        status: response.status().as_u16(),
        body: Zeroizing::new(body.map_err(|_| Unreachable)?),
    })
}
