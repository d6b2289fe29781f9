//! What an operator says of his identity provider.

use std::net::IpAddr;

use axum::http::Uri;
use crypto::SecretBytes;

use super::OidcFault;
use crate::role::Role;

/// Which provider, and as whom the service speaks to it.
pub struct OidcSettings {
    /// The provider's issuer identifier, to the letter.
    pub issuer: String,
    /// The service's name there.
    pub client_id: String,
    /// The service's secret there; none for a public client.
    pub client_secret: Option<SecretBytes>,
    /// Where the browser comes back to, as registered there.
    pub redirect_uri: String,
    /// Scopes beside `openid`.
    pub scopes: Vec<String>,
    /// The claim that holds words for roles, with dots into objects: `realm_access.roles`. None: roles are given here.
    pub role_claim: Option<String>,
    /// Which word is which role. Other words mean nothing. [`Role::Administrator`] is never given by a claim.
    pub role_words: Vec<(String, Role)>,
    /// Words of `amr` (RFC 8176) that say that a second factor was shown.
    pub second_factor_words: Vec<String>,
}

impl OidcSettings {
    /// Looks whether they can work.
    pub(super) fn check(&self) -> Result<(), OidcFault> {
        let urls = is_acceptable_url(&self.issuer) && is_acceptable_url(&self.redirect_uri);
        if !urls || self.issuer.contains(['?', '#']) || self.client_id.is_empty() {
            return Err(OidcFault::Settings);
        }
        self.client_secret_text()?;
        if self
            .role_words
            .iter()
            .any(|(_, role)| *role == Role::Administrator)
        {
            return Err(OidcFault::AdministratorByClaim);
        }
        Ok(())
    }

    pub(super) fn scope(&self) -> String {
        let words = self
            .scopes
            .iter()
            .map(String::as_str)
            .filter(|scope| *scope != "openid");
        core::iter::once("openid")
            .chain(words)
            .collect::<Vec<_>>()
            .join(" ")
    }

    pub(super) fn client_secret_text(&self) -> Result<Option<&str>, OidcFault> {
        let text = self
            .client_secret
            .as_ref()
            .map(|secret| core::str::from_utf8(secret.expose()));
        text.transpose().map_err(|_| OidcFault::Settings)
    }
}

/// By https, or by http to this machine; without a user in it.
#[must_use]
pub fn is_acceptable_url(url: &str) -> bool {
    let Ok(uri) = url.parse::<Uri>() else {
        return false;
    };
    let (Some(scheme), Some(authority)) = (uri.scheme_str(), uri.authority()) else {
        return false;
    };
    if authority.as_str().contains('@') || authority.host().is_empty() {
        return false;
    }
    let host = authority
        .host()
        .trim_start_matches('[')
        .trim_end_matches(']');
    let is_loopback = host == "localhost"
        || host
            .parse::<IpAddr>()
            .is_ok_and(|address| address.is_loopback());
    scheme == "https" || scheme == "http" && is_loopback
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn which_urls_are_taken() {
        let cases = [
            ("https://idp.example/realm", true),
            ("http://127.0.0.1:8080", true),
            ("http://[::1]:8080/x", true),
            ("http://localhost/x", true),
            ("http://idp.example", false),
            ("http://localhost.example", false),
            ("https://user@idp.example", false),
            ("http://127.0.0.1@idp.example", false),
            ("file:///etc/passwd", false),
            ("idp.example", false),
            ("", false),
        ];
        for (url, want) in cases {
            assert_eq!(is_acceptable_url(url), want, "{url}");
        }
    }
}
