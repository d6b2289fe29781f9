//! Times as rows hold them.

use time::OffsetDateTime;

/// Milliseconds since 1970.
pub(crate) const fn milliseconds(instant: OffsetDateTime) -> i64 {
    instant.unix_timestamp() * 1000 + instant.millisecond() as i64
}

/// The instant of milliseconds since 1970.
pub(crate) fn instant(milliseconds: i64) -> Option<OffsetDateTime> {
    OffsetDateTime::from_unix_timestamp_nanos(i128::from(milliseconds) * 1_000_000).ok()
}
