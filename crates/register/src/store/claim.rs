//! What can have one holder only.

use uuid::Uuid;

/// What is claimed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum ClaimKind {
    /// Issuing state, `/` and number of a document that has a number of its own, held by the job.
    DocumentNumber,
    /// The serial number of a chip, held by the job that uses it.
    ChipSerial,
    /// SHA-256 of a public key of a chip, held by the job.
    ChipKey,
    /// SHA-256 of EF.SOD, held by the job.
    SecurityObject,
    /// A personal number, held by a person.
    PersonalNumber,
    /// The one document of a kind that is made for a person at a time: issuing state, document code and personal number, with `/`
    /// between; held by the job until the holder has the card.
    DocumentInMaking,
    /// The one document of a kind that a person has in hand: person and document code, with `/` between; held by the job.
    LiveDocument,
    /// SHA-256 of the file of a packet, held by the application.
    PacketFile,
    /// The login name of an account.
    AccountName,
    /// Issuer and subject of an account elsewhere (OpenID Connect).
    AccountSubject,
    /// The place of a document in the status lists, held by the job.
    StatusIndex,
    /// SHA-256 of a public key of a chip that was taken into stock, held by the chip.
    StockKey,
    /// The name of a device that is not withdrawn, held by the device.
    DeviceName,
}

impl ClaimKind {
    /// All kinds.
    pub const ALL: [Self; 13] = [
        Self::DocumentNumber,
        Self::ChipSerial,
        Self::ChipKey,
        Self::SecurityObject,
        Self::PersonalNumber,
        Self::DocumentInMaking,
        Self::LiveDocument,
        Self::PacketFile,
        Self::AccountName,
        Self::AccountSubject,
        Self::StatusIndex,
        Self::StockKey,
        Self::DeviceName,
    ];

    /// The word of the kind in the database.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::DocumentNumber => "document-number",
            Self::ChipSerial => "chip-serial",
            Self::ChipKey => "chip-key",
            Self::SecurityObject => "security-object",
            Self::PersonalNumber => "personal-number",
            Self::DocumentInMaking => "document-in-making",
            Self::LiveDocument => "live-document",
            Self::PacketFile => "packet-file",
            Self::AccountName => "account-name",
            Self::AccountSubject => "account-subject",
            Self::StatusIndex => "status-index",
            Self::StockKey => "stock-key",
            Self::DeviceName => "device-name",
        }
    }

    /// Whether a holder may release it: what names a document or a chip is used for ever.
    #[must_use]
    pub const fn can_be_released(self) -> bool {
        matches!(
            self,
            Self::DocumentInMaking
                | Self::LiveDocument
                | Self::AccountName
                | Self::AccountSubject
                | Self::DeviceName
        )
    }

    /// The kind of a word.
    #[must_use]
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.word() == word)
    }
}

/// Something that can have one holder only.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Claim {
    /// Of what kind.
    pub kind: ClaimKind,
    /// Which one.
    pub value: Vec<u8>,
}

impl Claim {
    /// A claim.
    #[must_use]
    pub fn new(kind: ClaimKind, value: impl Into<Vec<u8>>) -> Self {
        Self {
            kind,
            value: value.into(),
        }
    }
}

/// What becomes of a claim.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ClaimChange {
    /// The holder has it afterwards; it may have had it before.
    Take {
        /// What.
        claim: Claim,
        /// Who.
        holder: Uuid,
    },
    /// Nobody has it afterwards, if the holder had it. Only documents in the making, live documents, account names
    /// and subjects, and names of devices become free.
    Release {
        /// What.
        claim: Claim,
        /// Who had it.
        holder: Uuid,
    },
}
