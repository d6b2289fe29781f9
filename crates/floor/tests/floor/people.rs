//! Who may do what, and what a person can do wrong.

use floor::{ChipSerial, Desk as _, Error, Event, Pair, Person, Reason, Refused, Stage};
use pki::TrustStore;

use crate::hall::{Fuse, Hall, JUDGE, WRITER, person, serial};

#[test]
fn who_has_written_a_card_does_not_judge_it() {
    let hall = Hall::of(1);
    hall.take();
    let desk = hall.desk(&Fuse::none());
    hall.write(&desk, 0, &Fuse::none()).unwrap();
    for same in [WRITER, "test  WRITER "] {
        let refused = hall.judge_as(same, &desk, &mut hall.insert(0, &Fuse::none()));
        assert!(
            matches!(refused, Err(Error::Refused(Refused::OwnWork(_)))),
            "{refused:?}"
        );
    }
    assert_eq!(hall.stage(0), Stage::Written);
    hall.judge(&desk, 0, &Fuse::none()).unwrap();
    hall.all_good();
}

/// The border does not know this issuer: the card is not locked, and the journal says why.
#[test]
fn what_a_border_would_refuse_is_not_locked() {
    let mut hall = Hall::of(1);
    hall.take();
    let desk = hall.desk(&Fuse::none());
    hall.write(&desk, 0, &Fuse::none()).unwrap();
    let trust = core::mem::replace(&mut hall.trust, TrustStore::new());
    let refused = hall.judge(&desk, 0, &Fuse::none()).unwrap_err();
    assert!(matches!(refused, Error::ReadBack(_)), "{refused}");
    assert_eq!(hall.stage(0), Stage::Written);
    assert_eq!(hall.life_cycle(0), applet_spec::LifeCycle::Written);
    assert_eq!(hall.lines("failed", hall.chips[0].1), 1);
    hall.trust = trust;
    hall.judge(&desk, 0, &Fuse::none()).unwrap();
    hall.all_good();
}

/// One octet of the content is another than was signed.
#[test]
fn a_card_with_another_content_is_not_locked() {
    let hall = Hall::of(1);
    hall.take();
    let desk = hall.desk(&Fuse::none());
    hall.write(&desk, 0, &Fuse::none()).unwrap();
    let mut memory = hall.chips[0].0.memory();
    memory.tamper(lds::File::Dg2, 900, 1).unwrap();
    let octets = memory.to_octets().unwrap();
    use applet_spec::memory::NonVolatileMemory as _;
    hall.chips[0].0.0.clone().replace(&octets).unwrap();
    let refused = hall.judge(&desk, 0, &Fuse::none()).unwrap_err();
    assert!(
        matches!(
            refused,
            Error::Perso(perso::Error::ReadBackDiffers {
                file: lds::File::Dg2
            })
        ),
        "{refused}"
    );
    assert_eq!(hall.life_cycle(0), applet_spec::LifeCycle::Written);
}

/// A card in the field that nobody here was locking is nobody's.
#[test]
fn a_card_of_somebody_else_is_not_passed() {
    let hall = Hall::of(2);
    hall.take();
    let desk = hall.desk(&Fuse::none());
    for chip in 0..2 {
        hall.write(&desk, chip, &Fuse::none()).unwrap();
    }
    hall.judge(&desk, 0, &Fuse::none()).unwrap();
    let again = hall.judge(&desk, 0, &Fuse::none());
    assert!(matches!(again, Err(Error::Refused(Refused::InTheField))));
    // The other card is being locked, and this one does not open with its password.
    desk.note(&Event::Locking {
        job: hall.chips[1].1,
        reader: "Q".to_owned(),
        by: person(JUDGE),
    })
    .unwrap();
    let again = hall.judge(&desk, 0, &Fuse::none());
    assert!(
        matches!(again, Err(Error::Refused(Refused::InTheField))),
        "{again:?}"
    );
    assert_eq!(hall.stage(1), Stage::Written);
}

#[test]
fn two_persons_destroy() {
    let one = person("TEST One");
    for same in [
        " test ONE ",
        "TEST-one",
        "ＴＥＳＴ One",
        "TEST Òne",
        "TEST O\u{300}ne",
    ] {
        let pair = Pair::new(one.clone(), person(same));
        assert_eq!(pair, Err(Refused::SamePerson), "{same}");
    }
    let hall = Hall::of(1);
    hall.take();
    let desk = hall.desk(&Fuse::none());
    let chip = ChipSerial::new(&serial(0)).unwrap();
    let by = Pair::new(one.clone(), person("TEST Two")).unwrap();
    let destroyed = Event::Destroyed {
        chip: chip.clone(),
        by,
    };
    let too_early = desk.note(&destroyed);
    assert!(matches!(
        too_early,
        Err(Error::Refused(Refused::Stage { .. }))
    ));
    let reason = Reason::ChipFaulty;
    desk.note(&Event::Rejected {
        chip,
        reason,
        by: one,
    })
    .unwrap();
    desk.note(&destroyed).unwrap();
    assert_eq!(hall.stage(0), Stage::Destroyed);
}

#[test]
fn names_are_names() {
    for bad in [
        "",
        "  ",
        "--",
        "a\u{7}b",
        &"x".repeat(81),
        "TEST\u{200b} One",
        "TEST\u{ad} One",
        "TEST \u{202e}enO",
        "T\u{415}ST One",
    ] {
        assert_eq!(Person::new(bad), Err(Refused::Name), "{bad:?}");
    }
    assert_eq!(person(" Nguyễn  Văn An ").name(), "Nguyễn Văn An");
}
