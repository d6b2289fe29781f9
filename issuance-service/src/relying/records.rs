//! Records, opened for a comparison. For somebody who is not there a record of the service's own is opened: it takes as long.

use enrolment::{Field, HolderRecord};
use uuid::Uuid;

use super::Result;
use crate::{Vault, person_texts};

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
        let mut record = HolderRecord::new();
        for (field, text) in NOBODY {
            record.set(field, text);
        }
        let sealed = person_texts::seal(vault, Uuid::nil(), record.texts())?;
        Ok(Self(sealed))
    }

    /// Opened.
    pub(super) fn open(&self, vault: &Vault) -> Result<HolderRecord> {
        open(vault, Uuid::nil(), &self.0)
    }
}

/// The texts of a person.
pub(super) fn open(vault: &Vault, person: Uuid, sealed: &[u8]) -> Result<HolderRecord> {
    Ok(person_texts::open(vault, person, sealed)?)
}
