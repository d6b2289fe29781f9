//! The keys of one card, from a master key and the card's serial number.
//!
//! SP 800-108 §4.1 in counter mode with AES-CMAC, counter and length in 32 bits:
//!
//! ```text
//! block(i) = CMAC(master, i ‖ label ‖ 00 ‖ context ‖ length in bits)
//! label    = "perso:" ‖ purpose ‖ ":" ‖ "enc" | "mac" | "dek" | "key"
//! context  = key version (1) ‖ serial number of the card (16 or more)
//! ```
//!
//! This is what PKCS#11 calls `CKM_SP800_108_COUNTER_KDF` and OpenSSL `KBKDF`, so the master key may stay where it cannot
//! be read. GlobalPlatform's own KDF3 takes ten octets of card data only: too few to be a serial number of a nation's cards.

use crypto::SecretBytes;

use crate::key_derivation::counter_mode;
use crate::{Error, Result, StaticKeys};

/// Shortest serial number: shorter ones are known to repeat.
pub const MIN_SERIAL_LEN: usize = 16;
/// Longest serial number.
pub const MAX_SERIAL_LEN: usize = 64;

/// What the keys are for. Each purpose has its own, so that no role can do another's work.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Purpose {
    /// From the vendor to the issuer; replaced on arrival.
    Transport,
    /// Opening and filling a job.
    Personalisation,
    /// Locking a card that was found good.
    QualityControl,
    /// The receipts of the card for the audit log.
    Receipt,
}

impl Purpose {
    const fn word(self) -> &'static str {
        match self {
            Self::Transport => "transport",
            Self::Personalisation => "personalisation",
            Self::QualityControl => "quality-control",
            Self::Receipt => "receipt",
        }
    }
}

/// The three static keys of a card for a purpose, as long as the master key.
///
/// # Errors
/// [`Error::Misuse`] for a serial number outside [`MIN_SERIAL_LEN`] to [`MAX_SERIAL_LEN`] or an impossible version,
/// [`Error::Crypto`] when the master key is no AES key.
pub fn diversify(
    master: &SecretBytes,
    purpose: Purpose,
    version: u8,
    serial: &[u8],
) -> Result<StaticKeys> {
    let key = |role| derive(master, purpose, role, version, serial);
    StaticKeys::new(version, key("enc")?, key("mac")?, key("dek")?)
}

/// A single key of a card, for a purpose that is no channel.
///
/// # Errors
/// As [`diversify`].
pub fn diversify_key(
    master: &SecretBytes,
    purpose: Purpose,
    version: u8,
    serial: &[u8],
) -> Result<SecretBytes> {
    derive(master, purpose, "key", version, serial)
}

fn derive(
    master: &SecretBytes,
    purpose: Purpose,
    role: &str,
    version: u8,
    serial: &[u8],
) -> Result<SecretBytes> {
    if !(MIN_SERIAL_LEN..=MAX_SERIAL_LEN).contains(&serial.len()) {
        return Err(Error::Misuse("a card's serial number has 16 to 64 octets"));
    }
    let label = format!("perso:{}:{role}", purpose.word());
    let bits = u32::try_from(master.len() * 8).unwrap_or_default();
    counter_mode(master, master.len(), |counter| {
        [
            &u32::from(counter).to_be_bytes()[..],
            label.as_bytes(),
            &[0, version],
            serial,
            &bits.to_be_bytes(),
        ]
        .concat()
    })
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn every_input_counts() {
        let master = |first| SecretBytes::new((first..).take(32).collect::<Vec<u8>>());
        let serial = |last| [[7; 15].as_slice(), &[last]].concat();
        let mut seen = BTreeSet::new();
        for (first, purpose, version, last) in [
            (1, Purpose::Personalisation, 1, 1),
            (2, Purpose::Personalisation, 1, 1),
            (1, Purpose::Transport, 1, 1),
            (1, Purpose::QualityControl, 1, 1),
            (1, Purpose::Receipt, 1, 1),
            (1, Purpose::Personalisation, 2, 1),
            (1, Purpose::Personalisation, 1, 2),
        ] {
            let keys = diversify(&master(first), purpose, version, &serial(last)).unwrap();
            let single = diversify_key(&master(first), purpose, version, &serial(last)).unwrap();
            for key in [keys.enc(), keys.mac(), keys.dek(), &single] {
                assert!(seen.insert(key.expose().to_vec()), "{purpose:?} {version}");
            }
        }
        assert_eq!(seen.len(), 7 * 4);
    }

    #[test]
    fn what_is_refused() {
        let master = |len| SecretBytes::new((1u8..).take(len).collect());
        for (len, version, serial) in [(32, 1, 15), (32, 1, 65), (32, 0, 16), (20, 1, 16)] {
            let keys = diversify(&master(len), Purpose::Transport, version, &vec![1; serial]);
            assert!(keys.is_err(), "{len} {version} {serial}");
        }
    }
}
