//! Applications: listed, looked at, decided.

use access::Permission;
use axum::extract::State;
use axum::http::header;
use axum::response::{IntoResponse, Response};
use biometrics::image::{self, DecodeLimits};
use register::application::{Command, DuplicateFinding, MakeFailure, RefusalReason, StageKind};
use register::{ApplicationPage, ApplicationSummary};
use serde::Deserialize;
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::routes;
use uuid::Uuid;

use super::application_view::{ApplicationView, HistoryItem, SummaryView};
use crate::api::Shared;
use crate::api::caller::Caller;
use crate::api::described;
use crate::api::etag::{ETag, too_late};
use crate::api::extract::{Json, Path, Query, bounded};
use crate::api::meant::Meant;
use crate::api::page::{self, Page, PageRequest};
use crate::api::problem::{Kind, Problem, internal};
use crate::api::route::Route;
use crate::{Error, station::StationError};

/// The routes.
pub fn routes() -> Vec<Route> {
    vec![
        Route::right(Permission::ApplicationRead, routes!(list)),
        Route::right(Permission::ApplicationRead, routes!(show)),
        Route::right(Permission::ApplicationRead, routes!(picture)),
        Route::right(Permission::HistoryRead, routes!(history)),
        Route::right(Permission::DuplicateReview, routes!(review)).versioned(),
        Route::right(Permission::ApplicationApprove, routes!(approve)).versioned(),
        Route::right(Permission::ApplicationRefuse, routes!(refuse)).versioned(),
        Route::right(Permission::ApplicationWithdraw, routes!(withdraw)).versioned(),
        Route::right(Permission::ComplaintRecord, routes!(complain)).versioned(),
    ]
}

/// Characters of the name of a station at most.
const MAX_STATION: usize = 200;

/// Which applications are asked for.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
struct Wanted {
    /// Only of this stage.
    #[param(schema_with = described::application_stage)]
    stage: Option<String>,
    /// Only of this station.
    #[param(max_length = 200)]
    station: Option<String>,
    /// Last ones first.
    #[serde(default)]
    newest: bool,
    /// At most so many, 1 to 500; 50 where nothing is said.
    #[param(minimum = 1, maximum = 500)]
    #[serde(default)]
    limit: Option<u32>,
    /// `next` of the part before.
    #[param(pattern = "^[A-Za-z0-9_-]{32}$")]
    #[serde(default)]
    after: Option<String>,
}

/// Applications in the order of their coming. They name nobody.
#[utoipa::path(get, path = "/v1/applications", tag = "applications", params(Wanted),
    responses((status = 200, body = Page<SummaryView>)))]
async fn list(
    State(api): State<Shared>,
    Query(wanted): Query<Wanted>,
) -> Result<Json<Page<SummaryView>>, Problem> {
    let part = PageRequest::of(wanted.limit, wanted.after.as_deref())?;
    let stage = wanted.stage.as_deref().map(|word| {
        StageKind::from_word(word).ok_or_else(|| Problem::new(Kind::Malformed).detail("stage"))
    });
    let page = ApplicationPage {
        stage: stage.transpose()?,
        station: bounded(wanted.station, MAX_STATION, "station")?,
        after: part.after,
        descending: wanted.newest,
        limit: part.limit,
    };
    let found = api.office.applications().list(&page).await?;
    let is_full = u32::try_from(found.len()).is_ok_and(|count| count >= part.limit);
    let last = found.last().filter(|_| is_full);
    Ok(Json(Page {
        next: last.map(|last| page::text(last.cursor())),
        items: found.iter().map(SummaryView::of).collect(),
    }))
}

/// One application with everything that whoever decides has to see.
#[utoipa::path(get, path = "/v1/applications/{id}", tag = "applications", params(("id" = Uuid, Path)),
    responses((status = 200, body = ApplicationView)))]
async fn show(
    State(api): State<Shared>,
    caller: Caller,
    Path(id): Path<Uuid>,
) -> Result<(ETag, Json<ApplicationView>), Problem> {
    let history = api.office.applications().history(id).await?;
    let application = history.application().ok_or(Kind::NotFound)?;
    let summary = summary(&api, id).await?;
    let _permit = api.may_open_packet().await?;
    let view = ApplicationView::read(&api.office, &caller, &summary, &application).await?;
    Ok((ETag(history.version()), Json(view)))
}

async fn summary(api: &Shared, id: Uuid) -> Result<ApplicationSummary, Problem> {
    let summary = api.office.applications().summary(id).await?;
    Ok(summary.ok_or(Kind::NotFound)?)
}

/// A picture of an application, as PNG: portrait, prints, evidence.
#[utoipa::path(get, path = "/v1/applications/{id}/images/{name}", tag = "applications",
    params(("id" = Uuid, Path), ("name" = String, Path)),
    responses((status = 200, content_type = "image/png", body = Vec<u8>)))]
async fn picture(
    State(api): State<Shared>,
    Path((id, name)): Path<(Uuid, String)>,
) -> Result<Response, Problem> {
    let permit = api.may_open_packet().await?;
    let opened = match api.office.open(id).await {
        Ok((packet, _, _)) => packet,
        Err(Error::Station(StationError::UnknownPacket { .. })) => {
            return Err(Kind::NotFound.into());
        }
        Err(error) => return Err(error.into()),
    };
    let content = opened.attachment(&name).ok_or(Kind::NotFound)?.to_vec();
    let work = tokio::task::spawn_blocking(move || {
        let picture = image::decode(&content, &DecodeLimits::default())?;
        let png = image::encode_png(&picture);
        drop(permit);
        png
    });
    let png = work.await.map_err(|error| internal(&error))?;
    let png =
        png.map_err(|_| Problem::new(Kind::Content).detail("no picture that can be shown"))?;
    let headers = [
        (header::CONTENT_TYPE, "image/png"),
        (header::CACHE_CONTROL, "no-store"),
    ];
    Ok((headers, png).into_response())
}

/// Everything that happened to an application.
#[utoipa::path(get, path = "/v1/applications/{id}/history", tag = "applications", params(("id" = Uuid, Path)),
    responses((status = 200, body = Page<HistoryItem>)))]
async fn history(
    State(api): State<Shared>,
    Path(id): Path<Uuid>,
) -> Result<Json<Page<HistoryItem>>, Problem> {
    let history = api.office.applications().history(id).await?;
    if history.events.is_empty() {
        return Err(Kind::NotFound.into());
    }
    let items = HistoryItem::of_all(&history);
    Ok(Json(Page { items, next: None }))
}

/// What a review of duplicates has found.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", tag = "finding")]
enum Review {
    /// Nobody of them is the applicant.
    NewPerson,
    /// The applicant is this person.
    KnownPerson {
        /// The person.
        person: Uuid,
    },
}

/// Says whether the applicant is one of those who resemble.
#[utoipa::path(post, path = "/v1/applications/{id}/duplicate-review", tag = "applications",
    params(("id" = Uuid, Path)), request_body = Review, responses((status = 200, body = SummaryView)))]
async fn review(
    State(api): State<Shared>,
    meant: Meant,
    Json(review): Json<Review>,
) -> Result<(ETag, Json<SummaryView>), Problem> {
    let finding = match review {
        Review::NewPerson => DuplicateFinding::NewPerson,
        Review::KnownPerson { person } => DuplicateFinding::KnownPerson(person),
    };
    let by = meant.caller.officer.clone();
    decide(&api, meant, Command::ReviewDuplicates { finding, by }).await
}

/// Grants an application.
#[utoipa::path(post, path = "/v1/applications/{id}/approval", tag = "applications",
    params(("id" = Uuid, Path)), responses((status = 200, body = SummaryView)))]
async fn approve(
    State(api): State<Shared>,
    meant: Meant,
) -> Result<(ETag, Json<SummaryView>), Problem> {
    let by = meant.caller.officer.clone();
    decide(&api, meant, Command::Approve { by }).await
}

/// Why an application is not granted.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct Refused {
    /// The word of the reason: `/v1/words` lists them.
    #[schema(schema_with = described::refusal_reason)]
    reason: String,
}

/// Does not grant an application.
#[utoipa::path(post, path = "/v1/applications/{id}/refusal", tag = "applications",
    params(("id" = Uuid, Path)), request_body = Refused, responses((status = 200, body = SummaryView)))]
async fn refuse(
    State(api): State<Shared>,
    meant: Meant,
    Json(refused): Json<Refused>,
) -> Result<(ETag, Json<SummaryView>), Problem> {
    let command = Command::Refuse {
        reason: reason(&refused.reason, RefusalReason::from_word)?,
        rules: Vec::new(),
        by: Some(meant.caller.officer.clone()),
    };
    decide(&api, meant, command).await
}

/// Takes an application back at the word of the applicant.
#[utoipa::path(post, path = "/v1/applications/{id}/withdrawal", tag = "applications",
    params(("id" = Uuid, Path)), responses((status = 200, body = SummaryView)))]
async fn withdraw(
    State(api): State<Shared>,
    meant: Meant,
) -> Result<(ETag, Json<SummaryView>), Problem> {
    let by = meant.caller.officer.clone();
    decide(&api, meant, Command::Withdraw { by }).await
}

/// What is wrong with a card that was made.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct Complaint {
    /// The job of the card.
    job: Uuid,
    /// The word of the reason.
    #[schema(schema_with = described::make_failure)]
    reason: String,
}

/// Says that the card is not as it should be: it is made again, before the others.
#[utoipa::path(post, path = "/v1/applications/{id}/complaint", tag = "applications",
    params(("id" = Uuid, Path)), request_body = Complaint, responses((status = 200, body = SummaryView)))]
async fn complain(
    State(api): State<Shared>,
    meant: Meant,
    Json(complaint): Json<Complaint>,
) -> Result<(ETag, Json<SummaryView>), Problem> {
    let command = Command::Complain {
        job: complaint.job,
        reason: reason(&complaint.reason, MakeFailure::from_word)?,
        by: meant.caller.officer.clone(),
    };
    decide(&api, meant, command).await
}

fn reason<T>(word: &str, of_word: impl Fn(&str) -> Option<T>) -> Result<T, Problem> {
    of_word(word).ok_or_else(|| Problem::field("reason"))
}

async fn decide(
    api: &Shared,
    Meant { caller, id, seen }: Meant,
    command: Command,
) -> Result<(ETag, Json<SummaryView>), Problem> {
    let expected = match seen {
        Some(seen) => seen.expects(api.office.applications().history(id).await?.version())?,
        None => None,
    };
    let hand = caller.hand();
    let now = api.now();
    api.office
        .application(id, &command, expected, &hand, now)
        .await
        .map_err(|error| too_late(error, expected))?;
    let version = api.office.applications().history(id).await?.version();
    let summary = summary(api, id).await?;
    Ok((ETag(version), Json(SummaryView::of(&summary))))
}
