//! What a release has stored loads for ever. Each release leaves a folder `stored/<version>/` behind: every form of every event as it was
//! written, and a whole register where its form has changed. Nothing in them is ever changed; a folder that is added is tested.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use register::Documents;
use register::document::{Document, Event, StageKind};
use register::store::SqliteStore;
use sqlx::{AssertSqlSafe, Connection as _, SqliteConnection};

use crate::catalogue::{self, Stored};
use crate::sqlite::place;
use crate::story::{START, delivered, entry, job, job_file, signed, voided};

/// The release whose forms are written today.
const TODAY: &str = "0.3";

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

/// The events of a release: name of the file, and what is in it.
fn events(release: &Path) -> Vec<(String, String)> {
    let paths = fs::read_dir(release).unwrap();
    let paths = paths.map(|entry| entry.unwrap().path());
    let events: Vec<(String, String)> = paths
        .filter(|path| path.extension() == Some("json".as_ref()))
        .map(|path| {
            let name = path.file_stem().unwrap().to_string_lossy().into_owned();
            (name, fs::read_to_string(&path).unwrap())
        })
        .collect();
    assert!(!events.is_empty(), "{}", release.display());
    events
}

#[test]
fn every_event_ever_stored_loads() {
    for release in releases() {
        for (name, body) in events(&release) {
            let event = Stored::decode(&name, &body)
                .unwrap_or_else(|error| panic!("{} of {}: {error}", name, release.display()));
            let again = event.encode();
            let again = Stored::decode(&name, &again).unwrap();
            assert_eq!(again, event, "{name} of {}", release.display());
        }
    }
}

/// What is written today is written as it stands in the files. A form that has changed needs a new number and a new file beside the old
/// one; this test writes none.
#[test]
fn every_event_is_written_as_it_was() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/stored")
        .join(TODAY);
    let mut written = BTreeSet::new();
    for (variant, event) in catalogue::all() {
        let body = event.encode();
        let name = catalogue::name_of(&body, variant);
        let path = folder.join(format!("{name}.json"));
        let stored = fs::read_to_string(&path)
            .unwrap_or_else(|error| panic!("{}: {error}; it should hold\n{body}", path.display()));
        assert_eq!(stored, body, "{name}");
        assert_eq!(Stored::decode(&name, &stored).unwrap(), event, "{name}");
        assert!(written.insert(name.clone()), "{name} is there twice");
    }
    let stored: BTreeSet<String> = events(&folder).into_iter().map(|(name, _)| name).collect();
    assert_eq!(stored, written, "what is stored, and what is written");
}

#[tokio::test]
async fn every_register_ever_written_is_brought_forward() {
    let dumps: Vec<PathBuf> = releases()
        .into_iter()
        .map(|release| release.join("register.sql"))
        .filter(|dump| dump.exists())
        .collect();
    assert!(!dumps.is_empty());
    for dump in dumps {
        let (_folder, path) = place();
        let dump = fs::read_to_string(dump).unwrap();
        let address = format!("sqlite://{}?mode=rwc", path.display());
        let mut connection = SqliteConnection::connect(&address).await.unwrap();
        sqlx::raw_sql(AssertSqlSafe(dump))
            .execute(&mut connection)
            .await
            .unwrap();
        connection.close().await.unwrap();
        let store = SqliteStore::open(&path).await.unwrap();
        holds_the_four_documents(&Documents::new(store)).await;
    }
}

/// Every dump holds the documents of the story in each stage of its release.
async fn holds_the_four_documents(documents: &Documents<SqliteStore>) {
    let events = |of: u8| {
        let mut events = vec![Event::DocumentEntered(entry(of))];
        events.extend((of >= 2).then(|| signed(of)));
        events.extend((of == 3).then(delivered));
        events.extend((of == 4).then(voided));
        events
    };
    let stages = [
        StageKind::Entered,
        StageKind::Signed,
        StageKind::Delivered,
        StageKind::Voided,
    ];
    for (of, stage) in (1..).zip(stages) {
        let history = documents.history(job(of)).await.unwrap();
        let document = history.document().unwrap();
        assert_eq!(document.stage().kind(), stage);
        assert_eq!(Some(document), Document::replay(&events(of)));
        let times: Vec<_> = history.0.iter().map(|recorded| recorded.at).collect();
        assert_eq!(times, vec![START; times.len()]);
        let kept = documents.job_file(job(of)).await.unwrap();
        assert_eq!(
            kept.is_some_and(|kept| kept.ct_eq(job_file().expose())),
            stage == StageKind::Signed
        );
    }
}
