//! Chips as their maker delivers them come into the pool, at every moment at which they may be pulled.

use std::collections::BTreeMap;
use std::sync::Mutex;

use applet_spec::LifeCycle;
use enrolment::profiles;
use floor::lane::Pool;
use floor::{ChipSerial, Desk, Error, Lane, Refused, Stage};
use iso7816::Channel;
use perso::{PreparedChip, key_requests};
use rand::SeedableRng as _;
use rand::rngs::StdRng;

use crate::hall::{Fuse, Hall, Moment, Spot, WRITER, What, Wire, begin, person, serial};
use crate::office::{Kind, PASSPORT};

/// Chip files, by serial number.
type Files = Mutex<BTreeMap<Vec<u8>, PreparedChip>>;

fn prepare(
    hall: &Hall,
    desk: &dyn Desk,
    card: &mut dyn Channel,
    files: &Files,
) -> Result<(), Error> {
    let by = person(WRITER);
    let lane = Lane {
        reader: "P",
        by: &by,
        desk,
    };
    // Keys of curves are drawn in no time.
    let offers = profiles::by_id(PASSPORT).unwrap().data().chip;
    let requests = key_requests(&offers).unwrap();
    let keys = &hall.office.keys;
    let pool = Pool {
        transport: &keys.transport,
        personalisation: &keys.personalisation,
        quality: &keys.quality,
        requests: &requests,
    };
    let keep = |chip: &PreparedChip| {
        let mut files = files.lock().unwrap();
        files.insert(chip.serial.clone(), chip.clone());
        Ok(())
    };
    let rng = &mut StdRng::seed_from_u64(5);
    lane.prepare(card, &pool, rng, &keep, &mut |_, _| {})
        .map(drop)
}

#[test]
fn a_chip_comes_into_the_pool_whenever_it_is_pulled() {
    let hall = Hall::of(0);
    let new = hall.office.manufacture(&serial(0), Kind::Extended).octets();
    let chip = ChipSerial::new(&serial(0)).unwrap();
    let mut points = 0;
    for moment in [Moment::Before, Moment::After] {
        for at in 0.. {
            let hall = Hall::of(0);
            let desk = hall.desk(&Fuse::none());
            begin(&desk);
            let spot = Spot::of(&new);
            let files = Files::default();
            let fuse = Fuse::new(What::Card, at, moment);
            for _ in 0..2 {
                let card = &mut Wire::new(spot.power_on(), &fuse);
                let came = prepare(&hall, &desk, card, &files);
                assert!(came.is_ok() || fuse.has_blown(), "{came:?}");
            }
            assert_eq!(spot.memory().life_cycle(), LifeCycle::Initialised);
            let known = desk.card(&chip).unwrap().unwrap();
            assert_eq!(known.stage, Stage::Stock);
            assert_eq!(desk.journal.lock().unwrap().count(), 3);
            // What the issuer is told are the keys that are on the chip.
            let told = files.lock().unwrap()[&serial(0)].clone();
            prepare(&hall, &desk, &mut spot.power_on(), &files).unwrap();
            let now = &files.lock().unwrap()[&serial(0)];
            let publics = |chip: &PreparedChip| -> Vec<_> {
                chip.keys.iter().map(|key| key.public.clone()).collect()
            };
            assert_eq!(publics(&told), publics(now));
            if !fuse.has_blown() {
                break;
            }
            points += 1;
        }
    }
    assert!(points > 10, "{points}");
}

#[test]
fn a_chip_with_a_job_stays_out_of_the_pool() {
    let hall = Hall::of(1);
    hall.take();
    let desk = hall.desk(&Fuse::none());
    let before = hall.chips[0].0.octets();
    let files = Files::default();
    let refused = prepare(&hall, &desk, &mut hall.insert(0, &Fuse::none()), &files);
    assert!(
        matches!(refused, Err(Error::Refused(Refused::Stage { .. }))),
        "{refused:?}"
    );
    assert!(hall.chips[0].0.octets() == before);
    assert!(files.lock().unwrap().is_empty());
}
