//! The operators' pages: queue, application, batches, stock, quality, consignments, people, figures, users, audit log.
//!
//! They hold no data of anybody, so that everybody may fetch them; what they show they ask of the routes under `/v1`, as the person who
//! is signed in.

use axum::Router;
use axum::extract::Path;
use axum::http::header;
use axum::response::{IntoResponse as _, Redirect, Response};
use axum::routing::get;

use crate::api::problem::{Kind, Problem};
use crate::pages::{HTML, SCRIPT, STYLE};

/// Where the pages are.
const HOME: &str = "/desk/";
/// Nothing from elsewhere, nothing inline, no frame around it. A QR code is a picture of the page itself.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self' data: blob:; \
                      base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

crate::pages::assets! {
    "desk" or crate::pages::asset;
    "index.html" HTML;
    "cases.css" STYLE;
    "desk.css" STYLE;
    "paper.css" STYLE;
    "plots.css" STYLE;
    "account.js" SCRIPT;
    "agreement.js" SCRIPT;
    "amounts.js" SCRIPT;
    "api.js" SCRIPT;
    "app.js" SCRIPT;
    "application.js" SCRIPT;
    "audit.js" SCRIPT;
    "batch.js" SCRIPT;
    "batches.js" SCRIPT;
    "chips.js" SCRIPT;
    "consignment.js" SCRIPT;
    "consignments.js" SCRIPT;
    "dashboard.js" SCRIPT;
    "decisions.js" SCRIPT;
    "devices.js" SCRIPT;
    "document.js" SCRIPT;
    "documents.js" SCRIPT;
    "frame.js" SCRIPT;
    "invitation.js" SCRIPT;
    "merkle.js" SCRIPT;
    "parts.js" SCRIPT;
    "people.js" SCRIPT;
    "person.js" SCRIPT;
    "pictures.js" SCRIPT;
    "places.js" SCRIPT;
    "plots.js" SCRIPT;
    "profiles.js" SCRIPT;
    "quality.js" SCRIPT;
    "queue.js" SCRIPT;
    "record.js" SCRIPT;
    "resembling.js" SCRIPT;
    "rooms.js" SCRIPT;
    "session.js" SCRIPT;
    "shifts.js" SCRIPT;
    "sign-in.js" SCRIPT;
    "step-up.js" SCRIPT;
    "stock.js" SCRIPT;
    "terms.js" SCRIPT;
    "texts.js" SCRIPT;
    "thresholds.js" SCRIPT;
    "timeline.js" SCRIPT;
    "user.js" SCRIPT;
    "users.js" SCRIPT;
}

/// The pages as routes. They stand in no table of rights: there is nothing to be allowed.
pub(crate) fn router<S: Clone + Send + Sync + 'static>() -> Router<S> {
    // A link of an invitation carries its secret behind `#`, which a browser keeps to itself and takes along.
    let home = || async { Redirect::to(HOME) };
    Router::new()
        .route("/", get(home))
        .route("/desk", get(home))
        .route("/invitation", get(home))
        .route(HOME, get(|| async { file("index.html") }))
        .route(
            "/desk/{name}",
            get(|Path(name): Path<String>| async move { file(&name) }),
        )
}

fn file(name: &str) -> Response {
    let Some(asset) = asset(name) else {
        return Problem::from(Kind::NotFound).into_response();
    };
    let head = [
        (header::CONTENT_TYPE, asset.media_type),
        (header::CONTENT_SECURITY_POLICY, POLICY),
    ];
    (head, asset.bytes).into_response()
}

#[cfg(test)]
mod tests {
    use super::{NAMES, asset};
    use crate::pages::judge;

    #[test]
    fn the_pages_ask_only_for_what_they_bring() {
        judge::asks_only_for_what_it_brings(asset, NAMES, "/desk/");
    }

    #[test]
    fn nothing_comes_from_elsewhere_and_nothing_is_inline() {
        judge::nothing_comes_from_elsewhere_and_nothing_is_inline(asset, NAMES);
    }

    #[test]
    fn only_the_language_is_kept_in_the_browser() {
        judge::only_the_language_is_kept_in_the_browser(asset, NAMES);
    }
}
