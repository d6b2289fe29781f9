use core::slice::from_ref;

use super::*;
use crate::Checkpoint;
use crate::StoredHashes;
use crate::error::NoteFault;
use crate::samples::{Log, entries, entry_at, head, minute, tree};
use crate::tree::rows_of_entry;

/// Verifies entries as an auditor does who has only them and the checkpoints.
fn verify(log: &Log, notes: &[String], entries: &[Vec<u8>]) -> Report {
    let mut verifier = Verifier::new(from_ref(&log.key), notes.iter().map(String::as_str));
    for (index, entry) in (0..).zip(entries) {
        verifier.entry(index, entry, None);
    }
    verifier.finish()
}

/// As the service does, which also has the rows of the tree.
fn verify_with_rows(
    log: &Log,
    notes: &[String],
    entries: &[Vec<u8>],
    original: &[Vec<u8>],
) -> Report {
    let (_, rows) = tree(original);
    let mut verifier = Verifier::new(from_ref(&log.key), notes.iter().map(String::as_str));
    for (index, entry) in (0..).zip(entries) {
        let stored = rows_of(&rows, index);
        verifier.entry(index, entry, Some(&stored));
    }
    verifier.finish()
}

fn rows_of(rows: &StoredHashes, index: u64) -> Vec<Hash> {
    let range = rows_of_entry(index).unwrap();
    range.map(|row| rows.at(row).unwrap()).collect()
}

/// Twenty entries, with checkpoints after 0, 4, 10 and 18 of them.
fn sample() -> (Log, Vec<String>, Vec<Vec<u8>>) {
    let (log, entries) = (Log::new(1), entries(20));
    let notes = [0, 4, 10, 18].map(|size| log.checkpoint(&entries[..size]));
    (log, notes.to_vec(), entries)
}

fn codes(report: &Report) -> Vec<&'static str> {
    report.findings.iter().map(Finding::code).collect()
}

#[test]
fn a_log_in_order() {
    let (log, notes, entries) = sample();
    for report in [
        verify(&log, &notes, &entries),
        verify_with_rows(&log, &notes, &entries, &entries),
    ] {
        assert!(report.is_clean(), "{:?}", report.findings);
        assert_eq!(
            (report.entries, report.proved, report.unchecked),
            (20, 18, 0)
        );
        assert_eq!(report.newest.unwrap().head(), head(&entries[..18]));
    }
    let reversed: Vec<String> = notes.into_iter().rev().collect();
    assert!(verify(&log, &reversed, &entries).is_clean());
    assert!(verify(&log, &[], &[]).is_clean());
}

#[test]
fn a_changed_entry_is_named_by_the_rows_and_bracketed_by_the_checkpoints() {
    let (log, notes, original) = sample();
    let mut entries = original.clone();
    entries[6] = entry_at(99, minute(6));
    let report = verify_with_rows(&log, &notes, &entries, &original);
    let changed = Finding::EntryChanged {
        index: 6,
        found: Hash::of_leaf(&entries[6]),
        stored: Hash::of_leaf(&original[6]),
    };
    assert_eq!(report.findings, [changed]);
    assert_eq!(report.proved, 18, "the others are still what was signed");

    let report = verify(&log, &notes, &entries);
    let differs = Finding::RootDiffers {
        size: 10,
        first: 4,
        last: 9,
        found: head(&entries[..10]).root,
        signed: head(&original[..10]).root,
    };
    assert_eq!(report.findings, [differs]);
    assert_eq!((report.proved, report.unchecked), (4, 1));
}

#[test]
fn entry_and_stored_hash_changed_together_are_still_seen() {
    let (log, notes, original) = sample();
    let mut entries = original;
    entries[6] = entry_at(99, minute(6));
    let report = verify_with_rows(&log, &notes, &entries, &entries);
    assert_eq!(codes(&report), ["root-differs"]);
}

#[test]
fn rows_that_were_changed_or_lost_are_named() {
    let (log, notes, entries) = sample();
    let (_, rows) = tree(&entries);
    let mut verifier = Verifier::new(from_ref(&log.key), notes.iter().map(String::as_str));
    for (index, entry) in (0..).zip(&entries) {
        let mut stored = rows_of(&rows, index);
        match index {
            7 => stored[2] = Hash::EMPTY_TREE,
            15 => stored.truncate(4),
            _ => {}
        }
        verifier.entry(index, entry, Some(&stored));
    }
    let report = verifier.finish();
    let row = rows_of_entry(7).unwrap().start + 2;
    let differs = Finding::RowDiffers {
        row,
        found: rows.at(row).unwrap(),
        stored: Hash::EMPTY_TREE,
    };
    let row = rows_of_entry(15).unwrap().end - 1;
    assert_eq!(report.findings, [differs, Finding::RowMissing { row }]);
    assert_eq!(report.proved, 18, "the entries are all there");
}

#[test]
fn every_tampering_is_seen() {
    let (log, notes, original) = sample();
    let check = |what: &str, want: &[&str], tamper: &dyn Fn(&mut Vec<Vec<u8>>)| {
        let mut entries = original.clone();
        tamper(&mut entries);
        let report = verify(&log, &notes, &entries);
        assert_eq!(codes(&report), want, "{what}: {:?}", report.findings);
    };
    check("removed", &["root-differs"], &|entries| {
        entries.remove(3);
    });
    let shifted = [
        "entry-backdated",
        "root-differs",
        "entry-backdated",
        "entry-backdated",
    ];
    check("inserted", &shifted, &|entries| {
        entries.insert(7, entry_at(99, minute(2)));
    });
    check("swapped", &["root-differs"], &|entries| entries.swap(5, 6));
    check(
        "swapped over a checkpoint",
        &["root-differs", "entry-backdated"],
        &|entries| {
            entries.swap(3, 4);
        },
    );
    check(
        "put in early",
        &["entry-postdated", "root-differs"],
        &|entries| {
            entries[1] = entry_at(1, minute(5));
        },
    );
    check("cut off", &["end-missing"], &|entries| entries.truncate(15));
    check(
        "no entry",
        &["entry-unreadable", "root-differs"],
        &|entries| {
            entries[2] = b"{}".to_vec();
        },
    );
    check("one octet", &["root-differs"], &|entries| {
        let entry = String::from_utf8(entries[12].clone()).unwrap();
        entries[12] = entry.replace("doc-12", "doc-13").into_bytes();
    });
    check(
        "after the newest checkpoint nobody can tell",
        &[],
        &|entries| {
            entries.swap(18, 19);
        },
    );
}

#[test]
fn gaps_and_disorder() {
    let (log, notes, entries) = sample();
    let mut verifier = Verifier::new(from_ref(&log.key), notes.iter().map(String::as_str));
    for index in [0, 1, 2, 1, 5, 6, 3] {
        verifier.entry(index, &entries[usize::try_from(index).unwrap()], None);
    }
    verifier.entry(u64::MAX, &entries[0], None);
    let report = verifier.finish();
    let out_of_order = |index, expected| Finding::EntryOutOfOrder { index, expected };
    assert_eq!(
        report.findings,
        [
            out_of_order(1, 3),
            Finding::EntriesMissing { first: 3, last: 4 },
            out_of_order(3, 7),
            Finding::EntriesMissing {
                first: 7,
                last: u64::MAX - 1
            },
            Finding::EndMissing {
                entries: 7,
                signed: 18
            },
        ]
    );
    assert_eq!((report.proved, report.unchecked), (0, 1));
}

#[test]
fn a_lost_entry_whose_hash_is_known_leaves_the_others_proved() {
    let (log, notes, entries) = sample();
    let mut verifier = Verifier::new(from_ref(&log.key), notes.iter().map(String::as_str));
    for (index, entry) in (0..).zip(&entries) {
        match index {
            11 => verifier.lost_entry(index, Hash::of_leaf(entry)),
            _ => verifier.entry(index, entry, None),
        }
    }
    let report = verifier.finish();
    assert_eq!(
        report.findings,
        [Finding::EntriesMissing {
            first: 11,
            last: 11
        }]
    );
    assert_eq!(report.proved, 18);
}

#[test]
fn checkpoints_of_others_prove_nothing() {
    let (log, _, entries) = sample();
    let foreign = Log::new(2).checkpoint(&entries);
    let altered = log.checkpoint(&entries).replacen("\n20\n", "\n19\n", 1);
    let report = verify(&log, &[foreign, altered], &entries);
    let refused = |number, why: NoteFault| Finding::CheckpointRefused {
        number,
        why: why.into(),
    };
    assert_eq!(
        report.findings,
        [
            refused(0, NoteFault::NotSignedByKey),
            refused(1, NoteFault::SignatureWrong),
            Finding::NothingSigned { entries: 20 },
        ]
    );
}

#[test]
fn a_fork_is_two_faces_of_one_size() {
    let (log, mut notes, entries) = sample();
    let mut others = entries.clone();
    others[9] = entry_at(99, minute(9));
    notes.push(log.checkpoint(&others[..10]));
    let fork = |one: &[Vec<u8>], other: &[Vec<u8>]| Finding::Fork {
        size: 10,
        one: head(&one[..10]).root,
        other: head(&other[..10]).root,
    };
    let report = verify(&log, &notes, &entries);
    assert_eq!(report.findings, [fork(&entries, &others)]);
    assert_eq!(report.proved, 18);
    // The other face does not reach the root of size 18.
    let report = verify(&log, &notes, &others);
    assert_eq!(codes(&report), ["fork", "root-differs"]);
    assert_eq!(report.proved, 10);
}

#[test]
fn a_rollback_shows_in_the_times() {
    let (log, notes, mut entries) = sample();
    // A backup of after the tenth entry is restored; the log goes on from there.
    entries.truncate(10);
    let later = minute(30);
    for index in 10..13 {
        entries.push(entry_at(index, later));
    }
    let after = log.checkpoint_at(&entries, minute(31));
    let report = verify(&log, &[notes.clone(), vec![after]].concat(), &entries);
    assert_eq!(
        codes(&report),
        [
            "rollback",
            "entry-postdated",
            "entry-postdated",
            "entry-postdated",
            "end-missing"
        ]
    );
    assert_eq!(
        report.findings[0],
        Finding::Rollback {
            earlier: minute(18) - Duration::SECOND,
            earlier_size: 18,
            later: minute(31),
            later_size: 13,
        }
    );
    // Whoever did not keep the checkpoint of size 18 sees nothing: this is why auditors keep them.
    let after = log.checkpoint_at(&entries, minute(31));
    assert!(verify(&log, &[notes[1].clone(), after], &entries).is_clean());
}

#[test]
fn dates_between_checkpoints() {
    let (log, notes, mut entries) = sample();
    entries.truncate(18);
    entries.push(entry_at(18, minute(12)));
    entries.push(entry_at(19, minute(18) - Duration::minutes(4)));
    let report = verify(&log, &notes, &entries);
    let backdated = Finding::EntryBackdated {
        index: 18,
        at: minute(12),
        checkpoint: minute(18) - Duration::SECOND,
    };
    assert_eq!(report.findings, [backdated]);
}

#[test]
fn a_root_of_nothing_must_be_that_of_nothing() {
    let log = Log::new(1);
    let wrong = Head0::wrong(&log);
    let report = verify(&log, &[wrong], &entries(1));
    assert_eq!(codes(&report), ["root-differs"]);
}

/// A signed checkpoint of no entries with a root of some.
struct Head0;

impl Head0 {
    fn wrong(log: &Log) -> String {
        let head = crate::Head {
            size: 0,
            root: Hash::of_leaf(b"TEST"),
        };
        let checkpoint = Checkpoint::new(head, minute(0)).unwrap();
        checkpoint.sign(&log.key, &log.signer).unwrap()
    }
}

#[test]
fn findings_are_counted_beyond_the_limit() {
    let (log, notes, entries) = sample();
    let mut verifier = Verifier::new(from_ref(&log.key), notes.iter().map(String::as_str));
    verifier.entry(0, &entries[0], None);
    for _ in 0..MAX_FINDINGS + 5 {
        verifier.entry(0, &entries[0], None);
    }
    let report = verifier.finish();
    assert_eq!(report.findings.len(), MAX_FINDINGS);
    assert_eq!(report.more, 6, "and the end that is missing");
    assert!(!report.is_clean());
}
