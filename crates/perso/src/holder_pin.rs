//! PIN and PUK: passwords that the holder remembers, each with a retry counter on the chip (chapter 02 §3 of the applet's law).

use core::ops::RangeInclusive;

use crypto::SecretBytes;
use protocols::password::{MAX_PIN_LEN, MAX_PUK_LEN, MIN_PIN_LEN, MIN_PUK_LEN};

use crate::{Error, Result};

/// Start values of a retry counter. A PIN with one try would be suspended from the start.
const TRIES: RangeInclusive<u8> = 2..=10;

/// Digits, and how often in a row they may be got wrong.
pub struct CountedPassword {
    digits: SecretBytes,
    tries: u8,
}

impl CountedPassword {
    /// A PIN: 4 to 16 digits in ASCII, 2 to 10 tries.
    ///
    /// # Errors
    /// [`Error::Malformed`].
    pub fn pin(digits: SecretBytes, tries: u8) -> Result<Self> {
        Self::new(digits, MIN_PIN_LEN..=MAX_PIN_LEN, tries).ok_or(Error::Malformed { what: "PIN" })
    }

    /// A PUK: 8 to 16 digits in ASCII, 2 to 10 tries.
    ///
    /// # Errors
    /// [`Error::Malformed`].
    pub fn puk(digits: SecretBytes, tries: u8) -> Result<Self> {
        Self::new(digits, MIN_PUK_LEN..=MAX_PUK_LEN, tries).ok_or(Error::Malformed { what: "PUK" })
    }

    fn new(digits: SecretBytes, len: RangeInclusive<usize>, tries: u8) -> Option<Self> {
        let fits = len.contains(&digits.len())
            && digits.expose().iter().all(u8::is_ascii_digit)
            && TRIES.contains(&tries);
        fits.then_some(Self { digits, tries })
    }

    /// The digits.
    #[must_use]
    pub const fn digits(&self) -> &SecretBytes {
        &self.digits
    }

    /// The start value of the retry counter.
    #[must_use]
    pub const fn tries(&self) -> u8 {
        self.tries
    }

    /// A second owner of the same digits, on purpose.
    #[must_use]
    pub fn duplicate(&self) -> Self {
        Self {
            digits: self.digits.duplicate(),
            tries: self.tries,
        }
    }
}

impl core::fmt::Debug for CountedPassword {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        write!(f, "CountedPassword(.., {} tries)", self.tries)
    }
}

/// The PIN of a holder and, perhaps, the PUK that unblocks it.
#[derive(Debug)]
pub struct HolderPin {
    /// The PIN.
    pub pin: CountedPassword,
    /// The PUK; without one a blocked PIN stays blocked.
    pub puk: Option<CountedPassword>,
}

impl HolderPin {
    /// A second owner of the same numbers, on purpose.
    #[must_use]
    pub fn duplicate(&self) -> Self {
        Self {
            pin: self.pin.duplicate(),
            puk: self.puk.as_ref().map(CountedPassword::duplicate),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bounds_of_digits_and_tries() {
        type Make = fn(SecretBytes, u8) -> Result<CountedPassword>;
        let (pin, puk): (Make, Make) = (CountedPassword::pin, CountedPassword::puk);
        for (make, digits, tries, fits) in [
            (pin, "1234", 3, true),
            (pin, "123", 3, false),
            (pin, "1234567890123456", 10, true),
            (pin, "12345678901234567", 3, false),
            (pin, "123a", 3, false),
            (pin, "123456", 1, false),
            (pin, "123456", 2, true),
            (pin, "123456", 11, false),
            (puk, "12345678", 10, true),
            (puk, "1234567", 10, false),
            (puk, "12345678901234567", 10, false),
        ] {
            let made = make(SecretBytes::from(digits.as_bytes()), tries);
            assert_eq!(made.is_ok(), fits, "{digits} {tries}");
        }
    }

    #[test]
    fn it_does_not_show_itself() {
        let pin = CountedPassword::pin(SecretBytes::from(*b"918273"), 3).unwrap();
        assert_eq!(format!("{pin:?}"), "CountedPassword(.., 3 tries)");
    }
}
