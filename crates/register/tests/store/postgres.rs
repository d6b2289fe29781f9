//! The stories on PostgreSQL, and what only a server can do.

use register::store::{AnyStore, PostgresStore, Store as _, StoreError};
use test_support::postgres::{Cluster, database};

use crate::races;
use crate::story::{self, appending, document};

const CONNECTIONS: u32 = 8;

#[tokio::test]
#[ignore = "needs PostgreSQL (cargo xtask test starts it)"]
async fn the_story() {
    let store = PostgresStore::connect(&database().url(), CONNECTIONS, None)
        .await
        .unwrap();
    story::tell(&store).await;
}

#[tokio::test]
#[ignore = "needs PostgreSQL (cargo xtask test starts it)"]
async fn the_races() {
    let database = database();
    let one = PostgresStore::connect(&database.url(), CONNECTIONS, None)
        .await
        .unwrap();
    let other = AnyStore::open(&database.url()).await.unwrap();
    races::run(&one, &other).await;
}

#[tokio::test]
#[ignore = "needs PostgreSQL (cargo xtask test starts it)"]
async fn many_programs_make_the_tables_at_once() {
    let database = database();
    let mut programs = tokio::task::JoinSet::new();
    for of in 1..=6 {
        let url = database.url();
        programs.spawn(async move {
            let store = PostgresStore::connect(&url, 1, None).await.unwrap();
            store.commit(&appending(of, 0, &["{}"])).await.unwrap();
        });
    }
    programs.join_all().await;
    assert_eq!(database.psql("SELECT count(*) FROM event"), "6");
    assert_eq!(database.psql("SELECT count(*) FROM _sqlx_migrations"), "1");
}

#[tokio::test]
#[ignore = "needs PostgreSQL (cargo xtask test starts it)"]
async fn nobody_changes_the_past() {
    let cluster = Cluster::start_with(test_support::postgres::Durability::Careless);
    cluster.create_database("register");
    let store = PostgresStore::connect(&cluster.url("register"), CONNECTIONS, None)
        .await
        .unwrap();
    story::tell(&store).await;
    for statement in [
        "UPDATE event SET body = '{}'",
        "DELETE FROM event",
        "TRUNCATE event",
        "UPDATE claim SET holder = gen_random_uuid()",
        "DELETE FROM claim WHERE kind = 'chip-key'",
        "TRUNCATE claim",
        "UPDATE journal SET number = NULL WHERE number = 1",
        "UPDATE journal SET body = ''",
        "DELETE FROM journal",
        "TRUNCATE journal",
        "UPDATE journal_hash SET hash = hash",
        "DELETE FROM journal_hash",
    ] {
        let refused = cluster.try_psql("register", statement).unwrap_err();
        assert!(refused.contains("are for ever"), "{statement}: {refused}");
    }
    cluster.psql("register", "DELETE FROM claim WHERE kind = 'live-document'");
}

#[tokio::test]
#[ignore = "needs PostgreSQL (cargo xtask test starts it)"]
async fn a_server_that_comes_back_is_waited_for() {
    let mut cluster = Cluster::start();
    cluster.create_database("register");
    let store = PostgresStore::connect(&cluster.url("register"), CONNECTIONS, None)
        .await
        .unwrap();
    store.commit(&appending(1, 0, &["{}"])).await.unwrap();
    cluster.kill();
    let waiting = tokio::spawn({
        let store = store.clone();
        async move { store.commit(&appending(1, 1, &["{}"])).await }
    });
    tokio::time::sleep(core::time::Duration::from_millis(300)).await;
    let restarted = tokio::task::spawn_blocking(move || {
        cluster.restart();
        cluster
    });
    let cluster = restarted.await.unwrap();
    waiting.await.unwrap().unwrap();
    assert_eq!(store.history(document(1)).await.unwrap().len(), 2);
    drop(cluster);
}

/// The primary is killed under load and its standby promoted: nothing that was acknowledged is missing, and the store turns to
/// the standby by itself.
#[tokio::test]
#[ignore = "needs PostgreSQL (cargo xtask test starts it)"]
async fn a_standby_is_turned_to() {
    let mut primary = Cluster::start();
    primary.create_database("register");
    let standby = primary.standby();
    let addresses = format!("{} {}", primary.url("register"), standby.url("register"));
    let store = PostgresStore::connect(&addresses, CONNECTIONS, None)
        .await
        .unwrap();
    let mut writers = tokio::task::JoinSet::new();
    for writer in 0..4 {
        let store = store.clone();
        writers.spawn(async move {
            let mut acknowledged = Vec::new();
            for of in (1..=150).map(|count| writer * 1000 + count) {
                match store.commit(&appending(of, 0, &["{}"])).await {
                    Ok(()) => acknowledged.push(of),
                    // The server died while it answered.
                    Err(StoreError::Unavailable(_)) => {}
                    Err(error) => panic!("{error:?}"),
                }
                tokio::time::sleep(core::time::Duration::from_millis(2)).await;
            }
            acknowledged
        });
    }
    tokio::time::sleep(core::time::Duration::from_millis(200)).await;
    primary.kill();
    standby.promote();
    // The new primary has no standby of its own.
    standby.forget_standby();
    let acknowledged = writers.join_all().await.concat();
    // Each writer has had one commit under way when the primary died.
    assert!(acknowledged.len() >= 4 * 149, "{}", acknowledged.len());
    for of in acknowledged {
        assert_eq!(
            store.history(document(of)).await.unwrap().len(),
            1,
            "{of} is lost"
        );
    }
    assert_eq!(store.integrity().await.unwrap(), Vec::<String>::new());
}

#[tokio::test]
#[ignore = "needs PostgreSQL (cargo xtask test starts it)"]
async fn the_password_is_not_printed() {
    let address = database()
        .url()
        .replace("specimen@", "specimen:TEST-secret@");
    let store = PostgresStore::connect(&address, 1, None).await.unwrap();
    assert!(!format!("{store:?} {:?}", AnyStore::Postgres(store.clone())).contains("TEST-secret"));
    let wrong =
        PostgresStore::connect("postgres://user:TEST-secret@127.0.0.1:1/none", 1, None).await;
    let error = wrong.unwrap_err();
    assert!(matches!(error, StoreError::Unavailable(_)));
    assert!(!format!("{error:?}").contains("TEST-secret"), "{error:?}");
}
