//! The accountable end of a document signer's key.

use std::fs;

use key_store::{LedgerState, Result, Retirement, RetirementOrder, RingFault, SignerRing};
use pki::{KeyStoreFault, NotPermitted};
use time::Duration;

use super::super::office::{NOW, file, profile, rng, secret};
use super::{PERSONS, add, new, no_secret, not_permitted, only, sign, why};

/// Retires the only signer.
fn retire(ring: &SignerRing, persons: &[&str], early: bool, lost: bool) -> Result<Retirement> {
    let order = RetirementOrder {
        persons,
        at: NOW,
        early,
        lost,
    };
    ring.retire("only", &order, &no_secret)
}

#[test]
fn the_last_document_ends_in_an_account() {
    let (folder, mut ring) = new();
    add(
        &mut ring,
        folder.path(),
        "only",
        NOW - Duration::days(10),
        30,
        Some(1),
    );
    let retire = |persons: &[&str]| retire(&ring, persons, false, false);
    assert_eq!(why(retire(&PERSONS)), RingFault::StillInUse);
    sign(&ring, 1, NOW).unwrap();
    for persons in [
        &[][..],
        &["TEST One"],
        &["TEST One", " TEST One "],
        &["TEST One", " "],
        &["TEST One", "test  ONE"],
        &["TEST \u{c9}va", " Test e\u{301}VA "],
        &["TEST One", "a\nb"],
    ] {
        assert_eq!(why(retire(persons)), RingFault::Persons, "{persons:?}");
    }
    assert!(folder.path().join("only.key").exists());
    let account = retire(&PERSONS).unwrap();
    assert!(!folder.path().join("only.key").exists());
    for words in [
        "TEST One",
        "TEST Two",
        "1 (of 1)",
        "destroyed; looked for",
        "2026-11-21T12:00:00Z",
    ] {
        assert!(
            account.record.contains(words),
            "{words} in\n{}",
            account.record
        );
    }
    let entry = ring.entry("only").unwrap();
    assert_eq!(entry.status().unwrap().state, LedgerState::Closed);
    assert_eq!(
        fs::read_to_string(entry.record_path()).unwrap(),
        account.record
    );
    let ledger = fs::read_to_string(entry.ledger().path()).unwrap();
    assert!(
        ledger
            .lines()
            .last()
            .unwrap()
            .contains(&hex::encode(account.hash))
    );
    // Again: the same account, whoever asks.
    assert_eq!(retire(&[]).unwrap(), account);
    assert_eq!(not_permitted(sign(&ring, 1, NOW)), NotPermitted::KeyRetired);
}

fn state(ring: &SignerRing) -> LedgerState {
    ring.entry("only").unwrap().status().unwrap().state
}

/// What a crash left behind.
enum Crash {
    /// So many octets of the key were overwritten.
    Cut(usize),
    Removed,
    Recorded,
}

#[test]
fn a_retirement_is_finished_wherever_it_was_interrupted() {
    let (begun, destroyed) = ("had begun at 2026-11-21T12:00:00Z", "destroyed; looked for");
    let mut cases: Vec<(Crash, &str)> = vec![
        (Crash::Removed, begun),
        (Crash::Recorded, "the record of the first run"),
    ];
    cases.extend([0, 1, 2, 5, 40, 100, usize::MAX].map(|cut| (Crash::Cut(cut), destroyed)));
    for (number, (crash, words)) in cases.into_iter().enumerate() {
        let (folder, ring, key) = only();
        sign(&ring, 1, NOW).unwrap();
        let entry = ring.entry("only").unwrap();
        entry.ledger().retire(&PERSONS, NOW).unwrap();
        entry.ledger().begin_deletion(&PERSONS, NOW).unwrap();
        assert_eq!(state(&ring), LedgerState::Deleting);
        match crash {
            Crash::Cut(cut) => {
                let mut content = fs::read(&key).unwrap();
                let length = content.len();
                content[..cut.min(length)].fill(0);
                fs::write(&key, content).unwrap();
            }
            Crash::Removed => fs::remove_file(&key).unwrap(),
            Crash::Recorded => {
                fs::remove_file(&key).unwrap();
                fs::write(entry.record_path(), "the record of the first run").unwrap();
            }
        }
        let ring = SignerRing::open(folder.path()).unwrap();
        assert_eq!(not_permitted(sign(&ring, 2, NOW)), NotPermitted::KeyRetired);
        let account = retire(&ring, &PERSONS, false, false).unwrap();
        assert!(!key.exists());
        assert_eq!(state(&ring), LedgerState::Closed);
        let record = account.record;
        assert!(record.contains(words), "{number}: {record}");
    }
}

#[test]
fn half_a_key_is_destroyed_only_where_its_destruction_was_begun() {
    let (_folder, ring, key) = only();
    let mut content = fs::read(&key).unwrap();
    content[..40].fill(0);
    fs::write(&key, &content).unwrap();
    let unreadable = Some(KeyStoreFault::FileUnreadable);
    let nobody_began = key_store::destroy(&file(&key), &secret(""));
    assert_eq!(nobody_began.unwrap_err().fault(), unreadable);
    for _ in 0..2 {
        let retired = retire(&ring, &PERSONS, true, true);
        assert_eq!(retired.unwrap_err().fault(), unreadable);
    }
    // What is no rest of a key is not destroyed even then.
    let entry = ring.entry("only").unwrap();
    entry.ledger().begin_deletion(&PERSONS, NOW).unwrap();
    fs::write(&key, "Dear TEST").unwrap();
    let letter = retire(&ring, &PERSONS, false, false);
    assert_eq!(letter.unwrap_err().fault(), unreadable);
    assert_eq!(fs::read(&key).unwrap(), b"Dear TEST");
}

#[test]
fn a_key_that_is_not_there_is_never_accounted_as_destroyed() {
    let (folder, ring, key) = only();
    let elsewhere = folder.path().join("moved");
    fs::rename(&key, &elsewhere).unwrap();
    for _ in 0..3 {
        let retired = retire(&ring, &PERSONS, true, false);
        let fault = retired.unwrap_err().fault();
        assert_eq!(fault, Some(KeyStoreFault::KeyNotFound));
        assert_eq!(state(&ring), LedgerState::Retiring);
        assert!(!ring.entry("only").unwrap().record_path().exists());
    }
    // It turns up again.
    fs::rename(&elsewhere, &key).unwrap();
    let account = retire(&ring, &PERSONS, false, false).unwrap();
    assert!(account.record.contains("destroyed; looked for"));
    assert!(!key.exists());
}

#[test]
fn a_lost_key_is_recorded_as_lost() {
    let (_folder, ring, key) = only();
    fs::remove_file(&key).unwrap();
    let record = retire(&ring, &PERSONS, true, true).unwrap().record;
    for words in [
        "RECORD OF THE LOSS",
        "NOT FOUND",
        "not shown to be destroyed",
    ] {
        assert!(record.contains(words), "{words} in\n{record}");
    }
    assert!(!record.contains("DELETION"));
    assert_eq!(state(&ring), LedgerState::Closed);
    assert_eq!(
        ring.entry("only").unwrap().status().unwrap().deletion_begun,
        None
    );
    // Said to be lost and found: it is destroyed.
    let (_folder, ring, key) = only();
    let record = retire(&ring, &PERSONS, true, true).unwrap().record;
    assert!(record.contains("destroyed; looked for") && !key.exists());
}

#[test]
fn another_key_in_its_place_is_not_destroyed() {
    let (_folder, ring, key) = only();
    fs::remove_file(&key).unwrap();
    key_store::generate(
        &file(&key),
        &profile("ecdsa-p256"),
        &secret(""),
        &mut rng(77),
    )
    .unwrap();
    let retired = retire(&ring, &PERSONS, true, false);
    let fault = retired.unwrap_err().fault();
    assert_eq!(fault, Some(KeyStoreFault::KeyOfAnotherKind));
    assert!(key.exists());
}

#[test]
fn the_record_is_of_the_ledger_as_it_was_closed() {
    let (_folder, ring, _) = only();
    sign(&ring, 1, NOW).unwrap();
    let record = retire(&ring, &PERSONS, true, false).unwrap().record;
    let ledger = fs::read(ring.entry("only").unwrap().ledger().path()).unwrap();
    let lines: Vec<&[u8]> = ledger.split_inclusive(|byte| *byte == b'\n').collect();
    let (_close, before) = lines.split_last().unwrap();
    let hash = crypto::HashAlgorithm::Sha256.digest(&before.concat());
    assert!(record.contains(&hex::encode(hash)), "{record}");
}
