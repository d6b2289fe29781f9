//! Numbers of documents that have one of their own: a prefix of the issuer, and digits that nobody can guess from others.
//!
//! A number names one document for ever (Doc 9303-4 §4.2.2.1, Doc 9303-5 §4.2.2): what was spoiled is made again under the next one. The digits are a
//! permutation of counters, as those of [`crate::personal_number`], and for a second reason: together with two dates the number opens the
//! chip (Doc 9303-11 §4.3), so that numbers in a row would give strangers' chips away.

use crypto::FormatPreservingKey;

use crate::personal_number::{Series, checked};
use crate::{Error, Result};

/// The range of numbers that the service gives to the documents of a profile. No two profiles of an issuing state share one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DocumentNumbers {
    /// How every number begins.
    pub prefix: &'static str,
    /// How many digits follow: six at least (NIST SP 800-38G: a domain of a million), and nine characters together at most.
    pub digits: usize,
}

impl DocumentNumbers {
    /// How many there are.
    #[must_use]
    pub const fn capacity(&self) -> u64 {
        let mut capacity = 1;
        let mut digit = 0;
        while digit < self.digits {
            capacity *= 10;
            digit += 1;
        }
        capacity
    }

    /// The series whose counters are used up: one for the range.
    #[must_use]
    pub fn series(&self, issuing_state: &str) -> Series {
        Series::named(format!("document-number/{issuing_state}/{}", self.prefix))
    }

    /// The number of a counter.
    ///
    /// # Errors
    /// [`Error::NumberCounter`] for a counter that the range does not have.
    pub fn number(
        &self,
        series: &Series,
        counter: u64,
        key: &FormatPreservingKey,
    ) -> Result<String> {
        let counter = checked(counter, self.capacity())?;
        let tweak = series.as_str().as_bytes();
        let digits = key.encrypt_number(tweak, counter, self.digits)?;
        Ok(format!(
            "{}{digits:0width$}",
            self.prefix,
            width = self.digits
        ))
    }

    /// The counter of a number: the way back, for an auditor.
    ///
    /// # Errors
    /// [`Error::NumberForm`] when it is no number of this range.
    pub fn counter_of(
        &self,
        series: &Series,
        number: &str,
        key: &FormatPreservingKey,
    ) -> Result<u64> {
        let digits = number
            .strip_prefix(self.prefix)
            .filter(|digits| digits.len() == self.digits)
            .filter(|digits| digits.bytes().all(|digit| digit.is_ascii_digit()))
            .and_then(|digits| digits.parse().ok())
            .ok_or(Error::NumberForm)?;
        Ok(key.decrypt_number(series.as_str().as_bytes(), digits, self.digits)?)
    }
}
