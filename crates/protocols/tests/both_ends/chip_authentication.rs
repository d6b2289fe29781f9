//! Chip authentication inside sessions of BAC and PACE: which key, which commands, and what it proves.

use crypto::{AgreementDomain, Cipher, Curve, DhGroup};
use iso7816::{Channel, ChannelError, CommandApdu, Ins, ResponseApdu, StatusWord};
use protocols::chip_authentication::{Selection, terminal};
use protocols::secure_messaging::SecureChannel;
use protocols::{Error, Fault, Step, bac, pace};

use crate::card::{Card, FILE, chip_key, key_pair, mrz_password, pace_info, read, rng, strongest};
use crate::tampering::Tampering;

const P256: AgreementDomain = AgreementDomain::Ec(Curve::P256);

fn after_pace(card: &mut Card) -> SecureChannel<&mut Card> {
    let info = pace_info(Cipher::Aes128, Curve::P256);
    let session =
        pace::terminal::establish(card, &info, &mrz_password(), None, &mut rng(3)).unwrap();
    SecureChannel::new(card, session.keys)
}

fn after_bac(card: &mut Card) -> SecureChannel<&mut Card> {
    let keys = bac::AccessKeys::derive(&mrz_password()).unwrap();
    let session = bac::terminal::establish(card, &keys, &mut rng(3)).unwrap();
    SecureChannel::new(card, session)
}

fn card_with(domain: AgreementDomain, ciphers: &[Cipher]) -> (Card, Selection) {
    let (key, infos) = chip_key(domain, ciphers, None);
    let mut card = Card::new();
    card.chip_keys = vec![key];
    (card, strongest(infos))
}

#[test]
fn sessions_of_every_access_protocol_are_renewed() {
    for cipher in Cipher::ALL {
        for open in [after_pace, after_bac] {
            let (mut card, selection) = card_with(P256, &[cipher]);
            let mut channel = open(&mut card);
            let agreed = terminal::agree(&mut channel, &selection, &mut rng(4)).unwrap();
            assert_eq!(agreed.keys.cipher(), cipher);
            channel.rekey(agreed.keys);
            for _ in 0..3 {
                assert_eq!(read(&mut channel).unwrap().data, FILE, "{cipher:?}");
            }
        }
    }
}

/// Two keys without ids are told apart by their kind, as long as one of each is there.
#[test]
fn a_key_of_each_kind_needs_no_id() {
    let group = AgreementDomain::Dh(DhGroup::Modp1024_160);
    let (of_group, infos_of_group) = chip_key(group, &[Cipher::Aes128], None);
    let (of_curve, infos_of_curve) = chip_key(P256, &[Cipher::Aes128], None);
    let mut card = Card::new();
    card.chip_keys = vec![of_group, of_curve];
    for infos in [infos_of_group, infos_of_curve] {
        let mut channel = after_pace(&mut card);
        let agreed = terminal::agree(&mut channel, &strongest(infos), &mut rng(4)).unwrap();
        channel.rekey(agreed.keys);
        assert_eq!(read(&mut channel).unwrap().data, FILE);
    }
}

#[test]
fn the_old_keys_are_dead_afterwards() {
    let (mut card, selection) = card_with(P256, &[Cipher::Aes128]);
    let mut channel = after_pace(&mut card);
    terminal::agree(&mut channel, &selection, &mut rng(4)).unwrap();
    let error = read(&mut channel).unwrap_err();
    assert_eq!(
        error,
        ChannelError::SessionLost(StatusWord::SM_OBJECT_INCORRECT)
    );
    assert!(!card.has_session());
}

#[test]
fn one_of_several_keys_is_named() {
    let (first, mut infos) = chip_key(P256, &[Cipher::Aes128], Some(0xC3));
    let (second, more) = chip_key(
        AgreementDomain::Ec(Curve::P384),
        &[Cipher::TripleDes, Cipher::Aes256],
        Some(0x0100),
    );
    infos.extend(more);
    let mut card = Card::new();
    card.chip_keys = vec![first, second];
    let selection = strongest(infos);
    assert_eq!(
        (selection.cipher(), selection.key().domain()),
        (Cipher::Aes256, AgreementDomain::Ec(Curve::P384))
    );
    let mut channel = after_pace(&mut card);
    let keys = terminal::agree(&mut channel, &selection, &mut rng(4))
        .unwrap()
        .keys;
    channel.rekey(keys);
    assert_eq!(read(&mut channel).unwrap().data, FILE);
}

#[test]
fn a_key_that_nothing_announces_is_used_with_triple_des() {
    let (key, mut infos) = chip_key(P256, &[Cipher::TripleDes], None);
    infos.remove(0);
    let mut card = Card::new();
    card.chip_keys = vec![key];
    let selection = strongest(infos);
    assert!(!selection.is_announced());
    let mut channel = after_bac(&mut card);
    let keys = terminal::agree(&mut channel, &selection, &mut rng(4))
        .unwrap()
        .keys;
    channel.rekey(keys);
    assert_eq!(read(&mut channel).unwrap().data, FILE);
}

#[test]
fn triple_des_goes_by_the_other_commands_where_kat_is_refused() {
    let (card, selection) = card_with(P256, &[Cipher::TripleDes]);
    let mut refused = 0;
    let no_kat = |_, command: &CommandApdu, answer: ResponseApdu| {
        if command.ins == Ins::MANAGE_SECURITY_ENVIRONMENT && command.p2 == 0xA6 {
            refused += 1;
            return ResponseApdu::from_sw(StatusWord::FUNCTION_NOT_SUPPORTED);
        }
        answer
    };
    let mut channel = Tampering::new(card, no_kat);
    let keys = terminal::agree(&mut channel, &selection, &mut rng(4))
        .unwrap()
        .keys;
    assert_eq!(keys.cipher(), Cipher::TripleDes);
    assert_eq!(channel.line.commands, 3);
    drop(channel);
    assert_eq!(refused, 1);
}

#[test]
fn a_card_without_the_key_refuses_and_the_old_session_lives_on() {
    let (_, selection) = card_with(P256, &[Cipher::Aes128]);
    let mut card = Card::new();
    let mut channel = after_pace(&mut card);
    let error = terminal::agree(&mut channel, &selection, &mut rng(4)).unwrap_err();
    let refused = Error::CardRefused {
        step: Step::ChipAuthenticationSetAt,
        sw: StatusWord::REFERENCED_DATA_NOT_FOUND,
    };
    assert_eq!(error, refused);
    assert_eq!(read(&mut channel).unwrap().data, FILE);
}

#[test]
fn a_card_that_has_another_private_key_is_found_out_by_the_next_answer() {
    let (_, selection) = card_with(P256, &[Cipher::Aes128]);
    let clone = key_pair(P256, 99);
    let mut card = Card::new();
    card.chip_keys = vec![protocols::chip_authentication::chip::ChipKey {
        id: None,
        key: clone,
        ciphers: vec![Cipher::Aes128],
    }];
    let mut channel = after_pace(&mut card);
    let keys = terminal::agree(&mut channel, &selection, &mut rng(4))
        .unwrap()
        .keys;
    channel.rekey(keys);
    assert!(matches!(
        read(&mut channel),
        Err(ChannelError::SessionLost(_))
    ));
}

#[test]
fn an_answer_that_says_more_than_yes_is_refused() {
    let (card, selection) = card_with(P256, &[Cipher::Aes128]);
    let talkative = |count, _: &CommandApdu, answer: ResponseApdu| match count {
        1 => ResponseApdu::new(vec![0x7C, 3, 0x81, 1, 9], StatusWord::OK),
        _ => answer,
    };
    let mut channel = Tampering::new(card, talkative);
    let error = terminal::agree(&mut channel, &selection, &mut rng(4)).unwrap_err();
    let misbehaved = Error::CardMisbehaved {
        step: Step::ChipAuthenticationAgreement,
        fault: Fault::Surplus,
    };
    assert_eq!(error, misbehaved);
}

#[test]
fn a_lost_session_is_not_mistaken_for_a_refusal() {
    let (mut card, selection) = card_with(P256, &[Cipher::TripleDes]);
    let session = pace::terminal::establish(
        &mut card,
        &pace_info(Cipher::Aes128, Curve::P256),
        &mrz_password(),
        None,
        &mut rng(3),
    )
    .unwrap();
    let plain =
        |_, _: &CommandApdu, _| ResponseApdu::from_sw(StatusWord::SECURITY_STATUS_NOT_SATISFIED);
    let mut channel: Box<dyn Channel> = Box::new(SecureChannel::new(
        Tampering::new(card, plain),
        session.keys,
    ));
    let error = terminal::agree(&mut channel, &selection, &mut rng(4)).unwrap_err();
    let lost = ChannelError::SessionLost(StatusWord::SECURITY_STATUS_NOT_SATISFIED);
    assert_eq!(error, Error::Transport(lost));
}
