//! Measurements and probes for who watches from this machine: on loopback, without signing in. No person and no document is in them.

use axum::Router;
use axum::extract::State;
use axum::http::{HeaderName, header};
use axum::routing::get;
use tokio::net::TcpListener;

use super::Shared;
use super::problem::{Kind, Problem};
use super::routes::METRICS_TYPE;
use super::serve::{Ending, Loopback, connections};

/// Serves `/metrics` until `ending`.
pub async fn run(api: Shared, listener: TcpListener, ending: Ending) {
    if let Some(loopback) = Loopback::new(listener) {
        let router = Router::new()
            .route("/metrics", get(metrics))
            .with_state(api);
        connections(&router, loopback, ending).await;
    }
}

async fn metrics(
    State(api): State<Shared>,
) -> Result<([(HeaderName, &'static str); 1], String), Problem> {
    let text = api.measurements.as_ref().ok_or(Kind::NotFound)?.render();
    Ok(([(header::CONTENT_TYPE, METRICS_TYPE)], text))
}
