//! Compact JWS (RFC 7515 §7.1) with ES256 and ES384 (RFC 7518 §3.4), and nothing else of JOSE.
//!
//! ```text
//! base64url(header) . base64url(payload) . base64url(r ‖ s)
//! ```
//!
//! A room of its own because our keys sign through [`pki::Signer`]: they lie in tokens and behind a ledger of uses, and a library for JWTs
//! wants the bytes of the key. What such libraries got wrong is not possible here (RFC 8725 §3.1, §3.11): the algorithm follows from the
//! **key**, and the header must agree; the kind of the token (`typ`) is asked for by the caller; keys in headers are never used; a header
//! with `crit` is refused. There is no `none` and no HMAC.

mod header;

pub use header::Header;

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use crypto::{Curve, HashAlgorithm, KeyKind, PublicKey, SignatureAlgorithm, ecdsa_der_to_plain};
use pki::Signer;

use crate::Result;

/// The longest JWS that is read: a list of a million entries of two bits that cannot be compressed, twice in base64, and room.
pub const MAX_JWS_BYTES: usize = 1024 * 1024;
/// The longest header: a chain of certificates.
pub const MAX_HEADER_BYTES: usize = 32 * 1024;
/// The most certificates of a header.
pub const MAX_CERTIFICATES: usize = 8;

/// The two algorithms of this crate. Each belongs to one curve and one hash.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Algorithm {
    /// ECDSA on P-256 with SHA-256.
    Es256,
    /// ECDSA on P-384 with SHA-384.
    Es384,
}

impl Algorithm {
    /// The one algorithm of a key.
    ///
    /// # Errors
    /// [`JwsFault::KeyKind`] for a key on neither curve.
    pub fn of_key(key: &PublicKey) -> core::result::Result<Self, JwsFault> {
        match key.kind() {
            KeyKind::Ec(Curve::P256) => Ok(Self::Es256),
            KeyKind::Ec(Curve::P384) => Ok(Self::Es384),
            KeyKind::Ec(_) | KeyKind::Rsa(_) => Err(JwsFault::KeyKind),
        }
    }

    /// Its name (RFC 7518 §3.1).
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Es256 => "ES256",
            Self::Es384 => "ES384",
        }
    }

    const fn curve(self) -> Curve {
        match self {
            Self::Es256 => Curve::P256,
            Self::Es384 => Curve::P384,
        }
    }

    const fn hash(self) -> HashAlgorithm {
        match self {
            Self::Es256 => HashAlgorithm::Sha256,
            Self::Es384 => HashAlgorithm::Sha384,
        }
    }
}

/// What is wrong with a JWS.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum JwsFault {
    /// Longer than any that is read.
    #[error("longer than {0} bytes")]
    TooLong(usize),
    /// Not three parts.
    #[error("not three parts with dots between them")]
    Parts,
    /// A part that is not base64url without padding.
    #[error("a part is not base64url without padding")]
    Base64,
    /// The header is not JSON, or says a thing twice; line and column count from 1.
    #[error("the header is not readable at line {line}, column {column}")]
    Header {
        /// Line.
        line: usize,
        /// Column.
        column: usize,
    },
    /// A header that must not be understood without an extension.
    #[error("the header has `crit`: it asks for an extension that is not known")]
    Critical,
    /// A chain of certificates that is too long or not in base64.
    #[error("the header's `x5c` is not 1 to {0} certificates in base64")]
    Certificates(usize),
    /// Another algorithm than the key's.
    #[error("the header names another algorithm than the one of the key")]
    Algorithm,
    /// A token of another kind.
    #[error("the header's `typ` is of another kind of token")]
    Type,
    /// The key has no algorithm here.
    #[error("only keys on P-256 (ES256) and P-384 (ES384) sign here")]
    KeyKind,
    /// The signature is wrong.
    #[error("the signature is wrong: altered, or signed by another key")]
    Signature,
}

/// Signs a payload. The algorithm is the one of the key.
///
/// # Errors
/// [`JwsFault::KeyKind`] for a key or algorithm that has no name here, [`JwsFault::Certificates`], [`JwsFault::TooLong`],
/// [`crate::Error::Signer`].
pub fn sign(header: &Header, payload: &[u8], signer: &dyn Signer) -> Result<String> {
    let algorithm = Algorithm::of_key(signer.public_key())?;
    if signer.algorithm() != SignatureAlgorithm::Ecdsa(algorithm.hash()) {
        return Err(JwsFault::KeyKind.into());
    }
    let header = URL_SAFE_NO_PAD.encode(header.write(algorithm)?);
    let mut text = format!("{header}.{}", URL_SAFE_NO_PAD.encode(payload));
    let signature = signer.sign(text.as_bytes())?;
    let plain = ecdsa_der_to_plain(algorithm.curve(), &signature)?;
    text.push('.');
    text.push_str(&URL_SAFE_NO_PAD.encode(plain));
    if text.len() > MAX_JWS_BYTES {
        return Err(JwsFault::TooLong(MAX_JWS_BYTES).into());
    }
    Ok(text)
}

/// A JWS that was read and not verified. Its header may be looked at, to find the key; its payload may not.
#[derive(Debug, Clone)]
pub struct Unverified<'a> {
    header: Header,
    algorithm: String,
    signed: &'a str,
    payload: &'a str,
    signature: &'a str,
}

/// The payload of a JWS that the key has signed. Comes from [`Unverified::verify`] only.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Verified {
    /// What the header says, signed too.
    pub header: Header,
    /// The octets that were signed.
    pub payload: Vec<u8>,
}

impl<'a> Unverified<'a> {
    /// Reads a compact JWS.
    ///
    /// # Errors
    /// [`JwsFault`], whatever is wrong with its form.
    pub fn parse(text: &'a str) -> core::result::Result<Self, JwsFault> {
        if text.len() > MAX_JWS_BYTES {
            return Err(JwsFault::TooLong(MAX_JWS_BYTES));
        }
        let (signed, signature) = text.rsplit_once('.').ok_or(JwsFault::Parts)?;
        let (header, payload) = signed.split_once('.').ok_or(JwsFault::Parts)?;
        if payload.contains('.') {
            return Err(JwsFault::Parts);
        }
        if header.len() > MAX_HEADER_BYTES {
            return Err(JwsFault::TooLong(MAX_HEADER_BYTES));
        }
        let (header, algorithm) = Header::read(&octets(header)?)?;
        Ok(Self {
            header,
            algorithm,
            signed,
            payload,
            signature,
        })
    }

    /// What the header says. Good for choosing a key among those that are trusted, and for nothing else.
    #[must_use]
    pub const fn header(&self) -> &Header {
        &self.header
    }

    /// Verifies with a key that is trusted, and asks for the kind of the token.
    ///
    /// # Errors
    /// [`JwsFault::Algorithm`], [`JwsFault::Type`], [`JwsFault::Base64`], [`JwsFault::Signature`], [`JwsFault::KeyKind`].
    pub fn verify(self, key: &PublicKey, typ: &str) -> core::result::Result<Verified, JwsFault> {
        self.check_signature(key)?;
        if !self.header.is_of_type(typ) {
            return Err(JwsFault::Type);
        }
        Ok(Verified {
            header: self.header,
            payload: octets(self.payload)?,
        })
    }

    fn check_signature(&self, key: &PublicKey) -> core::result::Result<(), JwsFault> {
        let algorithm = Algorithm::of_key(key)?;
        if self.algorithm != algorithm.name() {
            return Err(JwsFault::Algorithm);
        }
        let signature = octets(self.signature)?;
        key.verify_plain_ecdsa(algorithm.hash(), self.signed.as_bytes(), &signature)
            .map_err(|_| JwsFault::Signature)
    }
}

fn octets(part: &str) -> core::result::Result<Vec<u8>, JwsFault> {
    URL_SAFE_NO_PAD.decode(part).map_err(|_| JwsFault::Base64)
}

fn certificate(text: &str) -> Option<Vec<u8>> {
    STANDARD.decode(text).ok().filter(|der| !der.is_empty())
}

#[cfg(test)]
mod tests;
