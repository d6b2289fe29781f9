//! What is asked for, and whether the age allows it.

use crate::date::Expiry;
use crate::field::{Bilingual, Field};
use crate::finding::{Detail, Findings, Rule};
use crate::profiles::vietnam::parameters::Parameters;
use crate::profiles::vietnam::personal_number::PersonalNumber;
use crate::profiles::vietnam::validity::{GRACE_YEARS, MILESTONES, expiry_for};
use crate::record::Print;
use crate::rules::Facts;

pub(super) static EXPIRY: Rule = Rule::error(
    "vn-expiry",
    "must be {} by the ages of 14, 25, 40 and 60",
    "phải là {} theo các mốc 14, 25, 40 và 60 tuổi",
)
.on(&[Field::DateOfExpiry])
.by("2014 law Art. 21; 2023 law Art. 21");
pub(super) static FIRST_CARD: Rule = Rule::error(
    "vn-first-card",
    "makes the holder younger than {}, the age from which there is this card",
    "cho thấy người được cấp chưa đủ {} tuổi để được cấp loại thẻ này",
)
.on(&[Field::DateOfBirth])
.by("2014 law Art. 19");
pub(super) static CHILD_FINGERS: Rule = Rule::error(
    "vn-child-fingers",
    "must not be taken below the age of {}; please remove them",
    "không được thu khi chưa đủ {} tuổi; vui lòng xóa",
)
.on(&[Field::Fingerprints])
.by("2023 law Art. 23: no biometrics below the age of six");
pub(super) static REASON: Rule = Rule::error(
    "vn-request-reason",
    "is no reason of this kind of request; please choose another",
    "không phù hợp với loại yêu cầu; vui lòng chọn lại",
)
.on(&[Field::RequestReason])
.by("2023 law Art. 24");
pub(super) static NOT_FIRST: Rule = Rule::warning(
    "vn-request-not-first",
    "is “first” although a chip card was issued before; please choose change or re-issue",
    "là cấp lần đầu trong khi đã từng được cấp thẻ; vui lòng chọn cấp đổi hoặc cấp lại",
)
.on(&[Field::RequestKind])
.by("2023 law Art. 24");
pub(super) static NO_PREVIOUS: Rule = Rule::warning(
    "vn-request-no-previous",
    "is not given although the request is for a change or re-issue",
    "chưa được khai trong khi yêu cầu là cấp đổi hoặc cấp lại",
)
.on(&[Field::PreviousDocumentNumber])
.by("2023 law Art. 9 (14), Art. 24");
pub(super) static MILESTONE: Rule = Rule::warning(
    "vn-request-milestone",
    "is an age milestone, but the holder is at none; please choose the true reason",
    "là đến tuổi đổi thẻ, nhưng người được cấp chưa đến mốc tuổi nào; vui lòng chọn đúng lý do",
)
.on(&[Field::RequestReason])
.by("2023 law Art. 21, 24");

/// The reasons of a re-issue; the others are those of a change (2023 law Art. 24 (1), (2)).
const REISSUE_REASONS: [&str; 3] = ["lost", "damaged", "nationality-regained"];

pub(super) fn check(facts: &Facts<'_>, parameters: &Parameters, findings: &mut Findings) {
    check_expiry(facts, findings);
    let age = facts.date_of_birth.map(|birth| birth.age_on(facts.today));
    if age.is_some_and(|age| (0..parameters.first_card_from).contains(&age)) {
        findings.add_with(
            Field::DateOfBirth,
            &FIRST_CARD,
            parameters.first_card_from.to_string(),
        );
    }
    let mut fingers = facts.record.fingers().iter();
    let has_prints = fingers.any(|finger| matches!(finger.print, Print::Image(_)));
    if has_prints && age.is_some_and(|age| (0..parameters.fingers_from).contains(&age)) {
        findings.add_with(
            Field::Fingerprints,
            &CHILD_FINGERS,
            parameters.fingers_from.to_string(),
        );
    }
    check_request(facts, findings);
}

fn check_expiry(facts: &Facts<'_>, findings: &mut Findings) {
    let (Some(birth), Some(issue), Some(expiry)) =
        (facts.date_of_birth, facts.date_of_issue, facts.expiry)
    else {
        return;
    };
    let lawful = expiry_for(birth, issue);
    if expiry != lawful {
        let lawful = match lawful {
            Expiry::On(day) => day.to_string().into(),
            Expiry::Never => Detail::of(Bilingual {
                en: "never",
                vi: "never (không thời hạn)",
            }),
        };
        findings.add_with(Field::DateOfExpiry, &EXPIRY, lawful);
    }
}

fn check_request(facts: &Facts<'_>, findings: &mut Findings) {
    let kind = facts.text(Field::RequestKind);
    let reason = facts.text(Field::RequestReason);
    let previous = facts.text(Field::PreviousDocumentNumber);
    if let (Some(kind), Some(reason)) = (kind, reason) {
        let is_reissue = REISSUE_REASONS.contains(&reason);
        let is_fitting = match kind {
            "change" => !is_reissue,
            "reissue" => is_reissue,
            _ => reason == "on-request",
        };
        if !is_fitting {
            findings.add(Field::RequestReason, &REASON);
        }
    }
    match kind {
        Some("first") if previous.is_some_and(|number| number.len() == PersonalNumber::DIGITS) => {
            findings.add(Field::RequestKind, &NOT_FIRST);
        }
        Some("change" | "reissue")
            if facts
                .record
                .texts()
                .get(Field::PreviousDocumentNumber)
                .is_none() =>
        {
            findings.add(Field::PreviousDocumentNumber, &NO_PREVIOUS);
        }
        _ => {}
    }
    let age = facts.date_of_birth.map(|birth| birth.age_on(facts.today));
    let is_at_milestone = age.is_none_or(|age| {
        MILESTONES
            .iter()
            .any(|milestone| age >= milestone - GRACE_YEARS && !is_long_past(age, *milestone))
    });
    if reason == Some("age-milestone") && !is_at_milestone {
        findings.add(Field::RequestReason, &MILESTONE);
    }
}

/// Whether the next milestone's card is due as well, so that this one cannot be the reason.
fn is_long_past(age: i32, milestone: i32) -> bool {
    const YEARS: i32 = 5;
    age > milestone + YEARS
}
