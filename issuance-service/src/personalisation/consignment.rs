//! Consignments: so many cards on their way to a counter, counted where they arrive.

use std::collections::BTreeSet;

use access::Permission;
use register::document::{Command, Document, Event, Whereabouts};
use register::store::{
    Change, Cursor, Entity, EntityChange, EntityKind, Expected, Query, Store, StoreError,
};
use serde::{Deserialize, Serialize};
use time::{Duration, OffsetDateTime};
use uuid::Uuid;

use super::chip::{Person, milliseconds};
use super::{Refusal, Site, json, rows};
use crate::office::{Hand, Office};
use crate::{Error, Result};

/// Cards of one consignment at most.
pub const MAX_CARDS: usize = 500;
/// Packing takes no longer: whoever has not ended it by then was stopped in the middle, and what was sent counts.
pub const PACKING_TAKES: Duration = Duration::minutes(10);
/// How often something is decided anew because somebody else was faster.
const MAX_ATTEMPTS: usize = 8;
/// The subject of audit entries.
const SUBJECT: &str = "consignment";

/// How far a consignment is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ConsignmentState {
    /// It was begun: the same request again goes on with it.
    Packing,
    /// It is on its way.
    Shipped,
    /// It has arrived, and cards are missing.
    Incomplete,
    /// It has arrived with every card.
    Received,
    /// No card could be sent.
    Empty,
}

impl ConsignmentState {
    /// All states.
    pub const ALL: [Self; 5] = [
        Self::Packing,
        Self::Shipped,
        Self::Incomplete,
        Self::Received,
        Self::Empty,
    ];

    /// The word of the state.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Packing => "packing",
            Self::Shipped => "shipped",
            Self::Incomplete => "incomplete",
            Self::Received => "received",
            Self::Empty => "empty",
        }
    }

    /// The state of a word.
    #[must_use]
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.word() == word)
    }
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Body {
    by: Person,
    /// What was to be packed.
    wanted: BTreeSet<Uuid>,
    /// What is in it.
    cards: BTreeSet<Uuid>,
    /// What has arrived.
    arrived: BTreeSet<Uuid>,
    /// What was in it and was sent on in another one.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    sent_on: BTreeSet<Uuid>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    received_by: Option<Person>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    received_at: Option<i64>,
}

/// A consignment as it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Consignment {
    /// Its name.
    pub id: Uuid,
    /// Where it goes.
    pub counter: Site,
    /// How far it is.
    pub state: ConsignmentState,
    /// When it was packed, in milliseconds.
    pub packed_at: i64,
    /// Raised with every change.
    pub version: u32,
    body: Body,
}

/// What became of a card that was to be sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sending {
    /// It is in the consignment.
    Sent,
    /// It is not, and why.
    Refused(&'static str),
}

/// What was counted at the counter.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Arrival {
    /// The consignment afterwards.
    pub consignment: Consignment,
    /// Cards that should not have been in it.
    pub unexpected: BTreeSet<Uuid>,
}

impl Consignment {
    /// The consignment of a row.
    ///
    /// # Errors
    /// [`StoreError::Corrupt`].
    pub fn of(entity: &Entity) -> core::result::Result<Self, StoreError> {
        let corrupt = |what| StoreError::Corrupt {
            id: entity.id,
            what,
        };
        Ok(Self {
            id: entity.id,
            counter: Site::new(&entity.place).map_err(|_| corrupt("counter of a consignment"))?,
            state: ConsignmentState::from_word(&entity.state)
                .ok_or(corrupt("state of a consignment"))?,
            packed_at: entity.order,
            version: entity.version,
            body: serde_json::from_str(&entity.body)
                .map_err(|_| corrupt("row of a consignment"))?,
        })
    }

    /// Who has packed it.
    #[must_use]
    pub const fn by(&self) -> &Person {
        &self.body.by
    }

    /// Who has received it.
    #[must_use]
    pub const fn received_by(&self) -> Option<&Person> {
        self.body.received_by.as_ref()
    }

    /// When it was received, in milliseconds.
    #[must_use]
    pub const fn received_at(&self) -> Option<i64> {
        self.body.received_at
    }

    /// The jobs of the cards in it.
    #[must_use]
    pub const fn cards(&self) -> &BTreeSet<Uuid> {
        &self.body.cards
    }

    /// The cards that have not arrived.
    #[must_use]
    pub fn missing(&self) -> Vec<Uuid> {
        self.body
            .cards
            .difference(&self.body.arrived)
            .copied()
            .collect()
    }

    /// The cards that were in it and were sent on in another one.
    #[must_use]
    pub const fn sent_on(&self) -> &BTreeSet<Uuid> {
        &self.body.sent_on
    }

    /// Whether a card of it is at the counter.
    #[must_use]
    pub fn has_arrived(&self, job: Uuid) -> bool {
        self.body.arrived.contains(&job)
    }

    /// A card goes on in another consignment. Who is packing this one at the moment finds that it has changed, and asks the register of
    /// documents where each card is.
    fn sends_on(&mut self, job: Uuid) {
        let Body {
            cards,
            arrived,
            sent_on,
            ..
        } = &mut self.body;
        cards.remove(&job);
        arrived.remove(&job);
        sent_on.insert(job);
        self.state = match self.state {
            ConsignmentState::Packing => ConsignmentState::Packing,
            _ if cards.is_empty() => ConsignmentState::Empty,
            ConsignmentState::Incomplete if arrived == cards => ConsignmentState::Received,
            state => state,
        };
    }

    fn put(&self, expected: Expected) -> Result<EntityChange> {
        Ok(EntityChange::Put {
            entity: Entity {
                kind: EntityKind::Consignment,
                id: self.id,
                state: self.state.word().to_owned(),
                place: self.counter.to_string(),
                order: self.packed_at,
                version: 0,
                body: json(&self.body)?,
            },
            expected,
            keys: None,
        })
    }
}

/// A card is in one consignment at a time: sending it on takes it out of the one before, in the same transaction.
///
/// # Errors
/// [`Error::Store`].
pub async fn follow<S: Store>(
    store: &S,
    change: &mut Change,
    document: &Document,
    event: &Event,
) -> Result<()> {
    let (Event::DocumentShipped(to), Some(life)) = (event, document.life()) else {
        return Ok(());
    };
    let Whereabouts::Shipped(from) = life.whereabouts else {
        return Ok(());
    };
    if from == *to {
        return Ok(());
    }
    // Cards of a bureau that ships by itself are in none of ours.
    let Some(entity) = store.entity(EntityKind::Consignment, from).await? else {
        return Ok(());
    };
    let mut before = Consignment::of(&entity)?;
    before.sends_on(document.job());
    let expected = Expected::Version(before.version);
    change.entities.push(before.put(expected)?);
    Ok(())
}

impl Office {
    /// A consignment.
    ///
    /// # Errors
    /// [`Refusal::UnknownConsignment`]; [`Error::Store`].
    pub async fn consignment(&self, id: Uuid) -> Result<Consignment> {
        let entity = self.store().entity(EntityKind::Consignment, id).await?;
        Ok(Consignment::of(
            &entity.ok_or(Refusal::UnknownConsignment)?,
        )?)
    }

    /// A consignment as the counter has it. Whoever was stopped while packing has sent cards that the row does not name: the register of
    /// documents says where each of them is. Once packing takes no longer, what was sent is the consignment.
    ///
    /// # Errors
    /// [`Refusal::UnknownConsignment`]; [`Error::Store`].
    pub async fn packed_consignment(&self, id: Uuid, now: OffsetDateTime) -> Result<Consignment> {
        let mut consignment = self.consignment(id).await?;
        let is_packing = consignment.state == ConsignmentState::Packing;
        if is_packing && milliseconds(now - PACKING_TAKES) < consignment.packed_at {
            return Ok(consignment);
        }
        let Body { wanted, cards, .. } = &mut consignment.body;
        for job in &*wanted {
            if !cards.contains(job) && self.is_in(id, *job).await? {
                cards.insert(*job);
            }
        }
        if is_packing && !cards.is_empty() {
            consignment.state = ConsignmentState::Shipped;
        }
        Ok(consignment)
    }

    /// Whether a card is in a consignment now.
    async fn is_in(&self, consignment: Uuid, job: Uuid) -> Result<bool> {
        let document = self.documents().history(job).await?.document();
        let life = document.as_ref().and_then(Document::life);
        Ok(life.is_some_and(|life| life.whereabouts == Whereabouts::Shipped(consignment)))
    }

    /// Consignments to a counter or to all, in the order in which they were packed.
    ///
    /// # Errors
    /// [`Error::Store`].
    pub async fn consignments(
        &self,
        counter: Option<&Site>,
        state: Option<ConsignmentState>,
        after: Option<Cursor>,
        limit: u32,
    ) -> Result<Vec<Consignment>> {
        let query = Query {
            state: state.map(|state| state.word().to_owned()),
            place: counter.map(Site::to_string),
            after,
            ..Query::of(EntityKind::Consignment, limit)
        };
        let entities = self.store().list(&query).await?;
        rows(&entities, Consignment::of)
    }

    /// Sends cards to a counter. One that cannot be sent does not keep the others. The same name again goes on with the same consignment.
    ///
    /// # Errors
    /// [`Refusal::OtherConsignment`] when the name is one of other cards; [`Error::Store`].
    pub async fn ship(
        &self,
        id: Uuid,
        counter: &Site,
        jobs: &BTreeSet<Uuid>,
        hand: &Hand,
        now: OffsetDateTime,
    ) -> Result<(Consignment, Vec<(Uuid, Sending)>)> {
        let mut consignment = self.begin_consignment(id, counter, jobs, hand, now).await?;
        if consignment.state != ConsignmentState::Packing {
            let sending = |job: &Uuid| match consignment.body.cards.contains(job) {
                true => (*job, Sending::Sent),
                false => (*job, Sending::Refused("not-sent")),
            };
            let sendings = jobs.iter().map(sending).collect();
            return Ok((consignment, sendings));
        }
        let mut sendings = Vec::with_capacity(jobs.len());
        for job in jobs {
            let command = Command::Ship(id);
            let done = self
                .document(*job, &command, Permission::DocumentShip, hand, now)
                .await;
            sendings.push((
                *job,
                match done {
                    Ok(_) => Sending::Sent,
                    Err(Error::Refused(refusal)) => Sending::Refused(refusal.code()),
                    Err(Error::Busy) => Sending::Refused("busy"),
                    Err(error) => return Err(error),
                },
            ));
        }
        let sent = sendings
            .iter()
            .filter(|(_, sending)| *sending == Sending::Sent);
        consignment.body.cards = sent.map(|(job, _)| *job).collect();
        consignment.state = if consignment.body.cards.is_empty() {
            ConsignmentState::Empty
        } else {
            ConsignmentState::Shipped
        };
        let mut change = Change::new(now);
        change
            .entities
            .push(consignment.put(Expected::Version(consignment.version))?);
        match self
            .commit(change, hand, Permission::DocumentShip, (SUBJECT, id))
            .await
        {
            // The same request twice at once: the other one has ended it.
            Ok(()) | Err(Error::Store(StoreError::EntityChanged { .. })) => {}
            Err(error) => return Err(error),
        }
        Ok((self.consignment(id).await?, sendings))
    }

    async fn begin_consignment(
        &self,
        id: Uuid,
        counter: &Site,
        jobs: &BTreeSet<Uuid>,
        hand: &Hand,
        now: OffsetDateTime,
    ) -> Result<Consignment> {
        let new = Consignment {
            id,
            counter: counter.clone(),
            state: ConsignmentState::Packing,
            packed_at: milliseconds(now),
            version: 1,
            body: Body {
                by: (&hand.officer).into(),
                wanted: jobs.clone(),
                cards: BTreeSet::new(),
                arrived: BTreeSet::new(),
                sent_on: BTreeSet::new(),
                received_by: None,
                received_at: None,
            },
        };
        let mut change = Change::new(now);
        change.entities.push(new.put(Expected::New)?);
        match self
            .commit(change, hand, Permission::DocumentShip, (SUBJECT, id))
            .await
        {
            Ok(()) => return Ok(new),
            Err(Error::Store(StoreError::EntityChanged { .. })) => {}
            Err(error) => return Err(error),
        }
        let before = self.consignment(id).await?;
        if (&before.counter, &before.body.wanted) == (counter, jobs) {
            Ok(before)
        } else {
            Err(Refusal::OtherConsignment.into())
        }
    }

    /// Records what was counted at the counter. Where packing was stopped in the middle, it is ended with what was sent. What was missing may arrive later: it is counted then.
    ///
    /// # Errors
    /// [`Refusal::CountDiffers`] when the number is not that of the cards named, [`Refusal::NotShipped`]; nothing happened then.
    pub async fn receive_consignment(
        &self,
        id: Uuid,
        present: &BTreeSet<Uuid>,
        count: usize,
        hand: &Hand,
        now: OffsetDateTime,
    ) -> Result<Arrival> {
        let permission = Permission::HandOver;
        for _ in 0..MAX_ATTEMPTS {
            let before = self.packed_consignment(id, now).await?;
            let refusal = match before.state {
                ConsignmentState::Packing | ConsignmentState::Empty => Some(Refusal::NotShipped),
                _ if count != present.len() => Some(Refusal::CountDiffers),
                _ => None,
            };
            if let Some(refusal) = refusal {
                self.refuse(hand, permission, (SUBJECT, id), refusal.code(), now)
                    .await?;
                return Err(refusal.into());
            }
            let mut after = before.clone();
            let mut unexpected = BTreeSet::new();
            for job in present.difference(&before.body.cards) {
                unexpected.insert(*job);
            }
            for job in before.missing() {
                match (self.is_in(id, job).await?, present.contains(&job)) {
                    (true, true) => drop(after.body.arrived.insert(job)),
                    (true, false) => {}
                    // A row of an earlier release may name a card that was sent on: it belongs to the other consignment.
                    (false, is_present) => {
                        after.sends_on(job);
                        unexpected.extend(is_present.then_some(job));
                    }
                }
            }
            let is_whole = after.body.arrived == after.body.cards;
            after.state = if is_whole {
                ConsignmentState::Received
            } else {
                ConsignmentState::Incomplete
            };
            if after == before {
                return Ok(Arrival {
                    consignment: before,
                    unexpected,
                });
            }
            after.body.received_by = Some((&hand.officer).into());
            after.body.received_at = Some(milliseconds(now));
            let mut change = Change::new(now);
            change
                .entities
                .push(after.put(Expected::Version(before.version))?);
            match self.commit(change, hand, permission, (SUBJECT, id)).await {
                Ok(()) => {
                    return Ok(Arrival {
                        consignment: self.consignment(id).await?,
                        unexpected,
                    });
                }
                Err(Error::Store(StoreError::EntityChanged { .. })) => {}
                Err(error) => return Err(error),
            }
        }
        Err(Error::Busy)
    }
}
