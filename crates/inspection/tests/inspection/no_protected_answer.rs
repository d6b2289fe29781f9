//! Chips that are asked to prove their key of chip authentication, and answer outside secure messaging: what refuses a length
//! proves nothing, and a copy that lives on such refusals is found out.

use inspection::Outcome::{Failed, Successful};
use iso7816::{Channel, ChannelError, CommandApdu, Ins, Limits, ResponseApdu, StatusWord};

use crate::border::{Card, outcome, table};
use crate::proofs::{Foreign, border, card};

/// Plain refusals of lengths that a session survives in a row, and some.
const MOST_REFUSALS: usize = 10;
/// The lengths that reading tries: the proof has one more, which a chip cannot refuse.
const LENGTHS_OF_READING: usize = 7;

/// A chip that gives plain status words to what is read after chip authentication: refused lengths, and then perhaps the end of
/// the session.
struct Evasive<C> {
    chip: C,
    refusals: usize,
    ends_session: bool,
    /// Whether chip authentication has been begun.
    begun: bool,
    /// Runs of PACE.
    runs: usize,
}

impl<C: Channel> Channel for Evasive<C> {
    fn transmit(&mut self, command: &CommandApdu) -> Result<ResponseApdu, ChannelError> {
        let is_protected = command.cla & 0x0C != 0;
        if self.begun && is_protected && command.ins == Ins::READ_BINARY {
            if self.refusals > 0 {
                self.refusals -= 1;
                return Ok(ResponseApdu::from_sw(StatusWord::WRONG_LENGTH));
            }
            if self.ends_session {
                self.ends_session = false;
                return Ok(ResponseApdu::from_sw(StatusWord::SM_OBJECT_INCORRECT));
            }
        }
        if command.ins == Ins::MANAGE_SECURITY_ENVIRONMENT {
            self.begun |= is_protected;
            self.runs += usize::from(!is_protected);
        }
        self.chip.transmit(command)
    }

    fn limits(&self) -> Limits {
        self.chip.limits()
    }
}

fn evasive(card: &Card, refusals: usize, ends_session: bool) -> Evasive<impl Channel> {
    Evasive {
        chip: card.power_on(),
        refusals,
        ends_session,
        begun: false,
        runs: 0,
    }
}

/// The copy gets no second session in which nobody asks for the key, whatever else it has got out of the original.
#[test]
fn a_copy_without_the_key_of_chip_authentication() {
    let dg14 = true;
    for dg15 in [false, true] {
        let foreign = Foreign {
            dg14,
            dg15,
            ..Foreign::default()
        };
        let copy = foreign.on(&card(false));
        for refusals in 0..MOST_REFUSALS {
            let mut line = evasive(&copy, refusals, true);
            let report = border(&copy).inspect(&mut line);
            let found = ["chip-authentication", "chip-authenticity"].map(|id| outcome(&report, id));
            let what = format!("{refusals} refusals\n{}", table(&report));
            assert_eq!(found, [Failed; 2], "{what}");
            assert_eq!((report.overall(), line.runs), (Failed, 1), "{what}");
        }
    }
}

/// Chip authentication that was refused leaves the session as it was; when that is lost, there is no other.
#[test]
fn a_copy_that_refuses_chip_authentication() {
    let refused = true;
    let foreign = Foreign {
        refused,
        ..Foreign::default()
    };
    let copy = foreign.on(&card(false));
    let mut line = evasive(&copy, 0, true);
    let report = border(&copy).inspect(&mut line);
    assert_eq!(outcome(&report, "chip-authentication"), Failed);
    let what = table(&report);
    assert_eq!((report.overall(), line.runs), (Failed, 1), "{what}");
    assert!(report.check("chip-authenticity").is_some());
}

/// A reader that likes no length of reading is none of the chip's fault: a few octets prove the key.
#[test]
fn a_genuine_chip_behind_a_reader_that_refuses_lengths() {
    let genuine = card(false);
    for refusals in 0..=LENGTHS_OF_READING {
        let mut line = evasive(&genuine, refusals, false);
        let report = border(&genuine).inspect(&mut line);
        let what = format!("{refusals} refusals\n{}", table(&report));
        assert_eq!((report.overall(), line.runs), (Successful, 1), "{what}");
        assert_eq!(outcome(&report, "chip-authentication"), Successful);
        assert!(!report.unread.contains_key(&lds::File::Dg1), "{what}");
    }
}
