//! The texts of a person, sealed: one form for everybody who writes or reads them.

use std::collections::BTreeMap;

use enrolment::{Field, HolderRecord, Texts};
use register::store::StoreError;
use uuid::Uuid;
use zeroize::Zeroizing;

use crate::{Error, Result, Vault};

/// The purpose under which they are sealed.
const PURPOSE: &str = "person";

/// Seals the texts of a person.
///
/// # Errors
/// [`Error::Crypto`].
pub(crate) fn seal(vault: &Vault, person: Uuid, texts: &Texts) -> Result<Vec<u8>> {
    let texts: BTreeMap<&str, &str> = texts
        .iter()
        .map(|(field, text)| (field.word(), text))
        .collect();
    let plain = Zeroizing::new(serde_json::to_vec(&texts).map_err(|_| Error::Interrupted)?);
    vault.seal(PURPOSE, person, &plain)
}

/// Opens them; nothing sealed is nothing known.
///
/// # Errors
/// [`Error::Crypto`]; [`StoreError::Corrupt`] for what [`seal`] has not written.
pub(crate) fn open(vault: &Vault, person: Uuid, sealed: &[u8]) -> Result<HolderRecord> {
    let mut record = HolderRecord::new();
    if sealed.is_empty() {
        return Ok(record);
    }
    let plain = vault.open(PURPOSE, person, sealed)?;
    let texts: BTreeMap<String, Zeroizing<String>> = serde_json::from_slice(plain.expose())
        .map_err(|_| StoreError::Corrupt {
            id: person,
            what: "texts",
        })?;
    for (word, text) in texts {
        if let Some(field) = Field::from_word(&word) {
            record.set(field, text.as_str());
        }
    }
    Ok(record)
}
