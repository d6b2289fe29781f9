//! What a journal survives, and what it does not put up with.

use floor::{Error, Event, Journal, JournalFault, Lines as _, MAX_LINE, Refused};

use crate::hall::{Fuse, Paper, person};
use crate::office::NOW;

fn opened() -> Event {
    Event::Opened {
        by: person("TEST One"),
    }
}

fn counted(remaining: u64) -> Event {
    let by = person("TEST One");
    let count = crate::hall::counted(remaining, 0, 0);
    Event::Counted { by, count }
}

/// A floor that was opened, and some lines more.
fn written(more: u64) -> Paper {
    let paper = Paper::of(&[]);
    let mut journal = Journal::open(paper.clone()).unwrap();
    journal.append(NOW, &opened()).unwrap();
    journal
        .append(
            NOW,
            &Event::ShiftOpened {
                by: person("TEST One"),
                count: crate::hall::counted(0, 0, 0),
                as_closed: false,
            },
        )
        .unwrap();
    for n in 0..more {
        journal.append(NOW, &counted(n)).unwrap();
    }
    paper
}

/// The first line for ever: who reads old journals must read this.
#[test]
fn a_line_looks_like_this() {
    let text = written(0).text();
    let first = text.lines().next().unwrap();
    assert_eq!(
        first,
        "{\"n\":1,\"at\":\"2026-11-21T12:00:00Z\",\"what\":\"opened\",\"by\":\"TEST One\",\"link\":\"\
         25cc879c3e401a3dcfddb97c62c61b73498a470fd79af106c513ba144fa69194\"}"
    );
}

#[test]
fn what_was_written_is_there_again() {
    let paper = written(3);
    let journal = Journal::open(paper.clone()).unwrap();
    assert_eq!(journal.count(), 5);
    let mut again = Journal::open(paper).unwrap();
    assert_eq!(again.state(), journal.state());
    assert_eq!(again.link(), journal.link());
    assert!(matches!(
        again.append(NOW, &opened()),
        Err(Error::Refused(Refused::Opened))
    ));
    assert_eq!(again.count(), 5, "what is refused is not written");
}

/// A dying machine leaves any part of the last line: it did not happen, and the next line takes its place.
#[test]
fn a_torn_last_line_is_cut_off() {
    let whole = written(2).text().into_bytes();
    let before = whole[..whole.len() - 1]
        .iter()
        .rposition(|octet| *octet == b'\n');
    let kept = before.unwrap() + 1;
    for cut in kept..whole.len() {
        let paper = Paper::of(&whole[..cut]);
        let mut journal = Journal::open(paper.clone()).unwrap();
        assert_eq!(journal.count(), 3, "{cut}");
        assert_eq!(paper.octets.lock().unwrap().len(), kept);
        journal.append(NOW, &counted(1)).unwrap();
        assert_eq!(
            paper.text().into_bytes(),
            whole,
            "the line as it would have been"
        );
    }
    let paper = Paper::of(&[&whole[..kept], &[0; 40]].concat());
    assert_eq!(
        Journal::open(paper).unwrap().count(),
        3,
        "blocks that were never filled"
    );
}

/// The blocks of a long line come to the disk in any order: one that was never filled is torn as well, though its end is there.
#[test]
fn a_last_line_with_a_hole_is_torn() {
    let whole = written(2).text().into_bytes();
    let ends: Vec<usize> = (0..whole.len()).filter(|at| whole[*at] == b'\n').collect();
    let (kept, last) = (ends[2] + 1, ends[3]);
    let hole = |from: usize, to: usize| {
        let mut octets = whole.clone();
        octets[from..to].fill(0);
        Paper::of(&octets)
    };
    for (from, to) in [(kept, last), (kept + 9, kept + 10), (last - 5, last)] {
        let paper = hole(from, to);
        assert_eq!(Journal::open(paper.clone()).unwrap().count(), 3);
        assert_eq!(paper.octets.lock().unwrap().len(), kept);
    }
    // Every line was synced before the next one began: a hole before the last is no tear.
    let before = Journal::open(hole(kept - 9, kept - 5)).map(|journal| journal.count());
    assert!(matches!(
        before,
        Err(Error::Journal(JournalFault::Damaged { line: 3, .. }))
    ));
}

/// Who only looks leaves everything as it is, and sees what is whole.
#[test]
fn who_looks_cuts_nothing_off_and_writes_nothing() {
    let whole = written(1).text().into_bytes();
    let torn = [&whole[..], b"{\"n\":4"].concat();
    let paper = Paper::of(&torn);
    let mut looking = Journal::look(paper.clone()).unwrap();
    assert_eq!(looking.count(), 3);
    looking.check(NOW, &counted(3)).unwrap();
    assert!(matches!(
        looking.append(NOW, &counted(3)),
        Err(Error::Journal(JournalFault::OnlyLookedAt))
    ));
    looking.refresh().unwrap();
    assert!(*paper.octets.lock().unwrap() == torn);
    // Another program goes on; what it has written is seen.
    let mut journal = Journal::open(paper).unwrap();
    journal.append(NOW, &counted(3)).unwrap();
    looking.refresh().unwrap();
    assert_eq!(looking.count(), 4);
}

/// Every octet of every line but the last is held by its link, and so is the last.
#[test]
fn any_other_damage_is_refused_with_its_line() {
    let whole = written(2).text().into_bytes();
    for at in 0..whole.len() - 1 {
        let mut octets = whole.clone();
        octets[at] ^= 1;
        let line = whole[..at].iter().filter(|octet| **octet == b'\n').count() as u64 + 1;
        match Journal::open(Paper::of(&octets)) {
            Err(Error::Journal(JournalFault::Damaged { line: found, .. })) => {
                assert!(found == line, "octet {at}: line {found} for {line}");
            }
            other => panic!("octet {at}: {:?}", other.map(|journal| journal.count())),
        }
    }
}

#[test]
fn lines_that_are_gone_doubled_or_of_another_order_are_seen() {
    let text = written(3).text();
    let lines: Vec<&str> = text.split_inclusive('\n').collect();
    for (order, damaged) in [
        (&[1, 2, 3, 4][..], 1),
        (&[0, 2, 3, 4], 2),
        (&[0, 1, 1, 2], 3),
        (&[0, 1, 3, 2, 4], 3),
        (&[0, 1, 2, 4], 4),
    ] {
        let text: String = order.iter().map(|line| lines[*line]).collect();
        match Journal::open(Paper::of(text.as_bytes())) {
            Err(Error::Journal(JournalFault::Damaged { line, .. })) => assert_eq!(line, damaged),
            other => panic!("{order:?}: {:?}", other.map(|journal| journal.count())),
        }
    }
}

/// Two programs write into one journal, each behind the other's lines.
#[test]
fn programs_take_turns() {
    let paper = written(0);
    let mut one = Journal::open(paper.clone()).unwrap();
    let mut other = Journal::open(paper.clone()).unwrap();
    for n in 0..3 {
        one.append(NOW, &counted(n)).unwrap();
        other.append(NOW, &counted(n)).unwrap();
    }
    one.refresh().unwrap();
    assert_eq!((one.count(), other.count()), (8, 8));
    assert_eq!(one.link(), other.link());
    assert_eq!(Journal::open(paper).unwrap().count(), 8);
}

#[test]
fn a_journal_that_was_cut_behind_our_back_is_not_gone_on_with() {
    let mut paper = written(2);
    let mut journal = Journal::open(paper.clone()).unwrap();
    paper.cut(100).unwrap();
    assert!(matches!(
        journal.append(NOW, &counted(9)),
        Err(Error::Journal(JournalFault::Shorter))
    ));
}

/// After a write that failed nobody knows what is on the disk: only a new reading tells.
#[test]
fn a_failed_write_closes_the_journal() {
    let paper = written(0);
    let fuse = Fuse::new(crate::hall::What::Process, 0, crate::hall::Moment::After);
    let mut journal = Journal::open(Paper::new(&paper.octets, &fuse)).unwrap();
    let failed = journal.append(NOW, &counted(1));
    assert!(matches!(
        failed,
        Err(Error::Journal(JournalFault::Storage(_)))
    ));
    let closed = journal.append(NOW, &counted(2));
    assert!(matches!(closed, Err(Error::Journal(JournalFault::Closed))));
    assert_eq!(Journal::open(paper).unwrap().count(), 3, "it was written");
}

#[test]
fn a_line_without_end_is_not_read_for_ever() {
    let long = [vec![b'x'; MAX_LINE + 1], b"\n".to_vec()].concat();
    assert!(matches!(
        Journal::open(Paper::of(&long)),
        Err(Error::Journal(JournalFault::Damaged { line: 1, .. }))
    ));
}
