//! What a long journal costs.

use std::time::{Duration, Instant};

use authorization_pki::{Entity, EntityKind};

use crate::office::{START, p256, settings};

/// Keys that were planned and given up: lines whose reading verifies no signature.
fn journal(keys: usize) -> Vec<u8> {
    let mut cvca =
        Entity::create(settings(EntityKind::Cvca, "UT", "TESTCVCA"), &[], START).unwrap();
    for _ in 0..keys {
        cvca.plan_key("memory", p256(), START).unwrap();
        cvca.withdraw_key(START).unwrap();
    }
    cvca.journal().text().as_bytes().to_vec()
}

/// The shortest of several readings: what else runs on the machine makes it longer only.
fn reading(journal: &[u8]) -> Duration {
    let read = |_| {
        let begun = Instant::now();
        Entity::open(journal).unwrap();
        begun.elapsed()
    };
    (0..7).map(read).min().unwrap()
}

/// Four times as many lines take about four times as long. It was sixteen times when every line copied what all before it said.
#[test]
fn reading_grows_with_the_lines_and_not_with_their_square() {
    const KEYS: usize = 600;
    let (short, long) = (journal(KEYS), journal(4 * KEYS));
    let (few, many) = (reading(&short), reading(&long));
    println!("{few:?} and {many:?}");
    assert!(many < 9 * few, "{few:?} and {many:?}");
}
