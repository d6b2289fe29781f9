//! The states of a chip, and why it is set aside.

use serde::{Deserialize, Serialize};

/// Where a chip is on its way.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ChipState {
    /// It waits for a job.
    InStock,
    /// A job was made for it.
    Reserved,
    /// It has confirmed every file.
    Written,
    /// It is locked and good.
    Used,
    /// It is set aside, to be destroyed.
    Rejected,
    /// It is not where it should be.
    Missing,
    /// It is destroyed, before the eyes of two persons.
    Destroyed,
}

impl ChipState {
    /// All states.
    pub const ALL: [Self; 7] = [
        Self::InStock,
        Self::Reserved,
        Self::Written,
        Self::Used,
        Self::Rejected,
        Self::Missing,
        Self::Destroyed,
    ];

    /// The word of the state in the register, in tallies and in requests.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::InStock => "in-stock",
            Self::Reserved => "reserved",
            Self::Written => "written",
            Self::Used => "used",
            Self::Rejected => "rejected",
            Self::Missing => "missing",
            Self::Destroyed => "destroyed",
        }
    }

    /// The state of a word.
    #[must_use]
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.word() == word)
    }
}

/// Why a chip is set aside: the causes by which rejects are counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum RejectReason {
    /// The chip is mute, refuses or misbehaves.
    ChipFaulty,
    /// The card is printed or laminated badly.
    PrintFaulty,
    /// It was made of a record that was wrong.
    WrongData,
    /// Nobody wants the document any more.
    ApplicationWithdrawn,
    /// It is not where it should be.
    LostInProduction,
    /// The blank was damaged before any job.
    BlankDamaged,
    /// Another chip has one of its keys, or a job has used it: its random numbers cannot be trusted.
    KeyRepeated,
    /// The card was good and has ended; it came back.
    Returned,
}

impl RejectReason {
    /// All reasons.
    pub const ALL: [Self; 8] = [
        Self::ChipFaulty,
        Self::PrintFaulty,
        Self::WrongData,
        Self::ApplicationWithdrawn,
        Self::LostInProduction,
        Self::BlankDamaged,
        Self::KeyRepeated,
        Self::Returned,
    ];

    /// The word of the reason.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::ChipFaulty => "chip-faulty",
            Self::PrintFaulty => "print-faulty",
            Self::WrongData => "wrong-data",
            Self::ApplicationWithdrawn => "application-withdrawn",
            Self::LostInProduction => "lost-in-production",
            Self::BlankDamaged => "blank-damaged",
            Self::KeyRepeated => "key-repeated",
            Self::Returned => "returned",
        }
    }

    /// The reason of a word.
    #[must_use]
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|reason| reason.word() == word)
    }

    /// Whether it can be said of a blank, which has no job yet.
    #[must_use]
    pub const fn is_of_blanks(self) -> bool {
        matches!(
            self,
            Self::ChipFaulty
                | Self::PrintFaulty
                | Self::BlankDamaged
                | Self::KeyRepeated
                | Self::LostInProduction
        )
    }

    /// Where a chip is afterwards: what is lost cannot be put into a safe.
    pub(super) const fn leads_to(self) -> ChipState {
        match self {
            Self::LostInProduction => ChipState::Missing,
            _ => ChipState::Rejected,
        }
    }
}
