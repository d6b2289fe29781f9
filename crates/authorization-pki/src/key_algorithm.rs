//! A signature scheme with the kind of its key: what a chain of certificates keeps from verifier to terminal.

use core::fmt;
use core::str::FromStr;

use crypto::{Curve, KeyKind};
use protocols::terminal_authentication::{SignatureScheme, VerificationKey};

use crate::POLICY;
use crate::error::{Refused, Result};

/// Sizes of RSA keys that Doc 9303-11 §7.1.4.1 allows.
const RSA_BITS: [usize; 2] = [2_048, 3_072];

/// Scheme and kind of key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct KeyAlgorithm {
    scheme: SignatureScheme,
    kind: KeyKind,
}

impl KeyAlgorithm {
    /// Both, if Doc 9303-11 §7.1.4 allows them.
    ///
    /// # Errors
    /// [`Refused::KeyAlgorithm`].
    pub fn new(scheme: SignatureScheme, kind: KeyKind) -> Result<Self> {
        if POLICY.profile.allows(scheme, kind) {
            Ok(Self { scheme, kind })
        } else {
            Err(Refused::KeyAlgorithm.into())
        }
    }

    /// Those of a key.
    #[must_use]
    pub fn of(key: &VerificationKey) -> Self {
        Self {
            scheme: key.scheme(),
            kind: key.key().kind(),
        }
    }

    /// Every one that is allowed.
    pub fn all() -> impl Iterator<Item = Self> {
        let kinds = || {
            let curves = Curve::ALL.into_iter().map(KeyKind::Ec);
            curves.chain(RSA_BITS.into_iter().map(KeyKind::Rsa))
        };
        SignatureScheme::ALL
            .into_iter()
            .flat_map(move |scheme| kinds().filter_map(move |kind| Self::new(scheme, kind).ok()))
    }

    /// What the key signs by.
    #[must_use]
    pub const fn scheme(self) -> SignatureScheme {
        self.scheme
    }

    /// What the key is drawn as.
    #[must_use]
    pub const fn kind(self) -> KeyKind {
        self.kind
    }
}

impl fmt::Display for KeyAlgorithm {
    /// `ECDSA-SHA-256/P-256`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.scheme, self.kind)
    }
}

impl FromStr for KeyAlgorithm {
    type Err = crate::Error;

    /// Reads what is displayed.
    fn from_str(text: &str) -> Result<Self> {
        Self::all()
            .find(|algorithm| algorithm.to_string() == text)
            .ok_or_else(|| Refused::KeyAlgorithm.into())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_algorithm_has_a_word_of_its_own() {
        // Eight curves with four hashes, two sizes with two.
        assert_eq!(KeyAlgorithm::all().count(), 8 * 4 + 2 * 2);
        for algorithm in KeyAlgorithm::all() {
            assert_eq!(algorithm.to_string().parse(), Ok(algorithm));
        }
        for other in [
            "",
            "ECDSA-SHA-256",
            "ECDSA-SHA-1/P-256",
            "ECDSA-SHA-256/P-192",
        ] {
            assert!(other.parse::<KeyAlgorithm>().is_err(), "{other}");
        }
    }
}
