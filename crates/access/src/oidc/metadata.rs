//! What a provider says of itself (OpenID Connect Discovery 1.0 §3).

use serde::Deserialize;

use super::{HttpClient, OidcFault, OidcSettings, Unreachable, is_acceptable_url, json};

#[derive(Deserialize)]
pub(super) struct Metadata {
    issuer: String,
    authorization_endpoint: String,
    token_endpoint: String,
    jwks_uri: String,
    #[serde(default)]
    token_endpoint_auth_methods_supported: Option<Vec<String>>,
    #[serde(default)]
    authorization_response_iss_parameter_supported: bool,
}

impl Metadata {
    pub(super) fn fetch(settings: &OidcSettings, http: &dyn HttpClient) -> Result<Self, OidcFault> {
        let url = format!(
            "{}/.well-known/openid-configuration",
            settings.issuer.trim_end_matches('/')
        );
        let answer = http
            .get_json(&url)
            .map_err(|Unreachable| OidcFault::Unreachable)?;
        let metadata: Self = json(&answer, OidcFault::Metadata)?;
        let urls = [
            &metadata.authorization_endpoint,
            &metadata.token_endpoint,
            &metadata.jwks_uri,
        ];
        if metadata.issuer != settings.issuer || !urls.iter().all(|url| is_acceptable_url(url)) {
            return Err(OidcFault::Metadata);
        }
        Ok(metadata)
    }

    pub(super) fn authorization_endpoint(&self) -> &str {
        &self.authorization_endpoint
    }

    pub(super) fn token_endpoint(&self) -> &str {
        &self.token_endpoint
    }

    pub(super) fn jwks_uri(&self) -> &str {
        &self.jwks_uri
    }

    /// Whether answers must say whose they are (RFC 9207).
    pub(super) const fn names_issuer(&self) -> bool {
        self.authorization_response_iss_parameter_supported
    }

    /// Whether the secret goes into a header; that is the default (RFC 8414 §2).
    pub(super) fn takes_basic(&self) -> bool {
        let methods = self.token_endpoint_auth_methods_supported.as_ref();
        methods.is_none_or(|methods| methods.iter().any(|method| method == "client_secret_basic"))
    }
}
