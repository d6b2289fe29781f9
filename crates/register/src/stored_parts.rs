//! What the stored forms of events share. As the forms themselves, these are never changed.

use perso::applet::Receipt;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::{Approval, Digest, Officer};

/// An officer with the account, where there was one.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Officer2 {
    name: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    account: Option<Uuid>,
}

impl From<&Officer> for Officer2 {
    fn from(officer: &Officer) -> Self {
        Self {
            name: officer.name().to_owned(),
            account: officer.account(),
        }
    }
}

impl From<Officer2> for Officer {
    fn from(stored: Officer2) -> Self {
        Self::recorded(stored.name, stored.account)
    }
}

/// Two officers by their names.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Approval1 {
    operator: String,
    approver: String,
}

impl From<Approval1> for Approval {
    fn from(stored: Approval1) -> Self {
        Self::recorded(
            Officer::recorded(stored.operator, None),
            Officer::recorded(stored.approver, None),
        )
    }
}

/// Two officers.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Approval2 {
    operator: Officer2,
    approver: Officer2,
}

impl From<&Approval> for Approval2 {
    fn from(approval: &Approval) -> Self {
        Self {
            operator: approval.operator().into(),
            approver: approval.approver().into(),
        }
    }
}

impl From<Approval2> for Approval {
    fn from(stored: Approval2) -> Self {
        Self::recorded(stored.operator.into(), stored.approver.into())
    }
}

/// A receipt of a chip.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Receipt1 {
    counter: u32,
    mac: String,
}

impl From<&Receipt> for Receipt1 {
    fn from(receipt: &Receipt) -> Self {
        Self {
            counter: receipt.counter,
            mac: hex::encode(receipt.mac),
        }
    }
}

impl Receipt1 {
    pub(crate) fn into_receipt(self) -> Option<Receipt> {
        let mut mac = [0; 16];
        hex::decode_to_slice(&self.mac, &mut mac).ok()?;
        Some(Receipt {
            counter: self.counter,
            mac,
        })
    }
}

/// A digest in hexadecimal.
pub(crate) fn digest(text: &str) -> Option<Digest> {
    Digest::from_octets(&hex::decode(text).ok()?)
}
