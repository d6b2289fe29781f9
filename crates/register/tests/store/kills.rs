//! Programs that are killed while they commit: what was acknowledged is there, once.

use std::env;
use std::io::{BufRead as _, BufReader, Write as _};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use register::store::{AnyStore, ClaimKind, Store, StoreError};
use uuid::Uuid;

use crate::story::{appending, claim, document, id, take};

/// The place of the store that a child commits to, and from which number on.
const PLACE: &str = "CARD_TOOLCHAIN_TEST_STORE_PLACE";
const FROM: &str = "CARD_TOOLCHAIN_TEST_STORE_FROM";

/// Documents that a child may commit before it is killed at the latest.
const MOST: u128 = 100_000;

/// In a child: commits until it is killed. Each document has two events, a claim, an entity and a tally.
pub async fn commit_until_killed() -> bool {
    let (Ok(place), Ok(from)) = (env::var(PLACE), env::var(FROM)) else {
        return false;
    };
    let store = AnyStore::open(&place).await.unwrap();
    let from: u128 = from.parse().unwrap();
    for of in from..from + MOST {
        store.commit(&change(of)).await.unwrap();
        let mut out = std::io::stdout().lock();
        writeln!(out, "committed {of}").unwrap();
        out.flush().unwrap();
    }
    panic!("nobody has killed it");
}

fn change(of: u128) -> register::store::Change {
    let mut change = appending(of, 0, &["{}", "{}"]);
    change
        .claims
        .push(take(ClaimKind::DocumentNumber, &of.to_string(), of));
    change.tally("killed");
    change
}

/// Kills children of this test at different moments, and looks at what they have left.
pub async fn kill_and_look(store: &impl Store, place: &str, test: &str, kills: u32) {
    let mut last = 0;
    let mut there = 0;
    for kill in 0..kills {
        let from = u128::from(kill) * MOST;
        let mut child = child(place, test, from);
        let lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let mut acknowledged = Vec::new();
        for line in lines.map_while(Result::ok) {
            let Some(of) = line.strip_prefix("committed ") else {
                continue;
            };
            acknowledged.push(of.parse::<u128>().unwrap());
            if acknowledged.len() == 20 + usize::try_from(kill).unwrap() * 7 {
                // Somewhere in a commit, not only just after one.
                std::thread::sleep(Duration::from_micros(u64::from(kill) * 130));
                child.kill().unwrap();
            }
        }
        assert!(!child.wait().unwrap().success());
        assert!(acknowledged.len() >= 20, "{}", acknowledged.len());
        last = *acknowledged.last().unwrap();
        for of in acknowledged {
            assert_eq!(
                store.history(document(of)).await.unwrap().len(),
                2,
                "{of} is lost"
            );
            there += 1;
        }
        // What was under way has happened as a whole, or not at all.
        for of in last + 1..last + 3 {
            there += whole_or_nothing(store, of).await;
        }
    }
    let day = crate::story::START.date();
    let tallies = store.tallies("killed", day, day).await.unwrap();
    assert_eq!(tallies[0].count, there, "each is counted once");
    let again = store.commit(&change(last)).await;
    assert!(matches!(again, Err(StoreError::Conflict(_))));
    assert_eq!(store.integrity().await.unwrap(), Vec::<String>::new());
}

async fn whole_or_nothing(store: &impl Store, of: u128) -> i64 {
    let events = store.history(document(of)).await.unwrap().len();
    let number = claim(ClaimKind::DocumentNumber, &of.to_string());
    let holder: Option<Uuid> = store.holder(&number).await.unwrap();
    match events {
        0 => assert_eq!(holder, None, "{of}"),
        2 => assert_eq!(holder, Some(id(of)), "{of}"),
        events => panic!("{of} has {events} events"),
    }
    i64::from(events == 2)
}

fn child(place: &str, test: &str, from: u128) -> Child {
    Command::new(env::current_exe().unwrap())
        .args(["--exact", test, "--include-ignored", "--nocapture"])
        .env(PLACE, place)
        .env(FROM, from.to_string())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap()
}

#[tokio::test]
async fn a_program_on_sqlite_is_killed() {
    if commit_until_killed().await {
        return;
    }
    let (_folder, path) = crate::sqlite::place();
    let place = path.to_str().unwrap();
    let store = AnyStore::create(place).await.unwrap();
    kill_and_look(&store, place, "kills::a_program_on_sqlite_is_killed", 10).await;
}

#[tokio::test]
#[ignore = "needs PostgreSQL (cargo xtask test starts it)"]
async fn a_program_on_postgres_is_killed() {
    if commit_until_killed().await {
        return;
    }
    let database = test_support::postgres::database();
    let store = AnyStore::open(&database.url()).await.unwrap();
    kill_and_look(
        &store,
        &database.url(),
        "kills::a_program_on_postgres_is_killed",
        10,
    )
    .await;
}
