//! Ephemeral keys with a coordinate at the edge.
//!
//! A terminal draws its key from the randomness it is given. So randomness is looked for that leads to a key of the shape
//! wanted, and is given to the terminal once more; what the terminal does stays its own.

use core::convert::Infallible;

use crypto::{AgreementDomain, AgreementGenerator, AgreementKey, AgreementKeyPair, CryptoRng};
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
    /// Randomness from which the next key pair over the generator of the domain is of the shape; any key without one.
    pub(super) fn leading_to(
        shape: Option<Shape>,
        domain: Option<AgreementDomain>,
        rng: &'a mut dyn CryptoRng,
    ) -> crypto::Result<Self> {
        let octets = match (shape, domain) {
            (Some(shape), Some(domain)) => search(shape, domain, rng)?,
            _ => Vec::new(),
        };
        let octets = octets.into_iter();
        Ok(Self { octets, rng })
    }
}

fn search(
    shape: Shape,
    domain: AgreementDomain,
    rng: &mut dyn CryptoRng,
) -> crypto::Result<Vec<u8>> {
    let generator = AgreementGenerator::standard(domain);
    let mut draw = || {
        let mut recorder = Recorder {
            octets: Vec::new(),
            rng: &mut *rng,
        };
        let pair = AgreementKeyPair::generate(&generator, &mut recorder)?;
        Ok((coordinate(shape, &pair.public()).to_vec(), recorder.octets))
    };
    let mut best: (Vec<u8>, Vec<u8>) = draw()?;
    match shape {
        Shape::SmallX | Shape::SmallY => {
            for _ in 0..MAX_TRIES {
                if best.0.first() == Some(&0) {
                    break;
                }
                best = draw()?;
            }
        }
        Shape::LargeX | Shape::LargeY => {
            for _ in 0..CANDIDATES {
                best = best.max(draw()?);
            }
        }
    }
    Ok(best.1)
}

/// The coordinate that the shape is about. A value of a group has one only.
fn coordinate(shape: Shape, key: &AgreementKey) -> &[u8] {
    match (key, shape) {
        (AgreementKey::Dh(value), _) => value.wire(),
        (AgreementKey::Ec(point), Shape::SmallX | Shape::LargeX) => point.x(),
        (AgreementKey::Ec(point), Shape::SmallY | Shape::LargeY) => point.y(),
    }
}

/// Remembers what was drawn.
struct Recorder<'a> {
    octets: Vec<u8>,
    rng: &'a mut dyn CryptoRng,
}

impl TryRng for Recorder<'_> {
    type Error = Infallible;

    fn try_next_u32(&mut self) -> Result<u32, Infallible> {
        let mut octets = [0; 4];
        self.try_fill_bytes(&mut octets)?;
        Ok(u32::from_le_bytes(octets))
    }

    fn try_next_u64(&mut self) -> Result<u64, Infallible> {
        let mut octets = [0; 8];
        self.try_fill_bytes(&mut octets)?;
        Ok(u64::from_le_bytes(octets))
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
        let mut octets = [0; 4];
        self.try_fill_bytes(&mut octets)?;
        Ok(u32::from_le_bytes(octets))
    }

    fn try_next_u64(&mut self) -> Result<u64, Infallible> {
        let mut octets = [0; 8];
        self.try_fill_bytes(&mut octets)?;
        Ok(u64::from_le_bytes(octets))
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
    use crypto::{Curve, DhGroup};
    use rand::SeedableRng as _;
    use rand::rngs::StdRng;

    use super::*;

    fn key(domain: AgreementDomain, shape: Option<Shape>) -> AgreementKey {
        let mut rng = StdRng::seed_from_u64(5);
        let mut rng = Replayed::leading_to(shape, Some(domain), &mut rng).unwrap();
        let generator = AgreementGenerator::standard(domain);
        AgreementKeyPair::generate(&generator, &mut rng)
            .unwrap()
            .public()
    }

    #[test]
    fn keys_have_the_shape() {
        let curve = AgreementDomain::Ec(Curve::P256);
        let group = AgreementDomain::Dh(DhGroup::Modp1024_160);
        for (domain, shape, wanted) in [
            (curve, Shape::SmallX, 0..=0),
            (curve, Shape::SmallY, 0..=0),
            (curve, Shape::LargeX, 0xF8..=0xFF),
            (curve, Shape::LargeY, 0xF8..=0xFF),
            (group, Shape::SmallX, 0..=0),
        ] {
            let key = key(domain, Some(shape));
            let first = coordinate(shape, &key)[0];
            assert!(wanted.contains(&first), "{shape:?}: {first:02X}");
        }
        assert_ne!(coordinate(Shape::SmallX, &key(curve, None))[0], 0);
    }
}
