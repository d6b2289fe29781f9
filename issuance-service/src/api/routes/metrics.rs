//! Measurements, as Prometheus reads them.

use access::Permission;
use axum::extract::State;
use axum::http::{HeaderName, header};
use utoipa_axum::routes;

use crate::api::Shared;
use crate::api::problem::{Kind, Problem};
use crate::api::route::Route;

/// The media type of Prometheus.
pub const MEDIA_TYPE: &str = "text/plain; version=0.0.4";

/// The routes.
pub fn routes() -> Vec<Route> {
    vec![Route::right(Permission::MetricsRead, routes!(metrics))]
}

/// The measurements of this process. A scraper on this machine reads them without signing in at `serve.metrics`.
#[utoipa::path(get, path = "/v1/metrics", tag = "health", responses((status = 200, content_type = "text/plain", body = String)))]
async fn metrics(
    State(api): State<Shared>,
) -> Result<([(HeaderName, &'static str); 1], String), Problem> {
    let text = api.measurements.as_ref().ok_or(Kind::NotFound)?.render();
    Ok(([(header::CONTENT_TYPE, MEDIA_TYPE)], text))
}
