//! A random token of 256 bits: whoever holds it may, and only its hash is stored. Sessions and one-time links are made of it.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use crypto::{CryptoRng, HashAlgorithm, SecretBytes, constant_time_eq};
use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

/// Octets of a token.
pub const TOKEN_LEN: usize = 32;
/// Characters of a token in base64url (RFC 4648 §5), without padding.
pub const TOKEN_CHARACTERS: usize = 43;

/// The token itself. It leaves in a cookie or a link and is forgotten here.
pub struct SecretToken(SecretBytes);

impl SecretToken {
    /// Draws one.
    #[must_use]
    pub fn generate(rng: &mut dyn CryptoRng) -> Self {
        let mut bytes = Zeroizing::new([0; TOKEN_LEN]);
        rng.fill_bytes(bytes.as_mut_slice());
        Self(SecretBytes::from(bytes.as_slice()))
    }

    /// Reads what somebody presents. `None` for anything that is not 43 characters of base64url.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        if text.len() != TOKEN_CHARACTERS {
            return None;
        }
        let bytes = SecretBytes::new(URL_SAFE_NO_PAD.decode(text).ok()?);
        (bytes.len() == TOKEN_LEN).then_some(Self(bytes))
    }

    /// The token as text, for the one who may have it.
    #[must_use]
    pub fn to_text(&self) -> Zeroizing<String> {
        Zeroizing::new(URL_SAFE_NO_PAD.encode(self.0.expose()))
    }

    /// What is stored.
    #[must_use]
    pub fn hash(&self) -> TokenHash {
        TokenHash(self.derived(b"card-toolchain token"))
    }

    /// A value that follows from the token and tells nothing of it, for one use.
    pub(crate) fn derived(&self, purpose: &[u8]) -> [u8; TOKEN_LEN] {
        let mut hasher = HashAlgorithm::Sha256.hasher();
        hasher.update(purpose);
        hasher.update(&[0]);
        hasher.update(self.0.expose());
        let mut derived = [0; TOKEN_LEN];
        derived.copy_from_slice(&hasher.finalize());
        derived
    }
}

/// SHA-256 of a token under a label: found by it, and of no use to who steals the store.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct TokenHash(pub [u8; TOKEN_LEN]);

impl TokenHash {
    /// From the bytes of a store.
    #[must_use]
    pub fn from_bytes(bytes: &[u8]) -> Option<Self> {
        bytes.try_into().ok().map(Self)
    }

    /// Whether this is the hash of a token, in constant time.
    #[must_use]
    pub fn is_of(&self, token: &SecretToken) -> bool {
        constant_time_eq(&self.0, &token.hash().0)
    }

    /// For a store.
    #[must_use]
    pub const fn as_bytes(&self) -> &[u8; TOKEN_LEN] {
        &self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::test_rng::rng;

    #[test]
    fn what_is_read_is_what_was_written() {
        let mut rng = rng(1);
        let (one, two) = (
            SecretToken::generate(&mut rng),
            SecretToken::generate(&mut rng),
        );
        assert_ne!(one.hash(), two.hash());
        let text = one.to_text();
        assert_eq!(text.len(), TOKEN_CHARACTERS);
        assert_eq!(SecretToken::parse(&text).unwrap().hash(), one.hash());
        assert_ne!(one.derived(b"a"), one.derived(b"b"));
        assert_ne!(one.hash().0.as_slice(), one.0.expose());
    }

    #[test]
    fn anything_else_is_no_token() {
        let good = SecretToken::generate(&mut rng(2)).to_text().to_string();
        for bad in [
            "",
            "x",
            &good[1..],
            &format!("{good}A"),
            &good.replacen(&good[0..1], "+", 1),
            &"ạ".repeat(43),
        ] {
            assert!(SecretToken::parse(bad).is_none(), "{bad}");
        }
    }
}
