//! What is to be done next: tasks that are leased, so that a worker that dies loses none.

use time::OffsetDateTime;
use uuid::Uuid;

/// A queue of tasks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Queue {
    /// Applications to be checked.
    Check,
    /// Approved applications to be made into jobs.
    Produce,
    /// Signed jobs that wait for a batch.
    Job,
    /// Chips that wait for a job. Chips of different keys wait in different lanes.
    Chip,
    /// Biometrics whose time is over.
    Erase,
    /// Messages to subscribers.
    Deliver,
    /// Cards whose time is over.
    Expire,
}

impl Queue {
    /// All queues.
    pub const ALL: [Self; 7] = [
        Self::Check,
        Self::Produce,
        Self::Job,
        Self::Chip,
        Self::Erase,
        Self::Deliver,
        Self::Expire,
    ];

    /// The word of the queue in the database.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Check => "check",
            Self::Produce => "produce",
            Self::Job => "job",
            Self::Chip => "chip",
            Self::Erase => "erase",
            Self::Deliver => "deliver",
            Self::Expire => "expire",
        }
    }
}

/// A task.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Task {
    /// Its name: the same task is added once.
    pub id: Uuid,
    /// Where it waits.
    pub queue: Queue,
    /// The part of the queue that it waits in: an issuer profile, a site; empty where there is one only.
    pub lane: String,
    /// What it is about: an application, a job, a chip, a subscription.
    pub subject: Uuid,
    /// The lower, the sooner: remakes come first.
    pub priority: i16,
    /// Not before.
    pub run_at: OffsetDateTime,
    /// How often it was begun.
    pub attempts: u32,
}

/// What becomes of a task.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TaskChange {
    /// It waits afterwards; one of the same id changes nothing.
    Add(Task),
    /// It is done and gone.
    Finish(Uuid),
}
