//! Days of certificates out of moments, and days after other days.

use protocols::terminal_authentication::Date;
use time::{Duration, OffsetDateTime, UtcOffset};

use crate::error::{Refused, Result};

/// The day of a moment in GMT, as certificates count (Doc 9303-12 §7.2.2).
///
/// # Errors
/// [`Refused::DayOutOfRange`].
pub fn day_of(moment: OffsetDateTime) -> Result<Date> {
    of_calendar(moment.to_offset(UtcOffset::UTC).date())
}

/// So many days later.
///
/// # Errors
/// [`Refused::DayOutOfRange`].
pub(crate) fn days_after(day: Date, days: u32) -> Result<Date> {
    let (year, month, number) = day.parts();
    let later = time::Month::try_from(month)
        .and_then(|month| time::Date::from_calendar_date(year.into(), month, number))
        .ok()
        .and_then(|date| date.checked_add(Duration::days(days.into())))
        .ok_or(Refused::DayOutOfRange)?;
    of_calendar(later)
}

fn of_calendar(date: time::Date) -> Result<Date> {
    u16::try_from(date.year())
        .ok()
        .and_then(|year| Date::new(year, date.month().into(), date.day()))
        .ok_or_else(|| Refused::DayOutOfRange.into())
}

#[cfg(test)]
mod tests {
    use time::macros::datetime;

    use super::*;

    #[test]
    fn days_are_those_of_greenwich() {
        for (moment, day) in [
            (datetime!(2026-06-15 23:59 UTC), Some((2026, 6, 15))),
            (datetime!(2026-06-15 02:00 +07:00), Some((2026, 6, 14))),
            (datetime!(2099-12-31 23:00 -02:00), None),
            (datetime!(1999-12-31 23:00 UTC), None),
        ] {
            let found = day_of(moment).map(Date::parts).ok();
            assert_eq!(found, day, "{moment}");
        }
    }

    #[test]
    fn days_later() {
        let day = |year, month, day| Date::new(year, month, day).unwrap();
        assert_eq!(days_after(day(2024, 2, 28), 2), Ok(day(2024, 3, 1)));
        assert_eq!(days_after(day(2026, 12, 31), 0), Ok(day(2026, 12, 31)));
        assert_eq!(
            days_after(day(2099, 12, 31), 1),
            Err(Refused::DayOutOfRange.into())
        );
    }
}
