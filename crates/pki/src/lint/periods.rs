//! How long keys sign and certificates are valid (Doc 9303-12 §4.1 and Appendix A).

use time::Duration;

use super::object_kind::{Kinds, ObjectKind};
use super::rule::Rule;
use super::rules;
use super::sheet::Sheet;
use crate::certificate::{Certificate, Validity};

const DAY: Duration = Duration::DAY;
const MONTH: Duration = Duration::days(31);
/// The longest year; the shortest ones are met by [`TOLERANCE`].
const YEAR: Duration = Duration::days(366);
/// Years are of two lengths, and periods are often rounded to days.
const TOLERANCE: Duration = Duration::days(12);

/// Lengths that are as recommended.
struct Range {
    from: Duration,
    to: Duration,
    text: &'static str,
}

const fn years(number: i32) -> Duration {
    Duration::days(365 * number as i64)
}

const CSCA_USAGE: Range = Range {
    from: years(3).saturating_sub(DAY),
    to: Duration::days(366 * 5),
    text: "three to five years",
};
/// What a CSCA signs is valid for five to ten years and the usage of its key.
const SIGNED_BY_CSCA: Range = Range {
    from: years(5).saturating_sub(DAY),
    to: years(10)
        .saturating_add(MONTH.saturating_mul(3))
        .saturating_add(TOLERANCE),
    text: "5 years to 10 years and 3 months between the end of usage and the end of validity",
};
/// The whole of it, where the usage is not known.
const CSCA_VALIDITY: Range = Range {
    from: years(8).saturating_sub(DAY),
    to: years(15)
        .saturating_add(MONTH.saturating_mul(3))
        .saturating_add(TOLERANCE),
    text: "8 years and 1 month to 15 years and 3 months",
};
const DS_USAGE: Range = Range {
    from: Duration::ZERO,
    to: Duration::days(93),
    text: "at most three months",
};
const SIGNED_BY_DS: Range = Range {
    from: years(5).saturating_sub(DAY),
    to: years(10).saturating_add(TOLERANCE),
    text: "5 to 10 years between the end of usage and the end of validity",
};
const LDS2_VALIDITY: Range = Range {
    from: years(10).saturating_add(MONTH.saturating_mul(2)),
    to: years(10).saturating_add(MONTH.saturating_mul(4)),
    text: "10 years and 3 months",
};
const BARCODE_VALIDITY: Range = Range {
    from: years(1),
    to: YEAR.saturating_mul(13),
    text: "1 year or more of usage and the life of a document",
};
const SPOC_VALIDITY: Range = Range {
    from: Duration::days(180),
    to: MONTH.saturating_mul(18),
    text: "6 to 18 months",
};

/// Checks the periods of a certificate.
pub(super) fn check(certificate: &Certificate, at: usize, sheet: &mut Sheet) {
    let validity = certificate.validity();
    let whole = length(validity);
    let usage = usage(certificate);
    let inside = usage.is_none_or(|usage| is_inside(&usage, validity));
    let Some(kind) = sheet.kind() else {
        return;
    };
    let mut within = |rule: &'static Rule, length: Duration, range: &Range| {
        if !(range.from..=range.to).contains(&length) {
            sheet.find(rule, at, in_words(length), range.text);
        }
    };
    match (kind, usage.as_ref().filter(|_| inside)) {
        (kind, Some(usage)) if Kinds::CSCA.contains(kind) => {
            within(&rules::CSCA_USAGE, length(usage), &CSCA_USAGE);
            let rest = validity.not_after - usage.not_after;
            within(&rules::CSCA_VALIDITY, rest, &SIGNED_BY_CSCA);
        }
        (kind, None) if Kinds::CSCA.contains(kind) && inside => {
            within(&rules::CSCA_VALIDITY, whole, &CSCA_VALIDITY);
        }
        (ObjectKind::DocumentSigner, Some(usage)) => {
            within(&rules::DS_USAGE, length(usage), &DS_USAGE);
            let rest = validity.not_after - usage.not_after;
            within(&rules::DS_VALIDITY, rest, &SIGNED_BY_DS);
        }
        (ObjectKind::Lds2Signer, _) => within(&rules::LDS2_VALIDITY, whole, &LDS2_VALIDITY),
        (ObjectKind::BarcodeSigner, _) => {
            within(&rules::BARCODE_VALIDITY, whole, &BARCODE_VALIDITY);
        }
        (ObjectKind::Communication, _) => within(&rules::SPOC_VALIDITY, whole, &SPOC_VALIDITY),
        _ => {}
    }
    if let Some(usage) = usage.filter(|_| !inside) {
        let expected = format!("inside {validity}");
        sheet.find(&rules::USAGE_INSIDE, at, usage, expected);
    }
}

/// Certificates of the field begin some hours before their keys are used, or after: a day does not count.
fn is_inside(usage: &Validity, validity: &Validity) -> bool {
    Validity {
        not_before: validity.not_before - DAY,
        not_after: validity.not_after + DAY,
    }
    .encloses(usage)
}

/// The usage period of the private key, open bounds taken from the validity.
pub(super) fn usage(certificate: &Certificate) -> Option<Validity> {
    let validity = certificate.validity();
    let period = certificate.extensions().private_key_usage_period?;
    Some(Validity {
        not_before: period.not_before.unwrap_or(validity.not_before),
        not_after: period.not_after.unwrap_or(validity.not_after),
    })
}

fn length(period: &Validity) -> Duration {
    period.not_after - period.not_before
}

/// A length as people say it.
pub(super) fn in_words(length: Duration) -> String {
    let days = length.whole_days();
    match (days / 365, days % 365) {
        (0, days) => format!("{days} days"),
        (years, 0) => format!("{years} years"),
        (years, days) => format!("{years} years {days} days"),
    }
}
