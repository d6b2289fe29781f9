//! The stock: every chip that came in is good, a recorded reject, destroyed, or still here.
//!
//! Every change of a chip counts it out of one state and into another in the same transaction, so that
//! `received = in stock + reserved + written + used + rejected + missing + destroyed` holds at every moment, for every site.

use std::collections::BTreeMap;

use access::Permission;
use register::document::{Document, Event, VoidReason};
use register::store::{AnyStore, Change, EntityKind, Store, StoreError, TaskChange};
use serde::Serialize;
use time::{Date, OffsetDateTime};
use uuid::Uuid;

use super::chip::{TALLIES, chip_id};
use super::{Chip, ChipState, Refusal, RejectReason, Site};
use crate::office::{Hand, Office};
use crate::{Error, Result};

/// How often something is decided anew because somebody else was faster.
const MAX_ATTEMPTS: usize = 8;
/// The subject of audit entries.
pub(super) const SUBJECT: &str = "chip";

/// What happens to a document happens to its chip, in the same transaction. A chip that never was in stock is none of ours.
///
/// # Errors
/// [`Error::Store`]; [`Error::Personalisation`] when the chip is not where the document says.
pub async fn follow<S: Store>(
    store: &S,
    change: &mut Change,
    document: &Document,
    event: &Event,
) -> Result<()> {
    let changes = matches!(
        event,
        Event::DocumentWritten(_) | Event::DocumentDelivered(_) | Event::DocumentVoided(_)
    );
    if !changes {
        return Ok(());
    }
    let id = chip_id(&document.entry().document.chip_serial);
    let Some(entity) = store.entity(EntityKind::Chip, id).await? else {
        return Ok(());
    };
    let chip = Chip::of(&entity)?;
    if chip.job() != Some(document.job()) {
        return Err(Refusal::ChipState(chip.state).into());
    }
    match event {
        Event::DocumentWritten(_) => chip.written(change),
        Event::DocumentVoided(voiding) => chip.reject(change, reject_reason(voiding.reason)),
        _ => chip.used(change),
    }
}

/// A chip that was taken out of the stock by its file, and not from the pool, belongs to its job from now on.
///
/// # Errors
/// [`Error::Store`]; [`Error::Personalisation`] when the chip was set aside.
pub async fn reserve<S: Store>(
    store: &S,
    change: &mut Change,
    serial: &[u8],
    job: Uuid,
) -> Result<()> {
    let id = chip_id(serial);
    let Some(entity) = store.entity(EntityKind::Chip, id).await? else {
        return Ok(());
    };
    let chip = Chip::of(&entity)?;
    match chip.state {
        // Whose it is, the register says.
        _ if chip.job().is_some() => Ok(()),
        ChipState::InStock => {
            change.tasks.push(TaskChange::Finish(id));
            chip.reserve(change, job)
        }
        state => Err(Refusal::ChipState(state).into()),
    }
}

const fn reject_reason(reason: VoidReason) -> RejectReason {
    match reason {
        VoidReason::ChipFaulty => RejectReason::ChipFaulty,
        VoidReason::PrintFaulty => RejectReason::PrintFaulty,
        VoidReason::WrongData => RejectReason::WrongData,
        VoidReason::ApplicationWithdrawn => RejectReason::ApplicationWithdrawn,
        VoidReason::LostInProduction => RejectReason::LostInProduction,
    }
}

/// The numbers of a site, as everything that ever happened there adds up.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Numbers {
    /// How many chips came in.
    pub received: i64,
    /// How many are in each state.
    pub states: BTreeMap<&'static str, i64>,
    /// How many were set aside for each reason.
    pub rejects: BTreeMap<&'static str, i64>,
}

impl Numbers {
    /// How many are in a state.
    #[must_use]
    pub fn of(&self, state: ChipState) -> i64 {
        self.states.get(state.word()).copied().unwrap_or_default()
    }

    /// Chips that are no card yet: blank, with a job, or written and not yet passed.
    #[must_use]
    pub fn remaining(&self) -> i64 {
        self.of(ChipState::InStock) + self.of(ChipState::Reserved) + self.of(ChipState::Written)
    }

    /// Whether every chip that came in is in one state.
    #[must_use]
    pub fn adds_up(&self) -> bool {
        self.received == self.states.values().sum::<i64>()
    }
}

/// The numbers of a site.
///
/// # Errors
/// [`Error::Store`].
pub async fn numbers(store: &AnyStore, site: &Site) -> Result<Numbers> {
    let prefix = format!("{TALLIES}{site}/");
    let mut numbers = Numbers::default();
    for tally in store.tallies(&prefix, Date::MIN, Date::MAX).await? {
        let what = tally.name.strip_prefix(&prefix).unwrap_or_default();
        let reason = what
            .strip_prefix("reason/")
            .and_then(RejectReason::from_word);
        if what == "received" {
            numbers.received += tally.count;
        } else if let Some(state) = ChipState::from_word(what) {
            *numbers.states.entry(state.word()).or_default() += tally.count;
        } else if let Some(reason) = reason {
            *numbers.rejects.entry(reason.word()).or_default() += tally.count;
        }
    }
    Ok(numbers)
}

/// What somebody does to one chip.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Act {
    /// A blank is faulty or missing.
    Reject(RejectReason),
    /// What was missing is there again.
    Find,
    /// A card that has ended came back.
    Return,
    /// The first of two persons wants to destroy it.
    ProposeDestruction,
    /// The second of two persons has seen it destroyed.
    Destroy,
}

impl Act {
    /// The right that it takes.
    #[must_use]
    pub const fn permission(self) -> Permission {
        match self {
            Self::Reject(_) | Self::Find => Permission::StockCount,
            Self::Return => Permission::StockReceive,
            Self::ProposeDestruction | Self::Destroy => Permission::StockDestroy,
        }
    }
}

impl Office {
    /// Does something to a chip. What was done before is done.
    ///
    /// # Errors
    /// [`Error::Personalisation`]: nothing happened then, and the refusal is audited.
    pub async fn chip(
        &self,
        serial: &[u8],
        act: Act,
        hand: &Hand,
        now: OffsetDateTime,
    ) -> Result<Chip> {
        let id = chip_id(serial);
        for _ in 0..MAX_ATTEMPTS {
            let mut change = Change::new(now);
            match self.chip_change(id, act, hand, &mut change).await {
                Ok(None) => return self.chip_of(id).await,
                Ok(Some(())) => {}
                Err(Error::Personalisation(refusal)) => {
                    let subject = (SUBJECT, id);
                    self.refuse(hand, act.permission(), subject, refusal.code(), now)
                        .await?;
                    return Err(refusal.into());
                }
                Err(error) => return Err(error),
            }
            match self
                .commit(change, hand, act.permission(), (SUBJECT, id))
                .await
            {
                Ok(()) => return self.chip_of(id).await,
                Err(Error::Store(StoreError::EntityChanged { .. })) => {}
                Err(error) => return Err(error),
            }
        }
        Err(Error::Busy)
    }

    /// `None` when it was done before.
    async fn chip_change(
        &self,
        id: Uuid,
        act: Act,
        hand: &Hand,
        change: &mut Change,
    ) -> Result<Option<()>> {
        let chip = self.chip_of(id).await?;
        match act {
            Act::Reject(reason) if chip.reason() == Some(reason) && chip.job().is_none() => {
                return Ok(None);
            }
            Act::Reject(reason) if chip.state == ChipState::InStock => {
                change.tasks.push(TaskChange::Finish(id));
                chip.reject(change, reason)?;
            }
            // A chip with a job goes the way of its document: two persons void it.
            Act::Reject(_) => return Err(Refusal::ChipState(chip.state).into()),
            Act::Find if chip.state == ChipState::Rejected => return Ok(None),
            Act::Find => chip.found(change)?,
            Act::Return => return self.returned(chip, change).await,
            Act::ProposeDestruction => {
                let again = chip
                    .destroys()
                    .map(super::chip::Person::officer)
                    .transpose()?;
                if again.is_some_and(|before| before.is(&hand.officer)) {
                    return Ok(None);
                }
                chip.propose_destruction(change, &hand.officer)?;
            }
            Act::Destroy if chip.state == ChipState::Destroyed => return Ok(None),
            Act::Destroy => chip.destroy(change, &hand.officer)?,
        }
        Ok(Some(()))
    }

    /// Only a card that has ended goes back into the safe.
    async fn returned(&self, chip: Chip, change: &mut Change) -> Result<Option<()>> {
        if chip.reason() == Some(RejectReason::Returned) {
            return Ok(None);
        }
        let job = chip.job().ok_or(Refusal::ChipState(chip.state))?;
        let document = self.documents().history(job).await?.document();
        let has_ended = document.and_then(|document| Some(document.life()?.end.is_some()));
        if has_ended != Some(true) {
            return Err(Refusal::StillLives.into());
        }
        chip.returned(change)?;
        Ok(Some(()))
    }

    async fn chip_of(&self, id: Uuid) -> Result<Chip> {
        let entity = self.store().entity(EntityKind::Chip, id).await?;
        Ok(Chip::of(&entity.ok_or(Refusal::UnknownChip)?)?)
    }
}
