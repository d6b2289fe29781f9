//! The document signers of a folder.

use std::fs;
use std::path::Path;

use key_store::{
    Error, KeyLocation, LedgerState, NewSigner, Result, Retirement, RetirementOrder, RingFault,
    SignerRing, SuccessorDue, SuccessorPolicy,
};
use pki::{KeyStoreFault, NotPermitted};
use tempfile::TempDir;
use time::{Duration, OffsetDateTime};

use super::office::{NOW, TYPE, certificate_of, document, file, profile, rng, secret};

const PERSONS: [&str; 2] = ["TEST One", "TEST Two"];

fn no_secret(_: &KeyLocation) -> Result<crypto::SecretBytes> {
    Ok(secret(""))
}

/// Adds a signer whose key lies beside its certificate.
fn add(
    ring: &mut SignerRing,
    folder: &Path,
    name: &str,
    begin: OffsetDateTime,
    days: i64,
    limit: Option<u64>,
) {
    let p256 = profile("ecdsa-p256");
    let path = folder.join(format!("{name}.key"));
    // Another key for each name.
    let seed = name
        .bytes()
        .fold(0, |seed, byte| seed * 131 + u64::from(byte));
    let key = key_store::generate(&file(&path), &p256, &secret(""), &mut rng(seed)).unwrap();
    ring.add(&NewSigner {
        name,
        certificate: &certificate_of(key.public_key(), begin, days),
        location: &KeyLocation::File(format!("../{name}.key").into()),
        profile: &p256,
        limit,
    })
    .unwrap();
}

fn new() -> (TempDir, SignerRing) {
    let folder = tempfile::tempdir().unwrap();
    let ring = SignerRing::open(folder.path()).unwrap();
    (folder, ring)
}

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

/// Signs a document; the name of who signed it.
fn sign(ring: &SignerRing, number: u32, now: OffsetDateTime) -> Result<String> {
    ring.with_current(TYPE, now, &no_secret, &mut rng(7), |signer| {
        pki::security_object::sign(&document(number), signer, TYPE, now)?;
        let of =
            |entry: &&std::sync::Arc<key_store::Entry>| entry.certificate() == signer.certificate();
        Ok(ring.entries().iter().find(of).unwrap().name().to_owned())
    })
}

fn not_permitted<T: core::fmt::Debug>(result: Result<T>) -> NotPermitted {
    result.unwrap_err().not_permitted().unwrap()
}

#[test]
fn the_oldest_that_may_signs_and_the_next_takes_over() {
    let (folder, mut ring) = new();
    assert!(matches!(
        sign(&ring, 0, NOW),
        Err(Error::Ring {
            why: RingFault::NoneAdmits,
            ..
        })
    ));
    let begin = NOW - Duration::days(10);
    add(&mut ring, folder.path(), "second", begin, 60, Some(100));
    add(&mut ring, folder.path(), "first", begin, 30, Some(2));
    add(
        &mut ring,
        folder.path(),
        "later",
        NOW + Duration::days(40),
        60,
        None,
    );
    for ring in [&ring, &SignerRing::open(folder.path()).unwrap()] {
        let names: Vec<&str> = ring.entries().iter().map(|entry| entry.name()).collect();
        assert_eq!(names, ["first", "second", "later"]);
    }
    // The count of the first ends before its time.
    assert_eq!(sign(&ring, 1, NOW).unwrap(), "first");
    assert_eq!(sign(&ring, 2, NOW).unwrap(), "first");
    assert_eq!(sign(&ring, 3, NOW).unwrap(), "second");
    assert_eq!(sign(&ring, 4, NOW + Duration::days(45)).unwrap(), "second");
    assert_eq!(sign(&ring, 5, NOW + Duration::days(80)).unwrap(), "later");
    let never = sign(&ring, 6, NOW + Duration::days(200));
    assert_eq!(not_permitted(never), NotPermitted::AfterUsagePeriod);
    let visa = ring.current("V", NOW, &no_secret, &mut rng(1));
    assert_eq!(not_permitted(visa), NotPermitted::DocumentType);
}

#[test]
fn a_taken_last_use_leads_to_the_next_signer() {
    let (folder, mut ring) = new();
    let begin = NOW - Duration::days(10);
    add(&mut ring, folder.path(), "first", begin, 30, Some(1));
    add(&mut ring, folder.path(), "second", begin, 60, Some(1));
    let others = SignerRing::open(folder.path()).unwrap();
    let mut met = 0;
    ring.with_current(TYPE, NOW, &no_secret, &mut rng(1), |signer| {
        if met == 0 {
            // Between the choice and the signature.
            assert_eq!(sign(&others, 1, NOW).unwrap(), "first");
        }
        met += 1;
        pki::security_object::sign(&document(2), signer, TYPE, NOW)
    })
    .unwrap();
    assert_eq!(met, 2);
    assert_eq!(not_permitted(sign(&ring, 3, NOW)), NotPermitted::UsageLimit);
}

#[test]
fn the_successor_is_called_for_in_time() {
    let begin = NOW - Duration::days(10);
    let policy = SuccessorPolicy::new(5, 50);
    let due = |ring: &SignerRing, now| ring.successor_due(TYPE, now, &policy).unwrap();
    let (folder, mut ring) = new();
    assert_eq!(due(&ring, NOW), Some(SuccessorDue::Nothing));
    add(&mut ring, folder.path(), "first", begin, 30, Some(4));
    let ends = begin + Duration::days(30);
    assert_eq!(due(&ring, NOW), None);
    assert_eq!(due(&ring, ends - Duration::days(5)), None);
    let soon = ends - Duration::days(5) + Duration::SECOND;
    assert_eq!(due(&ring, soon), Some(SuccessorDue::Days { ends }));
    assert_eq!(
        due(&ring, ends + Duration::SECOND),
        Some(SuccessorDue::Nothing)
    );
    for number in 0..3 {
        assert_eq!(due(&ring, NOW), None, "{number}");
        sign(&ring, number, NOW).unwrap();
    }
    assert_eq!(
        due(&ring, NOW),
        Some(SuccessorDue::Count {
            remaining: 1,
            limit: 4
        })
    );
    add(&mut ring, folder.path(), "second", begin, 60, None);
    assert_eq!(due(&ring, NOW), None);
    assert_eq!(due(&ring, soon), None);
    // No policy is laxer than TR-03145-1.
    let lax = SuccessorPolicy::new(0, 0);
    let ends = begin + Duration::days(60);
    let late = ring
        .successor_due(TYPE, ends - Duration::days(2), &lax)
        .unwrap();
    assert_eq!(late, Some(SuccessorDue::Days { ends }));
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

/// A ring of one signer, and its key file.
fn only() -> (TempDir, SignerRing, std::path::PathBuf) {
    let (folder, mut ring) = new();
    let begin = NOW - Duration::days(10);
    add(&mut ring, folder.path(), "only", begin, 30, None);
    let key = folder.path().join("only.key");
    (folder, ring, key)
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

fn why<T: core::fmt::Debug>(result: Result<T>) -> RingFault {
    match result {
        Err(Error::Ring { why, .. }) => why,
        other => panic!("{other:?}"),
    }
}

#[test]
fn one_key_is_one_signer() {
    let (folder, ring, key) = only();
    let entry = ring.entry("only").unwrap();
    let certificates = [
        entry.certificate().as_der().to_vec(),
        // The same key for longer.
        certificate_of(&entry.certificate().public_key().unwrap(), NOW, 60),
    ];
    let empty = tempfile::tempdir().unwrap();
    let mut early = SignerRing::open(empty.path()).unwrap();
    for (number, certificate) in certificates.iter().enumerate() {
        let name = format!("second{number}");
        let signer = NewSigner {
            name: &name,
            certificate,
            location: &file(&key),
            profile: &profile("ecdsa-p256"),
            limit: Some(1),
        };
        let mut ring = SignerRing::open(folder.path()).unwrap();
        assert_eq!(why(ring.add(&signer)), RingFault::SameKey);
        // Also where somebody else has added it since the folder was opened.
        let first = NewSigner {
            name: "first",
            ..signer
        };
        let mut other = SignerRing::open(empty.path()).unwrap();
        if number == 0 {
            other.add(&first).unwrap();
        }
        assert_eq!(why(early.add(&signer)), RingFault::SameKey);
        assert!(!empty.path().join(&name).exists());
    }
    let (from, to) = (folder.path().join("only"), folder.path().join("copy"));
    fs::create_dir(&to).unwrap();
    for name in ["certificate.der", "key.txt", "usage.ledger"] {
        fs::copy(from.join(name), to.join(name)).unwrap();
    }
    assert_eq!(why(SignerRing::open(folder.path())), RingFault::SameKey);
}

#[test]
fn work_that_always_finds_the_limit_reached_comes_to_an_end() {
    let (folder, mut ring) = new();
    for name in ["a", "b", "c"] {
        add(
            &mut ring,
            folder.path(),
            name,
            NOW - Duration::days(1),
            30,
            None,
        );
    }
    for why in [NotPermitted::UsageLimit, NotPermitted::KeyRetired] {
        let mut rounds = 0;
        let never = ring.with_current(TYPE, NOW, &no_secret, &mut rng(1), |_| {
            rounds += 1;
            assert!(rounds < 100, "it goes on for ever");
            Err::<(), _>(pki::Error::NotPermitted(why))
        });
        assert_eq!((not_permitted(never), rounds), (why, 3));
    }
}

#[test]
fn what_does_not_belong_into_the_folder_is_refused() {
    let (folder, mut ring) = new();
    add(&mut ring, folder.path(), "only", NOW, 30, None);
    let p256 = profile("ecdsa-p256");
    let key = key_store::generate(
        &file(&folder.path().join("k")),
        &p256,
        &secret(""),
        &mut rng(9),
    )
    .unwrap();
    let certificate = certificate_of(key.public_key(), NOW, 30);
    let location = KeyLocation::File("../k".into());
    let mut try_add = |name: &str, profile: &str| {
        ring.add(&NewSigner {
            name,
            certificate: &certificate,
            location: &location,
            profile: &super::office::profile(profile),
            limit: None,
        })
        .unwrap_err()
    };
    for name in ["", ".hidden", "a/b", "..", "a b", "\u{e9}", &"x".repeat(65)] {
        assert!(
            matches!(
                try_add(name, "ecdsa-p256"),
                Error::Ring {
                    why: RingFault::Name,
                    ..
                }
            ),
            "{name}"
        );
    }
    assert!(matches!(
        try_add("only", "ecdsa-p256"),
        Error::Ring {
            why: RingFault::Exists,
            ..
        }
    ));
    assert_eq!(
        try_add("new", "ecdsa-p384").fault(),
        Some(KeyStoreFault::KeyOfAnotherKind)
    );
    fs::write(
        folder.path().join("only/key.txt"),
        "key = nowhere\nalgorithm = ecdsa-p256\n",
    )
    .unwrap();
    assert!(matches!(
        SignerRing::open(folder.path()),
        Err(Error::Ring {
            why: RingFault::KeyFile,
            ..
        })
    ));
    fs::remove_file(folder.path().join("only/usage.ledger")).unwrap();
    assert!(SignerRing::open(folder.path()).is_err());
}
