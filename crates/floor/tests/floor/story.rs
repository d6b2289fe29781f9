//! Cards of numbers, and what happens to them, as lines of a journal.

use floor::event::StoredReceipt;
use floor::{ChipSerial, Event, JobEntry, Pair, Reason, State};
use uuid::Uuid;

use crate::hall::{counted, person};
use crate::office::NOW;

pub const BATCH: Uuid = Uuid::from_u128(9);

pub fn job(number: u8) -> Uuid {
    Uuid::from_u128(u128::from(number))
}

pub fn chip(number: u8) -> ChipSerial {
    ChipSerial::new(&[number; 16]).unwrap()
}

pub fn receipt(counter: u32) -> StoredReceipt {
    StoredReceipt {
        counter,
        mac: "0f".repeat(16),
    }
}

pub fn written(number: u8) -> [Event; 2] {
    let (job, reader) = (job(number), "R".to_owned());
    let started = Event::Started {
        job,
        reader: reader.clone(),
        by: Some(person("TEST One <i>")),
    };
    let written = Event::Written {
        job,
        reader,
        by: person("TEST One <i>"),
        commit: receipt(3),
    };
    [started, written]
}

pub fn passed(number: u8, lock: Option<StoredReceipt>) -> [Event; 2] {
    let (job, reader, by) = (job(number), "Q".to_owned(), person("TEST Two"));
    let locking = Event::Locking {
        job,
        reader: reader.clone(),
        by: by.clone(),
    };
    let passed = Event::Passed {
        job,
        reader,
        by,
        lock,
    };
    [locking, passed]
}

pub fn rejected(number: u8, reason: Reason) -> Event {
    Event::Rejected {
        chip: chip(number),
        reason,
        by: person("TEST Two"),
    }
}

pub fn pair() -> Pair {
    Pair::new(person("TEST One"), person("TEST Two")).unwrap()
}

pub fn opened(remaining: u64, good: u64, rejects: u64) -> Event {
    Event::ShiftOpened {
        by: person("TEST One"),
        count: counted(remaining, good, rejects),
        as_closed: false,
    }
}

pub fn closed(remaining: u64, good: u64, rejects: u64) -> Event {
    Event::ShiftClosed {
        by: pair(),
        count: counted(remaining, good, rejects),
    }
}

pub fn missing(number: u8) -> Event {
    Event::Missing {
        chip: chip(number),
        by: pair(),
    }
}

pub fn destroyed(number: u8) -> Event {
    Event::Destroyed {
        chip: chip(number),
        by: pair(),
    }
}

pub fn handed_over(numbers: &[u8]) -> Event {
    Event::HandedOver {
        chips: numbers.iter().copied().map(chip).collect(),
        by: person("TEST One"),
        to: person("TEST Courier"),
    }
}

pub fn taken(jobs: u8) -> Event {
    Event::Taken {
        batch: BATCH,
        remake: false,
        jobs: (0..jobs)
            .map(|number| JobEntry {
                job: job(number),
                chip: chip(number),
                number: format!("X{number}"),
                sha256: None,
            })
            .collect(),
        source: None,
        by: person("TEST One"),
    }
}

pub fn apply(state: &mut State, events: &[Event]) {
    for event in events {
        state
            .apply(NOW, event)
            .unwrap_or_else(|refused| panic!("{event:?}: {refused}"));
    }
}

/// A floor in its first shift, with a batch of so many jobs.
pub fn floor_with(jobs: u8) -> State {
    let mut state = State::default();
    let by = person("TEST One");
    apply(
        &mut state,
        &[Event::Opened { by }, opened(0, 0, 0), taken(jobs)],
    );
    state
}
