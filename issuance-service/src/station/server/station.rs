//! Signing in, and what a page has to know of the station.

use axum::Json;
use axum::body::Body;
use axum::extract::State;
use axum::http::{HeaderMap, header};
use axum::response::{IntoResponse, Response};
use crypto::SecretBytes;
use enrolment::packet::Role;
use enrolment::{Field, IssuerProfile, Kind, MissingReason};
use serde::Deserialize;
use serde_json::{Value, json};

use super::problem::{Answer, Problem};
use super::session::{SESSION, set, unset};
use super::{Inner, Shared, aside, files, lock, receipt, views};
use crate::Error;
use crate::station::outbox::State as Stage;
use crate::station::{PersonKey, StationError, positions};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Login {
    operator: String,
    secret: String,
}

/// Signs somebody in.
pub async fn login(
    State(shared): State<Shared>,
    headers: HeaderMap,
    content: Body,
) -> Answer<Response> {
    let Login { operator, secret } = files::json(&headers, content).await?;
    let secret = SecretBytes::new(secret.into_bytes());
    let (key, role, cookie) = aside(&shared, move |inner| {
        let (key, role) = known(inner, &operator, &secret)?;
        let name = key.name().to_owned();
        let cookie = inner.sessions.begin(key, role, &mut **lock(&inner.rng));
        Ok((name, role, cookie))
    })
    .await?;
    let head = [(header::SET_COOKIE, set(SESSION, &cookie))];
    Ok((head, Json(json!({ "operator": key, "role": role.word() }))).into_response())
}

/// The operator or supervisor of a name and secret.
fn known(inner: &Inner, name: &str, secret: &SecretBytes) -> Answer<(PersonKey, Role)> {
    let as_operator = sign_in(inner, Role::Operator, name, secret)?;
    if let Some(key) = as_operator {
        return Ok((key, Role::Operator));
    }
    match sign_in(inner, Role::Supervisor, name, secret)? {
        Some(key) => Ok((key, Role::Supervisor)),
        None => {
            inner.sessions.guessed_wrong();
            Err(Problem::wrong_secret())
        }
    }
}

/// The key of a person, if the secret opens it. One person is asked at a time: a try costs 32 MB.
pub fn sign_in(
    inner: &Inner,
    role: Role,
    name: &str,
    secret: &SecretBytes,
) -> Answer<Option<PersonKey>> {
    if !inner.sessions.may_guess() {
        return Err(Problem::too_many_guesses());
    }
    if secret.is_empty() {
        return Ok(None);
    }
    let _one_at_a_time = lock(&inner.secrets);
    let opened = match inner.station.person(role, name, secret) {
        Ok(key) => key,
        Err(Error::Station(StationError::UnknownPerson { .. } | StationError::Key(_))) => {
            return Ok(None);
        }
        Err(error) => return Err(error.into()),
    };
    // A key file without a password opens with any: nobody signs in with such a key.
    let nothing = SecretBytes::new(Vec::new());
    let is_locked = inner.station.person(role, name, &nothing).is_err();
    Ok(is_locked.then_some(opened))
}

/// Signs somebody out. What was typed stays.
pub async fn logout(State(shared): State<Shared>, headers: HeaderMap) -> Response {
    shared.sessions.end(&headers);
    ([(header::SET_COOKIE, unset(SESSION))], Json(json!({}))).into_response()
}

/// What a page has to know.
pub async fn station(State(shared): State<Shared>, headers: HeaderMap) -> Answer<Json<Value>> {
    let session = shared.session(&headers)?;
    aside(&shared, move |inner| {
        let data = inner.profile.data();
        let wanted = inner.config.fingers.wanted_for(data, None);
        let fingers = positions::TEN.iter().map(|finger| {
            let required = wanted.has(finger.word);
            json!({ "position": finger.word, "label": text(finger.label), "required": required })
        });
        Ok(Json(json!({
            "name": inner.station.name(),
            "operator": session.key.name(),
            "role": session.role.word(),
            "profile": data.id,
            "title": text(data.title),
            "fields": fields(inner.profile),
            "thresholds": {
                "finger_green": inner.config.fingers.good,
                "finger_least": inner.config.fingers.least,
            },
            "fingers": fingers.collect::<Vec<_>>(),
            "missing_reasons": MissingReason::ALL.map(reason),
            "inbox": inner.config.inbox.is_some(),
            "outbox": counters(inner)?,
            "disk_free": inner.station.admit().is_ok(),
        })))
    })
    .await
}

/// A document: its name, and the fields of its form.
pub fn document(profile: &dyn IssuerProfile) -> Value {
    let data = profile.data();
    json!({ "profile": data.id, "title": text(data.title), "fields": fields(profile) })
}

fn text(text: enrolment::Bilingual) -> Value {
    json!({ "vi": text.vi, "en": text.en })
}

fn reason(reason: MissingReason) -> Value {
    let label = match reason {
        MissingReason::Amputated => json!({ "vi": "Mất ngón", "en": "Amputated" }),
        MissingReason::Bandaged => {
            json!({ "vi": "Băng bó hoặc đang bị thương", "en": "Bandaged or injured" })
        }
        _ => json!({ "vi": "Vân tay mòn, không thu được", "en": "Ridges worn beyond capture" }),
    };
    json!({ "word": reason.word(), "label": label, "temporary": reason.is_temporary() })
}

/// The fields of the form: required ones, then optional ones, in the order of a form.
fn fields(profile: &dyn IssuerProfile) -> Vec<Value> {
    let data = profile.data();
    let is_asked = |field: &&Field| field.is_text() && data.takes(**field);
    let field = |field: &Field| {
        let (kind, choices): (&str, Vec<&str>) = match field.kind() {
            Kind::Date => ("date", Vec::new()),
            Kind::Sex => ("choice", vec!["male", "female", "unspecified"]),
            Kind::Word(words) => ("choice", words.to_vec()),
            Kind::Number | Kind::Height | Kind::Telephone => ("digits", Vec::new()),
            _ => ("text", Vec::new()),
        };
        json!({
            "name": field.word(),
            "label": text(field.label()),
            "kind": kind,
            "choices": choices,
            "required": data.required.contains(field) && !profile.gives(*field),
            "max": field.max_chars(),
            "help": help(*field, profile),
        })
    };
    Field::ALL.iter().filter(is_asked).map(field).collect()
}

/// What stands below a field that may stay empty, because the service gives what belongs there.
fn help(field: Field, profile: &dyn IssuerProfile) -> Value {
    match field {
        _ if !profile.gives(field) => json!({ "vi": "", "en": "" }),
        Field::PersonalNumber => json!({
            "vi": "Để trống nếu người được cấp chưa từng có số định danh: hệ thống sẽ cấp số.",
            "en": "Leave it empty for somebody who has never had a number: one will be given.",
        }),
        _ => json!({
            "vi": "Để trống: hệ thống sẽ cấp số khi sản xuất.",
            "en": "Leave it empty: the number will be given when the document is made.",
        }),
    }
}

fn counters(inner: &Inner) -> Answer<Value> {
    let packets = inner.station.outbox().list()?;
    let count = |stage: Stage| {
        packets
            .iter()
            .filter(|packet| packet.state == stage)
            .count()
    };
    let waiting = packets
        .iter()
        .filter(|packet| packet.state < Stage::Acknowledged);
    let oldest = waiting
        .filter_map(|packet| packet.since)
        .min()
        .map(views::instant);
    Ok(json!({
        "pending": count(Stage::Pending),
        "sent": count(Stage::Sent),
        "acknowledged": count(Stage::Acknowledged),
        "oldest": oldest,
    }))
}

/// The outbox.
pub async fn outbox(State(shared): State<Shared>, headers: HeaderMap) -> Answer<impl IntoResponse> {
    shared.session(&headers)?;
    aside(&shared, |inner| {
        let packets = inner.station.outbox().list()?;
        let packet = |packet: &crate::station::Entry| {
            json!({
                "id": packet.id,
                "state": packet.state.word(),
                "at": receipt::sealed_at(inner, packet),
                "size": packet.length,
            })
        };
        let mut answer = counters(inner)?;
        if let Value::Object(map) = &mut answer {
            map.insert("packets".into(), packets.iter().map(packet).collect());
        }
        Ok(Json(answer))
    })
    .await
}
