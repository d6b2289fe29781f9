//! What an observer is told while an inspection runs, and what opens a card at the counter.

use core::time::Duration;
use std::cell::Cell;
use std::collections::BTreeMap;

use inspection::{Config, Event, Outcome, Phase, Scan, Scanner};
use iso7816::{Channel, ChannelError, CommandApdu, Limits, ResponseApdu};
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

/// A chip that takes a second for each command.
struct Slow<'s, C> {
    chip: C,
    seconds: &'s Cell<u64>,
}

impl<C: Channel> Channel for Slow<'_, C> {
    fn transmit(&mut self, command: &CommandApdu) -> Result<ResponseApdu, ChannelError> {
        self.seconds.set(self.seconds.get() + 1);
        self.chip.transmit(command)
    }

    fn limits(&self) -> Limits {
        self.chip.limits()
    }
}

#[test]
fn every_phase_has_its_time() {
    let card = Card::of(PASSPORT, Kind::Extended);
    let seconds = Cell::new(0);
    let mut expected: BTreeMap<_, _> = Phase::ALL.map(|phase| (phase.word(), 0)).into();
    let mut before = 0;
    let report = timed(&Border::with_can(&card), &card, &seconds, &mut |event| {
        if let Event::Finished(check) = event {
            let commands = seconds.get() - before;
            *expected.get_mut(check.kind.phase().word()).unwrap() += commands;
            before = seconds.get();
        }
    });
    let times = report.times();
    for phase in Phase::ALL {
        let seconds = expected[phase.word()];
        assert_eq!(
            seconds > 0,
            phase != Phase::Status,
            "nobody asks the issuer"
        );
        let expected = Duration::from_secs(seconds);
        assert_eq!(times.of_phase(phase), expected, "{phase:?}");
    }
    assert_eq!(times.total(), Duration::from_secs(seconds.get()));
}

/// Whoever answers late to every command is left after five minutes, not after as many commands as a document has octets.
#[test]
fn a_chip_that_is_slow_beyond_measure() {
    let card = Card::of(PASSPORT, Kind::Extended);
    let seconds = Cell::new(0);
    let border = Border {
        extended_length: false,
        ..Border::with_can(&card)
    };
    let quick = timed(&border, &card, &Cell::new(0), &mut |_| {});
    assert!(quick.times().total() < Duration::from_secs(300));
    let report = timed(&border, &card, &seconds, &mut |event| {
        // Reading a large file the chip takes its time on top.
        if let Event::Reading { .. } = event {
            seconds.set(seconds.get() + 20);
        }
    });
    assert_ne!(report.overall(), Outcome::Successful);
    let aborted = |check: &&inspection::Check| check.finding.outcome == Outcome::Aborted;
    assert!(report.checks.iter().any(|check| aborted(&check)));
    assert!(seconds.get() < 400, "{} s", seconds.get());
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
    timed(border, card, &Cell::new(0), observe)
}

fn timed(
    border: &Border,
    card: &Card,
    seconds: &Cell<u64>,
    observe: &mut dyn FnMut(Event<'_>),
) -> inspection::Report {
    let config = Config {
        passwords: &border.passwords,
        access: border.access,
        printed_mrz: None,
        terminal: None,
        trust: &border.trust,
        now: border.now,
        extended_length: border.extended_length,
        clock: &|| Duration::from_secs(seconds.get()),
    };
    let mut rng = StdRng::seed_from_u64(11);
    let chip = card.power_on();
    inspection::inspect(&mut Slow { chip, seconds }, &config, &mut rng, observe)
}
