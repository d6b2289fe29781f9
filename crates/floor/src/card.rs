//! One card: where it is on its way, and what is known of it.

use core::fmt;

use uuid::Uuid;

use crate::event::StoredReceipt;
use crate::{ChipSerial, Person, Reason, Work};

/// Where a card is on its way.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Stage {
    /// A chip without a job.
    Stock,
    /// A chip with a job that nobody has begun.
    Reserved,
    /// Its job is being written, or was begun.
    InPerso,
    /// COMMIT: it waits for quality control.
    Written,
    /// Read back, locked, good.
    Passed,
    /// There will be no good card of this chip; it lies in the safe.
    Rejected,
    /// Two persons have destroyed it.
    Destroyed,
    /// It is not where it should be.
    Missing,
}

impl Stage {
    /// All of them.
    pub const ALL: [Self; 8] = [
        Self::Stock,
        Self::Reserved,
        Self::InPerso,
        Self::Written,
        Self::Passed,
        Self::Rejected,
        Self::Destroyed,
        Self::Missing,
    ];

    /// Stable word for programs.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Stock => "stock",
            Self::Reserved => "reserved",
            Self::InPerso => "in-perso",
            Self::Written => "written",
            Self::Passed => "passed",
            Self::Rejected => "rejected",
            Self::Destroyed => "destroyed",
            Self::Missing => "missing",
        }
    }

    /// Whether the chip is no card yet, and no reject: it lies on the floor and is counted there.
    #[must_use]
    pub const fn remains(self) -> bool {
        matches!(
            self,
            Self::Stock | Self::Reserved | Self::InPerso | Self::Written
        )
    }

    /// Whether its job still has to be written.
    #[must_use]
    pub const fn waits(self) -> bool {
        matches!(self, Self::Reserved | Self::InPerso)
    }
}

impl fmt::Display for Stage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.word())
    }
}

/// What a chip is for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Assignment {
    /// The job.
    pub job: Uuid,
    /// Its batch.
    pub batch: Uuid,
    /// The number that is printed on the card.
    pub number: String,
    /// Whether it takes the place of a reject.
    pub remake: bool,
    /// How many jobs were taken before it.
    pub order: u64,
}

/// What went wrong last.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Failure {
    /// What was being done.
    pub work: Work,
    /// Where.
    pub reader: String,
    /// Why it came to no end.
    pub why: String,
}

/// A chip that came in, and all that happened to it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Card {
    /// Its serial number.
    pub chip: ChipSerial,
    /// Where it is.
    pub stage: Stage,
    /// What it is for.
    pub assignment: Option<Assignment>,
    /// The reader that it was last in.
    pub reader: Option<String>,
    /// Who has written it.
    pub written_by: Option<Person>,
    /// The receipt of COMMIT.
    pub commit: Option<StoredReceipt>,
    /// Who has judged it good and was about to lock it, and where.
    pub locking: Option<(Person, String)>,
    /// The receipt of LOCK, if it was not lost.
    pub lock: Option<StoredReceipt>,
    /// Why it is a reject.
    pub reason: Option<Reason>,
    /// Whether the chip of the reject has destroyed its content.
    pub voided: bool,
    /// How often something failed.
    pub failures: u32,
    /// What failed last.
    pub last_failure: Option<Failure>,
    /// What the service knows.
    pub reported: Option<Stage>,
}

impl Card {
    /// A chip as it comes in.
    #[must_use]
    pub const fn new(chip: ChipSerial) -> Self {
        Self {
            chip,
            stage: Stage::Stock,
            assignment: None,
            reader: None,
            written_by: None,
            commit: None,
            locking: None,
            lock: None,
            reason: None,
            voided: false,
            failures: 0,
            last_failure: None,
            reported: None,
        }
    }

    /// The job, if it has one.
    #[must_use]
    pub fn job(&self) -> Option<Uuid> {
        self.assignment.as_ref().map(|assignment| assignment.job)
    }

    /// The number that is printed on it; empty without a job.
    #[must_use]
    pub fn number(&self) -> &str {
        self.assignment
            .as_ref()
            .map_or("", |assignment| assignment.number.as_str())
    }

    /// Whether the service has to be told something: a card that is written, passed, or will never be.
    #[must_use]
    pub fn is_news(&self) -> bool {
        let told = self.reported;
        self.assignment.is_some()
            && match self.stage {
                Stage::Written | Stage::Passed => told != Some(self.stage),
                // One end is told once, whatever becomes of the reject.
                Stage::Rejected | Stage::Missing | Stage::Destroyed => {
                    told.is_none_or(|stage| stage <= Stage::Passed)
                }
                Stage::Stock | Stage::Reserved | Stage::InPerso => false,
            }
    }
}
