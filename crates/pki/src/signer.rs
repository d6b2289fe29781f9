//! Who holds a private key. Everything that signs in this crate does so through [`Signer`]; where the key lies is the
//! business of the implementation.

use std::sync::{Mutex, PoisonError};

use crypto::{CryptoRng, PrivateKey, PublicKey, SignatureAlgorithm};
use rand::SeedableRng;
use rand::rngs::StdRng;

use crate::{Error, Result};

/// A private key that can be asked to sign, from any number of threads at once.
pub trait Signer: Send + Sync {
    /// The one algorithm this signer uses.
    fn algorithm(&self) -> SignatureAlgorithm;

    /// The public half of the key.
    fn public_key(&self) -> &PublicKey;

    /// Signs a message. The hash of the algorithm is applied here; ECDSA signatures are DER.
    ///
    /// # Errors
    /// When the key cannot be reached or refuses.
    fn sign(&self, message: &[u8]) -> Result<Vec<u8>>;
}

/// A private key in memory.
pub struct SoftwareSigner {
    key: PrivateKey,
    public_key: PublicKey,
    algorithm: SignatureAlgorithm,
    rng: Mutex<Box<dyn CryptoRng + Send>>,
}

impl SoftwareSigner {
    /// A signer with a key, an algorithm of its kind, and a source of randomness for salts and blinding.
    ///
    /// # Errors
    /// [`Error::Misuse`] when key and algorithm are of different kinds.
    pub fn new(
        key: PrivateKey,
        algorithm: SignatureAlgorithm,
        rng: Box<dyn CryptoRng + Send>,
    ) -> Result<Self> {
        let public_key = key.public();
        match (&public_key, algorithm) {
            (
                PublicKey::Rsa(_),
                SignatureAlgorithm::RsaPkcs1(_) | SignatureAlgorithm::RsaPss { .. },
            )
            | (PublicKey::Ec(_), SignatureAlgorithm::Ecdsa(_)) => Ok(Self {
                key,
                public_key,
                algorithm,
                rng: Mutex::new(rng),
            }),
            _ => Err(Error::Misuse(
                "the signature algorithm is not one of this kind of key",
            )),
        }
    }

    /// A generator for one signature. The shared source is held only while the seed is drawn, so that threads sign
    /// side by side.
    fn rng_of_one_signature(&self) -> StdRng {
        let mut seed = <StdRng as SeedableRng>::Seed::default();
        self.rng
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .fill_bytes(&mut seed);
        StdRng::from_seed(seed)
    }
}

impl Signer for SoftwareSigner {
    fn algorithm(&self) -> SignatureAlgorithm {
        self.algorithm
    }

    fn public_key(&self) -> &PublicKey {
        &self.public_key
    }

    fn sign(&self, message: &[u8]) -> Result<Vec<u8>> {
        let mut rng = self.rng_of_one_signature();
        Ok(self.key.sign(&self.algorithm, message, &mut rng)?)
    }
}

impl core::fmt::Debug for SoftwareSigner {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        write!(
            f,
            "SoftwareSigner({}, {})",
            self.public_key.describe(),
            self.algorithm
        )
    }
}

#[cfg(test)]
mod tests {
    use crypto::{Curve, HashAlgorithm};

    use super::*;

    fn rng() -> StdRng {
        StdRng::seed_from_u64(12)
    }

    #[test]
    fn key_and_algorithm_must_fit() {
        let pss = SignatureAlgorithm::pss(HashAlgorithm::Sha256);
        let key = PrivateKey::generate_ec(Curve::P256, &mut rng()).unwrap();
        assert!(matches!(
            SoftwareSigner::new(key, pss, Box::new(rng())),
            Err(Error::Misuse(_))
        ));
    }

    #[test]
    fn threads_sign_side_by_side() {
        let key = PrivateKey::generate_ec(Curve::P256, &mut rng()).unwrap();
        let algorithm = SignatureAlgorithm::Ecdsa(HashAlgorithm::Sha256);
        let signer = SoftwareSigner::new(key, algorithm, Box::new(rng())).unwrap();
        std::thread::scope(|scope| {
            for thread in 0..4u8 {
                let signer = &signer;
                scope.spawn(move || {
                    let message = [thread; 32];
                    let signature = signer.sign(&message).unwrap();
                    signer
                        .public_key()
                        .verify(&algorithm, &message, &signature)
                        .unwrap();
                });
            }
        });
        assert!(!signer.rng.is_poisoned());
    }

    #[test]
    fn debug_shows_kinds_only() {
        let key = PrivateKey::generate_ec(Curve::P256, &mut rng()).unwrap();
        let algorithm = SignatureAlgorithm::Ecdsa(HashAlgorithm::Sha256);
        let signer = SoftwareSigner::new(key, algorithm, Box::new(rng())).unwrap();
        assert_eq!(
            format!("{signer:?}"),
            "SoftwareSigner(P-256, ECDSA with SHA-256)"
        );
    }
}
