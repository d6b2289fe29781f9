//! Sessions that are built anew: as often as is allowed, with the same chip, and over lines that can do less.

use inspection::Outcome::{Aborted, Successful, Undetermined};
use iso7816::{Channel, ChannelError, CommandApdu, Ins, Limits, ResponseApdu, StatusWord};
use lds::File;

use super::cards::Made;
use super::cases::Base;
use crate::border::{Border, Card, table};
use crate::office::{Kind, PASSPORT};

/// PACE in an inspection, the first run included: as many as may be built anew, and one.
const MOST_RUNS: usize = 9;

/// A chip of which some commands are answered by somebody else.
struct Disturbed<C, F> {
    chip: C,
    instead: F,
    runs: usize,
}

impl<C: Channel, F: FnMut(&CommandApdu) -> Option<StatusWord>> Channel for Disturbed<C, F> {
    fn transmit(&mut self, command: &CommandApdu) -> Result<ResponseApdu, ChannelError> {
        let is_set_at = command.ins == Ins::MANAGE_SECURITY_ENVIRONMENT && command.p1 == 0xC1;
        self.runs += usize::from(is_set_at);
        match (self.instead)(command) {
            Some(sw) => Ok(ResponseApdu::from_sw(sw)),
            None => self.chip.transmit(command),
        }
    }

    fn limits(&self) -> Limits {
        self.chip.limits()
    }
}

fn is_protected_read(command: &CommandApdu) -> bool {
    command.ins == Ins::READ_BINARY && command.cla & 0x0C != 0
}

#[test]
fn a_chip_that_loses_every_session_is_left_alone() {
    let card = Card::of(PASSPORT, Kind::Extended);
    let instead = |command: &CommandApdu| {
        is_protected_read(command).then_some(StatusWord::SM_OBJECT_INCORRECT)
    };
    let mut line = Disturbed {
        chip: card.power_on(),
        instead,
        runs: 0,
    };
    let report = Border::with_mrz(&card).inspect(&mut line);
    assert_eq!(report.overall(), Aborted, "{}", table(&report));
    assert!((2..=MOST_RUNS).contains(&line.runs), "{}", line.runs);
}

/// A file that a chip never gives costs that file, and no other: the lengths are tried with the first, and hardly with the next.
#[test]
fn files_that_end_every_session_are_left_out() {
    let card = Card::of(PASSPORT, Kind::Extended);
    for (closed, overall) in [
        (&[File::Com][..], Successful),
        (&[File::Com, File::Dg11], Undetermined),
        (&[File::Com, File::Dg11, File::Dg12], Undetermined),
    ] {
        let instead = |command: &CommandApdu| {
            let is_closed = closed.iter().any(|file| command.p1 == file.sfi().as_p1());
            (is_protected_read(command) && is_closed).then_some(StatusWord::SM_OBJECT_INCORRECT)
        };
        let mut line = Disturbed {
            chip: card.power_on(),
            instead,
            runs: 0,
        };
        let report = Border::with_mrz(&card).inspect(&mut line);
        assert_eq!(report.overall(), overall, "{}", table(&report));
        let not_read = |file: &File| report.unread.contains_key(file);
        assert!(closed.iter().all(not_read), "{:?}", report.unread);
        // The fingers are for others.
        let all = report.unread.keys().filter(|file| **file != File::Dg3);
        assert_eq!(all.count(), closed.len(), "{:?}", report.unread);
        assert!((2..=MOST_RUNS).contains(&line.runs), "{}", line.runs);
    }
}

/// A line without the means to reset its card reads what it can, and says that it did not come to its end.
#[test]
fn a_chip_that_wants_a_reset_on_a_line_without() {
    let quirks = ["Q006", "Q013"].map(|quirk| quirk.parse().unwrap()).into();
    let made = Made::with(Base::Passport, quirks);
    let mut line = Disturbed {
        chip: made.power_on(),
        instead: |_: &CommandApdu| None,
        runs: 0,
    };
    let card = Card::of(PASSPORT, Kind::Extended);
    let report = Border::with_mrz(&card).inspect(&mut line);
    assert_eq!(report.overall(), Aborted, "{}", table(&report));
}

/// A genuine card, and its files on a chip that has not its keys.
fn original_and_copy() -> (Card, Card) {
    let original = Card::of(PASSPORT, Kind::Extended);
    let copy = original.copy_on_another_chip();
    (original, copy)
}

/// The chip proves itself, and another one takes its place behind a lost session: the new session is none of the chip that has
/// proven itself.
#[test]
fn the_next_session_is_that_of_the_same_chip() {
    let (original, copy) = original_and_copy();
    let mut swapped = 0;
    for at in 0.. {
        let (mut genuine, mut other) = (original.power_on(), copy.power_on());
        let mut sent = 0;
        let mut line = Line(|command: &CommandApdu| {
            sent += 1;
            match sent - 1 {
                n if n < at => genuine.transmit(command),
                n if n == at => Ok(ResponseApdu::from_sw(StatusWord::SM_OBJECT_INCORRECT)),
                _ => other.transmit(command),
            }
        });
        let report = Border::with_mrz(&original).inspect(&mut line);
        if sent <= at {
            break;
        }
        let to_the_other = sent > at + 1;
        swapped += usize::from(to_the_other);
        let accepted = report.overall() == Successful;
        assert!(!(accepted && to_the_other), "{at}\n{}", table(&report));
    }
    assert!(swapped > 15, "{swapped}");
}

/// A line that answers by a rule.
struct Line<F>(F);

impl<F: FnMut(&CommandApdu) -> Result<ResponseApdu, ChannelError>> Channel for Line<F> {
    fn transmit(&mut self, command: &CommandApdu) -> Result<ResponseApdu, ChannelError> {
        (self.0)(command)
    }

    fn limits(&self) -> Limits {
        Limits::EXTENDED
    }
}
