use der::Encode;
use proptest::prelude::*;

use super::super::spki_form::{EcParameters, spki_der};
use super::*;
use crate::Generator;

fn explicit(curve: Curve) -> Vec<u8> {
    PublicKey::Ec(base(curve))
        .to_spki(EcParameters::Explicit)
        .unwrap()
}

fn base(curve: Curve) -> EcPoint {
    Generator::standard(curve).point().clone()
}

fn tlv(tag: u8, parts: &[&[u8]]) -> Vec<u8> {
    let value = parts.concat();
    let length = u16::try_from(value.len()).unwrap().to_be_bytes();
    match value.len() {
        0..=0x7F => [&[tag, length[1]][..], &value].concat(),
        0x80..=0xFF => [&[tag, 0x81, length[1]][..], &value].concat(),
        _ => [&[tag, 0x82, length[0], length[1]][..], &value].concat(),
    }
}

fn unsigned(number: &[u8]) -> Vec<u8> {
    let number = without_zeros(number);
    let sign: &[u8] = if number[0] & 0x80 != 0 { &[0] } else { &[] };
    tlv(0x02, &[sign, number])
}

/// Explicit parameters, to replace parts of.
struct Parts {
    prime: Vec<u8>,
    a: Vec<u8>,
    b: Vec<u8>,
    seed: Vec<u8>,
    base: Vec<u8>,
    order: Vec<u8>,
    cofactor: Vec<u8>,
    key: Vec<u8>,
}

impl Parts {
    fn of(curve: Curve) -> Self {
        let domain = curve.domain();
        Self {
            prime: unsigned(domain.p),
            a: domain.a.to_vec(),
            b: domain.b.to_vec(),
            seed: Vec::new(),
            base: domain.base_point(),
            order: unsigned(domain.n),
            cofactor: vec![2, 1, 1],
            key: domain.base_point(),
        }
    }

    fn spki(&self) -> Vec<u8> {
        let kind = PRIME_FIELD.to_der().unwrap();
        let field = tlv(0x30, &[&kind, &self.prime]);
        let (a, b) = (tlv(0x04, &[&self.a]), tlv(0x04, &[&self.b]));
        let parameters = tlv(
            0x30,
            &[
                &[2, 1, 1],
                &field,
                &tlv(0x30, &[&a, &b, &self.seed]),
                &tlv(0x04, &[&self.base]),
                &self.order,
                &self.cofactor,
            ],
        );
        let oid = EC_PUBLIC_KEY.to_der().unwrap();
        let algorithm = tlv(0x30, &[&oid, &parameters]);
        tlv(0x30, &[&algorithm, &tlv(0x03, &[&[0], &self.key])])
    }
}

type Change<'a> = &'a dyn Fn(&mut Parts);

fn compressed(point: &EcPoint) -> Vec<u8> {
    [&[2 + (point.y().last().unwrap() & 1)], point.x()].concat()
}

#[test]
fn what_the_parts_make_is_what_we_write() {
    for curve in Curve::ALL {
        assert_eq!(Parts::of(curve).spki(), explicit(curve), "{}", curve.name());
    }
}

#[test]
fn changed_parameters_are_refused_with_the_reason() {
    for curve in Curve::ALL {
        let with = |change: Change<'_>| {
            let mut parts = Parts::of(curve);
            change(&mut parts);
            PublicKey::from_spki_tolerant(&parts.spki())
        };
        let flip = |number: &mut Vec<u8>| *number.last_mut().unwrap() ^= 2;
        let other_base = |parts: &mut Parts| {
            // 2·G, a point of the curve: computed with, it would let anybody sign.
            let mut two = vec![0; curve.order_len()];
            *two.last_mut().unwrap() = 2;
            let pair = crate::EcKeyPair::from_secret(&Generator::standard(curve), &two).unwrap();
            parts.base = pair.public().as_bytes().to_vec();
        };
        let cases: [(Change<'_>, &str); 9] = [
            (&|parts| flip(&mut parts.prime), "the prime of no known"),
            (&|parts| flip(&mut parts.a), "other coefficients"),
            (&|parts| flip(&mut parts.b), "other coefficients"),
            (&|parts| flip(&mut parts.base), "another base point"),
            (&|parts| parts.base[0] = 0x02 ^ 0x04, "another base point"),
            (&other_base, "another base point"),
            (&|parts| flip(&mut parts.order), "another order"),
            (&|parts| parts.cofactor = vec![2, 1, 4], "another cofactor"),
            (&|parts| parts.cofactor = vec![2, 1, 0], "another cofactor"),
        ];
        for (change, reason) in cases {
            let Err(Error::Unsupported(why)) = with(change) else {
                panic!("{} {reason}", curve.name());
            };
            assert!(why.contains(reason), "{} {why}", curve.name());
        }
    }
}

#[test]
fn what_is_tolerated_is_told() {
    use KeyDeviation::{
        CoefficientLength, CofactorMissing, CompressedBasePoint, CompressedPoint, NegativeInteger,
        PaddedInteger,
    };
    for curve in Curve::ALL {
        let top_bit = curve.domain().n[0] & 0x80 != 0;
        let cases: [(Change<'_>, &[KeyDeviation]); 10] = [
            (&|_| {}, &[]),
            (&|parts| parts.seed = tlv(0x03, &[&[0], &[9; 20]]), &[]),
            (&|parts| parts.a.insert(0, 0), &[CoefficientLength]),
            (&|parts| parts.cofactor.clear(), &[CofactorMissing]),
            (
                &|parts| parts.base = compressed(&base(curve)),
                &[CompressedBasePoint],
            ),
            (
                &|parts| parts.key = compressed(&base(curve)),
                &[CompressedPoint],
            ),
            (
                &|parts| parts.prime = tlv(2, &[&[0, 0], without_zeros(curve.domain().p)]),
                &[PaddedInteger],
            ),
            (&|parts| parts.cofactor = vec![2, 2, 0, 1], &[PaddedInteger]),
            (
                &|parts| parts.order = tlv(2, &[without_zeros(curve.domain().n)]),
                if top_bit { &[NegativeInteger] } else { &[] },
            ),
            (
                &|parts| {
                    parts.key = compressed(&base(curve));
                    parts.base = parts.key.clone();
                    parts.cofactor.clear();
                },
                &[CompressedPoint, CompressedBasePoint, CofactorMissing],
            ),
        ];
        for (number, (change, deviations)) in cases.into_iter().enumerate() {
            let mut parts = Parts::of(curve);
            change(&mut parts);
            let spki = parts.spki();
            let key = PublicKey::Ec(base(curve));
            let read = PublicKey::from_spki_tolerant(&spki);
            let case = format!("{} {number}", curve.name());
            assert_eq!(read, Ok((key, deviations.to_vec())), "{case}");
            let strictly = PublicKey::from_spki(&spki).is_ok();
            assert_eq!(strictly, deviations.iter().all(|d| d.is_minor()), "{case}");
        }
    }
}

fn rsa_spki(modulus: &[u8], exponent: &[u8]) -> Vec<u8> {
    let key = tlv(0x30, &[modulus, exponent]);
    spki_der(RSA_ENCRYPTION, Some(AnyRef::NULL), &key).unwrap()
}

#[test]
fn a_modulus_without_its_leading_zero() {
    let modulus = {
        let mut modulus = vec![0xC5; 256];
        modulus[255] = 0xC7;
        modulus
    };
    let key = PublicKey::Rsa(RsaPublicKey::from_parts(&modulus, &[1, 0, 1]).unwrap());
    let exponent = [2, 3, 1, 0, 1];
    for (spki, deviations) in [
        (rsa_spki(&tlv(2, &[&[0], &modulus]), &exponent), &[][..]),
        (
            rsa_spki(&tlv(2, &[&modulus]), &exponent),
            &[KeyDeviation::NegativeInteger],
        ),
        (
            rsa_spki(&tlv(2, &[&[0, 0], &modulus]), &exponent),
            &[KeyDeviation::PaddedInteger],
        ),
        (
            rsa_spki(&tlv(2, &[&modulus]), &[2, 4, 0, 1, 0, 1]),
            &[KeyDeviation::NegativeInteger, KeyDeviation::PaddedInteger],
        ),
    ] {
        let read = PublicKey::from_spki_tolerant(&spki);
        assert_eq!(read, Ok((key.clone(), deviations.to_vec())));
        let strictly = PublicKey::from_spki(&spki);
        match deviations {
            [] => assert_eq!(strictly, Ok(key.clone())),
            _ => assert_eq!(strictly, Err(MALFORMED_RSA)),
        }
    }
    let good = tlv(2, &[&[0], &modulus]);
    for key in [
        tlv(0x30, &[&good]),
        tlv(0x30, &[&good, &exponent, &exponent]),
        tlv(0x30, &[&good, &[2, 0]]),
        tlv(0x30, &[&tlv(4, &[&modulus]), &exponent]),
        [tlv(0x30, &[&good, &exponent]), vec![0]].concat(),
    ] {
        let spki = spki_der(RSA_ENCRYPTION, Some(AnyRef::NULL), &key).unwrap();
        assert_eq!(PublicKey::from_spki_tolerant(&spki), Err(MALFORMED_RSA));
    }
}

#[test]
fn standardised_parameters_are_read() {
    // Doc 9303-11 annex I names a standardised set inside the key.
    for curve in Curve::ALL {
        let parameters = curve.standardized_id().to_der().unwrap();
        let spki = spki_der(
            STANDARDIZED_DOMAIN_PARAMETERS,
            Some(AnyRef::from_der(&parameters).unwrap()),
            base(curve).as_bytes(),
        )
        .unwrap();
        assert_eq!(PublicKey::from_spki(&spki), Ok(PublicKey::Ec(base(curve))));
    }
}

#[test]
fn a_field_that_is_not_prime() {
    const CHARACTERISTIC_TWO: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.10045.1.2");
    let prime = PRIME_FIELD.to_der().unwrap();
    let binary = CHARACTERISTIC_TWO.to_der().unwrap();
    let mut spki = explicit(Curve::P256);
    let at = spki
        .windows(prime.len())
        .position(|window| window == prime)
        .unwrap();
    spki[at..at + binary.len()].copy_from_slice(&binary);
    assert_eq!(
        PublicKey::from_spki(&spki),
        Err(Error::Unsupported("curve over a field that is not prime"))
    );
}

proptest! {
    #[test]
    fn never_panics(at in 0usize..300, value: u8, cut in 0usize..400) {
        let mut bytes = explicit(Curve::P256);
        if let Some(byte) = bytes.get_mut(at) { *byte = value; }
        bytes.truncate(cut);
        let _ = PublicKey::from_spki_tolerant(&bytes);
    }
}
