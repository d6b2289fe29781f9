//! Ciphers and MACs of secure messaging.

use aes::{Aes128, Aes192, Aes256};
use cbc::cipher::{
    BlockCipherEncrypt, BlockModeDecrypt, BlockModeEncrypt, KeyInit, KeyIvInit,
    block_padding::NoPadding,
};
use cmac::{Cmac, Mac};
use des::{Des, TdesEde2};
use retail_mac::RetailMac;

use crate::{Error, Result, pad2};

/// A cipher of secure messaging with its MAC (Doc 9303-11 §9.8.6, §9.8.7).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Cipher {
    /// Two-key 3DES in CBC mode with the retail MAC.
    TripleDes,
    /// AES-128 in CBC mode with CMAC.
    Aes128,
    /// AES-192 in CBC mode with CMAC.
    Aes192,
    /// AES-256 in CBC mode with CMAC.
    Aes256,
}

const WRONG_KEY_OR_IV: Error = Error::Misuse("length of key or initialisation vector");
const WRONG_DATA_LENGTH: Error = Error::Malformed("ciphertext, no multiple of the block length");

/// Runs `$body` with the block cipher as `$C`.
macro_rules! with_block_cipher {
    ($cipher:expr, $C:ident => $body:expr) => {
        match $cipher {
            Cipher::TripleDes => {
                type $C = TdesEde2;
                $body
            }
            Cipher::Aes128 => {
                type $C = Aes128;
                $body
            }
            Cipher::Aes192 => {
                type $C = Aes192;
                $body
            }
            Cipher::Aes256 => {
                type $C = Aes256;
                $body
            }
        }
    };
}

impl Cipher {
    /// All of them, weakest first.
    pub const ALL: [Self; 4] = [Self::TripleDes, Self::Aes128, Self::Aes192, Self::Aes256];

    /// Octets of a key.
    #[must_use]
    pub const fn key_len(self) -> usize {
        match self {
            Self::TripleDes | Self::Aes128 => 16,
            Self::Aes192 => 24,
            Self::Aes256 => 32,
        }
    }

    /// Octets of a block; also of the send sequence counter.
    #[must_use]
    pub const fn block_len(self) -> usize {
        match self {
            Self::TripleDes => 8,
            Self::Aes128 | Self::Aes192 | Self::Aes256 => 16,
        }
    }

    /// Name as written in text.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::TripleDes => "3DES",
            Self::Aes128 => "AES-128",
            Self::Aes192 => "AES-192",
            Self::Aes256 => "AES-256",
        }
    }

    /// Encrypts whole blocks in CBC mode.
    ///
    /// # Errors
    /// [`Error::Misuse`] for a wrong length of key or `iv`; [`Error::Malformed`] when `data` is not whole blocks.
    pub fn cbc_encrypt(self, key: &[u8], iv: &[u8], data: &[u8]) -> Result<Vec<u8>> {
        if !data.len().is_multiple_of(self.block_len()) {
            return Err(WRONG_DATA_LENGTH);
        }
        with_block_cipher!(self, C => {
            let cipher = cbc::Encryptor::<C>::new_from_slices(key, iv).map_err(|_| WRONG_KEY_OR_IV)?;
            Ok(cipher.encrypt_padded_vec::<NoPadding>(data))
        })
    }

    /// Decrypts whole blocks in CBC mode.
    ///
    /// # Errors
    /// As [`Self::cbc_encrypt`].
    pub fn cbc_decrypt(self, key: &[u8], iv: &[u8], data: &[u8]) -> Result<Vec<u8>> {
        if !data.len().is_multiple_of(self.block_len()) {
            return Err(WRONG_DATA_LENGTH);
        }
        with_block_cipher!(self, C => {
            let cipher = cbc::Decryptor::<C>::new_from_slices(key, iv).map_err(|_| WRONG_KEY_OR_IV)?;
            cipher.decrypt_padded_vec::<NoPadding>(data).map_err(|_| WRONG_DATA_LENGTH)
        })
    }

    /// Encrypts one block without chaining: how AES secure messaging makes its initialisation vectors
    /// (Doc 9303-11 §9.8.7.1).
    ///
    /// # Errors
    /// [`Error::Misuse`] for a wrong length of key or block.
    pub fn encrypt_block(self, key: &[u8], block: &[u8]) -> Result<Vec<u8>> {
        with_block_cipher!(self, C => {
            let cipher = C::new_from_slice(key).map_err(|_| WRONG_KEY_OR_IV)?;
            let mut block = block.try_into().map_err(|_| WRONG_KEY_OR_IV)?;
            cipher.encrypt_block(&mut block);
            Ok(block.to_vec())
        })
    }

    /// MAC of eight octets over a message that the caller has padded to whole blocks: secure messaging.
    ///
    /// # Errors
    /// [`Error::Misuse`] for a wrong length of key; [`Error::Malformed`] when `data` is not whole blocks.
    pub fn mac_of_padded(self, key: &[u8], data: &[u8]) -> Result<[u8; 8]> {
        if !data.len().is_multiple_of(self.block_len()) {
            return Err(Error::Malformed(
                "MAC input, no multiple of the block length",
            ));
        }
        let tag = match self {
            Self::TripleDes => tag_of::<RetailMac<Des>>(key, data)?,
            Self::Aes128 => tag_of::<Cmac<Aes128>>(key, data)?,
            Self::Aes192 => tag_of::<Cmac<Aes192>>(key, data)?,
            Self::Aes256 => tag_of::<Cmac<Aes256>>(key, data)?,
        };
        tag.first_chunk()
            .copied()
            .ok_or(Error::Misuse("MAC shorter than eight octets"))
    }

    /// MAC of eight octets over any message: the retail MAC pads by method 2, CMAC by itself. BAC cryptograms and PACE
    /// tokens (Doc 9303-11 §4.3.1, §4.4.3.4).
    ///
    /// # Errors
    /// [`Error::Misuse`] for a wrong length of key.
    pub fn mac(self, key: &[u8], message: &[u8]) -> Result<[u8; 8]> {
        match self {
            Self::TripleDes => self.mac_of_padded(key, &pad2(message, self.block_len())),
            Self::Aes128 | Self::Aes192 | Self::Aes256 => {
                let tag = aes_cmac(key, message)?;
                tag.first_chunk()
                    .copied()
                    .ok_or(Error::Misuse("MAC shorter than eight octets"))
            }
        }
    }
}

/// AES-CMAC with all sixteen octets; the key's length chooses AES-128, -192 or -256 (SP 800-38B).
///
/// # Errors
/// [`Error::Misuse`] for any other length of key.
pub fn aes_cmac(key: &[u8], message: &[u8]) -> Result<[u8; 16]> {
    let tag = match key.len() {
        16 => tag_of::<Cmac<Aes128>>(key, message)?,
        24 => tag_of::<Cmac<Aes192>>(key, message)?,
        32 => tag_of::<Cmac<Aes256>>(key, message)?,
        _ => return Err(WRONG_KEY_OR_IV),
    };
    tag.try_into()
        .map_err(|_| Error::Misuse("CMAC of another length than sixteen"))
}

fn tag_of<M: Mac + KeyInit>(key: &[u8], data: &[u8]) -> Result<Vec<u8>> {
    let mut mac = <M as KeyInit>::new_from_slice(key).map_err(|_| WRONG_KEY_OR_IV)?;
    mac.update(data);
    Ok(mac.finalize().into_bytes().to_vec())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn there_and_back() {
        for cipher in Cipher::ALL {
            let key = vec![7; cipher.key_len()];
            let iv = vec![9; cipher.block_len()];
            let data = pad2(b"some data that is longer than a block", cipher.block_len());
            let secret = cipher.cbc_encrypt(&key, &iv, &data).unwrap();
            assert_ne!(secret, data);
            assert_eq!(
                cipher.cbc_decrypt(&key, &iv, &secret).unwrap(),
                data,
                "{}",
                cipher.name()
            );
        }
    }

    #[test]
    fn wrong_lengths_are_errors() {
        for cipher in Cipher::ALL {
            let (key, iv) = (vec![7; cipher.key_len()], vec![9; cipher.block_len()]);
            assert!(cipher.cbc_encrypt(&[1; 5], &iv, &[]).is_err());
            assert!(cipher.cbc_encrypt(&key, &[1; 5], &[]).is_err());
            assert!(cipher.cbc_decrypt(&key, &iv, &[1; 5]).is_err());
            assert!(cipher.encrypt_block(&key, &[1; 5]).is_err());
            assert!(cipher.mac_of_padded(&key, &[1; 5]).is_err());
            assert!(cipher.mac(&[1; 5], b"x").is_err());
        }
    }
}
