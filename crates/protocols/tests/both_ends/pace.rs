//! PACE: wrong passwords, several offers, runs inside sessions.

use crypto::{AgreementDomain, Cipher, Curve, DhGroup};
use iso7816::{Channel, ChannelError, CommandApdu, Ins, Limits, ResponseApdu, StatusWord};
use lds::security_info::{KeyAgreement, PaceInfo, PaceMapping, PaceProtocol};
use protocols::pace::{strongest, terminal};
use protocols::secure_messaging::{SecureChannel, SessionKeys};
use protocols::{Error, Password, Step};

use crate::card::{
    Card, FILE, can_password, form, mrz_password, other_mrz_password, pace_info, read, rng,
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
    let protocol = |mapping, agreement| PaceProtocol::new(mapping, agreement, Cipher::Aes128);
    let gm = protocol(PaceMapping::GenericMapping, KeyAgreement::Ecdh).unwrap();
    let dh = protocol(PaceMapping::GenericMapping, KeyAgreement::Dh).unwrap();
    let im = protocol(PaceMapping::IntegratedMapping, KeyAgreement::Ecdh).unwrap();
    let p224 = Curve::P224.standardized_id();
    let mut deprecated = PaceInfo::new(gm, 13);
    deprecated.version = 1;
    let unsupported = [
        PaceInfo::new(im, p224),
        PaceInfo::new(gm, 2),
        PaceInfo::new(dh, 13),
        PaceInfo::new(dh, 3),
        PaceInfo::new(gm, 19),
        deprecated,
        PaceInfo::with_explicit_parameters(gm, None),
        PaceInfo::with_explicit_parameters(gm, Some(32)),
    ];
    for info in unsupported {
        let mut card = Card::new();
        card.pace_infos = vec![info];
        let error = establish(&mut card, &info, &mrz_password()).unwrap_err();
        assert!(matches!(error, Error::Unsupported(_)), "{info:?}");
        assert_eq!(card.commands, 0);
    }
    assert_eq!(strongest(&unsupported), None);
}

/// Best first: AES before 3DES, the weaker half, then the mapping.
#[test]
fn the_strongest_of_several_offers() {
    use PaceMapping::{
        ChipAuthenticationMapping as Cam, GenericMapping as Gm, IntegratedMapping as Im,
    };
    let ec = AgreementDomain::Ec;
    let group = AgreementDomain::Dh(DhGroup::Modp2048_256);
    let best_first = [
        form(Gm, ec(Curve::P384), Cipher::Aes192),
        form(Cam, ec(Curve::P256), Cipher::Aes128),
        form(Gm, ec(Curve::P256), Cipher::Aes128),
        form(Im, ec(Curve::P256), Cipher::Aes128),
        form(Gm, group, Cipher::Aes256),
        form(Im, group, Cipher::Aes256),
        form(Gm, ec(Curve::P192), Cipher::Aes256),
        form(Gm, ec(Curve::P521), Cipher::TripleDes),
    ]
    .map(Option::unwrap);
    for from in 0..best_first.len() {
        let offers = &best_first[from..];
        assert_eq!(strongest(offers), offers.first());
        assert_eq!(strongest(offers.iter().rev()), offers.first());
    }
    assert_eq!(strongest(&[]), None);
}

/// DH of 2048 bits takes extended length; a line without it is told so before anything secret is spent.
#[test]
fn long_keys_need_extended_length() {
    let long = AgreementDomain::Dh(DhGroup::Modp2048_224);
    let short = AgreementDomain::Dh(DhGroup::Modp1024_160);
    for (domain, limits, fits) in [
        (long, Limits::EXTENDED, true),
        (long, Limits::SHORT, false),
        (short, Limits::SHORT, true),
    ] {
        for mapping in [PaceMapping::GenericMapping, PaceMapping::IntegratedMapping] {
            let info = form(mapping, domain, Cipher::Aes128).unwrap();
            let mut card = Card::new();
            card.pace_infos = vec![info];
            card.limits = limits;
            let error = establish(&mut card, &info, &mrz_password()).err();
            let too_long = matches!(error, Some(Error::Transport(ChannelError::TooLong { .. })));
            assert_eq!((error.is_none(), too_long), (fits, !fits), "{info:?}");
        }
    }
}

/// Long keys under secure messaging: a second run inside a session, with the chaining bit kept.
#[test]
fn long_keys_inside_a_session() {
    let long = AgreementDomain::Dh(DhGroup::Modp2048_256);
    for cipher in [Cipher::TripleDes, Cipher::Aes256] {
        let inner = form(PaceMapping::GenericMapping, long, cipher).unwrap();
        let outer = pace_info(cipher, Curve::P256);
        let mut card = Card::new();
        card.pace_infos = vec![outer, inner];
        let first = establish(&mut card, &outer, &can_password()).unwrap();
        let mut channel = SecureChannel::new(&mut card, first);
        let second = establish(&mut channel, &inner, &mrz_password()).unwrap();
        channel.rekey(second);
        assert_eq!(read(&mut channel).unwrap().data, FILE);
    }
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
