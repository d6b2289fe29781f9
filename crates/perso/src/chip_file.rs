//! `chip.json`: a prepared chip on its way from the station that has it in a reader to the service that issues for it.
//!
//! ```json
//! {
//!   "format": 1,
//!   "serial": "00112233445566778899aabbccddeeff",
//!   "keys": [
//!     {
//!       "purpose": "chip-authentication",
//!       "curve": "P-256",
//!       "public_key": "3059…",
//!       "receipt": { "counter": 1, "mac": "…" }
//!     },
//!     {
//!       "purpose": "active-authentication",
//!       "rsa_bits": 2048,
//!       "hash": "SHA-256",
//!       "public_key": "3082…",
//!       "receipt": { "counter": 2, "mac": "…" }
//!     }
//!   ]
//! }
//! ```
//!
//! | field | content |
//! |---|---|
//! | `format` | 1 |
//! | `serial` | serial number of the chip, hexadecimal, 1 to 64 octets |
//! | `keys` | in the order of [`crate::key_requests`], at most eight, no two equal |
//! | `purpose` | `chip-authentication` or `active-authentication` |
//! | `curve` | [`Curve::name`] of an EC key; exactly one of `curve` and `rsa_bits` |
//! | `rsa_bits` | bits of the modulus of an RSA key, for active authentication only |
//! | `hash` | [`HashAlgorithm::name`], for active authentication only |
//! | `key_id` | 0 to 255, for chip authentication only, where the chip has several keys |
//! | `public_key` | SubjectPublicKeyInfo in DER with a named curve, hexadecimal |
//! | `receipt` | the chip's receipt for the key: `counter`, and `mac` with 16 octets in hexadecimal |
//!
//! Hexadecimal digits may be large or small. The station has checked the receipts; whoever issues for the chip has no
//! keys to check them with, and keeps them for the audit.

use std::collections::BTreeSet;

use crypto::{Curve, EcParameters, HashAlgorithm, PublicKey};
use serde::{Deserialize, Serialize};

use crate::applet::{ChipKey, KeyRequest, Receipt};
use crate::{Error, PreparedChip, Result};

/// Longest chip file that is read: eight RSA keys with room to spare.
pub const MAX_CHIP_FILE: usize = 64 * 1024;
/// Octets of a serial number.
const SERIAL_LEN: core::ops::RangeInclusive<usize> = 1..=64;
/// Most keys of a chip.
const MAX_KEYS: usize = 8;
/// Version of the format.
const FORMAT: u32 = 1;

const CHIP_AUTHENTICATION: &str = "chip-authentication";
const ACTIVE_AUTHENTICATION: &str = "active-authentication";

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct ChipFile {
    format: u32,
    serial: String,
    keys: Vec<KeyEntry>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct KeyEntry {
    purpose: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    curve: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    rsa_bits: Option<u16>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    hash: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    key_id: Option<u8>,
    public_key: String,
    receipt: ReceiptEntry,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct ReceiptEntry {
    counter: u32,
    mac: String,
}

/// Reads a chip file.
///
/// # Errors
/// [`Error::ChipJson`], [`Error::MalformedChip`] naming what is wrong and with which key.
pub fn read(text: &[u8]) -> Result<PreparedChip> {
    let malformed = |what| Error::MalformedChip { what, key: None };
    if text.len() > MAX_CHIP_FILE {
        return Err(malformed("length"));
    }
    let file: ChipFile = serde_json::from_slice(text).map_err(Error::ChipJson)?;
    if file.format != FORMAT {
        return Err(malformed("format version"));
    }
    let serial = hex::decode(&file.serial).ok();
    let serial = serial.filter(|serial| SERIAL_LEN.contains(&serial.len()));
    if file.keys.len() > MAX_KEYS {
        return Err(malformed("number of keys"));
    }
    let mut known = BTreeSet::new();
    let mut keys = Vec::with_capacity(file.keys.len());
    for (at, entry) in file.keys.iter().enumerate() {
        let key = entry.read().map_err(|what| Error::MalformedChip {
            what,
            key: Some(at),
        })?;
        if !known.insert(key.public.to_spki(EcParameters::Named)?) {
            return Err(Error::MalformedChip {
                what: "public key: it repeats another",
                key: Some(at),
            });
        }
        keys.push(key);
    }
    Ok(PreparedChip {
        serial: serial.ok_or(malformed("serial number"))?,
        keys,
    })
}

/// Writes a chip file.
///
/// # Errors
/// [`Error::Crypto`] for a key that cannot be written.
pub fn write(chip: &PreparedChip) -> Result<String> {
    let file = ChipFile {
        format: FORMAT,
        serial: hex::encode(&chip.serial),
        keys: chip.keys.iter().map(KeyEntry::of).collect::<Result<_>>()?,
    };
    serde_json::to_string_pretty(&file).map_err(Error::ChipJson)
}

impl KeyEntry {
    fn of(key: &ChipKey) -> Result<Self> {
        let (purpose, curve, rsa_bits, hash, key_id) = match key.request {
            KeyRequest::ChipAuthentication { curve, key_id } => {
                (CHIP_AUTHENTICATION, Some(curve), None, None, key_id)
            }
            KeyRequest::ActiveAuthenticationEc { curve, hash } => {
                (ACTIVE_AUTHENTICATION, Some(curve), None, Some(hash), None)
            }
            KeyRequest::ActiveAuthenticationRsa { bits, hash } => {
                (ACTIVE_AUTHENTICATION, None, Some(bits), Some(hash), None)
            }
        };
        Ok(Self {
            purpose: purpose.to_owned(),
            curve: curve.map(|curve| curve.name().to_owned()),
            rsa_bits,
            hash: hash.map(|hash| hash.name().to_owned()),
            key_id,
            public_key: hex::encode(key.public.to_spki(EcParameters::Named)?),
            receipt: ReceiptEntry {
                counter: key.receipt.counter,
                mac: hex::encode(key.receipt.mac),
            },
        })
    }

    fn read(&self) -> core::result::Result<ChipKey, &'static str> {
        let request = self.request()?;
        let spki = hex::decode(&self.public_key).map_err(|_| "public key")?;
        let public = PublicKey::from_spki(&spki).map_err(|_| "public key")?;
        let is_of_kind = match (request, &public) {
            (
                KeyRequest::ChipAuthentication { curve, .. }
                | KeyRequest::ActiveAuthenticationEc { curve, .. },
                PublicKey::Ec(point),
            ) => point.curve() == curve,
            (KeyRequest::ActiveAuthenticationRsa { bits, .. }, PublicKey::Rsa(key)) => {
                key.bits() == usize::from(bits)
            }
            _ => false,
        };
        if !is_of_kind {
            return Err("public key: it is of another kind");
        }
        let mut mac = [0; 16];
        hex::decode_to_slice(&self.receipt.mac, &mut mac).map_err(|_| "receipt")?;
        Ok(ChipKey {
            request,
            public,
            receipt: Receipt {
                counter: self.receipt.counter,
                mac,
            },
        })
    }

    fn request(&self) -> core::result::Result<KeyRequest, &'static str> {
        let curve = match &self.curve {
            Some(name) => Some(curve(name).ok_or("curve")?),
            None => None,
        };
        let hash = match &self.hash {
            Some(name) => Some(hash(name).ok_or("hash")?),
            None => None,
        };
        let (purpose, key_id) = (self.purpose.as_str(), self.key_id);
        match (purpose, curve, self.rsa_bits, hash, key_id) {
            (CHIP_AUTHENTICATION, Some(curve), None, None, key_id) => {
                Ok(KeyRequest::ChipAuthentication { curve, key_id })
            }
            (ACTIVE_AUTHENTICATION, Some(curve), None, Some(hash), None) => {
                Ok(KeyRequest::ActiveAuthenticationEc { curve, hash })
            }
            (ACTIVE_AUTHENTICATION, None, Some(bits), Some(hash), None) => {
                Ok(KeyRequest::ActiveAuthenticationRsa { bits, hash })
            }
            (CHIP_AUTHENTICATION | ACTIVE_AUTHENTICATION, ..) => {
                Err("combination of curve, rsa_bits, hash and key_id")
            }
            _ => Err("purpose"),
        }
    }
}

fn curve(name: &str) -> Option<Curve> {
    Curve::ALL.into_iter().find(|curve| curve.name() == name)
}

fn hash(name: &str) -> Option<HashAlgorithm> {
    HashAlgorithm::ALL
        .into_iter()
        .find(|hash| hash.name() == name)
}

#[cfg(test)]
mod tests;
