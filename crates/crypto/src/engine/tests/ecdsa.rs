//! ECDSA: numbers at their limits, every hash, DER of every kind.

use aws_lc_rs::signature::{
    ECDSA_P256_SHA1_ASN1, ECDSA_P256_SHA256_ASN1, ECDSA_P256_SHA384_ASN1, ECDSA_P256_SHA512_ASN1,
    ECDSA_P384_SHA256_ASN1, ECDSA_P384_SHA384_ASN1, ECDSA_P384_SHA512_ASN1, ECDSA_P521_SHA1_ASN1,
    ECDSA_P521_SHA224_ASN1, ECDSA_P521_SHA256_ASN1, ECDSA_P521_SHA384_ASN1, ECDSA_P521_SHA512_ASN1,
    VerificationAlgorithm,
};
use proptest::prelude::*;

use super::{MESSAGE, agreed, mutations, rng};
use crate::engine::{FastSigningKey, verify};
use crate::{
    Curve, EcPoint, Error, HashAlgorithm, PrivateKey, PublicKey, SignatureAlgorithm,
    ecdsa_der_to_plain, ecdsa_plain_to_der,
};

const FAST: [Curve; 3] = [Curve::P256, Curve::P384, Curve::P521];

fn key(curve: Curve) -> PrivateKey {
    PrivateKey::generate_ec(curve, &mut rng()).unwrap()
}

fn point(key: &PrivateKey) -> EcPoint {
    let PublicKey::Ec(point) = key.public() else {
        unreachable!()
    };
    point
}

fn check(point: &EcPoint, prehash: &[u8], plain: &[u8], case: &str) -> Option<bool> {
    let (curve, public) = (point.curve(), point.as_bytes());
    agreed(
        verify::ecdsa(curve, public, prehash, plain),
        crate::ec::verify_prehash(curve, public, prehash, plain),
        case,
    )
}

#[test]
fn every_hash_on_every_curve() {
    for curve in Curve::ALL {
        let key = key(curve);
        let point = point(&key);
        for hash in HashAlgorithm::ALL {
            let name = format!("{} {}", curve.name(), hash.name());
            let plain = key.sign_plain_ecdsa(hash, MESSAGE, &mut rng()).unwrap();
            let prehash = hash.digest(MESSAGE);
            let want = FAST.contains(&curve).then_some(true);
            assert_eq!(check(&point, &prehash, &plain, &name), want, "{name}");
            for (what, bad) in mutations(&plain) {
                let said = check(&point, &prehash, &bad, &format!("{name}: {what}"));
                assert_ne!(said, Some(true), "{name}: {what}");
            }
            let other = hash.digest(b"another message");
            assert_eq!(
                check(&point, &other, &plain, &name),
                want.map(|_| false),
                "{name}"
            );
        }
    }
}

#[test]
fn numbers_at_their_limits() {
    for curve in FAST {
        let key = key(curve);
        let (point, hash) = (point(&key), HashAlgorithm::Sha256);
        let prehash = hash.digest(MESSAGE);
        let plain = key.sign_plain_ecdsa(hash, MESSAGE, &mut rng()).unwrap();
        let (r, s) = plain.split_at(curve.order_len());
        let (n, zero) = (curve.domain().n, vec![0; curve.order_len()]);
        let near = |difference: i8| {
            let mut number = n.to_vec();
            let last = number.last_mut().unwrap();
            *last = last.wrapping_add_signed(difference);
            number
        };
        let negated = subtract(n, s);
        for (r, s, good) in [
            (r, s, true),
            (r, &negated[..], true), // −s is as good: ECDSA is malleable, and no profile forbids it
            (&zero, s, false),
            (r, &zero, false),
            (&zero, &zero, false),
            (n, s, false),
            (r, n, false),
            (n, n, false),
            (&near(-1), s, false),
            (r, &near(-1), false),
            (&near(1), s, false),
            (r, &near(1), false),
            (s, r, false),
        ] {
            let plain = [r, s].concat();
            let case = format!("{} {}", curve.name(), hex::encode(&plain));
            assert_eq!(check(&point, &prehash, &plain, &case), Some(good), "{case}");
        }
    }
}

/// a − b of equally long numbers.
fn subtract(a: &[u8], b: &[u8]) -> Vec<u8> {
    let mut borrow = false;
    let mut out: Vec<u8> = (0..a.len())
        .rev()
        .map(|at| {
            let (first, under) = a[at].overflowing_sub(b[at]);
            let (second, under_again) = first.overflowing_sub(u8::from(borrow));
            borrow = under || under_again;
            second
        })
        .collect();
    out.reverse();
    out
}

/// One algorithm of the engine serves every hash: the engine's own algorithms for these hashes say the same.
#[test]
fn the_engines_own_algorithms_agree() {
    use Curve::{P256, P384, P521};
    use HashAlgorithm::{Sha1, Sha224, Sha256, Sha384, Sha512};
    let cases: [(_, _, &dyn VerificationAlgorithm); 12] = [
        (P256, Sha1, &ECDSA_P256_SHA1_ASN1),
        (P256, Sha256, &ECDSA_P256_SHA256_ASN1),
        (P256, Sha384, &ECDSA_P256_SHA384_ASN1),
        (P256, Sha512, &ECDSA_P256_SHA512_ASN1),
        (P384, Sha256, &ECDSA_P384_SHA256_ASN1),
        (P384, Sha384, &ECDSA_P384_SHA384_ASN1),
        (P384, Sha512, &ECDSA_P384_SHA512_ASN1),
        (P521, Sha1, &ECDSA_P521_SHA1_ASN1),
        (P521, Sha224, &ECDSA_P521_SHA224_ASN1),
        (P521, Sha256, &ECDSA_P521_SHA256_ASN1),
        (P521, Sha384, &ECDSA_P521_SHA384_ASN1),
        (P521, Sha512, &ECDSA_P521_SHA512_ASN1),
    ];
    for (curve, hash, own) in cases {
        let key = key(curve);
        let algorithm = SignatureAlgorithm::Ecdsa(hash);
        let fast = FastSigningKey::new(&key).unwrap();
        for signature in [
            key.sign(&algorithm, MESSAGE, &mut rng()).unwrap(),
            fast.sign(&algorithm, MESSAGE).unwrap(),
        ] {
            let public = point(&key);
            let own = own.verify_sig(public.as_bytes(), MESSAGE, &signature);
            assert!(own.is_ok(), "{own:?} {algorithm}");
            let plain = ecdsa_der_to_plain(curve, &signature).unwrap();
            let prehash = hash.digest(MESSAGE);
            assert_eq!(
                check(&public, &prehash, &plain, "own algorithm"),
                Some(true)
            );
        }
    }
}

#[test]
fn what_the_fast_engine_signs_both_accept() {
    for curve in Curve::ALL {
        let key = key(curve);
        let Some(fast) = FastSigningKey::new(&key) else {
            assert!(!FAST.contains(&curve), "{}", curve.name());
            continue;
        };
        for hash in HashAlgorithm::ALL {
            let algorithm = SignatureAlgorithm::Ecdsa(hash);
            assert!(fast.has(&algorithm));
            let first = fast.sign(&algorithm, MESSAGE).unwrap();
            let second = fast.sign(&algorithm, MESSAGE).unwrap();
            assert_ne!(first, second, "randomness of its own");
            let plain = ecdsa_der_to_plain(curve, &first).unwrap();
            let said = check(&point(&key), &hash.digest(MESSAGE), &plain, "fast");
            assert_eq!(said, Some(true), "{} {algorithm}", curve.name());
        }
        let pss = SignatureAlgorithm::pss(HashAlgorithm::Sha256);
        assert!(!fast.has(&pss));
        assert!(matches!(
            fast.sign(&pss, MESSAGE),
            Err(Error::Unsupported(_))
        ));
    }
}

/// One reader of DER stands before both engines, so that no curve is stricter than another.
#[test]
fn der_is_read_alike_for_every_curve() {
    for curve in Curve::ALL {
        let key = key(curve);
        let algorithm = SignatureAlgorithm::Ecdsa(HashAlgorithm::Sha256);
        let good = key.sign(&algorithm, MESSAGE, &mut rng()).unwrap();
        let plain = ecdsa_der_to_plain(curve, &good).unwrap();
        let (r, s) = plain.split_at(curve.order_len());
        let integer = |number: &[u8]| {
            let length = u8::try_from(number.len()).unwrap();
            [&[0x02, length][..], number].concat()
        };
        let sequence = |body: &[u8]| {
            let length = u8::try_from(body.len()).unwrap();
            match length {
                0x80.. => [&[0x30, 0x81, length][..], body].concat(),
                _ => [&[0x30, length][..], body].concat(),
            }
        };
        let padded = [&[0, 0][..], r].concat();
        for (der, accepted, what) in [
            (good.clone(), true, "as written"),
            (
                ecdsa_plain_to_der(curve, &plain).unwrap(),
                true,
                "written again",
            ),
            (
                sequence(&[integer(&padded), integer(s)].concat()),
                true,
                "superfluous zeros",
            ),
            (
                sequence(&[integer(r), integer(s)].concat()),
                true,
                "missing zeros",
            ),
            (
                sequence(&[integer(&[]), integer(s)].concat()),
                false,
                "empty r",
            ),
            (
                sequence(&[integer(&[0]), integer(s)].concat()),
                false,
                "r is 0",
            ),
            (sequence(&integer(r)), false, "one number"),
            (
                sequence(&[integer(r), integer(s), integer(s)].concat()),
                false,
                "three numbers",
            ),
            ([&good[..], &[0]].concat(), false, "an octet behind"),
            (plain.clone(), false, "r ‖ s"),
            (good[..good.len() - 1].to_vec(), false, "cut"),
        ] {
            let verified = key.public().verify(&algorithm, MESSAGE, &der);
            let want = if accepted {
                Ok(())
            } else {
                Err(Error::SignatureInvalid)
            };
            assert_eq!(verified, want, "{}: {what}", curve.name());
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(60))]

    #[test]
    fn any_numbers(
        curve in proptest::sample::select(FAST.to_vec()),
        bytes in proptest::collection::vec(any::<u8>(), 0..140),
        prehash in proptest::collection::vec(any::<u8>(), 20..=64),
    ) {
        let point = point(&key(curve));
        check(&point, &prehash, &bytes, "any length");
        let mut plain = bytes;
        plain.resize(2 * curve.order_len(), 0);
        check(&point, &prehash, &plain, "the right length");
    }
}
