//! Dates of birth that may be the same.

use time::{Date, Duration};

use crate::date::BirthDate;
use crate::field::Bilingual;

/// Which differences of a date are let pass.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct DateTest {
    /// So many days apart.
    pub days: u16,
    /// Day and month swapped.
    pub swapped: bool,
    /// Of one only the year is known, or the year and the first of January, which stands for that in old registers.
    pub year_only: bool,
    /// One of the eight digits differs.
    pub one_digit: bool,
}

/// How two dates agree.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum DateMatch {
    /// The same day, or the same parts known.
    Same,
    /// Day and month are swapped.
    Swapped,
    /// The year agrees, and of one no more is known.
    Year,
    /// One digit differs.
    OneDigit,
    /// So many days apart.
    Near(u16),
}

impl DateMatch {
    /// How two dates agree, if a test lets it pass; the best reading counts.
    #[must_use]
    pub fn of(a: BirthDate, b: BirthDate, test: DateTest) -> Option<Self> {
        if a == b {
            return Some(Self::Same);
        }
        let (Some(day), Some(other)) = (a.complete(), b.complete()) else {
            return Self::of_incomplete(a, b, test);
        };
        if test.swapped && is_swapped(a, b) {
            return Some(Self::Swapped);
        }
        let apart = (day - other).abs();
        if apart <= Duration::days(i64::from(test.days)) {
            return Some(Self::Near(
                u16::try_from(apart.whole_days()).unwrap_or(u16::MAX),
            ));
        }
        if test.year_only && a.year() == b.year() && (is_new_year(day) || is_new_year(other)) {
            return Some(Self::Year);
        }
        (test.one_digit && differing_digits(a, b) == 1).then_some(Self::OneDigit)
    }

    fn of_incomplete(a: BirthDate, b: BirthDate, test: DateTest) -> Option<Self> {
        let agree = |a: Option<u8>, b: Option<u8>| a.is_none() || b.is_none() || a == b;
        let is_possible =
            a.year() == b.year() && agree(a.month(), b.month()) && agree(a.day(), b.day());
        (test.year_only && is_possible).then_some(Self::Year)
    }

    /// What it is worth, from 0 to 1.
    #[must_use]
    pub fn score(self) -> f32 {
        match self {
            Self::Same => 1.0,
            Self::Swapped => 0.9,
            Self::Year => 0.75,
            Self::OneDigit => 0.8,
            Self::Near(days) => 0.9 - 0.02 * f32::from(days.min(30)),
        }
    }

    /// What to tell whoever compares.
    #[must_use]
    pub fn words(self) -> Bilingual {
        match self {
            Self::Same => Bilingual {
                en: "same date",
                vi: "trùng ngày",
            },
            Self::Swapped => Bilingual {
                en: "day and month swapped",
                vi: "đảo ngày và tháng",
            },
            Self::Year => Bilingual {
                en: "same year, the rest not known",
                vi: "trùng năm, phần còn lại không rõ",
            },
            Self::OneDigit => Bilingual {
                en: "one digit differs",
                vi: "khác một chữ số",
            },
            Self::Near(_) => Bilingual {
                en: "a few days apart",
                vi: "chênh lệch vài ngày",
            },
        }
    }
}

fn is_swapped(a: BirthDate, b: BirthDate) -> bool {
    a.year() == b.year() && a.day() == b.month() && a.month() == b.day()
}

fn is_new_year(day: Date) -> bool {
    day.ordinal() == 1
}

fn differing_digits(a: BirthDate, b: BirthDate) -> u32 {
    let number = |date: BirthDate| {
        let part = |part: Option<u8>| i32::from(part.unwrap_or_default());
        date.year() * 10_000 + part(date.month()) * 100 + part(date.day())
    };
    let (mut a, mut b, mut differing) = (number(a), number(b), 0);
    while a != b {
        differing += u32::from(a % 10 != b % 10);
        (a, b) = (a / 10, b / 10);
    }
    differing
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sees_what_clerks_do() {
        let all = DateTest {
            days: 3,
            swapped: true,
            year_only: true,
            one_digit: true,
        };
        let check = |a: &str, b: &str, expected: Option<DateMatch>| {
            let (a, b) = (BirthDate::parse(a).unwrap(), BirthDate::parse(b).unwrap());
            assert_eq!(DateMatch::of(a, b, all), expected, "{a} {b}");
            assert_eq!(DateMatch::of(b, a, all), expected, "{b} {a}");
            let none = DateMatch::of(a, b, DateTest::default());
            assert_eq!(none, expected.filter(|m| *m == DateMatch::Same));
        };
        check("1999-02-01", "1999-02-01", Some(DateMatch::Same));
        check("1999", "1999", Some(DateMatch::Same));
        check("1999-02-01", "1999-01-02", Some(DateMatch::Swapped));
        check("1999-02-01", "1999-02-03", Some(DateMatch::Near(2)));
        check("1999-12-31", "2000-01-02", Some(DateMatch::Near(2)));
        check("1999-02-01", "1999", Some(DateMatch::Year));
        check("1999-02-01", "1999-02", Some(DateMatch::Year));
        check("1999-06-15", "1999-01-01", Some(DateMatch::Year));
        check("1999-06-15", "1989-06-15", Some(DateMatch::OneDigit));
        check("1999-06-15", "1999-07-15", Some(DateMatch::OneDigit));
        check("1999-06-15", "1988-06-15", None);
        check("1999-03", "1999-02-01", None);
        check("1999-06-15", "1998", None);
    }
}
