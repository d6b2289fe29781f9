//! The card access number.

use core::fmt;

use crypto::{CryptoRng, SecretBytes};

use crate::{Error, Result};

/// The card access number: six digits that open a chip by PACE (Doc 9303-4 §4.1.1.2, Doc 9303-11 §4.4).
///
/// It cannot be printed, compared with `==` or cloned, and is wiped when dropped.
pub struct Can(SecretBytes);

impl Can {
    /// Its length.
    pub const DIGITS: usize = 6;

    /// From six digits.
    ///
    /// # Errors
    /// [`Error::Misuse`] when they are not; the text is not repeated.
    pub fn parse(text: &str) -> Result<Self> {
        let is_can = text.len() == Self::DIGITS && text.bytes().all(|byte| byte.is_ascii_digit());
        if is_can {
            Ok(Self(SecretBytes::from(text.as_bytes())))
        } else {
            Err(Error::Misuse("a card access number has six digits"))
        }
    }

    /// A number that says nothing about the document or its holder.
    #[must_use]
    pub fn random(rng: &mut dyn CryptoRng) -> Self {
        // The largest multiple of ten a byte can count to: what lies above would make small digits likelier.
        const FAIR: u8 = 250;
        let mut digits = Vec::with_capacity(Self::DIGITS);
        while digits.len() < Self::DIGITS {
            let mut byte = [0];
            rng.fill_bytes(&mut byte);
            let [byte] = byte;
            if byte < FAIR {
                digits.push(b'0' + byte % 10);
            }
        }
        Self(SecretBytes::new(digits))
    }

    /// The six digits in ASCII. The name is long to be found in a review.
    #[must_use]
    pub fn expose(&self) -> &str {
        core::str::from_utf8(self.0.expose()).unwrap_or_default()
    }

    /// Whether both are the same number, in constant time.
    #[must_use]
    pub fn is(&self, other: &Self) -> bool {
        self.0.ct_eq(other.0.expose())
    }

    /// A second owner of the same number, on purpose.
    #[must_use]
    pub fn duplicate(&self) -> Self {
        Self(self.0.duplicate())
    }
}

impl fmt::Debug for Can {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Can(..)")
    }
}

#[cfg(test)]
mod tests {
    use rand::SeedableRng;
    use rand::rngs::StdRng;

    use super::*;

    #[test]
    fn takes_six_digits_only() {
        assert_eq!(Can::parse("000017").unwrap().expose(), "000017");
        for text in ["", "12345", "1234567", "12345A", "１２３４５６", "12345 "] {
            assert!(Can::parse(text).is_err(), "{text}");
        }
    }

    #[test]
    fn draws_every_digit_in_every_place() {
        let mut rng = StdRng::seed_from_u64(1);
        let mut seen = [[false; 10]; Can::DIGITS];
        for _ in 0..500 {
            let can = Can::random(&mut rng);
            assert_eq!(can.expose().len(), Can::DIGITS);
            for (place, digit) in seen.iter_mut().zip(can.expose().bytes()) {
                place[usize::from(digit - b'0')] = true;
            }
        }
        assert!(seen.iter().flatten().all(|digit| *digit));
    }

    #[test]
    fn shows_nothing_of_itself() {
        assert_eq!(format!("{:?}", Can::parse("123456").unwrap()), "Can(..)");
    }
}
