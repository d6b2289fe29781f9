//! What relying parties ask: attributes compared, one by one or a hundred thousand, and chips checked.

use core::convert::Infallible;
use core::pin::Pin;
use core::task::{Context, Poll};

use access::Permission;
use axum::body::{Body, Bytes};
use axum::extract::State;
use axum::http::{HeaderMap, HeaderValue, header};
use axum::response::{IntoResponse as _, Response};
use hyper::body::Frame;
use serde::Deserialize;
use tokio::sync::mpsc;
use utoipa::IntoParams;
use utoipa_axum::routes;
use uuid::Uuid;

use crate::api::Shared;
use crate::api::caller::Caller;
use crate::api::extract::{Json, Query};
use crate::api::idempotency::IDEMPOTENCY_KEY;
use crate::api::problem::{Kind, Problem};
use crate::api::route::Route;
use crate::relying::lines::{Answered, Batch, Line};
use crate::relying::{Fault, chip, verification};

/// Lines of JSON, each ended by a line feed.
const NDJSON: &str = "application/x-ndjson";
/// Octets of a check of a chip: EF.SOD in base64, and room.
const MAX_CHIP_BODY: usize = 384 * 1024;
/// Parts of an answer that wait for a party that reads slowly.
const WAITING: usize = 2;

/// The routes.
pub fn routes() -> Vec<Route> {
    vec![
        Route::right(Permission::VerifyAttributes, routes!(verify)),
        Route::right(Permission::VerifyAttributes, routes!(verify_lines)).streams(),
        Route::right(Permission::VerifyChip, routes!(check_chip)).body(MAX_CHIP_BODY),
    ]
}

/// Compares attributes with the register. The answer says match, no-match or not-known, and never what the register has.
#[utoipa::path(post, path = "/v1/verifications", tag = "relying parties", request_body = verification::Request,
    responses((status = 200, body = verification::Answer)))]
async fn verify(
    State(api): State<Shared>,
    caller: Caller,
    Json(request): Json<verification::Request>,
) -> Result<Json<verification::Answer>, Problem> {
    let now = api.now();
    let party = api
        .relying
        .party(&caller, Permission::VerifyAttributes, now)
        .await?;
    Ok(Json(api.relying.desk.verify(&party, &request, now).await?))
}

/// What is the same for all lines.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
struct OfAll {
    /// The purpose of all lines: a word of the agreement.
    #[param(max_length = 64)]
    purpose: String,
    /// The number of the first line that is sent, for a batch that is gone on with; 1 where nothing is said.
    #[param(minimum = 1)]
    first_line: Option<u64>,
}

/// Compares attributes line by line: a line of JSON in, a line of JSON out, in their order, as they come; 100,000 at most. The last line
/// of a whole answer says `end`. A batch that broke off is gone on with: count the lines that were answered, send the rest with the same
/// `Idempotency-Key` and the number of its first line.
#[utoipa::path(post, path = "/v1/verification-batches", tag = "relying parties", params(OfAll),
    request_body(content = Line, content_type = "application/x-ndjson"),
    responses((status = 200, body = Answered, content_type = "application/x-ndjson")))]
async fn verify_lines(
    State(api): State<Shared>,
    caller: Caller,
    Query(of_all): Query<OfAll>,
    headers: HeaderMap,
    body: Body,
) -> Result<Response, Problem> {
    let media_type = headers
        .get(header::CONTENT_TYPE)
        .and_then(|value| value.to_str().ok());
    if media_type.is_none_or(|text| {
        text.split(';')
            .next()
            .is_none_or(|kind| kind.trim() != NDJSON)
    }) {
        return Err(Problem::new(Kind::MediaType).detail(NDJSON));
    }
    let now = api.now();
    let permission = Permission::VerifyAttributes;
    let party = api.relying.party(&caller, permission, now).await?;
    let begun = async {
        if !party.agreement.has_purpose(&of_all.purpose) {
            return Err(Fault::NotAgreed("purpose"));
        }
        let left = api.relying.desk.lines_left(&party, now).await?;
        Ok((left, api.relying.running.take(party.id)?))
    };
    let (left, place) = match begun.await {
        Ok(begun) => begun,
        Err(fault) => {
            api.relying
                .desk
                .refuse(&party, permission, &fault, now)
                .await?;
            return Err(fault.into());
        }
    };
    let key = headers
        .get(IDEMPOTENCY_KEY)
        .map_or(&[][..], HeaderValue::as_bytes);
    let batch = Batch {
        id: batch_id(party.id, caller.request, key),
        purpose: of_all.purpose,
        first_line: of_all.first_line.unwrap_or(1).max(1),
    };
    let (answers, lines) = mpsc::channel::<Bytes>(WAITING);
    tokio::spawn(async move {
        let clock = || api.now();
        api.relying
            .desk
            .verify_lines(&party, &batch, body, &answers, left, &clock)
            .await;
        drop(place);
    });
    Ok(([(header::CONTENT_TYPE, NDJSON)], Body::new(Lines(lines))).into_response())
}

/// The lines of an answer, as they come.
struct Lines(mpsc::Receiver<Bytes>);

impl hyper::body::Body for Lines {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        self.0
            .poll_recv(context)
            .map(|line| line.map(|line| Ok(Frame::data(line))))
    }
}

/// The name of a batch: the same for the same key of the same party.
fn batch_id(party: Uuid, request: Uuid, key: &[u8]) -> Uuid {
    if key.is_empty() {
        return request;
    }
    let digest = register::Digest::of(&[party.as_bytes().as_slice(), b"/batch/", key].concat());
    let mut octets = [0; 16];
    octets
        .iter_mut()
        .zip(digest.as_octets())
        .for_each(|(to, from)| *to = *from);
    uuid::Builder::from_custom_bytes(octets).into_uuid()
}

/// Checks what was read from a chip: issued here, unchanged, valid?
#[utoipa::path(post, path = "/v1/chip-verifications", tag = "relying parties", request_body = chip::Request,
    responses((status = 200, body = chip::Answer)))]
async fn check_chip(
    State(api): State<Shared>,
    caller: Caller,
    Json(request): Json<chip::Request>,
) -> Result<Json<chip::Answer>, Problem> {
    let now = api.now();
    let party = api
        .relying
        .party(&caller, Permission::VerifyChip, now)
        .await?;
    Ok(Json(
        api.relying.desk.check_chip(&party, &request, now).await?,
    ))
}
