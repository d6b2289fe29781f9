//! EMSA-PSS with any two hashes and any salt (RFC 8017 §9.1): the library at hand knows one hash for both.

use rand_core::CryptoRng;
use zeroize::Zeroizing;

use super::{RsaPrivateKey, RsaPublicKey};
use crate::{Error, HashAlgorithm, Result};

/// Last octet of every encoded message.
const TRAILER: u8 = 0xBC;
/// Octets of zero before hash and salt in M′.
const PADDING_1: [u8; 8] = [0; 8];

/// The parameters of one signature.
#[derive(Debug, Clone, Copy)]
pub(super) struct Pss {
    pub hash: HashAlgorithm,
    pub mgf_hash: HashAlgorithm,
    pub salt_len: usize,
}

impl Pss {
    /// RSASSA-PSS-SIGN over a hash (RFC 8017 §8.1.1). The salt is drawn before what blinds.
    pub(super) fn sign(
        self,
        key: &RsaPrivateKey,
        prehash: &[u8],
        rng: &mut dyn CryptoRng,
    ) -> Result<Vec<u8>> {
        const TOO_SMALL: Error = Error::Misuse("the RSA key is too small for this hash and salt");
        let public = key.public();
        let layout = self.layout(&public).ok_or(TOO_SMALL)?;
        let mut salt = vec![0; self.salt_len];
        rng.fill_bytes(&mut salt);
        let encoded = self.encode(layout, prehash, &salt);
        // EM is one octet shorter than the modulus when the modulus has 8k + 1 bits.
        let mut representative = vec![0; public.modulus_len().saturating_sub(encoded.len())];
        representative.extend_from_slice(&encoded);
        key.raw(&representative, rng).map_err(|_| TOO_SMALL)
    }

    /// RSASSA-PSS-VERIFY over a hash (RFC 8017 §8.1.2).
    pub(super) fn verify(self, key: &RsaPublicKey, prehash: &[u8], signature: &[u8]) -> Result<()> {
        let representative = key.raw(signature)?;
        self.is_consistent(key, prehash, &representative)
            .filter(|consistent| *consistent)
            .map(drop)
            .ok_or(Error::SignatureInvalid)
    }

    fn layout(self, key: &RsaPublicKey) -> Option<Layout> {
        let bits = key.bits().checked_sub(1)?;
        let len = bits.div_ceil(8);
        let db_len = len.checked_sub(self.hash.output_len() + 1)?;
        Some(Layout {
            db_len,
            padding_len: db_len.checked_sub(self.salt_len.checked_add(1)?)?,
            top: 0xFF >> (8 * len - bits),
        })
    }

    /// EMSA-PSS-ENCODE (RFC 8017 §9.1.1).
    fn encode(self, layout: Layout, prehash: &[u8], salt: &[u8]) -> Zeroizing<Vec<u8>> {
        let hash = self.salted(prehash, salt);
        let mut encoded = Zeroizing::new(vec![0; layout.padding_len]);
        encoded.push(1);
        encoded.extend_from_slice(salt);
        self.mask(&mut encoded, &hash);
        if let Some(first) = encoded.first_mut() {
            *first &= layout.top;
        }
        encoded.extend_from_slice(&hash);
        encoded.push(TRAILER);
        encoded
    }

    /// EMSA-PSS-VERIFY (RFC 8017 §9.1.2) of what the public key makes of a signature. `None` and `false` say no.
    fn is_consistent(
        self,
        key: &RsaPublicKey,
        prehash: &[u8],
        representative: &[u8],
    ) -> Option<bool> {
        let layout = self.layout(key)?;
        if prehash.len() != self.hash.output_len() {
            return None;
        }
        let len = layout.db_len + self.hash.output_len() + 1;
        let (above, encoded) =
            representative.split_at_checked(representative.len().checked_sub(len)?)?;
        let (masked, rest) = encoded.split_at_checked(layout.db_len)?;
        let (trailer, hash) = rest.split_last()?;
        if *trailer != TRAILER || above.iter().any(|octet| *octet != 0) {
            return None;
        }
        let mut db = masked.to_vec();
        if db.first()? & !layout.top != 0 {
            return None;
        }
        self.mask(&mut db, hash);
        *db.first_mut()? &= layout.top;
        let (padding, rest) = db.split_at_checked(layout.padding_len)?;
        let (one, salt) = rest.split_first()?;
        let padded = padding.iter().all(|octet| *octet == 0) && *one == 1;
        Some(padded && self.salted(prehash, salt) == hash)
    }

    /// H = Hash(00×8 ‖ mHash ‖ salt).
    fn salted(self, prehash: &[u8], salt: &[u8]) -> Vec<u8> {
        let mut hasher = self.hash.hasher();
        for part in [&PADDING_1, prehash, salt] {
            hasher.update(part);
        }
        hasher.finalize()
    }

    /// Adds MGF1 of a seed (RFC 8017 §B.2.1).
    fn mask(self, data: &mut [u8], seed: &[u8]) {
        let blocks = data.chunks_mut(self.mgf_hash.output_len());
        for (counter, block) in (0u32..).zip(blocks) {
            let mut hasher = self.mgf_hash.hasher();
            hasher.update(seed);
            hasher.update(&counter.to_be_bytes());
            for (octet, mask) in block.iter_mut().zip(hasher.finalize()) {
                *octet ^= mask;
            }
        }
    }
}

/// Where the parts of an encoded message lie.
#[derive(Debug, Clone, Copy)]
struct Layout {
    /// Octets of DB: padding, 01, salt.
    db_len: usize,
    /// Octets of zero before the 01.
    padding_len: usize,
    /// Bits of the first octet that may be set.
    top: u8,
}

#[cfg(test)]
mod tests {
    use rand::{SeedableRng, rngs::StdRng};

    use super::*;
    use crate::{PrivateKey, SignatureAlgorithm};

    fn rng() -> StdRng {
        StdRng::seed_from_u64(9303)
    }

    fn key(bits: usize) -> RsaPrivateKey {
        RsaPrivateKey::with_exponent(bits, 65_537, &mut rng()).unwrap()
    }

    #[test]
    fn any_two_hashes_and_any_salt() {
        for bits in [1_024, 1_025, 1_031, 2_048] {
            let key = key(bits);
            let public = key.public();
            for hash in HashAlgorithm::ALL {
                let prehash = hash.digest(b"message");
                for mgf_hash in HashAlgorithm::ALL {
                    let longest = (bits - 1).div_ceil(8) - hash.output_len() - 2;
                    for salt_len in [0, 1, 20, longest - 1, longest] {
                        let pss = Pss {
                            hash,
                            mgf_hash,
                            salt_len,
                        };
                        let case = format!("{bits} {pss:?}");
                        let good = pss.sign(&key, &prehash, &mut rng()).unwrap();
                        assert_eq!(pss.verify(&public, &prehash, &good), Ok(()), "{case}");
                        for other in HashAlgorithm::ALL.into_iter().filter(|h| *h != mgf_hash) {
                            let other = Pss {
                                mgf_hash: other,
                                ..pss
                            };
                            let said = other.verify(&public, &prehash, &good);
                            assert_eq!(said, Err(Error::SignatureInvalid), "{case} {other:?}");
                        }
                        let shorter = Pss {
                            salt_len: salt_len ^ 1,
                            ..pss
                        };
                        assert!(shorter.verify(&public, &prehash, &good).is_err(), "{case}");
                        assert!(pss.verify(&public, &prehash[1..], &good).is_err());
                    }
                    for salt_len in [longest + 1, usize::MAX] {
                        let pss = Pss {
                            hash,
                            mgf_hash,
                            salt_len,
                        };
                        assert!(matches!(
                            pss.sign(&key, &prehash, &mut rng()),
                            Err(Error::Misuse(_))
                        ));
                        let any = vec![1; public.modulus_len()];
                        assert!(pss.verify(&public, &prehash, &any).is_err());
                    }
                }
            }
        }
    }

    /// Bit for bit what the library makes with the same random numbers, where it has the algorithm.
    #[test]
    fn one_hash_gives_what_the_library_gives() {
        let key = key(1_031);
        let private = PrivateKey::Rsa(key);
        let PrivateKey::Rsa(key) = &private else {
            unreachable!()
        };
        for salt_len in [0, 20, 32, 50] {
            let algorithm = SignatureAlgorithm::RsaPss {
                hash: HashAlgorithm::Sha256,
                mgf_hash: HashAlgorithm::Sha256,
                salt_len,
            };
            let ours = private.sign(&algorithm, b"message", &mut rng()).unwrap();
            let theirs = key.sign_by_the_library(
                salt_len,
                &HashAlgorithm::Sha256.digest(b"message"),
                &mut rng(),
            );
            assert_eq!(ours, theirs, "{salt_len}");
        }
    }
}
