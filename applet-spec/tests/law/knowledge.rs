//! What is found out of a card before the cases run, and what keeps cases from being run.

use applet_spec::conformance::{
    Case, Device, Feature, Hindrance, Knowledge, Outcome, Permission, examine, run, suites,
};
use applet_spec::memory::Cells;
use applet_spec::{Chip, DataSheet};
use iso7816::{ChannelError, CommandApdu, Ins};
use lds::File;
use protocols::{Password, PasswordKind};

use crate::full_card::{self, PIN, full_card, password};
use crate::specimen::rng;

fn known_with(passwords: Vec<Password>) -> Knowledge {
    Knowledge::of(&mut full_card().chip, passwords, None, &mut rng(7)).unwrap()
}

/// A password of another card is told from a card that breaks the protocol, whichever of the known ones it is.
#[test]
fn a_password_that_the_card_refuses() {
    let right = [PasswordKind::Can, PasswordKind::Mrz, PasswordKind::Pin];
    let can = || Password::can("999999").unwrap();
    let pin = || Password::pin("999999").unwrap();
    for (passwords, refused) in [
        (right.map(password).into(), None),
        (vec![can()], Some(PasswordKind::Can)),
        (
            vec![password(PasswordKind::Mrz), can()],
            Some(PasswordKind::Can),
        ),
        (
            vec![password(PasswordKind::Can), pin()],
            Some(PasswordKind::Pin),
        ),
        (vec![password(PasswordKind::Puk)], None),
    ] {
        assert_eq!(known_with(passwords).refused_password, refused);
    }
}

fn case(id: &str) -> Case {
    let suites = suites().unwrap();
    let mut cases = suites.into_iter().flat_map(|suite| suite.cases);
    cases.find(|case| case.id == id).unwrap()
}

/// What who tests has not brought or allowed is no property of the card.
#[test]
fn cases_that_cannot_be_run() {
    let mut knowledge = known_with(vec![password(PasswordKind::Can)]);
    for (id, hindrance) in [
        ("ICAO3-C-2", Hindrance::NoPassword(PasswordKind::Mrz)),
        ("EAC1-J-1", Hindrance::NoAuthority),
        ("ICAO3-LDS-B-14", Hindrance::NoPrintedZone),
        ("EAC1-LDS-G-1", Hindrance::Unread(File::Dg3)),
    ] {
        let permission = Permission::Destructive;
        let chip = &mut full_card().chip;
        let outcome = examine(&case(id), chip, &knowledge, permission, &mut rng(7));
        assert_eq!(outcome, Outcome::NotRun(hindrance), "{id}");
    }
    knowledge.features.insert(Feature::CvcaKey);
    let chip = &mut full_card().chip;
    let case = case("EAC1-J-1");
    let outcome = examine(&case, chip, &knowledge, Permission::Harmless, &mut rng(7));
    assert_eq!(outcome, Outcome::NotRun(Hindrance::NotAllowed));
    // A card without terminal authentication: nothing that is brought would make the case say something of it.
    knowledge.features.remove(&Feature::TerminalAuthentication);
    let outcome = examine(&case, chip, &knowledge, Permission::Harmless, &mut rng(7));
    assert!(matches!(outcome, Outcome::NotApplicable(_)), "{outcome:?}");
}

/// A card that gives one octet with each command, without end.
#[derive(Default)]
struct Crumbs {
    commands: usize,
}

impl Device for Crumbs {
    fn reset(&mut self) -> Result<(), ChannelError> {
        Ok(())
    }

    fn exchange(&mut self, octets: &[u8]) -> Result<Vec<u8>, ChannelError> {
        self.commands += 1;
        let reads = CommandApdu::parse(octets).is_ok_and(|command| command.ins == Ins::READ_BINARY);
        Ok(if reads {
            vec![0x31, 0x90, 0x00]
        } else {
            vec![0x90, 0x00]
        })
    }
}

/// Nobody is kept busy for hours.
#[test]
fn a_file_in_crumbs() {
    let mut card = Crumbs::default();
    let passwords = vec![password(PasswordKind::Can)];
    Knowledge::of(&mut card, passwords, None, &mut rng(7)).unwrap();
    assert!(card.commands < 100, "{}", card.commands);
}

/// A chip that knows no command of this instruction.
struct Without(Chip, Ins);

impl Device for Without {
    fn reset(&mut self) -> Result<(), ChannelError> {
        Device::reset(&mut self.0)
    }

    fn exchange(&mut self, octets: &[u8]) -> Result<Vec<u8>, ChannelError> {
        match octets.get(1) {
            Some(ins) if Ins(*ins) == self.1 => Ok(vec![0x6D, 0x00]),
            _ => self.0.exchange(octets),
        }
    }
}

/// A wrong password is refused where it is shown: who refuses a command before has not looked at it.
#[test]
fn a_wrong_password_that_was_never_shown() {
    let knowledge = known_with(vec![password(PasswordKind::Mrz)]);
    let case = case("ICAO3-C-3");
    for (missing, passes) in [
        (Ins::GET_RESPONSE, true),
        (Ins::GET_CHALLENGE, false),
        (Ins::EXTERNAL_AUTHENTICATE, true),
    ] {
        let mut card = Without(full_card().chip, missing);
        let outcome = run(&case, &mut card, &knowledge, &mut rng(7));
        assert_eq!(outcome == Outcome::Passed, passes, "{outcome:?}");
    }
}

/// The card that offers everything, whose PIN has so many tries left.
fn with_tries_of_pin(left: u8) -> Chip {
    let lowered = format!("[{{\"write\":\"retries\",\"reference\":3,\"left\":{left}}}]\n");
    let cells = Cells::from_octets([full_card::octets(), lowered.into_bytes()].concat());
    Chip::load(Box::new(cells), DataSheet::default(), Box::new(rng(2))).unwrap()
}

/// The last try of a PIN is not for tests to use up, and a PIN that is blocked is no fault of the card: what needs it is not run.
#[test]
fn a_pin_that_is_not_shown() {
    let pin = || Password::pin(PIN).unwrap();
    let open = "id = 'X'\npurpose = 'x'\nsteps = [{ open = 'pace-pin', expect = '9000' }]";
    let case: Case = toml::from_str(open).unwrap();
    assert!(case.shows(PasswordKind::Pin) && !case.shows(PasswordKind::Can));
    for (left, hindrance) in [
        (2, None),
        (1, Some(Hindrance::LastTry(PasswordKind::Pin))),
        (0, Some(Hindrance::Blocked(PasswordKind::Pin))),
    ] {
        for other in [None, Some(password(PasswordKind::Can))] {
            let is_only = other.is_none();
            let passwords = [pin()].into_iter().chain(other).collect();
            let mut chip = with_tries_of_pin(left);
            let known = Knowledge::of(&mut chip, passwords, None, &mut rng(7)).unwrap();
            assert_eq!(known.refused_password, None);
            assert_eq!(known.not_shown, hindrance);
            assert_eq!(known.closed, hindrance.filter(|_| is_only));
            let mut chip = with_tries_of_pin(left);
            let outcome = examine(&case, &mut chip, &known, Permission::Harmless, &mut rng(7));
            let expected = hindrance.map_or(Outcome::Passed, Outcome::NotRun);
            assert_eq!(outcome, expected, "{left}");
        }
    }
}

/// A card whose files have no end, in parts that are no crumbs.
#[derive(Default)]
struct Endless {
    commands: usize,
    /// Commands after which who tests has no time left.
    time: Option<usize>,
}

impl Device for Endless {
    fn reset(&mut self) -> Result<(), ChannelError> {
        Ok(())
    }

    fn exchange(&mut self, octets: &[u8]) -> Result<Vec<u8>, ChannelError> {
        self.commands += 1;
        Ok(match octets.get(1).map(|ins| Ins(*ins)) {
            Some(Ins::READ_BINARY) => [&[0; 17][..], &[0x90, 0x00]].concat(),
            Some(Ins::READ_BINARY_ODD) => [&[0x53, 17], &[0; 17][..], &[0x90, 0x00]].concat(),
            _ => vec![0x90, 0x00],
        })
    }

    fn has_time(&self) -> bool {
        self.time.is_none_or(|time| self.commands < time)
    }
}

/// There is an end to all reading together, by commands and by the clock of who tests; what was not found out is no property of
/// the card.
#[test]
fn a_card_without_end() {
    for (time, commands) in [(None, 20_000), (Some(1_000), 1_000)] {
        let mut card = Endless {
            time,
            ..Endless::default()
        };
        let passwords = vec![password(PasswordKind::Can)];
        let known = Knowledge::of(&mut card, passwords, None, &mut rng(7)).unwrap();
        assert_eq!(card.commands, commands);
        assert!(known.is_endless);
        let endless = Outcome::NotRun(Hindrance::Endless);
        for (id, expected) in [
            ("ICAO3-P-58", Some(&endless)),
            ("ICAO3-LDS-B-1", Some(&endless)),
            ("ICAO3-A-1", Some(&endless)),
            ("CMD-CLASS", None),
        ] {
            let permission = Permission::Harmless;
            let outcome = examine(&case(id), &mut card, &known, permission, &mut rng(7));
            let found = Some(&outcome).filter(|outcome| **outcome == endless);
            assert_eq!(found, expected, "{id}: {outcome:?}");
        }
    }
    let known = known_with(vec![password(PasswordKind::Can)]);
    assert!(
        !known.is_endless && known.commands < 200,
        "{}",
        known.commands
    );
}
