//! Nothing of a person can be read in the database, the journals or the vault.

use register::store::Topic;

use crate::people::{CARD, PASSPORT, card, passport};
use crate::world::{START, World};

/// Words of the records of these stories: of names, places and dates.
const MARKERS: [&str; 8] = [
    "Quirinazorba",
    "QUIRINAZORBA",
    "Specimen",
    "Exampleton",
    "1990-01-01",
    "Trần Thị Đào",
    "TRAN",
    "Phường Mẫu",
];

async fn check(profile: &str, record: &enrolment::HolderRecord) {
    let world = World::new(profile, None).await;
    world.stock([1]).await;
    world.produced(record, profile, "tainted").await;
    for topic in Topic::ALL {
        let entries = world.journal(topic).await;
        assert!(!entries.is_empty());
        for entry in entries {
            let told = String::from_utf8(entry.body).unwrap();
            must_hold_nothing(told.as_bytes(), &told);
        }
    }
    world.office.store().close().await;
    let database = std::fs::read(&world.place).unwrap();
    assert!(database.len() > 10_000);
    must_hold_nothing(&database, &world.place);
    for file in world.sealed_files() {
        must_hold_nothing(&std::fs::read(&file).unwrap(), &file.to_string_lossy());
    }
}

fn must_hold_nothing(content: &[u8], place: &str) {
    for marker in MARKERS {
        let marker_octets = marker.as_bytes();
        let mut windows = content.windows(marker_octets.len());
        assert!(
            !windows.any(|window| window == marker_octets),
            "{marker} in {place}"
        );
    }
}

#[tokio::test]
async fn nothing_of_a_passport_is_readable() {
    let record = passport("Quirinazorba", "1990-01-01", "X00000001", START.date());
    check(PASSPORT, &record).await;
}

#[tokio::test]
async fn nothing_of_a_card_is_readable() {
    let record = card("Trần Thị Đào Specimen", "1997-09-02", None, START.date());
    check(CARD, &record).await;
}
