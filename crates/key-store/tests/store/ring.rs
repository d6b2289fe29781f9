//! The document signers of a folder.

use std::fs;
use std::path::Path;

use key_store::{
    Error, KeyLocation, LedgerState, NewSigner, Result, RingFault, SignerRing, SuccessorDue,
    SuccessorPolicy,
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
    let key = key_store::generate(
        &file(&path),
        &p256,
        &secret(""),
        &mut rng(name.len() as u64),
    )
    .unwrap();
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
    let retire = |persons: &[&str]| ring.retire("only", persons, NOW, false, &no_secret);
    let why = |result: Result<_>| match result {
        Err(Error::Ring { why, .. }) => why,
        other => panic!("{other:?}"),
    };
    assert_eq!(why(retire(&PERSONS)), RingFault::StillInUse);
    sign(&ring, 1, NOW).unwrap();
    for persons in [
        &[][..],
        &["TEST One"],
        &["TEST One", " TEST One "],
        &["TEST One", " "],
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

#[test]
fn a_retirement_is_finished_wherever_it_was_interrupted() {
    for steps in 0..=3 {
        let (folder, mut ring) = new();
        add(
            &mut ring,
            folder.path(),
            "only",
            NOW - Duration::days(10),
            30,
            None,
        );
        sign(&ring, 1, NOW).unwrap();
        let key = folder.path().join("only.key");
        if steps >= 1 {
            ring.entry("only")
                .unwrap()
                .ledger()
                .retire(&PERSONS, NOW)
                .unwrap();
        }
        if steps == 1 {
            // In the middle of the key file.
            let length = fs::metadata(&key).unwrap().len() as usize;
            fs::write(&key, vec![0; length]).unwrap();
        }
        if steps >= 2 {
            fs::remove_file(&key).unwrap();
        }
        if steps >= 3 {
            fs::write(
                ring.entry("only").unwrap().record_path(),
                "the record of the first run",
            )
            .unwrap();
        }
        let ring = SignerRing::open(folder.path()).unwrap();
        if steps >= 1 {
            assert_eq!(not_permitted(sign(&ring, 2, NOW)), NotPermitted::KeyRetired);
        }
        let account = ring
            .retire("only", &PERSONS, NOW, steps == 0, &no_secret)
            .unwrap();
        assert!(!key.exists());
        assert_eq!(
            ring.entry("only").unwrap().status().unwrap().state,
            LedgerState::Closed
        );
        let words = [
            "destroyed; looked for",
            "destroyed; looked for",
            "had been interrupted",
            "first run",
        ];
        assert!(
            account.record.contains(words[steps]),
            "{steps}: {}",
            account.record
        );
    }
}

#[test]
fn a_key_that_was_never_there_is_not_accounted_as_destroyed() {
    let (folder, mut ring) = new();
    add(
        &mut ring,
        folder.path(),
        "only",
        NOW - Duration::days(10),
        30,
        None,
    );
    fs::remove_file(folder.path().join("only.key")).unwrap();
    let retired = ring.retire("only", &PERSONS, NOW, true, &no_secret);
    assert_eq!(
        retired.unwrap_err().fault(),
        Some(KeyStoreFault::KeyNotFound)
    );
    assert_eq!(
        ring.entry("only").unwrap().status().unwrap().state,
        LedgerState::Retiring
    );
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
