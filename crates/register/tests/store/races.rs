//! Many at once: of those that want the same thing one gets it. Run on two connections to the same store, as two processes
//! have them.

use std::collections::BTreeSet;

use register::store::{
    Change, ClaimKind, JournalEntry, Queue, Sequencing, Store, StoreError, Task, TaskChange, Topic,
};
use time::Duration;
use tokio::task::JoinSet;
use uuid::Uuid;

use crate::story::{START, appending, claim, claiming, document, id, take};

/// All races, on an empty store.
pub async fn run(one: &impl Store, other: &impl Store) {
    of_many_that_want_one_number_one_gets_it(one, other).await;
    of_many_that_have_read_a_version_one_appends(one, other).await;
    changes_that_meet_in_a_ring_all_happen(one, other).await;
    every_task_is_leased_once(one, other).await;
    numbers_taken_at_once_are_different(one, other).await;
    entries_are_numbered_without_gaps_by_two(one, other).await;
}

/// Sixteen tasks, half of them on each store.
async fn sixteen<S: Store, O: Store, R: Send + 'static>(
    one: &S,
    other: &O,
    act: impl AsyncRacer<S, R> + AsyncRacer<O, R>,
) -> Vec<R> {
    let mut racers = JoinSet::new();
    for of in 0..8 {
        racers.spawn(act.clone().race(one.clone(), of));
        racers.spawn(act.clone().race(other.clone(), of + 8));
    }
    racers.join_all().await
}

/// What a racer does on a store.
trait AsyncRacer<S, R>: Clone {
    fn race(self, store: S, of: u128) -> impl Future<Output = R> + Send + 'static;
}

macro_rules! racer {
    ($name:ident, $result:ty, |$store:ident, $of:ident| $act:expr) => {
        #[derive(Clone)]
        struct $name;

        impl<S: Store> AsyncRacer<S, $result> for $name {
            fn race(self, $store: S, $of: u128) -> impl Future<Output = $result> + Send + 'static {
                async move { $act }
            }
        }
    };
}

async fn of_many_that_want_one_number_one_gets_it(one: &impl Store, other: &impl Store) {
    racer!(Racer, (u128, Result<(), StoreError>), |store, of| {
        let mut change = appending(500 + of, 0, &["{}"]);
        change.claims = vec![
            take(ClaimKind::ChipKey, &format!("own {of}"), 500 + of),
            take(ClaimKind::DocumentNumber, "UTO/P/RACE", 500 + of),
        ];
        (of, store.commit(&change).await)
    });
    let results = sixteen(one, other, Racer).await;
    let winner = one
        .holder(&claim(ClaimKind::DocumentNumber, "UTO/P/RACE"))
        .await
        .unwrap()
        .unwrap();
    for (of, result) in results {
        let won = id(500 + of) == winner;
        match result {
            Ok(()) => assert!(won, "{of}"),
            Err(StoreError::Claimed { holder, .. }) => assert!(!won && holder == winner, "{of}"),
            Err(error) => panic!("{of}: {error:?}"),
        }
        assert_eq!(
            one.history(document(500 + of)).await.unwrap().len(),
            usize::from(won)
        );
    }
}

async fn of_many_that_have_read_a_version_one_appends(one: &impl Store, other: &impl Store) {
    one.commit(&appending(600, 0, &["{}"])).await.unwrap();
    racer!(Racer, bool, |store, of| {
        let body = format!(r#"{{"by":{of}}}"#);
        match store.commit(&appending(600, 1, &[&body])).await {
            Ok(()) => true,
            Err(StoreError::Conflict(stream)) if stream == document(600) => false,
            Err(error) => panic!("{of}: {error:?}"),
        }
    });
    let results = sixteen(one, other, Racer).await;
    assert_eq!(results.iter().filter(|won| **won).count(), 1);
    assert_eq!(other.history(document(600)).await.unwrap().len(), 2);
}

/// Claims, entities and tallies in opposite orders: nobody waits for ever, nobody is turned away.
async fn changes_that_meet_in_a_ring_all_happen(one: &impl Store, other: &impl Store) {
    racer!(Racer, (), |store, of| {
        for _ in 0..10 {
            let mut change = Change::new(START);
            let names: Vec<u128> = (700..705).collect();
            let turned = names.iter().rev();
            let names: Vec<&u128> = if of.is_multiple_of(2) {
                names.iter().collect()
            } else {
                turned.collect()
            };
            for name in names {
                change
                    .claims
                    .push(take(ClaimKind::PacketFile, &name.to_string(), 1));
                change.entities.extend(appending(*name, 0, &[]).entities);
                change.tally(format!("ring/{name}"));
            }
            store.commit(&change).await.unwrap();
        }
    });
    sixteen(one, other, Racer).await;
    let tallies = one
        .tallies("ring/", START.date(), START.date())
        .await
        .unwrap();
    assert_eq!(
        tallies.iter().map(|tally| tally.count).collect::<Vec<_>>(),
        [160; 5]
    );
}

async fn every_task_is_leased_once(one: &impl Store, other: &impl Store) {
    const TASKS: u128 = 300;
    let mut change = Change::new(START);
    change.tasks = (0..TASKS)
        .map(|of| {
            TaskChange::Add(Task {
                id: id(of),
                queue: Queue::Produce,
                lane: String::new(),
                subject: id(of),
                priority: 0,
                run_at: START,
                attempts: 0,
            })
        })
        .collect();
    one.commit(&change).await.unwrap();
    racer!(Racer, Vec<Uuid>, |store, _of| {
        let mut own = Vec::new();
        loop {
            let leased = store
                .lease(Queue::Produce, "", 7, START, START + Duration::HOUR)
                .await
                .unwrap();
            // Another worker may hold locks of the rows that are left: who sees nothing looks whether something is left.
            if leased.is_empty() {
                return own;
            }
            assert!(leased.len() <= 7 && leased.iter().all(|task| task.attempts == 1));
            own.extend(leased.iter().map(|task| task.id));
        }
    });
    let leased = sixteen(one, other, Racer).await.concat();
    assert_eq!(leased.len(), 300);
    assert_eq!(leased.into_iter().collect::<BTreeSet<_>>().len(), 300);
}

async fn numbers_taken_at_once_are_different(one: &impl Store, other: &impl Store) {
    racer!(Racer, Vec<u64>, |store, _of| {
        let mut firsts = Vec::new();
        for _ in 0..10 {
            firsts.push(store.take_numbers("race", 3).await.unwrap());
        }
        firsts
    });
    let mut firsts = sixteen(one, other, Racer).await.concat();
    firsts.sort_unstable();
    let expected: Vec<u64> = (0..160).map(|block| block * 3).collect();
    assert_eq!(firsts, expected);
}

/// Twelve write, four number; a number that is seen means that everything before it is seen.
async fn entries_are_numbered_without_gaps_by_two(one: &impl Store, other: &impl Store) {
    const WRITTEN: u64 = 12 * 10;
    racer!(Racer, (), |store, of| {
        if !of.is_multiple_of(4) {
            for count in 0..10 {
                let mut change = claiming(Vec::new());
                change.journal.push(JournalEntry {
                    id: id(800 + of * 100 + count),
                    topic: Topic::Notice,
                    at: START,
                    body: b"notice".to_vec(),
                    number: None,
                });
                store.commit(&change).await.unwrap();
            }
            return;
        }
        loop {
            let (size, _) = store.sequenced(Topic::Notice).await.unwrap();
            if size == WRITTEN {
                return;
            }
            let entries = store.unsequenced(Topic::Notice, 9).await.unwrap();
            let sequencing = Sequencing {
                topic: Topic::Notice,
                size,
                entries: entries.iter().map(|entry| entry.id).collect(),
                hashes: Vec::new(),
                checkpoint: None,
            };
            match store.sequence(&sequencing).await {
                Ok(()) | Err(StoreError::Sequenced) => {}
                Err(error) => panic!("{error:?}"),
            }
            let (size, _) = store.sequenced(Topic::Notice).await.unwrap();
            let seen = store.journal(Topic::Notice, 0, 200).await.unwrap();
            assert!(seen.len() as u64 >= size);
            assert!(
                seen.iter()
                    .zip(0..)
                    .all(|(entry, number)| entry.number == Some(number))
            );
        }
    });
    sixteen(one, other, Racer).await;
    assert_eq!(one.unsequenced(Topic::Notice, 9).await.unwrap(), []);
    assert_eq!(one.journal(Topic::Notice, 0, 200).await.unwrap().len(), 120);
}
