//! The proof of PACE with chip authentication mapping: CA_IC = SK_IC⁻¹·SK_Map,IC modulo the order (Doc 9303-11 §4.4.3.5).
//!
//! It shows the chip to have the private number of its static key: nobody else knows what the static key must be multiplied with
//! to give the mapping key. Who knows CA_IC and the mapping pair's private number knows the static one, so both stay secret.

use elliptic_curve::CurveArithmetic;
use elliptic_curve::ff::PrimeField as _;
use elliptic_curve::ops::Invert as _;
use zeroize::Zeroizing;

use super::EcKeyPair;
use super::arithmetic::{multiply, scalar, with_curve};
use crate::{EcPoint, Error, Result, SecretBytes};

impl EcKeyPair {
    /// The chip's end, of the static pair: CA_IC for this mapping pair, with the length of the order.
    ///
    /// The terminal's check is done at once. A fault of the processor would otherwise send out a number that tells of the static
    /// key.
    ///
    /// # Errors
    /// [`Error::Misuse`] when the pairs are on two curves; [`Error::ChipAuthenticationDataWrong`] when they are not over the same
    /// generator, or the processor has failed.
    pub fn chip_authentication_data(&self, mapping: &Self) -> Result<SecretBytes> {
        let curve = self.public.curve();
        if mapping.public.curve() != curve {
            return Err(Error::Misuse(
                "chip authentication mapping between two curves",
            ));
        }
        let (own, mapped) = (self.secret.expose(), mapping.secret.expose());
        let data = with_curve!(curve, C => quotient::<C>(own, mapped))?;
        self.public
            .check_chip_authentication_data(data.expose(), &mapping.public)?;
        Ok(data)
    }
}

impl EcPoint {
    /// The terminal's end, of the chip's static key: PK_Map,IC = CA_IC·PK_IC, compared as whole points (Doc 9303-11 §4.4.3.5.2).
    ///
    /// # Errors
    /// [`Error::Malformed`] when `data` has not the length of the order, or is not from 1 to n − 1;
    /// [`Error::ChipAuthenticationDataWrong`] when the mapping key is another point.
    pub fn check_chip_authentication_data(&self, data: &[u8], mapping: &Self) -> Result<()> {
        let product = Zeroizing::new(multiply(self.curve, data, &self.bytes)?);
        if self.curve == mapping.curve && *product == mapping.bytes {
            Ok(())
        } else {
            Err(Error::ChipAuthenticationDataWrong)
        }
    }
}

fn quotient<C: CurveArithmetic>(divisor: &[u8], dividend: &[u8]) -> Result<SecretBytes> {
    let inverse = Zeroizing::new(scalar::<C>(divisor)?.invert());
    let dividend = scalar::<C>(dividend)?;
    let quotient = Zeroizing::new(**inverse * **dividend);
    Ok(SecretBytes::new(quotient.to_repr().to_vec()))
}

#[cfg(test)]
mod tests {
    use rand::{SeedableRng, rngs::StdRng};

    use crate::{Curve, EcKeyPair, EcPoint, Error, Generator};

    const WRONG: Error = Error::ChipAuthenticationDataWrong;
    const MALFORMED: Error = Error::Malformed("private number");

    fn pairs(curve: Curve) -> [EcKeyPair; 3] {
        let mut rng = StdRng::seed_from_u64(9303);
        let standard = Generator::standard(curve);
        [(); 3].map(|()| EcKeyPair::generate(&standard, &mut rng).unwrap())
    }

    /// The point with the same x.
    fn negated(point: &EcPoint) -> EcPoint {
        let parity = point.y().last().unwrap() & 1;
        let compressed = [&[3 - parity], point.x()].concat();
        EcPoint::from_compressed(point.curve(), &compressed).unwrap()
    }

    #[test]
    fn the_chip_proves_its_static_key_and_no_other() {
        for curve in Curve::ALL {
            let [own, mapping, other] = pairs(curve);
            let data = own.chip_authentication_data(&mapping).unwrap();
            assert_eq!(data.len(), curve.order_len(), "{}", curve.name());
            let check = |key: &EcKeyPair, data: &[u8], mapped: &EcPoint| {
                key.public().check_chip_authentication_data(data, mapped)
            };
            let data = data.expose();
            assert_eq!(check(&own, data, mapping.public()), Ok(()));
            assert_eq!(check(&own, data, other.public()), Err(WRONG));
            assert_eq!(check(&other, data, mapping.public()), Err(WRONG));
            assert_eq!(check(&own, data, &negated(mapping.public())), Err(WRONG));
            let mut altered = data.to_vec();
            *altered.last_mut().unwrap() ^= 1;
            assert_eq!(check(&own, &altered, mapping.public()), Err(WRONG));
        }
    }

    #[test]
    fn data_that_are_no_number_below_the_order_are_refused() {
        for curve in Curve::ALL {
            let [own, mapping, _] = pairs(curve);
            let data = own.chip_authentication_data(&mapping).unwrap();
            let data = data.expose();
            for bad in [
                &[][..],
                &data[1..],
                &[&[0], data].concat(),
                &[data, &[0]].concat(),
                &vec![0; data.len()],
                curve.domain().n,
                &vec![0xFF; data.len()],
            ] {
                let checked = own
                    .public()
                    .check_chip_authentication_data(bad, mapping.public());
                assert_eq!(checked, Err(MALFORMED), "{}", curve.name());
            }
        }
    }

    #[test]
    fn pairs_that_do_not_belong_together_yield_nothing() {
        let [own, mapping, _] = pairs(Curve::P256);
        let [foreign, ..] = pairs(Curve::BrainpoolP256r1);
        let between = own.chip_authentication_data(&foreign).err();
        assert!(matches!(between, Some(Error::Misuse(_))));
        let generator = Generator::integrated(Curve::P256, &[7; 48]).unwrap();
        let mapped = EcKeyPair::from_secret(&generator, mapping.secret().expose()).unwrap();
        assert_eq!(own.chip_authentication_data(&mapped).err(), Some(WRONG));
    }

    #[test]
    fn leading_zeros_are_kept() {
        for curve in Curve::ALL {
            let [one, five] = [1, 5].map(|number| {
                let mut secret = vec![0; curve.order_len()];
                *secret.last_mut().unwrap() = number;
                EcKeyPair::from_secret(&Generator::standard(curve), &secret).unwrap()
            });
            let data = one.chip_authentication_data(&five).unwrap();
            assert_eq!(data.expose(), five.secret().expose(), "{}", curve.name());
        }
    }
}
