//! Which server is written to: never an old primary that came back, never a stranger, and not another one only because all connections are in use.

use std::path::Path;
use std::time::{Duration, Instant};

use register::store::{PostgresStore, ServerFault, Store as _, StoreError};
use sqlx::{Connection as _, PgConnection};
use test_support::postgres::{Cluster, database};

use crate::story::{appending, document};

const CONNECTIONS: u32 = 4;
const EVENTS: &str = "SELECT count(*) FROM event";

async fn connect(servers: &[&Cluster], memory: Option<&Path>) -> Result<PostgresStore, StoreError> {
    let addresses: Vec<String> = servers
        .iter()
        .map(|server| server.url("register"))
        .collect();
    PostgresStore::connect(&addresses.join(" "), CONNECTIONS, memory).await
}

fn fault<T: core::fmt::Debug>(result: Result<T, StoreError>) -> (usize, ServerFault) {
    match result {
        Err(StoreError::Server { number, fault }) => (number, fault),
        result => panic!("{result:?}"),
    }
}

/// A primary with a register, and its standby.
fn pair() -> (Cluster, Cluster) {
    let primary = Cluster::start();
    primary.create_database("register");
    let standby = primary.standby();
    (primary, standby)
}

/// All connections are in use, and another server would take writes: the store waits, says that it is too much, and stays where it is.
#[tokio::test]
#[ignore = "needs PostgreSQL (cargo xtask test starts it)"]
async fn a_pool_without_a_free_connection_is_no_server_that_is_gone() {
    let (primary, other) = pair();
    let addresses = format!("{} {}", primary.url("register"), other.url("register"));
    let store = PostgresStore::connect(&addresses, 1, None).await.unwrap();
    primary.forget_standby();
    other.promote();
    other.forget_standby();
    let mut holder = PgConnection::connect(&primary.url("register"))
        .await
        .unwrap();
    let held = "BEGIN; LOCK TABLE event IN ACCESS EXCLUSIVE MODE";
    sqlx::raw_sql(held).execute(&mut holder).await.unwrap();
    let first = tokio::spawn({
        let store = store.clone();
        async move { store.commit(&appending(1, 0, &["{}"])).await }
    });
    let waits = "SELECT count(*) FROM pg_locks WHERE NOT granted";
    let begun = Instant::now();
    while primary.psql("register", waits) == "0" {
        assert!(begun.elapsed() < Duration::from_secs(20), "nobody waits");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    let second = store.commit(&appending(2, 0, &["{}"])).await;
    assert!(matches!(second, Err(StoreError::Overloaded)), "{second:?}");
    sqlx::raw_sql("ROLLBACK")
        .execute(&mut holder)
        .await
        .unwrap();
    first.await.unwrap().unwrap();
    store.commit(&appending(3, 0, &["{}"])).await.unwrap();
    assert_eq!(primary.psql("register", EVENTS), "2");
    assert_eq!(other.psql("register", EVENTS), "0");
}

/// The primary dies, its standby is promoted and written to; then the old one comes back and takes writes.
#[tokio::test]
#[ignore = "needs PostgreSQL (cargo xtask test starts it)"]
async fn an_old_primary_that_comes_back_is_not_written_to() {
    let (mut old, mut new) = pair();
    let folder = tempfile::tempdir().unwrap();
    let memory = folder.path().join("server.json");
    let memory = Some(memory.as_path());
    let store = connect(&[&old, &new], memory).await.unwrap();
    store.commit(&appending(1, 0, &["{}"])).await.unwrap();
    old.kill();
    new.promote();
    new.forget_standby();
    store.commit(&appending(2, 0, &["{}"])).await.unwrap();
    assert_eq!(new.psql("register", EVENTS), "2");
    old.restart();
    old.forget_standby();
    // Who looks at the store is told of it.
    let findings = store.other_servers().await;
    assert_eq!(findings.len(), 1, "{findings:?}");
    assert!(findings[0].contains("old primary"), "{findings:?}");
    // Who has no memory takes the later one, whichever stands first.
    let elsewhere = connect(&[&old, &new], None).await.unwrap();
    elsewhere.commit(&appending(3, 0, &["{}"])).await.unwrap();
    assert_eq!(new.psql("register", EVENTS), "3");
    new.kill();
    let behind = ServerFault::Behind { found: 1, known: 2 };
    // A process that runs, with and without a file, and one that begins.
    let refused = store.commit(&appending(4, 0, &["{}"])).await;
    assert_eq!(fault(refused), (1, behind));
    let refused = elsewhere.commit(&appending(4, 0, &["{}"])).await;
    assert_eq!(fault(refused), (1, behind));
    let error = connect(&[&old, &new], memory).await.unwrap_err();
    assert!(error.to_string().contains("pg_rewind"), "{error}");
    assert_eq!(fault(Err::<(), _>(error)), (1, behind));
    assert_eq!(
        old.psql("register", EVENTS),
        "1",
        "nothing was written there"
    );
    new.restart();
    store.commit(&appending(4, 0, &["{}"])).await.unwrap();
    assert_eq!(store.history(document(4)).await.unwrap().len(), 1);
}

/// An address at which another server answers: behind a proxy, or after somebody has promoted a copy.
#[tokio::test]
#[ignore = "needs PostgreSQL (cargo xtask test starts it)"]
async fn a_server_without_the_mark_is_not_written_to() {
    let (primary, beside) = pair();
    let folder = tempfile::tempdir().unwrap();
    let memory = folder.path().join("server.json");
    // The copy was promoted before the service came.
    primary.forget_standby();
    beside.promote();
    beside.forget_standby();
    connect(&[&primary], Some(&memory)).await.unwrap();
    let stranger = ServerFault::Stranger { known: 1 };
    let refused = connect(&[&beside], Some(&memory)).await;
    assert_eq!(fault(refused), (1, stranger));
    let other = Cluster::start();
    other.create_database("register");
    let refused = connect(&[&other], Some(&memory)).await;
    assert_eq!(fault(refused), (1, stranger));
    assert_eq!(
        other.psql(
            "register",
            "SELECT count(*) FROM pg_tables WHERE schemaname = 'public'"
        ),
        "0"
    );
    // Two that take writes, and nobody knows which one was written to.
    let refused = connect(&[&primary, &beside, &other], None).await;
    assert_eq!(fault(refused).1, ServerFault::Two);
    connect(&[&primary, &beside], Some(&memory)).await.unwrap();
}

/// What is asked may be asked by a role that owns its database and nothing else.
#[tokio::test]
#[ignore = "needs PostgreSQL (cargo xtask test starts it)"]
async fn an_ordinary_role_may_ask() {
    let database = database();
    let name = database.psql("SELECT current_database()");
    let role = format!("ordinary_{name}");
    database.psql(&format!("CREATE ROLE {role} LOGIN"));
    database.psql(&format!("ALTER DATABASE {name} OWNER TO {role}"));
    let address = database.url().replace("specimen@", &format!("{role}@"));
    let store = PostgresStore::connect(&address, 1, None).await.unwrap();
    store.commit(&appending(1, 0, &["{}"])).await.unwrap();
    assert_eq!(database.psql("SELECT count(*) FROM server_mark"), "1");
}
