//! The end of an enrolment: review, release, seal.

use std::sync::Arc;

use axum::Json;
use axum::body::Body;
use axum::extract::{Path, State};
use axum::http::HeaderMap;
use crypto::SecretBytes;
use enrolment::packet::{Override, Role};
use serde::Deserialize;
use serde_json::{Value, json};
use uuid::Uuid;

use super::problem::{Answer, Problem};
use super::{Given, Inner, Shared, aside, files, lock, station, views};
use crate::Result;
use crate::station::person::Person;
use crate::station::refusal::CaptureError;
use crate::station::review::Found;
use crate::station::{Release, bulk, person_file};

/// Most overrides of a person.
const MAX_OVERRIDES: usize = 64;
/// Longest reason.
const MAX_REASON: usize = 1000;

/// Everything that is to be seen before the seal.
pub async fn review(
    State(shared): State<Shared>,
    headers: HeaderMap,
    Path(id): Path<Uuid>,
) -> Answer<Json<Value>> {
    shared.operator(&headers)?;
    aside(&shared, move |inner| {
        let person = inner.load(id)?;
        Ok(Json(view(inner, &person)?))
    })
    .await
}

fn view(inner: &Inner, person: &Person) -> Result<Value> {
    let found = inner.found(person)?;
    let (released, by) = views::released(inner, person);
    let is_released = |one: &Found| released.iter().any(|(what, _)| *what == one.what);
    let open = || {
        found
            .iter()
            .filter(|one| one.refuses() && !is_released(one))
    };
    let needs: Vec<&str> = open()
        .filter(|one| one.releasable)
        .map(|one| one.what.as_str())
        .collect();
    let blocking: Vec<&str> = open()
        .filter(|one| !one.releasable)
        .map(|one| one.what.as_str())
        .collect();
    let duplicates: Vec<Value> = found
        .iter()
        .filter_map(|one| Some(json!({ "subject": one.subject, "other": one.other.as_ref()? })))
        .collect();
    Ok(json!({
        "state": person_file::state(person)?,
        "findings": views::findings(&found, &released),
        "tries": views::tries(person),
        "duplicates": duplicates,
        "can_seal": needs.is_empty() && blocking.is_empty(),
        "needs_release": needs,
        "blocking": blocking,
        "released_by": by,
    }))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Asked {
    supervisor: String,
    secret: String,
    overrides: Vec<Reason>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Reason {
    what: String,
    reason: String,
}

/// A supervisor releases what the checks refuse: another person than anybody who has worked on it.
pub async fn release(
    State(shared): State<Shared>,
    headers: HeaderMap,
    Path(id): Path<Uuid>,
    content: Body,
) -> Answer<Json<Value>> {
    let session = shared.operator(&headers)?;
    let asked: Asked = files::json(&headers, content).await?;
    let secret = SecretBytes::new(asked.secret.into_bytes());
    aside(&shared, move |inner| {
        let person = inner.load(id)?;
        let name = &asked.supervisor;
        if session.key.name() == name || person.operators.contains(name) {
            return Err(CaptureError::SamePerson.into());
        }
        let Some(supervisor) = station::sign_in(inner, Role::Supervisor, name, &secret)? else {
            inner.sessions.guessed_wrong();
            return Err(Problem::wrong_secret());
        };
        let given = Given {
            overrides: given(&inner.found(&person)?, &asked.overrides, (inner.now)())?,
            supervisor: Arc::new(supervisor),
            state: person.changed,
        };
        lock(&inner.releases).insert(id, given);
        Ok(Json(view(inner, &person)?))
    })
    .await
}

/// The overrides that were asked for: each of something that is refused and may be released, each with a reason.
fn given(
    found: &[Found],
    asked: &[Reason],
    now: time::OffsetDateTime,
) -> core::result::Result<Vec<(String, Override)>, CaptureError> {
    if asked.is_empty() || asked.len() > MAX_OVERRIDES {
        return Err(CaptureError::NoRelease(String::new()));
    }
    let one = |asked: &Reason| {
        let reason = asked.reason.trim();
        let is_reason = !reason.is_empty()
            && reason.len() <= MAX_REASON
            && !reason.chars().any(char::is_control);
        let found = found
            .iter()
            .find(|found| found.what == asked.what && found.refuses() && found.releasable);
        match found {
            Some(found) if is_reason => {
                let given = Override {
                    rule: found.rule.clone(),
                    subject: found.about.clone(),
                    reason: reason.to_owned(),
                    at: now,
                };
                Ok((found.what.clone(), given))
            }
            _ => Err(CaptureError::NoRelease(asked.what.clone())),
        }
    };
    asked.iter().map(one).collect()
}

/// What was seen before the seal.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Reviewed {
    /// The state of the person that the page has shown.
    #[serde(default)]
    state: String,
}

/// Seals a person as the review has shown them. When this answers, the packet is on the disk.
pub async fn seal(
    State(shared): State<Shared>,
    headers: HeaderMap,
    Path(id): Path<Uuid>,
    content: Body,
) -> Answer<Json<Value>> {
    let session = shared.operator(&headers)?;
    let seen: Reviewed = files::json(&headers, content).await?;
    aside(&shared, move |inner| {
        let _one_at_a_time = lock(&inner.drafts);
        // The same call again, after an answer that never arrived.
        if inner.station.outbox().knows(id)? {
            return Ok(sealed(id));
        }
        let mut person = inner.load(id)?;
        let found = inner.found(&person)?;
        let mut releases = lock(&inner.releases);
        let given = releases
            .remove(&id)
            .filter(|given| given.state == person.changed);
        let overrides = given.as_ref().map_or(&[][..], |given| &given.overrides);
        let is_released = |one: &&Found| overrides.iter().any(|(what, _)| *what == one.what);
        let blocking: Vec<String> = found
            .iter()
            .filter(|one| one.refuses() && !is_released(one))
            .map(|one| one.what.clone())
            .collect();
        let refusal = if !blocking.is_empty() {
            Some(CaptureError::NotReady(blocking))
        } else if seen.state != person_file::state(&person)? {
            Some(CaptureError::ChangedSince)
        } else {
            None
        };
        if let Some(refusal) = refusal {
            releases.extend(given.map(|given| (id, given)));
            return Err(refusal.into());
        }
        drop(releases);
        let whats: Vec<String> = overrides.iter().map(|(what, _)| what.clone()).collect();
        person.mark_overridden(&whats);
        let release = given.as_ref().map(|given| Release {
            supervisor: &given.supervisor,
            overrides: given.overrides.iter().map(|(_, one)| one.clone()).collect(),
        });
        let rng = &mut **lock(&inner.rng);
        let (now, key) = ((inner.now)(), &session.key);
        bulk::seal(&inner.station, &person, key, release.as_ref(), now, rng)?;
        Ok(sealed(id))
    })
    .await
}

fn sealed(id: Uuid) -> Json<Value> {
    Json(json!({ "packet": id, "receipt_url": format!("/receipts/{id}") }))
}
