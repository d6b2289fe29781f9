//! Dates against each other and against today.

use time::Duration;

use crate::date::Expiry;
use crate::field::Field;
use crate::finding::{Findings, Rule};
use crate::rules::Facts;

pub(super) static RULES: [&Rule; 6] = [
    &BIRTH_IN_FUTURE,
    &TOO_OLD,
    &ISSUED_BEFORE_BIRTH,
    &ISSUED_TOO_LATE,
    &EXPIRY_BEFORE_ISSUE,
    &EXPIRED,
];

static BIRTH_IN_FUTURE: Rule = Rule::error(
    "date-birth-in-future",
    "lies in the future",
    "nằm trong tương lai",
);
static TOO_OLD: Rule = Rule::error(
    "date-birth-too-early",
    "makes the holder older than 125 years",
    "khiến người được cấp trên 125 tuổi",
);
static ISSUED_BEFORE_BIRTH: Rule = Rule::error(
    "date-issue-before-birth",
    "lies before the date of birth",
    "trước ngày sinh",
);
static ISSUED_TOO_LATE: Rule = Rule::error(
    "date-issue-too-late",
    "lies more than 90 days ahead",
    "sau hôm nay quá 90 ngày",
);
static EXPIRY_BEFORE_ISSUE: Rule = Rule::error(
    "date-expiry-before-issue",
    "lies before the date of issue",
    "trước ngày cấp",
);
static EXPIRED: Rule = Rule::error("date-expired", "has passed", "đã qua");

/// Nobody known has lived longer.
const MAX_AGE: i32 = 125;

/// How far ahead a batch may be dated.
const MAX_DAYS_AHEAD: i64 = 90;

pub(super) fn check(facts: &Facts<'_>, findings: &mut Findings) {
    if let Some(birth) = facts.date_of_birth {
        // Of a year alone, the whole year may still be ahead only if it has not begun.
        let is_ahead = match birth.complete() {
            Some(day) => day > facts.today,
            None => birth.year() > facts.today.year(),
        };
        if is_ahead {
            findings.add(Field::DateOfBirth, &BIRTH_IN_FUTURE);
        }
        if birth.age_on(facts.today) > MAX_AGE {
            findings.add(Field::DateOfBirth, &TOO_OLD);
        }
    }
    if let Some(issue) = facts.date_of_issue {
        let is_before_birth = facts.date_of_birth.is_some_and(|birth| {
            birth.complete().is_some_and(|day| issue < day) || issue.year() < birth.year()
        });
        if is_before_birth {
            findings.add(Field::DateOfIssue, &ISSUED_BEFORE_BIRTH);
        }
        if issue - facts.today > Duration::days(MAX_DAYS_AHEAD) {
            findings.add(Field::DateOfIssue, &ISSUED_TOO_LATE);
        }
    }
    if let Some(Expiry::On(expiry)) = facts.expiry {
        if facts.date_of_issue.is_some_and(|issue| expiry < issue) {
            findings.add(Field::DateOfExpiry, &EXPIRY_BEFORE_ISSUE);
        } else if expiry < facts.today {
            findings.add(Field::DateOfExpiry, &EXPIRED);
        }
    }
}
