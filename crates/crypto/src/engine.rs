//! Which library computes a signature.
//!
//! Two engines stand behind [`PublicKey`](crate::PublicKey) and [`PrivateKey`](crate::PrivateKey):
//!
//! * RustCrypto knows everything this crate offers: every curve, every salt, RSA-PSS with two hashes;
//! * AWS-LC (`aws-lc-rs`) knows RSA from 1,024 bits and P-256, P-384, P-521, several times as fast.
//!
//! Verification asks the fast one where it knows the algorithm and RustCrypto else. The answers are the same for every signature,
//! good or bad: the tests of this module compare them. [`FastSigningKey`] signs with the fast one.

pub(crate) mod verify;

mod sign;
#[cfg(test)]
mod tests;

use aws_lc_rs::digest::{self, Digest};

use crate::{Curve, HashAlgorithm};

pub use sign::FastSigningKey;

/// The name AWS-LC has for a hash of ours.
fn digest_algorithm(hash: HashAlgorithm) -> &'static digest::Algorithm {
    match hash {
        HashAlgorithm::Sha1 => &digest::SHA1_FOR_LEGACY_USE_ONLY,
        HashAlgorithm::Sha224 => &digest::SHA224,
        HashAlgorithm::Sha256 => &digest::SHA256,
        HashAlgorithm::Sha384 => &digest::SHA384,
        HashAlgorithm::Sha512 => &digest::SHA512,
    }
}

fn rsa_digest(hash: HashAlgorithm, prehash: &[u8]) -> Option<Digest> {
    Digest::import_less_safe(prehash, digest_algorithm(hash)).ok()
}

/// The number that ECDSA makes of a hash (TR-03111 §4.2.1.1), with the length of the one hash that the fast engine pairs with
/// the curve: a short hash is the same number with zeros in front, and of a long one only the leftmost bits count. That way one
/// algorithm of the engine serves every hash.
fn ecdsa_digest(curve: Curve, prehash: &[u8]) -> Option<Digest> {
    let partner = match curve {
        Curve::P256 => HashAlgorithm::Sha256,
        Curve::P384 => HashAlgorithm::Sha384,
        // 512 bits are less than the 521 of the order: no hash is cut.
        Curve::P521 => HashAlgorithm::Sha512,
        _ => return None,
    };
    let len = partner.output_len();
    let leftmost = prehash.get(..len).unwrap_or(prehash);
    let mut number = vec![0; len - leftmost.len()];
    number.extend_from_slice(leftmost);
    Digest::import_less_safe(&number, digest_algorithm(partner)).ok()
}
