//! The personal number (số định danh cá nhân): Decree 137/2015 Art. 13, Circular 59/2021 Art. 4.

use mrz::Sex;

use super::province::Province;
use crate::Result;
use crate::can::Can;

/// Digits of the identity numbers before 2016 (chứng minh nhân dân).
pub(super) const OLD_DIGITS: usize = 9;

/// Twelve digits `PPP G YY RRRRRR`: place of birth registration, century and sex, year of birth, random.
///
/// There is no check digit.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct PersonalNumber([u8; PersonalNumber::DIGITS]);

impl PersonalNumber {
    /// Its length.
    pub const DIGITS: usize = 12;

    /// From twelve digits, whatever they mean.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let digits: [u8; Self::DIGITS] = text.as_bytes().try_into().ok()?;
        digits
            .iter()
            .all(u8::is_ascii_digit)
            .then_some(Self(digits))
    }

    /// The digits.
    #[must_use]
    pub fn as_str(&self) -> &str {
        core::str::from_utf8(&self.0).unwrap_or_default()
    }

    /// The province of birth registration; `None` for a code that no province ever had, such as that of a country.
    #[must_use]
    pub fn province(&self) -> Option<Province> {
        Province::of_code(self.place_code())
    }

    /// The first three digits.
    #[must_use]
    pub fn place_code(&self) -> &str {
        self.as_str().get(..3).unwrap_or_default()
    }

    /// The sex that the fourth digit says: even for men.
    #[must_use]
    pub fn sex(&self) -> Sex {
        if self.century_digit().is_multiple_of(2) {
            Sex::Male
        } else {
            Sex::Female
        }
    }

    /// The year of birth that the fourth to sixth digit say: from 1900 to 2399.
    #[must_use]
    pub fn birth_year(&self) -> i32 {
        let [.., tens, ones, _, _, _, _, _, _] = self.0;
        let digit = |digit: u8| i32::from(digit - b'0');
        1900 + i32::from(self.century_digit() / 2) * 100 + digit(tens) * 10 + digit(ones)
    }

    /// The document number of the card: digits 4 to 12.
    #[must_use]
    pub fn document_number(&self) -> &str {
        Self::document_number_in(self.as_str()).unwrap_or_default()
    }

    /// The card access number: the last six digits. It is printed nowhere, because the number is.
    ///
    /// # Errors
    /// None for a personal number.
    pub fn can(&self) -> Result<Can> {
        Can::parse(
            self.as_str()
                .get(Self::DIGITS - Can::DIGITS..)
                .unwrap_or_default(),
        )
    }

    pub(super) fn document_number_in(number: &str) -> Option<&str> {
        number.get(3..Self::DIGITS)
    }

    fn century_digit(&self) -> u8 {
        let [_, _, _, digit, ..] = self.0;
        digit - b'0'
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn says_year_and_sex() {
        let check = |number: &str, year, sex| {
            let number = PersonalNumber::parse(number).unwrap();
            assert_eq!((number.birth_year(), number.sex()), (year, sex));
        };
        check("001099000001", 1999, Sex::Male);
        check("079199123456", 1999, Sex::Female);
        check("079060000007", 1960, Sex::Male);
        check("001315000019", 2015, Sex::Female);
        check("001400000019", 2100, Sex::Male);
        check("001999000019", 2399, Sex::Female);
    }

    #[test]
    fn gives_the_other_numbers() {
        let number = PersonalNumber::parse("001099000001").unwrap();
        assert_eq!(number.document_number(), "099000001");
        assert_eq!(number.can().unwrap().expose(), "000001");
        assert_eq!(number.province().unwrap().name_before_merger(), "Hà Nội");
        assert!(
            PersonalNumber::parse("003099000001")
                .unwrap()
                .province()
                .is_none()
        );
    }

    #[test]
    fn takes_twelve_digits_only() {
        for text in [
            "",
            "00109900000",
            "0010990000011",
            "00109900000A",
            "00109900000١",
        ] {
            assert!(PersonalNumber::parse(text).is_none(), "{text}");
        }
    }
}
