//! The stories on SQLite, and what only a file can do.

use std::fs;
use std::path::{Path, PathBuf};

use register::store::{
    AnyStore, BlobChange, BlobName, Change, JournalEntry, Sequencing, SqliteStore, Store as _,
    StoreError, Topic,
};
use sqlx::{Connection as _, SqliteConnection};
use tempfile::TempDir;

use crate::races;
use crate::story::{self, START, appending, claiming, document, id, take};
use register::store::ClaimKind;

/// A folder of its own, and the path of a register in it.
pub fn place() -> (TempDir, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("register.sqlite");
    (folder, path)
}

#[tokio::test]
async fn the_story() {
    let (_folder, path) = place();
    story::tell(&SqliteStore::create(&path).await.unwrap()).await;
}

#[tokio::test]
async fn the_races() {
    let (_folder, path) = place();
    let one = SqliteStore::create(&path).await.unwrap();
    let other = AnyStore::open(path.to_str().unwrap()).await.unwrap();
    races::run(&one, &other).await;
}

/// An empty file, and one of SQLite without tables: a register was there, or never.
#[tokio::test]
async fn a_file_without_a_register_is_no_register() {
    let (folder, path) = place();
    let no_tables = folder.path().join("no-tables.sqlite");
    fs::write(&path, b"").unwrap();
    let options = sqlx::sqlite::SqliteConnectOptions::new()
        .filename(&no_tables)
        .create_if_missing(true);
    let mut connection = SqliteConnection::connect_with(&options).await.unwrap();
    sqlx::query("VACUUM")
        .execute(&mut connection)
        .await
        .unwrap();
    connection.close().await.unwrap();
    for path in [&path, &no_tables] {
        let log = PathBuf::from(format!("{}-wal", path.display()));
        fs::write(&log, b"TEST").unwrap();
        let before = fs::read(path).unwrap();
        for _ in 0..2 {
            let opened = SqliteStore::open(path).await;
            assert!(matches!(opened, Err(StoreError::Blank)), "{opened:?}");
        }
        assert_eq!(before.is_empty(), fs::read(path).unwrap().is_empty());
        assert_eq!(
            before.is_empty(),
            log.exists(),
            "a log is kept for who looks"
        );
        let _ = fs::remove_file(&log);
        // Who says that he makes one, makes one.
        SqliteStore::create(path).await.unwrap().close().await;
        SqliteStore::open(path).await.unwrap().close().await;
    }
}

/// Several at once make one register, and nothing is left beside it.
#[tokio::test]
async fn a_register_is_made_once() {
    let (folder, path) = place();
    // What somebody has left who was killed.
    fs::write(folder.path().join("register.sqlite.new-1-0"), b"TEST").unwrap();
    let made = futures_of(&path, 6).await;
    for (at, store) in made.iter().enumerate() {
        let number = u128::try_from(at).unwrap();
        store.commit(&appending(number, 0, &["{}"])).await.unwrap();
    }
    let last = made.last().unwrap();
    for at in 0..6 {
        assert_eq!(last.history(document(at)).await.unwrap().len(), 1);
    }
    for store in &made {
        store.close().await;
    }
    let names = fs::read_dir(folder.path()).unwrap().count();
    assert_eq!(names, 2, "the register, and what was there before");
}

async fn futures_of(path: &Path, count: usize) -> Vec<SqliteStore> {
    let tasks: Vec<_> = (0..count)
        .map(|_| {
            let path = path.to_owned();
            tokio::spawn(async move { SqliteStore::create(&path).await.unwrap() })
        })
        .collect();
    let mut made = Vec::new();
    for task in tasks {
        made.push(task.await.unwrap());
    }
    made
}

#[tokio::test]
async fn what_was_committed_is_there_after_closing() {
    let (_folder, path) = place();
    for missing in [
        SqliteStore::open(&path).await.err(),
        AnyStore::open(path.to_str().unwrap()).await.err(),
    ] {
        assert!(matches!(missing, Some(StoreError::Missing)));
    }
    let store = SqliteStore::create(&path).await.unwrap();
    store.commit(&appending(1, 0, &["{}"])).await.unwrap();
    store.close().await;
    // `create` takes what is there, too: an interrupted `init` is gone on with.
    for store in [
        SqliteStore::open(&path).await,
        SqliteStore::create(&path).await,
    ] {
        let store = store.unwrap();
        assert_eq!(store.history(document(1)).await.unwrap().len(), 1);
        store.close().await;
    }
    for address in [
        "postgres://user:secret@[",
        "postgres://user:secret@host:port/",
    ] {
        let error = AnyStore::open(address).await.unwrap_err();
        assert!(matches!(error, StoreError::Place), "{error:?}");
    }
}

#[tokio::test]
async fn two_programs_make_the_same_file_at_once() {
    let (_folder, path) = place();
    let mut programs = tokio::task::JoinSet::new();
    for of in 1..=4 {
        let path = path.clone();
        programs.spawn(async move {
            let store = SqliteStore::create(&path).await.unwrap();
            store.commit(&appending(of, 0, &["{}"])).await.unwrap();
        });
    }
    programs.join_all().await;
    let store = SqliteStore::open(&path).await.unwrap();
    for of in 1..=4 {
        assert_eq!(store.history(document(of)).await.unwrap().len(), 1);
    }
}

#[cfg(unix)]
#[tokio::test]
async fn the_file_is_for_its_owner() {
    use std::os::unix::fs::PermissionsExt as _;
    let (folder, path) = place();
    let store = SqliteStore::create(&path).await.unwrap();
    store.commit(&appending(1, 0, &["{}"])).await.unwrap();
    store
        .backup(&folder.path().join("backup.sqlite"))
        .await
        .unwrap();
    let files = fs::read_dir(folder.path()).unwrap();
    let modes: Vec<_> = files
        .map(|file| {
            let file = file.unwrap();
            (
                file.file_name(),
                file.metadata().unwrap().permissions().mode() & 0o777,
            )
        })
        .collect();
    assert!(
        modes.len() >= 3 && modes.iter().all(|(_, mode)| *mode == 0o600),
        "{modes:?}"
    );
}

#[tokio::test]
async fn nobody_changes_the_past() {
    let (_folder, path) = place();
    let store = SqliteStore::create(&path).await.unwrap();
    let mut change = appending(1, 0, &["{}"]);
    change.claims = vec![
        take(ClaimKind::ChipKey, "key", 1),
        take(ClaimKind::LiveDocument, "person", 1),
    ];
    change.journal.push(JournalEntry {
        id: id(1),
        topic: Topic::Audit,
        at: START,
        body: b"entry".to_vec(),
        number: None,
    });
    store.commit(&change).await.unwrap();
    let sequencing = Sequencing {
        topic: Topic::Audit,
        size: 0,
        entries: vec![id(1)],
        hashes: vec![(0, [1; 32])],
        checkpoint: None,
    };
    store.sequence(&sequencing).await.unwrap();
    let address = format!("sqlite://{}", path.display());
    let mut connection = SqliteConnection::connect(&address).await.unwrap();
    for statement in [
        "UPDATE event SET body = '{}'",
        "DELETE FROM event",
        "INSERT INTO event VALUES (zeroblob(16), 1, 'document', 0, 'no JSON')",
        "INSERT INTO event VALUES (zeroblob(15), 1, 'document', 0, '{}')",
        "UPDATE claim SET holder = zeroblob(16)",
        "DELETE FROM claim WHERE kind = 'chip-key'",
        "UPDATE journal SET number = NULL",
        "UPDATE journal SET body = x'00'",
        "DELETE FROM journal",
        "UPDATE journal_hash SET hash = zeroblob(32)",
        "DELETE FROM journal_hash",
        "UPDATE entity SET body = 'no JSON'",
    ] {
        let refused = sqlx::query(statement).execute(&mut connection).await;
        assert!(refused.is_err(), "{statement}");
    }
    for statement in [
        "DELETE FROM claim WHERE kind = 'live-document'",
        "UPDATE entity SET state = 'other'",
    ] {
        let done = sqlx::query(statement)
            .execute(&mut connection)
            .await
            .unwrap();
        assert_eq!(done.rows_affected(), 1, "{statement}");
    }
}

#[tokio::test]
async fn what_is_erased_is_not_in_the_file_any_more() {
    const SECRET: &[u8] = b"TEST, a person's data, sealed or not";
    let (folder, path) = place();
    let store = SqliteStore::create(&path).await.unwrap();
    let changing = |blob| {
        let mut change = Change::new(START);
        change.blobs.push(blob);
        change
    };
    let put = changing(BlobChange::Put {
        owner: id(1),
        name: BlobName::JobFile,
        sealed: SECRET.repeat(1000),
    });
    store.commit(&put).await.unwrap();
    let is_there = || {
        let files = ["register.sqlite", "register.sqlite-wal"];
        files.map(|name| holds(&folder.path().join(name), SECRET))
    };
    assert!(is_there().contains(&true));
    let erase = changing(BlobChange::Erase {
        owner: id(1),
        name: BlobName::JobFile,
    });
    store.commit(&erase).await.unwrap();
    assert_eq!(is_there(), [false, false], "while the store is still open");
}

fn holds(path: &Path, secret: &[u8]) -> bool {
    let content = fs::read(path).unwrap();
    content.windows(secret.len()).any(|window| window == secret)
}

#[tokio::test]
async fn a_backup_becomes_a_register_again() {
    let (folder, path) = place();
    let store = SqliteStore::create(&path).await.unwrap();
    store.commit(&appending(1, 0, &["{}"])).await.unwrap();
    let backup = folder.path().join("backup.sqlite");
    store.backup(&backup).await.unwrap();
    store
        .backup(&backup)
        .await
        .expect_err("a backup is not written over");
    store.commit(&appending(2, 0, &["{}"])).await.unwrap();
    SqliteStore::restore(&backup, &path)
        .await
        .expect_err("a register is not written over");
    let missing = SqliteStore::restore(&folder.path().join("none"), &path).await;
    assert!(matches!(missing, Err(StoreError::Missing)));
    let restored = SqliteStore::restore(&backup, &folder.path().join("restored.sqlite"))
        .await
        .unwrap();
    assert_eq!(restored.history(document(1)).await.unwrap().len(), 1);
    assert_eq!(restored.history(document(2)).await.unwrap().len(), 0);
    restored.commit(&appending(2, 0, &["{}"])).await.unwrap();
}

#[tokio::test]
async fn a_damaged_backup_is_not_taken() {
    let (folder, path) = place();
    let store = SqliteStore::create(&path).await.unwrap();
    for of in 0..50 {
        let mut change = appending(of, 0, &["{}"]);
        change.claims = claiming(vec![take(ClaimKind::ChipKey, &of.to_string(), of)]).claims;
        store.commit(&change).await.unwrap();
    }
    let backup = folder.path().join("backup.sqlite");
    store.backup(&backup).await.unwrap();
    let whole = fs::read(&backup).unwrap();
    let restored = folder.path().join("restored.sqlite");
    let mut refused = 0;
    // Any page that says something. Free pages and unused octets may be anything.
    for at in (100..whole.len()).step_by(4096) {
        let mut damaged = whole.clone();
        for octet in damaged.iter_mut().skip(at).take(64) {
            *octet ^= 0xFF;
        }
        fs::write(&backup, damaged).unwrap();
        if SqliteStore::restore(&backup, &restored).await.is_err() {
            refused += 1;
            assert!(!restored.exists());
        }
        for end in ["", "-wal", "-shm"] {
            fs::remove_file(folder.path().join(format!("restored.sqlite{end}")))
                .unwrap_or_default();
        }
    }
    assert!(refused > 5, "{refused} of {}", whole.len() / 4096);
}

#[tokio::test]
async fn the_doctor_finds_what_hands_have_done() {
    let (_folder, path) = place();
    let store = SqliteStore::create(&path).await.unwrap();
    store.commit(&appending(1, 0, &["{}", "{}"])).await.unwrap();
    assert_eq!(store.integrity().await.unwrap(), Vec::<String>::new());
    let address = format!("sqlite://{}", path.display());
    let mut connection = SqliteConnection::connect(&address).await.unwrap();
    for statement in [
        "INSERT INTO event VALUES (zeroblob(16), 2, 'document', 0, '{}')",
        "INSERT INTO entity_key VALUES ('person', zeroblob(16), zeroblob(16))",
        "DELETE FROM entity",
        "INSERT INTO journal VALUES (zeroblob(16), 'audit', 0, x'', 3)",
        "INSERT INTO journal_state VALUES ('notice', 3, NULL)",
    ] {
        let before = store.integrity().await.unwrap().len();
        sqlx::query(statement)
            .execute(&mut connection)
            .await
            .unwrap();
        let findings = store.integrity().await.unwrap();
        assert_eq!(findings.len(), before + 1, "{statement}: {findings:?}");
    }
}
