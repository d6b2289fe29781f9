//! Times as we write them: UTCTime to 2049, GeneralizedTime from 2050, seconds, `Z` (RFC 5280 §4.1.2.5).

use der::{DateTime, Encode};
use time::OffsetDateTime;
use x509_cert::time::Time;

use crate::{Error, Result};

/// A moment for the types of the `der` crate; fractions of a second are dropped.
pub(crate) fn date_time(moment: OffsetDateTime) -> Result<DateTime> {
    let seconds = u64::try_from(moment.unix_timestamp())
        .map_err(|_| Error::Misuse("nothing is issued or valid before 1970"))?;
    Ok(DateTime::from_unix_duration(
        core::time::Duration::from_secs(seconds),
    )?)
}

/// A moment in the one of the two types that belongs to its year.
pub(crate) fn time(moment: OffsetDateTime) -> Result<Time> {
    Ok(Time::from(date_time(moment)?))
}

/// The same in DER.
pub(crate) fn to_der(moment: OffsetDateTime) -> Result<Vec<u8>> {
    Ok(time(moment)?.to_der()?)
}

#[cfg(test)]
mod tests {
    use time::macros::datetime;

    use super::*;

    #[test]
    fn the_type_follows_from_the_year() {
        for (moment, der) in [
            (
                datetime!(2026-11-21 12:00:01 UTC),
                "170d3236313132313132303030315a",
            ),
            (
                datetime!(2049-12-31 23:59:59 UTC),
                "170d3439313233313233353935395a",
            ),
            (
                datetime!(2050-01-01 00:00:00 UTC),
                "180f32303530303130313030303030305a",
            ),
            (
                datetime!(2026-11-21 19:00:01 +7),
                "170d3236313132313132303030315a",
            ),
        ] {
            assert_eq!(hex::encode(to_der(moment).unwrap()), der, "{moment}");
        }
        assert!(to_der(datetime!(1969-12-31 23:59:59 UTC)).is_err());
    }
}
