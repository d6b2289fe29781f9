//! Cards that are being locked, cards that were good, and everybody who had a card in hand.

use applet_spec::LifeCycle;
use floor::{
    ChipSerial, Desk as _, Error, Event, Lane, Person, Reason, Refused, Stage, State, Work,
};
use rand::SeedableRng as _;
use rand::rngs::StdRng;

use crate::hall::{Fuse, Hall, JUDGE, MemoryDesk, Moment, WRITER, What, person, serial};
use crate::office::NOW;
use crate::story::{
    apply, chip, destroyed, floor_with, job, missing, pair, passed, rejected, written,
};

fn reject(desk: &MemoryDesk) -> Result<(), Error> {
    desk.note(&Event::Rejected {
        chip: ChipSerial::new(&serial(0)).unwrap(),
        reason: Reason::PrintFaulty,
        by: person(JUDGE),
    })
}

fn void(hall: &Hall, desk: &MemoryDesk) -> Result<(), Error> {
    let by = person(WRITER);
    let lane = Lane {
        reader: "R",
        by: &by,
        desk,
    };
    let role = &hall.office.keys.personalisation;
    let rng = &mut StdRng::seed_from_u64(3);
    lane.void(&mut hall.insert(0, &Fuse::none()), role, rng)
        .map(drop)
}

/// LOCK may have come: the card is no reject before somebody has looked. Pulled at every command of judging, it ends as a good card or as a
/// reject that is not in the field.
#[test]
fn a_card_that_is_being_locked_is_no_reject() {
    let (mut refused, mut rejects) = (0, 0);
    for moment in [Moment::Before, Moment::After] {
        for at in 0.. {
            let hall = crate::matrix::hall();
            let desk = hall.desk(&Fuse::none());
            hall.write(&desk, 0, &Fuse::none()).unwrap();
            let fuse = Fuse::new(What::Card, at, moment);
            let judged = hall.judge(&desk, 0, &fuse);
            if !fuse.has_blown() {
                break;
            }
            assert!(judged.is_err());
            match reject(&desk) {
                Err(Error::Refused(Refused::LockOpen(_))) => refused += 1,
                other => {
                    other.unwrap();
                    rejects += 1;
                    assert_eq!(hall.life_cycle(0), LifeCycle::Written);
                    continue;
                }
            }
            // Reading the card decides.
            hall.judge(&desk, 0, &Fuse::none()).unwrap();
            hall.all_good();
        }
    }
    assert!(refused >= 2 && rejects > 10, "{refused} {rejects}");
}

/// The chip says that it is not locked, and quality control finds it bad: now it can be rejected.
#[test]
fn a_lock_that_did_not_come_is_known_when_the_chip_says_so() {
    let mut hall = Hall::of(1);
    hall.take();
    let desk = hall.desk(&Fuse::none());
    hall.write(&desk, 0, &Fuse::none()).unwrap();
    desk.note(&Event::Locking {
        job: hall.chips[0].1,
        reader: "Q".to_owned(),
        by: person(JUDGE),
    })
    .unwrap();
    let refused = reject(&desk);
    assert!(matches!(refused, Err(Error::Refused(Refused::LockOpen(_)))));
    hall.trust = pki::TrustStore::new();
    hall.judge(&desk, 0, &Fuse::none()).unwrap_err();
    reject(&desk).unwrap();
    void(&hall, &desk).unwrap();
    assert_eq!(hall.life_cycle(0), LifeCycle::Terminated);
}

/// A good card that becomes a reject can destroy nothing any more: it is said so, and nobody waits for it.
#[test]
fn a_reject_in_the_field_is_destroyed_by_hand() {
    let hall = Hall::of(1);
    hall.take();
    let desk = hall.desk(&Fuse::none());
    hall.write(&desk, 0, &Fuse::none()).unwrap();
    hall.judge(&desk, 0, &Fuse::none()).unwrap();
    reject(&desk).unwrap();
    let refused = void(&hall, &desk);
    assert!(
        matches!(refused, Err(Error::Refused(Refused::Locked))),
        "{refused:?}"
    );
    let chip = ChipSerial::new(&serial(0)).unwrap();
    assert!(!desk.card(&chip).unwrap().unwrap().waits_for_void());
    desk.note(&Event::Destroyed { chip, by: pair() }).unwrap();
    assert_eq!(hall.stage(0), Stage::Destroyed);
}

/// A chip that is silent after LOCK cannot say whether it came. Without the card there is none in the field.
#[test]
fn two_persons_destroy_a_card_whose_lock_is_open() {
    let mut state = floor_with(2);
    for number in 0..2 {
        apply(&mut state, &written(number));
        apply(&mut state, &passed(number, None)[..1]);
    }
    apply(&mut state, &[destroyed(0), missing(1)]);
    let card = state.card(&chip(0)).unwrap();
    assert_eq!(
        (card.stage, card.reason),
        (Stage::Destroyed, Some(Reason::ChipFaulty))
    );
    assert!(state.being_locked().is_empty());
}

/// Somebody rejects the card while it is in the reader: the right card was worked on, and that is a failure.
#[test]
fn what_is_refused_after_the_card_was_touched_is_no_wrong_card() {
    struct Meanwhile<'a>(&'a MemoryDesk);

    impl floor::Desk for Meanwhile<'_> {
        fn card(&self, chip: &ChipSerial) -> floor::Result<Option<floor::Card>> {
            self.0.card(chip)
        }

        fn being_locked(&self) -> floor::Result<Vec<floor::Card>> {
            self.0.being_locked()
        }

        fn station(&self, name: &str) -> floor::Result<floor::station::Standing> {
            self.0.station(name)
        }

        fn note(&self, event: &Event) -> floor::Result<()> {
            if matches!(event, Event::Written { .. }) {
                self.0.note(&Event::Rejected {
                    chip: ChipSerial::new(&serial(0)).unwrap(),
                    reason: Reason::ApplicationWithdrawn,
                    by: person(JUDGE),
                })?;
            }
            self.0.note(event)
        }

        fn image(&self, job: uuid::Uuid) -> floor::Result<perso::CardImage> {
            self.0.image(job)
        }
    }

    let hall = Hall::of(1);
    hall.take();
    let desk = hall.desk(&Fuse::none());
    let failed = hall.write(&Meanwhile(&desk), 0, &Fuse::none());
    let failed = failed.map(|done| done.octets);
    assert!(matches!(failed, Err(Error::TooLate(_))), "{failed:?}");
    assert_eq!(hall.life_cycle(0), LifeCycle::Written);
    void(&hall, &desk).unwrap();
}

/// One begins, another one finishes: neither judges.
#[test]
fn whoever_had_a_hand_in_writing_does_not_judge() {
    let at = |state: &State, by: &str| {
        let mut state = state.clone();
        let locking = Event::Locking {
            job: job(0),
            reader: "Q".to_owned(),
            by: person(by),
        };
        state.apply(NOW, &locking)
    };
    let reader = || "R".to_owned();
    let by = |name: &str| -> Option<Person> { Some(person(name)) };
    let mut state = floor_with(1);
    let [started, committed] = written(0);
    let another = Event::Started {
        job: job(0),
        reader: reader(),
        by: by("TEST Starter"),
    };
    let failed = Event::Failed {
        job: job(0),
        reader: reader(),
        work: Work::Writing,
        why: "torn".to_owned(),
        by: by("TEST Unlucky"),
    };
    apply(&mut state, &[another, failed, started, committed]);
    for hand in [
        "TEST Starter",
        "TEST Unlucky",
        "test starter",
        "TEST One <i>",
    ] {
        let refused = at(&state, hand);
        assert!(
            matches!(refused, Err(Refused::OwnWork(_))),
            "{hand}: {refused:?}"
        );
    }
    assert_eq!(at(&state, "TEST Judge"), Ok(()));
}

#[test]
fn every_line_says_who() {
    let mut state = floor_with(2);
    apply(&mut state, &[rejected(1, Reason::ChipFaulty)]);
    let [started, _] = written(0);
    let nobody = |event: Event| match event {
        Event::Started { job, reader, .. } => Event::Started {
            job,
            reader,
            by: None,
        },
        other => other,
    };
    let failed = Event::Failed {
        job: job(0),
        reader: "R".to_owned(),
        work: Work::Writing,
        why: String::new(),
        by: None,
    };
    let voided = Event::Voided {
        chip: chip(1),
        receipt: None,
        by: None,
    };
    let told = Event::Reported {
        jobs: Vec::new(),
        told: Vec::new(),
        by: None,
    };
    assert_eq!(
        state.apply(NOW, &nobody(started.clone())),
        Err(Refused::Nobody)
    );
    apply(&mut state, &[started]);
    for event in [failed, voided, told] {
        assert_eq!(state.apply(NOW, &event), Err(Refused::Nobody), "{event:?}");
    }
}
