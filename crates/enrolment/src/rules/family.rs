//! Names of relatives against that of the holder.

use crate::field::Field;
use crate::finding::{Findings, Rule};
use crate::rules::Facts;
use crate::spelling;

pub(super) static RULES: [&Rule; 4] = [
    &SAME_AS_HOLDER,
    &SAME_PARENTS,
    &SPOUSE_OF_CHILD,
    &SPOUSE_STATUS,
];

static SAME_AS_HOLDER: Rule = Rule::warning(
    "family-same-as-holder",
    "is the holder's own name",
    "trùng với họ tên của chính người được cấp",
)
.on(&[
    Field::FatherName,
    Field::MotherName,
    Field::SpouseName,
    Field::RepresentativeName,
])
.by("slip of copying");
static SAME_PARENTS: Rule = Rule::error(
    "family-same-parents",
    "is also given as the father's",
    "trùng với họ tên cha",
)
.on(&[Field::MotherName])
.by("slip of copying");
static SPOUSE_OF_CHILD: Rule = Rule::error(
    "family-spouse-of-child",
    "is given although the holder is under 16 years of age",
    "được khai trong khi người được cấp chưa đủ 16 tuổi",
)
.on(&[Field::SpouseName])
.by("no law of a profile lets younger people marry");
static SPOUSE_STATUS: Rule = Rule::warning(
    "family-spouse-status",
    "is given although the holder is not married",
    "được khai trong khi người được cấp không ở tình trạng kết hôn",
)
.on(&[Field::SpouseName])
.by("marital status and spouse contradict each other");

/// No law of a profile lets younger people marry.
const AGE_OF_MARRIAGE: i32 = 16;

pub(super) fn check(facts: &Facts<'_>, findings: &mut Findings) {
    let holder = facts.text(Field::FullName).map(spelling::key);
    for relative in SAME_AS_HOLDER.scope.fields() {
        let name = facts.text(relative).map(spelling::key);
        if name.is_some() && name == holder {
            findings.add(relative, &SAME_AS_HOLDER);
        }
    }
    let father = facts.text(Field::FatherName).map(spelling::key);
    if father.is_some() && father == facts.text(Field::MotherName).map(spelling::key) {
        findings.add(Field::MotherName, &SAME_PARENTS);
    }
    if facts.text(Field::SpouseName).is_none() {
        return;
    }
    if facts
        .date_of_birth
        .is_some_and(|birth| birth.age_on(facts.today) < AGE_OF_MARRIAGE)
    {
        findings.add(Field::SpouseName, &SPOUSE_OF_CHILD);
    }
    if matches!(
        facts.text(Field::MaritalStatus),
        Some("single" | "divorced" | "widowed")
    ) {
        findings.add(Field::SpouseName, &SPOUSE_STATUS);
    }
}
