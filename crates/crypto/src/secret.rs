//! Bytes that must not leak.

use core::fmt;

use subtle::ConstantTimeEq as _;
use zeroize::Zeroizing;

/// Secret bytes: not printable, not comparable with `==`, not cloneable, wiped when dropped.
pub struct SecretBytes(Zeroizing<Vec<u8>>);

impl SecretBytes {
    /// Takes the bytes over.
    #[must_use]
    pub fn new(bytes: Vec<u8>) -> Self {
        Self(Zeroizing::new(bytes))
    }

    /// The bytes. The name is long to be found in a review.
    #[must_use]
    pub fn expose(&self) -> &[u8] {
        &self.0
    }

    /// Number of bytes.
    #[must_use]
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether there are no bytes.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Compares in constant time (for equal lengths; a length is no secret).
    #[must_use]
    pub fn ct_eq(&self, other: &[u8]) -> bool {
        constant_time_eq(&self.0, other)
    }

    /// A second owner of the same secret, on purpose.
    #[must_use]
    pub fn duplicate(&self) -> Self {
        Self(self.0.clone())
    }
}

impl From<&[u8]> for SecretBytes {
    fn from(bytes: &[u8]) -> Self {
        Self::new(bytes.to_vec())
    }
}

impl<const N: usize> From<[u8; N]> for SecretBytes {
    fn from(bytes: [u8; N]) -> Self {
        Self::new(bytes.to_vec())
    }
}

impl fmt::Debug for SecretBytes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SecretBytes({} bytes)", self.len())
    }
}

/// Whether two byte strings are equal, in time that depends on their lengths only.
#[must_use]
pub fn constant_time_eq(a: &[u8], b: &[u8]) -> bool {
    a.ct_eq(b).into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shows_a_length_only() {
        let secret = SecretBytes::from([0xDE, 0xAD]);
        assert_eq!(format!("{secret:?}"), "SecretBytes(2 bytes)");
        assert!(secret.ct_eq(&[0xDE, 0xAD]) && !secret.ct_eq(&[0xDE]) && !secret.ct_eq(&[0xDE, 0]));
    }
}
