//! Batches: taken, read, reported, judged, given up.

use access::Permission;
use axum::body::{Body, Bytes};
use axum::extract::State;
use axum::http::header;
use axum::response::{IntoResponse, Response};
use register::store::Cursor;
use serde::{Deserialize, Serialize};
use time::OffsetDateTime;
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::routes;
use uuid::Uuid;

use super::batch_report::{
    Outcomes, QualityReport, Reports, WritingReport, of_one_report, outcomes,
};
use super::chips::{site, site_of};
use super::shifts::instant;
use crate::api::Shared;
use crate::api::caller::{Caller, CallerKind};
use crate::api::described;
use crate::api::etag::{ETag, IfMatch, too_late};
use crate::api::extract::{Json, Path, Query};
use crate::api::idempotency::KeyedId;
use crate::api::page::{self, Page, PageRequest};
use crate::api::parts::PartsBody;
use crate::api::problem::{Kind, Problem};
use crate::api::route::Route;
use crate::personalisation::batch::{
    Batch, BatchState, Claimed, MAX_JOBS, Order, Progress, Reading, SUBJECT,
};
use crate::personalisation::{Chip, RejectReason, Site};

/// Octets of a report of 500 cards.
const MAX_REPORT: usize = 256 * 1024;

/// The routes.
pub fn routes() -> Vec<Route> {
    vec![
        Route::right(Permission::BatchClaim, routes!(claim)).creates(),
        Route::right(Permission::BatchRead, routes!(list)),
        Route::right(Permission::BatchClaim, routes!(own)),
        Route::right(Permission::BatchRead, routes!(show)),
        Route::right(Permission::BatchClaim, routes!(jobs)),
        Route::right(Permission::BatchClaim, routes!(job)),
        Route::right(Permission::QualityRecord, routes!(reading)),
        Route::right(Permission::ResultSubmit, routes!(report))
            .body(MAX_REPORT)
            .versioned(),
        Route::right(Permission::QualityRecord, routes!(judge))
            .body(MAX_REPORT)
            .versioned(),
        Route::right(Permission::BatchRelease, routes!(release)).versioned(),
    ]
}

/// What somebody wants to write.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct Wish {
    /// Where.
    #[schema(example = "test-site", pattern = "^[a-z0-9-]{1,40}$")]
    site: String,
    /// The issuer profile.
    #[schema(schema_with = described::profile)]
    profile: String,
    /// At most so many jobs.
    #[schema(minimum = 1, maximum = 500)]
    count: u32,
}

/// A card of a batch.
#[derive(Serialize, ToSchema)]
struct CardView {
    /// The job.
    job: Uuid,
    /// Serial number of its chip, hexadecimal.
    chip: String,
    /// `reserved` (to be written), `written`, `used` (passed), `rejected`, `missing` or `destroyed`.
    #[schema(example = "reserved")]
    state: &'static str,
    /// Why there is no card.
    reason: Option<&'static str>,
}

impl CardView {
    fn of(job: Uuid, chip: &Chip) -> Self {
        Self {
            job,
            chip: chip.serial().to_owned(),
            state: chip.state.word(),
            reason: chip.reason().map(RejectReason::word),
        }
    }
}

/// How far the cards are.
#[derive(Serialize, ToSchema)]
struct ProgressView {
    /// To be written.
    waiting: usize,
    /// Written, and not yet passed or rejected.
    written: usize,
    /// Passed.
    passed: usize,
    /// Rejected, missing or destroyed.
    rejected: usize,
}

/// A batch.
#[derive(Serialize, ToSchema)]
struct BatchView {
    /// Its name.
    id: Uuid,
    /// Where.
    site: String,
    /// The issuer profile.
    profile: String,
    /// `open`, `written`, `closed` or `released`.
    #[schema(example = "open")]
    state: &'static str,
    /// Who has it.
    by: String,
    /// Since when.
    #[serde(serialize_with = "crate::times::serialize")]
    #[schema(value_type = String, format = DateTime)]
    claimed_at: OffsetDateTime,
    /// When something was last reported.
    #[serde(serialize_with = "crate::times::serialize")]
    #[schema(value_type = String, format = DateTime)]
    reported_at: OffsetDateTime,
    /// Whether nobody has reported anything for twelve hours.
    stalled: bool,
    /// How many jobs were taken.
    jobs: usize,
    /// Who gave it up, if somebody has.
    released_by: Option<String>,
    /// Its version, as in ETag.
    version: u32,
}

impl BatchView {
    fn of(batch: &Batch, now: OffsetDateTime) -> Self {
        Self {
            id: batch.id,
            site: batch.site.to_string(),
            profile: batch.profile().to_owned(),
            state: batch.state.word(),
            by: batch.by().name.clone(),
            claimed_at: instant(batch.claimed_at),
            reported_at: instant(batch.reported_at()),
            stalled: batch.is_stalled(now),
            jobs: batch.jobs().len(),
            released_by: batch.released_by().map(|person| person.name.clone()),
            version: batch.version,
        }
    }
}

/// A batch with its cards.
#[derive(Serialize, ToSchema)]
struct WholeBatch {
    /// The batch.
    batch: BatchView,
    /// How far its cards are.
    progress: ProgressView,
    /// The cards that are in it, most urgent first. Those that were given up are in it no longer.
    cards: Vec<CardView>,
}

type Whole = Result<(ETag, Json<WholeBatch>), Problem>;

async fn whole(api: &Shared, batch: &Batch) -> Whole {
    let chips = api.office.chips_of_batch(batch.id).await?;
    let Progress {
        waiting,
        written,
        passed,
        rejected,
    } = Progress::of(chips.values());
    let cards = batch
        .jobs()
        .iter()
        .filter_map(|job| Some(CardView::of(job.job, chips.get(&job.job)?)));
    let view = WholeBatch {
        batch: BatchView::of(batch, api.now()),
        progress: ProgressView {
            waiting,
            written,
            passed,
            rejected,
        },
        cards: cards.collect(),
    };
    Ok((ETag(batch.version), Json(view)))
}

/// Takes a batch: the most urgent jobs that wait at the site, remakes first. The same key again gives the same batch.
#[utoipa::path(post, path = "/v1/batches", tag = "batches", request_body = Wish,
    responses((status = 200, body = WholeBatch)))]
async fn claim(
    State(api): State<Shared>,
    caller: Caller,
    KeyedId(id): KeyedId,
    Json(wish): Json<Wish>,
) -> Whole {
    if !(1..=MAX_JOBS).contains(&wish.count) {
        return Err(Problem::field("count"));
    }
    if enrolment::profiles::by_id(&wish.profile).is_none() {
        return Err(Problem::field("profile"));
    }
    let place = site_of("site", &wish.site)?;
    at_site(&api, &caller, Permission::BatchClaim, id, &place).await?;
    let order = Order {
        site: &place,
        profile: &wish.profile,
        count: wish.count,
    };
    let claimed = api
        .office
        .claim_batch(id, order, &caller.hand(), api.now())
        .await?;
    let (Claimed::New(batch) | Claimed::Before(batch)) = claimed;
    whole(&api, &batch).await
}

/// A machine has to do with the batches of its own site.
async fn at_site(
    api: &Shared,
    caller: &Caller,
    permission: Permission,
    id: Uuid,
    site: &Site,
) -> Result<(), Problem> {
    if caller.works_at(site) {
        return Ok(());
    }
    let subject = (SUBJECT, id);
    api.office
        .refuse(&caller.hand(), permission, subject, "other-site", api.now())
        .await?;
    Err(Kind::NotPermitted.into())
}

/// A batch, for whoever may have to do with it.
async fn batch_of(
    api: &Shared,
    caller: &Caller,
    permission: Permission,
    id: Uuid,
) -> Result<Batch, Problem> {
    let batch = api.office.batch(id).await?;
    at_site(api, caller, permission, id, &batch.site).await?;
    Ok(batch)
}

/// Which batches are asked for.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
struct Wanted {
    /// Only of this site.
    #[param(pattern = "^[a-z0-9-]{1,40}$")]
    site: Option<String>,
    /// Only in this state.
    #[param(schema_with = described::batch_state)]
    state: Option<String>,
    /// At most so many, 1 to 500; 50 where nothing is said.
    #[param(minimum = 1, maximum = 500)]
    limit: Option<u32>,
    /// `next` of the part before.
    #[param(pattern = "^[A-Za-z0-9_-]{32}$")]
    after: Option<String>,
}

/// Batches in the order in which they were taken. A batch of which nobody has reported anything for long is `stalled`.
#[utoipa::path(get, path = "/v1/batches", tag = "batches", params(Wanted), responses((status = 200, body = Page<BatchView>)))]
async fn list(
    State(api): State<Shared>,
    caller: Caller,
    Query(wanted): Query<Wanted>,
) -> Result<Json<Page<BatchView>>, Problem> {
    let part = PageRequest::of(wanted.limit, wanted.after.as_deref())?;
    let place = match (&caller.kind, wanted.site.as_deref()) {
        (CallerKind::Device { site: own, .. }, None) => {
            Some(own.clone().ok_or(Kind::NotPermitted)?)
        }
        (_, wanted) => wanted.map(site).transpose()?,
    };
    if place.as_ref().is_some_and(|place| !caller.works_at(place)) {
        return Err(Kind::NotPermitted.into());
    }
    let state = wanted.state.as_deref().map(|word| {
        BatchState::from_word(word).ok_or_else(|| Problem::new(Kind::Malformed).detail("state"))
    });
    let batches = api
        .office
        .batches(place.as_ref(), state.transpose()?, part.after, part.limit)
        .await?;
    let is_full = u32::try_from(batches.len()).is_ok_and(|count| count >= part.limit);
    let last = batches.last().filter(|_| is_full);
    let next = last.map(|last| {
        page::text(Cursor {
            order: last.claimed_at,
            id: last.id,
        })
    });
    let now = api.now();
    Ok(Json(Page {
        items: batches
            .iter()
            .map(|batch| BatchView::of(batch, now))
            .collect(),
        next,
    }))
}

/// The caller's own open batches: what a station finds again after a crash.
#[utoipa::path(get, path = "/v1/batches/own", tag = "batches", responses((status = 200, body = Page<BatchView>)))]
async fn own(State(api): State<Shared>, caller: Caller) -> Result<Json<Page<BatchView>>, Problem> {
    let batches = api.office.own_batches(caller.id()).await?;
    let now = api.now();
    Ok(Json(Page {
        items: batches
            .iter()
            .map(|batch| BatchView::of(batch, now))
            .collect(),
        next: None,
    }))
}

/// One batch with its cards.
#[utoipa::path(get, path = "/v1/batches/{id}", tag = "batches", params(("id" = Uuid, Path)), responses((status = 200, body = WholeBatch)))]
async fn show(State(api): State<Shared>, caller: Caller, Path(id): Path<Uuid>) -> Whole {
    let batch = batch_of(&api, &caller, Permission::BatchRead, id).await?;
    whole(&api, &batch).await
}

/// The job files of a batch that are still to be written, for whoever has taken it: an array of job files, sent one after the other. They hold
/// personal data; that they were fetched is audited.
#[utoipa::path(get, path = "/v1/batches/{id}/jobs", tag = "batches", params(("id" = Uuid, Path)),
    responses((status = 200, content_type = "application/json", body = Vec<Object>)))]
async fn jobs(
    State(api): State<Shared>,
    caller: Caller,
    Path(id): Path<Uuid>,
) -> Result<Response, Problem> {
    batch_of(&api, &caller, Permission::BatchClaim, id).await?;
    let jobs = api
        .office
        .fetch_jobs(id, None, &caller.hand(), api.now())
        .await?;
    // One file at a time is in memory; a file that cannot be opened ends the answer in the middle of the array, which no reader takes for whole.
    Ok((
        [
            (header::CONTENT_TYPE, "application/json"),
            (header::CACHE_CONTROL, "no-store"),
        ],
        array_of_files(api, jobs),
    )
        .into_response())
}

/// Sends the files one after the other: the next one is opened when the last one has gone.
fn array_of_files(api: Shared, jobs: Vec<Uuid>) -> Body {
    let (parts, body) = PartsBody::channel();
    tokio::spawn(async move {
        for (place, job) in jobs.iter().enumerate() {
            let before: &[u8] = if place == 0 { b"[" } else { b"," };
            let part = api
                .office
                .job_file(*job)
                .await
                .map(|file| Bytes::from([before, file.expose()].concat()));
            let is_last = part.is_err();
            // Nobody reads any more, or nothing more can be sent.
            if parts.send(part).await.is_err() || is_last {
                return;
            }
        }
        let end: &[u8] = if jobs.is_empty() { b"[]" } else { b"]" };
        let _ = parts.send(Ok(Bytes::from_static(end))).await;
    });
    Body::new(body)
}

/// One job file of a batch, for whoever has taken it.
#[utoipa::path(get, path = "/v1/batches/{id}/jobs/{job}", tag = "batches", params(("id" = Uuid, Path), ("job" = Uuid, Path)),
    responses((status = 200, content_type = "application/json", body = Object)))]
async fn job(
    State(api): State<Shared>,
    caller: Caller,
    Path((id, job)): Path<(Uuid, Uuid)>,
) -> Result<Response, Problem> {
    batch_of(&api, &caller, Permission::BatchClaim, id).await?;
    let jobs = api
        .office
        .fetch_jobs(id, Some(job), &caller.hand(), api.now())
        .await?;
    let job = jobs.first().ok_or(Kind::NotFound)?;
    let file = api.office.job_file(*job).await?;
    let fields = [
        (header::CONTENT_TYPE, "application/json"),
        (header::CACHE_CONTROL, "no-store"),
    ];
    Ok((fields, file.expose().to_vec()).into_response())
}

/// What quality control needs to read a written card: its passwords and the hashes of its files, and nothing of its holder. That it was asked
/// for is audited; whoever took the batch to write it is refused.
#[utoipa::path(get, path = "/v1/batches/{id}/jobs/{job}/reading", tag = "batches",
    params(("id" = Uuid, Path), ("job" = Uuid, Path)), responses((status = 200, body = Reading)))]
async fn reading(
    State(api): State<Shared>,
    caller: Caller,
    Path((id, job)): Path<(Uuid, Uuid)>,
) -> Result<Response, Problem> {
    let reading = api
        .office
        .reading(id, job, &caller.hand(), api.now())
        .await?;
    Ok(([(header::CACHE_CONTROL, "no-store")], Json(reading)).into_response())
}

/// Reports what came of cards of one's own batch. Each is recorded or refused by itself; the same report again changes nothing. An `If-Match`
/// is looked at once, before the first card.
#[utoipa::path(post, path = "/v1/batches/{id}/results", tag = "batches", params(("id" = Uuid, Path)),
    request_body = Reports<WritingReport>, responses((status = 200, body = Outcomes)))]
async fn report(
    State(api): State<Shared>,
    caller: Caller,
    Path(id): Path<Uuid>,
    seen: Option<IfMatch>,
    Json(reports): Json<Reports<WritingReport>>,
) -> Result<Json<Outcomes>, Problem> {
    let batch = batch_of(&api, &caller, Permission::ResultSubmit, id).await?;
    seen.map_or(Ok(()), |seen| seen.check(batch.version))?;
    let reports = of_one_report(reports.results)?;
    let results = reports
        .iter()
        .enumerate()
        .map(|(at, report)| report.read(at))
        .collect::<Result<Vec<_>, _>>()?;
    let done = api
        .office
        .report_batch(id, &results, &caller.hand(), api.now())
        .await?;
    Ok(outcomes(&results, &done))
}

/// Records what quality control says of written cards. Whoever took the batch or wrote the card is refused. An `If-Match` is looked at once,
/// before the first card.
#[utoipa::path(post, path = "/v1/batches/{id}/quality", tag = "batches", params(("id" = Uuid, Path)),
    request_body = Reports<QualityReport>, responses((status = 200, body = Outcomes)))]
async fn judge(
    State(api): State<Shared>,
    caller: Caller,
    Path(id): Path<Uuid>,
    seen: Option<IfMatch>,
    Json(reports): Json<Reports<QualityReport>>,
) -> Result<Json<Outcomes>, Problem> {
    if let Some(seen) = seen {
        seen.check(api.office.batch(id).await?.version)?;
    }
    let reports = of_one_report(reports.results)?;
    let results = reports
        .iter()
        .enumerate()
        .map(|(at, report)| report.read(at))
        .collect::<Result<Vec<_>, _>>()?;
    let done = api
        .office
        .judge_batch(id, &results, &caller.hand(), api.now())
        .await?;
    Ok(outcomes(&results, &done))
}

/// Gives a batch up that nobody works on: what is not written waits for somebody else.
#[utoipa::path(post, path = "/v1/batches/{id}/release", tag = "batches", params(("id" = Uuid, Path)),
    responses((status = 200, body = WholeBatch)))]
async fn release(
    State(api): State<Shared>,
    caller: Caller,
    Path(id): Path<Uuid>,
    seen: Option<IfMatch>,
) -> Whole {
    let expected = match seen {
        Some(seen) => seen.expects(api.office.batch(id).await?.version)?,
        None => None,
    };
    let batch = api
        .office
        .release_batch_seen(id, expected, &caller.hand(), api.now())
        .await
        .map_err(|error| too_late(error, expected))?;
    whole(&api, &batch).await
}
