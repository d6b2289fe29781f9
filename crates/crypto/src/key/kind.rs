//! Kinds of keys.

use core::fmt;

use rand_core::CryptoRng;

use super::{PrivateKey, PublicKey};
use crate::{Curve, Result};

/// What a key is drawn as: size or curve.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum KeyKind {
    /// RSA with this many bits.
    Rsa(usize),
    /// A curve.
    Ec(Curve),
}

impl KeyKind {
    /// Draws a key.
    ///
    /// # Errors
    /// As [`PrivateKey::generate_rsa`] and [`PrivateKey::generate_ec`].
    pub fn generate(self, rng: &mut dyn CryptoRng) -> Result<PrivateKey> {
        match self {
            Self::Rsa(bits) => PrivateKey::generate_rsa(bits, rng),
            Self::Ec(curve) => PrivateKey::generate_ec(curve, rng),
        }
    }
}

impl fmt::Display for KeyKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Rsa(bits) => write!(f, "RSA-{bits}"),
            Self::Ec(curve) => f.write_str(curve.name()),
        }
    }
}

impl PublicKey {
    /// The kind of the key.
    #[must_use]
    pub fn kind(&self) -> KeyKind {
        match self {
            Self::Rsa(key) => KeyKind::Rsa(key.bits()),
            Self::Ec(point) => KeyKind::Ec(point.curve()),
        }
    }
}

#[cfg(test)]
mod tests {
    use rand::{SeedableRng, rngs::StdRng};

    use super::*;

    #[test]
    fn a_key_is_of_the_kind_it_was_drawn_as() {
        let rng = &mut StdRng::seed_from_u64(3);
        let curves = Curve::ALL.map(KeyKind::Ec);
        for kind in curves.into_iter().chain([KeyKind::Rsa(1_024)]) {
            let public = kind.generate(rng).unwrap().public();
            assert_eq!(public.kind(), kind);
            assert_eq!(public.describe(), kind.to_string());
        }
        assert!(KeyKind::Rsa(512).generate(rng).is_err());
    }
}
