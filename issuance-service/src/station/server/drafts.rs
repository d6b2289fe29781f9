//! Half-finished people.

use std::collections::BTreeMap;

use axum::Json;
use axum::body::Body;
use axum::extract::{Path, State};
use axum::http::HeaderMap;
use serde::Deserialize;
use serde_json::{Value, json};
use uuid::Uuid;

use super::problem::Answer;
use super::{Shared, aside, files, lock, views};
use crate::station::review;

/// Somebody sits down: only while there is room for their packet.
pub async fn begin(State(shared): State<Shared>, headers: HeaderMap) -> Answer<Json<Value>> {
    let session = shared.operator(&headers)?;
    aside(&shared, move |inner| {
        inner.station.admit()?;
        let draft = inner.station.drafts().begin()?;
        let id = draft.id();
        inner.change(id, session.key.name(), |_, _| Ok(()))?;
        lock(&inner.seats).sits(id);
        Ok(Json(json!({ "id": id })))
    })
    .await
}

/// Everybody who is half-finished, latest first. A draft that cannot be read is listed too: its file is there.
pub async fn list(State(shared): State<Shared>, headers: HeaderMap) -> Answer<Json<Value>> {
    shared.operator(&headers)?;
    aside(&shared, |inner| {
        let mut rows = Vec::new();
        for id in inner.station.drafts().list()?.into_iter().rev() {
            rows.push(match inner.load(id) {
                Ok(person) => json!({
                    "id": id, "title": person.title(), "changed": views::instant(person.changed),
                }),
                Err(_) => json!({ "id": id, "title": "", "changed": null, "unreadable": true }),
            });
        }
        Ok(Json(Value::Array(rows)))
    })
    .await
}

/// A whole person.
pub async fn show(
    State(shared): State<Shared>,
    headers: HeaderMap,
    Path(id): Path<Uuid>,
) -> Answer<Json<Value>> {
    shared.operator(&headers)?;
    aside(&shared, move |inner| {
        let person = inner.load(id)?;
        lock(&inner.seats).sits(id);
        Ok(Json(views::person(inner, &person)?))
    })
    .await
}

/// Erases a person who will not be sealed.
pub async fn abandon(
    State(shared): State<Shared>,
    headers: HeaderMap,
    Path(id): Path<Uuid>,
) -> Answer<Json<Value>> {
    shared.operator(&headers)?;
    aside(&shared, move |inner| {
        let _one_at_a_time = lock(&inner.drafts);
        inner.station.abandon(id, (inner.now)())?;
        Ok(Json(json!({})))
    })
    .await
}

/// Saves fields, and says what the rules say of all of them.
pub async fn fields(
    State(shared): State<Shared>,
    headers: HeaderMap,
    Path(id): Path<Uuid>,
    content: Body,
) -> Answer<Json<Value>> {
    let session = shared.operator(&headers)?;
    let texts: BTreeMap<String, String> = files::json(&headers, content).await?;
    aside(&shared, move |inner| {
        let name = session.key.name();
        let (person, ()) = inner.change(id, name, |person, _| person.set_fields(&texts))?;
        let profile = person.issuer_profile()?;
        let found = review::of_fields(&person, profile, (inner.now)().date());
        Ok(Json(json!({ "findings": views::findings(&found, &[]) })))
    })
    .await
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Missing {
    reason: String,
}

/// A finger gives no print; an empty reason takes that back.
pub async fn missing(
    State(shared): State<Shared>,
    headers: HeaderMap,
    Path((id, position)): Path<(Uuid, String)>,
    content: Body,
) -> Answer<Json<Value>> {
    let session = shared.operator(&headers)?;
    let Missing { reason } = files::json(&headers, content).await?;
    aside(&shared, move |inner| {
        let name = session.key.name();
        inner.change(id, name, |person, _| person.set_missing(&position, &reason))?;
        Ok(Json(json!({ "position": position, "reason": reason })))
    })
    .await
}
