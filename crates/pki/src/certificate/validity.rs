//! Times of certificates and signed attributes, in every form the field uses.

use core::fmt;

use time::{Date, Month, OffsetDateTime, PrimitiveDateTime, Time, UtcOffset};

use crate::Result;
use crate::ber::{Cursor, Element, Tag};
use crate::deviation::DeviationKind;

/// From when until when: both ends belong to it (RFC 5280 §4.1.2.5).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Validity {
    /// First moment.
    pub not_before: OffsetDateTime,
    /// Last moment.
    pub not_after: OffsetDateTime,
}

impl Validity {
    /// Whether a moment lies inside.
    #[must_use]
    pub fn contains(&self, moment: OffsetDateTime) -> bool {
        (self.not_before..=self.not_after).contains(&moment)
    }

    /// Whether another period lies inside.
    #[must_use]
    pub fn encloses(&self, other: &Self) -> bool {
        self.not_before <= other.not_before && other.not_after <= self.not_after
    }

    pub(crate) fn read(element: &Element<'_>) -> Result<Self> {
        const WHAT: &str = "validity";
        let mut times = element.children(WHAT)?;
        let not_before = read_time(&mut times)?;
        let not_after = read_time(&mut times)?;
        times.finish();
        Ok(Self {
            not_before,
            not_after,
        })
    }
}

impl fmt::Display for Validity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} to {}", self.not_before.date(), self.not_after.date())
    }
}

/// Reads a UTCTime or GeneralizedTime.
pub(crate) fn read_time(cursor: &mut Cursor<'_>) -> Result<OffsetDateTime> {
    let element = cursor.next("time")?;
    match element.tag {
        Tag::UTC_TIME => utc_time(&element),
        Tag::GENERALIZED_TIME => {
            let moment = generalized_time(&element)?;
            if moment.year() < FIRST_GENERALIZED_YEAR {
                element.record(DeviationKind::GeneralizedTimeBefore2050);
            }
            Ok(moment)
        }
        _ => Err(element.malformed("time")),
    }
}

/// UTCTime ends with 2049 (RFC 5280 §4.1.2.5.1).
const FIRST_GENERALIZED_YEAR: i32 = 2050;

fn utc_time(element: &Element<'_>) -> Result<OffsetDateTime> {
    const YEAR_DIGITS: usize = 2;
    read_moment(element, YEAR_DIGITS, |year| {
        year + if year < 50 { 2000 } else { 1900 }
    })
}

/// Reads the content of a GeneralizedTime, also behind an implicit tag.
pub(crate) fn generalized_time(element: &Element<'_>) -> Result<OffsetDateTime> {
    const YEAR_DIGITS: usize = 4;
    read_moment(element, YEAR_DIGITS, |year| year)
}

fn read_moment(
    element: &Element<'_>,
    year_digits: usize,
    year: impl FnOnce(u16) -> u16,
) -> Result<OffsetDateTime> {
    const MONTH_TO_ZONE: usize = "MMDDhhmmssZ".len();
    let text = element.octets("time")?;
    let moment = digits(&text, year_digits)
        .and_then(|(digits, rest)| month_to_zone(year(digits), rest))
        .ok_or(element.malformed("time"))?;
    if text.len() != year_digits + MONTH_TO_ZONE || text.last() != Some(&b'Z') {
        element.record(DeviationKind::TimeForm);
    }
    Ok(moment)
}

/// `MMDDhhmm`, then seconds if any, a fraction if any, the zone.
fn month_to_zone(year: u16, rest: &[u8]) -> Option<OffsetDateTime> {
    let (month, rest) = digits(rest, 2)?;
    let (day, rest) = digits(rest, 2)?;
    let (hour, rest) = digits(rest, 2)?;
    let (minute, rest) = digits(rest, 2)?;
    let (second, rest) = digits(rest, 2).unwrap_or((0, rest));
    let month = Month::try_from(u8::try_from(month).ok()?).ok()?;
    let date = Date::from_calendar_date(year.into(), month, u8::try_from(day).ok()?).ok()?;
    let time = Time::from_hms(
        u8::try_from(hour).ok()?,
        u8::try_from(minute).ok()?,
        // A leap second counts as the last second that can be expressed.
        u8::try_from(second)
            .ok()
            .map(|s| if s == 60 { 59 } else { s })?,
    )
    .ok()?;
    PrimitiveDateTime::new(date, time)
        .assume_offset(zone(without_fraction(rest))?)
        .checked_to_offset(UtcOffset::UTC)
}

/// `Z`, `+hhmm`, `-hhmm`, or nothing, which is taken for UTC.
fn zone(text: &[u8]) -> Option<UtcOffset> {
    let (sign, rest) = match text {
        [] | [b'Z'] => return Some(UtcOffset::UTC),
        [b'+', rest @ ..] => (1, rest),
        [b'-', rest @ ..] => (-1, rest),
        _ => return None,
    };
    let (hours, rest) = digits(rest, 2)?;
    let (minutes, rest) = digits(rest, 2)?;
    let part = |value: u16| i8::try_from(value).ok().map(|value| sign * value);
    let offset = UtcOffset::from_hms(part(hours)?, part(minutes)?, 0).ok()?;
    rest.is_empty().then_some(offset)
}

fn without_fraction(text: &[u8]) -> &[u8] {
    match text {
        [b'.' | b',', fraction @ ..] => {
            let digits = fraction.iter().take_while(|b| b.is_ascii_digit()).count();
            fraction.get(digits..).unwrap_or_default()
        }
        _ => text,
    }
}

/// A number of so many decimal digits, and what follows it.
fn digits(text: &[u8], count: usize) -> Option<(u16, &[u8])> {
    let (digits, rest) = text.split_at_checked(count)?;
    let number = core::str::from_utf8(digits).ok()?;
    let all_digits = digits.iter().all(u8::is_ascii_digit);
    all_digits.then(|| number.parse().ok())?.map(|n| (n, rest))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::deviation::Deviations;

    fn read(tag: u8, text: &str) -> (Result<String>, Vec<DeviationKind>) {
        let bytes = iso7816::tlv::encode(iso7816::tlv::Tag::new(tag.into()), text.as_bytes());
        let deviations = Deviations::default();
        let moment = read_time(&mut Cursor::new(&bytes, &deviations));
        (
            moment.map(|moment| moment.to_string()),
            deviations.into_vec().into_iter().map(|d| d.kind).collect(),
        )
    }

    #[test]
    fn every_form_of_time() {
        use DeviationKind::{GeneralizedTimeBefore2050, TimeForm};
        const UTC: u8 = 23;
        const GENERALIZED: u8 = 24;
        for (tag, text, moment, deviations) in [
            (
                UTC,
                "491231235959Z",
                "2049-12-31 23:59:59.0 +00:00:00",
                vec![],
            ),
            (
                UTC,
                "500101000000Z",
                "1950-01-01 0:00:00.0 +00:00:00",
                vec![],
            ),
            (
                UTC,
                "2611211000Z",
                "2026-11-21 10:00:00.0 +00:00:00",
                vec![TimeForm],
            ),
            (
                UTC,
                "261121100000+0700",
                "2026-11-21 3:00:00.0 +00:00:00",
                vec![TimeForm],
            ),
            (
                UTC,
                "261121233060Z",
                "2026-11-21 23:30:59.0 +00:00:00",
                vec![],
            ),
            (
                GENERALIZED,
                "20500101000000Z",
                "2050-01-01 0:00:00.0 +00:00:00",
                vec![],
            ),
            (
                GENERALIZED,
                "20261121100000Z",
                "2026-11-21 10:00:00.0 +00:00:00",
                vec![GeneralizedTimeBefore2050],
            ),
            (
                GENERALIZED,
                "20511121100000.25Z",
                "2051-11-21 10:00:00.0 +00:00:00",
                vec![TimeForm],
            ),
        ] {
            assert_eq!(
                read(tag, text),
                (Ok(moment.to_owned()), deviations),
                "{text}"
            );
        }
        for text in [
            "",
            "26",
            "261321100000Z",
            "260229100000Z",
            "26112110000+Z",
            "261121100000Q",
        ] {
            assert!(read(UTC, text).0.is_err(), "{text}");
        }
        assert!(read(GENERALIZED, "99991231235959-0100").0.is_err());
    }
}
