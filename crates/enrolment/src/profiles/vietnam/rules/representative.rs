//! Who acts for a child, or for an adult who cannot.

use super::relatives::{FATHER, MOTHER, REPRESENTATIVE};
use crate::field::Field;
use crate::finding::{Findings, Rule};
use crate::profiles::vietnam::parameters::Parameters;
use crate::rules::Facts;
use crate::spelling;

pub(super) static MISSING: Rule = Rule::error(
    "vn-representative-missing",
    "must be given below the age of {}",
    "bắt buộc phải có khi người được cấp chưa đủ {} tuổi",
)
.on(&[Field::RepresentativeName])
.by("2023 law Art. 23; ministry procedure 26099");
pub(super) static YOUNG: Rule = Rule::error(
    "vn-representative-young",
    "must be 18 years old; please name another representative or correct the date",
    "phải đủ 18 tuổi; vui lòng khai người đại diện khác hoặc sửa lại ngày sinh",
)
.on(&[Field::RepresentativeName])
.by("Civil Code 2015 Art. 20, 136");
pub(super) static ADULT: Rule = Rule::warning(
    "vn-representative-adult",
    "is given although the holder is of age; please attach the decision of the court",
    "được khai trong khi người được cấp đã thành niên; vui lòng kèm theo quyết định của tòa án",
)
.on(&[Field::RepresentativeName])
.by("Civil Code 2015 Art. 22 to 24");
pub(super) static RELATION: Rule = Rule::warning(
    "vn-representative-relation",
    "is not given; please say what the representative is to the holder",
    "chưa được khai; vui lòng cho biết quan hệ của người đại diện với người được cấp",
)
.on(&[Field::RepresentativeRelation])
.by("Civil Code 2015 Art. 136");
pub(super) static DIFFERS: Rule = Rule::warning(
    "vn-representative-differs",
    "says a parent, but the name is not that of this parent; please check both",
    "là cha hoặc mẹ, nhưng họ tên khác với họ tên cha, mẹ đã khai; vui lòng kiểm tra cả hai",
)
.on(&[Field::RepresentativeRelation])
.by("Civil Code 2015 Art. 136");

/// The age of majority: Civil Code 2015 Art. 20.
const MAJORITY: i32 = 18;

pub(super) fn check(facts: &Facts<'_>, parameters: &Parameters, findings: &mut Findings) {
    let field = REPRESENTATIVE.name;
    let age = facts.date_of_birth.map(|birth| birth.age_on(facts.today));
    if facts.record.texts().get(field).is_none() {
        if age.is_some_and(|age| age < parameters.represented_below) {
            findings.add_with(field, &MISSING, parameters.represented_below.to_string());
        }
        return;
    }
    if age.is_some_and(|age| age >= MAJORITY) {
        findings.add(field, &ADULT);
    }
    let is_young = REPRESENTATIVE
        .birth(facts)
        .is_some_and(|birth| match birth.complete() {
            Some(_) => birth.age_on(facts.today) < MAJORITY,
            None => facts.today.year() - birth.year() < MAJORITY,
        });
    if is_young {
        findings.add(field, &YOUNG);
    }
    let parent = match facts.text(Field::RepresentativeRelation) {
        Some("father") => facts.text(FATHER.name),
        Some("mother") => facts.text(MOTHER.name),
        Some(_) => return,
        None => {
            if facts
                .record
                .texts()
                .get(Field::RepresentativeRelation)
                .is_none()
            {
                findings.add(Field::RepresentativeRelation, &RELATION);
            }
            return;
        }
    };
    if let (Some(parent), Some(name)) = (parent, facts.text(field))
        && spelling::key(parent) != spelling::key(name)
    {
        findings.add(Field::RepresentativeRelation, &DIFFERS);
    }
}
