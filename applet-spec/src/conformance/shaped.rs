//! Ephemeral keys with a coordinate at the edge.
//!
//! A terminal draws its key from the randomness it is given. So randomness is looked for that leads to a key of the shape
//! wanted, and is given to the terminal once more; what the terminal does stays its own.

use core::convert::Infallible;

use crypto::{
    AgreementDomain, AgreementGenerator, AgreementKeyPair, CryptoRng, Curve, EcKeyPair, EcPoint,
    Generator,
};
use rand_core::{TryCryptoRng, TryRng};

use super::dialogue::Shape;

/// Keys among which the greatest coordinate is looked for.
const CANDIDATES: usize = 256;
/// Keys after which no zero octet is to be hoped for any more: once in 10^27 tries without end.
const MAX_TRIES: usize = 16_384;

/// Randomness that begins with octets drawn before.
pub(super) struct Replayed<'a> {
    octets: std::vec::IntoIter<u8>,
    rng: &'a mut dyn CryptoRng,
}

impl<'a> Replayed<'a> {
    /// Randomness from which the next key pair on the curve is of the shape; any key without one. Values of a group have no
    /// coordinates and are taken as they come.
    pub(super) fn leading_to(
        shape: Option<Shape>,
        domain: Option<AgreementDomain>,
        rng: &'a mut dyn CryptoRng,
    ) -> crypto::Result<Self> {
        let octets = match (shape, domain) {
            (Some(shape), Some(AgreementDomain::Ec(curve))) => search(shape, curve, rng)?,
            _ => Vec::new(),
        };
        let octets = octets.into_iter();
        Ok(Self { octets, rng })
    }
}

fn search(shape: Shape, curve: Curve, rng: &mut dyn CryptoRng) -> crypto::Result<Vec<u8>> {
    let generator = Generator::standard(curve);
    best(shape, &mut || {
        let mut recorder = Recorder {
            octets: Vec::new(),
            rng: &mut *rng,
        };
        let pair = EcKeyPair::generate(&generator, &mut recorder)?;
        Ok((coordinate(shape, pair.public()).to_vec(), recorder.octets))
    })
}

/// A key pair of the shape on a generator that only the run has yielded; any without one, and on a group, whose values have no
/// coordinates.
pub(super) fn drawn(
    shape: Option<Shape>,
    generator: &AgreementGenerator,
    rng: &mut dyn CryptoRng,
) -> crypto::Result<AgreementKeyPair> {
    let (Some(shape), AgreementGenerator::Ec(generator)) = (shape, generator) else {
        return AgreementKeyPair::generate(generator, rng);
    };
    let pair = best(shape, &mut || {
        let pair = EcKeyPair::generate(generator, rng)?;
        Ok((coordinate(shape, pair.public()).to_vec(), pair))
    });
    pair.map(AgreementKeyPair::Ec)
}

/// Draws until what comes with a coordinate is of the shape.
fn best<T>(
    shape: Shape,
    draw: &mut dyn FnMut() -> crypto::Result<(Vec<u8>, T)>,
) -> crypto::Result<T> {
    let is_small = matches!(shape, Shape::SmallX | Shape::SmallY);
    let tries = if is_small { MAX_TRIES } else { CANDIDATES };
    let (mut coordinate, mut found) = draw()?;
    for _ in 0..tries {
        if is_small && coordinate.first() == Some(&0) {
            break;
        }
        let (other, drawn) = draw()?;
        if is_small || other > coordinate {
            (coordinate, found) = (other, drawn);
        }
    }
    Ok(found)
}

fn coordinate(shape: Shape, point: &EcPoint) -> &[u8] {
    match shape {
        Shape::SmallX | Shape::LargeX => point.x(),
        Shape::SmallY | Shape::LargeY => point.y(),
    }
}

/// The octets of a number.
fn number<const LEN: usize>(
    rng: &mut dyn TryRng<Error = Infallible>,
) -> Result<[u8; LEN], Infallible> {
    let mut octets = [0; LEN];
    rng.try_fill_bytes(&mut octets)?;
    Ok(octets)
}

/// Remembers what was drawn.
struct Recorder<'a> {
    octets: Vec<u8>,
    rng: &'a mut dyn CryptoRng,
}

impl TryRng for Recorder<'_> {
    type Error = Infallible;

    fn try_next_u32(&mut self) -> Result<u32, Infallible> {
        number(self).map(u32::from_le_bytes)
    }

    fn try_next_u64(&mut self) -> Result<u64, Infallible> {
        number(self).map(u64::from_le_bytes)
    }

    fn try_fill_bytes(&mut self, octets: &mut [u8]) -> Result<(), Infallible> {
        self.rng.fill_bytes(octets);
        self.octets.extend_from_slice(octets);
        Ok(())
    }
}

impl TryCryptoRng for Recorder<'_> {}

impl TryRng for Replayed<'_> {
    type Error = Infallible;

    fn try_next_u32(&mut self) -> Result<u32, Infallible> {
        number(self).map(u32::from_le_bytes)
    }

    fn try_next_u64(&mut self) -> Result<u64, Infallible> {
        number(self).map(u64::from_le_bytes)
    }

    fn try_fill_bytes(&mut self, octets: &mut [u8]) -> Result<(), Infallible> {
        let mut rest = octets.iter_mut();
        for (octet, drawn) in rest.by_ref().zip(self.octets.by_ref()) {
            *octet = drawn;
        }
        self.rng.fill_bytes(rest.into_slice());
        Ok(())
    }
}

impl TryCryptoRng for Replayed<'_> {}

#[cfg(test)]
mod tests {
    use rand::SeedableRng as _;
    use rand::rngs::StdRng;

    use super::*;

    fn key(shape: Option<Shape>) -> EcPoint {
        let curve = Curve::P256;
        let mut rng = StdRng::seed_from_u64(5);
        let mut rng =
            Replayed::leading_to(shape, Some(AgreementDomain::Ec(curve)), &mut rng).unwrap();
        let pair = EcKeyPair::generate(&Generator::standard(curve), &mut rng).unwrap();
        pair.public().clone()
    }

    #[test]
    fn keys_have_the_shape() {
        assert_eq!(key(Some(Shape::SmallX)).x()[0], 0);
        assert_eq!(key(Some(Shape::SmallY)).y()[0], 0);
        assert!(key(Some(Shape::LargeX)).x()[0] >= 0xF8);
        assert!(key(Some(Shape::LargeY)).y()[0] >= 0xF8);
        assert_ne!(key(None).x()[0], 0);
    }

    /// On a generator that is not the standard one, as after a mapping.
    #[test]
    fn keys_on_a_mapped_generator_have_the_shape() {
        let mut rng = StdRng::seed_from_u64(6);
        let standard = AgreementGenerator::standard(AgreementDomain::Ec(Curve::P256));
        let mapped = AgreementKeyPair::generate(&standard, &mut rng).unwrap();
        let AgreementKeyPair::Ec(mapped) = mapped else {
            panic!("a curve");
        };
        let generator = AgreementGenerator::Ec(Generator::mapped(&[7], mapped.public()).unwrap());
        let AgreementKeyPair::Ec(pair) = drawn(Some(Shape::SmallX), &generator, &mut rng).unwrap()
        else {
            panic!("a curve");
        };
        assert_eq!(pair.public().x()[0], 0);
    }
}
