//! Events as they are stored: JSON, for ever.
//!
//! The name of an event ends with the version of its form. A form that was released is never changed: a new one gets a new
//! number, and the old one is still read. `tests/stored/` holds events of every release.
//!
//! | event | content |
//! |---|---|
//! | `document-entered.1` | issuing state, document code and number, chip serial, keys with receipts, profile, record, approval |
//! | `document-signed.1` | SHA-256 of EF.SOD, manifest, document signer certificate |
//! | `document-delivered.1` | receipts of COMMIT and LOCK |
//! | `document-voided.1` | reason, approval, receipt of VOID |

use perso::DocumentEntry;
use perso::applet::Receipt;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::StoreError;
use crate::application::{
    Approval, Delivery, Digest, Entry, Event, Officer, Signature, VoidReason, Voiding,
};

/// The stored form of an event of a job; the job itself is the key under which it is stored.
///
/// # Errors
/// [`StoreError::Unavailable`] when there is no memory for it.
pub fn encode(event: &Event) -> Result<String, StoreError> {
    serde_json::to_string(&Stored::from(event))
        .map_err(|error| StoreError::Unavailable(Box::new(error)))
}

/// Reads what [`encode`] has written, today or in any release before.
///
/// # Errors
/// [`StoreError::Corrupt`] for anything else.
pub fn decode(job: Uuid, body: &str) -> Result<Event, StoreError> {
    serde_json::from_str::<Stored>(body)
        .ok()
        .and_then(|stored| stored.into_event(job))
        .ok_or(StoreError::Corrupt { job, what: "event" })
}

#[derive(Serialize, Deserialize)]
#[serde(tag = "event")]
enum Stored {
    #[serde(rename = "document-entered.1")]
    Entered1(Entered1),
    #[serde(rename = "document-signed.1")]
    Signed1(Signed1),
    #[serde(rename = "document-delivered.1")]
    Delivered1(Delivered1),
    #[serde(rename = "document-voided.1")]
    Voided1(Voided1),
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Entered1 {
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
struct ChipKey1 {
    sha256: String,
    receipt: Receipt1,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Signed1 {
    security_object_sha256: String,
    manifest_sha256: String,
    document_signer_sha256: String,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Delivered1 {
    commit: Receipt1,
    lock: Receipt1,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Voided1 {
    reason: String,
    approval: Approval1,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    receipt: Option<Receipt1>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Approval1 {
    operator: String,
    approver: String,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Receipt1 {
    counter: u32,
    mac: String,
}

impl From<&Event> for Stored {
    fn from(event: &Event) -> Self {
        match event {
            Event::DocumentEntered(entry) => Self::Entered1(Entered1::from(entry)),
            Event::DocumentSigned(signature) => Self::Signed1(Signed1 {
                security_object_sha256: signature.security_object.to_string(),
                manifest_sha256: signature.manifest.to_string(),
                document_signer_sha256: signature.document_signer.to_string(),
            }),
            Event::DocumentDelivered(delivery) => Self::Delivered1(Delivered1 {
                commit: (&delivery.commit).into(),
                lock: (&delivery.lock).into(),
            }),
            Event::DocumentVoided(voiding) => Self::Voided1(Voided1 {
                reason: voiding.reason.word().to_owned(),
                approval: (&voiding.approval).into(),
                receipt: voiding.receipt.as_ref().map(Receipt1::from),
            }),
        }
    }
}

impl From<&Entry> for Entered1 {
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
        }
    }
}

impl From<&Approval> for Approval1 {
    fn from(approval: &Approval) -> Self {
        Self {
            operator: approval.operator().name().to_owned(),
            approver: approval.approver().name().to_owned(),
        }
    }
}

impl From<&Receipt> for Receipt1 {
    fn from(receipt: &Receipt) -> Self {
        Self {
            counter: receipt.counter,
            mac: hex::encode(receipt.mac),
        }
    }
}

impl Stored {
    fn into_event(self, job: Uuid) -> Option<Event> {
        Some(match self {
            Self::Entered1(stored) => Event::DocumentEntered(stored.into_entry(job)?),
            Self::Signed1(stored) => Event::DocumentSigned(Signature {
                security_object: digest(&stored.security_object_sha256)?,
                manifest: digest(&stored.manifest_sha256)?,
                document_signer: digest(&stored.document_signer_sha256)?,
            }),
            Self::Delivered1(stored) => Event::DocumentDelivered(Delivery {
                commit: stored.commit.into_receipt()?,
                lock: stored.lock.into_receipt()?,
            }),
            Self::Voided1(stored) => Event::DocumentVoided(Voiding {
                reason: VoidReason::from_word(&stored.reason)?,
                approval: stored.approval.into_approval(),
                receipt: match stored.receipt {
                    Some(receipt) => Some(receipt.into_receipt()?),
                    None => None,
                },
            }),
        })
    }
}

impl Entered1 {
    fn into_entry(self, job: Uuid) -> Option<Entry> {
        let mut chip_keys = Vec::new();
        let mut key_receipts = Vec::new();
        for key in self.chip_keys {
            chip_keys.push(hex::decode(&key.sha256).ok()?);
            key_receipts.push(key.receipt.into_receipt()?);
        }
        Some(Entry {
            document: DocumentEntry {
                job,
                issuing_state: self.issuing_state,
                document_code: self.document_code,
                document_number: self.document_number,
                chip_serial: hex::decode(&self.chip_serial).ok()?,
                chip_keys,
            },
            key_receipts,
            profile: self.profile,
            record: digest(&self.record_sha256)?,
            approval: self.approval.into_approval(),
        })
    }
}

impl Approval1 {
    fn into_approval(self) -> Approval {
        Approval::recorded(
            Officer::recorded(self.operator),
            Officer::recorded(self.approver),
        )
    }
}

impl Receipt1 {
    fn into_receipt(self) -> Option<Receipt> {
        let mut mac = [0; 16];
        hex::decode_to_slice(&self.mac, &mut mac).ok()?;
        Some(Receipt {
            counter: self.counter,
            mac,
        })
    }
}

fn digest(text: &str) -> Option<Digest> {
    Digest::from_octets(&hex::decode(text).ok()?)
}
