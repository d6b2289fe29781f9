//! Tasks, numbers, tallies.

use register::store::{Change, Queue, Store, Tally, Task, TaskChange};
use time::Duration;

use super::{START, id};

fn task(of: u128, priority: i16, minutes: i64) -> Task {
    Task {
        id: id(of),
        queue: Queue::Job,
        lane: "site".into(),
        subject: id(of + 1000),
        priority,
        run_at: START + Duration::minutes(minutes),
        attempts: 0,
    }
}

async fn change(store: &impl Store, tasks: Vec<TaskChange>) {
    let mut change = Change::new(START);
    change.tasks = tasks;
    store.commit(&change).await.unwrap();
}

pub async fn tasks_are_leased_most_urgent_first(store: &impl Store) {
    let rows = [
        task(1, 0, 0),
        task(2, 0, -5),
        task(3, -1, 0),
        task(4, 0, 10),
        task(5, 5, -9),
    ];
    change(store, rows.into_iter().map(TaskChange::Add).collect()).await;
    let lease = async |count, minutes| {
        let now = START + Duration::minutes(minutes);
        let leased = store
            .lease(Queue::Job, "site", count, now, now + Duration::minutes(2))
            .await
            .unwrap();
        leased
            .iter()
            .map(|task| (task.id.as_u128(), task.attempts))
            .collect::<Vec<_>>()
    };
    assert_eq!(
        store.waiting(Queue::Job, "site", 9).await.unwrap(),
        (5, Some(START - Duration::minutes(9)))
    );
    assert_eq!(store.waiting(Queue::Job, "site", 2).await.unwrap().0, 2);
    assert_eq!(
        store.waiting(Queue::Job, "nowhere", 9).await.unwrap(),
        (0, None)
    );
    assert_eq!(
        store
            .lease(Queue::Check, "site", 9, START, START)
            .await
            .unwrap(),
        []
    );
    assert_eq!(lease(2, 0).await, [(3, 1), (2, 1)]);
    assert_eq!(lease(9, 1).await, [(1, 1), (5, 1)]);
    assert_eq!(lease(9, 1).await, [], "everything is leased, or not due");
    // A worker has died: its tasks come back. Another gives its task back for later; another is done.
    store
        .postpone(id(5), 1, START + Duration::minutes(20))
        .await
        .unwrap();
    // Whoever had a lease before this one has nothing to give back.
    for attempts in [0, 2] {
        store.postpone(id(1), attempts, START).await.unwrap();
    }
    assert_eq!(lease(9, 1).await, [], "still leased");
    change(
        store,
        vec![TaskChange::Finish(id(1)), TaskChange::Finish(id(77))],
    )
    .await;
    assert_eq!(lease(9, 2).await, [(3, 2), (2, 2)]);
    // The same task again changes nothing, leased or not.
    change(store, vec![TaskChange::Add(task(3, -9, -60))]).await;
    assert_eq!(lease(9, 3).await, []);
    let leased = store
        .lease(
            Queue::Job,
            "site",
            9,
            START + Duration::hours(1),
            START + Duration::hours(2),
        )
        .await
        .unwrap();
    let expected = [
        (task(3, -1, 0), 3),
        (task(2, 0, -5), 3),
        (task(4, 0, 10), 1),
        (task(5, 5, 20), 2),
    ];
    let expected = expected.map(|(task, attempts)| Task { attempts, ..task });
    assert_eq!(leased, expected);
    // Finished and added again in one change: it waits.
    change(
        store,
        vec![TaskChange::Add(task(2, 0, 0)), TaskChange::Finish(id(2))],
    )
    .await;
    assert_eq!(lease(9, 60).await, [(2, 1)]);
    change(
        store,
        [2, 3, 4, 5].map(|of| TaskChange::Finish(id(of))).into(),
    )
    .await;
    assert_eq!(
        store.waiting(Queue::Job, "site", 9).await.unwrap(),
        (0, None)
    );
}

pub async fn numbers_are_taken_once(store: &impl Store) {
    assert_eq!(store.numbers_taken("a").await.unwrap(), 0);
    for (counter, count, first) in [
        ("a", 10, 0),
        ("a", 1, 10),
        ("b", 5, 0),
        ("a", 3, 11),
        ("b", 1, 5),
    ] {
        assert_eq!(
            store.take_numbers(counter, count).await.unwrap(),
            first,
            "{counter}"
        );
    }
}

pub async fn tallies_are_summed_by_day(store: &impl Store) {
    let tally = |name: &str, days, count| Tally {
        name: name.into(),
        day: (START + Duration::days(days)).date(),
        count,
    };
    for _ in 0..20 {
        let mut change = Change::new(START);
        change.tallies = vec![
            tally("refused/blurred", 0, 2),
            tally("refused/blurred", 0, 1),
            tally("refused/dark", 1, -1),
        ];
        change.tally("refusedly");
        store.commit(&change).await.unwrap();
    }
    let from = START.date();
    let sums = store
        .tallies("refused/", from, from + Duration::days(9))
        .await
        .unwrap();
    assert_eq!(
        sums,
        [
            tally("refused/blurred", 0, 60),
            tally("refused/dark", 1, -20)
        ]
    );
    assert_eq!(store.tallies("refused", from, from).await.unwrap().len(), 2);
    assert_eq!(store.tallies("%", from, from).await.unwrap(), []);
    let before = from - Duration::days(1);
    assert_eq!(store.tallies("", before, before).await.unwrap(), []);
}
