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
//! | `law` | version of the applet's law that the chip obeys, four digits; without it `0100` |
//! | `curve` | [`Curve::name`] of an EC key; exactly one of `curve`, `group` and `rsa_bits` |
//! | `group` | [`DhGroup::name`] of a key of a multiplicative group, for chip authentication only |
//! | `rsa_bits` | bits of the modulus of an RSA key, for active authentication only |
//! | `hash` | [`HashAlgorithm::name`], for active authentication only |
//! | `key_id` | 0 to 255, for chip authentication only, where the chip has several keys |
//! | `public_key` | SubjectPublicKeyInfo in DER with a named curve, or with the numbers of the group, hexadecimal |
//! | `receipt` | the chip's receipt for the key: `counter`, and `mac` with 16 octets in hexadecimal |
//!
//! Hexadecimal digits may be large or small. The station has checked the receipts; whoever issues for the chip has no
//! keys to check them with, and keeps them for the audit.

use std::collections::BTreeSet;

use crypto::{AgreementDomain, AgreementKey, Curve, DhGroup, HashAlgorithm, PublicKey};
use serde::{Deserialize, Serialize};

use crate::applet::{ChipKey, ChipPublicKey, KeyRequest, LawVersion, Receipt};
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
const COMBINATION: &str = "combination of curve, group, rsa_bits, hash and key_id";

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct ChipFile {
    format: u32,
    serial: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    law: Option<String>,
    keys: Vec<KeyEntry>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct KeyEntry {
    purpose: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    curve: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    group: Option<String>,
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
    let law = match &file.law {
        Some(digits) => LawVersion::parse(digits),
        None => Some(LawVersion::V0100),
    };
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
        if !known.insert(key.public.to_spki()?) {
            return Err(Error::MalformedChip {
                what: "public key: it repeats another",
                key: Some(at),
            });
        }
        keys.push(key);
    }
    Ok(PreparedChip {
        serial: serial.ok_or(malformed("serial number"))?,
        law: law.ok_or(malformed("law"))?,
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
        law: (chip.law != LawVersion::V0100).then(|| chip.law.to_string()),
        keys: chip.keys.iter().map(KeyEntry::of).collect::<Result<_>>()?,
    };
    serde_json::to_string_pretty(&file).map_err(Error::ChipJson)
}

impl KeyEntry {
    fn of(key: &ChipKey) -> Result<Self> {
        let entry = Self {
            purpose: ACTIVE_AUTHENTICATION.to_owned(),
            curve: None,
            group: None,
            rsa_bits: None,
            hash: None,
            key_id: key.request.key_id(),
            public_key: hex::encode(key.public.to_spki()?),
            receipt: ReceiptEntry {
                counter: key.receipt.counter,
                mac: hex::encode(key.receipt.mac),
            },
        };
        let name = |name: &str| Some(name.to_owned());
        Ok(match key.request {
            KeyRequest::ChipAuthentication { domain, .. } => {
                let (curve, group) = match domain {
                    AgreementDomain::Ec(curve) => (name(curve.name()), None),
                    AgreementDomain::Dh(group) => (None, name(group.name())),
                };
                Self {
                    purpose: CHIP_AUTHENTICATION.to_owned(),
                    curve,
                    group,
                    ..entry
                }
            }
            KeyRequest::ActiveAuthenticationEc { curve, hash } => Self {
                curve: name(curve.name()),
                hash: name(hash.name()),
                ..entry
            },
            KeyRequest::ActiveAuthenticationRsa { bits, hash } => Self {
                rsa_bits: Some(bits),
                hash: name(hash.name()),
                ..entry
            },
        })
    }

    fn read(&self) -> core::result::Result<ChipKey, &'static str> {
        let request = self.request()?;
        let spki = hex::decode(&self.public_key).map_err(|_| "public key")?;
        let public = public_key(request, &spki)?;
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
        let group = match &self.group {
            Some(name) => Some(group(name).ok_or("group")?),
            None => None,
        };
        let hash = match &self.hash {
            Some(name) => Some(hash(name).ok_or("hash")?),
            None => None,
        };
        let (purpose, key_id) = (self.purpose.as_str(), self.key_id);
        let kind = match (curve, group, self.rsa_bits) {
            (Some(curve), None, None) => Kind::Curve(curve),
            (None, Some(group), None) => Kind::Group(group),
            (None, None, Some(bits)) => Kind::Rsa(bits),
            _ => return Err(COMBINATION),
        };
        match (purpose, kind, hash, key_id) {
            (CHIP_AUTHENTICATION, Kind::Curve(curve), None, key_id) => {
                let domain = AgreementDomain::Ec(curve);
                Ok(KeyRequest::ChipAuthentication { domain, key_id })
            }
            (CHIP_AUTHENTICATION, Kind::Group(group), None, key_id) => {
                let domain = AgreementDomain::Dh(group);
                Ok(KeyRequest::ChipAuthentication { domain, key_id })
            }
            (ACTIVE_AUTHENTICATION, Kind::Curve(curve), Some(hash), None) => {
                Ok(KeyRequest::ActiveAuthenticationEc { curve, hash })
            }
            (ACTIVE_AUTHENTICATION, Kind::Rsa(bits), Some(hash), None) => {
                Ok(KeyRequest::ActiveAuthenticationRsa { bits, hash })
            }
            (CHIP_AUTHENTICATION | ACTIVE_AUTHENTICATION, ..) => Err(COMBINATION),
            _ => Err("purpose"),
        }
    }
}

/// What a key is made over.
enum Kind {
    Curve(Curve),
    Group(DhGroup),
    Rsa(u16),
}

/// The public key of a request, which must be of its kind.
fn public_key(
    request: KeyRequest,
    spki: &[u8],
) -> core::result::Result<ChipPublicKey, &'static str> {
    let malformed = |_| "public key";
    let (key, is_of_kind) = match request {
        KeyRequest::ChipAuthentication { domain, .. } => {
            let key = AgreementKey::from_spki(spki).map_err(malformed)?;
            let is_of_kind = key.domain() == domain;
            (ChipPublicKey::Agrees(key), is_of_kind)
        }
        KeyRequest::ActiveAuthenticationEc { .. } | KeyRequest::ActiveAuthenticationRsa { .. } => {
            let key = PublicKey::from_spki(spki).map_err(malformed)?;
            let is_of_kind = match (request, &key) {
                (KeyRequest::ActiveAuthenticationEc { curve, .. }, PublicKey::Ec(point)) => {
                    point.curve() == curve
                }
                (KeyRequest::ActiveAuthenticationRsa { bits, .. }, PublicKey::Rsa(key)) => {
                    key.bits() == usize::from(bits)
                }
                _ => false,
            };
            (ChipPublicKey::Signs(key), is_of_kind)
        }
    };
    if is_of_kind {
        Ok(key)
    } else {
        Err("public key: it is of another kind")
    }
}

fn group(name: &str) -> Option<DhGroup> {
    DhGroup::ALL.into_iter().find(|group| group.name() == name)
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
