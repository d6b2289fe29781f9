//! Why a wish is not granted.

/// Why nothing was changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Refusal {
    /// The word of a place is none.
    #[error("a site is named by 1 to 40 small letters, digits and hyphens")]
    Site,
    /// Nothing ever came in there, and nobody has counted there.
    #[error("the site is not known: nothing ever came in there")]
    UnknownSite,
    /// There is no such chip.
    #[error("no chip of this serial number is in stock or ever was")]
    UnknownChip,
    /// The chip is in another state.
    #[error("the chip is {}: this cannot happen to it", .0.word())]
    ChipState(super::ChipState),
    /// The card has not ended: it belongs to its holder.
    #[error("the card has not ended: it is not destroyed")]
    StillLives,
    /// No chip with the right keys is in stock.
    #[error("no chip with these keys is in stock")]
    NoChip,
    /// There is no such batch.
    #[error("there is no such batch")]
    UnknownBatch,
    /// No job waits there.
    #[error("no signed job of this profile waits at this site")]
    NoJob,
    /// Somebody else has the batch.
    #[error("somebody else has this batch")]
    OthersBatch,
    /// The job is not in the batch, or not any more.
    #[error("the job is not in this batch")]
    NotInBatch,
    /// Open batches are finished first.
    #[error("too many batches are open: finish one, or have one released")]
    TooManyOpen,
    /// There is no such consignment.
    #[error("there is no such consignment")]
    UnknownConsignment,
    /// The name belongs to other cards.
    #[error("this consignment was begun with other cards or for another counter")]
    OtherConsignment,
    /// The consignment is not on its way.
    #[error("the consignment was not sent")]
    NotShipped,
    /// What was counted is not what is named, or not what the books say.
    #[error("the count differs: count again")]
    CountDiffers,
    /// The card is not at the counter.
    #[error("the card is in a consignment and was not received at the counter")]
    NotArrived,
    /// The card is in a hand.
    #[error("the card was handed over")]
    Collected,
    /// Who approved does not hand over.
    #[error("who approved an application does not hand over its card")]
    ApprovedIt,
    /// Who took chips in does not destroy them.
    #[error("who took chips in does not destroy them")]
    ReceivedIt,
    /// There is no such shift.
    #[error("there is no such shift")]
    UnknownShift,
    /// A shift is open at the site.
    #[error("a shift is open at this site: close it first")]
    ShiftOpen,
    /// The shift is closed.
    #[error("the shift is closed")]
    ShiftClosed,
    /// One person cannot do both steps.
    #[error("this takes two persons, and the second is another one than the first")]
    SamePerson,
    /// Nobody has proposed it.
    #[error("nobody has proposed this yet")]
    NotProposed,
}

impl Refusal {
    /// The word of the refusal in the audit log and in problems.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Site => "site",
            Self::UnknownSite => "unknown-site",
            Self::UnknownChip => "unknown-chip",
            Self::ChipState(_) => "chip-state",
            Self::StillLives => "still-lives",
            Self::NoChip => "no-chip",
            Self::UnknownBatch => "unknown-batch",
            Self::NoJob => "no-job",
            Self::OthersBatch => "others-batch",
            Self::NotInBatch => "not-in-batch",
            Self::TooManyOpen => "too-many-open",
            Self::UnknownConsignment => "unknown-consignment",
            Self::OtherConsignment => "other-consignment",
            Self::NotShipped => "not-shipped",
            Self::CountDiffers => "count-differs",
            Self::NotArrived => "not-arrived",
            Self::Collected => "collected",
            Self::ApprovedIt => "approved-it",
            Self::ReceivedIt => "received-it",
            Self::UnknownShift => "unknown-shift",
            Self::ShiftOpen => "shift-open",
            Self::ShiftClosed => "shift-closed",
            Self::SamePerson => "same-person",
            Self::NotProposed => "not-proposed",
        }
    }
}
