//! The pages themselves.

use std::collections::HashMap;

use axum::extract::{Path, Query, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse as _, Response};

use super::problem::Problem;
use super::session::{BROWSER, set};
use super::{Shared, lock};
use crate::station::pages;

/// The page; with a token in its address the browser is let in, and the token leaves the address.
pub async fn index(
    State(shared): State<Shared>,
    headers: HeaderMap,
    Query(query): Query<HashMap<String, String>>,
) -> Response {
    let Some(token) = query.get("token") else {
        return file("index.html");
    };
    let cookie = shared.sessions.let_in(token, &mut **lock(&shared.rng));
    match cookie {
        Some(cookie) => {
            let head = [
                (header::LOCATION, "/".to_owned()),
                (header::SET_COOKIE, set(BROWSER, &cookie)),
            ];
            (StatusCode::SEE_OTHER, head).into_response()
        }
        None => not_let_in(&headers),
    }
}

/// What a browser that was not let in is told: a page for people, JSON for programs.
pub fn not_let_in(headers: &HeaderMap) -> Response {
    let accept = headers.get(header::ACCEPT).map(HeaderValue::as_bytes);
    if accept.is_some_and(|accept| accept.starts_with(b"text/html")) {
        Problem::no_token().into_page()
    } else {
        Problem::no_token().into_response()
    }
}

/// A part of the pages.
pub async fn asset(Path(name): Path<String>) -> Response {
    file(&name)
}

fn file(name: &str) -> Response {
    match pages::asset(name) {
        Some(asset) => ([(header::CONTENT_TYPE, asset.media_type)], asset.bytes).into_response(),
        None => Problem::not_found().into_response(),
    }
}
