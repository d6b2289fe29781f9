//! Times in JSON: one form, RFC 3339 in UTC with milliseconds, as the audit log has it.

use serde::Serializer;
use time::format_description::BorrowedFormatItem;
use time::macros::format_description;
use time::{OffsetDateTime, UtcOffset};

const FORM: &[BorrowedFormatItem<'_>] =
    format_description!("[year]-[month]-[day]T[hour]:[minute]:[second].[subsecond digits:3]Z");

/// A time as text.
#[must_use]
pub fn text(at: OffsetDateTime) -> String {
    let at = at.to_offset(UtcOffset::UTC);
    at.format(FORM).unwrap_or_else(|_| at.to_string())
}

/// For `#[serde(serialize_with)]`.
///
/// # Errors
/// Those of the serialiser.
pub fn serialize<S: Serializer>(at: &OffsetDateTime, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(&text(*at))
}

/// The same where there may be none.
pub mod option {
    use super::{OffsetDateTime, Serializer, text};

    /// For `#[serde(serialize_with)]`.
    ///
    /// # Errors
    /// Those of the serialiser.
    pub fn serialize<S: Serializer>(
        at: &Option<OffsetDateTime>,
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        match at {
            Some(at) => serializer.serialize_some(&text(*at)),
            None => serializer.serialize_none(),
        }
    }
}

#[cfg(test)]
mod tests {
    use time::macros::datetime;

    use super::*;

    #[test]
    fn milliseconds_always_and_nothing_finer() {
        for (at, want) in [
            (datetime!(2026-11-22 08:00 UTC), "2026-11-22T08:00:00.000Z"),
            (
                datetime!(2026-11-22 08:00:01.234567891 UTC),
                "2026-11-22T08:00:01.234Z",
            ),
            (
                datetime!(2026-11-22 08:00:01.5 +7),
                "2026-11-22T01:00:01.500Z",
            ),
        ] {
            assert_eq!(text(at), want);
        }
    }
}
