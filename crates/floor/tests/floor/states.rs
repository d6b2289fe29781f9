//! Whatever happens in whatever order: every chip that came in is in one stage, and what cannot follow changes nothing.

use floor::event::{StoredReceipt, Work};
use floor::{
    ChipSerial, Event, JobEntry, Pair, Person, Reason, Refused, Source, Stage, State, Told,
};
use proptest::prelude::*;
use uuid::Uuid;

use crate::hall::{counted, person};
use crate::office::NOW;
use crate::story::opened;

const CHIPS: u8 = 5;

fn chip(number: u8) -> ChipSerial {
    ChipSerial::new(&[number; 16]).unwrap()
}

fn job(number: u8) -> Uuid {
    Uuid::from_u128(u128::from(number))
}

fn entry(number: u8) -> JobEntry {
    JobEntry {
        job: job(number),
        chip: chip(number),
        number: format!("X{number}"),
        sha256: None,
    }
}

fn taken(batch: u8, remake: bool, numbers: &[u8]) -> Event {
    Event::Taken {
        batch: Uuid::from_u128(u128::from(batch)),
        remake,
        jobs: numbers.iter().copied().map(entry).collect(),
        source: None,
        by: person("TEST One"),
    }
}

fn receipt() -> StoredReceipt {
    StoredReceipt {
        counter: 3,
        mac: "00".repeat(16),
    }
}

fn event() -> impl Strategy<Value = Event> {
    let person = prop_oneof![Just(person("TEST One")), Just(person("TEST Two"))];
    let numbers = proptest::collection::vec(0..CHIPS, 0..3);
    (0..17u8, 0..CHIPS, person, numbers, any::<bool>(), 0..8u64).prop_map(
        |(kind, number, by, numbers, flag, count)| make(kind, number, by, &numbers, flag, count),
    )
}

fn make(kind: u8, number: u8, by: Person, numbers: &[u8], flag: bool, count: u64) -> Event {
    let (job, chip, reader) = (job(number), chip(number), "R".to_owned());
    let pair = Pair::new(person("TEST One"), person("TEST Two")).unwrap();
    let count = counted(count % 4, count / 4, u64::from(flag));
    let who = Some(by.clone());
    match kind {
        0 => Event::Received {
            chips: numbers.iter().copied().map(self::chip).collect(),
            by,
        },
        1 => taken(number, flag, numbers),
        2 => Event::Started {
            job,
            reader,
            by: who,
        },
        3 => Event::Written {
            job,
            reader,
            by,
            commit: receipt(),
        },
        4 => Event::Failed {
            job,
            reader,
            work: if flag { Work::Writing } else { Work::Locking },
            why: "torn".to_owned(),
            by: who,
        },
        5 => Event::Locking { job, reader, by },
        6 => Event::Passed {
            job,
            reader,
            by,
            lock: flag.then(receipt),
        },
        7 => Event::Rejected {
            chip,
            reason: Reason::PrintFaulty,
            by,
        },
        8 => Event::Voided {
            chip,
            receipt: None,
            by: who,
        },
        9 => Event::Destroyed { chip, by: pair },
        10 => Event::Missing { chip, by: pair },
        11 => Event::Found { chip, by },
        12 => Event::ShiftOpened {
            by,
            count,
            as_closed: flag,
        },
        13 => Event::NotLocked { job, reader, by },
        14 => Event::HandedOver {
            chips: numbers.iter().copied().map(self::chip).collect(),
            by,
            to: person("TEST Two"),
        },
        15 => Event::Reported {
            jobs: Vec::new(),
            told: vec![Told {
                job,
                stage: Stage::ALL[usize::from(number) + 3],
            }],
            by: who,
        },
        _ => Event::ShiftClosed { by: pair, count },
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, failure_persistence: None, ..ProptestConfig::default() })]
    #[test]
    fn every_chip_is_in_one_stage(events in proptest::collection::vec(event(), 0..60)) {
        let mut state = State::default();
        state.apply(NOW, &Event::Opened { by: person("TEST One") }).unwrap();
        state.apply(NOW, &opened(0, 0, 0)).unwrap();
        for event in &events {
            let before = state.clone();
            if state.apply(NOW, event).is_err() {
                prop_assert_eq!(&state, &before);
            }
            let numbers = state.numbers();
            prop_assert!(numbers.adds_up());
            let sum: u64 = Stage::ALL.into_iter().map(|stage| numbers.in_stage(stage)).sum();
            prop_assert_eq!(sum, numbers.received);
            prop_assert_eq!(sum, state.cards().count() as u64);
            prop_assert!(numbers.received >= before.numbers().received);
            if let Some(shift) = state.open_shift() {
                prop_assert!(shift.account(&numbers).adds_up);
            }
            for shift in state.closed_shifts() {
                prop_assert!(shift.account(&numbers).adds_up);
            }
            // A card that is with somebody else, or gone, stays so.
            for card in before.cards().filter(|card| matches!(card.stage, Stage::HandedOver | Stage::Destroyed)) {
                prop_assert_eq!(state.card(&card.chip).unwrap().stage, card.stage);
            }
        }
    }
}

/// A floor in its first shift.
fn state(events: &[Event]) -> State {
    let mut state = State::default();
    let begin = Event::Opened {
        by: person("TEST One"),
    };
    for event in [&[begin, opened(0, 0, 0)], events].concat() {
        state.apply(NOW, &event).unwrap();
    }
    state
}

#[test]
fn remakes_go_first_then_what_came_first() {
    let state = state(&[
        taken(1, false, &[3, 1]),
        taken(2, true, &[4]),
        taken(3, false, &[0]),
        taken(4, true, &[2]),
    ]);
    let order: Vec<ChipSerial> = state.next().iter().map(|card| card.chip.clone()).collect();
    assert_eq!(order, [4, 2, 3, 1, 0].map(chip));
}

/// What was damaged when the others were taken comes later, into the same batch.
#[test]
fn a_batch_is_taken_in_parts() {
    let state = state(&[taken(1, false, &[0, 1]), taken(1, false, &[2])]);
    let [batch] = state.batches() else {
        panic!("{:?}", state.batches());
    };
    assert_eq!(batch.chips, [0, 1, 2].map(chip));
    assert_eq!(state.numbers().received, 3);
}

#[test]
fn one_card_for_a_job_and_one_job_for_a_card() {
    let other_chip = JobEntry {
        chip: chip(1),
        ..entry(0)
    };
    let other_job = JobEntry {
        job: job(1),
        ..entry(0)
    };
    let batch = |number, jobs: Vec<JobEntry>| Event::Taken {
        batch: Uuid::from_u128(number),
        remake: false,
        jobs,
        source: None,
        by: person("TEST One"),
    };
    let taken_before = Refused::JobTaken(job(0));
    let for_another = Refused::ChipTaken {
        chip: chip(0),
        job: job(0),
    };
    let more = |remake, source| Event::Taken {
        batch: Uuid::from_u128(1),
        remake,
        jobs: vec![entry(2)],
        source,
        by: person("TEST One"),
    };
    let as_a_remake = more(true, None);
    let from_elsewhere = more(false, Some(Source::Unsigned));
    let mut state = state(&[batch(1, vec![entry(0)])]);
    for (event, refused) in [
        (batch(2, vec![entry(0)]), taken_before.clone()),
        (batch(2, vec![other_chip.clone()]), taken_before),
        (batch(2, vec![other_job]), for_another),
        (
            batch(2, vec![entry(2), entry(2)]),
            Refused::JobTaken(job(2)),
        ),
        (as_a_remake, Refused::BatchTaken(Uuid::from_u128(1))),
        (from_elsewhere, Refused::BatchTaken(Uuid::from_u128(1))),
        (batch(2, vec![]), Refused::BatchSize),
    ] {
        let before = state.clone();
        assert_eq!(state.apply(NOW, &event), Err(refused));
        assert_eq!(state, before);
    }
}
