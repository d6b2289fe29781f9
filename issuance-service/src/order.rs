//! What is asked for: one document, out of one record, on one chip.

use std::path::Path;

use crypto::HashAlgorithm;
use enrolment::AcceptedRecord;
use perso::applet::{ChipKey, KeyRequest};
use perso::chip_file::{self, MAX_CHIP_FILE};
use perso::{DocumentEntry, PreparedChip};
use register::document::Entry;
use register::{Approval, Digest};
use uuid::Uuid;

use crate::{Error, Result, files};

/// Reads the file of a prepared chip.
///
/// # Errors
/// [`Error::File`]; [`Error::Perso`] names what is wrong with the file, and with which key.
pub fn load_chip(path: &Path) -> Result<PreparedChip> {
    Ok(chip_file::read(&files::read(path, MAX_CHIP_FILE)?)?)
}

/// An order that can be carried out: the record is accepted and approved, the chip has the keys of its profile.
#[derive(Debug)]
pub struct DocumentOrder {
    pub(crate) record: AcceptedRecord,
    pub(crate) chip: PreparedChip,
    record_digest: Digest,
    approval: Approval,
    application: Option<Uuid>,
}

impl DocumentOrder {
    /// Puts an order together. The digest is that of the record as it was approved, images included.
    ///
    /// # Errors
    /// [`Error::ChipPreparedOtherwise`] when the chip has other keys than the profile of the record asks for.
    pub fn new(
        record: AcceptedRecord,
        record_digest: Digest,
        chip: PreparedChip,
        approval: Approval,
    ) -> Result<Self> {
        let wanted = perso::key_requests(&record.profile().data().chip)?;
        let found: Vec<KeyRequest> = chip.keys.iter().map(|key| key.request).collect();
        if wanted != found {
            return Err(Error::ChipPreparedOtherwise);
        }
        Ok(Self {
            record,
            chip,
            record_digest,
            approval,
            application: None,
        })
    }

    /// The digest of the record as it was approved.
    pub(crate) const fn record_digest(&self) -> &Digest {
        &self.record_digest
    }

    /// The order of an application.
    #[must_use]
    pub fn for_application(self, application: Uuid) -> Self {
        Self {
            application: Some(application),
            ..self
        }
    }

    /// The document code of the machine readable zone: which document signers may sign it.
    #[must_use]
    pub fn document_code(&self) -> &'static str {
        self.record.profile().data().document_code
    }

    /// The entry of the document for the register.
    pub(crate) fn entry(&self, job: Uuid) -> Result<Entry> {
        let data = self.record.profile().data();
        Ok(Entry {
            document: DocumentEntry {
                job,
                issuing_state: data.issuing_state.to_owned(),
                document_code: self.document_code().to_owned(),
                document_number: self.record.document_number()?.to_owned(),
                chip_serial: self.chip.serial.clone(),
                chip_keys: self
                    .chip
                    .keys
                    .iter()
                    .map(fingerprint)
                    .collect::<Result<_>>()?,
            },
            key_receipts: self
                .chip
                .keys
                .iter()
                .map(|key| key.receipt.clone())
                .collect(),
            profile: data.id.to_owned(),
            personal_number: self.record.numbered_by_person().map(str::to_owned),
            application: self.application,
            record: self.record_digest.clone(),
            approval: self.approval.clone(),
        })
    }
}

fn fingerprint(key: &ChipKey) -> Result<Vec<u8>> {
    Ok(HashAlgorithm::Sha256.digest(&key.public.to_spki()?))
}
