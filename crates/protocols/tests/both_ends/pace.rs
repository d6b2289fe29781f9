//! PACE: wrong passwords, several offers, runs inside sessions.

use crypto::{Cipher, Curve};
use iso7816::{Channel, ChannelError, CommandApdu, Ins, ResponseApdu, StatusWord};
use lds::security_info::{KeyAgreement, PaceInfo, PaceMapping, PaceProtocol};
use protocols::pace::{strongest, terminal};
use protocols::secure_messaging::{SecureChannel, SessionKeys};
use protocols::{Error, Password, Step};

use crate::card::{
    Card, FILE, can_password, mrz_password, other_mrz_password, pace_info, read, rng,
};
use crate::tampering::Tampering;

fn establish(
    card: &mut dyn Channel,
    info: &PaceInfo,
    password: &Password,
) -> Result<SessionKeys, Error> {
    terminal::establish(card, info, password, None, &mut rng(2)).map(|established| established.keys)
}

#[test]
fn a_wrong_password_fails_at_the_tokens() {
    for wrong in [other_mrz_password(), Password::can("123457").unwrap()] {
        let mut card = Card::new();
        let error =
            establish(&mut card, &pace_info(Cipher::Aes128, Curve::P256), &wrong).unwrap_err();
        let refused = Error::CardRefused {
            step: Step::PaceTokens,
            sw: StatusWord::AUTHENTICATION_FAILED,
        };
        assert_eq!(error, refused);
        assert!(error.suggests_wrong_password());
        assert!(!card.has_session());
    }
}

#[test]
fn one_of_several_offers_is_named() {
    let offers = [
        pace_info(Cipher::Aes128, Curve::P256),
        pace_info(Cipher::Aes128, Curve::P384),
        pace_info(Cipher::Aes256, Curve::BrainpoolP256r1),
    ];
    for info in offers {
        let mut card = Card::new();
        card.pace_infos = offers.to_vec();
        establish(&mut card, &info, &mrz_password()).unwrap();
    }
}

#[test]
fn a_chip_that_refuses_the_parameter_id_is_asked_without() {
    let refuse_id = |_, command: &CommandApdu, answer: ResponseApdu| {
        let set_at = command.ins == Ins::MANAGE_SECURITY_ENVIRONMENT;
        if set_at && command.data.len() == 18 {
            ResponseApdu::from_sw(StatusWord::LC_INCONSISTENT_WITH_P1_P2)
        } else {
            answer
        }
    };
    let mut card = Tampering::new(Card::new(), refuse_id);
    establish(
        &mut card,
        &pace_info(Cipher::Aes128, Curve::P256),
        &mrz_password(),
    )
    .unwrap();
    assert_eq!(card.line.commands, 6);
}

#[test]
fn an_offer_the_chip_does_not_know_is_refused_at_once() {
    let mut card = Card::new();
    let error = establish(
        &mut card,
        &pace_info(Cipher::Aes256, Curve::P256),
        &mrz_password(),
    )
    .unwrap_err();
    let refused = Error::CardRefused {
        step: Step::PaceSetAt,
        sw: StatusWord::WRONG_DATA,
    };
    assert_eq!(error, refused);
    assert!(!error.suggests_wrong_password());
}

#[test]
fn a_second_run_inside_a_session_renews_it() {
    let mut card = Card::new();
    let info = pace_info(Cipher::Aes128, Curve::P256);
    let first = establish(&mut card, &info, &can_password()).unwrap();
    let mut channel = SecureChannel::new(&mut card, first);
    let second = establish(&mut channel, &info, &mrz_password()).unwrap();
    channel.rekey(second);
    assert_eq!(read(&mut channel).unwrap().data, FILE);
}

#[test]
fn a_failed_second_run_leaves_the_session_alive() {
    let mut card = Card::new();
    let info = pace_info(Cipher::Aes128, Curve::P256);
    let first = establish(&mut card, &info, &can_password()).unwrap();
    let mut channel = SecureChannel::new(&mut card, first);
    assert!(establish(&mut channel, &info, &other_mrz_password()).is_err());
    assert_eq!(read(&mut channel).unwrap().data, FILE);
}

#[test]
fn what_cannot_be_carried_out_is_not_tried() {
    let form = |mapping, agreement| PaceProtocol::new(mapping, agreement, Cipher::Aes128).unwrap();
    let gm = form(PaceMapping::GenericMapping, KeyAgreement::Ecdh);
    let unsupported = [
        PaceInfo::new(form(PaceMapping::IntegratedMapping, KeyAgreement::Ecdh), 13),
        PaceInfo::new(form(PaceMapping::GenericMapping, KeyAgreement::Dh), 2),
        PaceInfo::new(gm, 2),
        PaceInfo {
            version: 1,
            ..PaceInfo::new(gm, 13)
        },
        PaceInfo {
            parameter_id: None,
            ..PaceInfo::new(gm, 13)
        },
    ];
    for info in unsupported {
        let mut card = Card::new();
        let error = establish(&mut card, &info, &mrz_password()).unwrap_err();
        assert!(matches!(error, Error::Unsupported(_)), "{info:?}");
        assert_eq!(card.commands, 0);
    }
    assert_eq!(strongest(&unsupported), None);
}

#[test]
fn the_strongest_offer_is_the_one_with_the_longest_key() {
    let weak = pace_info(Cipher::TripleDes, Curve::P521);
    let middle = pace_info(Cipher::Aes192, Curve::P256);
    let strong = pace_info(Cipher::Aes192, Curve::P384);
    assert_eq!(strongest(&[strong, weak, middle]), Some(&strong));
    assert_eq!(strongest(&[weak]), Some(&weak));
    assert_eq!(strongest(&[]), None);
}

#[test]
fn a_lost_card_is_a_fault_of_the_line() {
    struct Gone;
    impl Channel for Gone {
        fn transmit(&mut self, _: &CommandApdu) -> Result<ResponseApdu, ChannelError> {
            Err(ChannelError::CardLost)
        }
    }
    let error = establish(
        &mut Gone,
        &pace_info(Cipher::Aes128, Curve::P256),
        &mrz_password(),
    );
    assert_eq!(error.unwrap_err(), Error::Transport(ChannelError::CardLost));
}
