//! Key derivation (Doc 9303-11 §9.7.1).

use crate::{Cipher, HashAlgorithm, SecretBytes};

/// What a derived key is for: the counter of the derivation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Counter {
    /// KS_Enc, and K_Enc of BAC.
    Enc = 1,
    /// KS_MAC, and K_MAC of BAC.
    Mac = 2,
    /// K_π of PACE.
    Pace = 3,
}

/// KDF(K, c) with the hash and length that the cipher asks for. Parity bits of DES keys are left as they come: DES ignores
/// them.
#[must_use]
pub fn derive(cipher: Cipher, shared: &[u8], counter: Counter) -> SecretBytes {
    let hash = match cipher {
        Cipher::TripleDes | Cipher::Aes128 => HashAlgorithm::Sha1,
        Cipher::Aes192 | Cipher::Aes256 => HashAlgorithm::Sha256,
    };
    let mut hasher = hash.hasher();
    hasher.update(shared);
    hasher.update(&(counter as u32).to_be_bytes());
    let mut key = hasher.finalize();
    key.truncate(cipher.key_len());
    SecretBytes::new(key)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn check_values_of_the_password_123456() {
        for (cipher, key) in [
            (Cipher::Aes128, "591468cda83d65219cccb8560233600f"),
            (
                Cipher::Aes192,
                "8df3278fb32026e66277357fcd6c826dbeb3de32088b2531",
            ),
            (
                Cipher::Aes256,
                "8df3278fb32026e66277357fcd6c826dbeb3de32088b2531757d753940185923",
            ),
        ] {
            let derived = derive(cipher, b"123456", Counter::Pace);
            assert_eq!(hex::encode(derived.expose()), key, "{}", cipher.name());
        }
    }

    #[test]
    fn des_keys_agree_up_to_parity() {
        let derived = derive(Cipher::TripleDes, b"123456", Counter::Pace);
        let with_parity = hex::decode("581568cda83d64209dcdb9570232610e").unwrap();
        let without = |key: &[u8]| key.iter().map(|byte| byte & 0xFE).collect::<Vec<_>>();
        assert_eq!(without(derived.expose()), without(&with_parity));
    }
}
