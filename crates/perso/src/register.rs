//! What remembers which documents exist: a document is issued once or not at all.

use uuid::Uuid;

/// What must be unique in the world of one issuer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DocumentEntry {
    /// The job that makes the document.
    pub job: Uuid,
    /// Issuing state of the MRZ.
    pub issuing_state: String,
    /// Document code of the MRZ.
    pub document_code: String,
    /// Document number.
    pub document_number: String,
    /// Serial number of the chip.
    pub chip_serial: Vec<u8>,
    /// SHA-256 of each public key of the chip.
    pub chip_keys: Vec<Vec<u8>>,
}

/// Why a document cannot be entered.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum RegisterError {
    /// A document with this number exists.
    #[error("the document number is in use by job {0}")]
    DocumentNumberUsed(Uuid),
    /// Another person was registered under the personal number.
    #[error("the personal number is that of person {0}")]
    PersonalNumberUsed(Uuid),
    /// The chip belongs to another document.
    #[error("the chip is in use by job {0}")]
    ChipUsed(Uuid),
    /// Another chip has the same key: its random numbers cannot be trusted.
    #[error("a public key of the chip is in use by job {0}: this chip must not be issued")]
    ChipKeyUsed(Uuid),
    /// The job exists with other content.
    #[error("the job exists already with other content")]
    JobDiffers,
    /// The store behind the register failed. Nothing was entered.
    #[error("the register cannot be used: {0}")]
    Storage(#[source] Box<dyn std::error::Error + Send + Sync>),
}

/// A register of documents. Entering happens *before* signing: a crash in between costs a number, never a second document.
pub trait DocumentRegister {
    /// Enters a document. The same entry again is answered in the same way: a job may be resumed.
    ///
    /// # Errors
    /// [`RegisterError`]; nothing was entered then.
    fn enter(&mut self, entry: &DocumentEntry) -> Result<(), RegisterError>;
}

/// A register that lives as long as the process: tests and demonstrations.
#[derive(Debug, Default)]
pub struct MemoryRegister {
    entries: Vec<DocumentEntry>,
}

impl DocumentRegister for MemoryRegister {
    fn enter(&mut self, entry: &DocumentEntry) -> Result<(), RegisterError> {
        if check_unique(&self.entries, entry)? == Entered::New {
            self.entries.push(entry.clone());
        }
        Ok(())
    }
}

/// Whether an entry is there already.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Entered {
    /// It is not.
    New,
    /// The same entry is.
    Before,
}

/// The rules of uniqueness, for registers that hold their entries in memory.
///
/// # Errors
/// [`RegisterError`] naming what is not unique.
pub fn check_unique(
    entries: &[DocumentEntry],
    new: &DocumentEntry,
) -> Result<Entered, RegisterError> {
    for old in entries {
        if old == new {
            return Ok(Entered::Before);
        }
        if old.job == new.job {
            return Err(RegisterError::JobDiffers);
        }
        if (&old.issuing_state, &old.document_number) == (&new.issuing_state, &new.document_number)
        {
            return Err(RegisterError::DocumentNumberUsed(old.job));
        }
        if old.chip_serial == new.chip_serial {
            return Err(RegisterError::ChipUsed(old.job));
        }
        if old.chip_keys.iter().any(|key| new.chip_keys.contains(key)) {
            return Err(RegisterError::ChipKeyUsed(old.job));
        }
    }
    Ok(Entered::New)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entry(job: u128, number: &str, chip: u8, key: u8) -> DocumentEntry {
        DocumentEntry {
            job: Uuid::from_u128(job),
            issuing_state: "UTO".into(),
            document_code: "PP".into(),
            document_number: number.into(),
            chip_serial: vec![chip; 16],
            chip_keys: vec![vec![key; 32]],
        }
    }

    #[test]
    fn each_of_number_chip_and_key_is_used_once() {
        let mut register = MemoryRegister::default();
        register.enter(&entry(1, "A1", 1, 1)).unwrap();
        register.enter(&entry(1, "A1", 1, 1)).unwrap();
        register.enter(&entry(2, "A2", 2, 2)).unwrap();
        let first = Uuid::from_u128(1);
        assert!(
            matches!(register.enter(&entry(3, "A1", 3, 3)), Err(RegisterError::DocumentNumberUsed(j)) if j == first)
        );
        assert!(
            matches!(register.enter(&entry(3, "A3", 1, 3)), Err(RegisterError::ChipUsed(j)) if j == first)
        );
        assert!(
            matches!(register.enter(&entry(3, "A3", 3, 1)), Err(RegisterError::ChipKeyUsed(j)) if j == first)
        );
        assert!(matches!(
            register.enter(&entry(1, "A3", 3, 3)),
            Err(RegisterError::JobDiffers)
        ));
        assert_eq!(register.entries.len(), 2);
    }
}
