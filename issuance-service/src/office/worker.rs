//! Work from the queues, one task at a time.

use register::store::{Queue, Store as _, Task};
use time::{Duration, OffsetDateTime};

use super::Office;
use crate::{Error, Result};

/// For how long a worker has a task: longer than any takes, short enough that what a dead worker had is soon gone on with.
pub const LEASE: Duration = Duration::minutes(2);
/// How long a task waits after its first failure; doubled with each further one.
const FIRST_WAIT: Duration = Duration::seconds(2);
/// How long a task waits at most.
const LONGEST_WAIT: Duration = Duration::minutes(30);

/// What became of a look at a queue.
#[derive(Debug)]
pub enum Done {
    /// Nothing was to be done.
    Nothing,
    /// A task was done.
    One,
    /// A task could not be done now; it will be tried again.
    Later(Error),
}

impl Office {
    /// Leases the most urgent task of a lane.
    pub(super) async fn lease_one(
        &self,
        queue: Queue,
        lane: &str,
        now: OffsetDateTime,
    ) -> Result<Option<Task>> {
        let leased = self.store.lease(queue, lane, 1, now, now + LEASE).await?;
        Ok(leased.into_iter().next())
    }

    /// Gives a task that could not be done back, to be tried again: soon at first, then less and less often.
    pub(super) async fn later(
        &self,
        task: &Task,
        error: Error,
        now: OffsetDateTime,
    ) -> Result<Done> {
        let doublings = task.attempts.saturating_sub(1).min(16);
        let wait = (FIRST_WAIT * 2_i32.pow(doublings)).min(LONGEST_WAIT);
        self.store
            .postpone(task.id, task.attempts, now + wait)
            .await?;
        Ok(Done::Later(error))
    }
}
