//! Times and how they are written (Doc 9303-12 §7.1, RFC 5280 §4.1.2.5).

use super::rules;
use super::sheet::Sheet;
use super::view::TimeView;
use crate::ber::Tag;

/// UTCTime ends with 2049.
const FIRST_GENERALIZED_YEAR: i32 = 2050;
/// Before this year no travel document had a certificate: a UTCTime that says so has lost its century.
const FIRST_YEAR: i32 = 1980;

/// Checks how a time is written; `which` is its field.
pub(super) fn check(time: &TimeView<'_>, which: &str, sheet: &mut Sheet) {
    let text = String::from_utf8_lossy(time.text);
    let found = || format!("{which} {text}");
    let generalized = time.tag == Tag::GENERALIZED_TIME;
    let Some(moment) = time.moment else {
        sheet.find(&rules::STRUCTURE, time.at, found(), "a moment");
        return;
    };
    if !text.ends_with('Z') {
        sheet.find(&rules::TIME_ZULU, time.at, found(), "Z at its end");
    }
    if text.contains(['.', ',']) {
        sheet.find(&rules::TIME_FRACTION, time.at, found(), "no fraction");
    }
    let digits = text.bytes().take_while(u8::is_ascii_digit).count();
    let to_seconds = if generalized { 14 } else { 12 };
    if digits < to_seconds {
        sheet.find(&rules::TIME_SECONDS, time.at, found(), "seconds");
    }
    if generalized && moment.year() < FIRST_GENERALIZED_YEAR {
        let found = format!("{which} {text} as GeneralizedTime");
        sheet.find(&rules::TIME_UTC, time.at, found, "UTCTime");
    }
    if has_lost_its_century(time) {
        let found = format!("{which} {text} as UTCTime, which is {}", moment.year());
        sheet.find(&rules::TIME_GENERALIZED, time.at, found, "GeneralizedTime");
    }
}

/// Checks that a period has a length; both ends have been checked by themselves.
pub(super) fn check_order(begin: &TimeView<'_>, end: &TimeView<'_>, sheet: &mut Sheet) {
    let (Some(first), Some(last)) = (begin.moment, end.moment) else {
        return;
    };
    if last <= first && !has_lost_its_century(end) {
        let found = format!("{} to {}", first.date(), last.date());
        sheet.find(&rules::TIME_ORDER, end.at, found, "an end after the begin");
    }
}

fn has_lost_its_century(time: &TimeView<'_>) -> bool {
    time.tag == Tag::UTC_TIME && time.moment.is_some_and(|moment| moment.year() < FIRST_YEAR)
}
