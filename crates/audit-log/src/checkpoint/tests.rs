use core::slice::from_ref;

use proptest::prelude::*;
use time::macros::datetime;

use super::*;
use crate::error::NoteFault;
use crate::samples::{Log, NAME};

fn head() -> Head {
    Head {
        size: 20_852_163,
        root: Hash::of_leaf(b"TEST"),
    }
}

fn checkpoint() -> Checkpoint {
    Checkpoint::new(head(), datetime!(2026-11-22 17:00:00.9 +7)).unwrap()
}

#[test]
fn it_is_four_lines_and_a_signature() {
    let log = Log::new(1);
    let note = checkpoint().sign(&log.key, &log.signer).unwrap();
    let root = Hash::of_leaf(b"TEST");
    let lines = format!("{NAME}\n20852163\n{root}\ntime 2026-11-22T10:00:00Z\n\n\u{2014} {NAME} ");
    assert!(note.starts_with(&lines), "{note}");
    let verified = VerifiedCheckpoint::open(&note, from_ref(&log.key)).unwrap();
    assert_eq!(verified.head(), head());
    assert_eq!(verified.at(), datetime!(2026-11-22 10:00 UTC));
    assert_eq!(verified.note(), note);
}

#[test]
fn another_key_and_another_text_are_seen() {
    let log = Log::new(1);
    let note = checkpoint().sign(&log.key, &log.signer).unwrap();
    let open =
        |note: &str, key: &LogKey| VerifiedCheckpoint::open(note, from_ref(key)).unwrap_err();
    assert_eq!(
        open(&note, &Log::new(2).key),
        NoteFault::NotSignedByKey.into()
    );
    let changed = note.replacen("20852163", "20852164", 1);
    assert_eq!(open(&changed, &log.key), NoteFault::SignatureWrong.into());
}

#[test]
fn signed_texts_that_are_no_checkpoints() {
    let log = Log::new(1);
    let root = Hash::EMPTY_TREE;
    let time = "time 2026-11-22T10:00:00Z";
    for (text, want) in [
        (format!("{NAME}\n0\n{root}\n"), CheckpointFault::Lines),
        (
            format!("{NAME}\n0\n{root}\n{time}\nmore\n"),
            CheckpointFault::Lines,
        ),
        (
            format!("other.example\n0\n{root}\n{time}\n"),
            CheckpointFault::Origin,
        ),
        (
            format!("{NAME}\n00\n{root}\n{time}\n"),
            CheckpointFault::Size,
        ),
        (
            format!("{NAME}\n+1\n{root}\n{time}\n"),
            CheckpointFault::Size,
        ),
        (
            format!("{NAME}\n-1\n{root}\n{time}\n"),
            CheckpointFault::Size,
        ),
        (
            format!("{NAME}\n{}\n{root}\n{time}\n", u64::MAX),
            CheckpointFault::Size,
        ),
        (format!("{NAME}\n0\nAAAA\n{time}\n"), CheckpointFault::Root),
        (
            format!("{NAME}\n0\n{root}\n2026-11-22T10:00:00Z\n"),
            CheckpointFault::Time,
        ),
        (
            format!("{NAME}\n0\n{root}\ntime 2026-11-22T10:00:00.5Z\n"),
            CheckpointFault::Time,
        ),
    ] {
        let note = log.key.sign(&text, &log.signer).unwrap();
        assert_eq!(
            VerifiedCheckpoint::open(&note, from_ref(&log.key)),
            Err(want.into()),
            "{text}"
        );
    }
}

#[test]
fn what_cannot_be_said() {
    let too_large = Head {
        size: MAX_ENTRIES + 1,
        ..head()
    };
    let now = datetime!(2026-11-22 10:00 UTC);
    assert_eq!(
        Checkpoint::new(too_large, now),
        Err(CheckpointFault::Size.into())
    );
    for at in [
        datetime!(1969-12-31 23:59:59 UTC),
        datetime!(-1-01-01 0:00 UTC),
    ] {
        assert_eq!(
            Checkpoint::new(head(), at),
            Err(CheckpointFault::Time.into())
        );
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(32))]

    #[test]
    fn what_is_signed_is_opened(size in 0..=MAX_ENTRIES, root in any::<[u8; 32]>(), seconds in 0_i64..253_402_300_800) {
        let log = Log::new(1);
        let at = OffsetDateTime::from_unix_timestamp(seconds).unwrap();
        let checkpoint = Checkpoint::new(Head { size, root: Hash::new(root) }, at).unwrap();
        let note = checkpoint.sign(&log.key, &log.signer).unwrap();
        let verified = VerifiedCheckpoint::open(&note, from_ref(&log.key)).unwrap();
        prop_assert_eq!((verified.head(), verified.at()), (checkpoint.head(), at));
    }
}
