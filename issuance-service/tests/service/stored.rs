//! What a release has stored loads for ever. Each release leaves a folder `stored/<version>/` behind: every form of every
//! event as it was written, and a whole register. Nothing in them is ever changed; a folder that is added is tested.

use std::fs;
use std::path::{Path, PathBuf};

use issuance_service::application::{Document, Event, StageKind};
use issuance_service::store::{SqliteStore, Store as _, stored_event};
use sqlx::{AssertSqlSafe, Connection as _, SqliteConnection};

use crate::store_story::{START, delivered, entry, job, job_file, signed, voided};

/// The folders of all releases.
fn releases() -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/stored");
    let releases: Vec<PathBuf> = fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .collect();
    assert!(!releases.is_empty());
    releases
}

#[test]
fn every_event_ever_stored_loads() {
    for release in releases() {
        let paths = fs::read_dir(&release).unwrap();
        let paths = paths.map(|entry| entry.unwrap().path());
        let events: Vec<PathBuf> = paths
            .filter(|path| path.extension() == Some("json".as_ref()))
            .collect();
        assert!(!events.is_empty(), "{}", release.display());
        for path in events {
            let body = fs::read_to_string(&path).unwrap();
            let event = stored_event::decode(job(1), &body)
                .unwrap_or_else(|error| panic!("{}: {error}", path.display()));
            let again = stored_event::encode(&event).unwrap();
            let again = stored_event::decode(job(1), &again).unwrap();
            assert_eq!(again, event, "{}", path.display());
        }
    }
}

#[tokio::test]
async fn every_register_ever_written_is_brought_forward() {
    for release in releases() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("register.sqlite");
        let dump = fs::read_to_string(release.join("register.sql")).unwrap();
        let address = format!("sqlite://{}?mode=rwc", path.display());
        let mut connection = SqliteConnection::connect(&address).await.unwrap();
        sqlx::raw_sql(AssertSqlSafe(dump))
            .execute(&mut connection)
            .await
            .unwrap();
        connection.close().await.unwrap();
        holds_the_four_documents(&SqliteStore::open(&path).await.unwrap()).await;
    }
}

/// Every dump holds the documents of the store story in each stage.
async fn holds_the_four_documents(store: &SqliteStore) {
    let events = |of: u8| {
        let mut events = vec![Event::DocumentEntered(entry(of))];
        events.extend((of >= 2).then(|| signed(of)));
        events.extend((of == 3).then(delivered));
        events.extend((of == 4).then(voided));
        events
    };
    for (of, stage) in (1..).zip(StageKind::ALL) {
        let history = store.history(job(of)).await.unwrap();
        let document = history.document().unwrap();
        assert_eq!(document.stage().kind(), stage);
        assert_eq!(Some(document), Document::replay(&events(of)));
        let times: Vec<_> = history.0.iter().map(|recorded| recorded.at).collect();
        assert_eq!(times, vec![START; times.len()]);
        let kept = store.job_file(job(of)).await.unwrap();
        assert_eq!(
            kept.is_some_and(|kept| kept.ct_eq(job_file().expose())),
            stage == StageKind::Signed
        );
    }
}
