//! Secure messaging against faults of the line, of the chip and of the terminal.

use crypto::Cipher;
use iso7816::{Channel, ChannelError, CommandApdu, Ins, Le, Limits, ResponseApdu, StatusWord};
use protocols::secure_messaging::{
    ChipSession, MAX_PLAIN_LENGTH_REFUSALS, SecureChannel, SessionKeys, SmFault, TerminalSession,
};
use protocols::{Error, Fault, Step, Untrusted};

use crate::card::{Card, FILE, read};
use crate::tampering::Tampering;

fn keys(cipher: Cipher) -> SessionKeys {
    SessionKeys::derive(cipher, b"a shared secret")
}

fn card_in_session(cipher: Cipher) -> Card {
    let mut card = Card::new();
    card.enter(keys(cipher));
    card
}

fn lost(sw: StatusWord) -> ChannelError {
    ChannelError::SessionLost(sw)
}

const fn misbehaved(fault: Fault) -> Error {
    Error::CardMisbehaved {
        step: Step::SecureMessaging,
        fault,
    }
}

fn read_binary() -> CommandApdu {
    CommandApdu::new(0, Ins::READ_BINARY, 0, 0).with_le(Le::SHORT_MAX)
}

/// The protected answer to the first READ BINARY of a session.
fn good_answer() -> ResponseApdu {
    let mut terminal = TerminalSession::new(keys(Cipher::Aes128));
    let exchange = terminal.protect(&read_binary()).unwrap();
    card_in_session(Cipher::Aes128).execute(exchange.command())
}

fn check_answer(answer: &ResponseApdu, expected: Error) {
    let mut terminal = TerminalSession::new(keys(Cipher::Aes128));
    let exchange = terminal.protect(&read_binary()).unwrap();
    assert_eq!(
        exchange.accept(answer).unwrap_err(),
        expected,
        "{:02X?}",
        answer.data
    );
    assert!(
        terminal.protect(&read_binary()).is_err(),
        "the session is over"
    );
}

#[test]
fn a_bad_answer_ends_the_session_with_the_fault_named() {
    let good = good_answer();
    let altered = |alter: &dyn Fn(&mut ResponseApdu)| {
        let mut answer = good.clone();
        alter(&mut answer);
        answer
    };
    let mac_at = good.data.len() - 10;
    let status_at = mac_at - 4;
    let structure = |objects: &[u8]| {
        let mac = &good.data[mac_at..];
        ResponseApdu::new([objects, mac].concat(), StatusWord::OK)
    };
    check_answer(&structure(&[0x99, 3, 0x90, 0]), misbehaved(Fault::Encoding));
    check_answer(&structure(&[0x87, 2, 2, 9]), misbehaved(Fault::Encoding));
    check_answer(&structure(&[0x81, 1, 9]), misbehaved(Fault::Surplus));
    let status = [0x99, 2, 0x90, 0];
    check_answer(&structure(&status.repeat(2)), misbehaved(Fault::Surplus));
    let bad_mac = Error::Untrusted(Untrusted::ResponseMac);
    check_answer(
        &ResponseApdu::from_sw(StatusWord::OK),
        Error::SessionLost(StatusWord::OK),
    );
    check_answer(
        &ResponseApdu::from_sw(StatusWord::SM_OBJECT_INCORRECT),
        Error::SessionLost(StatusWord::SM_OBJECT_INCORRECT),
    );
    check_answer(&altered(&|a| *a.data.last_mut().unwrap() ^= 1), bad_mac);
    check_answer(&altered(&|a| a.data[5] ^= 1), bad_mac);
    check_answer(&altered(&|a| a.data[status_at + 3] ^= 1), bad_mac);
    check_answer(
        &altered(&|a| a.data.truncate(mac_at)),
        misbehaved(Fault::Unprotected),
    );
    check_answer(
        &altered(&|a| a.data.truncate(mac_at + 5)),
        misbehaved(Fault::Unprotected),
    );
    check_answer(
        &altered(&|a| a.data.push(0)),
        misbehaved(Fault::Unprotected),
    );
    check_answer(
        &altered(&|a| a.sw = StatusWord(0x6282)),
        misbehaved(Fault::StatusMismatch),
    );
    check_answer(
        &altered(&|a| drop(a.data.drain(status_at..mac_at))),
        bad_mac,
    );
    check_answer(
        &ResponseApdu::new(FILE.to_vec(), StatusWord::OK),
        misbehaved(Fault::Unprotected),
    );
}

#[test]
fn a_replayed_answer_is_not_believed() {
    let mut first = None;
    let replay = |_, _: &CommandApdu, answer: ResponseApdu| first.get_or_insert(answer).clone();
    let line = Tampering::new(card_in_session(Cipher::Aes256), replay);
    let mut channel = SecureChannel::new(line, keys(Cipher::Aes256));
    assert_eq!(read(&mut channel).unwrap().data, FILE);
    let what = "the MAC of an answer is wrong";
    assert_eq!(
        read(&mut channel).unwrap_err(),
        ChannelError::SecureMessaging { what }
    );
    assert!(
        matches!(read(&mut channel), Err(ChannelError::Refused(_))),
        "nothing is sent any more"
    );
    assert_eq!(channel.into_inner().line.commands, 2);
}

#[test]
fn errors_of_the_application_keep_the_session() {
    for cipher in Cipher::ALL {
        let mut channel = SecureChannel::new(card_in_session(cipher), keys(cipher));
        let unknown = CommandApdu::new(0, Ins(0x12), 0, 0);
        let answer = channel.transmit(&unknown).unwrap();
        assert_eq!(answer, ResponseApdu::from_sw(StatusWord::INS_NOT_SUPPORTED));
        assert_eq!(read(&mut channel).unwrap().data, FILE);
    }
}

#[test]
fn a_plain_command_ends_the_session_of_the_chip() {
    let mut channel = SecureChannel::new(card_in_session(Cipher::Aes128), keys(Cipher::Aes128));
    read(&mut channel).unwrap();
    let mut card = channel.into_inner();
    card.execute(&CommandApdu::new(0, Ins(0x12), 0, 0));
    assert!(!card.has_session());
}

fn check_command(alter: impl FnOnce(&mut CommandApdu), fault: SmFault) {
    let mut terminal = TerminalSession::new(keys(Cipher::TripleDes));
    let plain = CommandApdu::new(0, Ins::SELECT, 2, 0x0C)
        .with_data([1, 0x1E])
        .with_le(Le::SHORT_MAX);
    let mut command = terminal.protect(&plain).unwrap().command().clone();
    alter(&mut command);
    let session = ChipSession::new(keys(Cipher::TripleDes));
    assert_eq!(
        session.unprotect(&command).err(),
        Some(fault),
        "{:02X?}",
        *command.data
    );
}

#[test]
fn a_bad_command_is_answered_plain_with_the_word_of_the_standard() {
    let without_mac = |c: &mut CommandApdu| {
        let mac_at = c.data.len() - 10;
        c.data.truncate(mac_at);
    };
    check_command(without_mac, SmFault::MISSING);
    check_command(|c| c.data.clear(), SmFault::MISSING);
    check_command(|c| *c.data.last_mut().unwrap() ^= 1, SmFault::INCORRECT);
    check_command(|c| c.data[4] ^= 1, SmFault::INCORRECT);
    check_command(|c| c.p2 ^= 1, SmFault::INCORRECT);
    check_command(|c| c.cla = 0x1C, SmFault::INCORRECT);
    check_command(|c| c.cla = 0x00, SmFault::INCORRECT);
    check_command(|c| drop(c.data.drain(..11)), SmFault::INCORRECT);
    check_command(|c| c.data.push(0), SmFault::INCORRECT);
    check_command(|c| c.data[2] = 2, SmFault::INCORRECT);
}

#[test]
fn a_command_of_another_moment_is_out_of_step() {
    let mut terminal = TerminalSession::new(keys(Cipher::Aes192));
    let command = terminal.protect(&read_binary()).unwrap().command().clone();
    let (_, exchange) = ChipSession::new(keys(Cipher::Aes192))
        .unprotect(&command)
        .unwrap();
    let (_, session) = exchange
        .protect(&ResponseApdu::from_sw(StatusWord::OK))
        .unwrap();
    assert_eq!(session.unprotect(&command).err(), Some(SmFault::INCORRECT));
}

#[test]
fn class_bits_survive() {
    for (plain, protected) in [(0x00, 0x0C), (0x10, 0x1C), (0x80, 0x8C)] {
        let mut terminal = TerminalSession::new(keys(Cipher::Aes128));
        let command = CommandApdu::new(plain, Ins(0x20), 0, 1).with_data([1, 2, 3]);
        let exchange = terminal.protect(&command).unwrap();
        assert_eq!(exchange.command().cla, protected);
        let (again, _) = ChipSession::new(keys(Cipher::Aes128))
            .unprotect(exchange.command())
            .unwrap();
        assert_eq!(again, command);
    }
    let mut terminal = TerminalSession::new(keys(Cipher::Aes128));
    let twice = CommandApdu::new(0x0C, Ins(0x20), 0, 1);
    assert!(matches!(
        terminal.protect(&twice).err(),
        Some(Error::Misuse(_))
    ));
    assert!(
        terminal.protect(&read_binary()).is_ok(),
        "a misuse costs nothing"
    );
}

#[test]
fn the_form_is_extended_where_it_must_be() {
    let check = |command: CommandApdu, extended: bool| {
        let mut terminal = TerminalSession::new(keys(Cipher::Aes128));
        let exchange = terminal.protect(&command).unwrap();
        assert_eq!(exchange.command().is_extended(), extended, "{command:?}");
        let outer = if extended {
            Le::EXTENDED_MAX
        } else {
            Le::SHORT_MAX
        };
        assert_eq!(exchange.command().le, Some(outer));
    };
    let command = |data: usize| CommandApdu::new(0, Ins(0x20), 0, 0).with_data(vec![7; data]);
    check(command(239), false);
    check(command(240), true);
    check(command(223).with_le(Le::SHORT_MAX), false);
    check(command(224).with_le(Le::SHORT_MAX), true);
    check(read_binary(), false);
    check(read_binary().extended(), true);
    check(read_binary().with_le(Le::new(257).unwrap()), true);
    check(read_binary().with_le(Le::EXTENDED_MAX), true);
}

#[test]
fn a_length_refused_inside_the_session_moves_both_counters() {
    let mut refused = false;
    let mut session = Some(ChipSession::new(keys(Cipher::Aes128)));
    let mut card = |command: &CommandApdu| {
        let (_, exchange) = session.take().unwrap().unprotect(command).unwrap();
        let sw = if refused {
            StatusWord::OK
        } else {
            StatusWord::WRONG_LENGTH
        };
        refused = true;
        let (answer, next) = exchange.protect(&ResponseApdu::from_sw(sw)).unwrap();
        session = Some(next);
        answer
    };
    let mut terminal = TerminalSession::new(keys(Cipher::Aes128));
    for expected in [StatusWord::WRONG_LENGTH, StatusWord::OK] {
        let exchange = terminal.protect(&read_binary()).unwrap();
        let answer = card(exchange.command());
        assert_eq!(exchange.accept(&answer).unwrap().sw, expected);
    }
}

/// A reader that refuses extended commands by itself: the card never sees them.
struct ShortReader(Card, StatusWord);

impl Channel for ShortReader {
    fn transmit(&mut self, command: &CommandApdu) -> Result<ResponseApdu, ChannelError> {
        if command.is_extended() {
            return Ok(ResponseApdu::from_sw(self.1));
        }
        self.0.transmit(command)
    }

    fn limits(&self) -> Limits {
        Limits::EXTENDED
    }
}

#[test]
fn a_length_refused_before_the_session_leaves_the_counters_alone() {
    for sw in [StatusWord::WRONG_LENGTH, StatusWord(0x6CDF)] {
        for cipher in Cipher::ALL {
            let reader = ShortReader(card_in_session(cipher), sw);
            let mut channel = SecureChannel::new(reader, keys(cipher));
            for _ in 0..=MAX_PLAIN_LENGTH_REFUSALS {
                let long = read_binary().with_le(Le::EXTENDED_MAX);
                assert_eq!(channel.transmit(&long).unwrap(), ResponseApdu::from_sw(sw));
                assert_eq!(read(&mut channel).unwrap().data, FILE);
            }
        }
    }
}

#[test]
fn a_line_that_refuses_for_ever_loses_the_session() {
    let reader = ShortReader(card_in_session(Cipher::Aes128), StatusWord::WRONG_LENGTH);
    let mut channel = SecureChannel::new(reader, keys(Cipher::Aes128));
    let long = read_binary().extended();
    for _ in 0..MAX_PLAIN_LENGTH_REFUSALS {
        assert!(channel.transmit(&long).is_ok());
    }
    assert_eq!(
        channel.transmit(&long).unwrap_err(),
        lost(StatusWord::WRONG_LENGTH)
    );
}

#[test]
fn a_command_that_does_not_fit_the_line_costs_nothing() {
    let mut card = card_in_session(Cipher::Aes128);
    card.limits = Limits::SHORT;
    let mut channel = SecureChannel::new(card, keys(Cipher::Aes128));
    let limits = channel.limits();
    assert_eq!(
        (limits.max_command, limits.max_response),
        (4 + 2 + 223, 223 + 2)
    );
    assert!(matches!(
        channel.transmit(&read_binary().extended()),
        Err(ChannelError::TooLong { .. })
    ));
    assert_eq!(read(&mut channel).unwrap().data, FILE);
}

#[test]
fn a_lost_card_ends_the_session() {
    struct Cut(Card, bool);
    impl Channel for Cut {
        fn transmit(&mut self, command: &CommandApdu) -> Result<ResponseApdu, ChannelError> {
            let answer = self.0.transmit(command)?;
            if core::mem::replace(&mut self.1, false) {
                return Err(ChannelError::Timeout);
            }
            Ok(answer)
        }
    }
    let mut channel = SecureChannel::new(
        Cut(card_in_session(Cipher::Aes128), true),
        keys(Cipher::Aes128),
    );
    assert_eq!(read(&mut channel).unwrap_err(), ChannelError::Timeout);
    assert!(matches!(read(&mut channel), Err(ChannelError::Refused(_))));
}

#[test]
fn odd_instructions_carry_data_objects() {
    for cipher in Cipher::ALL {
        let mut channel = SecureChannel::new(card_in_session(cipher), keys(cipher));
        let odd = CommandApdu::new(0, Ins::READ_BINARY_ODD, 0, 0x1E)
            .with_data([0x54, 1, 0])
            .with_le(Le::SHORT_MAX);
        let answer = channel.transmit(&odd).unwrap();
        assert_eq!(answer.data[2..], *FILE);
    }
}
