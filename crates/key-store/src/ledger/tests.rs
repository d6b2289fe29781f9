use std::fs;

use crypto::{Curve, PrivateKey};
use pki::NotPermitted;
use proptest::prelude::*;
use rand::SeedableRng as _;
use rand::rngs::StdRng;
use tempfile::TempDir;
use time::macros::datetime;

use super::*;

const AT: OffsetDateTime = datetime!(2026-11-21 12:00 UTC);
const PERSONS: [&str; 2] = ["TEST One", "TEST Two"];

fn key(seed: u64) -> PublicKey {
    PrivateKey::generate_ec(Curve::P256, &mut StdRng::seed_from_u64(seed))
        .unwrap()
        .public()
}

fn content(number: u8) -> [u8; 32] {
    [number; 32]
}

fn new(limit: Option<u64>) -> (TempDir, PathBuf, UsageLedger) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("usage.ledger");
    let ledger = UsageLedger::create(&path, &key(1), limit).unwrap();
    (folder, path, ledger)
}

fn used(ledger: &UsageLedger) -> u64 {
    ledger.status().unwrap().used
}

const LIMIT: pki::Result<()> = Err(pki::Error::NotPermitted(NotPermitted::UsageLimit));
const RETIRED: pki::Result<()> = Err(pki::Error::NotPermitted(NotPermitted::KeyRetired));

#[test]
fn a_content_counts_once_and_the_limit_holds() {
    let (_folder, path, ledger) = new(Some(2));
    assert_eq!(ledger.reserve(&content(1)), Ok(()));
    assert_eq!(ledger.reserve(&content(1)), Ok(()));
    assert_eq!(used(&ledger), 1);
    assert_eq!(ledger.reserve(&content(2)), Ok(()));
    assert_eq!(ledger.reserve(&content(3)), LIMIT);
    assert_eq!(ledger.reserve(&content(2)), Ok(()));
    drop(ledger);
    let again = UsageLedger::open(&path, &key(1)).unwrap();
    assert_eq!(again.status().unwrap().remaining(), Some(0));
    assert_eq!(again.reserve(&content(1)), Ok(()));
    assert_eq!(again.reserve(&content(3)), LIMIT);
}

#[test]
fn what_was_not_signed_is_given_back_unless_somebody_else_asked() {
    let (_folder, path, ledger) = new(Some(1));
    ledger.reserve(&content(1)).unwrap();
    ledger.release(&content(1)).unwrap();
    assert_eq!(used(&ledger), 0);
    ledger.release(&content(1)).unwrap();
    ledger.reserve(&content(2)).unwrap();
    // The same content through another door: one of the two may have got a signature.
    let other = UsageLedger::open(&path, &key(1)).unwrap();
    other.reserve(&content(2)).unwrap();
    ledger.release(&content(2)).unwrap();
    other.release(&content(2)).unwrap();
    assert_eq!((used(&ledger), used(&other)), (1, 1));
    assert_eq!(ledger.reserve(&content(3)), LIMIT);
}

#[test]
fn a_retired_key_is_not_used_again() {
    let (_folder, path, ledger) = new(None);
    ledger.reserve(&content(1)).unwrap();
    // Closed before it retires: nothing of the kind is written.
    ledger.close(&PERSONS, AT, [9; 32]).unwrap();
    assert_eq!(ledger.status().unwrap().state, LedgerState::Open);
    for _ in 0..2 {
        ledger.retire(&PERSONS, AT).unwrap();
        assert_eq!(ledger.status().unwrap().state, LedgerState::Retiring);
        assert_eq!(ledger.reserve(&content(1)), RETIRED);
        assert_eq!(ledger.reserve(&content(2)), RETIRED);
        assert_eq!(ledger.release(&content(1)), RETIRED);
    }
    for _ in 0..2 {
        ledger.begin_deletion(&PERSONS, AT).unwrap();
        let status = ledger.status().unwrap();
        assert_eq!(status.state, LedgerState::Deleting);
        assert_eq!(status.deletion_begun, Some(AT));
        assert_eq!(ledger.release(&content(1)), RETIRED);
    }
    for _ in 0..2 {
        ledger.close(&PERSONS, AT, [9; 32]).unwrap();
        assert_eq!(ledger.status().unwrap().state, LedgerState::Closed);
        assert_eq!(ledger.release(&content(1)), RETIRED);
    }
    ledger.begin_deletion(&PERSONS, AT).unwrap();
    assert_eq!(used(&ledger), 1);
    assert_eq!(fs::read_to_string(&path).unwrap().lines().count(), 5);
    let (status, hash) = ledger.snapshot().unwrap();
    assert_eq!(status, ledger.status().unwrap());
    assert_eq!(hash, sha256(&fs::read(&path).unwrap()));
    let again = UsageLedger::open(&path, &key(1)).unwrap();
    assert_eq!(again.reserve(&content(3)), RETIRED);
    assert!(again.retire(&[], AT).is_err() && again.retire(&[&"x".repeat(600)], AT).is_err());
}

#[test]
fn one_ledger_is_of_one_key_and_is_begun_once() {
    let (_folder, path, _ledger) = new(Some(5));
    assert_eq!(
        UsageLedger::open(&path, &key(2)).unwrap_err(),
        Error::Store(KeyStoreFault::LedgerOfAnother)
    );
    assert!(matches!(
        UsageLedger::create(&path, &key(1), Some(500)),
        Err(Error::File {
            kind: std::io::ErrorKind::AlreadyExists,
            ..
        })
    ));
    let missing = path.with_file_name("missing");
    assert_eq!(
        UsageLedger::open(&missing, &key(1)).unwrap_err(),
        Error::Store(KeyStoreFault::LedgerUnreadable)
    );
    assert!(!missing.exists());
}

#[test]
fn a_tail_torn_at_any_byte_is_dropped_and_what_is_before_it_counts() {
    let (folder, path, ledger) = new(Some(10));
    for number in 0..5 {
        ledger.reserve(&content(number)).unwrap();
    }
    let whole = fs::read(&path).unwrap();
    let first = whole.iter().position(|byte| *byte == b'\n').unwrap() + 1;
    let torn = folder.path().join("torn");
    for length in 0..=whole.len() {
        for zeros in [0, 3, 5000] {
            let mut bytes = whole[..length].to_vec();
            bytes.resize(length + zeros, 0);
            fs::write(&torn, &bytes).unwrap();
            let lines = whole[..length]
                .iter()
                .filter(|byte| **byte == b'\n')
                .count();
            let opened = UsageLedger::open(&torn, &key(1));
            if length < first {
                let damaged = KeyStoreFault::LedgerDamaged { line: 1 };
                assert_eq!(opened.unwrap_err(), Error::Store(damaged), "{length}");
                continue;
            }
            let opened = opened.unwrap();
            assert_eq!(used(&opened), lines as u64 - 1, "{length}");
            opened.reserve(&content(200)).unwrap();
            let again = UsageLedger::open(&torn, &key(1)).unwrap();
            assert_eq!(used(&again), lines as u64, "{length}");
        }
    }
}

#[test]
fn a_change_anywhere_is_found_and_its_line_named() {
    let (folder, path, ledger) = new(Some(10));
    for number in 0..3 {
        ledger.reserve(&content(number)).unwrap();
    }
    let whole = fs::read(&path).unwrap();
    let changed = folder.path().join("changed");
    let last_line = whole[..whole.len() - 1]
        .iter()
        .rposition(|byte| *byte == b'\n')
        .unwrap();
    for place in 0..whole.len() {
        let mut bytes = whole.clone();
        bytes[place] ^= 1;
        fs::write(&changed, &bytes).unwrap();
        let line = whole[..place].iter().filter(|byte| **byte == b'\n').count() as u64 + 1;
        let error = UsageLedger::open(&changed, &key(1));
        if place == whole.len() - 1 {
            // The end of the last line itself: that is a torn line.
            assert_eq!(used(&error.unwrap()), 2);
        } else {
            let damaged = KeyStoreFault::LedgerDamaged { line };
            assert_eq!(error.unwrap_err(), Error::Store(damaged), "{place}");
        }
    }
    // A line taken out, and one put twice.
    let lines: Vec<&str> = std::str::from_utf8(&whole)
        .unwrap()
        .split_inclusive('\n')
        .collect();
    for kept in [[0, 2, 3], [0, 1, 3]] {
        fs::write(&changed, kept.map(|line| lines[line]).concat()).unwrap();
        assert!(UsageLedger::open(&changed, &key(1)).is_err());
    }
    fs::write(&changed, [lines.concat().as_str(), lines[3]].concat()).unwrap();
    let damaged = KeyStoreFault::LedgerDamaged { line: 5 };
    assert_eq!(
        UsageLedger::open(&changed, &key(1)).unwrap_err(),
        Error::Store(damaged)
    );
    fs::write(&changed, &whole[..last_line + 1]).unwrap();
    assert_eq!(used(&UsageLedger::open(&changed, &key(1)).unwrap()), 2);
}

#[test]
fn damage_under_an_open_ledger_is_found_before_the_next_line() {
    let (_folder, path, ledger) = new(Some(10));
    ledger.reserve(&content(1)).unwrap();
    let mut bytes = fs::read(&path).unwrap();
    bytes.extend_from_slice(b"3 reserve nonsense 00\n");
    fs::write(&path, &bytes).unwrap();
    let damaged = pki::Error::KeyStore(KeyStoreFault::LedgerDamaged { line: 3 });
    assert_eq!(ledger.reserve(&content(2)), Err(damaged.clone()));
    assert_eq!(ledger.reserve(&content(1)), Err(damaged));
    // Shorter than it was.
    fs::write(&path, b"").unwrap();
    assert!(ledger.reserve(&content(2)).is_err());
    fs::remove_file(&path).unwrap();
    assert!(ledger.reserve(&content(2)).is_err());
}

/// A file under the same name is another file.
#[cfg(unix)]
#[test]
fn a_ledger_that_was_replaced_counts_no_more() {
    let replaced = pki::Error::KeyStore(KeyStoreFault::LedgerUnreadable);
    let (folder, path, ledger) = new(Some(2));
    ledger.reserve(&content(1)).unwrap();
    let moved = folder.path().join("moved");
    fs::rename(&path, &moved).unwrap();
    assert_eq!(ledger.reserve(&content(2)), Err(replaced.clone()));
    fs::copy(&moved, &path).unwrap();
    assert_eq!(ledger.reserve(&content(2)), Err(replaced.clone()));
    assert_eq!(ledger.release(&content(1)), Err(replaced.clone()));
    assert!(ledger.status().is_err() && ledger.snapshot().is_err());
    assert_eq!(fs::read(&path).unwrap(), fs::read(&moved).unwrap());
    // The one that bears the name counts, for whoever opens it now; and the first again, where it is put back.
    let other = UsageLedger::open(&path, &key(1)).unwrap();
    other.reserve(&content(3)).unwrap();
    fs::rename(&moved, &path).unwrap();
    assert_eq!(other.reserve(&content(4)), Err(replaced));
    ledger.reserve(&content(2)).unwrap();
}

/// What is said to be granted is on the disk, also if another process wrote it and died before it was.
#[test]
fn what_another_has_written_is_brought_to_the_disk_before_it_is_relied_on() {
    let (_folder, path, ledger) = new(Some(10));
    let mut book = Book::open(&path).unwrap();
    assert!(book.commit(&[Request::Read]).is_ok());
    assert!(!book.is_perhaps_unsynced());
    ledger.reserve(&content(1)).unwrap();
    ledger.reserve(&content(1)).unwrap();
    book.snapshot().unwrap();
    assert!(book.is_perhaps_unsynced());
    assert!(book.commit(&[Request::Reserve(content(1))]).is_ok());
    assert!(!book.is_perhaps_unsynced());
    assert!(Book::open(&path).unwrap().is_perhaps_unsynced());
}

#[test]
fn where_nothing_can_be_written_nothing_is_granted() {
    // Every write to this device says that there is no room.
    let full = Path::new("/dev/full");
    if cfg!(target_os = "linux") {
        let mut book = Book::open(full);
        assert!(book.is_err());
        let (_folder, path, ledger) = new(Some(10));
        ledger.reserve(&content(1)).unwrap();
        book = Book::open(&path);
        let mut book = book.unwrap();
        book.write_to(full);
        assert_eq!(
            book.commit(&[Request::Reserve(content(2))]).unwrap_err(),
            KeyStoreFault::LedgerUnwritable
        );
        assert_eq!(used(&ledger), 1);
    }
}

#[test]
fn a_thousand_threads_share_the_limit() {
    let (_folder, path, ledger) = new(Some(100));
    let other = UsageLedger::open(&path, &key(1)).unwrap();
    let granted: Vec<u16> = std::thread::scope(|scope| {
        let threads: Vec<_> = (0..1000u16)
            .map(|number| {
                let ledger = if number % 3 == 0 { &other } else { &ledger };
                scope.spawn(move || {
                    ledger
                        .reserve(&sha256(&number.to_be_bytes()))
                        .is_ok()
                        .then_some(number)
                })
            })
            .collect();
        threads
            .into_iter()
            .filter_map(|thread| thread.join().unwrap())
            .collect()
    });
    assert_eq!(granted.len(), 100);
    assert_eq!((used(&ledger), used(&other)), (100, 100));
    let text = fs::read_to_string(&path).unwrap();
    for number in granted {
        assert!(text.contains(&hex::encode(sha256(&number.to_be_bytes()))));
    }
}

/// What is asked, of which of two openings, for which content; or that one is opened anew.
#[derive(Debug, Clone)]
enum Step {
    Reserve(bool, u8),
    Release(bool, u8),
    Reopen(bool),
    Torn(usize),
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        5 => (any::<bool>(), 0..8u8).prop_map(|(which, number)| Step::Reserve(which, number)),
        3 => (any::<bool>(), 0..8u8).prop_map(|(which, number)| Step::Release(which, number)),
        1 => any::<bool>().prop_map(Step::Reopen),
        1 => (1..60usize).prop_map(Step::Torn),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]
    #[test]
    fn any_interleaving_counts_as_one_book(steps in proptest::collection::vec(step(), 1..60), limit in 1..6u64) {
        let (_folder, path, first) = new(Some(limit));
        let mut doors = [first, UsageLedger::open(&path, &key(1)).unwrap()];
        let mut model: HashMap<u8, u32> = HashMap::new();
        for step in steps {
            match step {
                Step::Reserve(which, number) => {
                    let granted = doors[usize::from(which)].reserve(&content(number));
                    if model.contains_key(&number) || (model.len() as u64) < limit {
                        prop_assert_eq!(granted, Ok(()));
                        *model.entry(number).or_default() += 1;
                    } else {
                        prop_assert_eq!(granted, LIMIT);
                    }
                }
                Step::Release(which, number) => {
                    prop_assert_eq!(doors[usize::from(which)].release(&content(number)), Ok(()));
                    if model.get(&number) == Some(&1) {
                        model.remove(&number);
                    }
                }
                Step::Reopen(which) => doors[usize::from(which)] = UsageLedger::open(&path, &key(1)).unwrap(),
                Step::Torn(length) => {
                    // A process died in the middle of a line.
                    let begun = Entry::Reserve(content(99)).write(77, &FIRST_LINK).0;
                    let mut bytes = fs::read(&path).unwrap();
                    bytes.extend_from_slice(&begun.as_bytes()[..length]);
                    fs::write(&path, bytes).unwrap();
                }
            }
            for door in &doors {
                prop_assert_eq!(used(door), model.len() as u64);
            }
        }
        drop(doors);
        prop_assert_eq!(used(&UsageLedger::open(&path, &key(1)).unwrap()), model.len() as u64);
    }
}
