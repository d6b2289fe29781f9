//! Keys of signers: what certificates, security objects and active authentication use.

mod ec;
mod rsa_keys;
mod spki_form;

use rand_core::CryptoRng;

use crate::{Curve, Error, HashAlgorithm, Result, SecretBytes, SignatureAlgorithm};

pub use ec::EcPrivateKey;
pub use rsa_keys::{MAX_RSA_BITS, MIN_RSA_BITS, RsaPrivateKey, RsaPublicKey};
pub use spki_form::EcParameters;

/// A public key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PublicKey {
    /// RSA.
    Rsa(RsaPublicKey),
    /// A point of a known curve.
    Ec(crate::EcPoint),
}

impl PublicKey {
    /// Verifies a signature over a message.
    ///
    /// # Errors
    /// [`Error::SignatureInvalid`] when it does not verify; [`Error::Misuse`] when key and algorithm are of different kinds;
    /// [`Error::Unsupported`] for PSS with two different hashes.
    pub fn verify(
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
                let plain = crate::signature::ecdsa_der_to_plain(point.curve(), signature)
                    .map_err(|_| Error::SignatureInvalid)?;
                crate::ec::verify_prehash(point.curve(), point.as_bytes(), &prehash, &plain)
            }
            _ => Err(Error::Misuse(
                "the signature algorithm is not one of this kind of key",
            )),
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
            Self::Ec(point) => crate::ec::verify_prehash(
                point.curve(),
                point.as_bytes(),
                &hash.digest(message),
                signature,
            ),
            Self::Rsa(_) => Err(Error::Misuse("an RSA key cannot verify ECDSA")),
        }
    }

    /// Short description: `RSA-3072`, `P-256`.
    #[must_use]
    pub fn describe(&self) -> String {
        match self {
            Self::Rsa(key) => format!("RSA-{}", key.bits()),
            Self::Ec(point) => point.curve().name().to_owned(),
        }
    }
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
    /// [`Error::Misuse`] when key and algorithm are of different kinds; [`Error::Unsupported`] for PSS with two hashes.
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
            _ => Err(Error::Misuse(
                "the signature algorithm is not one of this kind of key",
            )),
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
mod tests {
    use rand::{SeedableRng, rngs::StdRng};

    use super::*;

    const HASHES: [HashAlgorithm; 5] = HashAlgorithm::ALL;

    fn rng() -> StdRng {
        StdRng::seed_from_u64(9303)
    }

    fn check(key: &PrivateKey, algorithm: SignatureAlgorithm) {
        let signature = key.sign(&algorithm, b"message", &mut rng()).unwrap();
        let public = key.public();
        assert_eq!(
            public.verify(&algorithm, b"message", &signature),
            Ok(()),
            "{algorithm}"
        );
        assert_eq!(
            public.verify(&algorithm, b"massage", &signature),
            Err(Error::SignatureInvalid),
            "{algorithm}"
        );
        let mut bad = signature.clone();
        *bad.last_mut().unwrap() ^= 1;
        assert_eq!(
            public.verify(&algorithm, b"message", &bad),
            Err(Error::SignatureInvalid),
            "{algorithm}"
        );
        assert_eq!(
            public.verify(&algorithm, b"message", &[]),
            Err(Error::SignatureInvalid),
            "{algorithm}"
        );
    }

    #[test]
    fn every_curve_signs_with_every_hash() {
        for curve in Curve::ALL {
            let key = PrivateKey::generate_ec(curve, &mut rng()).unwrap();
            for hash in HASHES {
                check(&key, SignatureAlgorithm::Ecdsa(hash));
                let plain = key.sign_plain_ecdsa(hash, b"m", &mut rng()).unwrap();
                assert_eq!(plain.len(), 2 * curve.order_len());
                assert_eq!(key.public().verify_plain_ecdsa(hash, b"m", &plain), Ok(()));
            }
        }
    }

    #[test]
    fn rsa_signs_by_both_schemes() {
        let key = PrivateKey::generate_rsa(2048, &mut rng()).unwrap();
        for hash in HASHES {
            check(&key, SignatureAlgorithm::RsaPkcs1(hash));
            check(&key, SignatureAlgorithm::pss(hash));
        }
        check(
            &key,
            SignatureAlgorithm::RsaPss {
                hash: HashAlgorithm::Sha256,
                mgf_hash: HashAlgorithm::Sha256,
                salt_len: 0,
            },
        );
    }

    #[test]
    fn keys_survive_pkcs8_and_spki() {
        let mut keys = vec![PrivateKey::generate_rsa(2048, &mut rng()).unwrap()];
        keys.extend(Curve::ALL.map(|curve| PrivateKey::generate_ec(curve, &mut rng()).unwrap()));
        for key in keys {
            let again = PrivateKey::from_pkcs8(key.to_pkcs8().unwrap().expose()).unwrap();
            assert_eq!(again.public(), key.public(), "{key:?}");
            for form in [EcParameters::Explicit, EcParameters::Named] {
                let spki = key.public().to_spki(form).unwrap();
                assert_eq!(
                    PublicKey::from_spki(&spki).unwrap(),
                    key.public(),
                    "{key:?}"
                );
            }
        }
    }

    #[test]
    fn the_wrong_kind_of_key_is_misuse() {
        let key = PrivateKey::generate_ec(Curve::P256, &mut rng()).unwrap();
        let pss = SignatureAlgorithm::pss(HashAlgorithm::Sha256);
        assert!(matches!(
            key.sign(&pss, b"", &mut rng()),
            Err(Error::Misuse(_))
        ));
        assert!(matches!(
            key.public().verify(&pss, b"", b""),
            Err(Error::Misuse(_))
        ));
    }

    #[test]
    fn debug_shows_the_kind_only() {
        let key = PrivateKey::generate_ec(Curve::P256, &mut rng()).unwrap();
        assert_eq!(format!("{key:?}"), "PrivateKey(P-256)");
    }
}
