//! Journals are read for ever: this one is of the first form, and has in it what today is no longer done.

use floor::{Event, Journal, Refused, Stage, results};

use crate::hall::{Paper, person};
use crate::office::NOW;
use crate::story::{chip, job, opened};

const OF_BEFORE: &str = include_str!("journal-of-before.jsonl");

#[test]
fn a_journal_of_before_is_read_and_gone_on_with() {
    let paper = Paper::of(OF_BEFORE.as_bytes());
    let mut journal = Journal::open(paper).unwrap();
    assert_eq!(journal.count() as usize, OF_BEFORE.lines().count());
    let state = journal.state();
    let stages = [0, 1, 2, 3].map(|number| state.card(&chip(number)).unwrap().stage);
    assert_eq!(
        stages,
        [
            Stage::Passed,
            Stage::Rejected,
            Stage::Destroyed,
            Stage::Reserved
        ]
    );
    assert!(state.numbers().adds_up());
    assert!(!state.card(&chip(1)).unwrap().waits_for_void());
    let shift = &state.closed_shifts()[0];
    assert!(shift.account(&state.numbers()).adds_up);
    assert_eq!(shift.counted.good, None);
    let told = results::of(state);
    assert_eq!(told[0].jobs(), [job(2)]);
    // Today's rules hold for what is written today.
    let started = Event::Started {
        job: job(3),
        reader: "R".to_owned(),
        by: Some(person("TEST One")),
    };
    let refused = journal.append(NOW, &started);
    assert!(matches!(
        refused,
        Err(floor::Error::Refused(Refused::NoShift))
    ));
    journal.append(NOW, &opened(1, 1, 1)).unwrap();
    journal.append(NOW, &started).unwrap();
}
