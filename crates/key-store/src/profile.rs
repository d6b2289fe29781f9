//! Kinds of keys by the words that people write.

use crypto::{Curve, HashAlgorithm, KeyKind, SignatureAlgorithm};

use crate::{Error, Result};

/// A kind of key and the one algorithm it signs with (Doc 9303-12 §4.1.6: the hash is as strong as the key).
#[derive(Debug, Clone, Copy)]
pub struct KeyProfile {
    /// The word: `rsa-pss-3072`, `ecdsa-p256`.
    pub word: &'static str,
    /// The key.
    pub kind: KeyKind,
    /// The signature.
    pub algorithm: SignatureAlgorithm,
}

/// All of them; the one that is offered first stands first.
pub const ALL: [KeyProfile; 14] = [
    rsa(
        "rsa-pss-3072",
        3072,
        SignatureAlgorithm::pss(HashAlgorithm::Sha256),
    ),
    rsa(
        "rsa-pss-2048",
        2048,
        SignatureAlgorithm::pss(HashAlgorithm::Sha256),
    ),
    rsa(
        "rsa-pss-4096",
        4096,
        SignatureAlgorithm::pss(HashAlgorithm::Sha512),
    ),
    ec("ecdsa-p256", Curve::P256, HashAlgorithm::Sha256),
    ec("ecdsa-p384", Curve::P384, HashAlgorithm::Sha384),
    ec("ecdsa-p521", Curve::P521, HashAlgorithm::Sha512),
    ec(
        "ecdsa-brainpoolP256r1",
        Curve::BrainpoolP256r1,
        HashAlgorithm::Sha256,
    ),
    ec(
        "ecdsa-brainpoolP384r1",
        Curve::BrainpoolP384r1,
        HashAlgorithm::Sha384,
    ),
    ec(
        "ecdsa-brainpoolP512r1",
        Curve::BrainpoolP512r1,
        HashAlgorithm::Sha512,
    ),
    rsa(
        "rsa-pkcs1-2048",
        2048,
        SignatureAlgorithm::RsaPkcs1(HashAlgorithm::Sha256),
    ),
    rsa(
        "rsa-pkcs1-3072",
        3072,
        SignatureAlgorithm::RsaPkcs1(HashAlgorithm::Sha256),
    ),
    rsa(
        "rsa-pkcs1-4096",
        4096,
        SignatureAlgorithm::RsaPkcs1(HashAlgorithm::Sha512),
    ),
    ec(
        "ecdsa-brainpoolP320r1",
        Curve::BrainpoolP320r1,
        HashAlgorithm::Sha384,
    ),
    ec(
        "ecdsa-brainpoolP224r1",
        Curve::BrainpoolP224r1,
        HashAlgorithm::Sha224,
    ),
];

impl KeyProfile {
    /// The profile of a word.
    ///
    /// # Errors
    /// [`Error::UnknownProfile`], whose message lists the words.
    pub fn by_word(word: &str) -> Result<Self> {
        ALL.into_iter()
            .find(|profile| profile.word == word)
            .ok_or(Error::UnknownProfile)
    }

    /// Whether a public key is of this kind.
    #[must_use]
    pub fn fits(&self, key: &crypto::PublicKey) -> bool {
        match (self.kind, key) {
            (KeyKind::Rsa(bits), crypto::PublicKey::Rsa(key)) => key.bits() == bits,
            (KeyKind::Ec(curve), crypto::PublicKey::Ec(point)) => point.curve() == curve,
            _ => false,
        }
    }
}

/// The words, in a row.
#[must_use]
pub fn words() -> String {
    ALL.map(|profile| profile.word).join(", ")
}

const fn rsa(word: &'static str, bits: usize, algorithm: SignatureAlgorithm) -> KeyProfile {
    KeyProfile {
        word,
        kind: KeyKind::Rsa(bits),
        algorithm,
    }
}

const fn ec(word: &'static str, curve: Curve, hash: HashAlgorithm) -> KeyProfile {
    KeyProfile {
        word,
        kind: KeyKind::Ec(curve),
        algorithm: SignatureAlgorithm::Ecdsa(hash),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_word_is_found_once_and_no_other() {
        for profile in ALL {
            assert_eq!(
                KeyProfile::by_word(profile.word).unwrap().word,
                profile.word
            );
            assert_eq!(
                ALL.iter()
                    .filter(|other| other.word == profile.word)
                    .count(),
                1
            );
        }
        for word in ["", "rsa", "RSA-PSS-3072", "ecdsa-p256 "] {
            assert_eq!(
                KeyProfile::by_word(word).unwrap_err(),
                Error::UnknownProfile
            );
        }
        assert!(
            Error::UnknownProfile
                .to_string()
                .contains("ecdsa-brainpoolP512r1")
        );
    }

    #[test]
    fn hashes_are_as_strong_as_their_curves() {
        for profile in ALL {
            if let KeyKind::Ec(curve) = profile.kind {
                let hash = profile.algorithm.hash().output_len();
                assert!(hash.abs_diff(curve.order_len()) <= 8, "{}", profile.word);
            }
        }
    }
}
