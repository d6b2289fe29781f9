use super::*;

/// Yields fixed bytes, again and again.
struct Fixed(u8);

impl rand_core::TryRng for Fixed {
    type Error = core::convert::Infallible;
    fn try_next_u32(&mut self) -> core::result::Result<u32, Self::Error> {
        Ok(u32::from(self.0))
    }
    fn try_next_u64(&mut self) -> core::result::Result<u64, Self::Error> {
        Ok(u64::from(self.0))
    }
    fn try_fill_bytes(&mut self, dst: &mut [u8]) -> core::result::Result<(), Self::Error> {
        dst.fill(self.0);
        Ok(())
    }
}
impl rand_core::TryCryptoRng for Fixed {}

#[test]
fn base_points_lie_on_their_curves_and_lengths_agree() {
    for curve in Curve::ALL {
        let generator = Generator::standard(curve);
        let point = EcPoint::from_bytes(curve, generator.point().as_bytes()).unwrap();
        assert_eq!(
            point.as_bytes().len(),
            curve.point_len(),
            "{}",
            curve.name()
        );
        assert_eq!(
            (point.x().len(), point.y().len()),
            (curve.field_len(), curve.field_len())
        );
        assert_eq!(
            Curve::from_standardized_id(curve.standardized_id()),
            Some(curve)
        );
        assert_eq!(Curve::from_oid(curve.oid()), Some(curve));
    }
}

#[test]
fn compressed_points_are_the_same_points() {
    for curve in Curve::ALL {
        for draw in [3, 5, 7, 11] {
            let generator = Generator::standard(curve);
            let pair = EcKeyPair::generate(&generator, &mut Fixed(draw)).unwrap();
            let point = pair.public();
            let parity = point.y().last().unwrap() & 1;
            let compressed = [&[2 + parity], point.x()].concat();
            let read = EcPoint::from_compressed(curve, &compressed).unwrap();
            assert_eq!(read, *point, "{}", curve.name());
            let other = [&[3 - parity], point.x()].concat();
            let other = EcPoint::from_compressed(curve, &other).unwrap();
            assert!(other.x() == point.x() && other.y() != point.y());
            for bad in [
                point.as_bytes(),
                &compressed[1..],
                &[&[4], point.x()].concat(),
                &[&[2], curve.domain().p].concat(),
                &[0],
                &[],
            ] {
                let read = EcPoint::from_compressed(curve, bad);
                assert_eq!(read, Err(Error::InvalidPoint), "{}", curve.name());
            }
        }
    }
}

#[test]
fn both_ends_agree_on_standard_and_mapped_generators() {
    for curve in Curve::ALL {
        let standard = Generator::standard(curve);
        let a = EcKeyPair::generate(&standard, &mut Fixed(3)).unwrap();
        let b = EcKeyPair::generate(&standard, &mut Fixed(5)).unwrap();
        let shared = a.agree(b.public()).unwrap();
        assert_eq!(shared.x(), b.agree(a.public()).unwrap().x());
        let mapped = Generator::mapped(&[9; 16], shared.point()).unwrap();
        let a = EcKeyPair::generate(&mapped, &mut Fixed(7)).unwrap();
        let b = EcKeyPair::generate(&mapped, &mut Fixed(1)).unwrap();
        assert_eq!(
            a.agree(b.public()).unwrap().x(),
            b.agree(a.public()).unwrap().x()
        );
        let on_standard = EcKeyPair::generate(&standard, &mut Fixed(7)).unwrap();
        assert_ne!(a.public(), on_standard.public());
    }
}

#[test]
fn bad_points_are_refused() {
    for curve in Curve::ALL {
        let good = Generator::standard(curve).point().as_bytes().to_vec();
        let mut off_curve = good.clone();
        *off_curve.last_mut().unwrap() ^= 1;
        let mut compressed = good.clone();
        compressed[0] = 2;
        let zero = [&[4][..], &vec![0; good.len() - 1]].concat();
        for bad in [
            &[][..],
            &[0],
            &good[1..],
            &off_curve,
            &compressed,
            &zero,
            &[&good[..], &[0]].concat(),
        ] {
            assert_eq!(
                EcPoint::from_bytes(curve, bad),
                Err(Error::InvalidPoint),
                "{}",
                curve.name()
            );
        }
    }
}

#[test]
fn private_numbers_stay_within_the_order() {
    for curve in Curve::ALL {
        let generator = Generator::standard(curve);
        let order = curve.domain().n;
        for bad in [vec![0; curve.order_len()], order.to_vec(), vec![1; 5]] {
            assert!(
                EcKeyPair::from_secret(&generator, &bad).is_err(),
                "{}",
                curve.name()
            );
        }
        let mut last = order.to_vec();
        *last.last_mut().unwrap() -= 1;
        let pair = EcKeyPair::from_secret(&generator, &last).unwrap();
        assert_eq!(pair.public().x(), generator.point().x(), "(n-1)·G = -G");
    }
}

#[test]
fn a_generator_that_never_fits_ends_in_an_error() {
    let generator = Generator::standard(Curve::P256);
    assert!(matches!(
        EcKeyPair::generate(&generator, &mut Fixed(0)),
        Err(Error::Misuse(_))
    ));
    assert!(matches!(
        EcKeyPair::generate(&generator, &mut Fixed(0xFF)),
        Err(Error::Misuse(_))
    ));
}
