//! What has happened. Events are facts: they are kept for ever and never argued with.

use perso::DocumentEntry;
use perso::applet::Receipt;

use uuid::Uuid;

use super::life::{End, HandOver, SuspendReason};
use super::state::Proposed;
use crate::{Approval, Digest, Officer};

/// Something that has happened to a document.
#[derive(Debug, Clone, PartialEq, Eq)]
#[expect(
    clippy::large_enum_variant,
    reason = "one at a time is moved, and every document has an entry"
)]
pub enum Event {
    /// Number, chip and keys are taken. Nothing is signed yet.
    DocumentEntered(Entry),
    /// The security object is signed, and the job is on its way.
    DocumentSigned(Signature),
    /// The chip has confirmed every file.
    DocumentWritten(Writing),
    /// The chip is written, was read back and is in the field.
    DocumentDelivered(Delivery),
    /// The card is on its way to a counter, in this consignment.
    DocumentShipped(Uuid),
    /// The holder has the card.
    DocumentHandedOver(HandOver),
    /// The card may not be used for the moment.
    DocumentSuspended {
        /// Why.
        reason: SuspendReason,
        /// Who says so.
        by: Officer,
    },
    /// The card may be used again.
    DocumentReinstated {
        /// Who says so.
        by: Officer,
    },
    /// One person wants what takes two.
    DocumentEndProposed {
        /// What.
        proposed: Proposed,
        /// Who.
        by: Officer,
    },
    /// The card has ended.
    DocumentEnded(End),
    /// There is no document and never will be: the number stays used, the chip is spoiled.
    DocumentVoided(Voiding),
}

/// What is decided when a document is entered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// Job, number, chip and keys: what must be unique.
    pub document: DocumentEntry,
    /// The receipt of the chip for each of its keys, in the order of [`DocumentEntry::chip_keys`].
    pub key_receipts: Vec<Receipt>,
    /// The issuer profile of the document.
    pub profile: String,
    /// The personal number of the holder, where the document is numbered by it: then several documents of one person have one number,
    /// and one of them at a time is live.
    pub personal_number: Option<String>,
    /// The application that it is made for; a bureau that issues from folders has none.
    pub application: Option<Uuid>,
    /// The record that was approved, images included.
    pub record: Digest,
    /// Who prepared and who approved.
    pub approval: Approval,
}

impl Entry {
    /// Whether another entry is about the same document, made of the same record. Who approved, and which receipts the
    /// chip gave this time, may differ: the first approval stands.
    #[must_use]
    pub fn is_same_document(&self, other: &Self) -> bool {
        (&self.document, &self.profile, &self.record)
            == (&other.document, &other.profile, &other.record)
    }

    /// The highest receipt counter that the chip had reached.
    pub(crate) fn receipt_counter(&self) -> u32 {
        self.key_receipts
            .iter()
            .map(|receipt| receipt.counter)
            .max()
            .unwrap_or(0)
    }
}

/// What is known of a signed document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Signature {
    /// SHA-256 of EF.SOD.
    pub security_object: Digest,
    /// SHA-256 of the manifest of the job: with it the receipts of the chip can be checked later.
    pub manifest: Digest,
    /// SHA-256 of the certificate of the document signer.
    pub document_signer: Digest,
}

/// The evidence of the chip that every file has arrived.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Writing {
    /// Receipt of COMMIT: every file is as in the manifest.
    pub commit: Receipt,
    /// Who personalised.
    pub by: Officer,
}

/// The evidence of the chip that the job has arrived and was read back (chapter 05 §10 of the applet's law). The stations have checked it with
/// keys that this service does not have; it is kept for whoever audits with those keys.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Delivery {
    /// Receipt of COMMIT: every file is as in the manifest.
    pub commit: Receipt,
    /// Receipt of LOCK: the chip is in the field.
    pub lock: Receipt,
    /// Who did the quality control, where another person had reported the writing before.
    pub by: Option<Officer>,
}

/// The end of a document that was never one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Voiding {
    /// Why.
    pub reason: VoidReason,
    /// Who says so: two persons, as for every spoiled card.
    pub approval: Approval,
    /// Receipt of VOID, if the chip could still give one.
    pub receipt: Option<Receipt>,
}

/// Why a document is voided: the causes by which rejects are counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum VoidReason {
    /// The chip is mute, refuses or misbehaves.
    ChipFaulty,
    /// The card is printed or laminated badly.
    PrintFaulty,
    /// The record was wrong, although it was approved.
    WrongData,
    /// The applicant does not want the document any more.
    ApplicationWithdrawn,
    /// The card is not where it should be.
    LostInProduction,
}

impl VoidReason {
    /// All reasons.
    pub const ALL: [Self; 5] = [
        Self::ChipFaulty,
        Self::PrintFaulty,
        Self::WrongData,
        Self::ApplicationWithdrawn,
        Self::LostInProduction,
    ];

    /// The word of the reason on command lines, in reports and in the register.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::ChipFaulty => "chip-faulty",
            Self::PrintFaulty => "print-faulty",
            Self::WrongData => "wrong-data",
            Self::ApplicationWithdrawn => "application-withdrawn",
            Self::LostInProduction => "lost-in-production",
        }
    }

    /// The reason of a word.
    #[must_use]
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|reason| reason.word() == word)
    }
}
