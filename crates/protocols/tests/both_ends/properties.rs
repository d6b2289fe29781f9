//! What holds for every command and every answer.

use crypto::{AgreementDomain, Cipher, Curve};
use iso7816::{Channel, CommandApdu, Ins, Le, ResponseApdu, StatusWord};
use proptest::prelude::*;
use protocols::secure_messaging::{
    ChipSession, SecureChannel, SessionKeys, TerminalSession, max_plain_command, max_plain_response,
};
use protocols::{active_authentication, bac, chip_authentication, pace};

use crate::card::{Card, chip_key, mrz_password, pace_info, rng, strongest};
use crate::tampering::Answers;

const P256: AgreementDomain = AgreementDomain::Ec(Curve::P256);

fn any_cipher() -> impl Strategy<Value = Cipher> {
    proptest::sample::select(Cipher::ALL.to_vec())
}

fn any_le() -> impl Strategy<Value = Option<Le>> {
    let number = prop_oneof![1u32..=256, 1u32..=65_536];
    proptest::option::of(number.prop_map(|le| Le::new(le).unwrap()))
}

prop_compose! {
    fn any_command()(
        cla in proptest::sample::select(vec![0x00u8, 0x10, 0x80, 0x90]),
        ins in any::<u8>(),
        p1 in any::<u8>(),
        p2 in any::<u8>(),
        data in proptest::collection::vec(any::<u8>(), 0..600),
        le in any_le(),
    ) -> CommandApdu {
        let command = CommandApdu::new(cla, Ins(ins), p1, p2).with_data(data);
        match le {
            Some(le) => command.with_le(le),
            None => command,
        }
    }
}

prop_compose! {
    fn any_answer()(
        data in proptest::collection::vec(any::<u8>(), 0..300),
        sw in prop_oneof![Just(0x9000u16), any::<u16>()],
    ) -> ResponseApdu {
        ResponseApdu::new(data, StatusWord(sw))
    }
}

/// Rows of data objects of the protocols: nearer to what a chip reads than bare octets.
fn near_data() -> impl Strategy<Value = Vec<u8>> {
    let tag = proptest::sample::select(vec![
        0x7Cu8, 0x80, 0x81, 0x82, 0x83, 0x84, 0x85, 0x86, 0x87, 0x8E, 0x91, 0x97, 0x99,
    ]);
    let object = (tag, proptest::collection::vec(any::<u8>(), 0..70)).prop_map(|(tag, value)| {
        let mut object = vec![tag, u8::try_from(value.len()).unwrap()];
        object.extend(value);
        object
    });
    let row = proptest::collection::vec(object, 0..4).prop_map(|row| row.concat());
    prop_oneof![
        row.clone(),
        row.prop_map(|row| iso7816::tlv::encode(iso7816::tlv::Tag::new(0x7C), &row)),
        proptest::collection::vec(any::<u8>(), 0..100),
    ]
}

prop_compose! {
    fn near_command()(
        cla in proptest::sample::select(vec![0x00u8, 0x0C, 0x10, 0x1C, 0x8C]),
        ins in proptest::sample::select(vec![0x22u8, 0x82, 0x84, 0x86, 0x88, 0xB0, 0xB1]),
        parameters in proptest::sample::select(vec![[0u8, 0], [0xC1, 0xA4], [0x41, 0xA4], [0x41, 0xA6]]),
        data in near_data(),
        le in proptest::option::of(Just(Le::SHORT_MAX)),
    ) -> CommandApdu {
        let command = CommandApdu::new(cla, Ins(ins), parameters[0], parameters[1]).with_data(data);
        match le {
            Some(le) => command.with_le(le),
            None => command,
        }
    }
}

proptest! {
    #[test]
    fn secure_messaging_carries_every_command_and_answer(
        cipher in any_cipher(),
        commands in proptest::collection::vec((any_command(), any_answer()), 1..4),
    ) {
        let keys = || SessionKeys::derive(cipher, b"a shared secret");
        let mut terminal = TerminalSession::new(keys());
        let mut chip = ChipSession::new(keys());
        for (command, answer) in commands {
            let exchange = terminal.protect(&command).unwrap();
            let sent = CommandApdu::parse(&exchange.command().to_bytes().unwrap()).unwrap();
            let (received, pending) = chip.unprotect(&sent).unwrap();
            prop_assert_eq!(received.header(), command.header());
            prop_assert_eq!(&received.data, &command.data);
            prop_assert_eq!(received.le, command.le);
            let (protected, next) = pending.protect(&answer).unwrap();
            chip = next;
            prop_assert_eq!(exchange.accept(&protected).unwrap(), answer);
        }
    }

    #[test]
    fn what_a_chip_says_fits_does_fit(cipher in any_cipher(), max in 30usize..4_000) {
        let keys = || SessionKeys::derive(cipher, b"a shared secret");
        let most = max_plain_response(cipher, max);
        let len = |plain: usize| {
            let command = CommandApdu::new(0, Ins::READ_BINARY, 0, 0).with_le(Le::EXTENDED_MAX);
            let mut terminal = TerminalSession::new(keys());
            let exchange = terminal.protect(&command).unwrap();
            let (_, pending) = ChipSession::new(keys()).unprotect(exchange.command()).unwrap();
            let answer = ResponseApdu::new(vec![7; plain], StatusWord::OK);
            pending.protect(&answer).unwrap().0.data.len()
        };
        prop_assert!(len(most) <= max);
        prop_assert!(len(most + 1) > max);
    }

    #[test]
    fn what_fits_into_a_command_does_fit(cipher in any_cipher(), max in 60usize..4_000, le in any_le()) {
        let most = max_plain_command(cipher, max, le);
        let len = |plain: usize| {
            let command = CommandApdu::new(0, Ins::SELECT, 0, 0).with_data(vec![7; plain]);
            let command = match le {
                Some(le) => command.with_le(le),
                None => command,
            };
            let mut terminal = TerminalSession::new(SessionKeys::derive(cipher, b"a shared secret"));
            terminal.protect(&command).unwrap().command().data.len()
        };
        prop_assert!(len(most) <= max);
        prop_assert!(len(most + 1) > max);
    }

    #[test]
    fn a_chip_never_panics(commands in proptest::collection::vec(near_command(), 1..12)) {
        let mut card = Card::new();
        let (key, _) = chip_key(P256, &[Cipher::TripleDes, Cipher::Aes128], Some(1));
        card.chip_keys = vec![key];
        card.enter(SessionKeys::derive(Cipher::Aes128, b"a shared secret"));
        for command in commands {
            card.execute(&command);
            prop_assert!(!card.has_session(), "no session by chance, and none that survives a wrong command");
        }
    }

    #[test]
    fn a_chip_in_a_session_never_panics(commands in proptest::collection::vec(near_command(), 1..12)) {
        let keys = || SessionKeys::derive(Cipher::Aes128, b"a shared secret");
        let mut card = Card::new();
        let (key, _) = chip_key(P256, &[Cipher::TripleDes, Cipher::Aes128], Some(1));
        card.chip_keys = vec![key];
        card.enter(keys());
        let mut channel = SecureChannel::new(card, keys());
        for mut command in commands {
            command.cla &= 0x10;
            prop_assert!(channel.transmit(&command).is_ok(), "what is protected rightly never ends a session");
        }
    }

    #[test]
    fn a_terminal_never_panics(answers in proptest::collection::vec(any_answer(), 0..6)) {
        let line = || Answers(answers.clone());
        let info = pace_info(Cipher::Aes128, Curve::P256);
        prop_assert!(pace::terminal::establish(&mut line(), &info, &mrz_password(), None, &mut rng(1)).is_err());
        let keys = bac::AccessKeys::derive(&mrz_password()).unwrap();
        prop_assert!(bac::terminal::establish(&mut line(), &keys, &mut rng(1)).is_err());
        let (_, infos) = chip_key(P256, &[Cipher::Aes128], None);
        let _ = chip_authentication::terminal::agree(&mut line(), &strongest(infos), &mut rng(1));
        let key = crypto::PrivateKey::generate_ec(Curve::P256, &mut rng(1)).unwrap().public();
        prop_assert!(active_authentication::terminal::authenticate(&mut line(), &key, None, &mut rng(1)).is_err());
        let mut channel = SecureChannel::new(line(), SessionKeys::derive(Cipher::Aes128, b"a shared secret"));
        for _ in 0..answers.len() {
            let _ = channel.transmit(&CommandApdu::new(0, Ins::READ_BINARY, 0, 0).with_le(Le::SHORT_MAX));
        }
    }
}
