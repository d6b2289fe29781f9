//! Dates of the data groups, with unknown parts and in both encodings (Doc 9303-10 §4.7.11, §4.7.12).

use core::fmt;

use iso7816::tlv::Tlv;
use time::{Date, Month, PrimitiveDateTime, Time};

use crate::{Deviation, Deviations, Error, Result};

/// A date of which the year, the month or the day may be unknown (Doc 9303-10 table 72, note).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct PartialDate {
    year: Option<u16>,
    month: Option<u8>,
    day: Option<u8>,
}

impl PartialDate {
    /// A date of its known parts.
    ///
    /// # Errors
    /// [`Error::Misuse`] when the calendar has no such day.
    pub fn new(year: Option<u16>, month: Option<u8>, day: Option<u8>) -> Result<Self> {
        Self::checked(year, month, day).ok_or(Error::Misuse("the calendar has no such day"))
    }

    /// The year.
    #[must_use]
    pub const fn year(self) -> Option<u16> {
        self.year
    }

    /// The month, 1 to 12.
    #[must_use]
    pub const fn month(self) -> Option<u8> {
        self.month
    }

    /// The day, 1 to 31.
    #[must_use]
    pub const fn day(self) -> Option<u8> {
        self.day
    }

    /// The day of the calendar, when all parts are known.
    #[must_use]
    pub fn to_date(self) -> Option<Date> {
        calendar_day(self.year?, self.month?, self.day?)
    }

    /// Eight digits, YYYYMMDD, unknown parts zero.
    #[must_use]
    pub fn digits(self) -> String {
        format!(
            "{:04}{:02}{:02}",
            self.year.unwrap_or(0),
            self.month.unwrap_or(0),
            self.day.unwrap_or(0)
        )
    }

    fn checked(year: Option<u16>, month: Option<u8>, day: Option<u8>) -> Option<Self> {
        // What is unknown is taken as it suits the rest: 29 February of an unknown year may have been, and a day of an
        // unknown month is at most the 31st.
        let leap_year = 2000;
        let year_exists = year.is_none_or(|year| (1..=9999).contains(&year));
        let day_exists = calendar_day(
            year.unwrap_or(leap_year),
            month.unwrap_or(1),
            day.unwrap_or(1),
        );
        (year_exists && day_exists.is_some()).then_some(Self { year, month, day })
    }

    pub(crate) fn from_digits(digits: &[u8]) -> Option<Self> {
        let (year, rest) = digits.split_at_checked(4)?;
        let (month, day) = rest.split_at_checked(2)?;
        let known = |part| number(part).map(|n| Some(n).filter(|n| *n != 0));
        let octet = |part| known(part).map(|n| n.and_then(|n| u8::try_from(n).ok()));
        Self::checked(known(year)?, octet(month)?, octet(day)?)
    }

    /// Reads eight characters or four octets of BCD, which is reported. `None` for anything else.
    pub(crate) fn read(object: &Tlv<'_>, deviations: &mut Deviations) -> Option<Self> {
        let date = Self::from_digits(&digits::<8>(object)?)?;
        report_bcd(object, 8, deviations);
        Some(date)
    }
}

/// A year that four digits cannot show becomes unknown.
impl From<Date> for PartialDate {
    fn from(date: Date) -> Self {
        Self {
            year: u16::try_from(date.year())
                .ok()
                .filter(|y| (1..=9999).contains(y)),
            month: Some(date.month().into()),
            day: Some(date.day()),
        }
    }
}

/// `2025-01-31`; unknown parts show as question marks.
impl fmt::Display for PartialDate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.year {
            Some(year) => write!(f, "{year:04}")?,
            None => f.write_str("????")?,
        }
        for part in [self.month, self.day] {
            match part {
                Some(part) => write!(f, "-{part:02}")?,
                None => f.write_str("-??")?,
            }
        }
        Ok(())
    }
}

/// Reads fourteen characters YYYYMMDDhhmmss or seven octets of BCD, which is reported. `None` for anything else.
pub(crate) fn read_date_time(
    object: &Tlv<'_>,
    deviations: &mut Deviations,
) -> Option<PrimitiveDateTime> {
    let date_time = date_time_from_digits(&digits::<14>(object)?)?;
    report_bcd(object, 14, deviations);
    Some(date_time)
}

/// Fourteen digits, YYYYMMDDhhmmss.
pub(crate) fn date_time_digits(date_time: PrimitiveDateTime) -> String {
    let (hour, minute, second) = date_time.as_hms();
    let date = PartialDate::from(date_time.date()).digits();
    format!("{date}{hour:02}{minute:02}{second:02}")
}

/// A date and time of fourteen digits.
pub(crate) fn date_time_from_digits(digits: &[u8]) -> Option<PrimitiveDateTime> {
    let (date, time) = digits.split_at_checked(8)?;
    let date = PartialDate::from_digits(date)?.to_date()?;
    let mut parts = time.chunks(2).map(number);
    let mut part = || parts.next()??.try_into().ok();
    let time = Time::from_hms(part()?, part()?, part()?).ok()?;
    Some(PrimitiveDateTime::new(date, time))
}

/// Two digits an octet; `None` when a half octet is no digit.
pub(crate) fn from_bcd(octets: &[u8]) -> Option<Vec<u8>> {
    octets
        .iter()
        .flat_map(|octet| [octet >> 4, octet & 0x0F])
        .map(|digit| (digit < 10).then_some(digit + b'0'))
        .collect()
}

/// The digits packed, two an octet. What is no digit counts as its lower half.
pub(crate) fn to_bcd(digits: &str) -> Vec<u8> {
    digits
        .as_bytes()
        .chunks(2)
        .map(|pair| {
            pair.iter()
                .fold(0, |octet, digit| octet << 4 | (digit & 0x0F))
        })
        .collect()
}

/// The `N` digits of an object that holds them as characters or as BCD.
fn digits<const N: usize>(object: &Tlv<'_>) -> Option<Vec<u8>> {
    if object.value.len() == N {
        return Some(object.value.to_vec());
    }
    (object.value.len() * 2 == N).then(|| from_bcd(object.value))?
}

fn report_bcd(object: &Tlv<'_>, digits: usize, deviations: &mut Deviations) {
    if object.value.len() != digits {
        let (tag, at) = (object.tag, object.at);
        deviations.push(Deviation::BcdDate { tag, at });
    }
}

/// A number of at most four digits.
fn number(digits: &[u8]) -> Option<u16> {
    digits.iter().try_fold(0u16, |number, digit| {
        let value = digit.checked_sub(b'0').filter(|value| *value < 10)?;
        number.checked_mul(10)?.checked_add(value.into())
    })
}

fn calendar_day(year: u16, month: u8, day: u8) -> Option<Date> {
    let month = Month::try_from(month).ok()?;
    Date::from_calendar_date(year.into(), month, day).ok()
}

#[cfg(test)]
mod tests {
    use iso7816::tlv::{self, Tag};
    use proptest::prelude::*;

    use super::*;

    const TAG: Tag = Tag::new(0x5F2B);

    fn read(value: &[u8]) -> (Option<PartialDate>, usize) {
        let object = tlv::encode(TAG, value);
        let mut deviations = Deviations::new();
        let date = PartialDate::read(&tlv::read(&object).unwrap().0, &mut deviations);
        (date, deviations.len())
    }

    #[test]
    fn dates_as_characters_and_as_bcd() {
        for (value, shown, deviations) in [
            (&b"19900101"[..], Some("1990-01-01"), 0),
            (b"19900100", Some("1990-01-??"), 0),
            (b"19900000", Some("1990-??-??"), 0),
            (b"00000000", Some("????-??-??"), 0),
            (b"00000229", Some("????-02-29"), 0),
            (b"20000229", Some("2000-02-29"), 0),
            (b"19000229", None, 0),
            (b"19901301", None, 0),
            (b"19900132", None, 0),
            (b"1990010<", None, 0),
            (b"199001", None, 0),
            (b"", None, 0),
            (&[0x19, 0x90, 0x01, 0x01], Some("1990-01-01"), 1),
            (&[0x19, 0x90, 0x0A, 0x01], None, 0),
        ] {
            let (date, found) = read(value);
            assert_eq!(
                date.map(|d| d.to_string()).as_deref(),
                shown,
                "{value:02X?}"
            );
            assert_eq!(found, deviations);
        }
    }

    #[test]
    fn only_a_whole_date_is_a_day() {
        let date = time::macros::date!(2025 - 01 - 31);
        assert_eq!(PartialDate::from(date).to_date(), Some(date));
        assert_eq!(
            PartialDate::new(Some(2025), Some(1), None)
                .unwrap()
                .to_date(),
            None
        );
        assert!(PartialDate::new(Some(2025), Some(2), Some(29)).is_err());
        assert!(PartialDate::new(Some(0), None, None).is_err());
    }

    #[test]
    fn times_as_characters_and_as_bcd() {
        for (value, shown, deviations) in [
            (&b"20250101120059"[..], Some("20250101120059"), 0),
            (
                &[0x20, 0x25, 0x01, 0x01, 0x12, 0x00, 0x59],
                Some("20250101120059"),
                1,
            ),
            (b"20250101240000", None, 0),
            (b"20250100120000", None, 0),
            (b"2025010112", None, 0),
        ] {
            let object = tlv::encode(TAG, value);
            let mut found = Deviations::new();
            let time = read_date_time(&tlv::read(&object).unwrap().0, &mut found);
            assert_eq!(time.map(date_time_digits).as_deref(), shown);
            assert_eq!(found.len(), deviations);
        }
    }

    proptest! {
        #[test]
        fn written_is_read(year in 0u16..=9999, month in 0u8..=12, day in 0u8..=28) {
            let known = |n| Some(n).filter(|n| *n != 0);
            let date = PartialDate::new(Some(year).filter(|y| *y != 0), known(month), known(day)).unwrap();
            prop_assert_eq!(read(date.digits().as_bytes()), (Some(date), 0));
            prop_assert_eq!(from_bcd(&to_bcd(&date.digits())).unwrap(), date.digits().into_bytes());
        }

        #[test]
        fn never_panics(value in proptest::collection::vec(any::<u8>(), 0..20)) {
            let object = tlv::encode(TAG, &value);
            let object = tlv::read(&object).unwrap().0;
            PartialDate::read(&object, &mut Deviations::new());
            read_date_time(&object, &mut Deviations::new());
        }
    }
}
