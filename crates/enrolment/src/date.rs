//! Dates of a record: of birth with unknown parts, of expiry with none at all.

use core::fmt;

use mrz::MrzDate;
use time::{Date, Month};

/// A date of birth of which month, or month and day, may be unknown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct BirthDate {
    year: i32,
    month: Option<u8>,
    day: Option<u8>,
}

impl BirthDate {
    /// From `YYYY-MM-DD`, `YYYY-MM` or `YYYY`; `None` when it is neither, or no day of the calendar.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let mut parts = text.split('-');
        let year = number(parts.next()?, 4)?;
        let month = parts.next().map(|part| number(part, 2));
        let day = parts.next().map(|part| number(part, 2));
        if parts.next().is_some() {
            return None;
        }
        let small = |part: Option<Option<u16>>| match part {
            Some(number) => u8::try_from(number?).ok().map(Some),
            None => Some(None),
        };
        let date = Self {
            year: year.into(),
            month: small(month)?,
            day: small(day)?,
        };
        date.first_day().map(|_| date)
    }

    /// A date of which everything is known.
    #[must_use]
    pub fn on(date: Date) -> Self {
        Self {
            year: date.year(),
            month: Some(date.month().into()),
            day: Some(date.day()),
        }
    }

    /// The year.
    #[must_use]
    pub fn year(self) -> i32 {
        self.year
    }

    /// The month, if known.
    #[must_use]
    pub fn month(self) -> Option<u8> {
        self.month
    }

    /// The day, if known.
    #[must_use]
    pub fn day(self) -> Option<u8> {
        self.day
    }

    /// The date, if all of it is known.
    #[must_use]
    pub fn complete(self) -> Option<Date> {
        calendar_date(self.year, self.month?, self.day?)
    }

    /// The last day it can be: whoever is of age then is of age in any case.
    #[must_use]
    pub fn last_day(self) -> Date {
        let month = self.month.unwrap_or(12);
        (1..=31)
            .rev()
            .filter(|day| self.day.is_none_or(|known| known == *day))
            .find_map(|day| calendar_date(self.year, month, day))
            .unwrap_or(Date::MAX)
    }

    /// Whether it lies after a day in any case: the first day it can be does.
    #[must_use]
    pub fn is_after(self, day: Date) -> bool {
        self.first_day().is_some_and(|first| first > day)
    }

    /// The age in full years on a day, the least it can be; negative only if the day is before the birth in any case.
    #[must_use]
    pub fn age_on(self, day: Date) -> i32 {
        let birth = self.last_day();
        if day < birth && !self.is_after(day) {
            return 0;
        }
        let has_had_birthday = (day.month() as u8, day.day()) >= (birth.month() as u8, birth.day());
        day.year() - birth.year() - i32::from(!has_had_birthday)
    }

    /// The birthday of an age. Who is born on 29 February has it on the 28th of other years.
    #[must_use]
    pub fn birthday(self, age: i32) -> Option<Date> {
        let birth = self.last_day();
        let year = birth.year().checked_add(age)?;
        let month = u8::from(birth.month());
        calendar_date(year, month, birth.day()).or_else(|| calendar_date(year, month, 28))
    }

    /// As the machine readable zone has it, unknown parts as fillers (Doc 9303-3 §4.8).
    ///
    /// # Errors
    /// None for a date that this type can hold.
    pub fn to_mrz(self) -> mrz::Result<MrzDate> {
        let year = u8::try_from(self.year.rem_euclid(100)).ok();
        MrzDate::new(year, self.month, self.day)
    }

    /// As data groups have it.
    ///
    /// # Errors
    /// None for a date that this type can hold.
    pub fn to_lds(self) -> lds::Result<lds::PartialDate> {
        lds::PartialDate::new(u16::try_from(self.year).ok(), self.month, self.day)
    }

    fn first_day(self) -> Option<Date> {
        calendar_date(self.year, self.month.unwrap_or(1), self.day.unwrap_or(1))
    }
}

impl fmt::Display for BirthDate {
    /// The form that [`Self::parse`] reads.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:04}", self.year)?;
        for part in [self.month, self.day].into_iter().flatten() {
            write!(f, "-{part:02}")?;
        }
        Ok(())
    }
}

/// The end of a document's validity.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Expiry {
    /// Valid to the end of this day.
    On(Date),
    /// Valid as long as the holder lives.
    Never,
}

impl Expiry {
    /// The word of a record for no expiry.
    pub const NEVER: &'static str = "never";

    /// From `YYYY-MM-DD` or `never`.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        match text {
            Self::NEVER => Some(Self::Never),
            _ => parse_date(text).map(Self::On),
        }
    }

    /// The day, unless there is none.
    #[must_use]
    pub fn day(self) -> Option<Date> {
        match self {
            Self::On(day) => Some(day),
            Self::Never => None,
        }
    }
}

/// A whole date from `YYYY-MM-DD`.
pub(crate) fn parse_date(text: &str) -> Option<Date> {
    BirthDate::parse(text)?.complete()
}

fn calendar_date(year: i32, month: u8, day: u8) -> Option<Date> {
    Date::from_calendar_date(year, Month::try_from(month).ok()?, day).ok()
}

/// A number of exactly so many digits.
fn number(text: &str, digits: usize) -> Option<u16> {
    let is_number = text.len() == digits && text.bytes().all(|byte| byte.is_ascii_digit());
    is_number.then(|| text.parse().ok()).flatten()
}

#[cfg(test)]
mod tests {
    use time::macros::date;

    use super::*;

    #[test]
    fn reads_dates_with_unknown_parts() {
        let check = |text: &str, last_day: Option<Date>| {
            let read = BirthDate::parse(text);
            assert_eq!(read.map(BirthDate::last_day), last_day, "{text}");
            if let Some(read) = read {
                assert_eq!(read.to_string(), text);
            }
        };
        check("1999-02-01", Some(date!(1999 - 02 - 01)));
        check("1999-02", Some(date!(1999 - 02 - 28)));
        check("1999", Some(date!(1999 - 12 - 31)));
        check("2000-02-29", Some(date!(2000 - 02 - 29)));
        for text in [
            "",
            "99",
            "1999-",
            "1999-2-1",
            "1999-13",
            "1999-00",
            "1999-02-29",
            "1999-02-00",
            "1999-02-01-01",
            "+999-01-01",
            "1999/02/01",
            "0x1F",
        ] {
            check(text, None);
        }
    }

    #[test]
    fn counts_full_years() {
        let check = |birth: &str, day, age| {
            assert_eq!(BirthDate::parse(birth).unwrap().age_on(day), age, "{birth}");
        };
        check("1999-02-01", date!(2024 - 01 - 31), 24);
        check("1999-02-01", date!(2024 - 02 - 01), 25);
        check("2000-02-29", date!(2014 - 02 - 28), 13);
        check("2000-02-29", date!(2014 - 03 - 01), 14);
        check("1999", date!(2024 - 12 - 30), 24);
        check("1999", date!(2024 - 12 - 31), 25);
        check("2024", date!(2024 - 01 - 01), 0);
        check("2024-02", date!(2024 - 02 - 28), 0);
        check("2024-03", date!(2024 - 02 - 29), -1);
        check("2030", date!(2024 - 01 - 01), -7);
    }

    #[test]
    fn finds_the_birthday_of_an_age() {
        let check = |birth: &str, age, expected| {
            assert_eq!(
                BirthDate::parse(birth).unwrap().birthday(age),
                Some(expected)
            );
        };
        check("1999-07-15", 40, date!(2039 - 07 - 15));
        check("2000-02-29", 25, date!(2025 - 02 - 28));
        check("2000-02-29", 60, date!(2060 - 02 - 29));
        check("1999", 40, date!(2039 - 12 - 31));
    }
}
