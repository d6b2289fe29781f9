//! Status lists and the key that signs them: for everybody, to be kept by whoever passes them on.

use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use serde::Serialize;
use status_list::token::MEDIA_TYPE;
use utoipa::ToSchema;
use utoipa_axum::routes;

use crate::api::Shared;
use crate::api::extract::{Json, Path};
use crate::api::problem::{Kind, Problem};
use crate::api::route::Route;
use crate::relying::keys::Jwks;
use crate::relying::status::TIME_TO_LIVE;

/// The routes.
pub fn routes() -> Vec<Route> {
    vec![
        Route::everybody(routes!(lists)).tells_what_stands(),
        Route::everybody(routes!(list)).tells_what_stands(),
        Route::everybody(routes!(keys)),
    ]
}

/// All lists (draft-ietf-oauth-status-list-21 §9.3).
#[derive(Serialize, ToSchema)]
struct Lists {
    /// Their addresses.
    status_lists: Vec<String>,
}

fn kept(seconds: i64) -> [(header::HeaderName, String); 1] {
    [(header::CACHE_CONTROL, format!("public, max-age={seconds}"))]
}

/// Where the status lists are.
#[utoipa::path(get, path = "/v1/status-lists", tag = "status lists", responses((status = 200, body = Lists)))]
async fn lists(State(api): State<Shared>) -> Result<Response, Problem> {
    let status_lists = api.relying.desk.list_addresses().await?;
    Ok((
        kept(TIME_TO_LIVE.whole_seconds()),
        Json(Lists { status_lists }),
    )
        .into_response())
}

/// One status list: a signed token, new at least every hour.
#[utoipa::path(get, path = "/v1/status-lists/{number}", tag = "status lists", params(("number" = u32, Path)),
    responses((status = 200, body = String, content_type = "application/statuslist+jwt"), (status = 304)))]
async fn list(
    State(api): State<Shared>,
    Path(number): Path<u32>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let now = api.now();
    let published = api
        .relying
        .publisher
        .list(&api.relying.desk, number, now)
        .await?
        .ok_or(Kind::NotFound)?;
    let fields = [
        (header::CONTENT_TYPE, MEDIA_TYPE.to_owned()),
        (
            header::CACHE_CONTROL,
            format!("public, max-age={}", TIME_TO_LIVE.whole_seconds()),
        ),
        (header::ETAG, published.tag.clone()),
    ];
    let seen = headers
        .get(header::IF_NONE_MATCH)
        .and_then(|value| value.to_str().ok())
        .unwrap_or_default();
    if seen
        .split(',')
        .map(|tag| tag.trim().trim_start_matches("W/"))
        .any(|tag| tag == published.tag || tag == "*")
    {
        return Ok((StatusCode::NOT_MODIFIED, fields).into_response());
    }
    Ok((fields, published.token.clone()).into_response())
}

/// The key that signs status lists (RFC 7517).
#[utoipa::path(get, path = "/.well-known/jwks.json", tag = "status lists", responses((status = 200, body = Jwks)))]
async fn keys(State(api): State<Shared>) -> Response {
    (
        kept(TIME_TO_LIVE.whole_seconds()),
        Json(api.relying.publisher.keys()),
    )
        .into_response()
}
