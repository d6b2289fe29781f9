//! Which chips can be, and what they announce.

use crypto::DhGroup;
use lds::SecurityInfos;

use super::*;

const P256: AgreementDomain = AgreementDomain::Ec(Curve::P256);
const P384: AgreementDomain = AgreementDomain::Ec(Curve::P384);
const GROUP: AgreementDomain = AgreementDomain::Dh(DhGroup::Modp2048_256);

const fn offer(mapping: PaceMapping, domain: AgreementDomain) -> PaceOffer {
    PaceOffer {
        mapping,
        cipher: Cipher::Aes128,
        domain,
    }
}

const fn key(domain: AgreementDomain, key_id: Option<u8>) -> ChipAuthenticationKey<'static> {
    ChipAuthenticationKey {
        domain,
        ciphers: &[Cipher::Aes256, Cipher::Aes128],
        key_id,
    }
}

const GM: PaceOffer = offer(PaceMapping::GenericMapping, P256);
const IM: PaceOffer = offer(PaceMapping::IntegratedMapping, P256);
const CAM: PaceOffer = offer(PaceMapping::ChipAuthenticationMapping, P256);
const PIN: CountedNumber = CountedNumber {
    digits: 6,
    tries: 3,
};

/// PACE and chip authentication, nothing else.
const PLAIN: Chip<'static> = Chip {
    basic_access_control: false,
    pace: &[GM],
    chip_authentication: &[key(P256, None)],
    active_authentication: None,
    terminal_authentication: false,
    pin: None,
    puk: None,
};

const fn with<'a>(
    pace: &'a [PaceOffer],
    chip_authentication: &'a [ChipAuthenticationKey<'a>],
) -> Chip<'a> {
    Chip {
        pace,
        chip_authentication,
        ..PLAIN
    }
}

fn check(chip: Chip<'_>, fault: Option<&str>) {
    let found = chip.check().map_err(|error| error.to_string());
    assert_eq!(found.as_ref().err().map(String::as_str), fault, "{chip:?}");
}

#[test]
fn what_belongs_together() {
    check(PLAIN, None);
    let cam: &[_] = &[GM, CAM];
    let one: &[_] = &[key(P256, None)];
    check(with(&[GM, IM, CAM], one), None);
    check(with(cam, &[key(P384, None)]), None);
    check(
        with(&[CAM], one),
        Some("chip authentication mapping needs another mapping beside it"),
    );
    check(
        with(cam, &[]),
        Some("chip authentication mapping needs chip authentication beside it"),
    );
    check(
        with(&[offer(PaceMapping::ChipAuthenticationMapping, GROUP)], one),
        Some("chip authentication mapping exists with ECDH and AES only"),
    );
    let p224 = AgreementDomain::Ec(Curve::P224);
    check(
        with(&[offer(PaceMapping::IntegratedMapping, p224)], one),
        Some("integrated mapping is not defined on P-224"),
    );
    check(
        with(&[], one),
        Some("a chip needs PACE or basic access control"),
    );
}

#[test]
fn numbers_of_the_holder_and_terminals() {
    check(
        Chip {
            pin: Some(PIN),
            puk: Some(PIN),
            ..PLAIN
        },
        None,
    );
    let puk_alone = Chip {
        puk: Some(PIN),
        ..PLAIN
    };
    check(puk_alone, Some("a PUK needs a PIN to unblock"));
    let without_pace = Chip {
        basic_access_control: true,
        pace: &[],
        pin: Some(PIN),
        ..PLAIN
    };
    check(without_pace, Some("a PIN is a password of PACE"));
    let no_key = Chip {
        chip_authentication: &[],
        terminal_authentication: true,
        ..PLAIN
    };
    check(
        no_key,
        Some("terminal authentication needs chip authentication"),
    );
}

#[test]
fn keys_are_told_apart() {
    let several = Some("several keys need key ids, each its own");
    check(with(&[GM], &[key(P256, Some(1)), key(P384, Some(2))]), None);
    check(with(&[GM], &[key(P256, None), key(P384, None)]), several);
    check(
        with(&[GM], &[key(P256, Some(1)), key(P384, Some(1))]),
        several,
    );
    check(with(&[GM], &[key(P256, Some(1)), key(P384, None)]), several);
    check(
        with(&[GM], &[key(P256, Some(0))]),
        Some("a key id is 1 to 255"),
    );
    check(
        with(&[GM, CAM], &[key(P384, Some(12))]),
        Some("the key id of chip authentication mapping belongs to another key"),
    );
    let silent = ChipAuthenticationKey {
        ciphers: &[],
        ..key(P256, None)
    };
    check(
        with(&[GM], &[silent]),
        Some("a key of chip authentication needs a cipher"),
    );
}

/// One key serves both where its id is the number of its domain parameters; otherwise the mapping has one of its own.
#[test]
fn the_key_of_the_mapping() {
    let keys = |offered: &[_]| {
        let keys = with(&[GM, CAM], offered).agreement_keys().into_iter();
        keys.map(|key| (key.domain, key.key_id, key.is_offered))
            .collect::<Vec<_>>()
    };
    assert_eq!(keys(&[key(P256, Some(12))]), [(P256, Some(12), true)]);
    assert_eq!(
        keys(&[key(P384, None)]),
        [(P384, None, true), (P256, Some(12), false)]
    );
}

#[test]
fn one_entry_for_each_cipher() {
    let chip = Chip {
        pace: &[GM, IM],
        chip_authentication: &[key(P256, Some(1)), key(GROUP, Some(2))],
        terminal_authentication: true,
        ..PLAIN
    };
    let infos = SecurityInfos::new(chip.card_access().unwrap());
    assert_eq!(infos.pace().count(), 2);
    let ids: Vec<_> = infos
        .chip_authentication()
        .map(|info| info.key_id)
        .collect();
    assert_eq!(ids.len(), 4);
    assert!(infos.terminal_authentication().is_some());
}
