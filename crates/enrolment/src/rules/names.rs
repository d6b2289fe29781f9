//! The holder's name in the machine readable zone.

use mrz::name::{MrzName, transliterate};

use crate::field::Field;
use crate::finding::{Findings, Rule};
use crate::profile::IssuerProfile;
use crate::rules::Facts;

pub(super) static RULES: [&Rule; 3] = [&NO_FORM, &NO_LETTER, &SHORTENED];

static NO_FORM: Rule = Rule::error(
    "name-transliteration",
    "{} has no form in the machine readable zone",
    "{} không có dạng tương ứng trong dòng MRZ",
)
.on(&[Field::FullName, Field::Surname])
.by("Doc 9303-3 §6");
static NO_LETTER: Rule = Rule::error(
    "name-empty",
    "has no letter for the machine readable zone",
    "không có chữ cái nào cho dòng MRZ",
)
.on(&[Field::FullName, Field::Surname])
.by("Doc 9303-3 §4.6");
static SHORTENED: Rule = Rule::warning(
    "name-shortened",
    "is shortened in the machine readable zone to {}",
    "bị rút ngắn trong dòng MRZ thành {}",
)
.on(&[Field::FullName, Field::Surname])
.by("Doc 9303-3 §4.6; Doc 9303-5 §4.2.3");

/// The fields a name can be made of.
const NAME_FIELDS: [Field; 3] = [Field::FullName, Field::Surname, Field::GivenNames];

/// Whether a name without any letter is a matter of the zone: [`NO_LETTER`].
pub(super) fn tells_of_no_letter(field: Field, name: &str) -> bool {
    NO_LETTER.scope.has(field) && !name.chars().any(|c| c.is_alphabetic() && c != 'ʼ')
}

/// A name of which the zone would be empty, where no profile says how the zone is made.
pub(super) fn check_letters(field: Field, name: &str, findings: &mut Findings) {
    if tells_of_no_letter(field, name) && !findings.refuse(field) {
        findings.add(field, &NO_LETTER);
    }
}

/// Checks a name of which nothing worse is known.
pub(super) fn check(profile: &dyn IssuerProfile, facts: &Facts<'_>, findings: &mut Findings) {
    let Some(name) = profile.name(&facts.texts) else {
        return;
    };
    if NAME_FIELDS.iter().any(|field| findings.refuse(*field)) {
        return;
    }
    let profile = profile.data();
    let field = profile.name_field;
    let mut latin = |text: &str| match transliterate(text, &profile.transliteration) {
        Ok(form) => Some(form),
        Err(mrz::Error::NoTransliteration { character, .. }) => {
            findings.add_with(field, &NO_FORM, format!("“{character}”"));
            None
        }
        Err(_) => None,
    };
    let (Some(primary), Some(secondary)) = (latin(name.primary), latin(name.secondary)) else {
        return;
    };
    match MrzName::fit(&primary, &secondary, profile.mrz_format.name_width()) {
        Ok(fitted) => {
            let kept = (fitted.primary(), fitted.secondary());
            if kept != (primary.replace('<', " "), secondary.replace('<', " ")) {
                findings.add_with(field, &SHORTENED, fitted.field());
            }
        }
        Err(_) => findings.add(field, &NO_LETTER),
    }
}
