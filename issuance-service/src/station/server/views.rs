//! What pages see of a person, as JSON.

use enrolment::packet::Outcome;
use serde_json::{Value, json};

use super::{Inner, lock, station};
use crate::Result;
use crate::station::capture::{CheckedPortrait, Light, Measure};
use crate::station::person::{Person, Shot};
use crate::station::person_file;
use crate::station::review::{self, Found};
use enrolment::packet::Subject;

/// Findings, each with whether it was released.
pub fn findings(found: &[Found], released: &[(String, String)]) -> Value {
    let one = |found: &Found| {
        let mut value = json!(found);
        let given = released.iter().find(|(what, _)| *what == found.what);
        if let Value::Object(map) = &mut value {
            map.insert("released".into(), given.is_some().into());
            map.insert("reason".into(), json!(given.map(|(_, reason)| reason)));
        }
        value
    };
    found.iter().map(one).collect()
}

/// What was released of a person, with the reasons, and by whom.
pub fn released(inner: &Inner, person: &Person) -> (Vec<(String, String)>, Option<String>) {
    let releases = lock(&inner.releases);
    let given = releases
        .get(&person.id)
        .filter(|given| given.state == person.changed);
    let reasons = given.into_iter().flat_map(|given| &given.overrides);
    let reasons = reasons.map(|(what, given)| (what.clone(), given.reason.clone()));
    (
        reasons.collect(),
        given.map(|given| given.supervisor.name().to_owned()),
    )
}

/// A whole person.
pub fn person(inner: &Inner, person: &Person) -> Result<Value> {
    let found = inner.found(person)?;
    let profile = person.issuer_profile()?;
    let data = profile.data();
    let age = person.age_on((inner.now)().date());
    let wanted = inner.config.fingers.wanted_for(data, age);
    let (released, by) = released(inner, person);
    let portrait = person.portrait.as_ref();
    let portrait = portrait.filter(|shot| person.file_of(shot).is_some());
    let fingers = person.fingers.iter();
    let fingers: serde_json::Map<String, Value> = fingers
        .map(|(word, shot)| (word.clone(), finger(word, shot, &found, &released)))
        .collect();
    let overrides: Vec<Value> = released
        .iter()
        .map(|(what, reason)| json!({ "what": what, "reason": reason, "supervisor": by }))
        .collect();
    Ok(json!({
        "id": person.id,
        "state": person_file::state(person)?,
        "document": station::document(profile),
        "title": person.title(),
        "changed": instant(person.changed),
        "fields": person.fields,
        "findings": findings(&found, &released),
        "portrait": portrait.map(|shot| portrait_kept(person, shot)),
        "portrait_url": portrait.map(|_| portrait_url(person)),
        "fingers": fingers,
        "fingers_wanted": wanted,
        "missing": person.missing,
        "overrides": overrides,
    }))
}

/// The address of the portrait.
pub fn portrait_url(person: &Person) -> String {
    format!("/api/drafts/{}/portrait.jpg", person.id)
}

fn portrait_kept(person: &Person, shot: &Shot) -> Value {
    let first = shot.remarks.first();
    json!({
        "accepted": shot.is_accepted(),
        "first_advice": first.map(|remark| json!({ "vi": remark.vi, "en": remark.en })),
        "checks": checks(&person.measures),
        "try": shot.number,
        "portrait_url": portrait_url(person),
    })
}

/// A look at a picture, live or whole.
pub fn portrait(checked: &CheckedPortrait, milliseconds: u128) -> Value {
    let first = checked.remarks.first();
    let (width, height) = checked.size;
    json!({
        "accepted": checked.is_accepted(),
        "flawless": checked.is_flawless,
        "first_advice": first.map(|remark| json!({ "vi": remark.vi, "en": remark.en })),
        "checks": checks(&checked.measures),
        "face": checked.face,
        "size": { "width": width, "height": height },
        "ms": milliseconds,
    })
}

fn checks(measures: &[Measure]) -> Value {
    let check = |measure: &Measure| {
        json!({
            "id": measure.id, "name": measure.name, "light": measure.light,
            "value": measure.value, "quality": measure.quality,
            "vi": measure.vi, "en": measure.en,
        })
    };
    measures.iter().map(check).collect()
}

/// A finger of a person.
pub fn finger(word: &str, shot: &Shot, found: &[Found], released: &[(String, String)]) -> Value {
    let subject = review::word(&Subject::Finger(word.to_owned()));
    let own: Vec<Found> = found
        .iter()
        .filter(|one| one.subject == subject)
        .cloned()
        .collect();
    let open = own.iter().filter(|one| one.refuses());
    let is_refused = open
        .clone()
        .any(|one| !released.iter().any(|(what, _)| *what == one.what));
    let light = match (is_refused, own.is_empty()) {
        (true, _) => Light::Red,
        (false, false) => Light::Amber,
        (false, true) => Light::Green,
    };
    let alike: Vec<Value> = own
        .iter()
        .filter_map(|one| one.other.as_ref())
        .map(|other| json!(other))
        .collect();
    let first = open.clone().next().or(own.first());
    let same = own
        .iter()
        .filter_map(|one| one.other.as_ref())
        .find_map(|other| other.position);
    let staff = own
        .iter()
        .filter_map(|one| one.other.as_ref())
        .find_map(|other| other.operator.as_deref());
    json!({
        "position": word,
        "quality": shot.score,
        "light": light,
        "vi": first.map_or("", |one| one.vi.as_str()),
        "en": first.map_or("", |one| one.en.as_str()),
        "findings": findings(&own, released),
        "duplicates": alike,
        "same_finger_as": same,
        "operator": staff,
        "try": shot.number,
        "accepted": !is_refused,
    })
}

/// The tries of a person.
pub fn tries(person: &Person) -> Value {
    let one = |one: &enrolment::packet::Try| {
        json!({
            "subject": review::word(&one.subject),
            "number": one.number,
            "at": instant(one.at),
            "outcome": match one.outcome {
                Outcome::Accepted => "accepted",
                Outcome::Overridden => "overridden",
                Outcome::Rejected => "rejected",
            },
            "score": one.quality.iter().find(|quality| quality.measure == "NFIQ2").map(|quality| quality.score),
            "findings": one.findings,
        })
    };
    person.tries.iter().map(one).collect()
}

/// A time as JSON has it.
pub fn instant(instant: time::OffsetDateTime) -> String {
    crate::times::text(instant)
}
