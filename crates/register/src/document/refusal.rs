//! Why a wish is not granted.

use super::{EndReason, StageKind, VoidReason};
use crate::OfficerRefusal;

/// Why a command changes nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Refusal {
    /// A name, or two names of one person.
    #[error(transparent)]
    Officer(#[from] OfficerRefusal),
    /// The job is not in the register.
    #[error("the register knows no such job")]
    UnknownJob,
    /// The job exists, for another document or another record.
    #[error("the job was entered for another document, chip or record")]
    OtherDocument,
    /// Two keys of a chip are equal: its random numbers cannot be trusted.
    #[error("two keys of the chip are equal: this chip must not be issued")]
    RepeatedKey,
    /// Nothing was signed, so nothing can have been delivered.
    #[error("the document is entered but not signed")]
    NotSigned,
    /// Another security object was recorded for the job.
    #[error("another security object was signed for this job")]
    SignedBefore,
    /// The document is in the field.
    #[error("the document is in the field")]
    Delivered,
    /// The document was delivered with other receipts.
    #[error("the document was delivered with other receipts")]
    DeliveredBefore,
    /// The document was voided.
    #[error("the document was voided: {}", .0.word())]
    Voided(VoidReason),
    /// The document is at a stage where this cannot happen.
    #[error("the document is {}: this cannot happen to it", .0.word())]
    Stage(StageKind),
    /// The document has ended.
    #[error("the document has ended: {}", .0.word())]
    Ended(EndReason),
    /// Whoever wrote the chip does not judge it.
    #[error("quality control is done by somebody who did not write the chip")]
    WroteIt,
    /// This end takes two persons: one proposes, another one confirms.
    #[error("this takes two persons: propose it first, and let somebody else confirm")]
    TakesTwo,
    /// Nothing was proposed that could be confirmed.
    #[error("nothing of this kind is proposed for this document")]
    NotProposed,
    /// A chip counts its receipts, and the counter never goes back.
    #[error(
        "the receipts are not in the order in which a chip gives them: counter {later} does not follow {earlier}"
    )]
    ReceiptOrder {
        /// Counter of the earlier receipt.
        earlier: u32,
        /// Counter of the one that should be later.
        later: u32,
    },
}

impl Refusal {
    /// The word of the refusal in the audit log and in problems.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Officer(OfficerRefusal::Name) => "officer-name",
            Self::Officer(OfficerRefusal::SamePerson) => "same-person",
            Self::UnknownJob => "unknown-document",
            Self::OtherDocument => "other-document",
            Self::RepeatedKey => "repeated-key",
            Self::NotSigned => "not-signed",
            Self::SignedBefore => "signed-before",
            Self::Delivered => "delivered",
            Self::DeliveredBefore => "delivered-before",
            Self::Voided(_) => "voided",
            Self::Stage(_) => "wrong-stage",
            Self::Ended(_) => "ended",
            Self::WroteIt => "wrote-it",
            Self::TakesTwo => "takes-two",
            Self::NotProposed => "not-proposed",
            Self::ReceiptOrder { .. } => "receipt-order",
        }
    }
}
