//! What was decided at entry.

use perso::DocumentEntry;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::document::Entry;
use crate::stored_parts::{Approval1, Approval2, Receipt1, digest};

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Entered1 {
    issuing_state: String,
    document_code: String,
    document_number: String,
    chip_serial: String,
    chip_keys: Vec<ChipKey1>,
    profile: String,
    record_sha256: String,
    approval: Approval1,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Entered2 {
    issuing_state: String,
    document_code: String,
    document_number: String,
    chip_serial: String,
    chip_keys: Vec<ChipKey1>,
    profile: String,
    record_sha256: String,
    approval: Approval2,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    personal_number: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    application: Option<Uuid>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct ChipKey1 {
    sha256: String,
    receipt: Receipt1,
}

impl From<&Entry> for Entered2 {
    fn from(entry: &Entry) -> Self {
        let document = &entry.document;
        let keys = document.chip_keys.iter().zip(&entry.key_receipts);
        Self {
            issuing_state: document.issuing_state.clone(),
            document_code: document.document_code.clone(),
            document_number: document.document_number.clone(),
            chip_serial: hex::encode(&document.chip_serial),
            chip_keys: keys
                .map(|(key, receipt)| ChipKey1 {
                    sha256: hex::encode(key),
                    receipt: receipt.into(),
                })
                .collect(),
            profile: entry.profile.clone(),
            record_sha256: entry.record.to_string(),
            approval: (&entry.approval).into(),
            personal_number: entry.personal_number.clone(),
            application: entry.application,
        }
    }
}

impl Entered1 {
    pub(super) fn into_entry(self, job: Uuid) -> Option<Entry> {
        let Self { approval, .. } = self;
        let (document, key_receipts) = document(
            job,
            [self.issuing_state, self.document_code, self.document_number],
            &self.chip_serial,
            self.chip_keys,
        )?;
        Some(Entry {
            document,
            key_receipts,
            profile: self.profile,
            personal_number: None,
            application: None,
            record: digest(&self.record_sha256)?,
            approval: approval.into(),
        })
    }
}

impl Entered2 {
    pub(super) fn into_entry(self, job: Uuid) -> Option<Entry> {
        let (document, key_receipts) = document(
            job,
            [self.issuing_state, self.document_code, self.document_number],
            &self.chip_serial,
            self.chip_keys,
        )?;
        Some(Entry {
            document,
            key_receipts,
            profile: self.profile,
            personal_number: self.personal_number,
            application: self.application,
            record: digest(&self.record_sha256)?,
            approval: self.approval.into(),
        })
    }
}

fn document(
    job: Uuid,
    [issuing_state, document_code, document_number]: [String; 3],
    chip_serial: &str,
    keys: Vec<ChipKey1>,
) -> Option<(DocumentEntry, Vec<perso::applet::Receipt>)> {
    let mut chip_keys = Vec::new();
    let mut key_receipts = Vec::new();
    for key in keys {
        chip_keys.push(hex::decode(&key.sha256).ok()?);
        key_receipts.push(key.receipt.into_receipt()?);
    }
    let document = DocumentEntry {
        job,
        issuing_state,
        document_code,
        document_number,
        chip_serial: hex::decode(chip_serial).ok()?,
        chip_keys,
    };
    Some((document, key_receipts))
}
