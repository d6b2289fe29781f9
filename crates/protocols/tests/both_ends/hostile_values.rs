//! Values that no end may compute with, in every form of PACE: the terminal meets them in answers, the chip in commands.

use crypto::{AgreementDomain, AgreementGenerator, AgreementKey, Cipher, Curve, DhGroup};
use iso7816::tlv::{self, Tag};
use iso7816::{CommandApdu, Ins, Le, ResponseApdu, StatusWord};
use lds::security_info::{PaceInfo, PaceMapping};
use protocols::pace::terminal::{self, Established};
use protocols::{Error, Fault, Step};

use crate::card::{Card, chip_key, form, key_pair, mrz_password, rng, strongest};
use crate::hostile_terminal::Forging;
use crate::tampering::Tampering;

use PaceMapping::{
    ChipAuthenticationMapping as Cam, GenericMapping as Gm, IntegratedMapping as Im,
};

const BRAINPOOL: AgreementDomain = AgreementDomain::Ec(Curve::BrainpoolP256r1);
const P384: AgreementDomain = AgreementDomain::Ec(Curve::P384);
const SMALL: AgreementDomain = AgreementDomain::Dh(DhGroup::Modp1024_160);
const LARGE: AgreementDomain = AgreementDomain::Dh(DhGroup::Modp2048_256);

const FORMS: [(PaceMapping, AgreementDomain, Cipher); 8] = [
    (Gm, BRAINPOOL, Cipher::Aes128),
    (Gm, P384, Cipher::TripleDes),
    (Gm, SMALL, Cipher::Aes256),
    (Gm, LARGE, Cipher::Aes128),
    (Im, BRAINPOOL, Cipher::Aes192),
    (Im, P384, Cipher::Aes128),
    (Im, SMALL, Cipher::TripleDes),
    (Cam, BRAINPOOL, Cipher::Aes128),
];

fn infos() -> impl Iterator<Item = (AgreementDomain, PaceInfo)> {
    FORMS
        .into_iter()
        .map(|(mapping, domain, cipher)| (domain, form(mapping, domain, cipher).unwrap()))
}

fn card(info: &PaceInfo) -> Card {
    let mut card = Card::new();
    card.pace_infos = vec![*info];
    card.mapping_keys = vec![key_pair(BRAINPOOL, 14)];
    card
}

fn holding(tag: u8, value: &[u8]) -> Vec<u8> {
    tlv::encode(
        Tag::new(0x7C),
        &tlv::encode(Tag::new(u32::from(tag)), value),
    )
}

/// Runs PACE with the data of one answer replaced.
fn answered(
    info: &PaceInfo,
    altered: usize,
    data: impl Fn(&CommandApdu) -> Vec<u8>,
) -> Result<Established, Error> {
    let mut line = Tampering::new(card(info), |count, command: &CommandApdu, answer| {
        if count == altered {
            ResponseApdu::new(data(command), StatusWord::OK)
        } else {
            answer
        }
    });
    terminal::establish(&mut line, info, &mrz_password(), None, &mut rng(8))
}

/// Runs PACE with the data of one command replaced: what the chip says to it.
fn asked(info: &PaceInfo, forged: usize, data: &[u8]) -> StatusWord {
    let forge = |command: &mut CommandApdu| *command.data = data.to_vec();
    let mut line = Forging::new(card(info), forged, forge);
    let run = terminal::establish(&mut line, info, &mrz_password(), None, &mut rng(8));
    assert!(run.is_err() && !line.card.has_session());
    line.verdict()
}

/// What is no public key: wrong forms and lengths, the neutral element, values off the curve or outside the subgroup.
fn bad_keys(domain: AgreementDomain) -> Vec<Vec<u8>> {
    let standard = AgreementGenerator::standard(domain);
    match &standard {
        AgreementGenerator::Ec(generator) => bad_points(generator.point().as_bytes()),
        AgreementGenerator::Dh(generator) => {
            let p = generator.group().domain().p;
            let near = |change: i8| {
                let mut value = p.to_vec();
                let last = value.last_mut().unwrap();
                *last = last.checked_add_signed(change).unwrap();
                value
            };
            let longer = [&[0], generator.value()].concat();
            let mut values = vec![vec![], vec![0], vec![1], vec![2], vec![3], longer];
            values.push(vec![0; p.len()]);
            values.push(vec![0xFF; p.len()]);
            // The modulus is odd and does not end in 01.
            values.extend([-1, 0].map(near));
            values
        }
    }
}

fn bad_points(base: &[u8]) -> Vec<Vec<u8>> {
    let half = base.len().div_ceil(2);
    let changed = |change: &dyn Fn(&mut Vec<u8>)| {
        let mut point = base.to_vec();
        change(&mut point);
        point
    };
    let p256 = AgreementGenerator::standard(AgreementDomain::Ec(Curve::P256));
    let AgreementGenerator::Ec(other_curve) = p256 else {
        unreachable!()
    };
    vec![
        vec![],
        vec![0x00],
        base[1..].to_vec(),
        base[..half].to_vec(),
        base[..base.len() - 1].to_vec(),
        changed(&|point| *point.last_mut().unwrap() ^= 1),
        changed(&|point| point[0] = 0x02),
        changed(&|point| point[0] = 0x03),
        changed(&|point| point[1..half].fill(0xFF)),
        changed(&|point| point[1..].fill(0)),
        changed(&|point| point.push(0)),
        other_curve.point().as_bytes().to_vec(),
    ]
}

/// The steps in which a form exchanges keys, with their tags in commands and answers.
fn key_steps(info: &PaceInfo) -> Vec<(usize, Step, u8, u8)> {
    let mapping = (2, Step::PaceMapping, 0x81, 0x82);
    let agreement = (3, Step::PaceAgreement, 0x83, 0x84);
    match info.protocol.mapping() {
        Gm | Cam => vec![mapping, agreement],
        Im => vec![agreement],
    }
}

#[test]
fn keys_that_are_none() {
    for (domain, info) in infos() {
        for bad in bad_keys(domain) {
            assert!(AgreementKey::from_wire(domain, &bad).is_err());
            for (at, step, in_command, in_answer) in key_steps(&info) {
                let fault = Fault::PublicKey;
                let error = answered(&info, at, |_| holding(in_answer, &bad)).unwrap_err();
                let expected = Error::CardMisbehaved { step, fault };
                assert_eq!(error, expected, "{info:?} {bad:02X?}");
                let sw = asked(&info, at, &holding(in_command, &bad));
                assert_eq!(sw, StatusWord::WRONG_DATA, "{info:?} {bad:02X?}");
            }
        }
    }
}

#[test]
fn the_own_key_sent_back() {
    for (domain, info) in infos() {
        for (at, step, _, in_answer) in key_steps(&info) {
            for zeros in [0, 1] {
                let reflected = answered(&info, at, |command| {
                    let own = tlv::single(&command.data, Tag::new(0x7C)).unwrap();
                    let own = tlv::read(own).unwrap().0.value;
                    // A number may be padded to the length of the prime and is still the same.
                    let padding = match domain {
                        AgreementDomain::Dh(group) => zeros * (group.value_len() - own.len()),
                        AgreementDomain::Ec(_) => 0,
                    };
                    holding(in_answer, &[&vec![0; padding], own].concat())
                });
                let fault = Fault::ReflectedKey;
                let expected = Error::CardMisbehaved { step, fault };
                assert_eq!(reflected.unwrap_err(), expected, "{info:?}");
            }
        }
    }
}

#[test]
fn nonces_of_impossible_lengths() {
    for (_, info) in infos() {
        let cipher = info.protocol.cipher();
        let own = if info.protocol.mapping() == Im && cipher.key_len() > 16 {
            32
        } else {
            16
        };
        for len in [0, 1, 8, 15, 16, 17, 24, 32, 33, 40, 48, 200] {
            let possible = match info.protocol.mapping() {
                Im => len == own,
                Gm | Cam => len > 0 && len <= 32 && len % cipher.block_len() == 0,
            };
            let error = answered(&info, 1, |_| holding(0x80, &vec![1; len])).unwrap_err();
            let refused = Error::CardMisbehaved {
                step: Step::PaceNonce,
                fault: Fault::NonceLength(len),
            };
            assert_eq!(error == refused, !possible, "{info:?} {len}: {error}");
            // Another nonce than the chip's leads to other keys.
            assert_eq!(error.suggests_wrong_password(), possible, "{info:?} {len}");
        }
    }
}

#[test]
fn the_terminals_nonce_is_as_long_as_a_key() {
    for (_, info) in infos().filter(|(_, info)| info.protocol.mapping() == Im) {
        for len in [0, 1, 8, 15, 16, 17, 24, 32, 64] {
            let sw = asked(&info, 2, &holding(0x81, &vec![1; len]));
            // One that is as long, but another, is found out at the end of the run.
            let fits = len == info.protocol.cipher().key_len();
            let expected = if fits { 0x9000 } else { 0x6A80 };
            assert_eq!(sw.0, expected, "{info:?} {len}");
        }
    }
}

#[test]
fn the_answer_of_integrated_mapping_is_empty() {
    for (_, info) in infos().filter(|(_, info)| info.protocol.mapping() == Im) {
        assert!(answered(&info, 2, |_| vec![0x7C, 0]).is_ok(), "{info:?}");
        let misbehaved = |fault| Error::CardMisbehaved {
            step: Step::PaceMapping,
            fault,
        };
        for (data, fault) in [
            (
                holding(0x82, &[4]),
                Fault::Length {
                    expected: 0,
                    found: 1,
                },
            ),
            (holding(0x81, &[]), Fault::Missing(Tag::new(0x82))),
            (vec![0x7C, 4, 0x82, 0, 0x82, 0], Fault::Surplus),
            (vec![], Fault::Encoding),
        ] {
            let error = answered(&info, 2, |_| data.clone()).unwrap_err();
            assert_eq!(error, misbehaved(fault), "{info:?} {data:02X?}");
        }
    }
}

#[test]
fn tokens_of_every_form() {
    for (_, info) in infos() {
        for token in [&[][..], &[0; 7], &[0; 8], &[0; 9], &[0; 16]] {
            let sw = asked(&info, 4, &holding(0x85, token));
            assert_eq!(sw, StatusWord::AUTHENTICATION_FAILED, "{info:?}");
        }
    }
}

/// The chip's static key agrees with no key that is none, nor with itself.
#[test]
fn keys_that_are_none_for_chip_authentication() {
    for domain in [BRAINPOOL, P384, SMALL, LARGE] {
        let (key, infos) = chip_key(domain, &[Cipher::TripleDes, Cipher::Aes128], None);
        let mut bad = bad_keys(domain);
        bad.push(key.key.public().wire().to_vec());
        let mut card = Card::new();
        card.chip_keys = vec![key];
        let oid = strongest(infos).protocol().oid();
        let set = |p2, data: Vec<u8>| {
            CommandApdu::new(0, Ins::MANAGE_SECURITY_ENVIRONMENT, 0x41, p2).with_data(data)
        };
        for bad in bad {
            let kat = set(0xA6, tlv::encode(Tag::new(0x91), &bad));
            assert_eq!(card.execute(&kat).sw, StatusWord::WRONG_DATA, "{bad:02X?}");
            let at = set(0xA4, tlv::encode(Tag::new(0x80), oid.as_bytes()));
            assert_eq!(card.execute(&at).sw, StatusWord::OK);
            let authenticate = CommandApdu::new(0, Ins::GENERAL_AUTHENTICATE, 0, 0)
                .with_data(holding(0x80, &bad))
                .with_le(Le::SHORT_MAX);
            let sw = card.execute(&authenticate).sw;
            assert_eq!(sw, StatusWord::WRONG_DATA, "{bad:02X?}");
            assert!(!card.has_session());
        }
    }
}
