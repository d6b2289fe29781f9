//! A number becomes a point of the curve: the encoding of PACE with integrated mapping (Doc 9303-11 B.2).
//!
//! The affine form, step by step: the Jacobian form of B.3 gives −Ĝ for half of the numbers. The number depends on the password, so
//! nothing branches on it, and both candidates of the point are computed.

use elliptic_curve::ff::{Field, PrimeField};
use elliptic_curve::subtle::{ConditionallySelectable as _, ConstantTimeEq as _};
use primeorder::PrimeCurveParams;
use zeroize::{Zeroize, Zeroizing};

use super::arithmetic::{check_point, with_curve};
use crate::{Curve, Error, Result};

/// f_G of a number of any length modulo p, as `04 ‖ x ‖ y`.
pub(super) fn encoded(curve: Curve, number: &[u8]) -> Result<Vec<u8>> {
    if !curve.has_integrated_mapping() {
        return Err(Error::Unsupported(
            "integrated mapping on a curve whose prime is not 3 modulo 4",
        ));
    }
    let point = with_curve!(curve, C => encode::<C>(curve, number))?;
    check_point(curve, &point)?;
    Ok(point.to_vec())
}

/// A point in the making.
type Point = Zeroizing<Vec<u8>>;

fn encode<C>(curve: Curve, number: &[u8]) -> Result<Point>
where
    C: PrimeCurveParams<FieldElement: Zeroize>,
{
    let (a, b) = (C::EQUATION_A, C::EQUATION_B);
    let one = C::FieldElement::ONE;
    let t = Zeroizing::new(reduced::<C::FieldElement>(number));
    let cubed = |x: C::FieldElement| x.square() * x;

    let alpha = Zeroizing::new(-t.square());
    let sum = Zeroizing::new(*alpha + alpha.square());
    let inverses = sum.invert().and_then(|sum| a.invert().map(|a| sum * a));
    let inverse: C::FieldElement = Option::from(inverses).ok_or(Error::InvalidPoint)?;
    let inverse = Zeroizing::new(inverse);
    // −b·a⁻¹·(1 + sum⁻¹), where `inverse` is (a·sum)⁻¹.
    let x2 = Zeroizing::new(-b * (*sum + one) * *inverse);
    let x3 = Zeroizing::new(*alpha * *x2);
    let h2 = Zeroizing::new(cubed(*x2) + a * *x2 + b);
    let u = Zeroizing::new(cubed(*t) * *h2);
    let root = Zeroizing::new(inverse_root(curve, &*h2));
    let square = (root.square() * *h2).ct_eq(&one);

    let x = Zeroizing::new(C::FieldElement::conditional_select(&x3, &x2, square));
    let y = C::FieldElement::conditional_select(&u, &h2, square);
    let y = Zeroizing::new(*root * y);
    let (x, y) = (x.to_repr(), y.to_repr());
    Ok(Zeroizing::new(
        [&[0x04][..], x.as_ref(), y.as_ref()].concat(),
    ))
}

/// h to the power of p − 1 − (p + 1)/4: of a square it is the inverse of a root.
///
/// With p = 4k + 3 that is 3k + 1, and k is p without its last two bits. The exponent is no secret.
fn inverse_root<F: Field>(curve: Curve, h: &F) -> F {
    let p = curve.domain().p;
    let bits = p
        .iter()
        .flat_map(|octet| (0..8).rev().map(move |at| octet >> at & 1 == 1));
    let to_the_k = bits.take(8 * p.len() - 2).fold(F::ONE, |power, bit| {
        let power = power.square();
        if bit { power * h } else { power }
    });
    to_the_k.square() * to_the_k * h
}

/// The number modulo p. The pseudo-random function makes it at least 64 bits longer than p.
fn reduced<F: PrimeField>(number: &[u8]) -> F {
    let octet = F::from(256);
    number
        .iter()
        .fold(F::ZERO, |sum, next| sum * octet + F::from(u64::from(*next)))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use crate::{Curve, EcKeyPair, EcPoint, Error, Generator};

    fn curves() -> impl Iterator<Item = Curve> {
        Curve::ALL.into_iter().filter(|curve| *curve != Curve::P224)
    }

    #[test]
    fn the_curve_whose_prime_is_1_modulo_4_has_no_encoding() {
        let refused = Generator::integrated(Curve::P224, &[7; 48]).err();
        assert!(matches!(refused, Some(Error::Unsupported(_))));
        for curve in curves() {
            assert!(curve.has_integrated_mapping(), "{}", curve.name());
        }
    }

    #[test]
    fn numbers_without_an_encoding_are_refused() {
        for curve in curves() {
            let p = curve.domain().p;
            let (mut last, mut next) = (p.to_vec(), p.to_vec());
            *last.last_mut().unwrap() -= 1;
            let carried = next.iter().rposition(|octet| *octet != 0xFF).unwrap();
            next[carried] += 1;
            next[carried + 1..].fill(0);
            let twice = [p, &[0; 9]].concat();
            for bad in [&[][..], &[0], &[1], &last, p, &next, &twice] {
                let refused = Generator::integrated(curve, bad).err();
                assert_eq!(refused, Some(Error::InvalidPoint), "{}", curve.name());
            }
        }
    }

    #[test]
    fn numbers_are_reduced_before_they_are_mapped() {
        for curve in curves() {
            let number = [7; 16];
            let with_prime = [curve.domain().p, &number].concat();
            let [short, long] = [&number[..], &with_prime]
                .map(|number| Generator::integrated(curve, number).unwrap());
            assert_eq!(short.point(), long.point(), "{}", curve.name());
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]

        /// Ĝ lies on the curve, and generates: the order is prime.
        #[test]
        fn any_number_becomes_a_generator(number in proptest::collection::vec(any::<u8>(), 17..80)) {
            for curve in curves() {
                let generator = Generator::integrated(curve, &number).unwrap();
                let point = generator.point();
                let read = EcPoint::from_bytes(curve, point.as_bytes());
                prop_assert_eq!(read.as_ref(), Ok(point));
                prop_assert_eq!(point.as_bytes().len(), curve.point_len());
                let mut one = vec![0; curve.order_len()];
                *one.last_mut().unwrap() = 1;
                let pair = EcKeyPair::from_secret(&generator, &one).unwrap();
                prop_assert_eq!(pair.public(), point);
            }
        }
    }
}
