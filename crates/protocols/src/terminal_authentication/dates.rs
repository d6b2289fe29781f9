//! Dates of card verifiable certificates: `YYMMDD`, one digit in each octet, 2000 to 2099, GMT (Doc 9303-12 §7.2.2;
//! TR-03110-3 annex D.2.1.3).

use core::fmt;

/// Octets of a date.
pub const DATE_LEN: usize = 6;

const FIRST_YEAR: u16 = 2000;
const LAST_YEAR: u16 = 2099;

/// A day between 2000 and 2099.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Date {
    year: u16,
    month: u8,
    day: u8,
}

impl Date {
    /// A day of the calendar; `None` when there is no such day, or it is not between 2000 and 2099.
    #[must_use]
    pub fn new(year: u16, month: u8, day: u8) -> Option<Self> {
        let exists = (FIRST_YEAR..=LAST_YEAR).contains(&year)
            && (1..=12).contains(&month)
            && (1..=days_in_month(year, month)).contains(&day);
        exists.then_some(Self { year, month, day })
    }

    /// Reads six digits.
    #[must_use]
    pub fn from_digits(digits: &[u8]) -> Option<Self> {
        let digits = <&[u8; DATE_LEN]>::try_from(digits).ok()?;
        if digits.iter().any(|digit| *digit > 9) {
            return None;
        }
        let [y1, y2, m1, m2, d1, d2] = digits;
        Self::new(
            FIRST_YEAR + u16::from(10 * y1 + y2),
            10 * m1 + m2,
            10 * d1 + d2,
        )
    }

    /// The six digits.
    #[must_use]
    pub fn digits(self) -> [u8; DATE_LEN] {
        let year = self.year.saturating_sub(FIRST_YEAR).to_le_bytes()[0];
        [
            year / 10,
            year % 10,
            self.month / 10,
            self.month % 10,
            self.day / 10,
            self.day % 10,
        ]
    }

    /// Year, month and day.
    #[must_use]
    pub const fn parts(self) -> (u16, u8, u8) {
        (self.year, self.month, self.day)
    }

    /// Days since the first of January 2000.
    #[must_use]
    pub fn days(self) -> u32 {
        let before = (FIRST_YEAR..self.year)
            .map(|year| if is_leap(year) { 366 } else { 365 })
            .sum::<u32>();
        let months = (1..self.month)
            .map(|month| u32::from(days_in_month(self.year, month)))
            .sum::<u32>();
        before + months + u32::from(self.day) - 1
    }
}

impl fmt::Display for Date {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:04}-{:02}-{:02}", self.year, self.month, self.day)
    }
}

impl fmt::Debug for Date {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

const fn is_leap(year: u16) -> bool {
    // The years of the format hold no exception: 2000 is a leap year.
    year.is_multiple_of(4)
}

const fn days_in_month(year: u16, month: u8) -> u8 {
    match month {
        2 if is_leap(year) => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

/// From the day a certificate was made to the last day it is valid.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Period {
    effective: Date,
    expiry: Date,
}

impl Period {
    /// `None` when it would end before it begins.
    #[must_use]
    pub fn new(effective: Date, expiry: Date) -> Option<Self> {
        (effective <= expiry).then_some(Self { effective, expiry })
    }

    /// The day the certificate was made.
    #[must_use]
    pub const fn effective(self) -> Date {
        self.effective
    }

    /// The last day.
    #[must_use]
    pub const fn expiry(self) -> Date {
        self.expiry
    }

    /// Whether the last day is over.
    #[must_use]
    pub fn is_over(self, today: Date) -> bool {
        self.expiry < today
    }

    /// Days from the first to the last.
    #[must_use]
    pub fn days(self) -> u32 {
        self.expiry.days() - self.effective.days()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(digits: [u8; DATE_LEN], expected: Option<&str>) {
        let date = Date::from_digits(&digits);
        assert_eq!(date.map(|date| date.to_string()).as_deref(), expected);
        if let Some(date) = date {
            assert_eq!(date.digits(), digits);
        }
    }

    #[test]
    fn digits_are_days() {
        check([2, 6, 0, 1, 3, 1], Some("2026-01-31"));
        check([0, 0, 0, 1, 0, 1], Some("2000-01-01"));
        check([9, 9, 1, 2, 3, 1], Some("2099-12-31"));
        check([0, 0, 0, 2, 2, 9], Some("2000-02-29"));
        check([2, 4, 0, 2, 2, 9], Some("2024-02-29"));
    }

    #[test]
    fn what_is_no_day() {
        for digits in [
            [2, 6, 1, 3, 0, 1],
            [2, 6, 0, 0, 0, 1],
            [2, 6, 0, 1, 0, 0],
            [2, 6, 0, 1, 3, 2],
            [2, 6, 0, 4, 3, 1],
            [2, 6, 0, 2, 2, 9],
            [2, 0xA, 0, 1, 0, 1],
            [2, 6, 0, 1, 0, 0x31],
            [0x32, 0x36, 0x30, 0x31, 0x30, 0x31],
            [0xFF; 6],
        ] {
            check(digits, None);
        }
        assert_eq!(Date::from_digits(&[2, 6, 0, 1, 3]), None);
        assert_eq!(Date::from_digits(&[2, 6, 0, 1, 3, 1, 0]), None);
        assert_eq!(Date::new(1999, 12, 31), None);
        assert_eq!(Date::new(2100, 1, 1), None);
    }

    #[test]
    fn days_are_counted() {
        let day = |y, m, d| Date::new(y, m, d).unwrap();
        assert_eq!(day(2000, 1, 1).days(), 0);
        assert_eq!(day(2000, 12, 31).days(), 365);
        assert_eq!(day(2001, 1, 1).days(), 366);
        assert_eq!(day(2026, 1, 31).days(), 9_527);
        let period = Period::new(day(2024, 2, 28), day(2024, 3, 1)).unwrap();
        assert_eq!(period.days(), 2);
        assert!(!period.is_over(day(2024, 3, 1)), "the last day counts");
        assert!(period.is_over(day(2024, 3, 2)));
        assert_eq!(Period::new(day(2024, 3, 1), day(2024, 2, 29)), None);
    }
}
