//! What a relying party may ask, why and how often: agreed on paper first, then written down here by an administrator, then enforced.

use register::store::{
    Change, Entity, EntityChange, EntityKind, Expected, Query, Store, StoreError,
};
use serde::{Deserialize, Serialize};
use time::Date;
use utoipa::ToSchema;
use uuid::Uuid;

use super::attribute::Attribute;
use super::{Fault, Result};
use crate::office::NoticeKind;

/// The state of rows that are agreements.
const STATE: &str = "agreement";
/// Most purposes of an agreement.
pub const MAX_PURPOSES: usize = 32;
/// Most verifications a minute that can be agreed on.
pub const MAX_PER_MINUTE: u32 = 60_000;
/// Most lines of batches a day that can be agreed on.
pub const MAX_LINES_PER_DAY: u32 = 10_000_000;
/// Most misses a day that can be agreed on.
pub const MAX_MISSES_PER_DAY: u32 = 1_000_000;
/// Most differing attempts for one subject a day that can be agreed on.
pub const MAX_TRIES_PER_SUBJECT: u32 = 32;

/// What a relying party may ask.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Agreement {
    /// Attributes that it may ask to be compared.
    #[schema(schema_with = crate::api::described::attributes)]
    #[serde(default)]
    pub attributes: Vec<Attribute>,
    /// Purposes that it may name: words in small letters.
    #[schema(max_items = 32, example = json!(["open-account"]))]
    pub purposes: Vec<String>,
    /// Whether every verification needs the reference of the holder's consent.
    pub consent_needed: bool,
    /// Verifications a minute: after a silence as many at once. Each process of the service counts for itself.
    #[schema(minimum = 1, maximum = 60000)]
    pub per_minute: u32,
    /// Lines of batches a day; 0 for no batches.
    #[schema(maximum = 10000000)]
    #[serde(default)]
    pub lines_per_day: u32,
    /// Verifications a day that do not match: beyond, the party is guessing or its data are bad.
    #[schema(minimum = 1, maximum = 1000000)]
    pub misses_per_day: u32,
    /// Differing attempts for one subject within a day.
    #[schema(minimum = 1, maximum = 32)]
    pub tries_per_subject: u32,
    /// Whether it may have chips checked.
    #[serde(default)]
    pub chips: bool,
    /// Whether it registers births and gets numbers for newborns.
    #[serde(default)]
    pub numbers: bool,
    /// Of which changes it is told.
    #[schema(schema_with = crate::api::described::changes)]
    #[serde(default)]
    pub changes: Vec<NoticeKind>,
    /// The last day of the agreement.
    #[schema(value_type = Option<String>, format = Date, example = "2030-12-31")]
    #[serde(
        default,
        with = "optional_date",
        skip_serializing_if = "Option::is_none"
    )]
    pub until: Option<Date>,
}

/// An agreement with its party and version.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Kept {
    /// The relying party: its device or account.
    pub party: Uuid,
    /// What was agreed on.
    pub agreement: Agreement,
    /// Raised with every change.
    pub version: u32,
}

impl Agreement {
    /// Nothing is agreed on.
    #[must_use]
    pub const fn nothing() -> Self {
        Self {
            attributes: Vec::new(),
            purposes: Vec::new(),
            consent_needed: true,
            per_minute: 0,
            lines_per_day: 0,
            misses_per_day: 0,
            tries_per_subject: 0,
            chips: false,
            numbers: false,
            changes: Vec::new(),
            until: None,
        }
    }

    /// Checks it.
    ///
    /// # Errors
    /// [`Fault::Content`] naming what is beyond a limit.
    pub fn check(&self) -> Result<()> {
        let within = |number: u32, least: u32, most: u32| (least..=most).contains(&number);
        let purpose = |purpose: &String| audit_log::Word::new(purpose.as_str()).is_ok();
        let rules = [
            (
                (1..=MAX_PURPOSES).contains(&self.purposes.len()),
                "purposes",
            ),
            (self.purposes.iter().all(purpose), "purposes"),
            (is_set(&self.attributes), "attributes"),
            (is_set(&self.changes), "changes"),
            (within(self.per_minute, 1, MAX_PER_MINUTE), "per_minute"),
            (
                within(self.lines_per_day, 0, MAX_LINES_PER_DAY),
                "lines_per_day",
            ),
            (
                within(self.misses_per_day, 1, MAX_MISSES_PER_DAY),
                "misses_per_day",
            ),
            (
                within(self.tries_per_subject, 1, MAX_TRIES_PER_SUBJECT),
                "tries_per_subject",
            ),
        ];
        match rules.into_iter().find(|(holds, _)| !holds) {
            Some((_, what)) => Err(Fault::Content(what)),
            None => Ok(()),
        }
    }

    /// Whether a purpose is one of it.
    #[must_use]
    pub fn has_purpose(&self, purpose: &str) -> bool {
        self.purposes.iter().any(|agreed| agreed == purpose)
    }

    /// Whether it holds on a day.
    #[must_use]
    pub fn holds_on(&self, day: Date) -> bool {
        self.until.is_none_or(|until| day <= until)
    }
}

impl Kept {
    /// Out of its row.
    ///
    /// # Errors
    /// [`StoreError::Corrupt`].
    pub fn read(entity: &Entity) -> core::result::Result<Self, StoreError> {
        let what = "agreement";
        let corrupt = |_| StoreError::Corrupt {
            id: entity.id,
            what,
        };
        Ok(Self {
            party: entity.id,
            agreement: serde_json::from_str(&entity.body).map_err(corrupt)?,
            version: entity.version,
        })
    }
}

/// The agreement with a party.
///
/// # Errors
/// Those of the store.
pub async fn of(store: &impl Store, party: Uuid) -> Result<Option<Kept>> {
    let entity = store.entity(EntityKind::Setting, party).await?;
    let entity = entity.filter(|entity| entity.state == STATE);
    Ok(entity.as_ref().map(Kept::read).transpose()?)
}

/// The agreements there are, in the order in which they were made.
#[must_use]
pub fn query(limit: u32) -> Query {
    Query {
        state: Some(STATE.to_owned()),
        ..Query::of(EntityKind::Setting, limit)
    }
}

/// Puts an agreement into a change. `version` is that of the agreement that it replaces, 0 for a new one.
///
/// # Errors
/// [`Fault::Content`].
pub fn put(change: &mut Change, party: Uuid, agreement: &Agreement, version: u32) -> Result<()> {
    agreement.check()?;
    change.entities.push(EntityChange::Put {
        entity: Entity {
            kind: EntityKind::Setting,
            id: party,
            state: STATE.to_owned(),
            place: String::new(),
            order: 0,
            version: 0,
            body: serde_json::to_string(agreement).map_err(|_| Fault::Content("agreement"))?,
        },
        expected: match version {
            0 => Expected::New,
            version => Expected::Version(version),
        },
        keys: None,
    });
    Ok(())
}

fn is_set<T: PartialEq>(items: &[T]) -> bool {
    let mut behind = items.iter().enumerate();
    behind.all(|(at, item)| !items.iter().skip(at + 1).any(|other| other == item))
}

mod optional_date {
    use serde::{Deserialize, Deserializer, Serializer, de};
    use time::Date;
    use time::format_description::well_known::Iso8601;

    pub(super) fn serialize<S: Serializer>(
        date: &Option<Date>,
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        match date {
            Some(date) => serializer.collect_str(date),
            None => serializer.serialize_none(),
        }
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(
        deserializer: D,
    ) -> Result<Option<Date>, D::Error> {
        let text = Option::<String>::deserialize(deserializer)?;
        let read = |text: String| Date::parse(&text, &Iso8601::DATE).map_err(de::Error::custom);
        text.map(read).transpose()
    }
}
