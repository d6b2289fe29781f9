//! `Idempotency-Key`: the same request a second time gets the answer of the first, and nothing is done twice
//! (draft-ietf-httpapi-idempotency-key-header).
//!
//! Before a request is worked on, its key is written down with its digest; afterwards its answer is. A process that dies in between
//! leaves the key open: the same request is refused as in flight for a while, then worked on anew. What it made the first time is found
//! by what is unique of it, or by [`KeyedId`], which is the same both times.

use axum::body::{Body, Bytes};
use axum::extract::{FromRequestParts, Request, State};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use crypto::HashAlgorithm;
use http_body_util::{BodyExt as _, LengthLimitError, Limited};
use register::store::{Change, Entity, EntityChange, EntityKind, Expected, Store as _, StoreError};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::accounts::milliseconds;
use super::caller::Caller;
use super::limits::{COME_AGAIN, MAX_REPLY, REPLY_ABANDONED, REPLY_KEPT};
use super::problem::{Kind, Problem, internal};
use super::route::Rules;
use super::{Api, Shared};

/// The header.
pub const IDEMPOTENCY_KEY: HeaderName = HeaderName::from_static("idempotency-key");
/// Says that an answer is one of before.
pub const REPLAYED: HeaderName = HeaderName::from_static("idempotency-replayed");
/// Characters of a key at most.
const MAX_KEY: usize = 128;
/// What answers are sealed for: a new link stands in one.
const PURPOSE: &str = "reply";
/// Fields of an answer that are kept.
const KEPT_FIELDS: [HeaderName; 3] = [header::CONTENT_TYPE, header::ETAG, header::LOCATION];

/// The id of what a request makes: the same for the same key of the same caller, and a new one without a key.
#[derive(Debug, Clone, Copy)]
pub struct KeyedId(pub Uuid);

impl<S: Send + Sync> FromRequestParts<S> for KeyedId {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        Ok(parts
            .extensions
            .get::<Self>()
            .copied()
            .unwrap_or_else(|| Self(Uuid::now_v7())))
    }
}

/// What is kept of a request.
#[derive(Serialize, Deserialize)]
struct Kept {
    /// Of the request.
    digest: String,
    /// The answer, once there is one, sealed, in base64.
    answer: Option<String>,
    /// Which call has written it down: one that was not told whether it did, knows its own.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    call: Option<Uuid>,
}

#[derive(Serialize, Deserialize)]
struct Answer {
    status: u16,
    fields: Vec<(String, String)>,
    body: String,
}

/// Works on a request once for each key.
pub async fn once(
    State((api, rules)): State<(Shared, Rules)>,
    request: Request,
    next: Next,
) -> Result<Response, Problem> {
    let method = request.method();
    let Some(caller) = request
        .extensions()
        .get::<Caller>()
        .cloned()
        .filter(|_| !method.is_safe() && !rules.streams)
    else {
        return Ok(next.run(request).await);
    };
    let Some(key) = key(request.headers())? else {
        if rules.creates {
            return Err(Kind::IdempotencyKeyMissing.into());
        }
        return Ok(next.run(request).await);
    };
    let (mut parts, body) = request.into_parts();
    let body = whole(body, rules.body).await?;
    let id = name(&caller, &parts, &key);
    let digest = digest(&parts, &body);
    if let Some(answer) = begin(&api, id, &digest).await? {
        return Ok(answer);
    }
    parts.extensions.insert(KeyedId(derived(b"made by", id)));
    let response = next.run(Request::from_parts(parts, Body::from(body))).await;
    end(&api, id, digest, response).await
}

fn key(headers: &HeaderMap) -> Result<Option<String>, Problem> {
    let Some(value) = headers.get(IDEMPOTENCY_KEY) else {
        return Ok(None);
    };
    let malformed =
        || Problem::new(Kind::Malformed).detail("Idempotency-Key has 1 to 128 visible characters");
    let text = value.to_str().map_err(|_| malformed())?;
    let fits =
        (1..=MAX_KEY).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_graphic());
    if fits {
        Ok(Some(text.to_owned()))
    } else {
        Err(malformed())
    }
}

async fn whole(body: Body, limit: usize) -> Result<Bytes, Problem> {
    match Limited::new(body, limit).collect().await {
        Ok(body) => Ok(body.to_bytes()),
        Err(error) if error.is::<LengthLimitError>() => Err(Kind::TooLarge.into()),
        Err(_) => Err(Problem::new(Kind::Malformed).detail("the body ended too early")),
    }
}

/// The name under which a key is kept: of this caller and this route. Another caller's key is another key.
fn name(caller: &Caller, parts: &Parts, key: &str) -> Uuid {
    let text = format!(
        "{}\0{}\0{}\0{key}",
        caller.id(),
        parts.method,
        parts.uri.path()
    );
    let hash = HashAlgorithm::Sha256.digest(text.as_bytes());
    uuid_of(&hash)
}

fn derived(label: &[u8], id: Uuid) -> Uuid {
    uuid_of(&HashAlgorithm::Sha256.digest(&[label, id.as_bytes()].concat()))
}

/// RFC 9562 §5.8.
fn uuid_of(hash: &[u8]) -> Uuid {
    let mut octets = [0; 16];
    octets
        .iter_mut()
        .zip(hash)
        .for_each(|(to, from)| *to = *from);
    uuid::Builder::from_custom_bytes(octets).into_uuid()
}

fn digest(parts: &Parts, body: &[u8]) -> String {
    let mut hasher = HashAlgorithm::Sha256.hasher();
    let head = format!("{}\0{}\0", parts.method, parts.uri);
    hasher.update(head.as_bytes());
    for name in [header::CONTENT_TYPE, header::IF_MATCH] {
        hasher.update(
            parts
                .headers
                .get(name)
                .map_or(&[][..], HeaderValue::as_bytes),
        );
        hasher.update(&[0]);
    }
    hasher.update(body);
    hex::encode(hasher.finalize())
}

/// Writes the key down, or gives the answer of before.
async fn begin(api: &Api, id: Uuid, digest: &str) -> Result<Option<Response>, Problem> {
    let kept = Kept {
        digest: digest.to_owned(),
        answer: None,
        call: Some(Uuid::now_v7()),
    };
    match api
        .store
        .commit(&written(api, id, &kept, Expected::New)?)
        .await
    {
        Ok(()) => return Ok(None),
        Err(StoreError::EntityChanged { .. }) => {}
        // The server went while it answered: where the key is written down, it would be in flight for ever without us.
        Err(error @ StoreError::Unavailable(_)) => {
            let row = api.store.entity(EntityKind::Reply, id).await?;
            let found = row.and_then(|row| serde_json::from_str::<Kept>(&row.body).ok());
            return match found.is_some_and(|found| found.call == kept.call) {
                true => Ok(None),
                false => Err(error.into()),
            };
        }
        Err(error) => return Err(error.into()),
    }
    let in_flight = || Problem::new(Kind::InFlight).come_again(COME_AGAIN);
    let entity = api
        .store
        .entity(EntityKind::Reply, id)
        .await?
        .ok_or_else(in_flight)?;
    let before: Kept = serde_json::from_str(&entity.body).map_err(|error| internal(&error))?;
    let age = milliseconds(api.now().saturating_add(REPLY_KEPT)).saturating_sub(entity.order);
    let is_over = i128::from(age) >= REPLY_KEPT.whole_milliseconds();
    let is_abandoned =
        before.answer.is_none() && i128::from(age) >= REPLY_ABANDONED.whole_milliseconds();
    if !is_over && before.digest != digest {
        return Err(Kind::KeyReused.into());
    }
    if is_over || is_abandoned {
        api.commit(&written(api, id, &kept, Expected::Version(entity.version))?)
            .await?;
        return Ok(None);
    }
    let sealed = before.answer.ok_or_else(in_flight)?;
    Ok(Some(opened(api, id, &sealed)?))
}

fn written(api: &Api, id: Uuid, kept: &Kept, expected: Expected) -> Result<Change, Problem> {
    let mut change = api.change();
    let entity = Entity {
        kind: EntityKind::Reply,
        id,
        state: if kept.answer.is_some() {
            "answered"
        } else {
            "in-flight"
        }
        .to_owned(),
        place: String::new(),
        order: milliseconds(change.at.saturating_add(REPLY_KEPT)),
        version: 0,
        body: serde_json::to_string(kept).map_err(|error| internal(&error))?,
    };
    change.entities.push(EntityChange::Put {
        entity,
        expected,
        keys: None,
    });
    Ok(change)
}

/// Keeps an answer that says what was done or why not. What says "not now" is not kept: the next time may be better.
async fn end(api: &Api, id: Uuid, digest: String, response: Response) -> Result<Response, Problem> {
    let status = response.status();
    let not_now = [
        StatusCode::CONFLICT,
        StatusCode::TOO_MANY_REQUESTS,
        StatusCode::UNAUTHORIZED,
    ];
    if status.is_server_error() || not_now.contains(&status) {
        let mut change = api.change();
        change.entities.push(EntityChange::Remove {
            kind: EntityKind::Reply,
            id,
        });
        surely(api, &change).await?;
        return Ok(response);
    }
    let (parts, body) = response.into_parts();
    let body = Limited::new(body, MAX_REPLY)
        .collect()
        .await
        .map_err(|error| internal(&*error))?
        .to_bytes();
    let field = |name: &HeaderName| {
        Some((
            name.to_string(),
            parts.headers.get(name)?.to_str().ok()?.to_owned(),
        ))
    };
    let answer = Answer {
        status: status.as_u16(),
        fields: KEPT_FIELDS.iter().filter_map(field).collect(),
        body: BASE64.encode(&body),
    };
    let plain =
        zeroize::Zeroizing::new(serde_json::to_vec(&answer).map_err(|error| internal(&error))?);
    let sealed = BASE64.encode(api.vault.seal(PURPOSE, id, &plain)?);
    let kept = Kept {
        digest,
        answer: Some(sealed),
        call: None,
    };
    surely(api, &written(api, id, &kept, Expected::Any)?).await?;
    Ok(Response::from_parts(parts, Body::from(body)))
}

/// Makes a change happen that may happen twice: once more where the server went while it answered.
async fn surely(api: &Api, change: &Change) -> Result<(), Problem> {
    match api.store.commit(change).await {
        Err(StoreError::Unavailable(_)) => api.commit(change).await,
        done => Ok(done?),
    }
}

fn opened(api: &Api, id: Uuid, sealed: &str) -> Result<Response, Problem> {
    let sealed = BASE64.decode(sealed).map_err(|error| internal(&error))?;
    let plain = api.vault.open(PURPOSE, id, &sealed)?;
    let answer: Answer =
        serde_json::from_slice(plain.expose()).map_err(|error| internal(&error))?;
    let body = BASE64
        .decode(answer.body)
        .map_err(|error| internal(&error))?;
    let status = StatusCode::from_u16(answer.status).map_err(|error| internal(&error))?;
    let mut response = (status, body).into_response();
    let headers = response.headers_mut();
    headers.remove(header::CONTENT_TYPE);
    for (name, value) in answer.fields {
        if let (Ok(name), Ok(value)) = (HeaderName::try_from(name), HeaderValue::try_from(value)) {
            headers.insert(name, value);
        }
    }
    headers.insert(REPLAYED, HeaderValue::from_static("true"));
    Ok(response)
}
