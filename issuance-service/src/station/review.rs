//! Everything that stands against a person's packet, in one list: fields, portrait, fingers, fingers twice, fingers of staff.

use biometrics::finger::FingerPosition;
use enrolment::packet::Subject;
use enrolment::{Bilingual, Field, Finding, IssuerProfile, Language, Severity};
use serde::Serialize;
use time::Date;

use super::capture::{FingerLimits, Remark, Weight, likeness, prepared};
use super::own_fingers::StaffFinger;
use super::person::Person;
use super::positions::{self, FingerSet, TenFinger};

/// Rules of prints that the record itself has to keep: nobody releases them.
const OF_THE_RECORD: [&str; 4] = [
    "finger-no-ridges",
    "finger-resolution",
    "finger-resolution-unknown",
    "finger-shape",
];
/// One finger under two names.
const REPEATED: &str = "finger-repeated";
/// A finger of somebody who works here.
const OF_STAFF: &str = "finger-of-staff";
/// A finger that is asked for, of which there is neither a print nor a reason why not.
const NOT_TAKEN: &str = "finger-not-taken";

/// Something to be seen before a packet is sealed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Found {
    /// By what a release names it: `portrait/HeadPoseYaw`, `finger:right-index/finger-quality`, `field:surname/text-control`.
    pub what: String,
    /// What it is about.
    #[serde(skip)]
    pub about: Subject,
    /// The part of `what` before the rule.
    pub subject: String,
    /// The rule or measure.
    pub rule: String,
    /// How much it weighs.
    #[serde(serialize_with = "weight")]
    pub severity: Weight,
    /// In Vietnamese.
    pub vi: String,
    /// In English.
    pub en: String,
    /// The field, of a text.
    pub field: Option<&'static str>,
    /// Whether a supervisor may release it.
    pub releasable: bool,
    /// The likeness, where prints look like one finger.
    pub other: Option<Other>,
}

/// Whose finger a print looks like.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Other {
    /// The other finger of this person.
    pub position: Option<&'static str>,
    /// The person who works here.
    pub operator: Option<String>,
    /// The logarithm of the likelihood ratio, rounded.
    pub score: u32,
}

fn weight<S: serde::Serializer>(weight: &Weight, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(match weight {
        Weight::Refuse => "refuse",
        Weight::Warn => "warn",
    })
}

impl Found {
    /// Whether it stands in the way.
    #[must_use]
    pub fn refuses(&self) -> bool {
        self.severity == Weight::Refuse
    }
}

/// Everything, fields first.
#[must_use]
pub fn review(
    person: &Person,
    profile: &dyn IssuerProfile,
    limits: &FingerLimits,
    staff: &[StaffFinger],
    today: Date,
) -> Vec<Found> {
    let findings = enrolment::check_application(&person.record(), profile, today);
    let mut found: Vec<Found> = findings.iter().map(of_record).collect();
    let portrait = person.portrait.iter().flat_map(|shot| &shot.remarks);
    found.extend(portrait.map(|remark| of_remark(Subject::Portrait, remark)));
    for (word, shot) in &person.fingers {
        let subject = || Subject::Finger(word.clone());
        found.extend(
            shot.remarks
                .iter()
                .map(|remark| of_remark(subject(), remark)),
        );
        found.extend(likenesses(person, word, staff));
    }
    for (word, slap) in person.slaps_in_use() {
        let remarks = slap.remarks.iter();
        found.extend(remarks.map(|remark| of_remark(Subject::Slap(word.clone()), remark)));
    }
    let wanted = limits.wanted_for(profile.data(), person.age_on(today));
    found.extend(not_taken(person, wanted));
    found
}

/// The fingers that are asked for and of which nothing is known. Both index fingers are a matter of the record's own rule.
fn not_taken(person: &Person, wanted: FingerSet) -> Vec<Found> {
    let of_the_record = [FingerPosition::RIGHT_INDEX, FingerPosition::LEFT_INDEX];
    let is_open = |finger: &&TenFinger| {
        !of_the_record.contains(&finger.position) && person.is_open(finger.word)
    };
    let open = wanted.fingers().filter(is_open);
    open.map(|finger| {
        let (vi, en) = (
            finger.label.vi.to_lowercase(),
            finger.label.en.to_lowercase(),
        );
        let (vi, en) = not_taken_text(&vi, &en);
        let subject = Subject::Finger(finger.word.to_owned());
        found(subject, NOT_TAKEN, vi, en, None)
    })
    .collect()
}

fn not_taken_text(vi: &str, en: &str) -> (String, String) {
    (
        format!("Chưa thu vân tay: {vi}. Hãy quét, hoặc ghi lý do không thu được."),
        format!("No print was taken: {en}. Scan it, or give the reason why it cannot be."),
    )
}

/// The findings as people read them: all fingers that were not taken are one line, named `fingers/finger-not-taken`.
#[must_use]
pub fn gathered(found: &[Found]) -> Vec<Found> {
    let (open, mut lines): (Vec<_>, Vec<_>) =
        found.iter().cloned().partition(|one| one.rule == NOT_TAKEN);
    let label = |one: &Found| match &one.about {
        Subject::Finger(word) => positions::by_word(word).map(|finger| finger.label),
        _ => None,
    };
    let labels: Vec<Bilingual> = open.iter().filter_map(label).collect();
    if let Some(first) = open.into_iter().next() {
        let names = |of: fn(&Bilingual) -> &'static str| {
            let names: Vec<String> = labels
                .iter()
                .map(|label| of(label).to_lowercase())
                .collect();
            names.join(", ")
        };
        let (vi, en) = not_taken_text(&names(|label| label.vi), &names(|label| label.en));
        lines.push(Found {
            what: format!("fingers/{NOT_TAKEN}"),
            vi,
            en,
            ..first
        });
    }
    lines
}

/// The findings on texts only, for a form that is being filled in.
#[must_use]
pub fn of_fields(person: &Person, profile: &dyn IssuerProfile, today: Date) -> Vec<Found> {
    let mut texts = Person::new(person.id, &person.profile, person.changed);
    texts.fields.clone_from(&person.fields);
    texts.can.clone_from(&person.can);
    let findings = enrolment::check_application(&texts.record(), profile, today);
    let texts = findings.iter().filter(|finding| finding.field.is_text());
    texts.map(of_record).collect()
}

/// Whose finger else the print of a finger looks like.
#[must_use]
pub fn likenesses(person: &Person, word: &str, staff: &[StaffFinger]) -> Vec<Found> {
    let template = |word: &str| {
        let shot = person.fingers.get(word)?;
        prepared(&hex::decode(&shot.template).ok()?)
    };
    let Some(print) = template(word) else {
        return Vec::new();
    };
    let others = positions::TEN.iter().filter(|finger| finger.word != word);
    let others = others.filter_map(|finger| Some((finger, template(finger.word)?)));
    let subject = Subject::Finger(word.to_owned());
    let own = likeness(&print, others).into_iter().map(|alike| {
        let label = alike.key.label;
        let en = format!("The same finger was taken as {}.", label.en.to_lowercase());
        let vi = format!("Cùng ngón này đã thu ở vị trí {}.", label.vi.to_lowercase());
        let other = Other {
            position: Some(alike.key.word),
            operator: None,
            score: alike.score as u32,
        };
        found(subject.clone(), REPEATED, vi, en, Some(other))
    });
    let fingers = staff
        .iter()
        .map(|finger| (&finger.name, finger.print.clone()));
    let of_staff = likeness(&print, fingers).into_iter().map(|alike| {
        let name = alike.key;
        let en = format!("This is a finger of {name}, who works at this station.");
        let vi = format!("Đây là ngón tay của {name}, người làm việc tại trạm này.");
        let other = Other {
            position: None,
            operator: Some(name.clone()),
            score: alike.score as u32,
        };
        found(subject.clone(), OF_STAFF, vi, en, Some(other))
    });
    own.chain(of_staff).collect()
}

fn found(about: Subject, rule: &str, vi: String, en: String, other: Option<Other>) -> Found {
    let subject = word(&about);
    Found {
        what: format!("{subject}/{rule}"),
        about,
        subject,
        rule: rule.to_owned(),
        severity: Weight::Refuse,
        vi,
        en,
        field: None,
        releasable: true,
        other,
    }
}

fn of_record(finding: &Finding) -> Found {
    let about = match finding.field {
        Field::Portrait => Subject::Portrait,
        field => Subject::Field(field.word().to_owned()),
    };
    let subject = word(&about);
    Found {
        what: format!("{subject}/{}", finding.rule.id),
        about,
        subject,
        rule: finding.rule.id.to_owned(),
        severity: match finding.severity() {
            Severity::Error => Weight::Refuse,
            Severity::Warning => Weight::Warn,
        },
        vi: finding.message(Language::Vietnamese),
        en: finding.message(Language::English),
        field: Some(finding.field.word()),
        // The service accepts a record by the same rules: what breaks them would only come back.
        releasable: false,
        other: None,
    }
}

/// A remark on a picture as it is shown.
#[must_use]
pub fn of_remark(about: Subject, remark: &Remark) -> Found {
    let subject = word(&about);
    Found {
        what: format!("{subject}/{}", remark.rule),
        about,
        subject,
        rule: remark.rule.clone(),
        severity: remark.severity,
        vi: remark.vi.clone(),
        en: remark.en.clone(),
        field: None,
        releasable: remark.refuses() && !OF_THE_RECORD.contains(&remark.rule.as_str()),
        other: None,
    }
}

/// The word of a subject: `portrait`, `finger:right-index`, `field:surname`.
#[must_use]
pub fn word(subject: &Subject) -> String {
    match subject {
        Subject::Portrait => "portrait".to_owned(),
        Subject::Signature => "signature".to_owned(),
        Subject::Finger(of) => format!("finger:{of}"),
        Subject::Slap(of) => format!("slap:{of}"),
        Subject::Iris(of) => format!("iris:{of}"),
        Subject::Document(of) => format!("document:{of}"),
        Subject::Field(of) => format!("field:{of}"),
    }
}
