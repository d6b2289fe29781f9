//! Basic access control (Doc 9303-11 §4.3): 3DES, keys from the machine readable zone.
//!
//! ```text
//! terminal                                     chip
//! 84 00 00 08                            →
//!                                        ←     RND.IC
//! E(K_Enc, RND.IFD ‖ RND.IC ‖ K.IFD) ‖ M →
//!                                        ←     E(K_Enc, RND.IC ‖ RND.IFD ‖ K.IC) ‖ M
//! ```
//!
//! Both then derive the session keys from K.IFD xor K.IC. This file holds what the two ends share: keys and layouts.

pub mod chip;
pub mod terminal;
#[cfg(test)]
mod worked_example;

use crypto::kdf::{self, Counter};
use crypto::{Cipher, SecretBytes};
use zeroize::Zeroizing;

use crate::password::Password;
use crate::secure_messaging::{SessionKeys, Ssc};
use crate::{Error, Result};

/// Octets of RND.IC and RND.IFD.
const RND_LEN: usize = 8;
/// Octets of K.IC and K.IFD.
const KEY_LEN: usize = 16;
/// Octets of S and R, and of their cryptograms.
const MESSAGE_LEN: usize = RND_LEN + RND_LEN + KEY_LEN;
/// Octets of a MAC.
const MAC_LEN: usize = 8;
/// Octets of EXTERNAL AUTHENTICATE's data, both ways.
const SEALED_LEN: usize = MESSAGE_LEN + MAC_LEN;

/// BAC knows one cipher.
const CIPHER: Cipher = Cipher::TripleDes;
const ZERO_IV: [u8; 8] = [0; 8];

/// K_Enc and K_MAC: the document basic access keys (Doc 9303-11 §9.7.2).
pub struct AccessKeys {
    k_enc: SecretBytes,
    k_mac: SecretBytes,
}

impl AccessKeys {
    /// Derives the keys from the machine readable zone.
    ///
    /// # Errors
    /// [`Error::Misuse`] for another password: BAC has no other.
    pub fn derive(password: &Password) -> Result<Self> {
        let seed = password
            .k_seed()
            .ok_or(Error::Misuse("BAC takes the MRZ as its password"))?;
        Ok(Self {
            k_enc: kdf::derive(CIPHER, seed, Counter::Enc),
            k_mac: kdf::derive(CIPHER, seed, Counter::Mac),
        })
    }

    /// Cryptogram and MAC of S or R.
    fn seal(&self, message: &Message) -> Result<Vec<u8>> {
        let mut sealed = CIPHER.cbc_encrypt(self.k_enc.expose(), &ZERO_IV, &message.to_bytes())?;
        sealed.extend(CIPHER.mac(self.k_mac.expose(), &sealed)?);
        Ok(sealed)
    }

    /// S or R out of cryptogram and MAC; `None` when the MAC is wrong. Nothing is decrypted before.
    fn open(&self, sealed: &[u8; SEALED_LEN]) -> Result<Option<Message>> {
        let (cryptogram, mac) = sealed.split_at(MESSAGE_LEN);
        if !crypto::constant_time_eq(mac, &CIPHER.mac(self.k_mac.expose(), cryptogram)?) {
            return Ok(None);
        }
        let plain =
            Zeroizing::new(CIPHER.cbc_decrypt(self.k_enc.expose(), &ZERO_IV, cryptogram)?);
        Ok(Message::from_bytes(&plain))
    }
}

/// RND.IC, drawn by the chip for one attempt.
#[derive(Clone, Copy, PartialEq, Eq)]
struct RndIc([u8; RND_LEN]);

/// RND.IFD, drawn by the terminal for one attempt.
#[derive(Clone, Copy, PartialEq, Eq)]
struct RndIfd([u8; RND_LEN]);

/// S (sent by the terminal) or R (sent by the chip): own nonce, other's nonce, own half of the key.
struct Message {
    own: [u8; RND_LEN],
    other: [u8; RND_LEN],
    key: Zeroizing<[u8; KEY_LEN]>,
}

impl Message {
    fn to_bytes(&self) -> Zeroizing<Vec<u8>> {
        Zeroizing::new([&self.own[..], &self.other, &self.key[..]].concat())
    }

    fn from_bytes(bytes: &[u8]) -> Option<Self> {
        let (own, rest) = bytes.split_first_chunk()?;
        let (other, key) = rest.split_first_chunk()?;
        Some(Self {
            own: *own,
            other: *other,
            key: Zeroizing::new(key.try_into().ok()?),
        })
    }
}

/// Session keys and start of the counter (Doc 9303-11 §4.3.1 step 3, §9.8.6.3).
fn session_keys(
    k_ifd: &[u8; KEY_LEN],
    k_ic: &[u8; KEY_LEN],
    rnd_ifd: RndIfd,
    rnd_ic: RndIc,
) -> SessionKeys {
    let seed: Zeroizing<Vec<u8>> =
        Zeroizing::new(k_ifd.iter().zip(k_ic).map(|(a, b)| a ^ b).collect());
    let [.., a, b, c, d] = rnd_ic.0;
    let [.., e, f, g, h] = rnd_ifd.0;
    SessionKeys::derive(CIPHER, &seed).starting_at(Ssc::of_bac([a, b, c, d, e, f, g, h]))
}
