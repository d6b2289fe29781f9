//! What an observer is told while an inspection runs, and what opens a card at the counter.

use core::time::Duration;
use std::cell::Cell;

use inspection::{Config, Event, Outcome, Phase, Scan, Scanner};
use lds::File;
use rand::SeedableRng as _;
use rand::rngs::StdRng;

use crate::border::{Border, Card};
use crate::office::{CITIZEN_CARD, Kind, PASSPORT};

/// Every file that was read, with what it said, and how many octets were still to come from EF.DG2 when the zone was known.
#[test]
fn the_zone_is_told_before_the_portrait_is_read() {
    for profile in [PASSPORT, CITIZEN_CARD] {
        let card = Card::of(profile, Kind::Extended);
        let border = Border::with_can(&card);
        let mut told: Vec<(File, usize)> = Vec::new();
        let mut zone = None;
        let mut portrait_begun = false;
        let report = observed(&border, &card, &mut |event| match event {
            Event::Reading {
                file: File::Dg2, ..
            } => portrait_begun = true,
            Event::Read(seen) => {
                told.push((seen.file(), seen.size()));
                if let Some(mrz) = seen.zone() {
                    assert!(!portrait_begun, "the name must not wait for the portrait");
                    zone = Some(mrz);
                }
                assert_eq!(seen.portrait().is_some(), seen.file() == File::Dg2);
                assert!(!format!("{seen:?}").contains("VNM"));
            }
            _ => {}
        });
        assert_eq!(report.overall(), Outcome::Successful);
        assert_eq!(zone, Some(card.mrz()));
        let files = &report.data.as_shown().files;
        assert_eq!(told.len(), files.len(), "each file once: {told:?}");
        for (file, size) in told {
            assert_eq!(files[&file].len(), size);
        }
    }
}

/// A clock that goes on by one second with every question: each step asks twice.
#[test]
fn every_phase_has_its_time() {
    let card = Card::of(PASSPORT, Kind::Extended);
    let report = observed(&Border::with_can(&card), &card, &mut |_| {});
    let times = report.times();
    let steps = |phase| {
        let steps = inspection::PROCEDURE.iter();
        steps.filter(|step| step.kind.phase() == phase).count()
    };
    for phase in Phase::ALL {
        let expected = Duration::from_secs(steps(phase).try_into().unwrap());
        assert_eq!(times.of_phase(phase), expected, "{phase:?}");
    }
    let all = inspection::PROCEDURE.len().try_into().unwrap();
    assert_eq!(times.total(), Duration::from_secs(all));
}

/// The number in the code of a Vietnamese card ends with what opens it.
#[test]
fn the_code_on_a_card_opens_it() {
    let card = Card::of(CITIZEN_CARD, Kind::Extended);
    let code = format!(
        "001090{}||HO TEN MAU|01021990|Nam|Ha Noi|10052021\r",
        card.can
    );
    let other = code.replacen(&card.can, "000000", 1);
    for (code, opens) in [(code, true), (other, false)] {
        let opening = Scanner::default().line(&code).unwrap().unwrap();
        assert_eq!(opening.scan, Scan::QrCode);
        let border = Border {
            passwords: vec![opening.password],
            ..Border::with_can(&card)
        };
        let report = border.inspect(&mut card.power_on());
        assert_eq!(report.was_not_let_in(), !opens);
    }
}

fn observed(
    border: &Border,
    card: &Card,
    observe: &mut dyn FnMut(Event<'_>),
) -> inspection::Report {
    let seconds = Cell::new(0);
    let clock = || {
        seconds.set(seconds.get() + 1);
        Duration::from_secs(seconds.get())
    };
    let config = Config {
        passwords: &border.passwords,
        access: border.access,
        printed_mrz: None,
        terminal: None,
        trust: &border.trust,
        now: border.now,
        extended_length: true,
        clock: &clock,
    };
    let mut rng = StdRng::seed_from_u64(11);
    inspection::inspect(&mut card.power_on(), &config, &mut rng, observe)
}
