//! What becomes of a card that was locked: where it is, whether it may be used, how it ends.

use uuid::Uuid;

use crate::{Approval, Officer};

/// The life of a locked card.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Life {
    /// Where it is.
    pub whereabouts: Whereabouts,
    /// Why it may not be used at the moment, if so.
    pub suspended: Option<SuspendReason>,
    /// How it ended, if it has.
    pub end: Option<End>,
}

impl Life {
    /// A card that was locked just now.
    pub(crate) const NEW: Self = Self {
        whereabouts: Whereabouts::Personalised,
        suspended: None,
        end: None,
    };
}

/// Where a card is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Whereabouts {
    /// Where it was personalised.
    Personalised,
    /// On its way to a counter, or waiting there, in this consignment.
    Shipped(Uuid),
    /// With its holder.
    HandedOver(HandOver),
}

/// How a card came into its holder's hand.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HandOver {
    /// Who handed it over.
    pub by: Officer,
    /// Who took it.
    pub to: Recipient,
    /// What the chip said at the counter.
    pub read_out: ReadOut,
}

/// Who takes a card at the counter.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Recipient {
    /// The holder.
    Holder,
    /// Somebody who may take it in the holder's place: a parent, a guardian, somebody with a written authority.
    Representative,
}

/// The result of reading the chip before hand-over (TR-03127 §6.3).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ReadOut {
    /// It was read and everything was right.
    Passed,
    /// The counter has no reader at the moment; somebody has looked at the print only.
    NotRead,
}

/// Why a card may not be used for the moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SuspendReason {
    /// The holder misses it.
    ReportedLost,
    /// Somebody looks into a complaint.
    UnderInquiry,
}

/// The end of a card.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct End {
    /// Why.
    pub reason: EndReason,
    /// Who says so; two persons where the card is taken from somebody. Nobody where time or the next card ended it.
    pub by: Option<Ended>,
}

/// Who ended a card.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Ended {
    /// One person, at the word of the holder or with the card in hand.
    ByOne(Officer),
    /// Two persons.
    ByTwo(Approval),
}

/// Why a card has ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EndReason {
    /// It is lost or stolen.
    Lost,
    /// It cannot be read or looked at any more.
    Damaged,
    /// Data on it are wrong or have changed.
    Corrected,
    /// Another card has taken its place.
    Renewed,
    /// It was taken from the holder by decision.
    Revoked,
    /// Its time is over.
    Expired,
    /// The holder has died.
    HolderDied,
    /// Nobody has collected it.
    NotCollected,
}

impl EndReason {
    /// All reasons.
    pub const ALL: [Self; 8] = [
        Self::Lost,
        Self::Damaged,
        Self::Corrected,
        Self::Renewed,
        Self::Revoked,
        Self::Expired,
        Self::HolderDied,
        Self::NotCollected,
    ];

    /// The word of the reason in requests, reports and the register.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Lost => "lost",
            Self::Damaged => "damaged",
            Self::Corrected => "corrected",
            Self::Renewed => "renewed",
            Self::Revoked => "revoked",
            Self::Expired => "expired",
            Self::HolderDied => "holder-died",
            Self::NotCollected => "not-collected",
        }
    }

    /// The reason of a word.
    #[must_use]
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|reason| reason.word() == word)
    }

    /// Whether two persons must say so: nobody loses a document by one person's word.
    #[must_use]
    pub const fn takes_two(self) -> bool {
        matches!(self, Self::Revoked | Self::HolderDied)
    }
}

impl SuspendReason {
    /// All reasons.
    pub const ALL: [Self; 2] = [Self::ReportedLost, Self::UnderInquiry];

    /// The word of the reason.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::ReportedLost => "reported-lost",
            Self::UnderInquiry => "under-inquiry",
        }
    }

    /// The reason of a word.
    #[must_use]
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|reason| reason.word() == word)
    }
}

impl Recipient {
    /// All recipients.
    pub const ALL: [Self; 2] = [Self::Holder, Self::Representative];

    /// The word of the recipient.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Holder => "holder",
            Self::Representative => "representative",
        }
    }

    /// The recipient of a word.
    #[must_use]
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL
            .into_iter()
            .find(|recipient| recipient.word() == word)
    }
}

impl ReadOut {
    /// All results.
    pub const ALL: [Self; 2] = [Self::Passed, Self::NotRead];

    /// The word of the result.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Passed => "passed",
            Self::NotRead => "not-read",
        }
    }

    /// The result of a word.
    #[must_use]
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|result| result.word() == word)
    }
}
