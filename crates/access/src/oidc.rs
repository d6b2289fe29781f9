//! Signing in at an identity provider: OpenID Connect Core 1.0, authorization code flow, with PKCE (RFC 7636), `state` and `nonce`.
//!
//! 1. [`Provider::discover`] reads the provider's metadata and keys, once for the process.
//! 2. [`SignIn::generate`] makes the secret of one sign-in. It goes into a cookie; `state`, `nonce` and the PKCE verifier follow
//!    from it, so that nothing is stored here and a flood of beginnings costs nothing.
//! 3. [`Provider::authorization_url`] is where the browser goes; it comes back with a [`Callback`].
//! 4. [`Provider::finish`] gets the ID token for the code and verifies it. What comes out is an [`OidcIdentity`].
//!
//! The line to the provider is an [`HttpClient`]; [`crate::http_client`] is the real one.

mod claims;
mod fault;
mod keys;
mod metadata;
mod settings;

use std::sync::{Mutex, PoisonError};

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use crypto::{CryptoRng, HashAlgorithm, constant_time_eq};
use serde::Deserialize;
use time::OffsetDateTime;
use zeroize::Zeroizing;

use crate::Result;
use crate::secret_token::SecretToken;
use keys::KeySet;
use metadata::Metadata;

pub use claims::OidcIdentity;
pub use fault::OidcFault;
pub use settings::{OidcSettings, is_acceptable_url};

/// Octets of an answer of the provider at most.
pub const MAX_ANSWER: usize = 1024 * 1024;
/// Octets of a code, a state or another word of a callback at most.
const MAX_WORD: usize = 4096;

/// An answer of the provider.
pub struct HttpAnswer {
    /// The status code of HTTP.
    pub status: u16,
    /// The body, of [`MAX_ANSWER`] octets at most.
    pub body: Zeroizing<Vec<u8>>,
}

/// A request that could not be sent, or an answer that could not be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Unreachable;

/// The line to the provider. It blocks: a service calls from a thread that may wait.
pub trait HttpClient: Send + Sync {
    /// GET, for JSON.
    ///
    /// # Errors
    /// [`Unreachable`].
    fn get_json(&self, url: &str) -> core::result::Result<HttpAnswer, Unreachable>;

    /// POST of a form (`application/x-www-form-urlencoded`, written already), with a value for `Authorization`.
    ///
    /// # Errors
    /// [`Unreachable`].
    fn post_form(
        &self,
        url: &str,
        authorization: Option<&str>,
        form: &str,
    ) -> core::result::Result<HttpAnswer, Unreachable>;
}

/// The secret of one sign-in, for the cookie [`crate::session::OIDC_COOKIE_NAME`].
pub struct SignIn(SecretToken);

impl SignIn {
    /// Begins one.
    #[must_use]
    pub fn generate(rng: &mut dyn CryptoRng) -> Self {
        Self(SecretToken::generate(rng))
    }

    /// From the cookie.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        SecretToken::parse(text).map(Self)
    }

    /// For the cookie.
    #[must_use]
    pub fn to_text(&self) -> Zeroizing<String> {
        self.0.to_text()
    }

    fn state(&self) -> String {
        self.word(b"card-toolchain oidc state")
    }

    fn nonce(&self) -> String {
        self.word(b"card-toolchain oidc nonce")
    }

    /// 43 characters, as RFC 7636 §4.1 wants at least.
    fn verifier(&self) -> String {
        self.word(b"card-toolchain oidc verifier")
    }

    fn challenge(&self) -> String {
        URL_SAFE_NO_PAD.encode(HashAlgorithm::Sha256.digest(self.verifier().as_bytes()))
    }

    fn word(&self, purpose: &[u8]) -> String {
        URL_SAFE_NO_PAD.encode(self.0.derived(purpose))
    }
}

/// What the browser brings back: the query of the redirect URI.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
pub struct Callback {
    /// The code, when all went well.
    pub code: Option<String>,
    /// The state that was sent.
    pub state: Option<String>,
    /// Who answers (RFC 9207).
    pub iss: Option<String>,
    /// Why not, when it did not.
    pub error: Option<String>,
}

/// A provider whose metadata and keys are known.
pub struct Provider {
    settings: OidcSettings,
    metadata: Metadata,
    keys: Mutex<KeySet>,
}

#[derive(Deserialize)]
struct TokenAnswer {
    id_token: String,
}

impl Provider {
    /// Reads metadata and keys (OpenID Connect Discovery 1.0 §4).
    ///
    /// # Errors
    /// [`OidcFault`].
    pub fn discover(
        settings: OidcSettings,
        http: &dyn HttpClient,
        now: OffsetDateTime,
    ) -> Result<Self> {
        settings.check()?;
        let metadata = Metadata::fetch(&settings, http)?;
        let keys = Mutex::new(KeySet::fetch(metadata.jwks_uri(), http, now)?);
        Ok(Self {
            settings,
            metadata,
            keys,
        })
    }

    /// Where the browser is sent. `afresh` asks the provider to have the person prove again who he is, for a step-up.
    #[must_use]
    pub fn authorization_url(&self, sign_in: &SignIn, afresh: bool) -> String {
        let scope = self.settings.scope();
        let (state, nonce, challenge) = (sign_in.state(), sign_in.nonce(), sign_in.challenge());
        let mut query = vec![
            ("response_type", "code"),
            ("client_id", self.settings.client_id.as_str()),
            ("redirect_uri", self.settings.redirect_uri.as_str()),
            ("scope", scope.as_str()),
            ("state", state.as_str()),
            ("nonce", nonce.as_str()),
            ("code_challenge", challenge.as_str()),
            ("code_challenge_method", "S256"),
        ];
        if afresh {
            query.extend([("prompt", "login"), ("max_age", "0")]);
        }
        let endpoint = self.metadata.authorization_endpoint();
        let joint = if endpoint.contains('?') { '&' } else { '?' };
        format!("{endpoint}{joint}{}", form(&query).as_str())
    }

    /// Gets the ID token for the code and verifies it (OpenID Connect Core 1.0 §3.1.3.7). Keys that the provider has changed
    /// are fetched once.
    ///
    /// # Errors
    /// [`OidcFault`].
    pub fn finish(
        &self,
        sign_in: &SignIn,
        callback: &Callback,
        http: &dyn HttpClient,
        now: OffsetDateTime,
    ) -> Result<OidcIdentity> {
        let code = self.check_callback(sign_in, callback)?;
        let token = self.exchange(sign_in, code, http)?;
        let claims = self.verified_claims(&token, http, now)?;
        claims.check(&self.settings, &sign_in.nonce(), now)
    }

    fn check_callback<'a>(
        &self,
        sign_in: &SignIn,
        callback: &'a Callback,
    ) -> Result<&'a str, OidcFault> {
        let state = callback.state.as_deref().unwrap_or_default();
        if !constant_time_eq(state.as_bytes(), sign_in.state().as_bytes()) {
            return Err(OidcFault::State);
        }
        let issuer = callback.iss.as_deref();
        if issuer.is_some_and(|issuer| issuer != self.settings.issuer)
            || issuer.is_none() && self.metadata.names_issuer()
        {
            return Err(OidcFault::AnswerOfAnother);
        }
        if callback.error.is_some() {
            return Err(OidcFault::Refused);
        }
        let code = callback
            .code
            .as_deref()
            .filter(|code| (1..=MAX_WORD).contains(&code.len()));
        code.ok_or(OidcFault::NoCode)
    }

    fn exchange(
        &self,
        sign_in: &SignIn,
        code: &str,
        http: &dyn HttpClient,
    ) -> Result<Zeroizing<String>, OidcFault> {
        let verifier = Zeroizing::new(sign_in.verifier());
        let secret = self.settings.client_secret_text()?;
        let mut fields = vec![
            ("grant_type", "authorization_code"),
            ("code", code),
            ("redirect_uri", self.settings.redirect_uri.as_str()),
            ("code_verifier", verifier.as_str()),
        ];
        let mut authorization = None;
        match secret {
            // RFC 6749 §2.3.1: both halves are encoded as in a form.
            Some(secret) if self.metadata.takes_basic() => {
                let pair = Zeroizing::new(format!(
                    "{}:{}",
                    encoded(&self.settings.client_id),
                    encoded(secret)
                ));
                authorization = Some(Zeroizing::new(format!(
                    "Basic {}",
                    STANDARD.encode(pair.as_bytes())
                )));
            }
            Some(secret) => fields.extend([
                ("client_id", self.settings.client_id.as_str()),
                ("client_secret", secret),
            ]),
            None => fields.push(("client_id", self.settings.client_id.as_str())),
        }
        let authorization = authorization.as_ref().map(|text| text.as_str());
        let answer = http
            .post_form(
                self.metadata.token_endpoint(),
                authorization,
                &form(&fields),
            )
            .map_err(|Unreachable| OidcFault::Unreachable)?;
        if answer.status != 200 || answer.body.len() > MAX_ANSWER {
            return Err(OidcFault::CodeRefused {
                status: answer.status,
            });
        }
        let answer: TokenAnswer =
            serde_json::from_slice(&answer.body).map_err(|_| OidcFault::TokenAnswer)?;
        Ok(Zeroizing::new(answer.id_token))
    }

    fn verified_claims(
        &self,
        token: &str,
        http: &dyn HttpClient,
        now: OffsetDateTime,
    ) -> Result<claims::Claims, OidcFault> {
        let mut keys = self.keys.lock().unwrap_or_else(PoisonError::into_inner);
        match keys.verify(token) {
            Err(OidcFault::UnknownKey) if keys.may_be_fetched(now) => {
                *keys = KeySet::fetch(self.metadata.jwks_uri(), http, now)?;
                keys.verify(token)
            }
            verified => verified,
        }
    }
}

/// Fields as `application/x-www-form-urlencoded`; blanks as `%20`, which every reader takes.
fn form(fields: &[(&str, &str)]) -> Zeroizing<String> {
    let pairs: Vec<String> = fields
        .iter()
        .map(|(name, value)| format!("{name}={}", encoded(value)))
        .collect();
    Zeroizing::new(pairs.join("&"))
}

/// Percent-encoding of everything but the unreserved characters (RFC 3986 §2.3).
fn encoded(text: &str) -> String {
    let mut encoded = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            encoded.push(char::from(byte));
        } else {
            encoded.push('%');
            encoded.push_str(&hex::encode_upper([byte]));
        }
    }
    encoded
}

/// Reads JSON of an answer that must be there.
fn json<T: for<'de> Deserialize<'de>>(
    answer: &HttpAnswer,
    otherwise: OidcFault,
) -> Result<T, OidcFault> {
    if answer.status != 200 || answer.body.len() > MAX_ANSWER {
        return Err(otherwise);
    }
    serde_json::from_slice(&answer.body).map_err(|_| otherwise)
}
