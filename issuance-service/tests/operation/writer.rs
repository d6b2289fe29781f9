//! Somebody who commits without a pause, and remembers what was acknowledged.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::thread::JoinHandle;

use register::store::{AnyStore, Change, Entity, EntityChange, EntityKind, Expected, Store as _};
use time::OffsetDateTime;
use uuid::Uuid;

pub struct Writer {
    ends: Arc<AtomicBool>,
    acknowledged: Arc<Mutex<Vec<Uuid>>>,
    thread: Option<JoinHandle<()>>,
}

impl Writer {
    pub fn start(place: &str) -> Self {
        let ends = Arc::new(AtomicBool::new(false));
        let acknowledged = Arc::new(Mutex::new(Vec::new()));
        let (stop, kept, place) = (
            Arc::clone(&ends),
            Arc::clone(&acknowledged),
            place.to_owned(),
        );
        let thread = std::thread::spawn(move || {
            runtime().block_on(async {
                let store = AnyStore::open(&place).await.unwrap();
                while !stop.load(Ordering::Acquire) {
                    let id = Uuid::now_v7();
                    store.commit(&row(id)).await.unwrap();
                    kept.lock().unwrap().push(id);
                }
                store.close().await;
            });
        });
        Self {
            ends,
            acknowledged,
            thread: Some(thread),
        }
    }

    /// What was acknowledged so far.
    pub fn acknowledged(&self) -> Vec<Uuid> {
        self.acknowledged.lock().unwrap().clone()
    }

    pub fn end(mut self) -> usize {
        self.ends.store(true, Ordering::Release);
        self.thread.take().unwrap().join().unwrap();
        self.acknowledged().len()
    }
}

fn row(id: Uuid) -> Change {
    let mut change = Change::new(OffsetDateTime::now_utc());
    change.entities.push(EntityChange::Put {
        entity: Entity {
            kind: EntityKind::Setting,
            id,
            state: "test".to_owned(),
            place: "test".to_owned(),
            order: 0,
            version: 0,
            body: "{}".to_owned(),
        },
        expected: Expected::New,
        keys: None,
    });
    change
}

/// How many of these rows a store has.
pub fn found(place: &str, ids: &[Uuid]) -> usize {
    runtime().block_on(async {
        let store = AnyStore::open(place).await.unwrap();
        let mut count = 0;
        for id in ids {
            let row = store.entity(EntityKind::Setting, *id).await.unwrap();
            count += usize::from(row.is_some());
        }
        store.close().await;
        count
    })
}

pub fn runtime() -> tokio::runtime::Runtime {
    tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap()
}
