//! What has happened to a person in the register.

use uuid::Uuid;

use crate::{Approval, Digest};

/// Something that has happened to a person in the register.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Event {
    /// The person is in the register.
    PersonRegistered(Origin),
    /// The person has this number.
    NumberAssigned {
        /// The personal number.
        number: String,
    },
    /// The number says something wrong and is not used any more.
    NumberCancelled {
        /// The personal number.
        number: String,
        /// Why.
        reason: CancelReason,
        /// Two persons.
        approval: Approval,
    },
    /// What is known of the person is this now.
    RecordChanged {
        /// The application that said so.
        application: Uuid,
        /// SHA-256 of the record.
        record: Digest,
    },
    /// The person lives, is missing, or has died.
    StatusChanged(LifeStatus),
}

/// Where a person comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Origin {
    /// An application for a document.
    Application(Uuid),
    /// The birth register, by a request of this id.
    BirthRegister {
        /// The request.
        request: Uuid,
        /// The relying party that asked.
        party: Uuid,
    },
}

/// Why a number is cancelled.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CancelReason {
    /// The sex was determined anew.
    SexChanged,
    /// The year of birth was wrong.
    BirthYearWrong,
    /// The place of registration was wrong.
    PlaceWrong,
    /// The person had a number already.
    SecondNumber,
}

impl CancelReason {
    /// All reasons.
    pub const ALL: [Self; 4] = [
        Self::SexChanged,
        Self::BirthYearWrong,
        Self::PlaceWrong,
        Self::SecondNumber,
    ];

    /// The word of the reason in requests, reports and the register.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::SexChanged => "sex-changed",
            Self::BirthYearWrong => "birth-year-wrong",
            Self::PlaceWrong => "place-wrong",
            Self::SecondNumber => "second-number",
        }
    }

    /// The reason of a word.
    #[must_use]
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|reason| reason.word() == word)
    }
}

/// Whether a person lives.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LifeStatus {
    /// As everybody is at first.
    Living,
    /// Declared missing by a court.
    Missing,
    /// Dead.
    Dead,
}

impl LifeStatus {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Living, Self::Missing, Self::Dead];

    /// The word in requests, reports and the register.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Living => "living",
            Self::Missing => "missing",
            Self::Dead => "dead",
        }
    }

    /// The one of a word.
    #[must_use]
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|status| status.word() == word)
    }
}
