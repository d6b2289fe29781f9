//! Consignments: cards on their way to a counter, counted where they arrive.

use std::collections::BTreeSet;

use access::Permission;
use axum::extract::State;
use register::store::Cursor;
use serde::{Deserialize, Serialize};
use time::OffsetDateTime;
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::routes;
use uuid::Uuid;

use super::chips::site_of;
use super::shifts::instant;
use crate::api::Shared;
use crate::api::caller::Caller;
use crate::api::described;
use crate::api::etag::ETag;
use crate::api::extract::{Json, Path, Query};
use crate::api::idempotency::KeyedId;
use crate::api::page::{self, Page, PageRequest};
use crate::api::problem::{Kind, Problem};
use crate::api::route::Route;
use crate::personalisation::Site;
use crate::personalisation::consignment::{Consignment, ConsignmentState, MAX_CARDS, Sending};

/// The routes.
pub fn routes() -> Vec<Route> {
    vec![
        Route::right(Permission::DocumentShip, routes!(ship)).creates(),
        Route::right(Permission::DocumentShip, routes!(list)),
        Route::right(Permission::DocumentShip, routes!(show)),
        Route::right(Permission::HandOver, routes!(receive)),
    ]
}

/// Cards to be sent.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct Packing {
    /// The word of the counter.
    #[schema(example = "test-counter", pattern = "^[a-z0-9-]{1,40}$")]
    counter: String,
    /// The jobs of the cards.
    #[schema(value_type = Vec<Uuid>, min_items = 1, max_items = 500)]
    cards: BTreeSet<Uuid>,
}

/// A consignment.
#[derive(Serialize, ToSchema)]
struct ConsignmentView {
    /// Its name.
    id: Uuid,
    /// The word of the counter.
    counter: String,
    /// `packing`, `shipped`, `incomplete`, `received` or `empty`.
    #[schema(example = "shipped")]
    state: &'static str,
    /// Who has packed it.
    packed_by: String,
    /// When.
    #[serde(serialize_with = "crate::times::serialize")]
    #[schema(value_type = String, format = DateTime)]
    packed_at: OffsetDateTime,
    /// The jobs of the cards in it: a card is in one consignment at a time.
    cards: Vec<Uuid>,
    /// The cards that were in it and were sent on in another one.
    sent_on: Vec<Uuid>,
    /// Who has received it.
    received_by: Option<String>,
    /// When.
    #[serde(serialize_with = "crate::times::option::serialize")]
    #[schema(value_type = Option<String>, format = DateTime)]
    received_at: Option<OffsetDateTime>,
    /// The cards that have not arrived.
    missing: Vec<Uuid>,
    /// Its version, as in ETag.
    version: u32,
}

impl ConsignmentView {
    fn of(consignment: &Consignment) -> Self {
        Self {
            id: consignment.id,
            counter: consignment.counter.to_string(),
            state: consignment.state.word(),
            packed_by: consignment.by().name.clone(),
            packed_at: instant(consignment.packed_at),
            cards: consignment.cards().iter().copied().collect(),
            sent_on: consignment.sent_on().iter().copied().collect(),
            received_by: consignment.received_by().map(|person| person.name.clone()),
            received_at: consignment.received_at().map(instant),
            missing: consignment.missing(),
            version: consignment.version,
        }
    }
}

/// A card that is not in the consignment.
#[derive(Serialize, ToSchema)]
struct NotSent {
    /// The job.
    job: Uuid,
    /// Why.
    #[schema(example = "wrong-stage")]
    reason: &'static str,
}

/// A consignment and what is not in it.
#[derive(Serialize, ToSchema)]
struct Packed {
    /// The consignment.
    consignment: ConsignmentView,
    /// Cards that could not be sent.
    refused: Vec<NotSent>,
}

/// Sends cards to a counter. One that cannot be sent does not keep the others. The same key again gives the same consignment.
#[utoipa::path(post, path = "/v1/consignments", tag = "consignments",
    request_body = Packing, responses((status = 200, body = Packed)))]
async fn ship(
    State(api): State<Shared>,
    caller: Caller,
    KeyedId(id): KeyedId,
    Json(packing): Json<Packing>,
) -> Result<(ETag, Json<Packed>), Problem> {
    if !(1..=MAX_CARDS).contains(&packing.cards.len()) {
        return Err(Problem::field("cards"));
    }
    let counter = site_of("counter", &packing.counter)?;
    let (consignment, sendings) = api
        .office
        .ship(id, &counter, &packing.cards, &caller.hand(), api.now())
        .await?;
    let refused = sendings.iter().filter_map(|(job, sending)| match sending {
        Sending::Sent => None,
        Sending::Refused(reason) => Some(NotSent { job: *job, reason }),
    });
    let refused = refused.collect();
    Ok((
        ETag(consignment.version),
        Json(Packed {
            consignment: ConsignmentView::of(&consignment),
            refused,
        }),
    ))
}

/// Which consignments are asked for.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
struct Wanted {
    /// Only to this counter.
    #[param(pattern = "^[a-z0-9-]{1,40}$")]
    counter: Option<String>,
    /// Only in this state.
    #[param(schema_with = described::consignment_state)]
    state: Option<String>,
    /// At most so many, 1 to 500; 50 where nothing is said.
    #[param(minimum = 1, maximum = 500)]
    limit: Option<u32>,
    /// `next` of the part before.
    #[param(pattern = "^[A-Za-z0-9_-]{32}$")]
    after: Option<String>,
}

/// Consignments in the order in which they were packed.
#[utoipa::path(get, path = "/v1/consignments", tag = "consignments", params(Wanted),
    responses((status = 200, body = Page<ConsignmentView>)))]
async fn list(
    State(api): State<Shared>,
    Query(wanted): Query<Wanted>,
) -> Result<Json<Page<ConsignmentView>>, Problem> {
    let part = PageRequest::of(wanted.limit, wanted.after.as_deref())?;
    let counter = wanted.counter.as_deref().map(Site::new).transpose();
    let counter = counter.map_err(|_| Problem::new(Kind::Content).detail("counter"))?;
    let state = wanted.state.as_deref().map(|word| {
        ConsignmentState::from_word(word)
            .ok_or_else(|| Problem::new(Kind::Malformed).detail("state"))
    });
    let found = api
        .office
        .consignments(counter.as_ref(), state.transpose()?, part.after, part.limit)
        .await?;
    let is_full = u32::try_from(found.len()).is_ok_and(|count| count >= part.limit);
    let last = found.last().filter(|_| is_full);
    let next = last.map(|last| {
        page::text(Cursor {
            order: last.packed_at,
            id: last.id,
        })
    });
    Ok(Json(Page {
        items: found.iter().map(ConsignmentView::of).collect(),
        next,
    }))
}

/// One consignment.
#[utoipa::path(get, path = "/v1/consignments/{id}", tag = "consignments", params(("id" = Uuid, Path)),
    responses((status = 200, body = ConsignmentView)))]
async fn show(
    State(api): State<Shared>,
    Path(id): Path<Uuid>,
) -> Result<(ETag, Json<ConsignmentView>), Problem> {
    let consignment = api.office.packed_consignment(id, api.now()).await?;
    Ok((
        ETag(consignment.version),
        Json(ConsignmentView::of(&consignment)),
    ))
}

/// What is in a consignment that has come.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct Arrived {
    /// How many cards were counted.
    #[schema(minimum = 0, maximum = 500)]
    count: usize,
    /// The jobs of the cards that are there.
    #[schema(value_type = Vec<Uuid>, max_items = 500)]
    cards: BTreeSet<Uuid>,
}

/// What was found in a consignment.
#[derive(Serialize, ToSchema)]
struct ArrivalView {
    /// The consignment afterwards, with what is missing.
    consignment: ConsignmentView,
    /// Cards that should not have been in it. They are not received.
    unexpected: Vec<Uuid>,
}

/// Receives a consignment at its counter. The count must be that of the cards named; what is missing is listed and may arrive later.
#[utoipa::path(post, path = "/v1/consignments/{id}/receipt", tag = "consignments", params(("id" = Uuid, Path)),
    request_body = Arrived, responses((status = 200, body = ArrivalView)))]
async fn receive(
    State(api): State<Shared>,
    caller: Caller,
    Path(id): Path<Uuid>,
    Json(arrived): Json<Arrived>,
) -> Result<(ETag, Json<ArrivalView>), Problem> {
    if arrived.cards.len() > MAX_CARDS {
        return Err(Problem::field("cards"));
    }
    let arrival = api
        .office
        .receive_consignment(id, &arrived.cards, arrived.count, &caller.hand(), api.now())
        .await?;
    let view = ArrivalView {
        consignment: ConsignmentView::of(&arrival.consignment),
        unexpected: arrival.unexpected.into_iter().collect(),
    };
    Ok((ETag(arrival.consignment.version), Json(view)))
}
