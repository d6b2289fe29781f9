//! The key that signs status lists: P-256, in the key folder of the service, made when it is not there.
//!
//! It has no certificate. Verifiers on line take the public key from `/.well-known/jwks.json`; those off line are given the same file with
//! their software, and keep it.

use std::path::Path;
use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use crypto::{CryptoRng, EcParameters, HashAlgorithm, PublicKey, SecretBytes};
use key_store::{KeyLocation, KeyProfile};
use pki::Signer;
use serde::Serialize;
use utoipa::ToSchema;

use super::{Fault, Result};

/// The file of the key.
pub const STATUS_KEY: &str = "status.key";
/// P-256, which every verifier's software knows.
const PROFILE: &str = "ecdsa-p256";
/// Octets of a coordinate on P-256.
const COORDINATE: usize = 32;

/// Opens the key in a folder, or makes it.
///
/// # Errors
/// [`crate::Error::ServiceKey`] for a wrong password.
pub fn open(
    folder: &Path,
    password: &SecretBytes,
    rng: &mut dyn CryptoRng,
) -> crate::Result<Arc<dyn Signer>> {
    let path = folder.join(STATUS_KEY);
    let profile = KeyProfile::by_word(PROFILE)?;
    let is_there = path.exists();
    let location = KeyLocation::File(path);
    Ok(match is_there {
        true => key_store::open(&location, &profile, password, rng)?,
        false => key_store::generate(&location, &profile, password, rng)?,
    })
}

/// A public key as JOSE writes it (RFC 7517 §4, RFC 7518 §6.2.1).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Jwk {
    /// `EC`
    pub kty: &'static str,
    /// `P-256`
    pub crv: &'static str,
    /// The first coordinate.
    pub x: String,
    /// The second one.
    pub y: String,
    /// The name of the key: its thumbprint (RFC 7638).
    pub kid: String,
    /// `ES256`
    pub alg: &'static str,
    /// `sig`
    #[serde(rename = "use")]
    pub usage: &'static str,
}

/// A set of them (RFC 7517 §5).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Jwks {
    /// The keys.
    pub keys: Vec<Jwk>,
}

impl Jwk {
    /// Of a key on P-256.
    ///
    /// # Errors
    /// [`Fault::Crypto`].
    pub fn of(key: &PublicKey) -> Result<Self> {
        let other = || Fault::Crypto(crypto::Error::Malformed("a key on P-256"));
        let spki = key.to_spki(EcParameters::Named)?;
        // The point stands last: 04, then both coordinates (SEC 1 §2.3.3).
        let at = spki
            .len()
            .checked_sub(2 * COORDINATE + 1)
            .ok_or_else(other)?;
        let (0x04, point) = spki
            .get(at..)
            .and_then(<[u8]>::split_first)
            .ok_or_else(other)
            .map(|(form, point)| (*form, point))?
        else {
            return Err(other());
        };
        let (x, y) = point.split_at_checked(COORDINATE).ok_or_else(other)?;
        let (x, y) = (URL_SAFE_NO_PAD.encode(x), URL_SAFE_NO_PAD.encode(y));
        // The members in this order, without blanks (RFC 7638 §3.2).
        let text = format!(r#"{{"crv":"P-256","kty":"EC","x":"{x}","y":"{y}"}}"#);
        let kid = URL_SAFE_NO_PAD.encode(HashAlgorithm::Sha256.digest(text.as_bytes()));
        Ok(Self {
            kty: "EC",
            crv: "P-256",
            x,
            y,
            kid,
            alg: "ES256",
            usage: "sig",
        })
    }
}
