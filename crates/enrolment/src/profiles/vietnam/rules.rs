//! What a record must obey to become a Vietnamese card, by theme.

mod address;
mod number;
mod person;
mod relatives;
mod representative;
mod request;

use super::parameters::Parameters;
use crate::finding::{Findings, Rule};
use crate::rules::Facts;

/// All of them.
pub(in crate::profiles) static RULES: &[&Rule] = &[
    &number::FORM,
    &number::PROVINCE,
    &number::COUNTRY,
    &number::MERGED,
    &number::YEAR,
    &number::SEX,
    &number::REGISTRATION,
    &number::LEFT_OUT,
    &number::FACTS,
    &number::KNOWN,
    &number::DOCUMENT_NUMBER,
    &number::CAN,
    &number::CANCELLED,
    &number::PREVIOUS,
    &number::PREVIOUS_OTHER,
    &number::CMND_FORM,
    &number::CMND_AGE,
    &number::CMND_DIFFERS,
    &number::CMND_MADE_UP,
    &person::SEX,
    &person::NATIONALITY,
    &person::ONE_WORD,
    &person::ETH,
    &person::TONES,
    &person::SMALL_LETTERS,
    &person::LETTERS,
    &person::ETHNIC_GROUP,
    &person::RELIGION,
    &person::TELEPHONE,
    &person::MARRIAGE_AGE,
    &person::SPOUSE_MISSING,
    &person::ELECTRONIC_LEVEL,
    &person::HOUSEHOLD_SELF,
    &relatives::NUMBER,
    &relatives::CMND,
    &relatives::OWN_NUMBER,
    &relatives::SAME_NUMBER,
    &relatives::SEX,
    &relatives::YEAR,
    &relatives::NAMELESS,
    &relatives::PARENT_AGE,
    &relatives::PARENT_UNUSUAL,
    &relatives::SPOUSE_AGE,
    &relatives::SPOUSE_SEX,
    &representative::MISSING,
    &representative::YOUNG,
    &representative::ADULT,
    &representative::RELATION,
    &representative::DIFFERS,
    &address::PARTS,
    &address::PROVINCE,
    &address::DISTRICT,
    &address::COMMUNE,
    &address::PROVINCE_GONE,
    &address::SEPARATOR,
    &request::EXPIRY,
    &request::FIRST_CARD,
    &request::CHILD_FINGERS,
    &request::REASON,
    &request::NOT_FIRST,
    &request::NO_PREVIOUS,
    &request::MILESTONE,
];

/// Applies them.
pub(in crate::profiles) fn check(
    facts: &Facts<'_>,
    parameters: &Parameters,
    findings: &mut Findings,
) {
    number::check(facts, parameters, findings);
    person::check(facts, parameters, findings);
    relatives::check(facts, parameters, findings);
    representative::check(facts, parameters, findings);
    address::check(facts, parameters, findings);
    request::check(facts, parameters, findings);
}
