//! Cards that are pulled, and passwords that do not fit.

use inspection::Outcome::{self, Aborted, Failed, NotSupported, Successful};
use inspection::{AccessChoice, Data};
use iso7816::{Channel, ChannelError, CommandApdu, Ins, Limits, ResponseApdu};
use protocols::Password;
use transport::{Fault, FaultChannel, FaultPlan};

use crate::border::{Border, Card, outcome, table};
use crate::office::{CITIZEN_CARD, Kind, PASSPORT};

#[test]
fn at_every_command() {
    let mut points = 0;
    for (profile, kind) in [
        (PASSPORT, Kind::Extended),
        (CITIZEN_CARD, Kind::Extended),
        (PASSPORT, Kind::Short),
    ] {
        let card = Card::of(profile, kind);
        for border in [Border::with_mrz(&card), Border::with_bac(&card)] {
            for fault in [Fault::LoseBefore, Fault::LoseAfter] {
                points += pulled_at_every_command(&card, &border, fault);
            }
        }
    }
    println!("{points} cards pulled");
}

/// How many commands an inspection has.
fn pulled_at_every_command(card: &Card, border: &Border, fault: Fault) -> u64 {
    for n in 0.. {
        let plan = FaultPlan::new().at(n, fault);
        let mut line = FaultChannel::new(card.power_on(), plan);
        let report = border.inspect(&mut line);
        if line.sent() <= n {
            assert_eq!(report.overall(), Successful);
            return n;
        }
        assert_eq!(
            line.sent(),
            n + 1,
            "nothing is said to a card that has gone"
        );
        let overall = report.overall();
        assert_eq!(overall, Aborted, "{fault:?} at {n}\n{}", table(&report));
        assert!(
            report
                .obstacles()
                .any(|check| check.finding.outcome == Aborted)
        );
    }
    unreachable!()
}

/// Counts what it lets pass.
struct Watched<C> {
    line: C,
    instructions: Vec<Ins>,
}

impl<C: Channel> Channel for Watched<C> {
    fn transmit(&mut self, command: &CommandApdu) -> Result<ResponseApdu, ChannelError> {
        self.instructions.push(command.ins);
        self.line.transmit(command)
    }

    fn limits(&self) -> Limits {
        self.line.limits()
    }
}

/// PACE and BAC of a report, and the instructions that were sent.
fn access(
    border: &Border,
    line: impl Channel,
) -> ((Outcome, Outcome), Vec<Ins>, inspection::Report) {
    let mut line = Watched {
        line,
        instructions: Vec::new(),
    };
    let report = border.inspect(&mut line);
    let results = (outcome(&report, "pace"), outcome(&report, "bac"));
    (results, line.instructions, report)
}

#[test]
fn a_wrong_password_is_failed_and_says_what_to_do() {
    for profile in [PASSPORT, CITIZEN_CARD] {
        let card = Card::of(profile, Kind::Extended);
        let other = if profile == PASSPORT {
            CITIZEN_CARD
        } else {
            PASSPORT
        };
        let others_mrz = Card::of(other, Kind::Extended).mrz().information();
        for (password, choice, check, way) in [
            (
                Password::can("000000").unwrap(),
                AccessChoice::Automatic,
                "pace",
                (Failed, NotSupported),
            ),
            (
                Password::mrz(&others_mrz),
                AccessChoice::Pace,
                "pace",
                (Failed, NotSupported),
            ),
            (
                Password::mrz(&others_mrz),
                AccessChoice::Bac,
                "bac",
                (NotSupported, Failed),
            ),
        ] {
            let border = Border {
                passwords: vec![password],
                access: choice,
                ..Border::with_can(&card)
            };
            let (found, _, report) = access(&border, card.power_on());
            assert_eq!(found, way, "{}", table(&report));
            let finding = &report.check(check).unwrap().finding;
            assert!(finding.remedy.is_some(), "{finding:?}");
            assert!(!finding.cause.contains("000000"));
            assert_eq!(report.overall(), Failed);
            assert!(matches!(report.data, Data::Unverified(_)));
            assert!(report.data.as_shown().mrz.is_none());
        }
    }
}

/// Whatever makes PACE fail, the weaker protocol is not tried, although the MRZ would open it.
#[test]
fn pace_that_failed_is_not_followed_by_bac() {
    let card = Card::of(PASSPORT, Kind::Extended);
    let wrong = Border {
        passwords: vec![
            Password::can("000000").unwrap(),
            Password::mrz(&card.mrz().information()),
        ],
        ..Border::with_can(&card)
    };
    let mut failures = 0;
    let (found, instructions, _) = access(&wrong, card.power_on());
    assert_eq!(found, (Failed, NotSupported));
    assert!(!instructions.contains(&Ins::GET_CHALLENGE));
    for fault in [
        Fault::Answer(iso7816::StatusWord::NO_PRECISE_DIAGNOSIS),
        Fault::Answer(iso7816::StatusWord::WRONG_DATA),
        Fault::FlipBit(77),
        Fault::Truncate(9),
    ] {
        // Behind EF.ATR/INFO and EF.CardAccess.
        for n in 2..7 {
            let plan = FaultPlan::new().at(n, fault);
            let line = FaultChannel::new(card.power_on(), plan);
            let (found, instructions, report) = access(&Border::with_mrz(&card), line);
            if found.0 == Successful {
                continue;
            }
            failures += 1;
            assert_eq!(
                found,
                (Failed, NotSupported),
                "{fault:?} at {n}\n{}",
                table(&report)
            );
            assert!(!instructions.contains(&Ins::GET_CHALLENGE));
            assert_eq!(report.overall(), Failed);
        }
    }
    println!("{failures} ways in which PACE failed");
    assert!(failures > 12);
}

#[test]
fn without_a_password_nothing_is_won() {
    let card = Card::of(PASSPORT, Kind::Extended);
    for (passwords, choice) in [
        (Vec::new(), AccessChoice::Automatic),
        (Vec::new(), AccessChoice::Bac),
        (vec![Password::can(&card.can).unwrap()], AccessChoice::Bac),
    ] {
        let border = Border {
            passwords,
            access: choice,
            ..Border::with_can(&card)
        };
        let (_, _, report) = access(&border, card.power_on());
        assert_eq!(report.overall(), Aborted, "{}", table(&report));
        let remedies = report.obstacles().filter_map(|check| check.finding.remedy);
        assert!(remedies.count() > 0);
    }
}
