//! Shifts: two persons count, and a shift whose cards do not add up stays open.
//!
//! ```text
//! counted at the beginning + received = good + rejects + destroyed + missing + counted at the end
//! ```
//!
//! What people count is compared with what the books say, blank by blank and reject by reject. A card that is missing is recorded as missing, by
//! two persons where it had a job; only then does the count agree.

use access::Permission;
use register::store::{
    AnyStore, Change, Cursor, Entity, EntityChange, EntityKind, Expected, Query, Store as _,
    StoreError,
};
use register::{Digest, Officer};
use serde::{Deserialize, Serialize};
use time::OffsetDateTime;
use uuid::Uuid;

use super::chip::{ChipState, Person, milliseconds, name_of};
use super::stock::{Numbers, numbers};
use super::{Refusal, Site, json, rows};
use crate::office::{Hand, Office};
use crate::{Error, Result};

/// The subject of audit entries.
const SUBJECT: &str = "shift";
/// How often something is decided anew because somebody else was faster.
const MAX_ATTEMPTS: usize = 8;

/// How far a shift is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ShiftState {
    /// It goes on.
    Open,
    /// One person has counted, and another one has not confirmed it yet.
    Counted,
    /// Two persons have counted, and it added up.
    Closed,
}

impl ShiftState {
    /// All states.
    pub const ALL: [Self; 3] = [Self::Open, Self::Counted, Self::Closed];

    /// The word of the state.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Counted => "counted",
            Self::Closed => "closed",
        }
    }

    /// The state of a word.
    #[must_use]
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.word() == word)
    }
}

/// What people count: cards that lie there.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Count {
    /// Cards that are no good card yet: blank, with a job, or written and not yet passed.
    pub remaining: i64,
    /// Rejects in the safe.
    pub rejects: i64,
}

/// The books of a site at one moment: everything that ever happened there.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Books {
    /// Came in.
    pub received: i64,
    /// Became good cards.
    pub good: i64,
    /// Are in the safe.
    pub rejects: i64,
    /// Were destroyed.
    pub destroyed: i64,
    /// Are not where they should be.
    pub missing: i64,
    /// Are no card yet.
    pub remaining: i64,
}

impl Books {
    fn of(numbers: &Numbers) -> Self {
        Self {
            received: numbers.received,
            good: numbers.of(ChipState::Used),
            rejects: numbers.of(ChipState::Rejected),
            destroyed: numbers.of(ChipState::Destroyed),
            missing: numbers.of(ChipState::Missing),
            remaining: numbers.remaining(),
        }
    }

    fn agree(&self, count: &Count) -> bool {
        (self.remaining, self.rejects) == (count.remaining, count.rejects)
    }

    /// What happened between an earlier moment and this one; what is there at this one.
    const fn since(&self, earlier: &Self) -> Self {
        Self {
            received: self.received - earlier.received,
            good: self.good - earlier.good,
            rejects: self.rejects,
            destroyed: self.destroyed - earlier.destroyed,
            missing: self.missing - earlier.missing,
            remaining: self.remaining,
        }
    }
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Body {
    number: u32,
    opened_by: Person,
    opening: Books,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    counted_by: Option<Person>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    closing: Option<Books>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    closed_by: Option<Person>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    closed_at: Option<i64>,
}

/// A shift as it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Shift {
    /// Its name.
    pub id: Uuid,
    /// Where.
    pub site: Site,
    /// How far it is.
    pub state: ShiftState,
    /// When it was opened, in milliseconds.
    pub opened_at: i64,
    /// Raised with every change.
    pub version: u32,
    body: Body,
}

/// A shift in numbers: `opened_with + received = good + rejects + destroyed + missing + remaining`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Account {
    /// Cards that were there at the beginning, rejects included.
    pub opened_with: i64,
    /// Came in.
    pub received: i64,
    /// Became good cards, less those that came back after their end.
    pub good: i64,
    /// Are in the safe at the end.
    pub rejects: i64,
    /// Were destroyed.
    pub destroyed: i64,
    /// Are not where they should be.
    pub missing: i64,
    /// Are no card yet at the end.
    pub remaining: i64,
    /// Whether both sides are equal.
    pub adds_up: bool,
}

impl Shift {
    /// The shift of a row.
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
            site: Site::new(&entity.place).map_err(|_| corrupt("site of a shift"))?,
            state: ShiftState::from_word(&entity.state).ok_or(corrupt("state of a shift"))?,
            opened_at: entity.order,
            version: entity.version,
            body: serde_json::from_str(&entity.body).map_err(|_| corrupt("row of a shift"))?,
        })
    }

    /// Its number at its site, from 1.
    #[must_use]
    pub const fn number(&self) -> u32 {
        self.body.number
    }

    /// Who has opened it.
    #[must_use]
    pub const fn opened_by(&self) -> &Person {
        &self.body.opened_by
    }

    /// Who has counted first at its end.
    #[must_use]
    pub const fn counted_by(&self) -> Option<&Person> {
        self.body.counted_by.as_ref()
    }

    /// Who has counted second, and when.
    #[must_use]
    pub fn closed(&self) -> Option<(&Person, i64)> {
        self.body.closed_by.as_ref().zip(self.body.closed_at)
    }

    /// Its numbers: at its end, or with these books of now.
    #[must_use]
    pub fn account(&self, now: &Numbers) -> Account {
        let end = self.body.closing.unwrap_or_else(|| Books::of(now));
        let opening = &self.body.opening;
        let Books {
            received,
            good,
            rejects,
            destroyed,
            missing,
            remaining,
        } = end.since(opening);
        let opened_with = opening.remaining + opening.rejects;
        let adds_up = opened_with + received == good + rejects + destroyed + missing + remaining;
        Account {
            opened_with,
            received,
            good,
            rejects,
            destroyed,
            missing,
            remaining,
            adds_up,
        }
    }

    fn put(&self, expected: Expected) -> Result<EntityChange> {
        Ok(EntityChange::Put {
            entity: Entity {
                kind: EntityKind::Shift,
                id: self.id,
                state: self.state.word().to_owned(),
                place: self.site.to_string(),
                order: self.opened_at,
                version: 0,
                body: json(&self.body)?,
            },
            expected,
            keys: None,
        })
    }
}

/// The last shift of a site; `None` where there was none.
///
/// # Errors
/// [`Error::Store`].
pub async fn last_shift(store: &AnyStore, site: &Site) -> Result<Option<Shift>> {
    let query = Query {
        place: Some(site.to_string()),
        descending: true,
        ..Query::of(EntityKind::Shift, 1)
    };
    let entities = store.list(&query).await?;
    Ok(entities.first().map(Shift::of).transpose()?)
}

/// What ever happened at a site, and its last shift.
///
/// # Errors
/// [`Refusal::UnknownSite`] where nothing did: a slip of the pen is no site whose stock adds up; [`Error::Store`].
pub async fn stock_of(store: &AnyStore, site: &Site) -> Result<(Numbers, Option<Shift>)> {
    let numbers = numbers(store, site).await?;
    let shift = last_shift(store, site).await?;
    if numbers.received == 0 && shift.is_none() {
        return Err(Refusal::UnknownSite.into());
    }
    Ok((numbers, shift))
}

impl Office {
    /// A shift.
    ///
    /// # Errors
    /// [`Refusal::UnknownShift`]; [`Error::Store`].
    pub async fn shift(&self, id: Uuid) -> Result<Shift> {
        let entity = self.store().entity(EntityKind::Shift, id).await?;
        Ok(Shift::of(&entity.ok_or(Refusal::UnknownShift)?)?)
    }

    /// Shifts of a site, the last ones first.
    ///
    /// # Errors
    /// [`Error::Store`].
    pub async fn shifts(
        &self,
        site: &Site,
        after: Option<Cursor>,
        limit: u32,
    ) -> Result<Vec<Shift>> {
        let place = Some(site.to_string());
        let query = Query {
            place,
            after,
            descending: true,
            ..Query::of(EntityKind::Shift, limit)
        };
        let entities = self.store().list(&query).await?;
        rows(&entities, Shift::of)
    }

    /// Opens a shift with what was counted.
    ///
    /// # Errors
    /// [`Refusal::ShiftOpen`], [`Refusal::CountDiffers`]; [`Refusal::UnknownSite`] where nothing ever came in: nothing happened then, and the
    /// refusal is audited.
    pub async fn open_shift(
        &self,
        site: &Site,
        count: Count,
        hand: &Hand,
        now: OffsetDateTime,
    ) -> Result<Shift> {
        let last = last_shift(self.store(), site).await?;
        let number = last.as_ref().map_or(0, Shift::number).saturating_add(1);
        // The next shift of a site has one name: two that are opened at once are one.
        let id = name_of(&Digest::of(format!("shift/{site}/{number}").as_bytes()));
        let numbers = numbers(self.store(), site).await?;
        let is_known = numbers.received > 0 || last.is_some();
        let books = Books::of(&numbers);
        let is_open = last.is_some_and(|last| last.state != ShiftState::Closed);
        let refusal = match () {
            () if is_open => Some(Refusal::ShiftOpen),
            () if !is_known => Some(Refusal::UnknownSite),
            () if !books.agree(&count) => Some(Refusal::CountDiffers),
            () => None,
        };
        if let Some(refusal) = refusal {
            return self.refused(id, refusal, hand, now).await;
        }
        let body = Body {
            number,
            opened_by: (&hand.officer).into(),
            opening: books,
            counted_by: None,
            closing: None,
            closed_by: None,
            closed_at: None,
        };
        let opened_at = milliseconds(now);
        let shift = Shift {
            id,
            site: site.clone(),
            state: ShiftState::Open,
            opened_at,
            version: 1,
            body,
        };
        let mut change = Change::new(now);
        change.entities.push(shift.put(Expected::New)?);
        match self
            .commit(change, hand, Permission::StockCount, (SUBJECT, id))
            .await
        {
            Ok(()) => Ok(shift),
            Err(Error::Store(StoreError::EntityChanged { .. })) => {
                self.refused(id, Refusal::ShiftOpen, hand, now).await
            }
            Err(error) => Err(error),
        }
    }

    /// One person counts at the end of a shift; another one counts as well and closes it.
    ///
    /// # Errors
    /// [`Refusal::CountDiffers`] when the count is not what the books say: the shift stays open. [`Refusal::SamePerson`] for whoever has counted
    /// first, [`Refusal::ShiftClosed`]. The refusal is audited.
    pub async fn count_shift(
        &self,
        id: Uuid,
        count: Count,
        hand: &Hand,
        now: OffsetDateTime,
    ) -> Result<Shift> {
        for _ in 0..MAX_ATTEMPTS {
            let before = self.shift(id).await?;
            let books = Books::of(&numbers(self.store(), &before.site).await?);
            let after = match counted(&before, books, count, &hand.officer, now) {
                Ok(after) => after,
                Err(Error::Personalisation(refusal)) => {
                    return self.refused(id, refusal, hand, now).await;
                }
                Err(error) => return Err(error),
            };
            let mut change = Change::new(now);
            change
                .entities
                .push(after.put(Expected::Version(before.version))?);
            match self
                .commit(change, hand, Permission::StockCount, (SUBJECT, id))
                .await
            {
                Ok(()) => return self.shift(id).await,
                Err(Error::Store(StoreError::EntityChanged { .. })) => {}
                Err(error) => return Err(error),
            }
        }
        Err(Error::Busy)
    }

    async fn refused(
        &self,
        id: Uuid,
        refusal: Refusal,
        hand: &Hand,
        now: OffsetDateTime,
    ) -> Result<Shift> {
        self.refuse(
            hand,
            Permission::StockCount,
            (SUBJECT, id),
            refusal.code(),
            now,
        )
        .await?;
        Err(refusal.into())
    }
}

/// What a count makes of a shift. The second count closes it, if nothing has moved since the first one.
fn counted(
    before: &Shift,
    books: Books,
    count: Count,
    by: &Officer,
    now: OffsetDateTime,
) -> Result<Shift> {
    if before.state == ShiftState::Closed {
        return Err(Refusal::ShiftClosed.into());
    }
    if !books.agree(&count) {
        return Err(Refusal::CountDiffers.into());
    }
    let mut after = before.clone();
    let first = before
        .body
        .counted_by
        .as_ref()
        .map(Person::officer)
        .transpose()?;
    match first {
        Some(first) if before.body.closing == Some(books) => {
            if first.is(by) {
                return Err(Refusal::SamePerson.into());
            }
            after.state = ShiftState::Closed;
            after.body.closed_by = Some(by.into());
            after.body.closed_at = Some(milliseconds(now));
        }
        // Work has gone on since somebody counted: this is the first count again.
        _ => {
            after.state = ShiftState::Counted;
            after.body.counted_by = Some(by.into());
            after.body.closing = Some(books);
        }
    }
    Ok(after)
}
