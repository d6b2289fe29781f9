//! Dates against each other and against today.

use time::Duration;

use crate::date::{BirthDate, Expiry, parse_date};
use crate::field::Field;
use crate::finding::{Findings, Rule};
use crate::rules::Facts;

pub(super) static RULES: [&Rule; 11] = [
    &BIRTH_IN_FUTURE,
    &TOO_OLD,
    &ISSUED_BEFORE_BIRTH,
    &ISSUED_TOO_LATE,
    &ISSUED_LONG_AGO,
    &EXPIRY_BEFORE_ISSUE,
    &EXPIRED,
    &IN_FUTURE,
    &DEAD,
    &MISSING,
    &PREVIOUS_ORDER,
];

static BIRTH_IN_FUTURE: Rule = Rule::error(
    "date-birth-in-future",
    "lies in the future",
    "nằm trong tương lai",
)
.on(&[Field::DateOfBirth])
.by("nobody is born tomorrow");
static TOO_OLD: Rule = Rule::error(
    "date-birth-too-early",
    "makes the holder older than 125 years",
    "khiến người được cấp trên 125 tuổi",
)
.on(&[Field::DateOfBirth])
.by("nobody known has lived longer");
static ISSUED_BEFORE_BIRTH: Rule = Rule::error(
    "date-issue-before-birth",
    "lies before the date of birth",
    "trước ngày sinh",
)
.on(&[Field::DateOfIssue])
.by("a document is issued to a person");
static ISSUED_TOO_LATE: Rule = Rule::error(
    "date-issue-too-late",
    "lies more than 90 days ahead",
    "sau hôm nay quá 90 ngày",
)
.on(&[Field::DateOfIssue])
.by("how far ahead a batch may be dated");
static ISSUED_LONG_AGO: Rule = Rule::warning(
    "date-issue-long-ago",
    "lies more than 90 days back; please check the year",
    "trước hôm nay quá 90 ngày; vui lòng kiểm tra lại năm",
)
.on(&[Field::DateOfIssue])
.by("how long a batch may wait");
static EXPIRY_BEFORE_ISSUE: Rule = Rule::error(
    "date-expiry-before-issue",
    "lies before the date of issue",
    "trước ngày cấp",
)
.on(&[Field::DateOfExpiry])
.by("Doc 9303-3 §4.8: dates of the zone");
static EXPIRED: Rule = Rule::error("date-expired", "has passed", "đã qua")
    .on(&[Field::DateOfExpiry])
    .by("an expired document is not made");

static IN_FUTURE: Rule = Rule::error(
    "date-in-future",
    "lies in the future; please correct it",
    "nằm trong tương lai; vui lòng sửa lại",
)
.on(&[
    Field::FatherDateOfBirth,
    Field::MotherDateOfBirth,
    Field::SpouseDateOfBirth,
    Field::RepresentativeDateOfBirth,
    Field::DateMissing,
    Field::PreviousDateOfIssue,
])
.by("what was written down has happened");
static DEAD: Rule = Rule::error(
    "holder-dead",
    "is given: no document is issued to a person who has died; please check the identity of the applicant",
    "đã được ghi nhận: không cấp giấy tờ cho người đã chết; vui lòng kiểm tra lại danh tính người đề nghị",
)
.on(&[Field::DateOfDeath])
.by("2023 law Art. 9 (24)");
static MISSING: Rule = Rule::warning(
    "holder-missing",
    "is given: the holder is declared missing; please have the declaration lifted first",
    "đã được ghi nhận: người này bị tuyên bố mất tích; vui lòng đề nghị hủy bỏ tuyên bố trước",
)
.on(&[Field::DateMissing])
.by("2023 law Art. 9 (24); Civil Code 2015 Art. 70");
static PREVIOUS_ORDER: Rule = Rule::error(
    "date-previous-order",
    "does not fit the other dates of issue and expiry; please copy it from the earlier document",
    "không khớp với các ngày cấp và ngày hết hạn khác; vui lòng chép theo giấy tờ cũ",
)
.on(&[Field::PreviousDateOfIssue, Field::PreviousDateOfExpiry])
.by("2023 law Art. 9 (14)");

/// Nobody known has lived longer.
const MAX_AGE: i32 = 125;

/// How far ahead a batch may be dated.
const MAX_DAYS_AHEAD: i64 = 90;

/// How long a batch may wait.
const MAX_DAYS_BACK: i64 = 90;

pub(super) fn check(facts: &Facts<'_>, findings: &mut Findings) {
    check_events(facts, findings);
    if let Some(birth) = facts.date_of_birth {
        if birth.is_after(facts.today) {
            findings.add(Field::DateOfBirth, &BIRTH_IN_FUTURE);
        }
        if birth.age_on(facts.today) > MAX_AGE {
            findings.add(Field::DateOfBirth, &TOO_OLD);
        }
    }
    if let Some(issue) = facts.date_of_issue {
        if facts
            .date_of_birth
            .is_some_and(|birth| birth.is_after(issue))
        {
            findings.add(Field::DateOfIssue, &ISSUED_BEFORE_BIRTH);
        }
        if issue - facts.today > Duration::days(MAX_DAYS_AHEAD) {
            findings.add(Field::DateOfIssue, &ISSUED_TOO_LATE);
        }
        if facts.today - issue > Duration::days(MAX_DAYS_BACK) {
            findings.add(Field::DateOfIssue, &ISSUED_LONG_AGO);
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

fn check_events(facts: &Facts<'_>, findings: &mut Findings) {
    for field in IN_FUTURE.scope.fields() {
        let date = facts.text(field).and_then(BirthDate::parse);
        if date.is_some_and(|date| date.is_after(facts.today)) {
            findings.add(field, &IN_FUTURE);
        }
    }
    if facts.text(Field::DateOfDeath).is_some() {
        findings.add(Field::DateOfDeath, &DEAD);
    }
    if facts.text(Field::DateMissing).is_some() && !findings.refuse(Field::DateMissing) {
        findings.add(Field::DateMissing, &MISSING);
    }
    let day = |field| facts.text(field).and_then(parse_date);
    let issued = day(Field::PreviousDateOfIssue);
    if let (Some(before), Some(now)) = (issued, facts.date_of_issue)
        && before > now
        && before <= facts.today
    {
        findings.add(Field::PreviousDateOfIssue, &PREVIOUS_ORDER);
    }
    if let (Some(issued), Some(expired)) = (issued, day(Field::PreviousDateOfExpiry))
        && expired < issued
    {
        findings.add(Field::PreviousDateOfExpiry, &PREVIOUS_ORDER);
    }
}
