//! Applications on a store: what [`crate::application`] decides becomes a [`Change`], with everything that follows from it.
//!
//! | event | task | counted as |
//! |---|---|---|
//! | received | check | `received`, `station/<name>/received` |
//! | somebody resembles | none: what waits for production ends | `resembling` |
//! | approved, failed, complained of | produce | `approved`, `remade/<reason>` |
//! | refused, withdrawn, completed | erase | `refused/<reason>`, `withdrawn`, `completed` |

mod row;

use time::{Duration, OffsetDateTime};
use uuid::Uuid;

use crate::application::{
    Application, Event, MakeFailure, Priority, Receipt, RefusalReason, StageKind, stored,
};
use crate::store::{
    Append, Breadth, Change, Claim, ClaimChange, ClaimKind, Cursor, EntityChange, EntityKind,
    Expected, Query, Queue, SearchKey, Store, StoreError, Stream, StreamKind, Task, TaskChange,
};

pub use row::ApplicationSummary;

/// How long biometrics are kept at most after the packet has come, whatever becomes of the application.
pub const LONGEST_KEPT: Duration = Duration::days(90);

/// Applications of a store.
#[derive(Debug, Clone)]
pub struct Applications<S> {
    store: S,
}

/// The events of one application.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ApplicationHistory {
    /// The application.
    pub id: Uuid,
    /// What happened, in order, with the time it was recorded.
    pub events: Vec<(OffsetDateTime, Event)>,
}

/// A part of a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ApplicationPage {
    /// Only applications of this stage.
    pub stage: Option<StageKind>,
    /// Only applications of this station.
    pub station: Option<String>,
    /// Only applications after this one.
    pub after: Option<Cursor>,
    /// Last ones first.
    pub descending: bool,
    /// At most so many.
    pub limit: u32,
}

impl ApplicationHistory {
    /// An application that nothing has happened to.
    #[must_use]
    pub const fn empty(id: Uuid) -> Self {
        let events = Vec::new();
        Self { id, events }
    }

    /// The application that the events make; `None` when nothing has happened.
    #[must_use]
    pub fn application(&self) -> Option<Application> {
        Application::replay(self.events.iter().map(|(_, event)| event))
    }

    /// The version that the next event is appended behind.
    #[must_use]
    pub fn version(&self) -> u32 {
        u32::try_from(self.events.len()).unwrap_or(u32::MAX)
    }

    /// When the packet came.
    #[must_use]
    pub fn received_at(&self) -> Option<OffsetDateTime> {
        self.events.first().map(|(at, _)| *at)
    }

    /// Adds an event behind this history, with everything that follows from it, and takes it over: several events of one change are
    /// added one after the other.
    ///
    /// # Errors
    /// [`StoreError::Corrupt`] for an event that makes no application out of the history.
    pub fn append(&mut self, change: &mut Change, event: Event) -> Result<(), StoreError> {
        let id = self.id;
        let body = stored::encode(&event)?;
        let after = Application::apply(self.application(), &event);
        let what = "history";
        let after = after.ok_or(StoreError::Corrupt { id, what })?;
        let stream = Stream {
            kind: StreamKind::Application,
            id,
        };
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
        let received_at = self.received_at().unwrap_or(change.at);
        put_row(change, id, &after, received_at, person_keys(&after, &event))?;
        follow(change, id, &after, &event);
        self.events.push((change.at, event));
        Ok(())
    }
}

/// The row as the last event of the change leaves it.
fn put_row(
    change: &mut Change,
    id: Uuid,
    application: &Application,
    received_at: OffsetDateTime,
    mut keys: Option<Vec<SearchKey>>,
) -> Result<(), StoreError> {
    // A row that this change has put before gives its keys on.
    change.entities.retain_mut(|other| match other {
        EntityChange::Put {
            entity,
            keys: before,
            ..
        } if entity.kind == EntityKind::Application && entity.id == id => {
            keys = keys.take().or_else(|| before.take());
            false
        }
        _ => true,
    });
    change.entities.push(EntityChange::Put {
        entity: row::entity(id, application, received_at, change.at)?,
        expected: Expected::Any,
        keys,
    });
    Ok(())
}

/// By what an application is found once it is known whose it is. Only what says whose gives keys: the others leave them as they are.
fn person_keys(after: &Application, event: &Event) -> Option<Vec<SearchKey>> {
    let says_whose = matches!(
        event,
        Event::ApplicationChecked(_)
            | Event::DuplicatesReviewed { .. }
            | Event::PersonAssigned { .. }
    );
    let person = after.person().filter(|_| says_whose)?;
    Some(vec![person_key(person)])
}

/// The key of the applications of a person: its id, which is no secret to whoever may read rows.
const fn person_key(person: Uuid) -> SearchKey {
    SearchKey(person.into_bytes())
}

fn follow(change: &mut Change, id: Uuid, after: &Application, event: &Event) {
    match event {
        Event::ApplicationReceived(receipt) => received(change, id, receipt),
        Event::ApplicationChecked(_) => change.tasks.push(TaskChange::Finish(id)),
        Event::ApplicationApproved { .. } => {
            change.tally("approved");
            add(change, Queue::Produce, id, after);
        }
        Event::ProductionFailed { reason, .. } | Event::ComplaintRaised { reason, .. } => {
            change.tally(format!("remade/{}", reason.word()));
            if *reason == MakeFailure::WrongData {
                change.tally(refused(RefusalReason::DataWrong));
                erase_at(change, id, change.at);
            } else {
                add(change, Queue::Produce, id, after);
            }
        }
        Event::DocumentProduced { .. } => change.tally("produced"),
        Event::ApplicationCompleted { .. } => {
            change.tally("completed");
            erase_at(change, id, change.at);
        }
        Event::ApplicationRefused { reason, .. } => {
            change.tally(refused(*reason));
            end(change, id, after);
        }
        Event::ApplicationWithdrawn { .. } => {
            change.tally("withdrawn");
            end(change, id, after);
        }
        Event::ResemblanceFound { .. } => {
            change.tally("resembling");
            let before = after.rounds().saturating_sub(1);
            change
                .tasks
                .push(TaskChange::Finish(produce_task(id, before)));
        }
        // The tasks are finished by whoever has removed the files as well: see `erase_tasks`.
        Event::BiometricsErased(_) => change.tally("erased"),
        Event::DuplicatesReviewed { .. }
        | Event::PersonAssigned { .. }
        | Event::ProductionBegun { .. } => {}
    }
}

fn refused(reason: RefusalReason) -> String {
    format!("refused/{}", reason.word())
}

fn received(change: &mut Change, id: Uuid, receipt: &Receipt) {
    let packet = receipt.packet.as_octets();
    change.claims.push(ClaimChange::Take {
        claim: Claim::new(ClaimKind::PacketFile, packet),
        holder: id,
    });
    change.tally("received");
    change.tally(format!("station/{}/received", receipt.station));
    let at = change.at;
    change.tasks.push(TaskChange::Add(task(
        id,
        Queue::Check,
        "",
        id,
        receipt.priority,
        at,
    )));
    change.tasks.push(TaskChange::Add(task(
        last_erase_task(id),
        Queue::Erase,
        "",
        id,
        Priority::Normal,
        at + LONGEST_KEPT,
    )));
}

fn add(change: &mut Change, queue: Queue, id: Uuid, application: &Application) {
    let lane = &application.receipt().profile;
    let priority = application.priority();
    let name = produce_task(id, application.rounds());
    let added = task(name, queue, lane, id, priority, change.at);
    change.tasks.push(TaskChange::Add(added));
}

/// Nothing is done with it any more, except that the biometrics go.
fn end(change: &mut Change, id: Uuid, application: &Application) {
    let produce = produce_task(id, application.rounds());
    change.tasks.push(TaskChange::Finish(id));
    change.tasks.push(TaskChange::Finish(produce));
    erase_at(change, id, change.at);
}

fn erase_at(change: &mut Change, id: Uuid, at: OffsetDateTime) {
    let added = task(erase_task(id), Queue::Erase, "", id, Priority::Normal, at);
    change.tasks.push(TaskChange::Add(added));
}

fn task(
    id: Uuid,
    queue: Queue,
    lane: &str,
    subject: Uuid,
    priority: Priority,
    run_at: OffsetDateTime,
) -> Task {
    Task {
        id,
        queue,
        lane: lane.to_owned(),
        subject,
        priority: priority_number(priority),
        run_at,
        attempts: 0,
    }
}

/// The number of a priority in queues: the lower, the sooner.
#[must_use]
pub const fn priority_number(priority: Priority) -> i16 {
    match priority {
        Priority::Remake => 0,
        Priority::Urgent => 10,
        Priority::Normal => 20,
    }
}

/// Each task of an application has a name that follows from it, so that it is added once. The check has the application's own.
/// A remake is another task: whoever still works on the one before does not finish it, and it has its own urgency.
const fn produce_task(application: Uuid, rounds: u32) -> Uuid {
    named(application, 1 | (rounds as u128) << 8)
}

/// The tasks by which the biometrics of an application are erased. Finished when key and files are gone, not before.
#[must_use]
pub const fn erase_tasks(application: Uuid) -> [Uuid; 2] {
    [erase_task(application), last_erase_task(application)]
}

const fn erase_task(application: Uuid) -> Uuid {
    named(application, 2)
}

const fn last_erase_task(application: Uuid) -> Uuid {
    named(application, 3)
}

/// Neighbours of an identifier: 62 of its bits are random, so that nobody else is there.
const fn named(application: Uuid, step: u128) -> Uuid {
    Uuid::from_u128(application.as_u128() ^ (step << 8))
}

impl<S: Store> Applications<S> {
    /// The applications of a store.
    pub const fn new(store: S) -> Self {
        Self { store }
    }

    /// The store.
    pub const fn store(&self) -> &S {
        &self.store
    }

    /// Everything that happened to an application, in order; empty when it is unknown.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn history(&self, id: Uuid) -> Result<ApplicationHistory, StoreError> {
        let stream = Stream {
            kind: StreamKind::Application,
            id,
        };
        let recorded = self.store.history(stream).await?;
        let events = recorded
            .into_iter()
            .map(|recorded| Ok((recorded.at, stored::decode(id, &recorded.body)?)));
        let events = events.collect::<Result<_, StoreError>>()?;
        Ok(ApplicationHistory { id, events })
    }

    /// The application of a packet file.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn of_packet(&self, sha256: &[u8]) -> Result<Option<Uuid>, StoreError> {
        let claim = Claim::new(ClaimKind::PacketFile, sha256);
        self.store.holder(&claim).await
    }

    /// Applications in the order of their coming.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn list(
        &self,
        page: &ApplicationPage,
    ) -> Result<Vec<ApplicationSummary>, StoreError> {
        let query = Query {
            state: page.stage.map(|stage| stage.word().to_owned()),
            place: page.station.clone(),
            after: page.after,
            descending: page.descending,
            ..Query::of(EntityKind::Application, page.limit)
        };
        let entities = self.store.list(&query).await?;
        entities.iter().map(ApplicationSummary::of).collect()
    }

    /// Applications of a person of the register, the last ones first.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn of_person(
        &self,
        person: Uuid,
        limit: u32,
    ) -> Result<Vec<ApplicationSummary>, StoreError> {
        let kind = EntityKind::Application;
        let entities = self
            .store
            .find(kind, &[person_key(person)], Breadth::All, limit)
            .await?;
        let mut found: Vec<ApplicationSummary> = entities
            .iter()
            .map(ApplicationSummary::of)
            .collect::<Result<_, _>>()?;
        found.sort_by_key(|line| core::cmp::Reverse((line.received_at, line.id)));
        Ok(found)
    }

    /// One line about an application.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn summary(&self, id: Uuid) -> Result<Option<ApplicationSummary>, StoreError> {
        let entity = self.store.entity(EntityKind::Application, id).await?;
        entity.as_ref().map(ApplicationSummary::of).transpose()
    }
}
