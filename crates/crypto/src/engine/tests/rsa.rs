//! RSA: both paddings, every hash and salt, moduli and exponents of foreign certificates, forged encodings.

use super::{MESSAGE, agreed, mutations, rng};
use crate::engine::{FastSigningKey, verify};
use crate::key::RsaPrivateKey;
use crate::{Error, HashAlgorithm, PrivateKey, RsaPublicKey, SignatureAlgorithm};

pub(super) fn check(
    key: &RsaPublicKey,
    algorithm: &SignatureAlgorithm,
    signature: &[u8],
) -> Option<bool> {
    check_prehash(
        key,
        algorithm,
        &algorithm.hash().digest(MESSAGE),
        signature,
        "",
    )
}

fn check_prehash(
    key: &RsaPublicKey,
    algorithm: &SignatureAlgorithm,
    prehash: &[u8],
    signature: &[u8],
    what: &str,
) -> Option<bool> {
    agreed(
        verify::rsa(key, algorithm, prehash, signature),
        key.verify_prehash(algorithm, prehash, signature),
        &format!("{key:?} {algorithm} {what}"),
    )
}

pub(super) fn key(bits: usize, exponent: u64) -> PrivateKey {
    PrivateKey::Rsa(RsaPrivateKey::with_exponent(bits, exponent, &mut rng()).unwrap())
}

pub(super) fn public(key: &PrivateKey) -> RsaPublicKey {
    let crate::PublicKey::Rsa(public) = key.public() else {
        unreachable!()
    };
    public
}

pub(super) fn raw(key: &PrivateKey, message: &[u8]) -> Vec<u8> {
    let PrivateKey::Rsa(key) = key else {
        unreachable!()
    };
    key.raw(message, &mut rng()).unwrap()
}

fn algorithms() -> Vec<SignatureAlgorithm> {
    let mut algorithms = Vec::new();
    for hash in HashAlgorithm::ALL {
        algorithms.push(SignatureAlgorithm::RsaPkcs1(hash));
        for salt_len in [0, 1, 20, hash.output_len(), 50] {
            algorithms.push(SignatureAlgorithm::RsaPss {
                hash,
                mgf_hash: hash,
                salt_len,
            });
        }
    }
    algorithms
}

/// Whether the fast engine has the algorithm for a modulus of this size.
fn is_fast(algorithm: &SignatureAlgorithm, bits: usize) -> bool {
    match (algorithm, algorithm.hash()) {
        (_, HashAlgorithm::Sha224) => false,
        (SignatureAlgorithm::RsaPkcs1(_), HashAlgorithm::Sha384) => bits >= 2048,
        (SignatureAlgorithm::RsaPkcs1(_), _) => true,
        (_, hash) => bits >= 2048 && hash != HashAlgorithm::Sha1,
    }
}

#[test]
fn every_algorithm_with_keys_of_every_kind() {
    for (bits, exponent) in [
        (1024, 65_537),
        (1031, 3),
        (2047, 127_485),
        (2048, 3),
        (2049, 38_129),
        (2056, 8_589_934_591),
        (3072, 65_537),
    ] {
        let key = key(bits, exponent);
        let public = public(&key);
        assert_eq!(public.bits(), bits);
        for algorithm in algorithms() {
            // Two hashes of 64 octets do not fit into 1,024 bits.
            let Ok(signature) = key.sign(&algorithm, MESSAGE, &mut rng()) else {
                assert!(bits < 1100, "{bits} {algorithm}");
                continue;
            };
            let fast = is_fast(&algorithm, bits);
            assert_eq!(check(&public, &algorithm, &signature), fast.then_some(true));
            for (what, bad) in mutations(&signature) {
                let prehash = algorithm.hash().digest(MESSAGE);
                let said = check_prehash(&public, &algorithm, &prehash, &bad, &what);
                assert_eq!(said, fast.then_some(false), "{algorithm} {what}");
            }
            let other = algorithm.hash().digest(b"another message");
            let said = check_prehash(&public, &algorithm, &other, &signature, "other");
            assert_eq!(said, fast.then_some(false));
        }
    }
}

#[test]
fn numbers_at_the_modulus() {
    let key = key(2048, 3);
    let public = public(&key);
    let n = public.modulus();
    let (mut before, mut one) = (n.clone(), vec![0; n.len()]);
    *before.last_mut().unwrap() -= 1;
    *one.last_mut().unwrap() = 1;
    for algorithm in algorithms() {
        for signature in [&n, &before, &one] {
            assert_ne!(check(&public, &algorithm, signature), Some(true));
        }
    }
}

/// s + n is the same number modulo n, and no signature.
#[test]
fn an_unreduced_signature() {
    let key = key(2048, 65_537);
    let public = public(&key);
    let algorithm = SignatureAlgorithm::RsaPkcs1(HashAlgorithm::Sha256);
    let mut seen = 0;
    for count in 0u32..64 {
        let message = count.to_be_bytes();
        let signature = key.sign(&algorithm, &message, &mut rng()).unwrap();
        let Some(sum) = add(&signature, &public.modulus()) else {
            continue;
        };
        let prehash = HashAlgorithm::Sha256.digest(&message);
        let said = check_prehash(&public, &algorithm, &prehash, &sum, "s + n");
        assert_eq!(said, Some(false));
        seen += 1;
    }
    assert!(seen > 0, "no sum fits into the length of the modulus");
}

/// a + b of equally long numbers, if it is no longer.
fn add(a: &[u8], b: &[u8]) -> Option<Vec<u8>> {
    let mut carry = false;
    let mut out: Vec<u8> = (0..a.len())
        .rev()
        .map(|at| {
            let sum = u16::from(a[at]) + u16::from(b[at]) + u16::from(carry);
            carry = sum > 0xFF;
            sum.to_le_bytes()[0]
        })
        .collect();
    out.reverse();
    (!carry).then_some(out)
}

#[test]
fn what_the_fast_engine_signs_both_accept() {
    for (bits, exponent) in [(2048, 3), (2048, 65_537), (2056, 38_129)] {
        let key = key(bits, exponent);
        let fast = FastSigningKey::new(&key).unwrap();
        for algorithm in algorithms() {
            let offered = match algorithm.hash() {
                HashAlgorithm::Sha1 | HashAlgorithm::Sha224 => false,
                hash => {
                    matches!(algorithm, SignatureAlgorithm::RsaPkcs1(_))
                        || algorithm == SignatureAlgorithm::pss(hash)
                }
            };
            assert_eq!(fast.has(&algorithm), offered, "{algorithm}");
            match fast.sign(&algorithm, MESSAGE) {
                Ok(signature) => {
                    assert!(offered);
                    let said = check(&public(&key), &algorithm, &signature);
                    assert_eq!(said, Some(true), "{algorithm}");
                }
                Err(error) => {
                    assert!(matches!(error, Error::Unsupported(_)) && !offered);
                }
            }
        }
    }
    assert!(FastSigningKey::new(&key(1024, 65_537)).is_none());
}

/// Moduli of the largest CSCA keys and of the limit, each with three signatures of openssl.
#[test]
fn the_largest_moduli() {
    use HashAlgorithm::{Sha1, Sha256, Sha512};
    let lines = include_str!("large_rsa.txt")
        .lines()
        .filter(|line| !line.starts_with('#'));
    let mut key: Option<RsaPublicKey> = None;
    let mut verified = 0;
    for line in lines {
        let [bits, what, octets] = line.split(' ').collect::<Vec<_>>()[..] else {
            panic!("{line}");
        };
        let octets = hex::decode(octets).unwrap();
        let pss = |hash, mgf_hash, salt_len| SignatureAlgorithm::RsaPss {
            hash,
            mgf_hash,
            salt_len,
        };
        let (algorithm, fast) = match what {
            "spki" => {
                let crate::PublicKey::Rsa(public) = crate::PublicKey::from_spki(&octets).unwrap()
                else {
                    unreachable!()
                };
                assert_eq!(public.bits().to_string(), bits);
                key = Some(public);
                continue;
            }
            "pkcs1-sha256" => (SignatureAlgorithm::RsaPkcs1(Sha256), true),
            "pss-sha512-salt64" => (pss(Sha512, Sha512, 64), true),
            "pss-sha256-mgf1-sha1-salt20" => (pss(Sha256, Sha1, 20), false),
            _ => panic!("{what}"),
        };
        let key = key.as_ref().unwrap();
        assert_eq!(check(key, &algorithm, &octets), fast.then_some(true));
        let public = crate::PublicKey::Rsa(key.clone());
        assert_eq!(public.verify(&algorithm, MESSAGE, &octets), Ok(()));
        let mut bad = octets.clone();
        bad[17] ^= 1;
        assert_eq!(check(key, &algorithm, &bad), fast.then_some(false));
        verified += 1;
    }
    assert_eq!(verified, 6);
}
