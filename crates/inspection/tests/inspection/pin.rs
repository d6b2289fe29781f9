//! Cards with a PIN: tries that are told, the last one that is not spent unasked, and a suspended PIN that the CAN resumes.

use crypto::SecretBytes;
use enrolment::profile::{Chip, CountedNumber};
use inspection::Outcome::{Aborted, Failed, Successful};
use inspection::Report;
use perso::{CountedPassword, HolderPin};
use protocols::Password;
use transport::MemoryChannel;

use crate::border::{Border, Card, outcome, table};
use crate::office::{Kind, Office, PASSPORT};

const PIN: &str = "918273";
const WRONG: &str = "918274";
const TRIES: u8 = 3;

fn card() -> Card {
    let mut office = Office::of(PASSPORT);
    office.offers = Chip {
        pin: Some(CountedNumber {
            digits: PIN.len(),
            tries: TRIES,
        }),
        ..office.offers
    };
    let digits = SecretBytes::from(PIN.as_bytes());
    office.pin = Some(HolderPin {
        pin: CountedPassword::pin(digits, TRIES).unwrap(),
        puk: None,
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
