//! What a release has stored loads for ever. Each release leaves a folder `stored/<version>/` behind with a whole register.
//! Nothing in them is ever changed; a folder that is added is tested.

use std::fs;
use std::path::{Path, PathBuf};

use register::store::{
    BlobName, Claim, ClaimKind, EntityKind, Query, Queue, SqliteStore, Store as _,
};
use sqlx::{AssertSqlSafe, Connection as _, SqliteConnection};
use time::Duration;

use crate::sqlite::place;
use crate::story::{START, document, id};

/// The folders of all releases that have left a register behind; events alone are tested with documents.
fn releases() -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/stored");
    let releases: Vec<PathBuf> = fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|release| release.join("register.sql").exists())
        .collect();
    assert!(!releases.is_empty());
    releases
}

/// Writes the register of a release, and what else it could have held.
async fn written(release: &Path, path: &Path, more: &'static str) {
    let dump = fs::read_to_string(release.join("register.sql")).unwrap();
    let address = format!("sqlite://{}?mode=rwc", path.display());
    let mut connection = SqliteConnection::connect(&address).await.unwrap();
    sqlx::raw_sql(AssertSqlSafe(dump))
        .execute(&mut connection)
        .await
        .unwrap();
    sqlx::raw_sql(more).execute(&mut connection).await.unwrap();
    connection.close().await.unwrap();
}

#[tokio::test]
async fn every_register_ever_written_is_brought_forward() {
    for release in releases() {
        let (_folder, path) = place();
        written(&release, &path, "").await;
        let store = SqliteStore::open(&path).await.unwrap();
        holds_the_four_documents(&store).await;
        assert_eq!(store.integrity().await.unwrap(), Vec::<String>::new());
    }
}

/// Every dump holds four documents, one of each stage.
async fn holds_the_four_documents(store: &SqliteStore) {
    let stages = ["entered", "signed", "delivered", "voided"];
    for (of, stage) in (1_u8..).zip(stages) {
        let (job, stream) = (id(of.into()), document(of.into()));
        let mut events = vec!["document-entered.1"];
        events.extend((of >= 2).then_some("document-signed.1"));
        events.extend((of == 3).then_some("document-delivered.1"));
        events.extend((of == 4).then_some("document-voided.1"));
        let history = store.history(stream).await.unwrap();
        assert_eq!(history.len(), events.len());
        for ((recorded, event), version) in history.iter().zip(&events).zip(1..) {
            assert_eq!((recorded.version, recorded.at), (version, START));
            assert!(
                recorded
                    .body
                    .starts_with(&format!(r#"{{"event":"{event}""#)),
                "{}",
                recorded.body
            );
        }
        let entity = store
            .entity(EntityKind::Document, job)
            .await
            .unwrap()
            .unwrap();
        assert_eq!(
            (entity.state.as_str(), entity.version as usize),
            (stage, events.len())
        );
        assert_eq!(
            (entity.order, entity.place.as_str()),
            (1_795_255_200_250, "")
        );
        assert_eq!(
            entity.body,
            format!(
                r#"{{"issuing_state":"UTO","document_code":"PP","document_number":"X{of:08}","chip_serial":"{}","profile":"uto-passport","changed_at":1795255200250,"application":null}}"#,
                format!("{of:02x}").repeat(16)
            )
        );
        for (kind, value) in [
            (
                ClaimKind::DocumentNumber,
                format!("UTO/X{of:08}").into_bytes(),
            ),
            (ClaimKind::ChipSerial, vec![of; 16]),
            (ClaimKind::ChipKey, vec![of; 32]),
            (ClaimKind::ChipKey, vec![of ^ 0x80; 32]),
        ] {
            let holder = store.holder(&Claim::new(kind, value)).await.unwrap();
            assert_eq!(holder, Some(job), "{kind:?}");
        }
        let job_file = store.blob(job, BlobName::JobFile).await.unwrap();
        assert_eq!(
            job_file.as_deref(),
            (stage == "signed").then_some(&b"a person's data"[..])
        );
    }
    let signed = hex_of("dbc1b4c900ffe48d575b5da5c638040125f65db0fe3e24494b76ea986457d986");
    let holder = store
        .holder(&Claim::new(ClaimKind::SecurityObject, signed))
        .await
        .unwrap();
    assert_eq!(holder, Some(id(2)));
    let tasks = store
        .lease(Queue::Job, "", 9, START, START + Duration::HOUR)
        .await
        .unwrap();
    let subjects: Vec<_> = tasks.iter().map(|task| task.subject).collect();
    assert_eq!(subjects, [id(2)]);
    let all = store
        .list(&Query::of(EntityKind::Document, 9))
        .await
        .unwrap();
    assert_eq!(all.len(), 4);
}

fn hex_of(text: &str) -> Vec<u8> {
    let digits = text.as_bytes().chunks(2);
    digits
        .map(|pair| u8::from_str_radix(str::from_utf8(pair).unwrap(), 16).unwrap())
        .collect()
}

/// Release 0.2 could hold packets, which no dump of 0.1 has.
#[tokio::test]
async fn packets_are_brought_forward() {
    let (_folder, path) = place();
    let second = concat!(
        include_str!("../../migrations/sqlite/0002_enrolment_packets.sql"),
        "INSERT INTO enrolment_packet VALUES
             (x'00000000000000000000000000000063',
              x'aa00000000000000000000000000000000000000000000000000000000000000', 7, 'uto-passport', 'TEST station',
              'TEST operator', NULL, 3, 'link', 1000, 2000, '{\"a\": [1,  2]}');"
    );
    for release in releases() {
        written(&release, &path, second).await;
        // What the migrator would have remembered of it.
        let migrations = sqlx::migrate!("migrations/sqlite");
        let second = migrations
            .iter()
            .find(|migration| migration.version == 2)
            .unwrap();
        let address = format!("sqlite://{}", path.display());
        let mut connection = SqliteConnection::connect(&address).await.unwrap();
        sqlx::query(
            "INSERT INTO _sqlx_migrations VALUES (2, 'enrolment packets', '2026-11-22', 1, $1, 0)",
        )
        .bind(&*second.checksum)
        .execute(&mut connection)
        .await
        .unwrap();
        connection.close().await.unwrap();
        let store = SqliteStore::open(&path).await.unwrap();
        let packet = store
            .entity(EntityKind::Packet, id(99))
            .await
            .unwrap()
            .unwrap();
        assert_eq!(
            (packet.state.as_str(), packet.place.as_str()),
            ("received", "TEST station")
        );
        assert_eq!((packet.order, packet.version), (2000, 1));
        assert_eq!(
            packet.body,
            format!(
                r#"{{"digest":"aa{}","length":7,"profile":"uto-passport","station":"TEST station","operator":"TEST operator","supervisor":null,"book_line":3,"book_link":"link","sealed_at":1000,"received_at":2000,"receipt":"{{\"a\": [1,  2]}}"}}"#,
                "0".repeat(62)
            )
        );
        let mut digest = vec![0; 32];
        digest[0] = 0xAA;
        let holder = store
            .holder(&Claim::new(ClaimKind::PacketFile, digest))
            .await
            .unwrap();
        assert_eq!(holder, Some(id(99)));
        store.close().await;
        fs::remove_file(&path).unwrap();
    }
}
