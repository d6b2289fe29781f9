//! Who holds a private key. Everything that signs in this crate does so through [`Signer`]; where the key lies is the
//! business of the implementation.

use std::sync::{Mutex, PoisonError};

use crypto::{CryptoRng, FastSigningKey, PrivateKey, PublicKey, SignatureAlgorithm};
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
    key: Key,
    public_key: PublicKey,
    algorithm: SignatureAlgorithm,
}

/// The key where its engine wants it; there is no second copy.
enum Key {
    /// Signs with the randomness that was given.
    Reproducible(PrivateKey, Mutex<Box<dyn CryptoRng + Send>>),
    /// Signs several times as fast, with randomness of its own.
    Fast(FastSigningKey),
}

impl SoftwareSigner {
    /// A signer with a key, an algorithm of its kind, and a source of randomness for salts and blinding: the same source gives
    /// the same signatures.
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
                key: Key::Reproducible(key, Mutex::new(rng)),
                public_key,
                algorithm,
            }),
            _ => Err(Error::Misuse(
                "the signature algorithm is not one of this kind of key",
            )),
        }
    }

    /// The same signer on the fastest engine that has key and algorithm ([`FastSigningKey`]). That one draws its own randomness
    /// from the operating system; `rng` serves the algorithms that it lacks, brainpool curves among them.
    ///
    /// # Errors
    /// As [`Self::new`].
    pub fn optimised(
        key: PrivateKey,
        algorithm: SignatureAlgorithm,
        rng: Box<dyn CryptoRng + Send>,
    ) -> Result<Self> {
        let fast = FastSigningKey::new(&key).filter(|fast| fast.has(&algorithm));
        let signer = Self::new(key, algorithm, rng)?;
        Ok(match fast {
            Some(fast) => Self {
                key: Key::Fast(fast),
                ..signer
            },
            None => signer,
        })
    }
}

/// A generator for one signature. The shared source is held only while the seed is drawn, so that threads sign side by
/// side.
fn rng_of_one_signature(shared: &Mutex<Box<dyn CryptoRng + Send>>) -> StdRng {
    let mut seed = <StdRng as SeedableRng>::Seed::default();
    shared
        .lock()
        .unwrap_or_else(PoisonError::into_inner)
        .fill_bytes(&mut seed);
    StdRng::from_seed(seed)
}

impl Signer for SoftwareSigner {
    fn algorithm(&self) -> SignatureAlgorithm {
        self.algorithm
    }

    fn public_key(&self) -> &PublicKey {
        &self.public_key
    }

    fn sign(&self, message: &[u8]) -> Result<Vec<u8>> {
        Ok(match &self.key {
            Key::Fast(key) => key.sign(&self.algorithm, message)?,
            Key::Reproducible(key, rng) => {
                key.sign(&self.algorithm, message, &mut rng_of_one_signature(rng))?
            }
        })
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

    fn ec(curve: Curve) -> PrivateKey {
        PrivateKey::generate_ec(curve, &mut rng()).unwrap()
    }

    const P256: SignatureAlgorithm = SignatureAlgorithm::Ecdsa(HashAlgorithm::Sha256);

    #[test]
    fn key_and_algorithm_must_fit() {
        let pss = SignatureAlgorithm::pss(HashAlgorithm::Sha256);
        for make in [SoftwareSigner::new, SoftwareSigner::optimised] {
            let refused = make(ec(Curve::P256), pss, Box::new(rng()));
            assert!(matches!(refused, Err(Error::Misuse(_))));
        }
    }

    #[test]
    fn given_randomness_gives_the_same_signature_twice() {
        let signature = |make: fn(_, _, _) -> Result<SoftwareSigner>| {
            let signer = make(ec(Curve::P256), P256, Box::new(rng()) as _).unwrap();
            signer.sign(b"m").unwrap()
        };
        assert_eq!(
            signature(SoftwareSigner::new),
            signature(SoftwareSigner::new)
        );
        assert_ne!(
            signature(SoftwareSigner::optimised),
            signature(SoftwareSigner::optimised)
        );
    }

    #[test]
    fn every_key_signs_on_its_fastest_engine() {
        let rsa = PrivateKey::generate_rsa(2048, &mut rng()).unwrap();
        let pss = SignatureAlgorithm::pss(HashAlgorithm::Sha256);
        for (key, algorithm, fast) in [
            (ec(Curve::P384), P256, true),
            (ec(Curve::BrainpoolP256r1), P256, false),
            (rsa, pss, true),
        ] {
            let signer = SoftwareSigner::optimised(key, algorithm, Box::new(rng())).unwrap();
            assert_eq!(matches!(signer.key, Key::Fast(_)), fast, "{signer:?}");
            let signature = signer.sign(b"message").unwrap();
            let public = signer.public_key();
            assert_eq!(public.verify(&algorithm, b"message", &signature), Ok(()));
        }
    }

    #[test]
    fn threads_sign_side_by_side() {
        for make in [SoftwareSigner::new, SoftwareSigner::optimised] {
            let signer = make(ec(Curve::P256), P256, Box::new(rng())).unwrap();
            std::thread::scope(|scope| {
                for thread in 0..4u8 {
                    let signer = &signer;
                    scope.spawn(move || {
                        let message = [thread; 32];
                        let signature = signer.sign(&message).unwrap();
                        let public = signer.public_key();
                        public.verify(&P256, &message, &signature).unwrap();
                    });
                }
            });
        }
    }

    #[test]
    fn debug_shows_kinds_only() {
        let signer = SoftwareSigner::new(ec(Curve::P256), P256, Box::new(rng())).unwrap();
        assert_eq!(
            format!("{signer:?}"),
            "SoftwareSigner(P-256, ECDSA with SHA-256)"
        );
    }
}
