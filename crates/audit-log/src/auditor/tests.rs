use super::*;
use crate::error::NoteFault;
use crate::samples::{Log, entries, entry_at, head, minute, tree};
use crate::tree::proof::prove_consistency;

fn proof(entries: &[Vec<u8>], from: u64, to: usize) -> ConsistencyProof {
    let (_, rows) = tree(entries);
    prove_consistency(from, u64::try_from(to).unwrap(), &rows).unwrap()
}

#[test]
fn day_by_day() {
    let (log, entries) = (Log::new(1), entries(20));
    let mut auditor = Auditor::new(vec![log.key.clone()]);
    for size in [0, 3, 3, 11, 20] {
        let proof = proof(&entries, auditor.prove_from(), size);
        auditor
            .advance(&log.checkpoint(&entries[..size]), &proof)
            .unwrap();
        // What must be kept is a text.
        let kept = auditor.newest().unwrap().note().to_owned();
        auditor =
            Auditor::resume(vec![LogKey::parse(&log.key.to_string()).unwrap()], &kept).unwrap();
    }
    assert_eq!(auditor.newest().unwrap().head(), head(&entries));
    assert!(Auditor::resume(vec![Log::new(2).key], auditor.newest().unwrap().note()).is_err());
}

/// Ten entries were seen, of a log of twenty.
fn seen_ten() -> (Log, Vec<Vec<u8>>, Auditor) {
    let (log, entries) = (Log::new(1), entries(20));
    let mut auditor = Auditor::new(vec![log.key.clone()]);
    let first = proof(&entries, 0, 10);
    auditor
        .advance(&log.checkpoint(&entries[..10]), &first)
        .unwrap();
    (log, entries, auditor)
}

/// The checkpoint is refused with this finding, and what was kept is kept.
fn refuses(auditor: &mut Auditor, note: &str, proof: &ConsistencyProof, want: &Finding) {
    let before = auditor.newest().cloned();
    assert_eq!(auditor.advance(note, proof).as_ref(), Err(want));
    assert_eq!(auditor.newest().cloned(), before);
}

#[test]
fn another_history_is_refused() {
    let (log, entries, mut auditor) = seen_ten();
    let mut others = entries.clone();
    others[5] = entry_at(99, minute(5));
    let nothing = ConsistencyProof {
        from: 10,
        to: 12,
        path: Vec::new(),
    };
    let inconsistent = |to| Finding::Inconsistent { from: 10, to };
    let fork = Finding::Fork {
        size: 10,
        one: head(&entries[..10]).root,
        other: head(&others[..10]).root,
    };
    let foreign = Finding::CheckpointRefused {
        number: 0,
        why: NoteFault::NotSignedByKey.into(),
    };
    let right = proof(&entries, 10, 12);
    for (note, proof, want) in [
        (log.checkpoint(&entries[..12]), &nothing, inconsistent(12)),
        (
            log.checkpoint(&others[..12]),
            &proof(&others, 10, 12),
            inconsistent(12),
        ),
        (log.checkpoint(&entries[..13]), &right, inconsistent(13)),
        (log.checkpoint(&others[..10]), &nothing, fork),
        (Log::new(2).checkpoint(&entries[..12]), &right, foreign),
    ] {
        refuses(&mut auditor, &note, proof, &want);
    }
    auditor
        .advance(&log.checkpoint(&entries[..12]), &right)
        .unwrap();
}

#[test]
fn going_back_is_refused() {
    let (log, entries, mut auditor) = seen_ten();
    let at = |index| minute(index) - time::Duration::SECOND;
    let rollback = Finding::Rollback {
        earlier: at(10),
        earlier_size: 10,
        later: minute(40),
        later_size: 8,
    };
    let turned = Finding::Rollback {
        earlier: minute(1),
        earlier_size: 12,
        later: at(10),
        later_size: 10,
    };
    let stale = Finding::Stale {
        kept: at(10),
        kept_size: 10,
        given: at(8),
        given_size: 8,
    };
    let right = proof(&entries, 10, 12);
    for (note, want) in [
        (log.checkpoint_at(&entries[..8], minute(40)), rollback),
        (log.checkpoint_at(&entries[..12], minute(1)), turned),
        (log.checkpoint(&entries[..8]), stale),
    ] {
        refuses(&mut auditor, &note, &right, &want);
    }
}
