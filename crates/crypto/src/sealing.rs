//! Sealing what rests in a database: AES-256-GCM (NIST SP 800-38D) under keys that are derived for each purpose.
//!
//! One master key is kept; [`SealingKey::derive`] makes a key for each purpose and each owner of it, so that nothing sealed for one is
//! opened as that of another, and no key is used often enough for its random nonces to meet.

use aws_lc_rs::aead::{AES_256_GCM, Aad, NONCE_LEN, Nonce, RandomizedNonceKey};
use aws_lc_rs::hmac;

use crate::{Error, Result, SecretBytes};

/// Octets of a key.
const KEY_LEN: usize = 32;

/// A key that seals, and from which others are derived.
pub struct SealingKey(SecretBytes);

impl SealingKey {
    /// The key of 32 octets.
    ///
    /// # Errors
    /// [`Error::Misuse`] for another length.
    pub fn new(key: SecretBytes) -> Result<Self> {
        if key.expose().len() == KEY_LEN {
            Ok(Self(key))
        } else {
            Err(Error::Misuse("a sealing key has 32 octets"))
        }
    }

    /// A new key.
    #[must_use]
    pub fn generate(rng: &mut dyn crate::CryptoRng) -> Self {
        let mut key = zeroize::Zeroizing::new([0; KEY_LEN]);
        rng.fill_bytes(key.as_mut());
        Self(SecretBytes::from(*key))
    }

    /// The key for a purpose and an owner of it: HMAC-SHA-256 over both, as the expansion of HKDF (RFC 5869 §2.3).
    #[must_use]
    pub fn derive(&self, purpose: &str, owner: &[u8]) -> Self {
        Self(SecretBytes::new(self.keyed_hash(purpose, owner).to_vec()))
    }

    /// A keyed hash of something under a purpose: equal things are equal, and nobody without the key can try names.
    #[must_use]
    pub fn keyed_hash(&self, purpose: &str, message: &[u8]) -> [u8; 32] {
        let key = hmac::Key::new(hmac::HMAC_SHA256, self.0.expose());
        let mut context = hmac::Context::with_key(&key);
        context.update(&[u8::try_from(purpose.len()).unwrap_or(u8::MAX)]);
        context.update(purpose.as_bytes());
        context.update(message);
        context.update(&[1]);
        let mut hash = [0; 32];
        hash.iter_mut()
            .zip(context.sign().as_ref())
            .for_each(|(to, from)| *to = *from);
        hash
    }

    /// The octets of the key, for whoever keeps them.
    #[must_use]
    pub const fn secret(&self) -> &SecretBytes {
        &self.0
    }

    /// Seals: nonce, ciphertext, tag. `owner` is bound to it and has to be named again.
    ///
    /// # Errors
    /// [`Error::Misuse`] for more than the cipher takes.
    pub fn seal(&self, owner: &[u8], plain: &[u8]) -> Result<Vec<u8>> {
        let key = self.cipher()?;
        let mut content = plain.to_vec();
        let nonce = key
            .seal_in_place_append_tag(Aad::from(owner), &mut content)
            .map_err(|_| Error::Misuse("too long to be sealed"))?;
        let mut sealed = nonce.as_ref().to_vec();
        sealed.append(&mut content);
        Ok(sealed)
    }

    /// Opens what [`Self::seal`] has made for the same owner.
    ///
    /// # Errors
    /// [`Error::Malformed`] when the key, the owner or the octets are others.
    pub fn open(&self, owner: &[u8], sealed: &[u8]) -> Result<SecretBytes> {
        let other = || Error::Malformed("sealed octets");
        let (nonce, content) = sealed.split_at_checked(NONCE_LEN).ok_or_else(other)?;
        let nonce = Nonce::try_assume_unique_for_key(nonce).map_err(|_| other())?;
        let mut content = content.to_vec();
        let length = self
            .cipher()?
            .open_in_place(nonce, Aad::from(owner), &mut content)
            .map_err(|_| other())?
            .len();
        content.truncate(length);
        Ok(SecretBytes::new(content))
    }

    fn cipher(&self) -> Result<RandomizedNonceKey> {
        RandomizedNonceKey::new(&AES_256_GCM, self.0.expose())
            .map_err(|_| Error::Misuse("a sealing key has 32 octets"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(of: u8) -> SealingKey {
        SealingKey::new(SecretBytes::from([of; 32])).unwrap()
    }

    #[test]
    fn what_is_sealed_opens_for_its_owner_and_nobody_else() {
        let sealed = key(1).seal(b"owner", b"content").unwrap();
        assert!(key(1).open(b"owner", &sealed).unwrap().ct_eq(b"content"));
        let mut bent = sealed.clone();
        bent[14] ^= 1;
        for (key, owner, sealed) in [
            (key(2), &b"owner"[..], &sealed[..]),
            (key(1), b"other", &sealed),
            (key(1), b"owner", &bent),
            (key(1), b"owner", &sealed[..27]),
            (key(1), b"owner", &[]),
        ] {
            assert!(key.open(owner, sealed).is_err());
        }
        assert_ne!(key(1).seal(b"owner", b"content").unwrap(), sealed);
    }

    #[test]
    fn purposes_and_owners_are_apart() {
        let hash = |purpose, message: &[u8]| key(1).keyed_hash(purpose, message);
        assert_eq!(hash("a", b"b"), hash("a", b"b"));
        assert_ne!(hash("a", b"b"), hash("b", b"b"));
        assert_ne!(hash("ab", b"c"), hash("a", b"bc"));
        assert_ne!(hash("a", b"b"), key(2).keyed_hash("a", b"b"));
        assert!(SealingKey::new(SecretBytes::from([0; 31])).is_err());
    }
}
