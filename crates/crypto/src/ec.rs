//! Elliptic curves: points, generators, key pairs.
//!
//! Doc 9303-11 computes with points of a curve *and* with generators of its own making (PACE), so a key pair here belongs to a
//! [`Generator`], not to a curve alone. Every point that exists has been checked to lie on its curve.

mod arithmetic;
mod chip_authentication_mapping;
mod curve;
mod domain;
mod integrated_mapping;
pub(crate) mod own_curves;

use rand_core::CryptoRng;

use crate::{Error, Result, SecretBytes};

pub use curve::Curve;
pub use domain::EcDomain;

pub(crate) use arithmetic::{sign_prehash, verify_prehash, with_curve};
pub(crate) use domain::hex;

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

    /// Reads a compressed point, `02 ‖ x` or `03 ‖ x` by the parity of y (TR-03111 §3.2.1).
    ///
    /// # Errors
    /// [`Error::InvalidPoint`] when length or first octet are wrong or no point of the curve has this x.
    pub fn from_compressed(curve: Curve, bytes: &[u8]) -> Result<Self> {
        let bytes = arithmetic::decompress(curve, bytes)?;
        Ok(Self { curve, bytes })
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
/// A mapped generator depends on the password: it is not printable, and wiped when dropped.
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
    /// [`Error::InvalidPoint`] when the sum is the point at infinity.
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

    /// Ĝ = f_G(x), integrated mapping of PACE (Doc 9303-11 §4.4.3.3.2, B.2). `number` is what the pseudo-random function yields,
    /// big-endian and of any length; x is that modulo p.
    ///
    /// # Errors
    /// [`Error::Unsupported`] for P-224, whose prime is 1 modulo 4; [`Error::InvalidPoint`] when x is 0, 1 or p − 1.
    pub fn integrated(curve: Curve, number: &[u8]) -> Result<Self> {
        let bytes = integrated_mapping::encoded(curve, number)?;
        Ok(Self {
            point: EcPoint { curve, bytes },
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

impl Drop for Generator {
    fn drop(&mut self) {
        zeroize::Zeroize::zeroize(&mut self.point.bytes);
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

    /// Another copy of the secret, to be wiped as this one.
    #[must_use]
    pub fn duplicate(&self) -> Self {
        Self {
            secret: self.secret.duplicate(),
            public: self.public.clone(),
        }
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
mod tests;
