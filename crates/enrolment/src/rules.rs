//! The rules that every document has, whoever issues it.

use mrz::Sex;
use time::Date;

use crate::date::{BirthDate, Expiry};
use crate::field::Field;
use crate::finding::{Findings, Rule};
use crate::profile::IssuerProfile;
use crate::record::{HolderRecord, Texts};

pub(crate) use form::sex_of;
pub(crate) use presence::is_absence;

mod dates;
mod family;
mod form;
mod images;
mod names;
mod presence;
mod script;
mod text;

/// What is known of a record while it is checked: clean texts, and the values that could be read from them.
///
/// A text or value is there only if its field was given and found right, so that one slip is told once: later
/// rules speak only when they know all they compare.
#[derive(Debug)]
#[non_exhaustive]
pub struct Facts<'a> {
    /// The record as it was collected.
    pub record: &'a HolderRecord,
    /// The day of the check.
    pub today: Date,
    /// The date of birth.
    pub date_of_birth: Option<BirthDate>,
    /// The sex.
    pub sex: Option<Sex>,
    /// The date of issue.
    pub date_of_issue: Option<Date>,
    /// The end of validity.
    pub expiry: Option<Expiry>,
    /// The clean texts: composed, without superfluous blanks.
    pub texts: Texts,
}

impl Facts<'_> {
    /// The clean text of a field.
    #[must_use]
    pub fn text(&self, field: Field) -> Option<&str> {
        self.texts.get(field)
    }
}

/// Every general rule, for manuals and tests.
pub(crate) fn general() -> impl Iterator<Item = &'static Rule> {
    presence::RULES
        .iter()
        .chain(&text::RULES)
        .chain(&form::RULES)
        .chain(&dates::RULES)
        .chain(&family::RULES)
        .chain(&names::RULES)
        .chain(&images::RULES)
        .copied()
}

/// Applies the general rules for texts to one text.
pub(crate) fn apply_to_text(field: Field, text: &str, findings: &mut Findings) {
    if !text::is_bearable(field, text, findings) {
        return;
    }
    let clean = text::clean(field, text, findings);
    text::check(field, &clean, findings);
    names::check_letters(field, &clean, findings);
}

/// Applies the general rules and then those of the profile.
pub(crate) fn apply<'a>(
    record: &'a HolderRecord,
    profile: &dyn IssuerProfile,
    today: Date,
    findings: &mut Findings,
) -> Facts<'a> {
    let mut facts = Facts {
        record,
        today,
        date_of_birth: None,
        sex: None,
        date_of_issue: None,
        expiry: None,
        texts: Texts::default(),
    };
    for (field, text) in record.texts().iter() {
        if !text::is_bearable(field, text, findings) {
            continue;
        }
        let clean = text::clean(field, text, findings);
        text::check(field, &clean, findings);
        if !findings.refuse(field) {
            form::read(field, &clean, &mut facts, findings);
        }
        if !findings.refuse(field) {
            facts.texts.set(field, clean);
        }
    }
    let data = profile.data();
    presence::check(data, &facts, findings);
    dates::check(&facts, findings);
    family::check(&facts, findings);
    names::check(profile, &facts, findings);
    images::check_portrait(record, data.portrait, findings);
    images::check_fingers(record, data.fingers, &facts, findings);
    profile.check(&facts, findings);
    facts
}
