//! Shifts: opened and closed by counting.

use access::Permission;
use axum::extract::State;
use axum::http::header;
use axum::response::{IntoResponse as _, Response};
use serde::{Deserialize, Serialize};
use time::OffsetDateTime;
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::routes;
use uuid::Uuid;

use super::chips::{site, site_of};
use crate::Error;
use crate::api::Shared;
use crate::api::caller::Caller;
use crate::api::etag::ETag;
use crate::api::extract::{Json, Path, Query};
use crate::api::page::{self, Page, PageRequest};
use crate::api::problem::Problem;
use crate::api::route::Route;
use crate::personalisation::Refusal;
use crate::personalisation::report::StockReport;
use crate::personalisation::shift::{Account, Count, Shift};
use crate::personalisation::stock::numbers;
use register::store::Cursor;

/// The routes.
pub fn routes() -> Vec<Route> {
    vec![
        Route::right(Permission::StockCount, routes!(open)).creates(),
        Route::right(Permission::StockRead, routes!(list)),
        Route::right(Permission::StockRead, routes!(show)),
        Route::right(Permission::StockRead, routes!(report)),
        Route::right(Permission::StockCount, routes!(count)),
    ]
}

/// What was counted at the beginning of a shift.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct Opening {
    /// Where.
    #[schema(example = "test-site", pattern = "^[a-z0-9-]{1,40}$")]
    site: String,
    /// Cards that are no good card yet: blank, with a job, or written and not yet passed.
    #[schema(minimum = 0)]
    remaining: i64,
    /// Rejects in the safe.
    #[schema(minimum = 0)]
    rejects: i64,
}

/// What was counted at its end.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct Counted {
    /// Cards that are no good card yet.
    #[schema(minimum = 0)]
    remaining: i64,
    /// Rejects in the safe.
    #[schema(minimum = 0)]
    rejects: i64,
}

/// A shift in numbers: `opened_with + received = good + rejects + destroyed + missing + remaining`.
#[derive(Serialize, ToSchema)]
#[schema(as = ShiftAccount)]
struct AccountView {
    /// Cards that were there at the beginning, rejects included.
    opened_with: i64,
    /// Came in.
    received: i64,
    /// Became good cards, less those that came back after their end.
    good: i64,
    /// Are in the safe at the end.
    rejects: i64,
    /// Were destroyed.
    destroyed: i64,
    /// Are not where they should be.
    missing: i64,
    /// Are no card yet at the end.
    remaining: i64,
    /// Whether both sides are equal. As long as the shift is not closed that is what the books say, and provisional.
    adds_up: bool,
}

impl From<Account> for AccountView {
    fn from(account: Account) -> Self {
        let Account {
            opened_with,
            received,
            good,
            rejects,
            destroyed,
            missing,
            remaining,
            adds_up,
        } = account;
        Self {
            opened_with,
            received,
            good,
            rejects,
            destroyed,
            missing,
            remaining,
            adds_up,
        }
    }
}

/// A shift.
#[derive(Serialize, ToSchema)]
struct ShiftView {
    /// Its name.
    id: Uuid,
    /// Where.
    site: String,
    /// Its number at its site, from 1.
    number: u32,
    /// `open`, `counted` or `closed`.
    #[schema(example = "open")]
    state: &'static str,
    /// When it was opened.
    #[serde(serialize_with = "crate::times::serialize")]
    #[schema(value_type = String, format = DateTime)]
    opened_at: OffsetDateTime,
    /// By whom.
    opened_by: String,
    /// Who has counted first at its end.
    counted_by: Option<String>,
    /// Who has counted second.
    closed_by: Option<String>,
    /// When it was closed.
    #[serde(serialize_with = "crate::times::option::serialize")]
    #[schema(value_type = Option<String>, format = DateTime)]
    closed_at: Option<OffsetDateTime>,
    /// In numbers: at its end, or until now.
    account: AccountView,
    /// Its version, as in ETag.
    version: u32,
}

/// Milliseconds since 1970 as a time.
pub(super) fn instant(milliseconds: i64) -> OffsetDateTime {
    let nanoseconds = i128::from(milliseconds) * 1_000_000;
    OffsetDateTime::from_unix_timestamp_nanos(nanoseconds).unwrap_or(OffsetDateTime::UNIX_EPOCH)
}

async fn view(api: &Shared, shift: &Shift) -> Result<ShiftView, Problem> {
    let now = numbers(&api.store, &shift.site).await?;
    let closed = shift.closed();
    Ok(ShiftView {
        id: shift.id,
        site: shift.site.to_string(),
        number: shift.number(),
        state: shift.state.word(),
        opened_at: instant(shift.opened_at),
        opened_by: shift.opened_by().name.clone(),
        counted_by: shift.counted_by().map(|person| person.name.clone()),
        closed_by: closed.map(|(person, _)| person.name.clone()),
        closed_at: closed.map(|(_, at)| instant(at)),
        account: shift.account(&now).into(),
        version: shift.version,
    })
}

type Answer = Result<(ETag, Json<ShiftView>), Problem>;

async fn answer(api: &Shared, shift: &Shift) -> Answer {
    Ok((ETag(shift.version), Json(view(api, shift).await?)))
}

/// Opens a shift, when what was counted is what the books say.
#[utoipa::path(post, path = "/v1/shifts", tag = "stock", request_body = Opening,
    responses((status = 200, body = ShiftView)))]
async fn open(State(api): State<Shared>, caller: Caller, Json(asked): Json<Opening>) -> Answer {
    let count = Count {
        remaining: asked.remaining,
        rejects: asked.rejects,
    };
    let shift = api
        .office
        .open_shift(
            &site_of("site", &asked.site)?,
            count,
            &caller.hand(),
            api.now(),
        )
        .await
        .map_err(|error| match error {
            Error::Personalisation(Refusal::UnknownSite) => Problem::field("site"),
            error => error.into(),
        })?;
    answer(&api, &shift).await
}

/// A shift on paper: biên bản kiểm kho, a page for A4 in both languages, to be printed and signed.
#[utoipa::path(get, path = "/v1/shifts/{id}/report", tag = "stock", params(("id" = Uuid, Path)),
    responses((status = 200, content_type = "text/html", body = String)))]
async fn report(State(api): State<Shared>, Path(id): Path<Uuid>) -> Result<Response, Problem> {
    let shift = api.office.shift(id).await?;
    let now = numbers(&api.store, &shift.site).await?;
    let report = StockReport {
        site: &shift.site,
        at: api.now(),
        numbers: &now,
        shift: Some(&shift),
    };
    let fields = [
        (header::CONTENT_TYPE, "text/html; charset=utf-8".to_owned()),
        (header::CONTENT_SECURITY_POLICY, StockReport::policy()),
        (header::CACHE_CONTROL, "no-store".to_owned()),
    ];
    Ok((fields, report.html()).into_response())
}

/// Whose shifts are asked for.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
struct Wanted {
    /// Of this site.
    #[param(pattern = "^[a-z0-9-]{1,40}$")]
    site: String,
    /// At most so many, 1 to 500; 50 where nothing is said.
    #[param(minimum = 1, maximum = 500)]
    limit: Option<u32>,
    /// `next` of the part before.
    #[param(pattern = "^[A-Za-z0-9_-]{32}$")]
    after: Option<String>,
}

/// Shifts of a site, the last ones first.
#[utoipa::path(get, path = "/v1/shifts", tag = "stock", params(Wanted), responses((status = 200, body = Page<ShiftView>)))]
async fn list(
    State(api): State<Shared>,
    Query(wanted): Query<Wanted>,
) -> Result<Json<Page<ShiftView>>, Problem> {
    let part = PageRequest::of(wanted.limit, wanted.after.as_deref())?;
    let shifts = api
        .office
        .shifts(&site(&wanted.site)?, part.after, part.limit)
        .await?;
    let mut items = Vec::new();
    for shift in &shifts {
        items.push(view(&api, shift).await?);
    }
    let is_full = u32::try_from(items.len()).is_ok_and(|count| count >= part.limit);
    let last = shifts.last().filter(|_| is_full);
    let next = last.map(|last| {
        page::text(Cursor {
            order: last.opened_at,
            id: last.id,
        })
    });
    Ok(Json(Page { items, next }))
}

/// One shift.
#[utoipa::path(get, path = "/v1/shifts/{id}", tag = "stock", params(("id" = Uuid, Path)), responses((status = 200, body = ShiftView)))]
async fn show(State(api): State<Shared>, Path(id): Path<Uuid>) -> Answer {
    answer(&api, &api.office.shift(id).await?).await
}

/// Counts at the end of a shift. The first count waits for a second person, whose count closes it; a count that differs from the books leaves
/// it open.
#[utoipa::path(post, path = "/v1/shifts/{id}/count", tag = "stock", params(("id" = Uuid, Path)), request_body = Counted,
    responses((status = 200, body = ShiftView)))]
async fn count(
    State(api): State<Shared>,
    caller: Caller,
    Path(id): Path<Uuid>,
    Json(asked): Json<Counted>,
) -> Answer {
    let count = Count {
        remaining: asked.remaining,
        rejects: asked.rejects,
    };
    let shift = api
        .office
        .count_shift(id, count, &caller.hand(), api.now())
        .await?;
    answer(&api, &shift).await
}
