//! Bodies of requests: at most so long, within so much time.

use std::time::Duration;

use axum::body::{Body, Bytes, to_bytes};
use axum::http::{HeaderMap, header};
use serde::de::DeserializeOwned;

use super::problem::{Answer, Problem};

/// Longest JSON that a page sends: all fields at once.
pub const MAX_JSON: usize = 256 << 10;
/// How long a body may take.
const TIME: Duration = Duration::from_secs(30);

/// The body of a request.
pub async fn body(headers: &HeaderMap, body: Body, limit: usize) -> Answer<Bytes> {
    taken(headers, body, limit, Problem::too_large).await
}

async fn taken(
    headers: &HeaderMap,
    body: Body,
    limit: usize,
    too_long: fn() -> Problem,
) -> Answer<Bytes> {
    let announced = headers
        .get(header::CONTENT_LENGTH)
        .and_then(|length| length.to_str().ok()?.parse::<u64>().ok());
    if announced.is_some_and(|length| length > limit as u64) {
        return Err(too_long());
    }
    let read = tokio::time::timeout(TIME, to_bytes(body, limit)).await;
    let read = read.map_err(|_| Problem::too_slow())?;
    read.map_err(|_| too_long())
}

/// The JSON of a request.
pub async fn json<T: DeserializeOwned>(headers: &HeaderMap, content: Body) -> Answer<T> {
    let kind = headers.get(header::CONTENT_TYPE);
    // A form of another page cannot say this without being asked for its origin first.
    if !kind.is_some_and(|kind| kind.as_bytes().starts_with(b"application/json")) {
        return Err(Problem::malformed());
    }
    let text = taken(headers, content, MAX_JSON, Problem::text_too_long).await?;
    serde_json::from_slice(&text).map_err(|_| Problem::malformed())
}
