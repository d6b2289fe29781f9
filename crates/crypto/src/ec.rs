//! Elliptic curves: points, generators, key pairs.
//!
//! Doc 9303-11 computes with points of a curve *and* with generators of its own making (PACE), so a key pair here belongs to a
//! [`Generator`], not to a curve alone. Every point that exists has been checked to lie on its curve.

mod arithmetic;
mod domain;

use der::asn1::ObjectIdentifier;
use rand_core::CryptoRng;

use crate::{Error, Result, SecretBytes, dotted};

pub use domain::EcDomain;

pub(crate) use arithmetic::{sign_prehash, verify_prehash};

/// A curve of Doc 9303-11 table 12.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Curve {
    /// NIST P-256, secp256r1, standardised parameter id 12.
    P256,
    /// NIST P-384, secp384r1, id 15.
    P384,
    /// NIST P-521, secp521r1, id 18.
    P521,
    /// brainpoolP256r1, id 13.
    BrainpoolP256r1,
    /// brainpoolP384r1, id 16.
    BrainpoolP384r1,
}

impl Curve {
    /// All of them.
    pub const ALL: [Self; 5] = [
        Self::P256,
        Self::P384,
        Self::P521,
        Self::BrainpoolP256r1,
        Self::BrainpoolP384r1,
    ];

    /// Object identifier of the named curve.
    #[must_use]
    pub const fn oid(self) -> ObjectIdentifier {
        match self {
            Self::P256 => const { dotted("1.2.840.10045.3.1.7") },
            Self::P384 => const { dotted("1.3.132.0.34") },
            Self::P521 => const { dotted("1.3.132.0.35") },
            Self::BrainpoolP256r1 => const { dotted("1.3.36.3.3.2.8.1.1.7") },
            Self::BrainpoolP384r1 => const { dotted("1.3.36.3.3.2.8.1.1.11") },
        }
    }

    /// The curve of an object identifier.
    #[must_use]
    pub fn from_oid(oid: ObjectIdentifier) -> Option<Self> {
        Self::ALL.into_iter().find(|curve| curve.oid() == oid)
    }

    /// Number of the standardised domain parameters (Doc 9303-11 table 12).
    #[must_use]
    pub const fn standardized_id(self) -> u8 {
        match self {
            Self::P256 => 12,
            Self::BrainpoolP256r1 => 13,
            Self::P384 => 15,
            Self::BrainpoolP384r1 => 16,
            Self::P521 => 18,
        }
    }

    /// The curve of a number of table 12.
    #[must_use]
    pub fn from_standardized_id(id: u8) -> Option<Self> {
        Self::ALL
            .into_iter()
            .find(|curve| curve.standardized_id() == id)
    }

    /// Octets of a coordinate.
    #[must_use]
    pub const fn field_len(self) -> usize {
        match self {
            Self::P256 | Self::BrainpoolP256r1 => 32,
            Self::P384 | Self::BrainpoolP384r1 => 48,
            Self::P521 => 66,
        }
    }

    /// Octets of a number modulo the order.
    #[must_use]
    pub const fn order_len(self) -> usize {
        self.field_len()
    }

    /// Octets of an uncompressed point.
    #[must_use]
    pub const fn point_len(self) -> usize {
        1 + 2 * self.field_len()
    }

    /// Name as written in text.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::P256 => "P-256",
            Self::P384 => "P-384",
            Self::P521 => "P-521",
            Self::BrainpoolP256r1 => "brainpoolP256r1",
            Self::BrainpoolP384r1 => "brainpoolP384r1",
        }
    }

    /// The domain parameters as numbers.
    #[must_use]
    pub const fn domain(self) -> &'static EcDomain {
        match self {
            Self::P256 => &domain::P256,
            Self::P384 => &domain::P384,
            Self::P521 => &domain::P521,
            Self::BrainpoolP256r1 => &domain::BRAINPOOL_P256R1,
            Self::BrainpoolP384r1 => &domain::BRAINPOOL_P384R1,
        }
    }
}

/// A point of a curve, not the point at infinity, in the form `04 ‖ x ‖ y` (Doc 9303-11 §9.4.4).
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct EcPoint {
    curve: Curve,
    bytes: Vec<u8>,
}

impl EcPoint {
    /// Reads an uncompressed point and checks it (Doc 9303-11 §9.4.5).
    ///
    /// # Errors
    /// [`Error::InvalidPoint`] when length or first octet are wrong or the point is not on the curve.
    pub fn from_bytes(curve: Curve, bytes: &[u8]) -> Result<Self> {
        arithmetic::check_point(curve, bytes)?;
        Ok(Self {
            curve,
            bytes: bytes.to_vec(),
        })
    }

    /// `04 ‖ x ‖ y`.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// The curve.
    #[must_use]
    pub const fn curve(&self) -> Curve {
        self.curve
    }

    /// x with leading zeros: the shared secret of a key agreement, and Comp() of a key (TR-03110-3 §A.2.2.3).
    #[must_use]
    pub fn x(&self) -> &[u8] {
        self.bytes
            .get(1..=self.curve.field_len())
            .unwrap_or_default()
    }

    /// y with leading zeros.
    #[must_use]
    pub fn y(&self) -> &[u8] {
        self.bytes
            .get(1 + self.curve.field_len()..)
            .unwrap_or_default()
    }
}

impl core::fmt::Debug for EcPoint {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        write!(f, "EcPoint({})", self.curve.name())
    }
}

/// What a key pair multiplies: the base point of a curve, or a point mapped from a nonce.
///
/// A mapped generator depends on the password: it is not printable.
pub struct Generator {
    point: EcPoint,
    standard: bool,
}

impl Generator {
    /// The base point of the curve.
    #[must_use]
    pub fn standard(curve: Curve) -> Self {
        let bytes = curve.domain().base_point();
        Self {
            point: EcPoint { curve, bytes },
            standard: true,
        }
    }

    /// Ĝ = s·G + H, generic mapping of PACE (Doc 9303-11 §4.4.3.3.1).
    ///
    /// # Errors
    /// [`Error::InvalidPoint`] when the sum is the point at infinity; [`Error::Malformed`] when the nonce is longer than the
    /// order.
    pub fn mapped(nonce: &[u8], shared: &EcPoint) -> Result<Self> {
        let bytes = arithmetic::generic_mapping(shared.curve, nonce, &shared.bytes)?;
        Ok(Self {
            point: EcPoint {
                curve: shared.curve,
                bytes,
            },
            standard: false,
        })
    }

    /// The point.
    #[must_use]
    pub const fn point(&self) -> &EcPoint {
        &self.point
    }

    /// The curve.
    #[must_use]
    pub const fn curve(&self) -> Curve {
        self.point.curve
    }
}

impl core::fmt::Debug for Generator {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        write!(f, "Generator({})", self.curve().name())
    }
}

/// A private number and its public point over one generator.
pub struct EcKeyPair {
    secret: SecretBytes,
    public: EcPoint,
}

impl EcKeyPair {
    /// Draws a fresh pair.
    ///
    /// # Errors
    /// [`Error::Misuse`] when the generator of random numbers yields no number below the order.
    pub fn generate(generator: &Generator, rng: &mut dyn CryptoRng) -> Result<Self> {
        let secret = arithmetic::random_scalar(generator.curve(), rng)?;
        Self::from_secret(generator, secret.expose())
    }

    /// A pair from its private number, big-endian with the length of the order.
    ///
    /// # Errors
    /// [`Error::Malformed`] when the number is zero, not below the order or of another length.
    pub fn from_secret(generator: &Generator, secret: &[u8]) -> Result<Self> {
        let curve = generator.curve();
        let bytes = if generator.standard {
            arithmetic::multiply_base(curve, secret)?
        } else {
            arithmetic::multiply(curve, secret, &generator.point.bytes)?
        };
        Ok(Self {
            secret: secret.into(),
            public: EcPoint { curve, bytes },
        })
    }

    /// The public point.
    #[must_use]
    pub const fn public(&self) -> &EcPoint {
        &self.public
    }

    /// The private number.
    #[must_use]
    pub const fn secret(&self) -> &SecretBytes {
        &self.secret
    }

    /// Key agreement: the whole common point (TR-03111 §4.3.1). Its x is what keys are derived from.
    ///
    /// # Errors
    /// [`Error::Misuse`] when the other point is on another curve; [`Error::InvalidPoint`] when the result is the point at
    /// infinity.
    pub fn agree(&self, other: &EcPoint) -> Result<SharedPoint> {
        if other.curve != self.public.curve {
            return Err(Error::Misuse("key agreement between two curves"));
        }
        let bytes = arithmetic::multiply(other.curve, self.secret.expose(), &other.bytes)?;
        Ok(SharedPoint(EcPoint {
            curve: other.curve,
            bytes,
        }))
    }
}

impl core::fmt::Debug for EcKeyPair {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        write!(f, "EcKeyPair({})", self.public.curve.name())
    }
}

/// The result of a key agreement: a secret point. Wiped when dropped.
pub struct SharedPoint(EcPoint);

impl SharedPoint {
    /// x with leading zeros: K of the key derivation (Doc 9303-11 §9.7.1).
    #[must_use]
    pub fn x(&self) -> &[u8] {
        self.0.x()
    }

    /// The whole point, for the generic mapping.
    #[must_use]
    pub const fn point(&self) -> &EcPoint {
        &self.0
    }
}

impl Drop for SharedPoint {
    fn drop(&mut self) {
        zeroize::Zeroize::zeroize(&mut self.0.bytes);
    }
}

impl core::fmt::Debug for SharedPoint {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.write_str("SharedPoint")
    }
}

#[cfg(test)]
mod tests {
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
}
