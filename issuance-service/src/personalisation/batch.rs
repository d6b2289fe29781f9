//! Batches: so many signed jobs of one profile at one site, in the hand of one personaliser.
//!
//! A job is in one batch, because its chip is: the row of the chip changes once from no batch to this one. What is reported is recorded at
//! the documents; a batch is only the list of them, and how far they are is asked of their chips.

mod claim;
mod files;
mod reading;
mod results;
mod state;

use std::collections::BTreeMap;

use register::store::{
    Breadth, Change, Cursor, EntityChange, EntityKind, Query, Store as _, StoreError,
};
use time::OffsetDateTime;
use uuid::Uuid;

use super::chip::{ChipState, key};
use super::{Chip, Refusal, Site, rows};
use crate::Result;
use crate::office::Office;

pub use claim::{Claimed, Order};
pub use reading::Reading;
pub use results::{CardResult, Outcome, QualityResult};
pub use state::{Batch, BatchState, Job, Progress, STALLED};

/// Jobs of one batch at most.
pub const MAX_JOBS: u32 = 500;
/// The subject of audit entries.
pub const SUBJECT: &str = "batch";
/// How often something is decided anew because somebody else was faster.
const MAX_ATTEMPTS: usize = 16;

impl Office {
    /// A batch.
    ///
    /// # Errors
    /// [`Refusal::UnknownBatch`]; [`crate::Error::Store`].
    pub async fn batch(&self, id: Uuid) -> Result<Batch> {
        let entity = self.store().entity(EntityKind::Batch, id).await?;
        Ok(Batch::of(&entity.ok_or(Refusal::UnknownBatch)?)?)
    }

    /// The chips of a batch, by their jobs.
    ///
    /// # Errors
    /// [`crate::Error::Store`].
    pub async fn chips_of_batch(&self, id: Uuid) -> Result<BTreeMap<Uuid, Chip>> {
        let found = self
            .store()
            .find(EntityKind::Chip, &[key(id)], Breadth::All, MAX_JOBS)
            .await?;
        Ok(by_job(rows(&found, Chip::of)?))
    }

    /// Batches of a site or of all, in the order in which they were taken.
    ///
    /// # Errors
    /// [`crate::Error::Store`].
    pub async fn batches(
        &self,
        site: Option<&Site>,
        state: Option<BatchState>,
        after: Option<Cursor>,
        limit: u32,
    ) -> Result<Vec<Batch>> {
        let query = Query {
            state: state.map(|state| state.word().to_owned()),
            place: site.map(Site::to_string),
            after,
            ..Query::of(EntityKind::Batch, limit)
        };
        let entities = self.store().list(&query).await?;
        rows(&entities, Batch::of)
    }

    /// The batches that an account or a device has not finished: what it finds again after a crash.
    ///
    /// # Errors
    /// [`crate::Error::Store`].
    pub async fn own_batches(&self, owner: Uuid) -> Result<Vec<Batch>> {
        let entities = self
            .store()
            .find(EntityKind::Batch, &[key(owner)], Breadth::All, MAX_JOBS)
            .await?;
        rows(&entities, Batch::of)
    }

    /// Brings the state of a batch up to what its chips say.
    ///
    /// # Errors
    /// [`crate::Error::Store`].
    pub async fn refresh_batch(
        &self,
        id: Uuid,
        reported: bool,
        now: OffsetDateTime,
    ) -> Result<Batch> {
        for _ in 0..MAX_ATTEMPTS {
            let before = self.batch(id).await?;
            let progress = Progress::of(self.chips_of_batch(id).await?.values());
            let mut after = before.clone();
            after.follows(&progress, reported.then_some(now));
            if after == before {
                return Ok(before);
            }
            let mut change = Change::new(now);
            change.entities.push(after.put()?);
            match self.store().commit(&change).await {
                Ok(()) => return Ok(after),
                Err(StoreError::EntityChanged { .. }) => {}
                Err(error) => return Err(error.into()),
            }
        }
        Err(crate::Error::Busy)
    }
}

/// Chips by their jobs.
fn by_job(chips: Vec<Chip>) -> BTreeMap<Uuid, Chip> {
    let chips = chips.into_iter();
    chips.filter_map(|chip| Some((chip.job()?, chip))).collect()
}

/// Whether a change failed because of the row of a chip.
fn is_chip(error: &StoreError) -> bool {
    matches!(
        error,
        StoreError::EntityChanged {
            kind: EntityKind::Chip,
            ..
        }
    )
}

/// Only what waits to be written can be taken or given up.
fn waits(chip: &Chip) -> bool {
    chip.state == ChipState::Reserved
}

/// The changes of a batch, as the store takes them.
type Put = EntityChange;
