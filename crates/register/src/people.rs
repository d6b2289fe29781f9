//! People on a store. What is known of a person besides the number is sealed by the caller, and searched by keyed hashes: a copy of the
//! database tells nobody a name.

mod row;

use time::OffsetDateTime;
use uuid::Uuid;

use crate::person::{Event, Person, stored};
use crate::store::{
    Append, Breadth, Change, Claim, ClaimChange, ClaimKind, EntityChange, EntityKind, Expected,
    SearchKey, Store, StoreError, Stream, StreamKind,
};

pub use row::PersonRow;

/// People of a store.
#[derive(Debug, Clone)]
pub struct People<S> {
    store: S,
}

/// The events of one person, and the row as it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PersonHistory {
    /// The person.
    pub id: Uuid,
    /// What happened, in order, with the time it was recorded.
    pub events: Vec<(OffsetDateTime, Event)>,
    /// What is known of the person, sealed; empty where nothing is.
    pub sealed: Vec<u8>,
}

/// What is known of a person, ready for the row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Details {
    /// The texts, sealed.
    pub sealed: Vec<u8>,
    /// By what the person is searched.
    pub keys: Vec<SearchKey>,
}

impl PersonHistory {
    /// A person whom nothing has happened to.
    #[must_use]
    pub const fn empty(id: Uuid) -> Self {
        Self {
            id,
            events: Vec::new(),
            sealed: Vec::new(),
        }
    }

    /// The person that the events make; `None` when nothing has happened.
    #[must_use]
    pub fn person(&self) -> Option<Person> {
        Person::replay(self.events.iter().map(|(_, event)| event))
    }

    /// The version that the next event is appended behind.
    #[must_use]
    pub fn version(&self) -> u32 {
        u32::try_from(self.events.len()).unwrap_or(u32::MAX)
    }

    /// Adds an event behind this history, with claim and row, and takes it over. Details replace those that stand.
    ///
    /// # Errors
    /// [`StoreError::Corrupt`] for an event that makes no person out of the history.
    pub fn append(
        &mut self,
        change: &mut Change,
        event: Event,
        details: Option<Details>,
    ) -> Result<(), StoreError> {
        let id = self.id;
        let body = stored::encode(&event)?;
        let after = Person::apply(self.person(), &event);
        let what = "history";
        let after = after.ok_or(StoreError::Corrupt { id, what })?;
        let stream = stream(id);
        match change
            .appends
            .iter_mut()
            .find(|append| append.stream == stream)
        {
            Some(append) => append.bodies.push(body),
            None => change.appends.push(Append {
                stream,
                after: self.version(),
                bodies: vec![body],
            }),
        }
        if let Event::NumberAssigned { number } = &event {
            change.claims.push(ClaimChange::Take {
                claim: number_claim(number),
                holder: id,
            });
            change.tally("numbers");
        }
        self.events.push((change.at, event));
        self.put_row(change, &after, details)
    }

    fn put_row(
        &mut self,
        change: &mut Change,
        person: &Person,
        details: Option<Details>,
    ) -> Result<(), StoreError> {
        let id = self.id;
        // A row that this change has put before gives its keys on.
        let mut keys = None;
        change.entities.retain(|other| match other {
            EntityChange::Put {
                entity,
                keys: before,
                ..
            } if entity.kind == EntityKind::Person && entity.id == id => {
                keys.clone_from(before);
                false
            }
            _ => true,
        });
        if let Some(details) = details {
            self.sealed = details.sealed;
            keys = Some(details.keys);
        }
        let registered_at = self.events.first().map_or(change.at, |(at, _)| *at);
        change.entities.push(EntityChange::Put {
            entity: row::entity(id, person, &self.sealed, registered_at)?,
            expected: Expected::Any,
            keys,
        });
        Ok(())
    }
}

fn number_claim(number: &str) -> Claim {
    Claim::new(ClaimKind::PersonalNumber, number)
}

const fn stream(id: Uuid) -> Stream {
    Stream {
        kind: StreamKind::Person,
        id,
    }
}

impl<S: Store> People<S> {
    /// The people of a store.
    pub const fn new(store: S) -> Self {
        Self { store }
    }

    /// The store.
    pub const fn store(&self) -> &S {
        &self.store
    }

    /// Everything that happened to a person; empty when unknown.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn history(&self, id: Uuid) -> Result<PersonHistory, StoreError> {
        let recorded = self.store.history(stream(id)).await?;
        let events = recorded
            .into_iter()
            .map(|recorded| Ok((recorded.at, stored::decode(id, &recorded.body)?)));
        let events = events.collect::<Result<Vec<_>, StoreError>>()?;
        let row = self.row(id).await?;
        let sealed = row.map(|row| row.sealed).unwrap_or_default();
        Ok(PersonHistory { id, events, sealed })
    }

    /// Who has or had a number.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn of_number(&self, number: &str) -> Result<Option<Uuid>, StoreError> {
        self.store.holder(&number_claim(number)).await
    }

    /// A person's row.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn row(&self, id: Uuid) -> Result<Option<PersonRow>, StoreError> {
        let entity = self.store.entity(EntityKind::Person, id).await?;
        entity.as_ref().map(PersonRow::of).transpose()
    }

    /// People who have some of these search keys, each once, those with most of them first.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn find(
        &self,
        keys: &[SearchKey],
        breadth: Breadth,
        limit: u32,
    ) -> Result<Vec<PersonRow>, StoreError> {
        let kind = EntityKind::Person;
        let entities = self.store.find(kind, keys, breadth, limit).await?;
        entities.iter().map(PersonRow::of).collect()
    }
}
