//! Names of people and documents for one party: the same for it every time, another one for every other party.

use crypto::FormatPreservingKey;
use uuid::Uuid;

use super::Result;
use crate::Vault;

/// The name of somebody or something for a party. Without the key of the register nobody finds the way back, and two parties cannot compare.
#[must_use]
pub fn for_party(vault: &Vault, party: Uuid, id: Uuid) -> Uuid {
    keyed(vault, &format!("reference/{party}/{id}"))
}

/// A name that follows from a text and the key of the register (RFC 9562 §5.8).
#[must_use]
pub fn keyed(vault: &Vault, text: &str) -> Uuid {
    uuid::Builder::from_custom_bytes(vault.search_key(text).0).into_uuid()
}

/// Positions in the changes: a number of its own for each party. Those of all would tell two parties that they mean the same change.
pub mod positions {
    use super::{FormatPreservingKey, Result, Uuid, Vault};

    /// The purpose of their key.
    const PURPOSE: &str = "change-positions";
    /// Decimal digits of a position.
    const DIGITS: usize = 18;

    fn key(vault: &Vault) -> Result<FormatPreservingKey> {
        Ok(FormatPreservingKey::new(vault.key_for(PURPOSE).secret())?)
    }

    /// What a party is told.
    ///
    /// # Errors
    /// [`super::super::Fault::Crypto`] for a number of more than 18 digits.
    pub fn told(vault: &Vault, party: Uuid, position: u64) -> Result<u64> {
        Ok(key(vault)?.encrypt_number(party.as_bytes(), position, DIGITS)?)
    }

    /// What is meant by what a party says: 0 is the beginning. One that it was never told is somewhere, most likely behind the end.
    ///
    /// # Errors
    /// [`super::super::Fault::Content`] for a number of more than 18 digits.
    pub fn plain(vault: &Vault, party: Uuid, told: u64) -> Result<u64> {
        if told == 0 {
            return Ok(0);
        }
        let found = key(vault)?.decrypt_number(party.as_bytes(), told, DIGITS);
        found.map_err(|_| super::super::Fault::Content("after"))
    }
}
