//! One card: where it is on its way, and what is known of it.

use core::fmt;

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::event::StoredReceipt;
use crate::{ChipSerial, Person, Reason, Work};

/// Where a card is on its way.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Stage {
    /// A chip without a job.
    Stock,
    /// A chip with a job that nobody has begun.
    Reserved,
    /// Its job is being written, or was begun.
    InPerso,
    /// COMMIT: it waits for quality control.
    Written,
    /// Read back, locked, good; it lies here.
    Passed,
    /// Good, and given to somebody else.
    HandedOver,
    /// There will be no good card of this chip; it lies in the safe.
    Rejected,
    /// Two persons have destroyed it.
    Destroyed,
    /// It is not where it should be.
    Missing,
}

impl Stage {
    /// All of them.
    pub const ALL: [Self; 9] = [
        Self::Stock,
        Self::Reserved,
        Self::InPerso,
        Self::Written,
        Self::Passed,
        Self::HandedOver,
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
            Self::HandedOver => "handed-over",
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

    /// Whether it is a good card, here or with somebody else.
    #[must_use]
    pub const fn is_good(self) -> bool {
        matches!(self, Self::Passed | Self::HandedOver)
    }

    /// What the service can be told, in the order in which it comes to know it: nothing, written, good, no good card.
    const fn told(self) -> u8 {
        match self {
            Self::Stock | Self::Reserved | Self::InPerso => 0,
            Self::Written => 1,
            Self::Passed | Self::HandedOver => 2,
            Self::Rejected | Self::Destroyed | Self::Missing => 3,
        }
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
    /// SHA-256 of its file, if that was written down.
    pub sha256: Option<String>,
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
    /// Everybody who has written at it.
    pub hands: Vec<Person>,
    /// The receipt of COMMIT.
    pub commit: Option<StoredReceipt>,
    /// Who has judged it good and was about to lock it, and where. It stays with a card that was locked.
    pub locking: Option<(Person, String)>,
    /// Whether it has passed, whatever became of it.
    pub was_good: bool,
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
    /// The number that was read off it is not that of its job: how it was said.
    pub other_number: Option<String>,
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
            hands: Vec::new(),
            commit: None,
            locking: None,
            was_good: false,
            lock: None,
            reason: None,
            voided: false,
            failures: 0,
            last_failure: None,
            reported: None,
            other_number: None,
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

    /// Whether LOCK was about to come, and it is not known whether it came: the card may be in the field.
    #[must_use]
    pub fn lock_is_open(&self) -> bool {
        self.stage == Stage::Written && self.locking.is_some()
    }

    /// Whether it is a reject whose chip can still destroy its content. One that was locked cannot: it is destroyed by hand.
    #[must_use]
    pub fn waits_for_void(&self) -> bool {
        self.stage == Stage::Rejected && !self.voided && self.locking.is_none()
    }

    /// Whether the service has to be told something: a card that is written, passed, or will never be. One end is told once, whatever becomes
    /// of the reject.
    #[must_use]
    pub fn is_news(&self) -> bool {
        self.assignment.is_some() && self.stage.told() > self.reported.map_or(0, Stage::told)
    }

    /// Whether the service was told that this card is good.
    #[must_use]
    pub fn was_told_good(&self) -> bool {
        self.reported.is_some_and(Stage::is_good)
    }

    /// The service knows this of it. What it knew before it does not forget.
    pub(crate) fn tell(&mut self, stage: Stage) {
        if self.reported.is_none_or(|told| told.told() < stage.told()) {
            self.reported = Some(stage);
        }
    }

    /// Whether the card has come as far as this.
    pub(crate) fn has_come_to(&self, stage: Stage) -> bool {
        match stage.told() {
            0 => false,
            1 => self.commit.is_some(),
            2 => self.was_good,
            _ => self.stage.told() == stage.told(),
        }
    }
}
