//! Session keys and the three things done with them.

use core::fmt;

use crypto::kdf::{self, Counter};
use crypto::{Cipher, SecretBytes, pad2, unpad2};
use zeroize::Zeroizing;

use crate::secure_messaging::ssc::Ssc;
use crate::{Error, Result};

/// The keys a protocol has agreed on, and where the send sequence counter starts: all that secure messaging needs.
///
/// Not cloneable and not printable: a session consumes them.
pub struct SessionKeys {
    cipher: Cipher,
    ks_enc: SecretBytes,
    ks_mac: SecretBytes,
    start: Ssc,
}

impl SessionKeys {
    /// Keys that were agreed on elsewhere; the counter starts at zero.
    ///
    /// # Errors
    /// [`Error::Misuse`] when a key has not the length of the cipher's keys.
    pub fn new(cipher: Cipher, ks_enc: SecretBytes, ks_mac: SecretBytes) -> Result<Self> {
        if ks_enc.len() != cipher.key_len() || ks_mac.len() != cipher.key_len() {
            return Err(Error::Misuse(
                "a session key of another length than the cipher's",
            ));
        }
        Ok(Self {
            cipher,
            ks_enc,
            ks_mac,
            start: Ssc::zero(cipher),
        })
    }

    /// KS_Enc and KS_MAC from a shared secret (Doc 9303-11 §9.7.1, §9.7.4); the counter starts at zero.
    #[must_use]
    pub fn derive(cipher: Cipher, shared_secret: &[u8]) -> Self {
        Self {
            cipher,
            ks_enc: kdf::derive(cipher, shared_secret, Counter::Enc),
            ks_mac: kdf::derive(cipher, shared_secret, Counter::Mac),
            start: Ssc::zero(cipher),
        }
    }

    /// The same keys with another start of the counter.
    pub(crate) fn starting_at(mut self, start: Ssc) -> Self {
        self.start = start;
        self
    }

    /// The cipher the keys belong to.
    #[must_use]
    pub const fn cipher(&self) -> Cipher {
        self.cipher
    }

    /// MAC with KS_MAC outside secure messaging: the tokens of PACE (Doc 9303-11 §4.4.3.4).
    pub(crate) fn token(&self, input: &[u8]) -> Result<[u8; 8]> {
        Ok(self.cipher.mac(self.ks_mac.expose(), input)?)
    }

    /// The counter's first value; the first command counts one further.
    pub(super) fn start(&self) -> Ssc {
        self.start.clone()
    }

    /// The keys and the start of the counter, to be compared with those of a worked example.
    #[cfg(test)]
    pub(crate) fn exposed(&self) -> (&[u8], &[u8], Vec<u8>) {
        (
            self.ks_enc.expose(),
            self.ks_mac.expose(),
            self.start.to_bytes(),
        )
    }

    /// Pads and encrypts a data field under this value of the counter (Doc 9303-11 §9.8.6.1, §9.8.7.1).
    pub(super) fn encrypt(&self, ssc: &Ssc, data: &[u8]) -> Result<Vec<u8>> {
        self.encrypt_at(&ssc.to_bytes(), data)
    }

    /// Pads and encrypts CA_IC of PACE, as if the counter stood at −1 (Doc 9303-11 §4.4.5.6).
    pub(crate) fn encrypt_chip_authentication_data(&self, data: &[u8]) -> Result<Vec<u8>> {
        self.encrypt_at(&self.minus_one(), data)
    }

    /// Decrypts CA_IC of PACE and removes the padding; `None` when there is none to remove, or no whole blocks.
    pub(crate) fn decrypt_chip_authentication_data(
        &self,
        cryptogram: &[u8],
    ) -> Result<Option<Zeroizing<Vec<u8>>>> {
        if cryptogram.is_empty() || !cryptogram.len().is_multiple_of(self.cipher.block_len()) {
            return Ok(None);
        }
        self.decrypt_at(&self.minus_one(), cryptogram)
    }

    /// Decrypts a data field and removes the padding; `None` when there is no padding to remove.
    pub(super) fn decrypt(
        &self,
        ssc: &Ssc,
        cryptogram: &[u8],
    ) -> Result<Option<Zeroizing<Vec<u8>>>> {
        self.decrypt_at(&ssc.to_bytes(), cryptogram)
    }

    fn encrypt_at(&self, counter: &[u8], data: &[u8]) -> Result<Vec<u8>> {
        let padded = Zeroizing::new(pad2(data, self.cipher.block_len()));
        let iv = self.iv(counter)?;
        Ok(self
            .cipher
            .cbc_encrypt(self.ks_enc.expose(), &iv, &padded)?)
    }

    fn decrypt_at(&self, counter: &[u8], cryptogram: &[u8]) -> Result<Option<Zeroizing<Vec<u8>>>> {
        let iv = self.iv(counter)?;
        let padded = Zeroizing::new(self.cipher.cbc_decrypt(
            self.ks_enc.expose(),
            &iv,
            cryptogram,
        )?);
        Ok(unpad2(&padded)
            .ok()
            .map(|data| Zeroizing::new(data.to_vec())))
    }

    /// MAC over the counter, the header of a command if it is one, and the data objects if there are any. Each of the
    /// two is padded by itself; an empty row of objects is not padded (Doc 9303-11 §9.8.6.2, TR-03110-3 annex F figure 5).
    pub(super) fn mac(
        &self,
        ssc: &Ssc,
        header: Option<[u8; 4]>,
        objects: &[u8],
    ) -> Result<[u8; 8]> {
        let block = self.cipher.block_len();
        let mut input = ssc.to_bytes();
        if let Some(header) = header {
            input.extend(pad2(&header, block));
        }
        if !objects.is_empty() {
            input.extend(pad2(objects, block));
        }
        Ok(self.cipher.mac_of_padded(self.ks_mac.expose(), &input)?)
    }

    fn minus_one(&self) -> Vec<u8> {
        vec![0xFF; self.cipher.block_len()]
    }

    fn iv(&self, counter: &[u8]) -> Result<Vec<u8>> {
        match self.cipher {
            Cipher::TripleDes => Ok(vec![0; self.cipher.block_len()]),
            Cipher::Aes128 | Cipher::Aes192 | Cipher::Aes256 => {
                Ok(self.cipher.encrypt_block(self.ks_enc.expose(), counter)?)
            }
        }
    }
}

impl fmt::Debug for SessionKeys {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SessionKeys({})", self.cipher.name())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_have_the_length_of_the_cipher() {
        for cipher in Cipher::ALL {
            for len in [0, 16, 24, 32] {
                let made = SessionKeys::new(cipher, vec_of(len), vec_of(len));
                assert_eq!(made.is_ok(), len == cipher.key_len(), "{cipher:?} {len}");
            }
        }
    }

    #[test]
    fn debug_names_the_cipher_only() {
        let keys = SessionKeys::derive(Cipher::Aes192, b"secret");
        assert_eq!(format!("{keys:?}"), "SessionKeys(AES-192)");
    }

    fn vec_of(len: usize) -> SecretBytes {
        SecretBytes::new(vec![0x11; len])
    }
}
