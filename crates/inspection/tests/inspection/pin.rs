//! Cards with a PIN: tries that are told, the last one that is not spent unasked, and a suspended PIN that the CAN resumes.

use crypto::SecretBytes;
use enrolment::profile::{Chip, CountedNumber};
use inspection::Outcome::{Aborted, Failed, Successful};
use inspection::Report;
use inspection::pin::{Tries, tries, unblock};
use perso::{CountedPassword, HolderPin};
use protocols::{Password, PasswordKind};
use rand::SeedableRng as _;
use rand::rngs::StdRng;
use transport::MemoryChannel;

use crate::border::{Border, Card, outcome, table};
use crate::office::{Kind, Office, PASSPORT};

const PIN: &str = "918273";
const WRONG: &str = "918274";
const TRIES: u8 = 3;
const PUK: &str = "1029384756";
const PUK_TRIES: u8 = 10;

fn card() -> Card {
    let mut office = Office::of(PASSPORT);
    office.offers = Chip {
        pin: Some(CountedNumber {
            digits: PIN.len(),
            tries: TRIES,
        }),
        puk: Some(CountedNumber {
            digits: PUK.len(),
            tries: PUK_TRIES,
        }),
        ..office.offers
    };
    let digits = SecretBytes::from(PIN.as_bytes());
    office.pin = Some(HolderPin {
        pin: CountedPassword::pin(digits, TRIES).unwrap(),
        puk: Some(CountedPassword::puk(SecretBytes::from(PUK.as_bytes()), PUK_TRIES).unwrap()),
    });
    Card::from_office(&mut office, Kind::Extended)
}

/// What a border post finds that has these passwords; the chip stays under power.
fn shown(
    card: &Card,
    line: &mut MemoryChannel<applet_spec::Chip>,
    passwords: Vec<Password>,
) -> Report {
    let border = Border {
        passwords,
        ..Border::with_can(card)
    };
    line.reset();
    border.inspect(line)
}

/// The outcome of PACE and the whole of what is said of it.
fn check(report: &Report, expected: inspection::Outcome, said: &str) {
    assert_eq!(outcome(report, "pace"), expected, "{}", table(report));
    let finding = &report.check("pace").unwrap().finding;
    let text = format!("{} | {}", finding.cause, finding.remedy.unwrap_or_default());
    assert!(text.contains(said), "{text}");
}

#[test]
fn a_pin_is_never_guessed_to_its_end() {
    let card = card();
    let mut line = card.power_on();
    let pin = |digits: &str| Password::pin(digits).unwrap();
    let last = |digits: &str| pin(digits).spending_the_last_try();
    let can = || Password::can(&card.can).unwrap();

    check(&shown(&card, &mut line, vec![pin(PIN)]), Successful, "PIN");
    let wrong = shown(&card, &mut line, vec![pin(WRONG)]);
    check(&wrong, Failed, "63C2");
    check(&wrong, Failed, "ask the holder for the number");
    check(&shown(&card, &mut line, vec![pin(WRONG)]), Failed, "63C1");
    for _ in 0..2 {
        let withheld = shown(&card, &mut line, vec![pin(PIN), can()]);
        check(&withheld, Aborted, "--last-try");
    }
    let suspended = shown(&card, &mut line, vec![last(PIN)]);
    check(&suspended, Failed, "give the CAN, too");
    let resumed = shown(&card, &mut line, vec![last(PIN), can()]);
    check(&resumed, Successful, "PIN");
    assert_eq!(resumed.overall(), Successful, "{}", table(&resumed));
    check(&shown(&card, &mut line, vec![pin(WRONG)]), Failed, "63C2");
}

#[test]
fn the_last_try_blocks() {
    let card = card();
    let mut line = card.power_on();
    let wrong = || Password::pin(WRONG).unwrap().spending_the_last_try();
    let can = || Password::can(&card.can).unwrap();
    for said in ["63C2", "63C1", "63C0"] {
        let report = shown(&card, &mut line, vec![wrong(), can()]);
        check(&report, Failed, said);
        assert_eq!(report.overall(), Failed, "{}", table(&report));
    }
    check(
        &shown(&card, &mut line, vec![wrong()]),
        Failed,
        "it is blocked",
    );
    check(&shown(&card, &mut line, vec![can()]), Successful, "CAN");
}

#[test]
fn a_card_without_a_pin() {
    let card = Card::of(PASSPORT, Kind::Extended);
    let passwords = vec![Password::pin(PIN).unwrap()];
    let report = shown(&card, &mut card.power_on(), passwords);
    check(&report, Failed, "may have no such number");
}

/// What is said of the PIN and the PUK, and what the PUK does.
#[test]
fn the_puk_sets_the_tries_of_the_pin_back() {
    let card = card();
    let mut line = card.power_on();
    let mut rng = StdRng::seed_from_u64(3);
    let said = |line: &mut MemoryChannel<applet_spec::Chip>| {
        [PasswordKind::Pin, PasswordKind::Puk].map(|kind| {
            line.reset();
            tries(line, kind).unwrap()
        })
    };
    assert_eq!(said(&mut line), [Tries::All, Tries::All]);
    for left in [2, 1] {
        shown(&card, &mut line, vec![Password::pin(WRONG).unwrap()]);
        assert_eq!(said(&mut line), [Tries::Left(left), Tries::All]);
    }
    let last = Password::pin(WRONG).unwrap().spending_the_last_try();
    shown(
        &card,
        &mut line,
        vec![last, Password::can(&card.can).unwrap()],
    );
    assert_eq!(said(&mut line)[0], Tries::Left(0));

    line.reset();
    let wrong = Password::puk("1029384757").unwrap();
    let error = unblock(&mut line, &wrong, &mut rng).unwrap_err();
    assert!(error.to_string().contains("63C"), "{error}");
    assert_eq!(said(&mut line)[0], Tries::Left(0));
    line.reset();
    unblock(&mut line, &Password::puk(PUK).unwrap(), &mut rng).unwrap();
    assert_eq!(said(&mut line)[0], Tries::All);
    let right = Password::pin(PIN).unwrap();
    check(&shown(&card, &mut line, vec![right]), Successful, "PIN");
}

#[test]
fn a_card_without_counted_passwords_says_so() {
    let card = Card::of(PASSPORT, Kind::Extended);
    for kind in [PasswordKind::Pin, PasswordKind::Puk] {
        let found = tries(&mut card.power_on(), kind).unwrap();
        assert!(matches!(found, Tries::NoPassword(_)), "{found:?}");
    }
}
