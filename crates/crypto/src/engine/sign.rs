//! Signing by AWS-LC.

use aws_lc_rs::rsa::KeyPair as RsaKeyPair;
use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_ASN1_SIGNING, ECDSA_P384_SHA384_ASN1_SIGNING, ECDSA_P521_SHA512_ASN1_SIGNING,
    EcdsaKeyPair, RSA_PKCS1_SHA256, RSA_PKCS1_SHA384, RSA_PKCS1_SHA512, RSA_PSS_SHA256,
    RSA_PSS_SHA384, RSA_PSS_SHA512, RsaSignatureEncoding,
};

use crate::{Curve, EcPrivateKey, Error, HashAlgorithm, PrivateKey, Result, SignatureAlgorithm};

/// Only a failing source of randomness or a key that is broken leads here: both end the signing, with no second try elsewhere.
const REFUSED: Error = Error::Misuse("the signing engine refused key or randomness");

/// A private key in the hands of AWS-LC: RSA from 2,048 bits with SHA-256 to SHA-512 (PKCS#1 v1.5, or PSS with a salt as long as
/// the hash), and P-256, P-384, P-521 with every hash.
///
/// AWS-LC draws the salts, the nonces and the blinding **itself**, from its own generator seeded by the operating system. A
/// signature can therefore not be reproduced: what must come out the same twice is signed by [`PrivateKey::sign`].
///
/// The key lies in memory of AWS-LC, whose allocator overwrites every block that is given back (`OPENSSL_free` cleanses), so that
/// nothing of it survives this value. What is passed in is a copy: the [`PrivateKey`] it was made of is wiped when that is
/// dropped, and so is the PKCS#8 form that RSA takes on its way here.
pub struct FastSigningKey {
    kind: Kind,
}

enum Kind {
    Rsa(RsaKeyPair),
    Ec(Curve, EcdsaKeyPair),
}

impl FastSigningKey {
    /// The same key for the fast engine; `None` when it takes no such key: another curve, RSA below 2,048 bits.
    #[must_use]
    pub fn new(key: &PrivateKey) -> Option<Self> {
        let kind = match key {
            PrivateKey::Rsa(_) => {
                Kind::Rsa(RsaKeyPair::from_pkcs8(key.to_pkcs8().ok()?.expose()).ok()?)
            }
            PrivateKey::Ec(key) => Kind::Ec(key.public().curve(), ec_key(key)?),
        };
        Some(Self { kind })
    }

    /// Whether [`Self::sign`] has the algorithm.
    #[must_use]
    pub fn has(&self, algorithm: &SignatureAlgorithm) -> bool {
        match &self.kind {
            Kind::Rsa(_) => rsa_encoding(algorithm).is_some(),
            Kind::Ec(..) => matches!(algorithm, SignatureAlgorithm::Ecdsa(_)),
        }
    }

    /// Signs a message; ECDSA signatures are DER. Any number of threads may sign at once.
    ///
    /// # Errors
    /// [`Error::Unsupported`] for an algorithm that it does not [have](Self::has); [`Error::Misuse`] when the engine fails.
    pub fn sign(&self, algorithm: &SignatureAlgorithm, message: &[u8]) -> Result<Vec<u8>> {
        const LACKING: Error = Error::Unsupported("signature algorithm of the fast engine");
        let hash = algorithm.hash();
        let prehash = hash.digest(message);
        match (&self.kind, algorithm) {
            (Kind::Rsa(key), _) => {
                let encoding = rsa_encoding(algorithm).ok_or(LACKING)?;
                let digest = super::rsa_digest(hash, &prehash).ok_or(LACKING)?;
                let mut signature = vec![0; key.public_modulus_len()];
                key.sign_digest(encoding, &digest, &mut signature)
                    .map_err(|_| REFUSED)?;
                Ok(signature)
            }
            (Kind::Ec(curve, key), SignatureAlgorithm::Ecdsa(_)) => {
                let digest = super::ecdsa_digest(*curve, &prehash).ok_or(LACKING)?;
                let signature = key.sign_digest(&digest).map_err(|_| REFUSED)?;
                Ok(signature.as_ref().to_vec())
            }
            (Kind::Ec(..), _) => Err(LACKING),
        }
    }
}

impl core::fmt::Debug for FastSigningKey {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        match &self.kind {
            Kind::Rsa(key) => write!(f, "FastSigningKey(RSA-{})", 8 * key.public_modulus_len()),
            Kind::Ec(curve, _) => write!(f, "FastSigningKey({})", curve.name()),
        }
    }
}

fn ec_key(key: &EcPrivateKey) -> Option<EcdsaKeyPair> {
    let algorithm = match key.public().curve() {
        Curve::P256 => &ECDSA_P256_SHA256_ASN1_SIGNING,
        Curve::P384 => &ECDSA_P384_SHA384_ASN1_SIGNING,
        Curve::P521 => &ECDSA_P521_SHA512_ASN1_SIGNING,
        _ => return None,
    };
    let (secret, public) = (key.secret().expose(), key.public().as_bytes());
    EcdsaKeyPair::from_private_key_and_public_key(algorithm, secret, public).ok()
}

fn rsa_encoding(algorithm: &SignatureAlgorithm) -> Option<&'static RsaSignatureEncoding> {
    if *algorithm == SignatureAlgorithm::pss(algorithm.hash()) {
        return match algorithm.hash() {
            HashAlgorithm::Sha256 => Some(&RSA_PSS_SHA256),
            HashAlgorithm::Sha384 => Some(&RSA_PSS_SHA384),
            HashAlgorithm::Sha512 => Some(&RSA_PSS_SHA512),
            HashAlgorithm::Sha1 | HashAlgorithm::Sha224 => None,
        };
    }
    match algorithm {
        SignatureAlgorithm::RsaPkcs1(HashAlgorithm::Sha256) => Some(&RSA_PKCS1_SHA256),
        SignatureAlgorithm::RsaPkcs1(HashAlgorithm::Sha384) => Some(&RSA_PKCS1_SHA384),
        SignatureAlgorithm::RsaPkcs1(HashAlgorithm::Sha512) => Some(&RSA_PKCS1_SHA512),
        _ => None,
    }
}
