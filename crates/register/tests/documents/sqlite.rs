//! The story of documents on SQLite, and what only a file can do.

use std::path::PathBuf;

use perso::{Entered, RegisterError};
use register::Documents;
use register::store::SqliteStore;
use tempfile::TempDir;

use crate::story::{self, START, append, delivered, enter, entry, job, job_file, signed};

/// A folder of its own, and the path of a register in it.
pub fn place() -> (TempDir, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("register.sqlite");
    (folder, path)
}

#[tokio::test]
async fn the_story() {
    let (_folder, path) = place();
    story::tell(SqliteStore::create(&path).await.unwrap()).await;
}

#[tokio::test]
async fn two_programs_share_one_file() {
    let (_folder, path) = place();
    let first = Documents::new(SqliteStore::create(&path).await.unwrap());
    let second = Documents::new(SqliteStore::open(&path).await.unwrap());
    for of in 1..=20 {
        let entry = entry(of);
        let (one, other) =
            tokio::join!(enter(&first, &entry, START), enter(&second, &entry, START));
        let mut results = [one.unwrap(), other.unwrap()];
        results.sort_by_key(|entered| *entered == Entered::Before);
        assert_eq!(results, [Entered::New, Entered::Before]);
    }
    let mut rival = entry(21);
    rival.document.document_number = entry(1).document.document_number;
    assert!(matches!(
        enter(&second, &rival, START).await,
        Err(RegisterError::DocumentNumberUsed(holder)) if holder == job(1)
    ));
}

#[tokio::test]
async fn the_job_of_a_card_that_is_made_is_not_in_the_file_any_more() {
    let (folder, path) = place();
    let documents = Documents::new(SqliteStore::create(&path).await.unwrap());
    enter(&documents, &entry(1), START).await.unwrap();
    let sign = append(&documents, 1, 1, signed(1), Some(job_file())).await;
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
    append(&documents, 1, 2, delivered(), None).await.unwrap();
    assert_eq!(is_there(), [false, false], "while the store is still open");
}
