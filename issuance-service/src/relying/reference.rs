//! Names of people and documents for one party: the same for it every time, another one for every other party.

use uuid::Uuid;

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
