//! A store that writes down what it is asked.

use std::sync::{Arc, Mutex};

use register::store::{
    AnyStore, BlobName, Breadth, Change, Claim, Entity, EntityKind, JournalEntry, Query, Queue,
    Recorded, SearchKey, Sequencing, Store, StoreError, Stream, Tally, Task, Topic,
};
use time::{Date, OffsetDateTime};
use uuid::Uuid;

type Result<T> = core::result::Result<T, StoreError>;

#[derive(Clone)]
pub struct Counted {
    pub inner: AnyStore,
    asked: Arc<Mutex<Vec<String>>>,
}

impl Counted {
    pub fn new(inner: AnyStore) -> Self {
        Self {
            inner,
            asked: Arc::default(),
        }
    }

    /// What was asked since the last time.
    pub fn asked(&self) -> Vec<String> {
        core::mem::take(&mut *self.asked.lock().unwrap())
    }

    fn note(&self, what: impl Into<String>) {
        self.asked.lock().unwrap().push(what.into());
    }
}

impl Store for Counted {
    async fn commit(&self, change: &Change) -> Result<()> {
        self.note(format!(
            "commit {} {} {} {}",
            change.appends.len(),
            change.entities.len(),
            change.tallies.len(),
            change.journal.len()
        ));
        self.inner.commit(change).await
    }
    async fn history(&self, stream: Stream) -> Result<Vec<Recorded>> {
        self.note(format!("history {}", stream.kind.word()));
        self.inner.history(stream).await
    }
    async fn holder(&self, claim: &Claim) -> Result<Option<Uuid>> {
        self.note(format!("holder {}", claim.kind.word()));
        self.inner.holder(claim).await
    }
    async fn entity(&self, kind: EntityKind, id: Uuid) -> Result<Option<Entity>> {
        self.note(format!("entity {}", kind.word()));
        self.inner.entity(kind, id).await
    }
    async fn list(&self, query: &Query) -> Result<Vec<Entity>> {
        self.note("list");
        self.inner.list(query).await
    }
    async fn find(
        &self,
        kind: EntityKind,
        keys: &[SearchKey],
        breadth: Breadth,
        limit: u32,
    ) -> Result<Vec<Entity>> {
        self.note(format!("find {} {}", kind.word(), keys.len()));
        self.inner.find(kind, keys, breadth, limit).await
    }
    async fn lease(
        &self,
        queue: Queue,
        lane: &str,
        count: u32,
        now: OffsetDateTime,
        until: OffsetDateTime,
    ) -> Result<Vec<Task>> {
        self.inner.lease(queue, lane, count, now, until).await
    }
    async fn postpone(&self, task: Uuid, attempts: u32, run_at: OffsetDateTime) -> Result<()> {
        self.inner.postpone(task, attempts, run_at).await
    }
    async fn waiting(
        &self,
        queue: Queue,
        lane: &str,
        limit: u32,
    ) -> Result<(u32, Option<OffsetDateTime>)> {
        self.inner.waiting(queue, lane, limit).await
    }
    async fn blob(&self, owner: Uuid, name: BlobName) -> Result<Option<Vec<u8>>> {
        self.note(format!("blob {}", name.word()));
        self.inner.blob(owner, name).await
    }
    async fn numbers_taken(&self, counter: &str) -> Result<u64> {
        self.inner.numbers_taken(counter).await
    }
    async fn take_numbers(&self, counter: &str, count: u32) -> Result<u64> {
        self.note(format!("take {counter}"));
        self.inner.take_numbers(counter, count).await
    }
    async fn tallies(&self, prefix: &str, from: Date, to: Date) -> Result<Vec<Tally>> {
        self.inner.tallies(prefix, from, to).await
    }
    async fn unsequenced(&self, topic: Topic, limit: u32) -> Result<Vec<JournalEntry>> {
        self.inner.unsequenced(topic, limit).await
    }
    async fn sequence(&self, sequencing: &Sequencing) -> Result<()> {
        self.inner.sequence(sequencing).await
    }
    async fn sequenced(&self, topic: Topic) -> Result<(u64, Option<String>)> {
        self.inner.sequenced(topic).await
    }
    async fn journal(&self, topic: Topic, from: u64, limit: u32) -> Result<Vec<JournalEntry>> {
        self.inner.journal(topic, from, limit).await
    }
    async fn tree_hashes(&self, topic: Topic, indexes: &[u64]) -> Result<Vec<[u8; 32]>> {
        self.inner.tree_hashes(topic, indexes).await
    }
    async fn integrity(&self) -> Result<Vec<String>> {
        self.inner.integrity().await
    }
}
