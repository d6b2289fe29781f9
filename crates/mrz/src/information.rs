use core::fmt;

use zeroize::Zeroizing;

use crate::alphabet;
use crate::check_digit::check_digit;
use crate::date::MrzDate;
use crate::fields::Field;
use crate::zone::Zone;
use crate::{Error, Result};

/// The MRZ information: document number, date of birth and date of expiry, each with its check digit
/// (Doc 9303-11 §4.3.2, Appendix D.2).
///
/// It is the password of basic access control and of PACE with the zone: it is wiped when dropped, and
/// cannot be printed, compared or cloned.
pub struct MrzInformation(Zeroizing<Vec<u8>>);

/// A number shorter than this is filled up before its check digit.
const NUMBER_WIDTH: usize = 9;

/// Octets of the two dates, each with its check digit.
const DATES_LEN: usize = 2 * 7;

/// The longest number a zone can hold: nine characters and thirteen more in TD1 (Doc 9303-5 §4.2.2).
const MAX_NUMBER: usize = 22;

impl MrzInformation {
    /// From what is printed: the number without check digit, the dates as `YYMMDD`.
    ///
    /// # Errors
    /// [`Error::Value`] when the number is empty, too long or not of the alphabet, or a date is impossible.
    pub fn from_parts(document_number: &str, birth: &str, expiry: &str) -> Result<Self> {
        let number = alphabet::trim(document_number);
        let is_number = !number.is_empty()
            && number.len() <= MAX_NUMBER
            && number.chars().all(alphabet::contains);
        if !is_number {
            return Err(Error::Value {
                field: Field::DocumentNumber,
                what: "1 to 22 letters A–Z, digits and fillers",
            });
        }
        let birth = date(Field::DateOfBirth, birth)?;
        let expiry = date(Field::DateOfExpiry, expiry)?;
        Ok(Self::join([number, birth.as_str(), expiry.as_str()]))
    }

    pub(crate) fn of_zone(zone: &Zone) -> Self {
        let number = zone.number();
        let joined = Zeroizing::new(format!("{}{}", number.head, number.tail));
        Self::join([
            &joined,
            zone.part(zone.layout.date_of_birth.span),
            zone.part(zone.layout.date_of_expiry.span),
        ])
    }

    /// The document number with its check digit, in ASCII: what is left without the dates.
    #[must_use]
    pub fn document_number(&self) -> &[u8] {
        let len = self.0.len().saturating_sub(DATES_LEN);
        self.0.get(..len).unwrap_or_default()
    }

    /// The characters, in ASCII.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }

    /// All parts are of the alphabet.
    fn join(parts: [&str; 3]) -> Self {
        let [number, ..] = parts;
        let fillers = NUMBER_WIDTH.saturating_sub(number.len());
        let mut padding = fillers;
        // Room for everything at once: a vector that grows leaves its old content behind.
        let mut bytes = Zeroizing::new(Vec::with_capacity(MAX_NUMBER + 1 + 7 + 7));
        for part in parts {
            bytes.extend_from_slice(part.as_bytes());
            bytes.extend(core::iter::repeat_n(b'<', padding));
            padding = 0;
            bytes.extend(check_digit(part).map(|digit| digit as u8));
        }
        Self(bytes)
    }
}

impl fmt::Debug for MrzInformation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("MrzInformation(..)")
    }
}

fn date(field: Field, text: &str) -> Result<MrzDate> {
    MrzDate::parse(text).map_err(|_| Error::Value {
        field,
        what: "not a possible date YYMMDD",
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn value(number: &str, birth: &str, expiry: &str) -> Result<String> {
        let information = MrzInformation::from_parts(number, birth, expiry)?;
        Ok(String::from_utf8(information.as_bytes().to_vec()).unwrap())
    }

    #[test]
    fn refuses_parts_that_no_zone_holds() {
        let check = |number: &str, birth: &str, expiry: &str, expected| {
            let error = value(number, birth, expiry).unwrap_err();
            assert!(
                matches!(error, Error::Value { field, .. } if field == expected),
                "{error}"
            );
        };
        check("", "900101", "350101", Field::DocumentNumber);
        check("x12345678", "900101", "350101", Field::DocumentNumber);
        check(&"1".repeat(23), "900101", "350101", Field::DocumentNumber);
        check("X12345678", "901301", "350101", Field::DateOfBirth);
        check("X12345678", "900101", "3501", Field::DateOfExpiry);
    }

    #[test]
    fn shows_nothing_of_itself() {
        let information = MrzInformation::from_parts("X12345678", "900101", "350101").unwrap();
        assert_eq!(format!("{information:?}"), "MrzInformation(..)");
    }
}
