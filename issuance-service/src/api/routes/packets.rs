//! Packets of stations: in as a stream, out a signed receipt. What becomes of each is told to the station that brought it.

use std::io;

use access::Permission;
use axum::body::Body;
use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use enrolment::packet::MAX_PACKET_BYTES;
use register::application::StageKind;
use serde::{Deserialize, Serialize};
use tokio::runtime::Handle;
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::routes;
use uuid::Uuid;

use super::incoming;
use crate::Error;
use crate::api::Shared;
use crate::api::caller::Caller;
use crate::api::extract::{Json, Path, Query};
use crate::api::problem::{Kind, Problem, ProblemBody, internal};
use crate::api::route::Route;
use crate::intake::{Claim, Taken};
use crate::station::StationError;

/// The routes.
pub fn routes() -> Vec<Route> {
    let octets = usize::try_from(MAX_PACKET_BYTES).unwrap_or(usize::MAX);
    vec![
        Route::right(Permission::PacketSubmit, routes!(take))
            .body(octets)
            .streams(),
        Route::right(Permission::PacketFate, routes!(fate)),
    ]
}

/// What the station says that it sends.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
struct Named {
    /// SHA-256 of the file in hexadecimal digits.
    #[param(pattern = "^[0-9a-f]{64}$")]
    sha256: String,
}

/// Takes a packet in. The same packet again gets the same receipt; it is kept once. What is not the file of `sha256`, or another
/// file than the packet that is here under this name, gets a problem, neither a receipt nor a refusal.
#[utoipa::path(put, path = "/v1/packets/{id}", tag = "packets", params(("id" = Uuid, Path), Named),
    request_body(content = Vec<u8>, content_type = "application/octet-stream"),
    responses(
        (status = 201, description = "It is in the register: the signed receipt", content_type = "application/json"),
        (status = 200, description = "It was before: the same receipt", content_type = "application/json"),
        (status = 422, description = "It is refused: the signed refusal; or what came is not the file of sha256: a problem",
            content((Object = "application/json"), (ProblemBody = "application/problem+json"))),
    ))]
async fn take(
    State(api): State<Shared>,
    caller: Caller,
    Path(id): Path<Uuid>,
    Query(named): Query<Named>,
    body: Body,
) -> Result<Response, Problem> {
    let digest = named.sha256.parse();
    let digest = digest.map_err(|_| Problem::new(Kind::Malformed).detail("sha256"))?;
    let claim = Claim { id, digest };
    let (mut reader, pump) = incoming::reader(body);
    let office = api.office.clone();
    let now = api.now();
    let device = caller.device();
    // Files are written and packets opened where that may take its time.
    let runtime = Handle::current();
    let work = tokio::task::spawn_blocking(move || {
        let taken = runtime.block_on(office.desk().take_of(device, claim, &mut reader, now));
        // A packet that was here before is not looked at again, but whoever still sends it would find the line cut and never see the receipt.
        // What stops coming is told by the pump.
        let _ = io::copy(&mut reader, &mut io::sink());
        taken
    });
    let taken = work.await.map_err(|error| internal(&error))?;
    pump.finish().await?;
    let refusal = |reason: &'static str| {
        let hand = caller.hand();
        let (subject, permission) = (("packet", id), Permission::PacketSubmit);
        let office = &api.office;
        async move { office.refuse(&hand, permission, subject, reason, now).await }
    };
    match &taken {
        Err(Error::Station(StationError::OtherContent { .. })) => refusal("other-content").await?,
        Err(Error::Station(StationError::OtherPacket { .. })) => refusal("other-packet").await?,
        _ => {}
    }
    let taken = taken?;
    let status = match &taken {
        Taken::Now(_) => StatusCode::CREATED,
        Taken::Before(_) => StatusCode::OK,
        Taken::Refused(..) => StatusCode::UNPROCESSABLE_ENTITY,
    };
    if let Taken::Refused(_, error) = &taken {
        tracing::warn!(target: "packets", packet = %id, %error, "a packet is refused");
        refusal("packet-refused").await?;
    }
    let receipt = taken.receipt().to_bytes();
    let receipt = receipt.map_err(|error| internal(&error))?;
    Ok((
        status,
        [(header::CONTENT_TYPE, "application/json")],
        receipt,
    )
        .into_response())
}

/// What became of a packet.
#[derive(Serialize, ToSchema)]
struct Fate {
    /// The packet, and the application that was made of it.
    id: Uuid,
    /// How far it is.
    #[schema(example = "approved")]
    stage: &'static str,
    /// Why it was refused.
    #[schema(example = "biometrics-unusable")]
    refused: Option<String>,
}

/// What became of a packet of this station.
#[utoipa::path(get, path = "/v1/packets/{id}", tag = "packets", params(("id" = Uuid, Path)),
    responses((status = 200, body = Fate)))]
async fn fate(
    State(api): State<Shared>,
    caller: Caller,
    Path(id): Path<Uuid>,
) -> Result<Json<Fate>, Problem> {
    let packet = api.office.desk().packets().packet(id).await?;
    let packet = packet.ok_or(Kind::NotFound)?;
    // Another station's packets are nobody's business: a packet is the device's that brought it, whatever others are called. One that
    // came on a stick is that of the one device that bears the station's name.
    let is_own = match packet.device {
        Some(device) => device == caller.id(),
        None => {
            packet.station == caller.officer.name()
                && api.bears(caller.id(), &packet.station).await?
        }
    };
    if !is_own {
        return Err(Kind::NotFound.into());
    }
    let summary = api.office.applications().summary(id).await?;
    let summary = summary.ok_or(Kind::NotFound)?;
    Ok(Json(Fate {
        id,
        stage: StageKind::word(summary.stage),
        refused: summary.refused,
    }))
}
