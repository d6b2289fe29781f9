//! What goes wrong on a floor, by whose fault it is.

use iso7816::ChannelError;
use uuid::Uuid;

use crate::{ChipSerial, Stage};

/// Why something on the floor did not come to its end.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The journal.
    #[error(transparent)]
    Journal(#[from] JournalFault),
    /// It must not happen: nothing was done, and nothing was written down.
    #[error(transparent)]
    Refused(#[from] Refused),
    /// The card was touched already, and then what came of it could not be written down.
    #[error("the card was worked on, and then: {0}")]
    TooLate(#[source] Refused),
    /// The chip, or the line to it.
    #[error(transparent)]
    Perso(#[from] perso::Error),
    /// The card was read back, and is not good.
    #[error("read-back: {}", .0.faults.join("; "))]
    ReadBack(crate::quality::NotGood),
    /// A batch file.
    #[error(transparent)]
    Batch(perso::batch_file::BatchFault),
    /// The service does not do it, and why.
    #[error("the service: {0}")]
    Service(String),
    /// A station has stopped.
    #[error("{0}")]
    Station(crate::station::Stop),
    /// The job cannot be had.
    #[error("job {job}: {why}")]
    Job {
        /// The job.
        job: Uuid,
        /// Why.
        why: String,
    },
}

impl Error {
    /// How the line to the card ended, if that is what went wrong, in whichever layer it was found.
    #[must_use]
    pub const fn lost_line(&self) -> Option<ChannelError> {
        use perso::Error as P;
        match self {
            Self::Perso(
                P::Transport(lost)
                | P::SecureChannel(globalplatform::Error::Transport(lost))
                | P::Protocol(protocols::Error::Transport(lost)),
            ) => Some(*lost),
            _ => None,
        }
    }
}

/// Result of this crate.
pub type Result<T> = core::result::Result<T, Error>;

/// What is wrong with a journal.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum JournalFault {
    /// A line is not what was written. What comes behind it is not believed either.
    #[error("line {line} of the journal: {what}")]
    Damaged {
        /// Its number, from 1.
        line: u64,
        /// What is wrong.
        what: String,
    },
    /// The journal is shorter than it was.
    #[error("the journal was cut behind our back")]
    Shorter,
    /// It was opened to be looked at.
    #[error("the journal was opened to be looked at, and nothing is written into it")]
    OnlyLookedAt,
    /// It is longer than any floor's.
    #[error("the journal is full: begin another floor")]
    Full,
    /// Reading or writing failed.
    #[error("the journal cannot be kept")]
    Storage(#[from] std::io::Error),
    /// An earlier write failed: what stands in it must be read again first.
    #[error("the journal failed before: start again")]
    Closed,
}

/// Why something must not happen.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Refused {
    /// No serial number of a chip.
    #[error("a chip's serial number has 16 to 32 octets")]
    Serial,
    /// No name of a person.
    #[error("a name has 1 to 80 characters, all of which are seen, in letters of one script")]
    Name,
    /// A line that does not say who.
    #[error("it must be said who does it")]
    Nobody,
    /// No reason.
    #[error(
        "a reason is one of chip-faulty, print-faulty, wrong-data, application-withdrawn, lost-in-production"
    )]
    Reason,
    /// Two persons are needed.
    #[error("a second person must be there")]
    SamePerson,
    /// Who has written a card does not judge it.
    #[error("{0} has written this card: somebody else judges it")]
    OwnWork(String),
    /// The floor was opened before.
    #[error("the floor is open")]
    Opened,
    /// It was not.
    #[error("the journal does not begin with the opening of a floor")]
    NotOpened,
    /// A chip that never came in.
    #[error("no job here is for the chip {0}")]
    Stranger(ChipSerial),
    /// A chip without a job.
    #[error("the chip {0} is in stock and has no job")]
    NoJob(ChipSerial),
    /// A job that was never taken.
    #[error("no batch here has the job {0}")]
    UnknownJob(Uuid),
    /// A chip that came in before.
    #[error("the chip {0} came in before")]
    ChipKnown(ChipSerial),
    /// A chip that has a job already.
    #[error("the chip {chip} is for the job {job}")]
    ChipTaken {
        /// The chip.
        chip: ChipSerial,
        /// Its job.
        job: Uuid,
    },
    /// A job that was taken before.
    #[error("the job {0} was taken before")]
    JobTaken(Uuid),
    /// A batch that was taken before in another way.
    #[error("the batch {0} was taken before from somewhere else, or not as one of remakes")]
    BatchTaken(Uuid),
    /// A key that cannot sign batches.
    #[error("a batch is signed with a key on P-256, given as its SubjectPublicKeyInfo")]
    SignerKey,
    /// The number on the card is another one.
    #[error("the card {chip}: {why}")]
    NumberDiffers {
        /// The chip.
        chip: ChipSerial,
        /// What was read.
        why: String,
    },
    /// A batch without jobs, or with too many.
    #[error("a batch has 1 to {} jobs", crate::MAX_JOBS)]
    BatchSize,
    /// The card is somewhere else on its way.
    #[error("the card {chip} is {stage}: {what} is not for it")]
    Stage {
        /// The chip.
        chip: ChipSerial,
        /// Where it is.
        stage: Stage,
        /// What was to happen.
        what: &'static str,
    },
    /// The chip is not as far as the journal says.
    #[error("the journal says {stage} of the card {chip}, the chip says {found}")]
    ChipDiffers {
        /// The chip.
        chip: ChipSerial,
        /// What the journal says.
        stage: Stage,
        /// What the chip says.
        found: perso::applet::LifeCycle,
    },
    /// A chip in the field that is none of those that were being locked here.
    #[error("a card in the field, and none whose locking was interrupted here")]
    InTheField,
    /// A chip that can no longer void itself: it is in the field, or as good as.
    #[error(
        "the card is locked and would be taken for a good one: it cannot be voided, two persons destroy it by hand"
    )]
    Locked,
    /// LOCK may have come: the card may be in the field.
    #[error("the card {0} was being locked: whether it is in the field is not known")]
    LockOpen(ChipSerial),
    /// A card that is named twice.
    #[error("the card {0} is named twice")]
    Twice(ChipSerial),
    /// No card to hand over.
    #[error("there is no good card")]
    NoGoodCard,
    /// A mark of another journal, or of one that was changed.
    #[error("line {0} of the journal has another link: the mark is not of this journal")]
    OtherMark(u64),
    /// No mark.
    #[error("a mark is the number of a line, a colon, and the link of that line")]
    Mark,
    /// No shift is open.
    #[error("no shift is open")]
    NoShift,
    /// No shift was ever closed.
    #[error("no shift was closed here before")]
    NeverClosed,
    /// A card is not where the lines of the journal have brought it.
    #[error("the cards are not what the lines of the journal add up to: this program is at fault")]
    DoesNotAddUp,
    /// A shift is open.
    #[error("shift {0} is open")]
    ShiftOpen(u32),
    /// What was counted is not what the journal comes to.
    #[error(
        "counted {counted} {what}, computed {computed}: count again, or record what is missing"
    )]
    CountDiffers {
        /// What was counted.
        what: &'static str,
        /// So many.
        counted: u64,
        /// So many there should be.
        computed: u64,
    },
}
