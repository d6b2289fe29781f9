//! The one table of routes. Add a file with `pub fn routes() -> Vec<Route>` and a line in [`table`]; a route is
//!
//! ```text
//! Route::right(Permission::BatchClaim, routes!(claim)).creates()
//! ```
//!
//! where `claim` carries `#[utoipa::path(post, path = "/v1/batches/{id}/claim", …)]`: method, path, description and right are said once.

mod accounts;
mod agreements;
mod application_view;
mod applications;
mod audit;
mod batch_report;
mod batches;
mod chips;
mod consignments;
mod dashboard;
pub mod devices;
mod document_view;
mod documents;
mod health;
mod incoming;
mod invitations;
mod metrics;
mod numbers;
mod oidc;
mod packets;
mod people;
mod profiles;
mod quality;
mod sessions;
mod settings;
mod shifts;
mod status;
mod subscriptions;
mod verification;

use super::route::Route;

pub use metrics::MEDIA_TYPE as METRICS_TYPE;

/// Every route there is.
#[must_use]
pub fn table() -> Vec<Route> {
    let rooms = [
        health::routes(),
        sessions::routes(),
        oidc::routes(),
        invitations::routes(),
        accounts::routes(),
        devices::routes(),
        audit::routes(),
        settings::routes(),
        profiles::routes(),
        people::routes(),
        packets::routes(),
        dashboard::routes(),
        applications::routes(),
        chips::routes(),
        shifts::routes(),
        batches::routes(),
        quality::routes(),
        consignments::routes(),
        documents::routes(),
        metrics::routes(),
        agreements::routes(),
        verification::routes(),
        status::routes(),
        numbers::routes(),
        subscriptions::routes(),
    ];
    rooms.into_iter().flatten().collect()
}
