//! Keys of signers: what certificates, security objects and active authentication use.

mod ec;
pub mod encrypted;
mod kind;
mod pss;
mod rsa_keys;
mod spki_form;
mod spki_reading;

use rand_core::CryptoRng;

use crate::{
    Curve, EcPoint, Error, HashAlgorithm, Result, SecretBytes, SignatureAlgorithm, engine,
};

pub use ec::EcPrivateKey;
pub use kind::KeyKind;
pub use rsa_keys::{MAX_RSA_BITS, MIN_RSA_BITS, RsaPrivateKey, RsaPublicKey};
pub use spki_form::EcParameters;
pub use spki_reading::KeyDeviation;

pub(crate) use spki_form::{EC_PUBLIC_KEY, STANDARDIZED_DOMAIN_PARAMETERS, spki_der};
pub(crate) use spki_reading::curve_of;

const OTHER_KIND: Error = Error::Misuse("the signature algorithm is not one of this kind of key");

/// A public key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PublicKey {
    /// RSA.
    Rsa(RsaPublicKey),
    /// A point of a known curve.
    Ec(EcPoint),
}

impl PublicKey {
    /// Verifies a signature over a message.
    ///
    /// # Errors
    /// [`Error::SignatureInvalid`] when it does not verify; [`Error::Misuse`] when key and algorithm are of different kinds.
    pub fn verify(
        &self,
        algorithm: &SignatureAlgorithm,
        message: &[u8],
        signature: &[u8],
    ) -> Result<()> {
        let prehash = algorithm.hash().digest(message);
        self.verify_prehash(algorithm, &prehash, signature)
    }

    /// As [`Self::verify`], of a message that was hashed before by the hash of the algorithm.
    ///
    /// # Errors
    /// As [`Self::verify`].
    pub fn verify_prehash(
        &self,
        algorithm: &SignatureAlgorithm,
        prehash: &[u8],
        signature: &[u8],
    ) -> Result<()> {
        match (self, algorithm) {
            (
                Self::Rsa(key),
                SignatureAlgorithm::RsaPkcs1(_) | SignatureAlgorithm::RsaPss { .. },
            ) => engine::verify::rsa(key, algorithm, prehash, signature)
                .unwrap_or_else(|| key.verify_prehash(algorithm, prehash, signature)),
            (Self::Ec(point), SignatureAlgorithm::Ecdsa(_)) => {
                verify_plain(point, prehash, &plain_of(point, signature)?)
            }
            _ => Err(OTHER_KIND),
        }
    }

    /// As [`Self::verify`] by RustCrypto alone, whatever the algorithm: to compare the engines and to measure them.
    ///
    /// # Errors
    /// As [`Self::verify`].
    pub fn verify_by_rustcrypto(
        &self,
        algorithm: &SignatureAlgorithm,
        message: &[u8],
        signature: &[u8],
    ) -> Result<()> {
        let prehash = algorithm.hash().digest(message);
        match (self, algorithm) {
            (
                Self::Rsa(key),
                SignatureAlgorithm::RsaPkcs1(_) | SignatureAlgorithm::RsaPss { .. },
            ) => key.verify_prehash(algorithm, &prehash, signature),
            (Self::Ec(point), SignatureAlgorithm::Ecdsa(_)) => {
                let plain = plain_of(point, signature)?;
                crate::ec::verify_prehash(point.curve(), point.as_bytes(), &prehash, &plain)
            }
            _ => Err(OTHER_KIND),
        }
    }

    /// Verifies an ECDSA signature in the form r ‖ s (TR-03111 §5.2.1): active authentication, card verifiable certificates.
    ///
    /// # Errors
    /// As [`Self::verify`].
    pub fn verify_plain_ecdsa(
        &self,
        hash: HashAlgorithm,
        message: &[u8],
        signature: &[u8],
    ) -> Result<()> {
        match self {
            Self::Ec(point) => verify_plain(point, &hash.digest(message), signature),
            Self::Rsa(_) => Err(Error::Misuse("an RSA key cannot verify ECDSA")),
        }
    }

    /// Short description: `RSA-3072`, `P-256`.
    #[must_use]
    pub fn describe(&self) -> String {
        self.kind().to_string()
    }
}

fn plain_of(point: &EcPoint, der: &[u8]) -> Result<Vec<u8>> {
    crate::signature::ecdsa_der_to_plain(point.curve(), der).map_err(|_| Error::SignatureInvalid)
}

/// ECDSA over a hash by the engine that is faster on the curve, signature r ‖ s.
fn verify_plain(point: &EcPoint, prehash: &[u8], plain: &[u8]) -> Result<()> {
    let (curve, public) = (point.curve(), point.as_bytes());
    engine::verify::ecdsa(curve, public, prehash, plain)
        .unwrap_or_else(|| crate::ec::verify_prehash(curve, public, prehash, plain))
}

/// A private key. Not printable, not comparable, wiped when dropped.
pub enum PrivateKey {
    /// RSA.
    Rsa(RsaPrivateKey),
    /// A number below the order of a known curve.
    Ec(EcPrivateKey),
}

impl PrivateKey {
    /// Draws an RSA key with the exponent 65,537.
    ///
    /// # Errors
    /// [`Error::Misuse`] for a size outside [`MIN_RSA_BITS`] to [`MAX_RSA_BITS`].
    pub fn generate_rsa(bits: usize, rng: &mut dyn CryptoRng) -> Result<Self> {
        RsaPrivateKey::generate(bits, rng).map(Self::Rsa)
    }

    /// Draws a key on a curve.
    ///
    /// # Errors
    /// [`Error::Misuse`] when the generator of random numbers is broken.
    pub fn generate_ec(curve: Curve, rng: &mut dyn CryptoRng) -> Result<Self> {
        EcPrivateKey::generate(curve, rng).map(Self::Ec)
    }

    /// Reads a PKCS#8 PrivateKeyInfo in DER (RFC 5208).
    ///
    /// # Errors
    /// [`Error::Malformed`] or [`Error::Unsupported`].
    pub fn from_pkcs8(der: &[u8]) -> Result<Self> {
        let info = pkcs8::PrivateKeyInfoRef::try_from(der)
            .map_err(|_| Error::Malformed("PKCS#8 private key"))?;
        if info.algorithm.oid == spki_form::RSA_ENCRYPTION {
            return RsaPrivateKey::from_pkcs8(der).map(Self::Rsa);
        }
        EcPrivateKey::from_pkcs8(der).map(Self::Ec)
    }

    /// Writes a PKCS#8 PrivateKeyInfo in DER, unencrypted.
    ///
    /// # Errors
    /// [`Error::Malformed`] when the key cannot be encoded.
    pub fn to_pkcs8(&self) -> Result<SecretBytes> {
        match self {
            Self::Rsa(key) => key.to_pkcs8(),
            Self::Ec(key) => key.to_pkcs8(),
        }
    }

    /// The public half.
    #[must_use]
    pub fn public(&self) -> PublicKey {
        match self {
            Self::Rsa(key) => PublicKey::Rsa(key.public()),
            Self::Ec(key) => PublicKey::Ec(key.public().clone()),
        }
    }

    /// Signs a message. The random numbers blind RSA, salt PSS and hedge ECDSA.
    ///
    /// # Errors
    /// [`Error::Misuse`] when key and algorithm are of different kinds, or the RSA key is too small for hash and salt.
    pub fn sign(
        &self,
        algorithm: &SignatureAlgorithm,
        message: &[u8],
        rng: &mut dyn CryptoRng,
    ) -> Result<Vec<u8>> {
        let prehash = algorithm.hash().digest(message);
        match (self, algorithm) {
            (
                Self::Rsa(key),
                SignatureAlgorithm::RsaPkcs1(_) | SignatureAlgorithm::RsaPss { .. },
            ) => key.sign_prehash(algorithm, &prehash, rng),
            (Self::Ec(key), SignatureAlgorithm::Ecdsa(hash)) => {
                Ok(key.sign_prehash(*hash, &prehash, rng)?.0)
            }
            _ => Err(OTHER_KIND),
        }
    }

    /// Signs a message by ECDSA; the signature is r ‖ s (TR-03111 §5.2.1).
    ///
    /// # Errors
    /// [`Error::Misuse`] for an RSA key.
    pub fn sign_plain_ecdsa(
        &self,
        hash: HashAlgorithm,
        message: &[u8],
        rng: &mut dyn CryptoRng,
    ) -> Result<Vec<u8>> {
        match self {
            Self::Ec(key) => Ok(key.sign_prehash(hash, &hash.digest(message), rng)?.1),
            Self::Rsa(_) => Err(Error::Misuse("an RSA key cannot sign by ECDSA")),
        }
    }
}

impl core::fmt::Debug for PrivateKey {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        write!(f, "PrivateKey({})", self.public().describe())
    }
}

#[cfg(test)]
mod tests;
