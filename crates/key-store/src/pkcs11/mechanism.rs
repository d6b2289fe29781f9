//! Which mechanism of a token makes a signature, and what it is given.

use crypto::{Curve, HashAlgorithm, PublicKey, SignatureAlgorithm, ecdsa_plain_to_der};
use cryptoki::mechanism::rsa::{PkcsMgfType, PkcsPssParams};
use cryptoki::mechanism::{Mechanism, MechanismType};
use cryptoki::types::Ulong;
use pki::KeyStoreFault;

use super::outcome::Failure;
use super::token::Token;

/// How a token signs by one algorithm with one key.
#[derive(Debug, Clone, Copy)]
pub(super) enum Plan {
    /// It hashes itself.
    Whole(SignatureAlgorithm),
    /// It is given the hash; in PKCS#1 v1.5 inside of DigestInfo.
    Hashed(SignatureAlgorithm),
    /// It is given the hash and answers r ‖ s.
    Ecdsa(HashAlgorithm, Curve),
}

impl Plan {
    /// The plan for a key, by what the token offers.
    pub(super) fn of(
        token: &Token,
        algorithm: SignatureAlgorithm,
        key: &PublicKey,
    ) -> Result<Self, Failure> {
        let plans = match (algorithm, key) {
            (SignatureAlgorithm::Ecdsa(hash), PublicKey::Ec(point)) => {
                vec![Self::Ecdsa(hash, point.curve())]
            }
            (
                SignatureAlgorithm::RsaPkcs1(_) | SignatureAlgorithm::RsaPss { .. },
                PublicKey::Rsa(_),
            ) => {
                vec![Self::Whole(algorithm), Self::Hashed(algorithm)]
            }
            _ => return Err(KeyStoreFault::KeyOfAnotherKind.into()),
        };
        let bits = bits_of(key);
        for plan in plans {
            let Ok(mechanism) = plan.mechanism() else {
                continue;
            };
            let offered = token.mechanism(mechanism.mechanism_type())?;
            if offered.is_some_and(|info| {
                info.sign() && within(bits, info.min_key_size(), info.max_key_size())
            }) {
                return Ok(plan);
            }
        }
        Err(KeyStoreFault::NotOffered.into())
    }

    /// The mechanism with its parameters.
    pub(super) fn mechanism(self) -> Result<Mechanism<'static>, KeyStoreFault> {
        match self {
            Self::Ecdsa(..) => Ok(Mechanism::Ecdsa),
            Self::Hashed(SignatureAlgorithm::RsaPkcs1(_)) => Ok(Mechanism::RsaPkcs),
            Self::Hashed(algorithm) => Ok(Mechanism::RsaPkcsPss(pss(algorithm)?)),
            Self::Whole(SignatureAlgorithm::RsaPkcs1(hash)) => Ok(match hash {
                HashAlgorithm::Sha1 => Mechanism::Sha1RsaPkcs,
                HashAlgorithm::Sha224 => Mechanism::Sha224RsaPkcs,
                HashAlgorithm::Sha256 => Mechanism::Sha256RsaPkcs,
                HashAlgorithm::Sha384 => Mechanism::Sha384RsaPkcs,
                HashAlgorithm::Sha512 => Mechanism::Sha512RsaPkcs,
            }),
            Self::Whole(algorithm) => {
                let parameters = pss(algorithm)?;
                match algorithm.hash() {
                    HashAlgorithm::Sha1 => Ok(Mechanism::Sha1RsaPkcsPss(parameters)),
                    HashAlgorithm::Sha256 => Ok(Mechanism::Sha256RsaPkcsPss(parameters)),
                    HashAlgorithm::Sha384 => Ok(Mechanism::Sha384RsaPkcsPss(parameters)),
                    HashAlgorithm::Sha512 => Ok(Mechanism::Sha512RsaPkcsPss(parameters)),
                    HashAlgorithm::Sha224 => Err(KeyStoreFault::NotOffered),
                }
            }
        }
    }

    /// What the token is given for a message.
    pub(super) fn input(self, message: &[u8]) -> Vec<u8> {
        match self {
            Self::Whole(_) => message.to_vec(),
            Self::Hashed(SignatureAlgorithm::RsaPkcs1(hash)) => {
                [digest_info_prefix(hash), &hash.digest(message)].concat()
            }
            Self::Hashed(algorithm) => algorithm.hash().digest(message),
            Self::Ecdsa(hash, curve) => {
                // Tokens differ in what they do with a hash longer than the order: it is cut here (FIPS 186-5 §6.4.1).
                let mut hash = hash.digest(message);
                hash.truncate(curve.order_len());
                hash
            }
        }
    }

    /// The signature as the rest of the world has it.
    pub(super) fn output(self, signature: Vec<u8>) -> Result<Vec<u8>, KeyStoreFault> {
        match self {
            Self::Whole(_) | Self::Hashed(_) => Ok(signature),
            Self::Ecdsa(_, curve) => {
                ecdsa_plain_to_der(curve, &signature).map_err(|_| KeyStoreFault::SignatureUnusable)
            }
        }
    }
}

/// Bits of a key as mechanisms count them.
pub(super) fn bits_of(key: &PublicKey) -> usize {
    match key {
        PublicKey::Rsa(key) => key.bits(),
        PublicKey::Ec(point) => curve_bits(point.curve()),
    }
}

/// Bits of a curve.
pub(super) fn curve_bits(curve: Curve) -> usize {
    match curve {
        Curve::P521 => 521,
        other => other.field_len() * 8,
    }
}

/// Whether a size is one of a mechanism. Some tokens say nothing, which is zero.
pub(super) const fn within(bits: usize, least: usize, most: usize) -> bool {
    bits >= least && (bits <= most || most == 0)
}

fn pss(algorithm: SignatureAlgorithm) -> Result<PkcsPssParams, KeyStoreFault> {
    let SignatureAlgorithm::RsaPss {
        hash,
        mgf_hash,
        salt_len,
    } = algorithm
    else {
        return Err(KeyStoreFault::NotOffered);
    };
    Ok(PkcsPssParams {
        hash_alg: match hash {
            HashAlgorithm::Sha1 => MechanismType::SHA1,
            HashAlgorithm::Sha224 => MechanismType::SHA224,
            HashAlgorithm::Sha256 => MechanismType::SHA256,
            HashAlgorithm::Sha384 => MechanismType::SHA384,
            HashAlgorithm::Sha512 => MechanismType::SHA512,
        },
        mgf: match mgf_hash {
            HashAlgorithm::Sha1 => PkcsMgfType::MGF1_SHA1,
            HashAlgorithm::Sha224 => PkcsMgfType::MGF1_SHA224,
            HashAlgorithm::Sha256 => PkcsMgfType::MGF1_SHA256,
            HashAlgorithm::Sha384 => PkcsMgfType::MGF1_SHA384,
            HashAlgorithm::Sha512 => PkcsMgfType::MGF1_SHA512,
        },
        s_len: Ulong::try_from(salt_len).map_err(|_| KeyStoreFault::NotOffered)?,
    })
}

/// DigestInfo up to the hash (RFC 8017 §9.2, note 1).
const fn digest_info_prefix(hash: HashAlgorithm) -> &'static [u8] {
    match hash {
        HashAlgorithm::Sha1 => b"\x30\x21\x30\x09\x06\x05\x2b\x0e\x03\x02\x1a\x05\x00\x04\x14",
        HashAlgorithm::Sha224 => {
            b"\x30\x2d\x30\x0d\x06\x09\x60\x86\x48\x01\x65\x03\x04\x02\x04\x05\x00\x04\x1c"
        }
        HashAlgorithm::Sha256 => {
            b"\x30\x31\x30\x0d\x06\x09\x60\x86\x48\x01\x65\x03\x04\x02\x01\x05\x00\x04\x20"
        }
        HashAlgorithm::Sha384 => {
            b"\x30\x41\x30\x0d\x06\x09\x60\x86\x48\x01\x65\x03\x04\x02\x02\x05\x00\x04\x30"
        }
        HashAlgorithm::Sha512 => {
            b"\x30\x51\x30\x0d\x06\x09\x60\x86\x48\x01\x65\x03\x04\x02\x03\x05\x00\x04\x40"
        }
    }
}
