//! What the terminal says to a chip that lies.

use crypto::{Cipher, Curve, EcKeyPair, Generator};
use iso7816::tlv::{self, Tag};
use iso7816::{CommandApdu, ResponseApdu, StatusWord};
use protocols::{Error, Fault, Step, Untrusted, bac, pace};

use crate::card::{Card, mrz_password, pace_info, rng};
use crate::tampering::Tampering;

const CURVE: Curve = Curve::BrainpoolP256r1;

/// Runs PACE with the answer to one command replaced.
fn pace_with(altered: usize, alter: impl Fn(&CommandApdu, ResponseApdu) -> ResponseApdu) -> Error {
    let info = pace_info(Cipher::Aes128, CURVE);
    let mut card = Card::new();
    card.pace_infos = vec![info];
    let mut line = Tampering::new(card, |count, command: &CommandApdu, answer| {
        if count == altered {
            alter(command, answer)
        } else {
            answer
        }
    });
    let error = pace::terminal::establish(&mut line, &info, &mrz_password(), None, &mut rng(8))
        .unwrap_err();
    assert_eq!(
        line.line.commands,
        altered + 1,
        "the terminal stops at once: {error}"
    );
    error
}

const STEPS: [(usize, Step, u8); 4] = [
    (1, Step::PaceNonce, 0x80),
    (2, Step::PaceMapping, 0x82),
    (3, Step::PaceAgreement, 0x84),
    (4, Step::PaceTokens, 0x86),
];

fn template(content: &[u8]) -> ResponseApdu {
    ResponseApdu::new(tlv::encode(Tag::new(0x7C), content), StatusWord::OK)
}

fn holding(tag: u8, value: &[u8]) -> ResponseApdu {
    template(&tlv::encode(Tag::new(tag.into()), value))
}

fn inner(answer: &ResponseApdu) -> &[u8] {
    tlv::single(&answer.data, Tag::new(0x7C)).unwrap()
}

fn check(
    altered: usize,
    expected: Error,
    alter: impl Fn(&CommandApdu, ResponseApdu) -> ResponseApdu,
) {
    assert_eq!(pace_with(altered, alter), expected, "command {altered}");
}

fn misbehaved(step: Step, fault: Fault) -> Error {
    Error::CardMisbehaved { step, fault }
}

#[test]
fn every_step_notices_a_wrong_structure() {
    for (at, step, tag) in STEPS {
        let encoding = misbehaved(step, Fault::Encoding);
        check(at, encoding, |_, _| ResponseApdu::from_sw(StatusWord::OK));
        check(at, encoding, |_, answer| {
            ResponseApdu::new(inner(&answer).to_vec(), answer.sw)
        });
        check(at, encoding, |_, mut answer| {
            answer.data.pop();
            answer
        });
        check(at, encoding, |_, mut answer| {
            answer.data.push(0);
            answer
        });
        check(at, encoding, |_, mut answer| {
            answer.data[0] = 0x7D;
            answer
        });
        check(at, encoding, |_, mut answer| {
            answer.data[3] += 1;
            answer
        });
        let missing = misbehaved(step, Fault::Missing(Tag::new(tag.into())));
        check(at, missing, |_, _| template(&[]));
        check(at, missing, |_, mut answer| {
            answer.data[2] |= 0x10;
            answer
        });
        let surplus = misbehaved(step, Fault::Surplus);
        check(at, surplus, |_, answer| template(&inner(&answer).repeat(2)));
        check(at, surplus, |_, answer| {
            template(&[inner(&answer), &[0x8A, 1, 0]].concat())
        });
    }
}

#[test]
fn every_step_notices_a_refusal() {
    for (at, step) in [
        (1, Step::PaceNonce),
        (2, Step::PaceMapping),
        (3, Step::PaceAgreement),
        (4, Step::PaceTokens),
    ] {
        for sw in [0x6300, 0x63C1, 0x6282, 0x6A80, 0x6982, 0x6110] {
            let sw = StatusWord(sw);
            check(at, Error::CardRefused { step, sw }, |_, answer| {
                ResponseApdu::new(answer.data, sw)
            });
        }
    }
}

#[test]
fn another_nonce_than_the_one_the_chip_computes_with_fails_at_the_tokens() {
    let info = pace_info(Cipher::Aes128, CURVE);
    let mut card = Card::new();
    card.pace_infos = vec![info];
    let mut line = Tampering::new(card, |count, _: &CommandApdu, answer| match count {
        1 => holding(0x80, &[0; 16]),
        _ => answer,
    });
    let error = pace::terminal::establish(&mut line, &info, &mrz_password(), None, &mut rng(8))
        .unwrap_err();
    assert!(error.suggests_wrong_password());
}

#[test]
fn a_chip_that_does_not_know_the_password_cannot_make_the_token() {
    let wrong = Error::Untrusted(Untrusted::PaceToken);
    check(4, wrong, |_, _| holding(0x86, &[0; 8]));
    check(4, wrong, |_, _| holding(0x86, &[]));
    check(4, wrong, |_, answer| holding(0x86, &inner(&answer)[2..9]));
    check(4, wrong, |_, answer| {
        holding(0x86, &[&inner(&answer)[2..], &[0]].concat())
    });
    check(4, wrong, |command, _| {
        let own = tlv::single(&command.data, Tag::new(0x7C)).unwrap();
        holding(0x86, &own[2..])
    });
}

#[test]
fn another_agreement_key_fails_at_the_tokens() {
    let info = pace_info(Cipher::Aes128, CURVE);
    let mut card = Card::new();
    card.pace_infos = vec![info];
    let stranger = EcKeyPair::generate(&Generator::standard(CURVE), &mut rng(9)).unwrap();
    let mut line = Tampering::new(card, |count, _: &CommandApdu, answer| match count {
        3 => holding(0x84, stranger.public().as_bytes()),
        _ => answer,
    });
    let error = pace::terminal::establish(&mut line, &info, &mrz_password(), None, &mut rng(8))
        .unwrap_err();
    let refused = Error::CardRefused {
        step: Step::PaceTokens,
        sw: StatusWord::AUTHENTICATION_FAILED,
    };
    assert_eq!(error, refused);
}

#[test]
fn certification_authority_references_that_are_none_are_passed_over() {
    let info = pace_info(Cipher::Aes128, CURVE);
    let mut card = Card::new();
    card.pace_infos = vec![info];
    let mut line = Tampering::new(card, |count, _: &CommandApdu, answer| match count {
        4 => template(&[inner(&answer), &[0x87, 2, b'U', b'T', 0x88, 2, b'U', b'T']].concat()),
        _ => answer,
    });
    let opened =
        pace::terminal::establish(&mut line, &info, &mrz_password(), None, &mut rng(8)).unwrap();
    assert_eq!(opened.certification_authorities, []);
}

/// Runs BAC with the answer to one command replaced.
fn bac_with(altered: usize, alter: impl Fn(&CommandApdu, ResponseApdu) -> ResponseApdu) -> Error {
    let keys = bac::AccessKeys::derive(&mrz_password()).unwrap();
    let mut line = Tampering::new(Card::new(), |count, command: &CommandApdu, answer| {
        if count == altered {
            alter(command, answer)
        } else {
            answer
        }
    });
    bac::terminal::establish(&mut line, &keys, &mut rng(8)).unwrap_err()
}

#[test]
fn bac_with_a_chip_that_does_not_know_the_keys() {
    let length = |step, expected, found| misbehaved(step, Fault::Length { expected, found });
    let challenge = Step::BacGetChallenge;
    let authenticate = Step::BacExternalAuthenticate;
    assert_eq!(
        bac_with(0, |_, _| ResponseApdu::from_sw(StatusWord::OK)),
        length(challenge, 8, 0)
    );
    let nine = |_: &CommandApdu, _| ResponseApdu::new(vec![1; 9], StatusWord::OK);
    assert_eq!(bac_with(0, nine), length(challenge, 8, 9));
    let refused = bac_with(0, |_, _| {
        ResponseApdu::from_sw(StatusWord::REFERENCED_DATA_NOT_FOUND)
    });
    assert_eq!(
        refused,
        Error::CardRefused {
            step: challenge,
            sw: StatusWord::REFERENCED_DATA_NOT_FOUND
        }
    );
    assert!(!refused.suggests_wrong_password());
    assert_eq!(
        bac_with(1, |_, _| ResponseApdu::from_sw(StatusWord::OK)),
        length(authenticate, 40, 0)
    );
    for at in [0, 31, 32, 39] {
        let flipped = bac_with(1, |_, mut answer| {
            answer.data[at] ^= 1;
            answer
        });
        assert_eq!(flipped, Error::Untrusted(Untrusted::BacMac), "octet {at}");
    }
    let reflected = bac_with(1, |command, _| {
        ResponseApdu::new(command.data.to_vec(), StatusWord::OK)
    });
    assert_eq!(reflected, Error::Untrusted(Untrusted::BacNonce));
}
