//! The keys of a card.

use core::fmt;

use crypto::{Cipher, SecretBytes};

use crate::{Error, Result};

/// First three octets of a block of `01` under the key (GPC Amd D §4.1.4): tells whether a key arrived, not what it is.
pub type KeyCheckValue = [u8; 3];

/// Key version number of keys that a vendor put in (GPCS §7.5).
const INITIAL_KEY_VERSION: u8 = 0xFF;

/// The three static keys of SCP03, all of one size, under one version number (GPC Amd D §6.1).
pub struct StaticKeys {
    enc: SecretBytes,
    mac: SecretBytes,
    dek: SecretBytes,
    cipher: Cipher,
    version: u8,
}

impl StaticKeys {
    /// Checks sizes and version.
    ///
    /// # Errors
    /// [`Error::Misuse`] unless the keys are three AES keys of one size and the version is `01` to `7F`, or `FF`.
    pub fn new(version: u8, enc: SecretBytes, mac: SecretBytes, dek: SecretBytes) -> Result<Self> {
        if !matches!(version, 0x01..=0x7F | INITIAL_KEY_VERSION) {
            return Err(Error::Misuse("a key version is 01 to 7F, or FF"));
        }
        let cipher = match (enc.len(), mac.len(), dek.len()) {
            (16, 16, 16) => Cipher::Aes128,
            (24, 24, 24) => Cipher::Aes192,
            (32, 32, 32) => Cipher::Aes256,
            _ => return Err(Error::Misuse("SCP03 wants three AES keys of one size")),
        };
        Ok(Self {
            enc,
            mac,
            dek,
            cipher,
            version,
        })
    }

    /// The channel encryption key, Key-ENC.
    #[must_use]
    pub const fn enc(&self) -> &SecretBytes {
        &self.enc
    }

    /// The channel authentication key, Key-MAC.
    #[must_use]
    pub const fn mac(&self) -> &SecretBytes {
        &self.mac
    }

    /// The key under which other keys travel, Key-DEK.
    #[must_use]
    pub const fn dek(&self) -> &SecretBytes {
        &self.dek
    }

    /// Key version number.
    #[must_use]
    pub const fn version(&self) -> u8 {
        self.version
    }

    /// AES with the size of the keys.
    #[must_use]
    pub const fn cipher(&self) -> Cipher {
        self.cipher
    }

    /// A second owner of the same keys, on purpose.
    #[must_use]
    pub fn duplicate(&self) -> Self {
        Self {
            enc: self.enc.duplicate(),
            mac: self.mac.duplicate(),
            dek: self.dek.duplicate(),
            cipher: self.cipher,
            version: self.version,
        }
    }

    /// Check values of ENC, MAC and DEK.
    ///
    /// # Errors
    /// None in practice: the sizes were checked.
    pub fn check_values(&self) -> Result<[KeyCheckValue; 3]> {
        Ok([
            key_check_value(&self.enc)?,
            key_check_value(&self.mac)?,
            key_check_value(&self.dek)?,
        ])
    }

    /// Whether any of the keys is one that everybody knows: `40 41 42 …` in the lengthenings in use, or all octets alike.
    #[must_use]
    pub fn is_public_test_key(&self) -> bool {
        [&self.enc, &self.mac, &self.dek]
            .into_iter()
            .any(|key| is_public(key.expose()))
    }
}

impl fmt::Debug for StaticKeys {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "StaticKeys({}, version {:02X})",
            self.cipher.name(),
            self.version
        )
    }
}

/// The check value of one AES key.
///
/// # Errors
/// [`Error::Crypto`] when it is no AES key.
pub fn key_check_value(key: &SecretBytes) -> Result<KeyCheckValue> {
    let cipher = match key.len() {
        16 => Cipher::Aes128,
        24 => Cipher::Aes192,
        32 => Cipher::Aes256,
        _ => return Err(Error::Misuse("no AES key")),
    };
    let block = cipher.encrypt_block(key.expose(), &[1; 16])?;
    let value = block.first_chunk().copied();
    value.ok_or(Error::Misuse("no block cipher"))
}

fn is_public(key: &[u8]) -> bool {
    let counted = (0x40u8..)
        .zip(key)
        .all(|(expected, byte)| expected == *byte);
    let repeated = (0x40u8..=0x4F).cycle().zip(key).all(|(e, b)| e == *b);
    let uniform = key.windows(2).all(|pair| pair.first() == pair.last());
    counted || repeated || uniform
}

#[cfg(test)]
mod tests {
    use super::*;

    fn keys(enc: &[u8]) -> StaticKeys {
        let other = |salt| {
            let bytes = (0u8..).take(enc.len()).map(|i| i.wrapping_mul(37) ^ salt);
            SecretBytes::new(bytes.collect())
        };
        StaticKeys::new(0x30, enc.into(), other(1), other(2)).unwrap()
    }

    #[test]
    fn public_keys_are_recognised() {
        let repeated = |len| (0x40u8..=0x4F).cycle().take(len).collect::<Vec<u8>>();
        for (key, public) in [
            (repeated(16), true),
            (repeated(24), true),
            (repeated(32), true),
            ((0x40..=0x57).collect(), true),
            ((0x40..=0x5F).collect(), true),
            (vec![0; 32], true),
            (vec![0xFF; 16], true),
            ((0x41..=0x50).collect(), false),
            ((1..=32).map(|i: u8| i.wrapping_mul(91)).collect(), false),
        ] {
            assert_eq!(keys(&key).is_public_test_key(), public, "{key:02X?}");
        }
    }

    #[test]
    fn what_is_no_key_set() {
        let key = |len| SecretBytes::new(vec![7; len]);
        for (version, enc, mac, dek) in [
            (0x30, 16, 16, 32),
            (0x30, 15, 15, 15),
            (0x30, 0, 0, 0),
            (0x00, 16, 16, 16),
            (0x80, 16, 16, 16),
        ] {
            let keys = StaticKeys::new(version, key(enc), key(mac), key(dek));
            assert!(matches!(keys, Err(Error::Misuse(_))), "{version} {enc}");
        }
    }

    #[test]
    fn debug_shows_no_key() {
        let text = format!("{:?}", keys(&[0xAB; 32]));
        assert_eq!(text, "StaticKeys(AES-256, version 30)");
    }
}
