//! Taking a batch, and giving one up.

use std::collections::BTreeMap;

use access::Permission;
use register::store::{
    Breadth, Change, EntityKind, Queue, Store as _, StoreError, Task, TaskChange,
};
use time::{Duration, OffsetDateTime};
use uuid::Uuid;

use super::{Batch, Job, MAX_ATTEMPTS, MAX_JOBS, Progress, SUBJECT, by_job, is_chip, waits};
use crate::office::{Hand, Office};
use crate::personalisation::chip::key;
use crate::personalisation::lane::lane_of_jobs;
use crate::personalisation::pool::job_task;
use crate::personalisation::{Chip, Refusal, Site, rows};
use crate::{Error, Result};

/// For how long jobs are leased while their batch is written down. A claim that dies in between loses them then.
const LEASE: Duration = Duration::minutes(1);
/// Batches that one person or device may have open at once.
const MAX_OPEN: usize = 8;

/// What somebody wants to take.
#[derive(Debug, Clone, Copy)]
pub struct Order<'o> {
    /// Where.
    pub site: &'o Site,
    /// The issuer profile.
    pub profile: &'o str,
    /// At most so many jobs.
    pub count: u32,
}

/// Whether a batch was taken now or before.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Claimed {
    /// It was taken now.
    New(Batch),
    /// The same request has taken it before.
    Before(Batch),
}

impl Office {
    /// Takes a batch: the most urgent jobs first, and remakes are the most urgent. The same name again gives the same batch.
    ///
    /// # Errors
    /// [`Refusal::NoJob`], [`Refusal::OthersBatch`], [`Refusal::TooManyOpen`]: nothing happened then.
    pub async fn claim_batch(
        &self,
        id: Uuid,
        order: Order<'_>,
        hand: &Hand,
        now: OffsetDateTime,
    ) -> Result<Claimed> {
        let permission = Permission::BatchClaim;
        match self.claim(id, order, hand, now).await {
            Err(Error::Personalisation(refusal)) => {
                self.refuse(hand, permission, (SUBJECT, id), refusal.code(), now)
                    .await?;
                Err(refusal.into())
            }
            ended => ended,
        }
    }

    async fn claim(
        &self,
        id: Uuid,
        order: Order<'_>,
        hand: &Hand,
        now: OffsetDateTime,
    ) -> Result<Claimed> {
        if let Some(entity) = self.store().entity(EntityKind::Batch, id).await? {
            let batch = Batch::of(&entity)?;
            must_own(&batch, hand)?;
            return Ok(Claimed::Before(batch));
        }
        if let Some(owner) = hand.officer.account()
            && self.own_batches(owner).await?.len() >= MAX_OPEN
        {
            return Err(Refusal::TooManyOpen.into());
        }
        let lane = lane_of_jobs(order.site, order.profile);
        let count = order.count.clamp(1, MAX_JOBS);
        let mut tasks = self
            .store()
            .lease(Queue::Job, &lane, count, now, now + LEASE)
            .await?;
        for _ in 0..MAX_ATTEMPTS {
            let chips = self.chips_of_jobs(&tasks).await?;
            let is_free = |task: &Task| {
                let chip = chips.get(&task.subject);
                chip.is_some_and(|chip| waits(chip) && chip.batch().is_none())
            };
            let (taken, stale): (Vec<Task>, Vec<Task>) = tasks.iter().cloned().partition(is_free);
            self.forget(&stale, now).await?;
            if taken.is_empty() {
                return Err(Refusal::NoJob.into());
            }
            let job = |task: &Task| Job {
                job: task.subject,
                priority: task.priority,
            };
            let jobs = taken.iter().map(job).collect();
            let batch = Batch::new(id, order.site, order.profile, jobs, &hand.officer, now);
            let mut change = Change::new(now);
            for task in &taken {
                change.tasks.push(TaskChange::Finish(task.id));
                if let Some(chip) = chips.get(&task.subject) {
                    chip.clone().into_batch(&mut change, id)?;
                }
            }
            change.entities.push(batch.put_new()?);
            change.tally("batch/claimed");
            match self
                .commit(change, hand, Permission::BatchClaim, (SUBJECT, id))
                .await
            {
                Ok(()) => return self.batch(id).await.map(Claimed::New),
                // One of the jobs was voided in this moment: without it, then.
                Err(Error::Store(error)) if is_chip(&error) => tasks = taken,
                // The same request twice at once.
                Err(Error::Store(StoreError::EntityChanged { .. })) => {
                    for task in &taken {
                        self.store().postpone(task.id, task.attempts, now).await?;
                    }
                    let batch = self.batch(id).await?;
                    must_own(&batch, hand)?;
                    return Ok(Claimed::Before(batch));
                }
                Err(error) => return Err(error),
            }
        }
        Err(Error::Busy)
    }

    /// Gives a batch up: what is not written waits for somebody else. What is written stays.
    ///
    /// # Errors
    /// [`Refusal::UnknownBatch`]; [`Error::Store`].
    pub async fn release_batch(&self, id: Uuid, hand: &Hand, now: OffsetDateTime) -> Result<Batch> {
        self.release_batch_seen(id, None, hand, now).await
    }

    /// The same by somebody who has seen a version of the batch: another one is a conflict.
    ///
    /// # Errors
    /// As [`Self::release_batch`]; [`Error::Changed`].
    pub async fn release_batch_seen(
        &self,
        id: Uuid,
        expected: Option<u32>,
        hand: &Hand,
        now: OffsetDateTime,
    ) -> Result<Batch> {
        for _ in 0..MAX_ATTEMPTS {
            let mut batch = self.batch(id).await?;
            if expected.is_some_and(|version| version != batch.version) {
                return Err(Error::Changed);
            }
            let chips = self.chips_of_batch(id).await?;
            let (waiting, kept): (Vec<&Chip>, Vec<&Chip>) =
                chips.values().partition(|chip| waits(chip));
            if waiting.is_empty() {
                return Ok(batch);
            }
            let priorities: BTreeMap<Uuid, i16> = batch
                .jobs()
                .iter()
                .map(|job| (job.job, job.priority))
                .collect();
            let mut change = Change::new(now);
            for chip in waiting {
                let Some(job) = chip.job() else { continue };
                let priority = priorities.get(&job).copied().unwrap_or_default();
                let task = job_task(&chip.site, job, batch.profile(), priority, now);
                change.tasks.push(TaskChange::Add(task));
                chip.clone().out_of_batch(&mut change)?;
            }
            batch.release(&hand.officer);
            batch.follows(&Progress::of(kept), None);
            change.entities.push(batch.put()?);
            match self
                .commit(change, hand, Permission::BatchRelease, (SUBJECT, id))
                .await
            {
                Ok(()) => return self.batch(id).await,
                Err(Error::Store(StoreError::EntityChanged { .. })) => {}
                Err(error) => return Err(error),
            }
        }
        Err(Error::Busy)
    }

    async fn chips_of_jobs(&self, tasks: &[Task]) -> Result<BTreeMap<Uuid, Chip>> {
        let keys: Vec<_> = tasks.iter().map(|task| key(task.subject)).collect();
        if keys.is_empty() {
            return Ok(BTreeMap::new());
        }
        let found = self
            .store()
            .find(EntityKind::Chip, &keys, Breadth::All, MAX_JOBS)
            .await?;
        Ok(by_job(rows(&found, Chip::of)?))
    }

    /// Tasks of jobs that are not to be written any more go.
    async fn forget(&self, tasks: &[Task], now: OffsetDateTime) -> Result<()> {
        if tasks.is_empty() {
            return Ok(());
        }
        let mut change = Change::new(now);
        change
            .tasks
            .extend(tasks.iter().map(|task| TaskChange::Finish(task.id)));
        Ok(self.store().commit(&change).await?)
    }
}

/// A batch is reported by whoever has taken it.
pub(super) fn must_own(batch: &Batch, hand: &Hand) -> Result<()> {
    if batch.by().officer()?.is(&hand.officer) {
        Ok(())
    } else {
        Err(Refusal::OthersBatch.into())
    }
}
