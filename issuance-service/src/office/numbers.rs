//! Numbers for people and for documents: exactly once, without an order that anybody could read, and without asking another data centre each
//! time.
//!
//! ```text
//! series (place, century and sex, year; range of a profile) ─ block of 1,000 counters, leased to this data centre ─ counter ─ permutation ─▶ number
//! ```
//!
//! Blocks are taken from the store for good; what a data centre has leased and not used when it is lost stays unused. The constraint of the
//! store decides: a number that somebody has from before this register is passed over. A restored register passes over what its backup does not
//! know of ([`Fence`]).

use enrolment::IssuerProfile;
use enrolment::personal_number::{BLOCK, Blocks, NumberScheme, RegisteredBirth, Series};
use register::store::{Change, Entity, EntityChange, EntityKind, Expected, Store as _, StoreError};
use register::{Digest, Key};
use serde::{Deserialize, Serialize};
use time::OffsetDateTime;
use uuid::Uuid;

use super::Office;
use crate::backup::Fence;
use crate::{Error, Result};

/// How many numbers are passed over before somebody has to look: in a series that is all but used up.
const MAX_PASSED_OVER: usize = 10_000;

impl Office {
    /// A number of a series that nobody has yet. Whoever records it claims it; when somebody else was faster, this is asked again.
    ///
    /// # Errors
    /// [`Error::NumbersUsedUp`]; [`Error::Store`].
    pub async fn free_number(
        &self,
        scheme: &'static dyn NumberScheme,
        birth: &RegisteredBirth<'_>,
        now: OffsetDateTime,
    ) -> Result<String> {
        let series = scheme.series_of(birth)?;
        let key = self.desk.vault().number_key()?;
        for _ in 0..MAX_PASSED_OVER {
            let blocks = Blocks::of(scheme, series.clone());
            let counter = self.next_counter(&series, &blocks, now).await?;
            let number = scheme.number(&series, counter, &key)?;
            if self.people.of_number(&number).await?.is_none() {
                return Ok(number);
            }
        }
        Err(Error::NumbersUsedUp)
    }

    /// A number for a document of a profile that no document has yet; `None` where the service gives none. A number that a desk has typed is
    /// passed over.
    ///
    /// # Errors
    /// [`Error::NumbersUsedUp`]; [`Error::Store`].
    pub async fn free_document_number(
        &self,
        profile: &dyn IssuerProfile,
        now: OffsetDateTime,
    ) -> Result<Option<String>> {
        let data = profile.data();
        let Some(numbers) = data.document_numbers else {
            return Ok(None);
        };
        let series = numbers.series(data.issuing_state);
        let key = self.desk.vault().number_key()?;
        let blocks = Blocks::with(series.clone(), numbers.capacity());
        for _ in 0..MAX_PASSED_OVER {
            let counter = self.next_counter(&series, &blocks, now).await?;
            let number = numbers.number(&series, counter, &key)?;
            let taken = Key::DocumentNumber {
                issuing_state: data.issuing_state.to_owned(),
                number: number.clone(),
            };
            if self.documents.find(&taken).await?.is_none() {
                return Ok(Some(number));
            }
        }
        Err(Error::NumbersUsedUp)
    }

    /// The next counter of this data centre: within its block, or the first of a new block.
    async fn next_counter(
        &self,
        series: &Series,
        blocks: &Blocks,
        now: OffsetDateTime,
    ) -> Result<u64> {
        let fence = Fence::of(&self.store).await?;
        let mut own = format!("numbers/{}/{series}", self.data_centre);
        if let Some(fence) = &fence {
            // What was leased before a restore may be used up: nobody knows how far.
            own = format!("{own}/{}", fence.life());
        }
        let ordinal = self.store.take_numbers(&own, 1).await?;
        let lease = format!("{own}/{}", ordinal / BLOCK);
        let block = match self.lease(&lease).await? {
            Some(block) => block,
            None => self.lease_block(&lease, series, now).await?,
        };
        let passed_over = fence.map_or(0, |fence| fence.blocks(blocks));
        let block = block.saturating_add(passed_over);
        let block = blocks.nth(block).ok_or(Error::NumbersUsedUp)?;
        Ok(block.first + ordinal % BLOCK)
    }

    /// The block of a lease that was made before.
    async fn lease(&self, lease: &str) -> Result<Option<u64>> {
        let id = named(lease);
        let entity = self.store.entity(EntityKind::Setting, id).await?;
        let block = entity.map(|entity| serde_json::from_str::<Lease>(&entity.body));
        let what = "lease of numbers";
        let block = block
            .transpose()
            .map_err(|_| StoreError::Corrupt { id, what })?;
        Ok(block.map(|lease| lease.block))
    }

    /// Takes a block for good. Another worker may be faster: then its block counts, and this one stays unused.
    async fn lease_block(&self, lease: &str, series: &Series, now: OffsetDateTime) -> Result<u64> {
        let counter = format!("blocks/{series}");
        let block = self.store.take_numbers(&counter, 1).await?;
        let mut change = Change::new(now);
        change.entities.push(EntityChange::Put {
            entity: Entity {
                kind: EntityKind::Setting,
                id: named(lease),
                state: "leased".to_owned(),
                place: self.data_centre.clone(),
                order: 0,
                version: 0,
                body: serde_json::to_string(&Lease { block }).map_err(|_| Error::Interrupted)?,
            },
            expected: Expected::New,
            keys: None,
        });
        match self.store.commit(&change).await {
            Ok(()) => Ok(block),
            Err(StoreError::EntityChanged { .. }) => {
                self.lease(lease).await?.ok_or(Error::Interrupted)
            }
            Err(error) => Err(error.into()),
        }
    }
}

/// Which block a data centre has leased.
#[derive(Serialize, Deserialize)]
struct Lease {
    block: u64,
}

/// A name as an identifier (RFC 9562 §5.8).
pub(crate) fn named(name: &str) -> Uuid {
    let digest = Digest::of(name.as_bytes());
    let mut octets = [0; 16];
    octets
        .iter_mut()
        .zip(digest.as_octets())
        .for_each(|(to, from)| *to = *from);
    uuid::Builder::from_custom_bytes(octets).into_uuid()
}
