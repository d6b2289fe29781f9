//! The document signers of a folder.

mod retirement;

use std::fs;
use std::path::Path;

use key_store::{
    Error, KeyLocation, NewSigner, Result, RingFault, SignerRing, SuccessorDue, SuccessorPolicy,
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

/// Whoever adds a signer takes away what others left that were killed over it, and nothing else.
#[test]
fn what_a_killed_addition_left_is_swept_by_the_next() {
    let (folder, mut ring) = new();
    let path = |name: &str| folder.path().join(name);
    for name in [
        ".ds1.4711.tmp",
        ".ds.2.4712.tmp",
        ".other.tmp",
        ".ds1.4711.old",
    ] {
        fs::create_dir(path(name)).unwrap();
        fs::write(path(name).join("certificate.der"), b"half").unwrap();
    }
    fs::write(path(".ds1.4713.tmp"), b"a file of somebody").unwrap();
    add(&mut ring, folder.path(), "ds1", NOW, 90, Some(1));
    for (name, is_left) in [
        (".ds1.4711.tmp", false),
        (".ds.2.4712.tmp", false),
        (".other.tmp", true),
        (".ds1.4711.old", true),
        (".ds1.4713.tmp", true),
        ("ds1", true),
    ] {
        assert_eq!(path(name).exists(), is_left, "{name}");
    }
    assert_eq!(SignerRing::open(folder.path()).unwrap().entries().len(), 1);
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

/// A ring of one signer, and its key file.
fn only() -> (TempDir, SignerRing, std::path::PathBuf) {
    let (folder, mut ring) = new();
    let begin = NOW - Duration::days(10);
    add(&mut ring, folder.path(), "only", begin, 30, None);
    let key = folder.path().join("only.key");
    (folder, ring, key)
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
