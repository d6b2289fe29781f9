//! Parents, spouse and legal representative: their numbers and ages.

use mrz::Sex;

use super::number::{is_digits, sex_word};
use crate::date::BirthDate;
use crate::field::Field;
use crate::finding::{Findings, Rule};
use crate::profiles::vietnam::parameters::Parameters;
use crate::profiles::vietnam::personal_number::{OLD_DIGITS, PersonalNumber};
use crate::rules::Facts;

const LAW: &str = "2023 law Art. 9 (15)";
const NUMBERS: &[Field] = &[
    Field::FatherNumber,
    Field::MotherNumber,
    Field::SpouseNumber,
    Field::RepresentativeNumber,
];

pub(super) static NUMBER: Rule = Rule::error(
    "vn-relative-number",
    "must have twelve digits; please leave it empty if it is not known",
    "phải gồm mười hai chữ số; vui lòng để trống nếu không biết",
)
.on(&[
    Field::FatherNumber,
    Field::MotherNumber,
    Field::SpouseNumber,
    Field::RepresentativeNumber,
    Field::HouseholdHeadNumber,
])
.by("Decree 137/2015 Art. 13");
pub(super) static CMND: Rule = Rule::error(
    "vn-relative-cmnd",
    "must have nine digits; please leave it empty if it is not known",
    "phải gồm chín chữ số; vui lòng để trống nếu không biết",
)
.on(&[
    Field::FatherCmndNumber,
    Field::MotherCmndNumber,
    Field::SpouseCmndNumber,
    Field::RepresentativeCmndNumber,
])
.by(LAW);
pub(super) static OWN_NUMBER: Rule = Rule::error(
    "vn-relative-own-number",
    "is the number of the holder; please enter that of the relative",
    "trùng với số của người được cấp; vui lòng nhập số của người thân",
)
.on(NUMBERS)
.by("a number belongs to one person: Decree 137/2015 Art. 12");
pub(super) static SAME_NUMBER: Rule = Rule::error(
    "vn-relative-same-number",
    "is also given for another relative; please check both",
    "trùng với số của một người thân khác; vui lòng kiểm tra cả hai",
)
.on(&[Field::MotherNumber, Field::SpouseNumber])
.by("a number belongs to one person: Decree 137/2015 Art. 12");
pub(super) static SEX: Rule = Rule::error(
    "vn-relative-sex",
    "is the number of a person who is {}; please check",
    "là số của người có giới tính {}; vui lòng kiểm tra",
)
.on(&[Field::FatherNumber, Field::MotherNumber])
.by("Circular 07/2016 Art. 7");
pub(super) static YEAR: Rule = Rule::error(
    "vn-relative-year",
    "says {} as the year of birth and does not agree with the date of birth given",
    "thể hiện năm sinh {}, không khớp với ngày sinh đã khai",
)
.on(NUMBERS)
.by("Circular 07/2016 Art. 7");
pub(super) static NAMELESS: Rule = Rule::error(
    "vn-relative-nameless",
    "must be given with the other details of this person",
    "phải được khai cùng các thông tin khác của người này",
)
.on(&[
    Field::FatherName,
    Field::MotherName,
    Field::SpouseName,
    Field::RepresentativeName,
])
.by(LAW);
pub(super) static PARENT_AGE: Rule = Rule::error(
    "vn-parent-age",
    "makes this parent {} years old at the birth of the holder; please correct one of the dates",
    "khiến cha, mẹ mới {} tuổi khi người được cấp ra đời; vui lòng sửa lại ngày sinh",
)
.on(&[Field::FatherName, Field::MotherName])
.by("nobody becomes a parent that young; limit assumed");
pub(super) static PARENT_UNUSUAL: Rule = Rule::warning(
    "vn-parent-unusual-age",
    "was {} years old at the birth of the holder, which is unusual; please check the dates",
    "ở tuổi {} khi người được cấp ra đời là bất thường; vui lòng kiểm tra ngày sinh",
)
.on(&[Field::FatherName, Field::MotherName])
.by("usual ages of parents, assumed");
pub(super) static SPOUSE_AGE: Rule = Rule::warning(
    "vn-spouse-age",
    "is below the age of marriage ({}); please compare it with the marriage certificate",
    "chưa đủ tuổi kết hôn ({}); vui lòng đối chiếu với giấy chứng nhận kết hôn",
)
.on(&[Field::SpouseName])
.by("Law on marriage and family 2014 Art. 8");
pub(super) static SPOUSE_SEX: Rule = Rule::warning(
    "vn-spouse-sex",
    "is the number of a person who is {} like the holder; please check",
    "là số của người cùng giới tính {} với người được cấp; vui lòng kiểm tra",
)
.on(&[Field::SpouseNumber])
.by("Law on marriage and family 2014 Art. 8 (2)");
/// The fields of one relative.
pub(super) struct Relative {
    pub(super) name: Field,
    birth: Field,
    number: Field,
    cmnd: Field,
    nationality: Field,
}

macro_rules! relative {
    ($name:ident, $birth:ident, $number:ident, $cmnd:ident, $nationality:ident) => {
        Relative {
            name: Field::$name,
            birth: Field::$birth,
            number: Field::$number,
            cmnd: Field::$cmnd,
            nationality: Field::$nationality,
        }
    };
}

pub(super) static FATHER: Relative = relative!(
    FatherName,
    FatherDateOfBirth,
    FatherNumber,
    FatherCmndNumber,
    FatherNationality
);
pub(super) static MOTHER: Relative = relative!(
    MotherName,
    MotherDateOfBirth,
    MotherNumber,
    MotherCmndNumber,
    MotherNationality
);
static SPOUSE: Relative = relative!(
    SpouseName,
    SpouseDateOfBirth,
    SpouseNumber,
    SpouseCmndNumber,
    SpouseNationality
);
pub(super) static REPRESENTATIVE: Relative = relative!(
    RepresentativeName,
    RepresentativeDateOfBirth,
    RepresentativeNumber,
    RepresentativeCmndNumber,
    RepresentativeNationality
);

impl Relative {
    fn personal_number(&self, facts: &Facts<'_>) -> Option<PersonalNumber> {
        PersonalNumber::parse(facts.text(self.number)?)
    }

    /// The date of birth, or what the number says of it.
    pub(super) fn birth(&self, facts: &Facts<'_>) -> Option<BirthDate> {
        let given = facts.text(self.birth).and_then(BirthDate::parse);
        given.or_else(|| BirthDate::parse(&self.personal_number(facts)?.birth_year().to_string()))
    }
}

pub(super) fn check(facts: &Facts<'_>, parameters: &Parameters, findings: &mut Findings) {
    for relative in [&FATHER, &MOTHER, &SPOUSE, &REPRESENTATIVE] {
        check_details(relative, facts, findings);
    }
    check_same(facts, findings);
    check_sex(facts, findings);
    check_parent(
        &FATHER,
        parameters.parents.usual_father,
        facts,
        parameters,
        findings,
    );
    check_parent(
        &MOTHER,
        parameters.parents.usual_mother,
        facts,
        parameters,
        findings,
    );
    check_spouse(facts, parameters, findings);
}

fn check_details(relative: &Relative, facts: &Facts<'_>, findings: &mut Findings) {
    let texts = facts.record.texts();
    let details = [
        relative.birth,
        relative.number,
        relative.cmnd,
        relative.nationality,
    ];
    if texts.get(relative.name).is_none() && details.iter().any(|field| texts.get(*field).is_some())
    {
        findings.add(relative.name, &NAMELESS);
    }
    if facts
        .text(relative.cmnd)
        .is_some_and(|text| !is_digits(text, &[OLD_DIGITS]))
    {
        findings.add(relative.cmnd, &CMND);
    }
    let Some(text) = facts.text(relative.number) else {
        return;
    };
    let Some(number) = PersonalNumber::parse(text) else {
        findings.add(relative.number, &NUMBER);
        return;
    };
    if facts.text(Field::PersonalNumber) == Some(text) {
        findings.add(relative.number, &OWN_NUMBER);
    }
    let birth = facts.text(relative.birth).and_then(BirthDate::parse);
    if birth.is_some_and(|birth| birth.year() != number.birth_year()) {
        findings.add_with(relative.number, &YEAR, number.birth_year().to_string());
    }
}

fn check_same(facts: &Facts<'_>, findings: &mut Findings) {
    let father = facts.text(Field::FatherNumber);
    let mother = facts.text(Field::MotherNumber);
    let spouse = facts.text(Field::SpouseNumber);
    if mother.is_some() && mother == father {
        findings.add(Field::MotherNumber, &SAME_NUMBER);
    }
    if spouse.is_some() && (spouse == father || spouse == mother) {
        findings.add(Field::SpouseNumber, &SAME_NUMBER);
    }
    let head = facts.text(Field::HouseholdHeadNumber);
    if head.is_some_and(|text| PersonalNumber::parse(text).is_none()) {
        findings.add(Field::HouseholdHeadNumber, &NUMBER);
    }
}

fn check_sex(facts: &Facts<'_>, findings: &mut Findings) {
    for (relative, sex) in [(&FATHER, Sex::Male), (&MOTHER, Sex::Female)] {
        let number = relative.personal_number(facts);
        if let Some(number) = number.filter(|number| number.sex() != sex) {
            findings.add_with(relative.number, &SEX, sex_word(number.sex()));
        }
    }
    let spouse = SPOUSE.personal_number(facts).map(|number| number.sex());
    if let Some(sex) = spouse.filter(|sex| facts.sex == Some(*sex)) {
        findings.add_with(SPOUSE.number, &SPOUSE_SEX, sex_word(sex));
    }
}

fn check_parent(
    parent: &Relative,
    (least, most): (i32, i32),
    facts: &Facts<'_>,
    parameters: &Parameters,
    findings: &mut Findings,
) {
    let (Some(parent_birth), Some(birth)) = (parent.birth(facts), facts.date_of_birth) else {
        return;
    };
    // Where days are not known, the years decide: one year of doubt does no harm here.
    let age = match (parent_birth.complete(), birth.complete()) {
        (Some(_), Some(day)) => parent_birth.age_on(day),
        _ => birth.year() - parent_birth.year(),
    };
    if age < parameters.parents.impossible_below {
        findings.add_with(parent.name, &PARENT_AGE, age.to_string());
    } else if age < least || age > most {
        findings.add_with(parent.name, &PARENT_UNUSUAL, age.to_string());
    }
}

fn check_spouse(facts: &Facts<'_>, parameters: &Parameters, findings: &mut Findings) {
    let Some(birth) = SPOUSE.birth(facts) else {
        return;
    };
    let sex = SPOUSE.personal_number(facts).map(|number| number.sex());
    let least = match (sex, facts.sex) {
        (Some(Sex::Male), _) | (None, Some(Sex::Female)) => parameters.marriage.male,
        _ => parameters.marriage.female,
    };
    // A year alone is taken at its best.
    let age = match birth.complete() {
        Some(_) => birth.age_on(facts.today),
        None => facts.today.year() - birth.year(),
    };
    if age < least {
        findings.add_with(SPOUSE.name, &SPOUSE_AGE, least.to_string());
    }
}
