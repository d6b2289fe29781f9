use core::fmt;

use time::{Date, Month};

use crate::{Error, Result};

/// A date of a machine readable zone: `YYMMDD`, unknown parts `<<` (Doc 9303-3 §4.8).
///
/// It stays the six characters that are printed. They carry no century, and some issuers give a
/// date a meaning of its own (Vietnamese cards without expiry print `991231`), so a calendar date
/// comes out only by one of the interpretations below.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct MrzDate([u8; 6]);

impl MrzDate {
    /// How many years before today an expiry is still looked for in the past: `YY` means the year
    /// within `today − 50 ..= today + 49`.
    pub const EXPIRY_LOOK_BACK_YEARS: i32 = 50;

    /// Nothing is known: `<<<<<<`.
    pub const UNKNOWN: Self = Self([b'<'; 6]);

    /// From the two-digit year, the month and the day, each unknown when `None`.
    ///
    /// # Errors
    /// [`Error::Malformed`] when no year has such a day; `at` is the offset of the bad part.
    pub fn new(year: Option<u8>, month: Option<u8>, day: Option<u8>) -> Result<Self> {
        let mut characters = [b'<'; 6];
        let parts = [year, month, day];
        for (index, (pair, part)) in characters.chunks_exact_mut(2).zip(parts).enumerate() {
            let Some(number) = part else { continue };
            if number > 99 {
                return Err(impossible(index * 2));
            }
            pair.copy_from_slice(&[b'0' + number / 10, b'0' + number % 10]);
        }
        let date = Self(characters);
        date.check_calendar()?;
        Ok(date)
    }

    /// From `YYMMDD`, unknown parts `<<`.
    ///
    /// # Errors
    /// [`Error::Malformed`] when the text is no such date or no year has such a day.
    pub fn parse(text: &str) -> Result<Self> {
        let date = Self::as_read(text).ok_or(Error::Malformed {
            what: "a date has six characters",
            at: text.len().min(6),
        })?;
        date.check_calendar()?;
        Ok(date)
    }

    /// The calendar date as it is printed.
    #[must_use]
    pub fn from_date(date: Date) -> Self {
        let year = date.year().rem_euclid(100).unsigned_abs();
        let numbers = [
            year,
            u32::from(u8::from(date.month())),
            u32::from(date.day()),
        ];
        let mut characters = [b'0'; 6];
        for (pair, number) in characters.chunks_exact_mut(2).zip(numbers) {
            let number = u8::try_from(number).unwrap_or_default();
            pair.copy_from_slice(&[b'0' + number / 10, b'0' + number % 10]);
        }
        Self(characters)
    }

    /// Six characters as a zone holds them, whatever they are: what is wrong becomes a finding.
    pub(crate) fn as_read(text: &str) -> Option<Self> {
        text.as_bytes().try_into().ok().map(Self)
    }

    /// The six characters.
    #[must_use]
    pub fn as_str(&self) -> &str {
        core::str::from_utf8(&self.0).unwrap_or_default()
    }

    /// The two-digit year, if known.
    #[must_use]
    pub fn year(self) -> Option<u8> {
        self.part(0)
    }

    /// The month 1–12, if known.
    #[must_use]
    pub fn month(self) -> Option<u8> {
        self.part(2)
    }

    /// The day 1–31, if known.
    #[must_use]
    pub fn day(self) -> Option<u8> {
        self.part(4)
    }

    /// Whether year, month and day are all known and make a day of the calendar.
    #[must_use]
    pub fn is_complete(self) -> bool {
        self.check_calendar().is_ok()
            && self.year().is_some()
            && self.month().is_some()
            && self.day().is_some()
    }

    /// The latest year with these digits that is not after today: the reading for a birth.
    #[must_use]
    pub fn birth_year(self, today: Date) -> Option<i32> {
        let this_century = century(today) + i32::from(self.year()?);
        let is_ahead = match (self.month(), self.day()) {
            (Some(_), Some(_)) => self.in_year(this_century).is_some_and(|date| date > today),
            _ => this_century > today.year(),
        };
        Some(if is_ahead {
            this_century - 100
        } else {
            this_century
        })
    }

    /// The date of a birth: the latest such day that is not after today; `None` when a part is
    /// unknown or there was no such day.
    #[must_use]
    pub fn as_birth(self, today: Date) -> Option<Date> {
        self.in_year(self.birth_year(today)?)
    }

    /// The date of an expiry: the one in the hundred years that begin
    /// [`Self::EXPIRY_LOOK_BACK_YEARS`] before today.
    ///
    /// Ask the issuer's rules first: a day that stands for "no expiry" is not recognised here.
    #[must_use]
    pub fn as_expiry(self, today: Date) -> Option<Date> {
        let first = today.year() - Self::EXPIRY_LOOK_BACK_YEARS;
        let year = first + (i32::from(self.year()?) - first).rem_euclid(100);
        self.in_year(year)
    }

    fn in_year(self, year: i32) -> Option<Date> {
        let month = Month::try_from(self.month()?).ok()?;
        Date::from_calendar_date(year, month, self.day()?).ok()
    }

    /// The part at this offset if it is two digits.
    fn part(self, at: usize) -> Option<u8> {
        let digits = self.as_str().get(at..at + 2)?;
        digits
            .bytes()
            .all(|byte| byte.is_ascii_digit())
            .then(|| digits.parse().ok())
            .flatten()
    }

    fn check_calendar(self) -> Result<()> {
        for at in [0, 2, 4] {
            if self.part(at).is_none() && self.as_str().get(at..at + 2) != Some("<<") {
                return Err(Error::Malformed {
                    what: "a part of a date is two digits or two fillers",
                    at,
                });
            }
        }
        if self.month().is_some_and(|month| !(1..=12).contains(&month)) {
            return Err(impossible(2));
        }
        if self
            .day()
            .is_some_and(|day| day == 0 || day > self.longest_month())
        {
            return Err(impossible(4));
        }
        Ok(())
    }

    /// The most days the month can have, whatever is unknown.
    fn longest_month(self) -> u8 {
        match (self.month(), self.year()) {
            (Some(4 | 6 | 9 | 11), _) => 30,
            // 00 may be the leap year 2000.
            (Some(2), Some(year)) if year % 4 != 0 => 28,
            (Some(2), _) => 29,
            _ => 31,
        }
    }
}

impl fmt::Display for MrzDate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl fmt::Debug for MrzDate {
    /// A date of birth or expiry is part of the password of a chip: it is shown only on demand.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("MrzDate(..)")
    }
}

fn impossible(at: usize) -> Error {
    Error::Malformed {
        what: "the calendar has no such day",
        at,
    }
}

fn century(today: Date) -> i32 {
    today.year().div_euclid(100) * 100
}

#[cfg(test)]
mod tests {
    use time::macros::date;

    use super::*;

    #[test]
    fn reads_dates_with_unknown_parts() {
        let check = |text: &str, parts| {
            let date = MrzDate::parse(text).unwrap();
            assert_eq!((date.year(), date.month(), date.day()), parts, "{text}");
            let (year, month, day) = parts;
            assert_eq!(MrzDate::new(year, month, day), Ok(date), "{text}");
            assert_eq!(date.as_str(), text);
        };
        check("740812", (Some(74), Some(8), Some(12)));
        check("7408<<", (Some(74), Some(8), None));
        check("74<<<<", (Some(74), None, None));
        check("<<<<<<", (None, None, None));
        check("<<0229", (None, Some(2), Some(29)));
        check("000229", (Some(0), Some(2), Some(29)));
    }

    #[test]
    fn refuses_what_is_no_date() {
        let check = |text: &str, offset| {
            let error = MrzDate::parse(text).map(|_| ()).unwrap_err();
            assert!(
                matches!(error, Error::Malformed { at, .. } if at == offset),
                "{text}: {error}"
            );
        };
        check("74081", 5);
        check("7408123", 6);
        check("7A0812", 0);
        check("740<12", 2);
        check("741312", 2);
        check("740012", 2);
        check("740800", 4);
        check("740431", 4);
        check("990229", 4);
        check("+1+1+1", 0);
    }

    #[test]
    fn a_birth_is_never_in_the_future() {
        let today = date!(2026 - 11 - 21);
        let check = |text: &str, expected| {
            assert_eq!(
                MrzDate::parse(text).unwrap().as_birth(today),
                expected,
                "{text}"
            );
        };
        check("261121", Some(date!(2026 - 11 - 21)));
        check("261122", Some(date!(1926 - 11 - 22)));
        check("990201", Some(date!(1999 - 02 - 01)));
        check("99<<<<", None);
        assert_eq!(
            MrzDate::parse("99<<<<").unwrap().birth_year(today),
            Some(1999)
        );
        assert_eq!(
            MrzDate::parse("26<<<<").unwrap().birth_year(today),
            Some(2026)
        );
        assert_eq!(MrzDate::parse("<<0101").unwrap().birth_year(today), None);
    }

    #[test]
    fn an_expiry_lies_in_the_window() {
        let today = date!(2026 - 11 - 21);
        let check = |text: &str, expected| {
            assert_eq!(
                MrzDate::parse(text).unwrap().as_expiry(today),
                Some(expected)
            );
        };
        check("350101", date!(2035 - 01 - 01));
        check("251231", date!(2025 - 12 - 31));
        check("751231", date!(2075 - 12 - 31));
        check("760101", date!(1976 - 01 - 01));
        check("991231", date!(1999 - 12 - 31));
    }

    #[test]
    fn prints_a_calendar_date() {
        assert_eq!(MrzDate::from_date(date!(2006 - 03 - 09)).as_str(), "060309");
        assert_eq!(MrzDate::from_date(date!(1999 - 12 - 31)).as_str(), "991231");
        assert_eq!(
            format!("{:?}", MrzDate::from_date(date!(1999 - 12 - 31))),
            "MrzDate(..)"
        );
    }
}
