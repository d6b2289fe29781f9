//! The card is lost, or the line lies, at every command of every step: the same call goes on afterwards.

use std::collections::BTreeMap;

use applet_spec::LifeCycle;
use iso7816::{Channel, StatusWord};
use lds::File;
use perso::applet::Receipt;
use perso::{CardImage, Error, PreparedChip, key_requests};
use rand::rngs::StdRng;
use rand::{RngExt as _, SeedableRng};
use transport::{Fault, FaultChannel, FaultPlan};

use crate::offers;
use crate::office::{JOB, Kind, Office, PASSPORT, SERIAL, Socket};

/// What happens to the command number `n`.
const FAULTS: [fn(u64) -> Fault; 8] = [
    |_| Fault::LoseBefore,
    |_| Fault::LoseAfter,
    |_| Fault::Answer(StatusWord::NO_PRECISE_DIAGNOSIS),
    |_| Fault::Answer(StatusWord::WRONG_LENGTH),
    |_| Fault::FlipBit(0),
    |n| Fault::FlipBit(usize::try_from(n).unwrap() * 29 + 5),
    |_| Fault::Truncate(0),
    |n| Fault::Truncate(usize::try_from(n).unwrap() % 16 + 1),
];

/// How often what happened.
#[derive(Debug, Default)]
struct Tally {
    /// Commands that met a fault.
    points: usize,
    /// Runs that ended in an error.
    cut: usize,
    /// … and were completed by the same call.
    resumed: usize,
    /// … and had done their work: the chip was where the step leads.
    done: usize,
    /// … and whose chip had to be destroyed.
    voided: usize,
}

/// The receipts of one chip: a number belongs to one statement for ever.
#[derive(Clone, Default)]
struct Receipts(BTreeMap<u32, Receipt>);

impl Receipts {
    fn note(&mut self, receipt: &Receipt) {
        let known = self
            .0
            .entry(receipt.counter)
            .or_insert_with(|| receipt.clone());
        assert_eq!(known, receipt, "the receipt counter repeats");
    }

    fn note_keys(&mut self, chip: &PreparedChip) {
        for key in &chip.keys {
            assert!(self.0.keys().all(|earlier| *earlier < key.receipt.counter));
            self.note(&key.receipt);
        }
    }
}

/// Runs a step from the same start with every fault at every command. `step` notes its receipts; `goal` is where the step
/// leads; `check` looks at the chip after each run.
fn every_command(
    name: &str,
    (start, kind): (&[u8], Kind),
    goal: LifeCycle,
    step: &mut dyn FnMut(&mut dyn Channel, &mut Receipts) -> perso::Result<()>,
    check: &dyn Fn(&Socket),
) -> Tally {
    let mut tally = Tally::default();
    for fault in FAULTS {
        for n in 0.. {
            let socket = Socket::from_octets(start, kind);
            let mut receipts = Receipts::default();
            let plan = FaultPlan::new().at(n, fault(n));
            let mut line = FaultChannel::new(socket.power_on(), plan);
            let result = step(&mut line, &mut receipts);
            if line.sent() <= n {
                result.unwrap();
                break;
            }
            tally.points += 1;
            drop(line);
            check(&socket);
            let arrived = socket.memory().life_cycle() == goal;
            let again = step(&mut socket.power_on(), &mut receipts);
            check(&socket);
            match (result, again) {
                (Ok(()), again) => assert!(again.is_ok() || arrived, "{name}, {:?}", fault(n)),
                (Err(_), Ok(())) => {
                    tally.cut += 1;
                    tally.resumed += 1;
                }
                (Err(_), Err(Error::CardRefused { .. } | Error::SecureChannel(_))) if arrived => {
                    tally.cut += 1;
                    tally.done += 1;
                }
                (Err(first), Err(second)) => {
                    println!("{name}: {:?} at {n}: {first}; then {second}", fault(n));
                    tally.cut += 1;
                    tally.voided += 1;
                }
            }
        }
    }
    println!("{name}: {tally:?}");
    assert!(tally.cut > 0 && tally.cut == tally.resumed + tally.done + tally.voided);
    assert_eq!(tally.voided, 0, "{name}");
    tally
}

/// The files of the job, and no others, once the chip is written.
fn written_is_whole(image: &CardImage) -> impl Fn(&Socket) {
    move |socket| {
        let memory = socket.memory();
        if matches!(
            memory.life_cycle(),
            LifeCycle::Written | LifeCycle::Operational
        ) {
            for file in File::all() {
                let wanted = image.files().get(&file).map(Vec::as_slice);
                assert_eq!(memory.file(file), wanted, "{file}");
            }
        }
    }
}

#[test]
fn initialise() {
    for kind in [Kind::Extended, Kind::Short] {
        let mut office = Office::of(PASSPORT);
        let start = office.manufacture(SERIAL, kind).octets();
        let step = &mut |line: &mut dyn Channel, _: &mut Receipts| {
            office.initialise(line)?;
            // A flipped bit in the public status may say that there is nothing to do; what comes next will tell.
            Ok(())
        };
        every_command(
            "initialise",
            (&start, kind),
            LifeCycle::Initialised,
            step,
            &|socket| {
                assert!(socket.memory().life_cycle() <= LifeCycle::Initialised);
            },
        );
    }
}

#[test]
fn prepare() {
    prepare_at(&mut Office::of(PASSPORT));
    prepare_at(&mut offers::generous());
}

fn prepare_at(office: &mut Office) {
    let wanted = key_requests(&office.offers).unwrap().len();
    let socket = office.manufacture(SERIAL, Kind::Extended);
    office.initialise(&mut socket.power_on()).unwrap();
    let mut last: Option<PreparedChip> = None;
    let step = &mut |line: &mut dyn Channel, receipts: &mut Receipts| {
        let prepared = office.prepare(line)?;
        receipts.note_keys(&prepared);
        last = Some(prepared);
        Ok(())
    };
    let start = (&*socket.octets(), Kind::Extended);
    every_command("prepare", start, LifeCycle::Initialised, step, &|socket| {
        assert_eq!(socket.memory().life_cycle(), LifeCycle::Initialised);
    });
    assert_eq!(last.unwrap().keys.len(), wanted);
}

/// A chip out of the pool is asked again while its job is already made: the keys that the job names must stay.
#[test]
fn the_keys_of_a_job_are_never_replaced() {
    let mut office = Office::of(PASSPORT);
    let (socket, prepared) = office.prepared(Kind::Extended);
    let image = office.issue(&prepared, JOB).unwrap();
    let again = office.prepare(&mut socket.power_on()).unwrap();
    let publics = |chip: &PreparedChip| -> Vec<_> {
        chip.keys.iter().map(|key| key.public.clone()).collect()
    };
    assert_eq!(publics(&prepared), publics(&again));
    office.write(&mut socket.power_on(), &image).unwrap();
    let written = office.prepare(&mut socket.power_on()).unwrap();
    assert_eq!(publics(&prepared), publics(&written));
}

#[test]
fn write() {
    for (kind, mut office) in [
        (Kind::Extended, Office::of(PASSPORT)),
        (Kind::Short, Office::of(PASSPORT)),
        (Kind::Short, offers::generous()),
    ] {
        let (socket, prepared) = office.prepared(kind);
        let image = office.issue(&prepared, JOB).unwrap();
        let step = &mut |line: &mut dyn Channel, receipts: &mut Receipts| {
            receipts.note(&office.write(line, &image)?);
            Ok(())
        };
        let start = (&*socket.octets(), kind);
        let check = written_is_whole(&image);
        every_command("write", start, LifeCycle::Written, step, &check);
    }
}

#[test]
fn lock() {
    let mut office = Office::of(PASSPORT);
    let (socket, image) = office.written(Kind::Extended);
    let step = &mut |line: &mut dyn Channel, receipts: &mut Receipts| {
        receipts.note(&office.lock(line, &image)?);
        Ok(())
    };
    let start = (&*socket.octets(), Kind::Extended);
    let check = written_is_whole(&image);
    let tally = every_command("lock", start, LifeCycle::Operational, step, &check);
    assert!(tally.done > 0, "an answer to LOCK that was lost");
}

#[test]
fn void() {
    let mut office = Office::of(PASSPORT);
    let (socket, _) = office.written(Kind::Extended);
    let step = &mut |line: &mut dyn Channel, receipts: &mut Receipts| {
        let role = &office.keys.personalisation;
        receipts.note(&perso::void(line, role, &mut office.rng)?);
        Ok(())
    };
    let start = (&*socket.octets(), Kind::Extended);
    every_command("void", start, LifeCycle::Terminated, step, &|socket| {
        let memory = socket.memory();
        let dead = memory.life_cycle() == LifeCycle::Terminated;
        assert_eq!(File::all().all(|file| memory.file(file).is_none()), dead);
    });
}

/// A bad day: each step is cut again and again, somewhere, by something.
#[test]
fn a_whole_life_of_cuts() {
    let (mut lives, mut cuts) = (0, 0);
    for seed in 0..24 {
        let kind = [Kind::Extended, Kind::Short, Kind::ShortChip][seed % 3];
        let mut dice = StdRng::seed_from_u64(seed as u64);
        let mut office = Office::of(PASSPORT);
        let socket = office.manufacture(SERIAL, kind);
        let mut receipts = Receipts::default();
        let mut until = |socket: &Socket, step: &mut dyn FnMut(&mut dyn Channel) -> bool| {
            for _ in 0..200 {
                let n = dice.random_range(0..40);
                let fault = FAULTS[dice.random_range(0..FAULTS.len())](n);
                let plan = FaultPlan::new().at(n, fault);
                if step(&mut FaultChannel::new(socket.power_on(), plan)) {
                    return;
                }
                cuts += 1;
            }
            panic!("no end");
        };
        until(&socket, &mut |line| {
            office.initialise(line).is_ok()
                && socket.memory().life_cycle() == LifeCycle::Initialised
        });
        let mut prepared = None;
        until(&socket, &mut |line| {
            prepared = office.prepare(line).ok();
            prepared.is_some()
        });
        let prepared = prepared.unwrap();
        receipts.note_keys(&prepared);
        let image = office.issue(&prepared, JOB).unwrap();
        until(&socket, &mut |line| {
            office.write(line, &image).is_ok_and(|receipt| {
                receipts.note(&receipt);
                true
            })
        });
        until(&socket, &mut |line| {
            written_is_whole(&image)(&socket);
            let locked = office.lock(line, &image);
            locked.is_ok() || socket.memory().life_cycle() == LifeCycle::Operational
        });
        written_is_whole(&image)(&socket);
        assert_eq!(socket.memory().life_cycle(), LifeCycle::Operational);
        lives += 1;
    }
    println!("{lives} cards in the field after {cuts} cuts");
    assert!(cuts > lives);
}
