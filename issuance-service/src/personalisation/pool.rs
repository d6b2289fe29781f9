//! The pool of prepared chips: whoever makes jobs leases one, and keeps it with the job or gives it back.

use perso::PreparedChip;
use register::store::{AnyStore, Change, EntityKind, Queue, Store as _, Task, TaskChange};
use time::{Duration, OffsetDateTime};
use uuid::Uuid;

use super::chip::chip_id;
use super::lane::lane_of_jobs;
use super::{Chip, ChipState, RejectReason, Site};
use crate::Result;

/// For how long a chip is leased. A worker that dies loses it then; one that is slower finds that the chip has changed.
pub const LEASE: Duration = Duration::minutes(2);
/// How many tasks of chips that are not in stock any more are cleared in one search.
const MAX_STALE: usize = 64;

/// Chips that wait for jobs.
#[derive(Debug, Clone)]
pub struct Pool {
    store: AnyStore,
}

/// A chip that was taken out for a moment.
#[derive(Debug, Clone)]
pub struct LeasedChip {
    /// Serial, keys and receipts.
    pub prepared: PreparedChip,
    row: Chip,
    attempts: u32,
}

impl LeasedChip {
    fn of(row: Chip, attempts: u32) -> Result<Self> {
        Ok(Self {
            prepared: row.prepared()?,
            row,
            attempts,
        })
    }

    /// Its name in the stock.
    #[must_use]
    pub const fn id(&self) -> Uuid {
        self.row.id
    }

    /// Where it is: its job is written there.
    #[must_use]
    pub const fn site(&self) -> &Site {
        &self.row.site
    }
}

impl Pool {
    /// The pool of a store.
    #[must_use]
    pub const fn new(store: AnyStore) -> Self {
        Self { store }
    }

    /// Takes a chip of a lane out for [`LEASE`]; `None` when none waits.
    ///
    /// # Errors
    /// [`crate::Error::Store`]; [`crate::Error::Perso`] for a row that holds no chip file.
    pub async fn lease(&self, lane: &str, now: OffsetDateTime) -> Result<Option<LeasedChip>> {
        for _ in 0..MAX_STALE {
            let tasks = self
                .store
                .lease(Queue::Chip, lane, 1, now, now + LEASE)
                .await?;
            let Some(task) = tasks.into_iter().next() else {
                return Ok(None);
            };
            match self.chip(task.subject).await? {
                Some(row) if row.state == ChipState::InStock => {
                    return LeasedChip::of(row, task.attempts).map(Some);
                }
                _ => self.forget(task.id, now).await?,
            }
        }
        Ok(None)
    }

    /// The chip belongs to a job from now on. Into the change that enters the document.
    ///
    /// # Errors
    /// [`crate::Error::Store`] for a row that cannot be written.
    pub fn finish(&self, change: &mut Change, leased: &LeasedChip, job: Uuid) -> Result<()> {
        change.tasks.push(TaskChange::Finish(leased.row.id));
        leased.row.clone().reserve(change, job)
    }

    /// The chip cannot be used for any job. Into a change of its own.
    ///
    /// # Errors
    /// [`crate::Error::Store`] for a row that cannot be written.
    pub fn reject(
        &self,
        change: &mut Change,
        leased: &LeasedChip,
        reason: RejectReason,
    ) -> Result<()> {
        change.tasks.push(TaskChange::Finish(leased.row.id));
        leased.row.clone().reject(change, reason)
    }

    /// The chip waits again, for somebody else; one that a job has taken in the meantime stays with the job.
    ///
    /// # Errors
    /// [`crate::Error::Store`].
    pub async fn give_back(&self, leased: LeasedChip, now: OffsetDateTime) -> Result<()> {
        Ok(self
            .store
            .postpone(leased.row.id, leased.attempts, now)
            .await?)
    }

    /// The chip of a job that was entered and not yet signed: a worker that goes on with it needs the keys again.
    ///
    /// # Errors
    /// [`crate::Error::Store`], [`crate::Error::Personalisation`] when the chip was used or rejected.
    pub async fn reserved(&self, serial: &[u8], job: Uuid) -> Result<Option<PreparedChip>> {
        let row = self
            .chip(chip_id(serial))
            .await?
            .filter(|row| row.job() == Some(job));
        row.map(|row| row.prepared()).transpose()
    }

    /// The task by which a signed job waits for a batch, at the site where its chip is. Into the change that records the signature.
    ///
    /// # Errors
    /// [`crate::Error::Store`].
    pub async fn job_task(
        &self,
        serial: &[u8],
        job: Uuid,
        profile: &str,
        priority: i16,
        now: OffsetDateTime,
    ) -> Result<Option<Task>> {
        let chip = self.chip(chip_id(serial)).await?;
        Ok(chip.map(|chip| job_task(&chip.site, job, profile, priority, now)))
    }

    /// How many chips of a lane wait, at most `limit` are counted.
    ///
    /// # Errors
    /// [`crate::Error::Store`].
    pub async fn waiting(&self, lane: &str, limit: u32) -> Result<u32> {
        let (waiting, _) = self.store.waiting(Queue::Chip, lane, limit).await?;
        Ok(waiting)
    }

    /// A chip.
    ///
    /// # Errors
    /// [`crate::Error::Store`].
    pub async fn chip(&self, id: Uuid) -> Result<Option<Chip>> {
        let entity = self.store.entity(EntityKind::Chip, id).await?;
        Ok(entity.as_ref().map(Chip::of).transpose()?)
    }

    async fn forget(&self, task: Uuid, now: OffsetDateTime) -> Result<()> {
        let mut change = Change::new(now);
        change.tasks.push(TaskChange::Finish(task));
        Ok(self.store.commit(&change).await?)
    }
}

/// The task by which a job waits for a batch. It has the name of the job: when the card is made or voided, the register ends it.
pub(super) fn job_task(
    site: &Site,
    job: Uuid,
    profile: &str,
    priority: i16,
    now: OffsetDateTime,
) -> Task {
    Task {
        id: job,
        queue: Queue::Job,
        lane: lane_of_jobs(site, profile),
        subject: job,
        priority,
        run_at: now,
        attempts: 0,
    }
}
