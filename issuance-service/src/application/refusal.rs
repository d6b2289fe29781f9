//! Why a wish is not granted.

use super::VoidReason;

/// Why a command changes nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Refusal {
    /// The name of an officer is none.
    #[error("an officer's name has 1 to 100 characters and no control characters")]
    OfficerName,
    /// One person cannot do both steps.
    #[error("operator and approver are the same person")]
    SamePerson,
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
