//! Chip authentication mapping: what the proof is worth, and what PACE tells of certification authorities.

use crypto::{AgreementDomain, Cipher, Curve};
use iso7816::tlv::{self, Tag};
use iso7816::{CommandApdu, Ins, ResponseApdu, StatusWord};
use lds::security_info::{PaceInfo, PaceMapping};
use protocols::pace::MappingProof;
use protocols::pace::terminal::{self, Established};
use protocols::secure_messaging::SecureChannel;
use protocols::terminal_authentication::{AuthorityReference, Chat, Rights, Role};
use protocols::{Error, Fault, Step, Untrusted};

use crate::card::{Card, FILE, form, key_pair, mrz_password, pace_info, read, rng};
use crate::tampering::Tampering;

const P256: AgreementDomain = AgreementDomain::Ec(Curve::P256);
const WRONG: Error = Error::Untrusted(Untrusted::PaceMappingProof);

fn cam(domain: AgreementDomain) -> PaceInfo {
    form(
        PaceMapping::ChipAuthenticationMapping,
        domain,
        Cipher::Aes128,
    )
    .unwrap()
}

/// A card with chip authentication mapping, by the static key of this seed.
fn card(seed: u64) -> Card {
    let mut card = Card::new();
    card.pace_infos = vec![cam(P256)];
    card.mapping_keys = vec![key_pair(P256, seed)];
    card
}

fn establish(
    line: &mut dyn iso7816::Channel,
    authorization: Option<&Chat>,
) -> Result<Established, Error> {
    terminal::establish(
        line,
        &cam(P256),
        &mrz_password(),
        authorization,
        &mut rng(2),
    )
}

fn proof(seed: u64) -> MappingProof {
    establish(&mut card(seed), None)
        .unwrap()
        .mapping_proof
        .unwrap()
}

#[test]
fn it_proves_one_key_and_no_other() {
    let proof = proof(14);
    assert_eq!(proof.key_id(), 12);
    assert_eq!(proof.check(&key_pair(P256, 14).public()), Ok(()));
    for (domain, seed) in [
        (P256, 15),
        (AgreementDomain::Ec(Curve::BrainpoolP256r1), 14),
        (AgreementDomain::Ec(Curve::P384), 14),
        (AgreementDomain::from_standardized_id(2).unwrap(), 14),
    ] {
        let other = key_pair(domain, seed).public();
        assert_eq!(proof.check(&other), Err(WRONG), "{other:?} {seed}");
    }
    assert_eq!(format!("{proof:?}"), "MappingProof");
}

/// A copy of the files, made without the private key, opens a session and fails the check.
#[test]
fn a_clone_is_found_out_by_the_check() {
    let opened = establish(&mut card(99), None).unwrap();
    let genuine = key_pair(P256, 14).public();
    let proof = opened.mapping_proof.unwrap();
    assert_eq!(proof.check(&genuine), Err(WRONG));
}

#[test]
fn without_its_key_the_offer_is_not_carried_out() {
    for keys in [
        Vec::new(),
        vec![key_pair(AgreementDomain::Ec(Curve::P384), 14)],
    ] {
        let mut card = card(14);
        card.mapping_keys = keys;
        let refused = Error::CardRefused {
            step: Step::PaceSetAt,
            sw: StatusWord::WRONG_DATA,
        };
        assert_eq!(establish(&mut card, None).unwrap_err(), refused);
    }
}

const CHIP_AUTHENTICATION_DATA: u8 = 0x8A;

/// Runs PACE with the objects of the last answer replaced.
fn altered(info: &PaceInfo, alter: impl Fn(Vec<(u8, Vec<u8>)>) -> Vec<(u8, Vec<u8>)>) -> Error {
    let mut card = card(14);
    card.pace_infos = vec![*info];
    let template = Tag::new(0x7C);
    let mut line = Tampering::new(card, |count, _: &CommandApdu, answer: ResponseApdu| {
        if count != 4 {
            return answer;
        }
        let objects = tlv::read_all(tlv::single(&answer.data, template).unwrap()).unwrap();
        let objects = objects
            .iter()
            .map(|object| (object.raw[0], object.value.to_vec()))
            .collect();
        let objects: Vec<u8> = alter(objects)
            .iter()
            .flat_map(|(tag, value)| tlv::encode(Tag::new(u32::from(*tag)), value))
            .collect();
        ResponseApdu::new(tlv::encode(template, &objects), answer.sw)
    });
    terminal::establish(&mut line, info, &mrz_password(), None, &mut rng(2)).unwrap_err()
}

#[test]
fn the_terminal_stops_at_a_proof_that_is_none() {
    let check = |fault, alter: fn(&mut Vec<(u8, Vec<u8>)>)| {
        let error = altered(&cam(P256), |mut objects| {
            alter(&mut objects);
            objects
        });
        let step = Step::PaceTokens;
        assert_eq!(error, Error::CardMisbehaved { step, fault });
    };
    let missing = Fault::Missing(Tag::new(CHIP_AUTHENTICATION_DATA.into()));
    check(missing, |objects| {
        objects.pop();
    });
    check(Fault::Surplus, |objects| objects[1].0 = 0x8B);
    check(Fault::Surplus, |objects| {
        objects.push(objects[1].clone());
    });
    check(Fault::Padding, |objects| objects[1].1.clear());
    check(Fault::Padding, |objects| objects[1].1.truncate(47));
    check(Fault::Padding, |objects| objects[1].1.truncate(32));
    check(Fault::Padding, |objects| objects[1].1[47] ^= 1);
    check(Fault::Padding, |objects| objects[1].1 = vec![7; 64]);
}

#[test]
fn a_proof_without_the_mapping_is_surplus() {
    let info = pace_info(Cipher::Aes128, Curve::P256);
    let error = altered(&info, |mut objects| {
        objects.push((CHIP_AUTHENTICATION_DATA, vec![7; 48]));
        objects
    });
    let surplus = Error::CardMisbehaved {
        step: Step::PaceTokens,
        fault: Fault::Surplus,
    };
    assert_eq!(error, surplus);
}

/// An altered first block still has its padding: the data are wrong, which only the check shows.
#[test]
fn altered_data_fail_the_check() {
    let mut line = Tampering::new(card(14), |count, _: &CommandApdu, mut answer| {
        if count == 4 {
            let ResponseApdu { data, .. } = &mut answer;
            let at = data.len() - 48;
            data[at] ^= 1;
        }
        answer
    });
    let opened = establish(&mut line, None).unwrap();
    let genuine = key_pair(P256, 14).public();
    assert_eq!(opened.mapping_proof.unwrap().check(&genuine), Err(WRONG));
}

fn authorities() -> Vec<AuthorityReference> {
    ["00002", "00001", "00000"]
        .map(|sequence| AuthorityReference::new("UT", "TESTCVCA", sequence).unwrap())
        .into()
}

/// The chip names two authorities at most, and only to who asks; the terminal's wish reaches the chip.
#[test]
fn authorities_are_told_to_who_sends_an_authorization() {
    let wish = Chat::inspection_system(Role::Terminal, Rights::ALL);
    for (known, asked) in [(0, true), (1, true), (2, true), (3, true), (2, false)] {
        for info in [cam(P256), pace_info(Cipher::Aes256, Curve::P256)] {
            let mut card = card(14);
            card.pace_infos = vec![info];
            card.authorities = authorities()[..known].to_vec();
            let wish = asked.then_some(&wish);
            let password = mrz_password();
            let opened =
                terminal::establish(&mut card, &info, &password, wish, &mut rng(2)).unwrap();
            let told = if asked { known.min(2) } else { 0 };
            assert_eq!(opened.certification_authorities, authorities()[..told]);
            let at_chip = card.opened.take().unwrap();
            assert_eq!(at_chip.authorization.as_ref(), wish);
            let mut channel = SecureChannel::new(&mut card, opened.keys);
            assert_eq!(read(&mut channel).unwrap().data, FILE);
        }
    }
}

#[test]
fn an_authorization_that_is_none_is_refused() {
    let good = "7F4C0E060904007F00070301020153013F";
    for (authorization, sw) in [
        (good, 0x9000),
        ("7F4C00", 0x6A80),
        ("7F4C0D060904007F0007030102015300", 0x6A80),
        ("7F4C0E060904007F00070301020453013F", 0x6A80),
        ("7F4C0E53013F060904007F000703010201", 0x6A80),
        (&good.repeat(2), 0x6A80),
    ] {
        let data = ["800A04007F00070202040602830101", authorization].concat();
        let command = CommandApdu::new(0, Ins::MANAGE_SECURITY_ENVIRONMENT, 0xC1, 0xA4)
            .with_data(hex::decode(data).unwrap());
        let answer = card(14).execute(&command);
        assert_eq!(answer.sw, StatusWord(sw), "{authorization}");
    }
}
