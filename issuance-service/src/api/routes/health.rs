//! Whether the service lives, and whether it is ready; its description; the pages of problems.

use std::time::Duration;

use axum::extract::State;
use axum::http::header;
use axum::response::IntoResponse;
use register::store::{Store as _, Topic};
use serde::Serialize;
use tokio::time::timeout;
use utoipa::ToSchema;
use utoipa_axum::routes;

use crate::api::extract::{Json, Path};
use crate::api::problem::{Kind, Problem, ProblemBody};
use crate::api::route::Route;
use crate::api::timekeeper::ClockFault;
use crate::api::{Shared, openapi};

/// So long the register may take to answer. Whoever asks has others to ask.
const PATIENCE: Duration = Duration::from_secs(3);

/// The routes.
pub fn routes() -> Vec<Route> {
    vec![
        Route::everybody(routes!(live)),
        Route::everybody(routes!(ready)),
        Route::everybody(routes!(description)),
        Route::everybody(routes!(problem)),
    ]
}

/// How it is.
#[derive(Debug, Serialize, ToSchema)]
struct Health {
    /// `ok`.
    status: &'static str,
}

/// The process lives.
#[utoipa::path(get, path = "/health/live", tag = "health", responses((status = 200, body = Health)))]
async fn live() -> Json<Health> {
    Json(Health { status: "ok" })
}

/// The register answers within a few seconds and takes changes, what is to be written can be written, the clock is believed, and the service is not ending.
#[utoipa::path(get, path = "/health/ready", tag = "health", responses((status = 200, body = Health)))]
async fn ready(State(api): State<Shared>) -> Result<Json<Health>, Problem> {
    if api.is_draining() {
        return Err(Kind::Busy.into());
    }
    let asked = timeout(PATIENCE, async {
        api.store.sequenced(Topic::Audit).await?;
        api.takes_changes().await
    });
    match asked.await {
        Ok(answered) => answered?,
        Err(_) => return Err(Problem::new(Kind::NotReady).detail("register")),
    }
    let mut ills = api.places.not_ready().await;
    ills.extend(api.timekeeper.look(api.now()).err().map(ClockFault::word));
    if !ills.is_empty() {
        return Err(Problem::new(Kind::NotReady).detail(ills.join(", ")));
    }
    Ok(Json(Health { status: "ok" }))
}

/// This description.
#[utoipa::path(get, path = "/v1/openapi.json", tag = "health", responses((status = 200, content_type = "application/json", body = Object)))]
async fn description() -> impl IntoResponse {
    let text = serde_json::to_string(openapi::document()).unwrap_or_default();
    ([(header::CONTENT_TYPE, "application/json")], text)
}

/// What a problem means.
#[utoipa::path(get, path = "/problems/{code}", tag = "health", params(("code" = String, Path, max_length = 64)),
    responses((status = 200, body = ProblemBody)))]
async fn problem(Path(code): Path<String>) -> Result<Json<ProblemBody>, Problem> {
    let kind = Kind::ALL
        .iter()
        .find(|kind| kind.code() == code)
        .copied()
        .ok_or(Kind::NotFound)?;
    Ok(Json(Problem::new(kind).body()))
}
