//! Records, opened for a comparison. For somebody who is not there a record of the service's own is opened: it takes as long.

use std::collections::BTreeMap;

use enrolment::{Field, HolderRecord};
use register::store::StoreError;
use uuid::Uuid;
use zeroize::Zeroizing;

use super::Result;
use crate::Vault;

/// The purpose under which the office seals texts of people.
pub(super) const TEXTS: &str = "person";
/// The texts of nobody, about as long as somebody's.
const NOBODY: [(Field, &str); 8] = [
    (Field::FullName, "TEST SPECIMEN NOBODY"),
    (Field::DateOfBirth, "1900-01-01"),
    (Field::Sex, "unspecified"),
    (Field::Nationality, "UTO"),
    (Field::PlaceOfOrigin, "TEST, SPECIMEN, UTOPIA"),
    (
        Field::PermanentResidence,
        "1 TEST, SPECIMEN, UTOPIA, UTOPIA",
    ),
    (Field::FatherName, "TEST SPECIMEN NOBODY"),
    (Field::MotherName, "TEST SPECIMEN NOBODY"),
];

/// What is opened where nobody is.
pub(super) struct Nobody(Vec<u8>);

impl Nobody {
    /// Sealed as a person's texts are.
    pub(super) fn new(vault: &Vault) -> Result<Self> {
        let texts: BTreeMap<&str, &str> = NOBODY
            .iter()
            .map(|(field, text)| (field.word(), *text))
            .collect();
        let plain = serde_json::to_vec(&texts).unwrap_or_default();
        Ok(Self(vault.seal(TEXTS, Uuid::nil(), &plain)?))
    }

    /// Opened.
    pub(super) fn open(&self, vault: &Vault) -> Result<HolderRecord> {
        open(vault, Uuid::nil(), &self.0)
    }
}

/// The texts of a person.
pub(super) fn open(vault: &Vault, person: Uuid, sealed: &[u8]) -> Result<HolderRecord> {
    let mut record = HolderRecord::new();
    if sealed.is_empty() {
        return Ok(record);
    }
    let plain = vault.open(TEXTS, person, sealed)?;
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
