//! What happened after entry.

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::Officer;
use crate::document::{
    Delivery, End, EndReason, Ended, Event, HandOver, Proposed, ReadOut, Recipient, Signature,
    SuspendReason, VoidReason, Voiding, Writing,
};
use crate::stored_parts::{Approval1, Approval2, Officer2, Receipt1, digest};

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Signed1 {
    security_object_sha256: String,
    manifest_sha256: String,
    document_signer_sha256: String,
}

impl From<&Signature> for Signed1 {
    fn from(signature: &Signature) -> Self {
        Self {
            security_object_sha256: signature.security_object.to_string(),
            manifest_sha256: signature.manifest.to_string(),
            document_signer_sha256: signature.document_signer.to_string(),
        }
    }
}

impl Signed1 {
    pub(super) fn into_signature(self) -> Option<Signature> {
        Some(Signature {
            security_object: digest(&self.security_object_sha256)?,
            manifest: digest(&self.manifest_sha256)?,
            document_signer: digest(&self.document_signer_sha256)?,
        })
    }
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Written1 {
    commit: Receipt1,
    by: Officer2,
}

impl From<&Writing> for Written1 {
    fn from(writing: &Writing) -> Self {
        Self {
            commit: (&writing.commit).into(),
            by: (&writing.by).into(),
        }
    }
}

impl Written1 {
    pub(super) fn into_writing(self) -> Option<Writing> {
        Some(Writing {
            commit: self.commit.into_receipt()?,
            by: self.by.into(),
        })
    }
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Delivered1 {
    commit: Receipt1,
    lock: Receipt1,
}

impl Delivered1 {
    pub(super) fn into_delivery(self) -> Option<Delivery> {
        Some(Delivery {
            commit: self.commit.into_receipt()?,
            lock: self.lock.into_receipt()?,
            by: None,
        })
    }
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Delivered2 {
    commit: Receipt1,
    lock: Receipt1,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    by: Option<Officer2>,
}

impl From<&Delivery> for Delivered2 {
    fn from(delivery: &Delivery) -> Self {
        Self {
            commit: (&delivery.commit).into(),
            lock: (&delivery.lock).into(),
            by: delivery.by.as_ref().map(Officer2::from),
        }
    }
}

impl Delivered2 {
    pub(super) fn into_delivery(self) -> Option<Delivery> {
        Some(Delivery {
            commit: self.commit.into_receipt()?,
            lock: self.lock.into_receipt()?,
            by: self.by.map(Officer::from),
        })
    }
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Shipped1 {
    pub(super) consignment: Uuid,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct HandedOver1 {
    by: Officer2,
    to: String,
    read_out: String,
}

impl From<&HandOver> for HandedOver1 {
    fn from(hand_over: &HandOver) -> Self {
        Self {
            by: (&hand_over.by).into(),
            to: hand_over.to.word().to_owned(),
            read_out: hand_over.read_out.word().to_owned(),
        }
    }
}

impl HandedOver1 {
    pub(super) fn into_hand_over(self) -> Option<HandOver> {
        Some(HandOver {
            by: self.by.into(),
            to: Recipient::from_word(&self.to)?,
            read_out: ReadOut::from_word(&self.read_out)?,
        })
    }
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Suspended1 {
    reason: String,
    by: Officer2,
}

impl Suspended1 {
    pub(super) fn new(reason: SuspendReason, by: &Officer) -> Self {
        Self {
            reason: reason.word().to_owned(),
            by: by.into(),
        }
    }

    pub(super) fn into_event(self) -> Option<Event> {
        Some(Event::DocumentSuspended {
            reason: SuspendReason::from_word(&self.reason)?,
            by: self.by.into(),
        })
    }
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Reinstated1 {
    pub(super) by: Officer2,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Proposed1 {
    step: Step1,
    reason: String,
    by: Officer2,
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum Step1 {
    Void,
    End,
}

impl Proposed1 {
    pub(super) fn new(proposed: Proposed, by: &Officer) -> Self {
        let (step, reason) = match proposed {
            Proposed::Void(reason) => (Step1::Void, reason.word()),
            Proposed::End(reason) => (Step1::End, reason.word()),
        };
        Self {
            step,
            reason: reason.to_owned(),
            by: by.into(),
        }
    }

    pub(super) fn into_event(self) -> Option<Event> {
        let proposed = match self.step {
            Step1::Void => Proposed::Void(VoidReason::from_word(&self.reason)?),
            Step1::End => Proposed::End(EndReason::from_word(&self.reason)?),
        };
        Some(Event::DocumentEndProposed {
            proposed,
            by: self.by.into(),
        })
    }
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Ended1 {
    reason: String,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    by: Vec<Officer2>,
}

impl From<&End> for Ended1 {
    fn from(end: &End) -> Self {
        let officers = end.by.iter().flat_map(Ended::officers);
        Self {
            reason: end.reason.word().to_owned(),
            by: officers.map(Officer2::from).collect(),
        }
    }
}

impl Ended1 {
    pub(super) fn into_end(self) -> Option<End> {
        let mut officers = self.by.into_iter().map(Officer::from);
        let by = match (officers.next(), officers.next(), officers.next()) {
            (None, ..) => None,
            (Some(one), None, _) => Some(Ended::ByOne(one)),
            (Some(first), Some(second), None) => {
                Some(Ended::ByTwo(crate::Approval::recorded(first, second)))
            }
            _ => return None,
        };
        Some(End {
            reason: EndReason::from_word(&self.reason)?,
            by,
        })
    }
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Voided1 {
    reason: String,
    approval: Approval1,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    receipt: Option<Receipt1>,
}

impl Voided1 {
    pub(super) fn into_voiding(self) -> Option<Voiding> {
        voiding(&self.reason, self.approval.into(), self.receipt)
    }
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Voided2 {
    reason: String,
    approval: Approval2,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    receipt: Option<Receipt1>,
}

impl From<&Voiding> for Voided2 {
    fn from(voiding: &Voiding) -> Self {
        Self {
            reason: voiding.reason.word().to_owned(),
            approval: (&voiding.approval).into(),
            receipt: voiding.receipt.as_ref().map(Receipt1::from),
        }
    }
}

impl Voided2 {
    pub(super) fn into_voiding(self) -> Option<Voiding> {
        voiding(&self.reason, self.approval.into(), self.receipt)
    }
}

fn voiding(reason: &str, approval: crate::Approval, receipt: Option<Receipt1>) -> Option<Voiding> {
    let receipt = match receipt {
        Some(receipt) => Some(receipt.into_receipt()?),
        None => None,
    };
    Some(Voiding {
        reason: VoidReason::from_word(reason)?,
        approval,
        receipt,
    })
}
