//! A card is pulled, a chip loses power in a write, the process dies: at every place of the way from a prepared chip to a card in the field.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, OnceLock};

use applet_spec::memory::{Cells, MemoryFault, NonVolatileMemory};
use applet_spec::{Chip, DataSheet, LifeCycle};
use floor::{ChipSerial, Desk as _, Error, Event, Person, Reason, Refused, Stage};
use iso7816::Channel;
use rand::SeedableRng as _;
use rand::rngs::StdRng;
use transport::MemoryChannel;
use uuid::Uuid;

use crate::hall::{
    Fuse, Hall, MOMENTS, MemoryDesk, Moment, Spot, WRITER, What, Wire, begin, person, serial,
};

/// What lies there at the beginning: the chip, the journal, the job.
type Start = (Vec<u8>, Vec<u8>, Arc<BTreeMap<Uuid, Vec<u8>>>);

/// One card, prepared, with its job taken. It is made once, and copied.
pub fn hall() -> Hall {
    static START: OnceLock<Start> = OnceLock::new();
    let (chip, paper, jobs) = START.get_or_init(|| {
        let hall = Hall::of(1);
        hall.take();
        let paper = hall.paper.lock().unwrap().clone();
        (hall.chips[0].0.octets(), paper, Arc::clone(&hall.jobs))
    });
    let job = *jobs.keys().next().unwrap();
    Hall {
        chips: vec![(Spot::of(chip), job)],
        jobs: Arc::clone(jobs),
        paper: Arc::new(Mutex::new(paper.clone())),
        ..Hall::of(0)
    }
}

/// As people do it: the card goes into a reader until it is written, then into one of quality control until it is judged. A process that
/// died is started again.
fn through(hall: &Hall, fuse: &Arc<Fuse>, insert: &dyn Fn() -> Box<dyn Channel>) -> usize {
    let mut tries = 0;
    let mut desk = hall.desk(fuse);
    for is_writing in [true, false] {
        loop {
            tries += 1;
            assert!(tries < 8, "no end");
            let card = &mut *insert();
            let ended = if is_writing {
                hall.write_at("R", &desk, card).map(drop)
            } else {
                hall.judge_as("TEST Judge", &desk, card).map(drop)
            };
            hall.no_half_card();
            match ended {
                Ok(()) => break,
                Err(error) => restart(hall, fuse, &mut desk, &error),
            }
            let stage = hall.stage(0);
            let is_done = if is_writing {
                stage == Stage::Written
            } else {
                stage == Stage::Passed
            };
            if is_done {
                break;
            }
        }
    }
    tries
}

fn restart(hall: &Hall, fuse: &Arc<Fuse>, desk: &mut MemoryDesk, error: &Error) {
    assert!(
        fuse.has_blown() || !matches!(error, Error::Journal(_)),
        "{error}"
    );
    *desk = hall.desk(&Fuse::none());
}

#[test]
fn a_card_that_is_pulled_at_any_command_is_finished() {
    let mut points = 0;
    for moment in [Moment::Before, Moment::After] {
        for at in 0.. {
            let hall = hall();
            let fuse = Fuse::new(What::Card, at, moment);
            let insert = || -> Box<dyn Channel> { Box::new(hall.insert(0, &fuse)) };
            let tries = through(&hall, &fuse, &insert);
            hall.all_good();
            if !fuse.has_blown() {
                assert_eq!(tries, 2);
                break;
            }
            points += 1;
        }
    }
    println!("{points} pulls, {points} cards");
    assert!(points > 60, "{points}");
}

#[test]
fn a_process_that_dies_at_any_command_or_line_loses_and_doubles_nothing() {
    let mut points = 0;
    for moment in MOMENTS {
        for at in 0.. {
            let hall = hall();
            let fuse = Fuse::new(What::Process, at, moment);
            let alive = Fuse::none();
            let insert = || -> Box<dyn Channel> {
                let fuse = if fuse.has_blown() { &alive } else { &fuse };
                Box::new(hall.insert(0, fuse))
            };
            through(&hall, &fuse, &insert);
            hall.all_good();
            if !fuse.has_blown() {
                break;
            }
            points += 1;
        }
    }
    println!("{points} deaths, {points} cards");
    assert!(points > 100, "{points}");
}

/// Cells whose power fails in one of their writes.
struct Failing {
    cells: Cells,
    left: Arc<AtomicUsize>,
    moment: Moment,
}

impl Failing {
    fn fails(&self) -> bool {
        let less = |left: usize| left.checked_sub(1);
        let before = self
            .left
            .fetch_update(Ordering::SeqCst, Ordering::SeqCst, less);
        before == Ok(1)
    }
}

impl NonVolatileMemory for Failing {
    fn load(&mut self) -> Result<Vec<u8>, MemoryFault> {
        self.cells.load()
    }

    fn append(&mut self, octets: &[u8]) -> Result<(), MemoryFault> {
        if !self.fails() {
            return self.cells.append(octets);
        }
        let kept = match self.moment {
            Moment::Before => 0,
            Moment::Torn => octets.len() / 2,
            Moment::After => octets.len(),
        };
        self.cells.append(&octets[..kept])?;
        Err(MemoryFault)
    }

    fn replace(&mut self, octets: &[u8]) -> Result<(), MemoryFault> {
        if !self.fails() {
            return self.cells.replace(octets);
        }
        if self.moment == Moment::After {
            self.cells.replace(octets)?;
        }
        Err(MemoryFault)
    }
}

#[test]
fn a_chip_that_loses_power_in_any_write_is_finished() {
    let mut points = 0;
    for moment in MOMENTS {
        for at in 1.. {
            let hall = hall();
            let cells = &hall.chips[0].0.0;
            let left = Arc::new(AtomicUsize::new(at));
            let fuse = Fuse::none();
            let insert = || -> Box<dyn Channel> {
                let cells = Failing {
                    cells: cells.clone(),
                    left: Arc::clone(&left),
                    moment,
                };
                let rng = Box::new(StdRng::seed_from_u64(9));
                let chip = Chip::load(Box::new(cells), DataSheet::default(), rng).unwrap();
                Box::new(Wire::new(MemoryChannel::new(chip), &fuse))
            };
            through(&hall, &fuse, &insert);
            hall.all_good();
            if left.load(Ordering::SeqCst) > 0 {
                break;
            }
            points += 1;
        }
    }
    println!("{points} power cuts, {points} cards");
    assert!(points > 30, "{points}");
}

/// A reject is voided, whatever happens in between; then two persons destroy it.
#[test]
fn a_reject_is_voided_and_accounted_for_whenever_it_is_pulled() {
    let voided = |hall: &Hall, desk: &MemoryDesk, fuse: &Arc<Fuse>| {
        let by = person(WRITER);
        let lane = floor::Lane {
            reader: "R",
            by: &by,
            desk,
        };
        let role = &hall.office.keys.personalisation;
        let rng = &mut StdRng::seed_from_u64(3);
        lane.void(&mut hall.insert(0, fuse), role, rng)
    };
    let chip = ChipSerial::new(&serial(0)).unwrap();
    for moment in MOMENTS {
        for at in 0.. {
            let hall = hall();
            hall.write(&hall.desk(&Fuse::none()), 0, &Fuse::none())
                .unwrap();
            let mut desk = hall.desk(&Fuse::none());
            let by = person(WRITER);
            let reason = Reason::PrintFaulty;
            let chip = chip.clone();
            desk.note(&Event::Rejected { chip, reason, by }).unwrap();
            let fuse = Fuse::new(What::Process, at, moment);
            desk = hall.desk(&fuse);
            let first = voided(&hall, &desk, &fuse);
            desk = hall.desk(&Fuse::none());
            let again = voided(&hall, &desk, &Fuse::none());
            assert_eq!(hall.life_cycle(0), LifeCycle::Terminated);
            let is_refused = matches!(again, Err(Error::Refused(Refused::Stage { .. })));
            assert!(again.is_ok() || is_refused, "{again:?} after {first:?}");
            if !fuse.has_blown() {
                break;
            }
        }
    }
}

/// A card of a job is one chip. Another chip is refused and named, and stays as it was.
#[test]
fn no_second_card_for_a_job() {
    let hall = Hall::of(2);
    let desk = hall.desk(&Fuse::none());
    let by: Person = person(WRITER);
    begin(&desk);
    let taken = Event::Taken {
        batch: Uuid::from_u128(1),
        remake: false,
        jobs: hall.entries()[..1].to_vec(),
        source: None,
        by,
    };
    desk.note(&taken).unwrap();
    let before = hall.chips[1].0.octets();
    let refused = hall.write(&desk, 1, &Fuse::none()).unwrap_err();
    let stranger = ChipSerial::new(&serial(1)).unwrap();
    assert!(
        matches!(&refused, Error::Refused(Refused::Stranger(chip)) if *chip == stranger),
        "{refused}"
    );
    assert!(refused.to_string().contains(&stranger.to_string()));
    assert!(hall.chips[1].0.octets() == before);
    hall.write(&desk, 0, &Fuse::none()).unwrap();
    let again = hall.write(&desk, 0, &Fuse::none()).unwrap_err();
    assert!(
        matches!(
            &again,
            Error::Refused(Refused::Stage {
                stage: Stage::Written,
                ..
            })
        ),
        "{again}"
    );
}
