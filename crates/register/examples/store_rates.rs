//! Commits per second of each store beside the bare insert rate of the same database.
//!
//! ```text
//! cargo run --release -p register --example store_rates -- /tmp/rates.sqlite 'postgres://…'
//! ```
//!
//! A commit is what one step of an application changes: 2 events, 3 claims, 2 entities with 6 search keys, a task, an audit
//! entry, 3 tallies. A bare insert is one row of a few words, in a transaction of its own.

#![allow(clippy::expect_used, clippy::print_stdout, clippy::unwrap_used)]

use std::time::{Duration, Instant};

use register::store::{
    AnyStore, Append, Change, Claim, ClaimChange, ClaimKind, Entity, EntityChange, EntityKind,
    Expected, JournalEntry, Queue, SearchKey, Store as _, Stream, StreamKind, Task, TaskChange,
    Topic,
};
use sqlx::{PgPool, SqlitePool};
use time::OffsetDateTime;
use tokio::task::JoinSet;
use uuid::Uuid;

/// How long each rate is measured.
const TIME: Duration = Duration::from_secs(5);

#[tokio::main(flavor = "current_thread")]
async fn main() {
    println!(
        "{:<12} {:>5} {:>14} {:>14}",
        "database", "tasks", "bare inserts/s", "commits/s"
    );
    for place in std::env::args().skip(1) {
        let store = AnyStore::create(&place).await.unwrap();
        let bare = Bare::beside(&place).await;
        for tasks in [1, 8] {
            let inserts = rate(
                tasks,
                bare.clone(),
                |bare| async move { bare.insert().await },
            )
            .await;
            let commits = rate(tasks, store.clone(), |store| async move {
                store.commit(&change()).await.unwrap();
            })
            .await;
            println!(
                "{:<12} {tasks:>5} {inserts:>14.0} {commits:>14.0}",
                bare.name()
            );
        }
        assert!(store.integrity().await.unwrap().is_empty());
    }
}

/// How often an act happens in a second, done by several tasks at once.
async fn rate<S, A, F>(tasks: usize, on: S, act: A) -> f64
where
    S: Clone + Send + 'static,
    A: Fn(S) -> F + Copy + Send + 'static,
    F: Future<Output = ()> + Send,
{
    let begin = Instant::now();
    let mut running = JoinSet::new();
    for _ in 0..tasks {
        let on = on.clone();
        running.spawn(async move {
            let mut done = 0_u32;
            while begin.elapsed() < TIME {
                act(on.clone()).await;
                done += 1;
            }
            done
        });
    }
    let done: u32 = running.join_all().await.iter().sum();
    f64::from(done) / begin.elapsed().as_secs_f64()
}

/// The same database without a register.
#[derive(Clone)]
enum Bare {
    Sqlite(SqlitePool),
    Postgres(PgPool),
}

impl Bare {
    async fn beside(place: &str) -> Self {
        if place.starts_with("postgres") {
            let pool = PgPool::connect(place).await.unwrap();
            sqlx::query("CREATE TABLE IF NOT EXISTS bare (id UUID PRIMARY KEY, body TEXT)")
                .execute(&pool)
                .await
                .unwrap();
            return Self::Postgres(pool);
        }
        let options = sqlx::sqlite::SqliteConnectOptions::new()
            .filename(format!("{place}.bare"))
            .create_if_missing(true)
            .journal_mode(sqlx::sqlite::SqliteJournalMode::Wal)
            .synchronous(sqlx::sqlite::SqliteSynchronous::Full);
        let pool = sqlx::sqlite::SqlitePoolOptions::new()
            .max_connections(1)
            .connect_with(options)
            .await
            .unwrap();
        sqlx::query("CREATE TABLE IF NOT EXISTS bare (id BLOB PRIMARY KEY, body TEXT)")
            .execute(&pool)
            .await
            .unwrap();
        Self::Sqlite(pool)
    }

    const fn name(&self) -> &'static str {
        match self {
            Self::Sqlite(_) => "SQLite",
            Self::Postgres(_) => "PostgreSQL",
        }
    }

    async fn insert(&self) {
        const INSERT: &str = "INSERT INTO bare (id, body) VALUES ($1, $2)";
        let id = Uuid::now_v7();
        match self {
            Self::Sqlite(pool) => drop(
                sqlx::query(INSERT)
                    .bind(id)
                    .bind("body")
                    .execute(pool)
                    .await
                    .unwrap(),
            ),
            Self::Postgres(pool) => drop(
                sqlx::query(INSERT)
                    .bind(id)
                    .bind("body")
                    .execute(pool)
                    .await
                    .unwrap(),
            ),
        }
    }
}

/// What one step of an application changes.
fn change() -> Change {
    let (of, document) = (Uuid::now_v7(), Uuid::now_v7());
    let at = OffsetDateTime::from_unix_timestamp(1_795_255_200).unwrap();
    let mut change = Change::new(at);
    change.appends.push(Append {
        stream: Stream {
            kind: StreamKind::Application,
            id: of,
        },
        after: 0,
        bodies: vec![format!(r#"{{"event":"application-received.1","packet":"{of}"}}"#); 2],
    });
    for kind in [
        ClaimKind::PacketFile,
        ClaimKind::DocumentNumber,
        ClaimKind::ChipKey,
    ] {
        change.claims.push(ClaimChange::Take {
            claim: Claim::new(kind, of.as_bytes().as_slice()),
            holder: of,
        });
    }
    for (kind, id) in [
        (EntityKind::Application, of),
        (EntityKind::Packet, document),
    ] {
        let entity = Entity {
            kind,
            id,
            state: "received".into(),
            place: "TEST station".into(),
            order: at.unix_timestamp(),
            version: 0,
            body: format!(
                r#"{{"profile":"uto-passport","of":"{of}","text":"{}"}}"#,
                "x".repeat(300)
            ),
        };
        let keys = (kind == EntityKind::Application).then(|| {
            (0..6)
                .map(|_| SearchKey(*Uuid::new_v4().as_bytes()))
                .collect()
        });
        change.entities.push(EntityChange::Put {
            entity,
            expected: Expected::New,
            keys,
        });
    }
    change.tasks.push(TaskChange::Add(Task {
        id: of,
        queue: Queue::Check,
        lane: "uto-passport".into(),
        subject: of,
        priority: 0,
        run_at: at,
        attempts: 0,
    }));
    change.journal.push(JournalEntry {
        id: document,
        topic: Topic::Audit,
        at,
        body: format!(r#"{{"who":"TEST operator","what":"received","of":"{of}"}}"#).into_bytes(),
        number: None,
    });
    for name in ["received", "received/uto-passport", "received/station/1"] {
        change.tally(name);
    }
    change
}
