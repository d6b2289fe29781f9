//! Personal numbers: for newborns, by civil status; cancelled and set up again by two persons.

use access::Permission;
use axum::extract::State;
use axum::http::StatusCode;
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_axum::routes;
use uuid::Uuid;

use crate::api::Shared;
use crate::api::caller::{Caller, CallerKind};
use crate::api::extract::{Json, Path};
use crate::api::problem::{Kind, Problem};
use crate::api::route::Route;
use crate::relying::birth::{Birth, Wish};
use crate::relying::{Party, Room};

/// The routes.
pub fn routes() -> Vec<Route> {
    let cancel = |handler| Route::right(Permission::NumberCancel, handler);
    vec![
        Route::right(Permission::NumberRequest, routes!(register_birth)).creates(),
        cancel(routes!(propose)).creates(),
        cancel(routes!(confirm)),
    ]
}

/// The number of a newborn.
#[derive(Serialize, ToSchema)]
struct NumberView {
    /// The child, by the party's own name: changes speak of it so.
    reference: Uuid,
    /// The number.
    personal_number: String,
}

/// Registers a birth, and gives the child its number. The same birth again is answered with the same number.
#[utoipa::path(post, path = "/v1/numbers", tag = "numbers", request_body = Birth,
    responses((status = 201, body = NumberView), (status = 200, body = NumberView)))]
async fn register_birth(
    State(api): State<Shared>,
    caller: Caller,
    Json(birth): Json<Birth>,
) -> Result<(StatusCode, Json<NumberView>), Problem> {
    let now = api.now();
    let room = &api.relying;
    let party = room.party(&caller, Permission::NumberRequest, now).await?;
    let numbered = room
        .desk
        .register_birth(&api.office, room.scheme()?, &party, &birth, now)
        .await?;
    let status = if numbered.is_new {
        StatusCode::CREATED
    } else {
        StatusCode::OK
    };
    Ok((
        status,
        Json(NumberView {
            reference: numbered.reference,
            personal_number: numbered.number,
        }),
    ))
}

/// A proposal to cancel a number.
#[derive(Serialize, ToSchema)]
struct ProposalView {
    /// What it is confirmed by.
    id: Uuid,
}

/// Who cancels: the staff, or a party that registers births.
async fn canceller(api: &Shared, caller: &Caller) -> Result<Party, Problem> {
    if let CallerKind::Account { .. } = &caller.kind {
        return Ok(Room::staff(caller));
    }
    let party = api
        .relying
        .party(caller, Permission::NumberCancel, api.now())
        .await?;
    match party.agreement.numbers {
        true => Ok(party),
        false => Err(Problem::new(Kind::NotAgreed).detail("numbers")),
    }
}

/// Proposes to cancel a number that says something wrong. Another content has another `id`, and takes the place of the proposal before, which
/// is not confirmed any more.
#[utoipa::path(post, path = "/v1/number-cancellations", tag = "numbers", request_body = Wish,
    responses((status = 201, body = ProposalView)))]
async fn propose(
    State(api): State<Shared>,
    caller: Caller,
    Json(wish): Json<Wish>,
) -> Result<(StatusCode, Json<ProposalView>), Problem> {
    let now = api.now();
    let party = canceller(&api, &caller).await?;
    let room = &api.relying;
    let proposed = room
        .desk
        .propose_cancellation(room.scheme()?, &party, &caller.officer, &wish, now)
        .await;
    match proposed {
        Ok(proposal) => Ok((StatusCode::CREATED, Json(ProposalView { id: proposal.id }))),
        Err(fault) => {
            room.desk
                .refuse(&party, Permission::NumberCancel, &fault, now)
                .await?;
            Err(fault.into())
        }
    }
}

/// What came of a cancellation.
#[derive(Serialize, ToSchema)]
struct CancelledView {
    /// The new number, where one was to be given.
    personal_number: Option<String>,
}

/// Confirms what somebody else has proposed under this `id`: the number is cancelled, and where that was proposed the person has a new one.
/// Only a member of the staff confirms.
#[utoipa::path(post, path = "/v1/number-cancellations/{id}/confirmation", tag = "numbers", params(("id" = Uuid, Path)),
    responses((status = 200, body = CancelledView)))]
async fn confirm(
    State(api): State<Shared>,
    caller: Caller,
    Path(id): Path<Uuid>,
) -> Result<Json<CancelledView>, Problem> {
    let now = api.now();
    if !matches!(caller.kind, CallerKind::Account { .. }) {
        return Err(Kind::FourEyes.into());
    }
    let party = Room::staff(&caller);
    let room = &api.relying;
    let scheme = room.scheme()?;
    match room
        .desk
        .confirm_cancellation(&api.office, scheme, &party, &caller.officer, id, now)
        .await
    {
        Ok(personal_number) => Ok(Json(CancelledView { personal_number })),
        Err(fault) => {
            room.desk
                .refuse(&party, Permission::NumberCancel, &fault, now)
                .await?;
            Err(fault.into())
        }
    }
}
