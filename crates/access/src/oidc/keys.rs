//! The provider's keys, and signatures by them (RFC 7515, RFC 7517). The library verifies; here is decided which key and which
//! algorithm may be.

use jsonwebtoken::errors::ErrorKind;
use jsonwebtoken::jwk::{AlgorithmParameters, EllipticCurve, Jwk, PublicKeyUse};
use jsonwebtoken::{Algorithm, DecodingKey, Header, Validation, decode, decode_header};
use serde::Deserialize;
use serde_json::Value;
use time::{Duration, OffsetDateTime};

use super::claims::Claims;
use super::{HttpClient, OidcFault, Unreachable, json};

/// Octets of an ID token at most.
const MAX_TOKEN: usize = 16 * 1024;
/// Keys of a provider at most.
const MAX_KEYS: usize = 64;
/// Keys are fetched again for an unknown one, but not more often.
const FETCHED_EVERY: Duration = Duration::MINUTE;

/// Keys that verify, as published at one time.
pub(super) struct KeySet {
    keys: Vec<Jwk>,
    fetched: OffsetDateTime,
}

#[derive(Deserialize)]
struct Published {
    keys: Vec<Value>,
}

impl KeySet {
    pub(super) fn fetch(
        url: &str,
        http: &dyn HttpClient,
        now: OffsetDateTime,
    ) -> Result<Self, OidcFault> {
        let answer = http
            .get_json(url)
            .map_err(|Unreachable| OidcFault::Unreachable)?;
        let published: Published = json(&answer, OidcFault::Keys)?;
        // A key of a kind that is not known here stands in nobody's way.
        let read = published
            .keys
            .into_iter()
            .take(MAX_KEYS)
            .filter_map(|key| serde_json::from_value::<Jwk>(key).ok());
        let keys: Vec<Jwk> = read
            .filter(|key| is_for_signatures(key) && !algorithms(key).is_empty())
            .collect();
        if keys.is_empty() {
            return Err(OidcFault::Keys);
        }
        Ok(Self { keys, fetched: now })
    }

    pub(super) fn may_be_fetched(&self, now: OffsetDateTime) -> bool {
        now - self.fetched >= FETCHED_EVERY
    }

    /// The claims of a token that one of the keys signed. Only the signature is verified here.
    pub(super) fn verify(&self, token: &str) -> Result<Claims, OidcFault> {
        if token.len() > MAX_TOKEN {
            return Err(OidcFault::Malformed);
        }
        let header = decode_header(token).map_err(|error| unreadable(error.kind(), token))?;
        let is_jwt = header
            .typ
            .as_deref()
            .is_none_or(|typ| typ.eq_ignore_ascii_case("jwt"));
        if header.crit.is_some() || !is_jwt {
            return Err(OidcFault::Malformed);
        }
        let key = self.key_of(&header)?;
        let key = DecodingKey::from_jwk(key).map_err(|_| OidcFault::Keys)?;
        let verified = decode::<Claims>(token, &key, &signature_only(header.alg));
        verified
            .map(|token| token.claims)
            .map_err(|error| match error.kind() {
                ErrorKind::InvalidSignature => OidcFault::Signature,
                ErrorKind::InvalidAlgorithm => OidcFault::Algorithm,
                _ => OidcFault::Malformed,
            })
    }

    /// The key that the header names; without a name, the only one that fits.
    fn key_of(&self, header: &Header) -> Result<&Jwk, OidcFault> {
        if !TAKEN.contains(&header.alg) {
            return Err(OidcFault::Algorithm);
        }
        let named: Vec<&Jwk> = match header.kid.as_deref() {
            Some(kid) => self
                .keys
                .iter()
                .filter(|key| key.common.key_id.as_deref() == Some(kid))
                .collect(),
            None => self.keys.iter().collect(),
        };
        if named.is_empty() {
            return Err(OidcFault::UnknownKey);
        }
        let mut fitting = named
            .into_iter()
            .filter(|key| algorithms(key).contains(&header.alg));
        let key = fitting.next().ok_or(OidcFault::Algorithm)?;
        if header.kid.is_none() && fitting.next().is_some() {
            return Err(OidcFault::UnknownKey);
        }
        Ok(key)
    }
}

/// Signatures by public keys. `none` and shared secrets are not among them.
const TAKEN: [Algorithm; 9] = [
    Algorithm::RS256,
    Algorithm::RS384,
    Algorithm::RS512,
    Algorithm::PS256,
    Algorithm::PS384,
    Algorithm::PS512,
    Algorithm::ES256,
    Algorithm::ES384,
    Algorithm::EdDSA,
];

/// What a key may verify, by its own kind and by what the provider says of it.
fn algorithms(key: &Jwk) -> Vec<Algorithm> {
    let by_kind: &[Algorithm] = match &key.algorithm {
        AlgorithmParameters::RSA(_) => TAKEN.get(..6).unwrap_or_default(),
        AlgorithmParameters::EllipticCurve(key) => match key.curve {
            EllipticCurve::P256 => &[Algorithm::ES256],
            EllipticCurve::P384 => &[Algorithm::ES384],
            _ => &[],
        },
        AlgorithmParameters::OctetKeyPair(key) if key.curve == EllipticCurve::Ed25519 => {
            &[Algorithm::EdDSA]
        }
        _ => &[],
    };
    let said = key.common.key_algorithm.map(|said| said.to_string());
    let fits = |algorithm: &&Algorithm| {
        said.as_ref()
            .is_none_or(|said| *said == format!("{algorithm:?}"))
    };
    by_kind.iter().filter(fits).copied().collect()
}

fn is_for_signatures(key: &Jwk) -> bool {
    matches!(
        key.common.public_key_use,
        None | Some(PublicKeyUse::Signature)
    )
}

/// The library would ask the system for the time; everything but the signature is checked by [`Claims::check`].
fn signature_only(algorithm: Algorithm) -> Validation {
    let mut validation = Validation::new(algorithm);
    validation.required_spec_claims.clear();
    validation.validate_exp = false;
    validation.validate_nbf = false;
    validation.validate_aud = false;
    validation
}

/// A header that names an algorithm unknown to the library, `none` among them, is unreadable to it.
fn unreadable(kind: &ErrorKind, token: &str) -> OidcFault {
    match kind {
        ErrorKind::Json(_) if token.split('.').count() == 3 => OidcFault::Algorithm,
        _ => OidcFault::Malformed,
    }
}
