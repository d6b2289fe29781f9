//! The store story on SQLite, and what only a file can do.

use std::sync::Arc;

use issuance_service::store::{SqliteStore, Store as _, StoreError};
use perso::{Entered, RegisterError};
use sqlx::{Connection as _, SqliteConnection};

use crate::store_story::{self, START, append, delivered, entry, job, job_file, signed};

#[tokio::test]
async fn the_story() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("register.sqlite");
    let store = SqliteStore::create(&path).await.unwrap();
    store_story::tell(Arc::new(store)).await;
}

#[tokio::test]
async fn what_was_entered_is_there_after_closing() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("register.sqlite");
    assert!(matches!(
        SqliteStore::open(&path).await,
        Err(StoreError::Missing)
    ));
    let store = SqliteStore::create(&path).await.unwrap();
    store.enter(&entry(1), START).await.unwrap();
    store.close().await;
    // `create` takes what is there, too: an interrupted `init` is gone on with.
    for store in [
        SqliteStore::open(&path).await,
        SqliteStore::create(&path).await,
    ] {
        let store = store.unwrap();
        assert_eq!(store.history(job(1)).await.unwrap().version(), 1);
        store.close().await;
    }
}

#[tokio::test]
async fn two_programs_share_one_file() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("register.sqlite");
    let first = SqliteStore::create(&path).await.unwrap();
    let second = SqliteStore::open(&path).await.unwrap();
    for of in 1..=20 {
        let (one, other) = tokio::join!(async { first.enter(&entry(of), START).await }, async {
            second.enter(&entry(of), START).await
        },);
        let mut results = [one.unwrap(), other.unwrap()];
        results.sort_by_key(|entered| *entered == Entered::Before);
        assert_eq!(results, [Entered::New, Entered::Before]);
    }
    let mut rival = entry(21);
    rival.document.document_number = entry(1).document.document_number;
    assert!(matches!(
        second.enter(&rival, START).await,
        Err(RegisterError::DocumentNumberUsed(holder)) if holder == job(1)
    ));
}

#[tokio::test]
async fn nobody_changes_the_past() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("register.sqlite");
    let store = SqliteStore::create(&path).await.unwrap();
    store.enter(&entry(1), START).await.unwrap();
    let address = format!("sqlite://{}", path.display());
    let mut connection = SqliteConnection::connect(&address).await.unwrap();
    for statement in [
        "UPDATE event SET body = '{}'",
        "DELETE FROM event",
        "DELETE FROM chip_key",
        "UPDATE chip_key SET sha256 = zeroblob(32)",
        "DELETE FROM document",
        "UPDATE document SET document_number = 'X2'",
        "UPDATE document SET chip_serial = x'00'",
        "UPDATE document SET stage = 'signed'",
        "UPDATE document SET stage = 'lost'",
        "INSERT INTO event VALUES (zeroblob(16), 1, 0, '{}')",
    ] {
        let refused = sqlx::query(statement).execute(&mut connection).await;
        assert!(refused.is_err(), "{statement}");
    }
}

#[tokio::test]
async fn what_is_erased_is_not_in_the_file_any_more() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("register.sqlite");
    let store = SqliteStore::create(&path).await.unwrap();
    store.enter(&entry(1), START).await.unwrap();
    let sign = append(&store, 1, 1, signed(1), Some(job_file())).await;
    sign.unwrap();
    let is_there = || {
        ["register.sqlite", "register.sqlite-wal"].map(|name| {
            let content = std::fs::read(folder.path().join(name)).unwrap();
            let secret = job_file();
            let mut windows = content.windows(secret.len());
            windows.any(|window| window == secret.expose())
        })
    };
    assert!(is_there().contains(&true));
    append(&store, 1, 2, delivered(), None).await.unwrap();
    assert_eq!(is_there(), [false, false], "while the store is still open");
}
