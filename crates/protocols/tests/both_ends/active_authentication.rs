//! Active authentication: every key with every hash, and what chips of the field do to the answer.

use crypto::{Cipher, Curve, HashAlgorithm, KeyKind, PrivateKey, PublicKey};
use iso7816::{CommandApdu, Limits, ResponseApdu, StatusWord};
use protocols::active_authentication::{Deviation, Verified, terminal, verify};
use protocols::secure_messaging::SecureChannel;
use protocols::{Error, Fault, Step, Untrusted, pace};

use crate::authorities::drawn;
use crate::card::{Card, mrz_password, pace_info, rng};
use crate::tampering::Tampering;

const WRONG: Error = Error::Untrusted(Untrusted::ActiveAuthenticationSignature);

fn card_with(key: PrivateKey, hash: HashAlgorithm) -> (Card, PublicKey) {
    let public = key.public();
    let mut card = Card::new();
    card.signing_key = Some((key, hash));
    (card, public)
}

fn rsa(bits: usize) -> PrivateKey {
    drawn(KeyKind::Rsa(bits), 15)
}

fn ec(curve: Curve) -> PrivateKey {
    PrivateKey::generate_ec(curve, &mut rng(15)).unwrap()
}

fn wrong_length(expected: usize, found: usize) -> Error {
    Error::CardMisbehaved {
        step: Step::ActiveAuthentication,
        fault: Fault::Length { expected, found },
    }
}

fn cut_short(expected: usize, found: usize) -> Error {
    Error::CardMisbehaved {
        step: Step::ActiveAuthentication,
        fault: Fault::Cut { expected, found },
    }
}

#[test]
fn rsa_of_every_hash_in_a_session() {
    for bits in [1_024, 1_280, 1_536, 1_792, 2_048, 3_072, 4_096] {
        for hash in HashAlgorithm::ALL {
            let (mut card, public) = card_with(rsa(bits), hash);
            let info = pace_info(Cipher::Aes128, Curve::P256);
            let session =
                pace::terminal::establish(&mut card, &info, &mrz_password(), None, &mut rng(5))
                    .unwrap()
                    .keys;
            let before = card.commands;
            let mut channel = SecureChannel::new(&mut card, session);
            let proof = terminal::authenticate(&mut channel, &public, None, &mut rng(6)).unwrap();
            assert_eq!(
                (proof.hash(), proof.deviations()),
                (hash, &[][..]),
                "{bits}"
            );
            assert_eq!(card.commands - before, 1, "one round trip for {bits} bits");
        }
    }
}

#[test]
fn ecdsa_of_every_curve_and_hash() {
    for curve in Curve::ALL {
        for hash in HashAlgorithm::ALL {
            let (mut card, public) = card_with(ec(curve), hash);
            let proof =
                terminal::authenticate(&mut card, &public, Some(hash), &mut rng(6)).unwrap();
            let mut expected = Vec::new();
            if hash == HashAlgorithm::Sha1 {
                expected.push(Deviation::ForbiddenHash);
            }
            if hash.output_len() > curve.order_len() {
                expected.push(Deviation::HashLongerThanKey);
            }
            assert_eq!(
                proof.deviations(),
                expected,
                "{} {}",
                curve.name(),
                hash.name()
            );
        }
    }
}

#[test]
fn a_hash_that_is_not_named_is_found_by_trial() {
    for hash in HashAlgorithm::ALL {
        let (mut card, public) = card_with(ec(Curve::BrainpoolP384r1), hash);
        let proof = terminal::authenticate(&mut card, &public, None, &mut rng(6)).unwrap();
        assert_eq!(proof.hash(), hash);
        assert!(proof.deviations().contains(&Deviation::HashNotNamed));
    }
}

#[test]
fn another_hash_than_the_named_one_is_wrong() {
    let (mut card, public) = card_with(ec(Curve::P256), HashAlgorithm::Sha384);
    let named = Some(HashAlgorithm::Sha256);
    assert_eq!(
        terminal::authenticate(&mut card, &public, named, &mut rng(6)).unwrap_err(),
        WRONG
    );
}

#[test]
fn a_clone_without_the_private_key_is_found_out() {
    for (own, printed) in [(rsa(1_024), rsa(1_032)), (ec(Curve::P256), ec(Curve::P384))] {
        let (mut card, _) = card_with(own, HashAlgorithm::Sha256);
        let proof = terminal::authenticate(&mut card, &printed.public(), None, &mut rng(6));
        assert!(proof.is_err());
    }
    let mut stranger = rng(77);
    let (mut card, _) = card_with(ec(Curve::P256), HashAlgorithm::Sha256);
    let printed = PrivateKey::generate_ec(Curve::P256, &mut stranger)
        .unwrap()
        .public();
    assert_eq!(
        terminal::authenticate(&mut card, &printed, None, &mut rng(6)).unwrap_err(),
        WRONG
    );
}

/// Runs with an altered answer.
fn altered(
    card: Card,
    key: &PublicKey,
    alter: impl FnMut(usize, &CommandApdu, ResponseApdu) -> ResponseApdu,
) -> Result<Verified, Error> {
    let named = Some(HashAlgorithm::Sha256);
    terminal::authenticate(&mut Tampering::new(card, alter), key, named, &mut rng(6))
}

#[test]
fn der_signatures_are_put_up_with() {
    let (card, public) = card_with(ec(Curve::P256), HashAlgorithm::Sha256);
    let to_der = |_, _: &CommandApdu, answer: ResponseApdu| {
        let der = crypto::signature::ecdsa_plain_to_der(Curve::P256, &answer.data).unwrap();
        ResponseApdu::new(der, answer.sw)
    };
    let proof = altered(card, &public, to_der).unwrap();
    assert_eq!(proof.deviations(), [Deviation::DerSignature]);
}

#[test]
fn the_alternative_signature_of_iso_9796_2_is_put_up_with() {
    let (card, public) = card_with(rsa(1_024), HashAlgorithm::Sha256);
    let PublicKey::Rsa(modulus) = public.clone() else {
        unreachable!()
    };
    let n_minus_s = |_, _: &CommandApdu, answer: ResponseApdu| {
        ResponseApdu::new(
            modulus.subtract_from_modulus(&answer.data).unwrap(),
            answer.sw,
        )
    };
    let proof = altered(card, &public, n_minus_s).unwrap();
    assert_eq!(proof.deviations(), [Deviation::AlternativeSignature]);
}

#[test]
fn a_demand_for_the_exact_length_is_met() {
    let (card, public) = card_with(rsa(1_024), HashAlgorithm::Sha256);
    let demanding = |_, command: &CommandApdu, answer: ResponseApdu| match command.le.unwrap().get()
    {
        128 => answer,
        _ => ResponseApdu::from_sw(StatusWord(0x6C80)),
    };
    altered(card, &public, demanding).unwrap();
}

#[test]
fn more_data_announced_but_none_left_is_put_up_with() {
    let (card, public) = card_with(rsa(1_024), HashAlgorithm::Sha256);
    altered(card, &public, |_, _: &CommandApdu, answer| {
        ResponseApdu::new(answer.data, StatusWord(0x6110))
    })
    .unwrap();
}

#[test]
fn an_answer_cut_refused_or_empty_is_asked_for_in_the_other_form() {
    let cut = |answer: ResponseApdu| ResponseApdu::new(answer.data[..231].to_vec(), answer.sw);
    let empty = |answer: ResponseApdu| ResponseApdu::from_sw(answer.sw);
    let refused = |_| ResponseApdu::from_sw(StatusWord::WRONG_LENGTH);
    let spoils: [&dyn Fn(ResponseApdu) -> ResponseApdu; 3] = [&cut, &empty, &refused];
    for spoil in spoils {
        let (card, public) = card_with(rsa(2_048), HashAlgorithm::Sha256);
        let spoil_extended = |_, command: &CommandApdu, answer| {
            if command.is_extended() {
                spoil(answer)
            } else {
                answer
            }
        };
        altered(card, &public, spoil_extended).unwrap();
    }
    let (card, public) = card_with(rsa(2_048), HashAlgorithm::Sha256);
    let error = altered(card, &public, |_, _: &CommandApdu, answer| cut(answer)).unwrap_err();
    assert_eq!(error, cut_short(256, 231));
}

/// What a chip does to its answers, extended and short.
#[derive(Clone, Copy)]
enum Spoilt {
    Refused,
    /// So many octets of the signature, and `9000`.
    Left(usize),
}

/// Only what fills a short answer was cut for want of room, and only where a longer one was not to be had. Less can be sent by
/// anybody, and is no signature.
#[test]
fn a_signature_counts_as_cut_only_where_there_was_no_room() {
    use Spoilt::{Left, Refused};
    for (extended, short, cut) in [
        (Some(Refused), Left(223), true),
        (Some(Refused), Left(231), true),
        (Some(Left(0)), Left(231), true),
        (Some(Left(231)), Left(231), true),
        (None, Left(223), true),
        (None, Left(255), true),
        // There was room for more.
        (None, Left(222), false),
        (None, Left(10), false),
        (None, Left(0), false),
        (Some(Refused), Left(10), false),
        // Extended length is there.
        (Some(Left(10)), Left(231), false),
        (Some(Left(222)), Left(231), false),
    ] {
        let Left(found) = short else { unreachable!() };
        let expected = if cut {
            cut_short(256, found)
        } else {
            wrong_length(256, found)
        };
        check_spoilt(rsa(2_048), extended, short, expected);
    }
    // These fit every answer.
    let of_rsa = |bits| move || rsa(bits);
    let of_curve = |curve| move || ec(curve);
    let keys: [(&dyn Fn() -> PrivateKey, usize); 4] = [
        (&of_rsa(1_024), 128),
        (&of_rsa(1_536), 192),
        (&of_curve(Curve::P256), 64),
        (&of_curve(Curve::P521), 132),
    ];
    for (key, expected) in keys {
        for found in [0, 10, expected - 1] {
            let left = Left(found);
            let error = wrong_length(expected, found);
            check_spoilt(key(), None, left, error);
            check_spoilt(key(), Some(left), left, error);
        }
    }
}

/// `extended` is nothing for a line that does not carry it.
fn check_spoilt(key: PrivateKey, extended: Option<Spoilt>, short: Spoilt, expected: Error) {
    let (mut card, public) = card_with(key, HashAlgorithm::Sha256);
    if extended.is_none() {
        card.limits = Limits::SHORT;
    }
    let spoil = |_, command: &CommandApdu, answer: ResponseApdu| {
        let how = extended.filter(|_| command.is_extended()).unwrap_or(short);
        match how {
            Spoilt::Refused => ResponseApdu::from_sw(StatusWord::WRONG_LENGTH),
            Spoilt::Left(len) => ResponseApdu::new(answer.data[..len].to_vec(), answer.sw),
        }
    };
    assert_eq!(altered(card, &public, spoil).unwrap_err(), expected);
}

#[test]
fn a_line_without_extended_length_is_asked_once() {
    let (mut card, public) = card_with(rsa(2_048), HashAlgorithm::Sha256);
    card.limits = Limits::SHORT;
    terminal::authenticate(&mut card, &public, None, &mut rng(6)).unwrap();
    assert_eq!(card.commands, 1);
}

#[test]
fn a_signature_that_fits_no_answer_of_the_session_is_refused() {
    let (mut card, public) = card_with(rsa(2_048), HashAlgorithm::Sha256);
    card.limits = Limits::SHORT;
    let info = pace_info(Cipher::Aes128, Curve::P256);
    let session = pace::terminal::establish(&mut card, &info, &mrz_password(), None, &mut rng(5))
        .unwrap()
        .keys;
    let mut channel = SecureChannel::new(&mut card, session);
    let error = terminal::authenticate(&mut channel, &public, None, &mut rng(6)).unwrap_err();
    let refused = Error::CardRefused {
        step: Step::ActiveAuthentication,
        sw: StatusWord::WRONG_LENGTH,
    };
    assert_eq!(error, refused);
}

#[test]
fn a_chip_without_a_key_refuses() {
    let public = ec(Curve::P256).public();
    let error = terminal::authenticate(&mut Card::new(), &public, None, &mut rng(6)).unwrap_err();
    let refused = Error::CardRefused {
        step: Step::ActiveAuthentication,
        sw: StatusWord::INS_NOT_SUPPORTED,
    };
    assert_eq!(error, refused);
}

#[test]
fn a_proof_can_be_checked_again_and_not_for_another_challenge() {
    let (mut card, public) = card_with(rsa(1_024), HashAlgorithm::Sha512);
    let proof = terminal::authenticate(&mut card, &public, None, &mut rng(6)).unwrap();
    let again = verify(&public, None, *proof.challenge(), proof.signature()).unwrap();
    assert_eq!(again, proof);
    let mut challenge = *proof.challenge();
    challenge[0] ^= 1;
    assert_eq!(
        verify(&public, None, challenge, proof.signature()).unwrap_err(),
        WRONG
    );
}
