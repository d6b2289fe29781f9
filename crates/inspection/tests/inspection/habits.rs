//! Chips of the field that have habits of their own: what a terminal puts up with, and how it gets through.

use inspection::Outcome::{NotSupported, Successful, Undetermined};
use iso7816::{Channel, ChannelError, CommandApdu, Ins, Limits, ResponseApdu, StatusWord};
use lds::File;
use protocols::terminal_authentication::Rights;

use crate::authorities::State;
use crate::border::{Border, Card, outcome, table};
use crate::full_card::{Credentials, Wish};
use crate::office::{Kind, PASSPORT};

/// A chip that answers some commands in its own way.
struct Habit<C, F> {
    chip: C,
    own_answer: F,
}

impl<C: Channel, F: FnMut(&CommandApdu) -> Option<StatusWord>> Channel for Habit<C, F> {
    fn transmit(&mut self, command: &CommandApdu) -> Result<ResponseApdu, ChannelError> {
        match (self.own_answer)(command) {
            Some(sw) => Ok(ResponseApdu::from_sw(sw)),
            None => self.chip.transmit(command),
        }
    }

    fn limits(&self) -> Limits {
        self.chip.limits()
    }
}

fn is_plain(command: &CommandApdu) -> bool {
    command.cla == 0
}

/// EF.CardAccess is selected where its short identifier is not known, whatever SELECT of the master file says.
#[test]
fn ef_card_access_by_its_identifier() {
    let card = Card::of(PASSPORT, Kind::Extended);
    for of_short_identifier in [0x6A82, 0x6982, 0x6A81, 0x6D00] {
        for of_master_file in [0x9000, 0x6A86, 0x6985, 0x6D00] {
            let own_answer = |command: &CommandApdu| {
                let by_short_identifier = command.p1 == File::CardAccess.sfi().as_p1();
                let of_master_file = StatusWord(of_master_file);
                match command.ins {
                    _ if !is_plain(command) => None,
                    Ins::READ_BINARY if by_short_identifier => {
                        Some(StatusWord(of_short_identifier))
                    }
                    Ins::SELECT if command.p1 == 0 => Some(of_master_file),
                    _ => None,
                }
            };
            let chip = card.power_on();
            let report = Border::with_can(&card).inspect(&mut Habit { chip, own_answer });
            assert_eq!(report.overall(), Successful, "{}", table(&report));
            assert_eq!(outcome(&report, "pace"), Successful);
            assert!(report.unread.keys().all(|file| *file != File::CardAccess));
        }
    }
}

/// A chip that knows no authorization in PACE is asked without, and says in EF.CVCA whom it trusts.
#[test]
fn authorities_from_the_file() {
    let card = Wish::default().make();
    let state = State::new();
    let certificates = state.chain(Rights::ALL, Rights::ALL);
    let border = Border {
        terminal: Some(Credentials::of(state, certificates)),
        ..Border::with_can(&card)
    };
    for refuses in [false, true] {
        let own_answer = |command: &CommandApdu| {
            let is_set_at = command.ins == Ins::MANAGE_SECURITY_ENVIRONMENT && is_plain(command);
            let has_chat = command.data.windows(2).any(|pair| pair == [0x7F, 0x4C]);
            (refuses && is_set_at && has_chat).then_some(StatusWord::WRONG_DATA)
        };
        let chip = card.power_on();
        let report = border.inspect(&mut Habit { chip, own_answer });
        assert_eq!(report.overall(), Successful, "{}", table(&report));
        assert_eq!(outcome(&report, "protected-data-groups"), Successful);
        let files = &report.data.as_shown().files;
        assert_eq!(files.contains_key(&File::Cvca), refuses);
        let pace = report.check("pace").unwrap();
        assert_eq!(pace.deviations.len(), usize::from(refuses));
    }
}

/// Identity cards may keep the application for terminals with certificates of another kind: that speaks not against them.
#[test]
fn an_application_that_is_not_for_everybody() {
    let card = Card::of(PASSPORT, Kind::Extended);
    let own_answer = |command: &CommandApdu| {
        let is_application = command.ins == Ins::SELECT && command.p1 == 0x04;
        is_application.then_some(StatusWord::SECURITY_STATUS_NOT_SATISFIED)
    };
    let chip = card.power_on();
    let report = Border::with_bac(&card).inspect(&mut Habit { chip, own_answer });
    assert_eq!(outcome(&report, "application"), Undetermined);
    assert_ne!(outcome(&report, "application"), NotSupported);
}
