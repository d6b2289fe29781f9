//! Documents: found, looked at, handed over, and what becomes of them.

use access::Permission;
use axum::extract::State;
use register::document::{Document, ReadOut, Recipient, StageKind, SuspendReason, VoidReason};
use register::{DocumentSummary, Key, Page as DocumentPage};
use serde::{Deserialize, Serialize};
use time::OffsetDateTime;
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::routes;
use uuid::Uuid;

use super::document_view::{DocumentView, EventView};
use crate::api::Shared;
use crate::api::described;
use crate::api::etag::{ETag, too_late};
use crate::api::extract::{Json, Path, Query};
use crate::api::meant::Meant;
use crate::api::page::{self, Page, PageRequest};
use crate::api::problem::{Kind, Problem};
use crate::api::route::Route;
use crate::personalisation::life::{Act, TwoPersonEnd};

/// The routes.
pub fn routes() -> Vec<Route> {
    vec![
        Route::right(Permission::HistoryRead, routes!(list)),
        Route::right(Permission::HistoryRead, routes!(show)),
        Route::right(Permission::HistoryRead, routes!(history)),
        Route::right(Permission::HandOver, routes!(hand_over)).versioned(),
        Route::right(Permission::DocumentLost, routes!(lost)).versioned(),
        Route::right(Permission::DocumentLost, routes!(suspend)).versioned(),
        Route::right(Permission::DocumentLost, routes!(reinstate)).versioned(),
        Route::right(Permission::DocumentDamaged, routes!(damaged)).versioned(),
        Route::right(Permission::DocumentCorrect, routes!(corrected)).versioned(),
        Route::right(Permission::DocumentShip, routes!(not_collected)).versioned(),
        Route::right(Permission::DocumentRevoke, routes!(revoke)).versioned(),
        Route::right(Permission::DocumentRevoke, routes!(confirm_revocation)).versioned(),
        Route::right(Permission::DocumentRevoke, routes!(holder_died)).versioned(),
        Route::right(Permission::DocumentRevoke, routes!(confirm_death)).versioned(),
        Route::right(Permission::QualityRecord, routes!(void)).versioned(),
        Route::right(Permission::QualityRecord, routes!(confirm_voiding)).versioned(),
    ]
}

/// Octets of the serial number of a chip at most.
const MAX_SERIAL: usize = 64;
/// Characters of an issuing state at most.
const MAX_STATE: usize = 3;
/// Characters of the number of a document at most.
const MAX_NUMBER: usize = 32;

/// Which documents are asked for. By number or chip at most one is found.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
struct Wanted {
    /// Only of this stage.
    #[param(schema_with = described::document_stage)]
    stage: Option<String>,
    /// Serial number of the chip, hexadecimal.
    #[param(pattern = "^([0-9a-fA-F]{2}){1,64}$")]
    chip: Option<String>,
    /// Issuing state, with `number`.
    #[param(example = "UTO", max_length = 3)]
    state: Option<String>,
    /// Document number, with `state`. Of documents that share it, the last one.
    #[param(max_length = 32)]
    number: Option<String>,
    /// At most so many, 1 to 500; 50 where nothing is said.
    #[param(minimum = 1, maximum = 500)]
    limit: Option<u32>,
    /// `next` of the part before.
    #[param(pattern = "^[A-Za-z0-9_-]{32}$")]
    after: Option<String>,
}

impl Wanted {
    fn key(&self) -> Result<Option<Key>, Problem> {
        match (&self.chip, &self.state, &self.number) {
            (None, None, None) => Ok(None),
            (Some(chip), None, None) => {
                let serial = hex::decode(chip).ok();
                let serial = serial.filter(|serial| (1..=MAX_SERIAL).contains(&serial.len()));
                let malformed = || Problem::new(Kind::Malformed).detail("chip");
                Ok(Some(Key::Chip(serial.ok_or_else(malformed)?)))
            }
            (None, Some(state), Some(number)) => {
                let malformed = |name| Problem::new(Kind::Malformed).detail(name);
                if state.chars().count() > MAX_STATE {
                    return Err(malformed("state"));
                }
                if number.chars().count() > MAX_NUMBER {
                    return Err(malformed("number"));
                }
                let (issuing_state, number) = (state.clone(), number.clone());
                Ok(Some(Key::DocumentNumber {
                    issuing_state,
                    number,
                }))
            }
            _ => Err(Problem::new(Kind::Malformed).detail("either chip, or state and number")),
        }
    }
}

/// A line of the list.
#[derive(Serialize, ToSchema)]
struct LineView {
    /// The job.
    job: Uuid,
    /// The issuer profile.
    #[schema(example = "uto-passport")]
    profile: String,
    /// How far it is.
    #[schema(example = "shipped")]
    stage: &'static str,
    /// The application that it is made for.
    application: Option<Uuid>,
    /// When it was entered.
    #[serde(serialize_with = "crate::times::serialize")]
    #[schema(value_type = String, format = DateTime)]
    entered_at: OffsetDateTime,
    /// When something last happened to it.
    #[serde(serialize_with = "crate::times::serialize")]
    #[schema(value_type = String, format = DateTime)]
    changed_at: OffsetDateTime,
}

impl LineView {
    fn of(line: &DocumentSummary) -> Self {
        Self {
            job: line.job,
            profile: line.profile.clone(),
            stage: line.stage.word(),
            application: line.application,
            entered_at: line.entered_at,
            changed_at: line.changed_at,
        }
    }
}

/// Documents in the order of their entry, or the one of a number or a chip.
#[utoipa::path(get, path = "/v1/documents", tag = "documents", params(Wanted), responses((status = 200, body = Page<LineView>)))]
async fn list(
    State(api): State<Shared>,
    Query(wanted): Query<Wanted>,
) -> Result<Json<Page<LineView>>, Problem> {
    let documents = api.office.documents();
    let part = PageRequest::of(wanted.limit, wanted.after.as_deref())?;
    let stage = wanted.stage.as_deref().map(|word| {
        StageKind::from_word(word).ok_or_else(|| Problem::new(Kind::Malformed).detail("stage"))
    });
    let stage = stage.transpose()?;
    if let Some(key) = wanted.key()? {
        let found = match documents.find(&key).await? {
            Some(job) => documents.summary(job).await?,
            None => None,
        };
        return Ok(Json(Page {
            items: found.iter().map(LineView::of).collect(),
            next: None,
        }));
    }
    let page = DocumentPage {
        stage,
        after: part.after,
        limit: part.limit,
    };
    let found = documents.list(&page).await?;
    let is_full = u32::try_from(found.len()).is_ok_and(|count| count >= part.limit);
    let last = found.last().filter(|_| is_full);
    let next = last.map(|last| page::text(last.cursor()));
    Ok(Json(Page {
        items: found.iter().map(LineView::of).collect(),
        next,
    }))
}

type Answer = Result<(ETag, Json<DocumentView>), Problem>;

async fn answer(api: &Shared, job: Uuid) -> Answer {
    let history = api.office.documents().history(job).await?;
    let document = history.document().ok_or(Kind::NotFound)?;
    Ok((
        ETag(history.version()),
        Json(DocumentView::of(&document, history.version())),
    ))
}

/// A document as it stands.
#[utoipa::path(get, path = "/v1/documents/{job}", tag = "documents", params(("job" = Uuid, Path)),
    responses((status = 200, body = DocumentView)))]
async fn show(State(api): State<Shared>, Path(job): Path<Uuid>) -> Answer {
    answer(&api, job).await
}

/// Everything that happened to a document.
#[utoipa::path(get, path = "/v1/documents/{job}/history", tag = "documents", params(("job" = Uuid, Path)),
    responses((status = 200, body = Page<EventView>)))]
async fn history(
    State(api): State<Shared>,
    Path(job): Path<Uuid>,
) -> Result<Json<Page<EventView>>, Problem> {
    let history = api.office.documents().history(job).await?;
    if history.0.is_empty() {
        return Err(Kind::NotFound.into());
    }
    Ok(Json(Page {
        items: history.0.iter().map(EventView::of).collect(),
        next: None,
    }))
}

async fn act(api: &Shared, meant: Meant, act: Act) -> Answer {
    let Meant {
        caller,
        id: job,
        seen,
    } = meant;
    let expected = match seen {
        Some(seen) => {
            let history = api.office.documents().history(job).await?;
            let _: Document = history.document().ok_or(Kind::NotFound)?;
            seen.expects(history.version())?
        }
        None => None,
    };
    let _: Document = api
        .office
        .card_seen(job, act, expected, &caller.hand(), api.now())
        .await
        .map_err(|error| too_late(error, expected))?;
    answer(api, job).await
}

/// How a card is handed over.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct HandOverWish {
    /// `holder` or `representative`.
    #[schema(schema_with = described::recipient)]
    to: String,
    /// What the chip said at the counter: `passed`, or `not-read` where there is no reader.
    #[schema(schema_with = described::read_out)]
    read_out: String,
}

/// Hands a card over: its application ends, and so does the card that it replaces. Whoever approved it does not hand it over.
#[utoipa::path(post, path = "/v1/documents/{job}/hand-over", tag = "documents", params(("job" = Uuid, Path)),
    request_body = HandOverWish, responses((status = 200, body = DocumentView)))]
async fn hand_over(
    State(api): State<Shared>,
    meant: Meant,
    Json(wish): Json<HandOverWish>,
) -> Answer {
    let to = Recipient::from_word(&wish.to).ok_or_else(|| Problem::field("to"))?;
    let read_out = ReadOut::from_word(&wish.read_out).ok_or_else(|| Problem::field("read_out"))?;
    act(&api, meant, Act::HandOver { to, read_out }).await
}

/// Ends a card that is lost or stolen.
#[utoipa::path(post, path = "/v1/documents/{job}/loss", tag = "documents", params(("job" = Uuid, Path)),
    responses((status = 200, body = DocumentView)))]
async fn lost(State(api): State<Shared>, meant: Meant) -> Answer {
    act(&api, meant, Act::Lost).await
}

/// Ends a card that cannot be used any more.
#[utoipa::path(post, path = "/v1/documents/{job}/damage", tag = "documents", params(("job" = Uuid, Path)),
    responses((status = 200, body = DocumentView)))]
async fn damaged(State(api): State<Shared>, meant: Meant) -> Answer {
    act(&api, meant, Act::Damaged).await
}

/// Ends a card with data that are wrong or have changed.
#[utoipa::path(post, path = "/v1/documents/{job}/correction", tag = "documents", params(("job" = Uuid, Path)),
    responses((status = 200, body = DocumentView)))]
async fn corrected(State(api): State<Shared>, meant: Meant) -> Answer {
    act(&api, meant, Act::Corrected).await
}

/// Ends a card that nobody has collected.
#[utoipa::path(post, path = "/v1/documents/{job}/non-collection", tag = "documents", params(("job" = Uuid, Path)),
    responses((status = 200, body = DocumentView)))]
async fn not_collected(State(api): State<Shared>, meant: Meant) -> Answer {
    act(&api, meant, Act::NotCollected).await
}

/// Why a card may not be used for the moment.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct Suspension {
    /// `reported-lost` or `under-inquiry`.
    #[schema(schema_with = described::suspend_reason)]
    reason: String,
}

/// Forbids the use of a card for the moment.
#[utoipa::path(post, path = "/v1/documents/{job}/suspension", tag = "documents", params(("job" = Uuid, Path)),
    request_body = Suspension, responses((status = 200, body = DocumentView)))]
async fn suspend(State(api): State<Shared>, meant: Meant, Json(asked): Json<Suspension>) -> Answer {
    let reason = SuspendReason::from_word(&asked.reason).ok_or_else(|| Problem::field("reason"))?;
    act(&api, meant, Act::Suspend(reason)).await
}

/// Allows the use of a suspended card again.
#[utoipa::path(post, path = "/v1/documents/{job}/reinstatement", tag = "documents", params(("job" = Uuid, Path)),
    responses((status = 200, body = DocumentView)))]
async fn reinstate(State(api): State<Shared>, meant: Meant) -> Answer {
    act(&api, meant, Act::Reinstate).await
}

/// The first of two persons wants to revoke a card.
#[utoipa::path(post, path = "/v1/documents/{job}/revocation", tag = "documents", params(("job" = Uuid, Path)),
    responses((status = 200, body = DocumentView)))]
async fn revoke(State(api): State<Shared>, meant: Meant) -> Answer {
    act(&api, meant, Act::Propose(TwoPersonEnd::Revoked)).await
}

/// The second of two persons revokes it.
#[utoipa::path(post, path = "/v1/documents/{job}/revocation/confirmation", tag = "documents", params(("job" = Uuid, Path)),
    responses((status = 200, body = DocumentView)))]
async fn confirm_revocation(State(api): State<Shared>, meant: Meant) -> Answer {
    act(&api, meant, Act::Confirm(TwoPersonEnd::Revoked)).await
}

/// The first of two persons says that the holder has died.
#[utoipa::path(post, path = "/v1/documents/{job}/death", tag = "documents", params(("job" = Uuid, Path)),
    responses((status = 200, body = DocumentView)))]
async fn holder_died(State(api): State<Shared>, meant: Meant) -> Answer {
    act(&api, meant, Act::Propose(TwoPersonEnd::HolderDied)).await
}

/// The second of two persons confirms that the holder has died.
#[utoipa::path(post, path = "/v1/documents/{job}/death/confirmation", tag = "documents", params(("job" = Uuid, Path)),
    responses((status = 200, body = DocumentView)))]
async fn confirm_death(State(api): State<Shared>, meant: Meant) -> Answer {
    act(&api, meant, Act::Confirm(TwoPersonEnd::HolderDied)).await
}

/// Why there will be no card.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct Voiding {
    /// `chip-faulty`, `print-faulty`, `wrong-data`, `application-withdrawn` or `lost-in-production`.
    #[schema(schema_with = described::void_reason)]
    reason: String,
}

impl Voiding {
    fn read(&self) -> Result<VoidReason, Problem> {
        VoidReason::from_word(&self.reason).ok_or_else(|| Problem::field("reason"))
    }
}

/// The first of two persons says that there will be no card.
#[utoipa::path(post, path = "/v1/documents/{job}/voiding", tag = "documents", params(("job" = Uuid, Path)),
    request_body = Voiding, responses((status = 200, body = DocumentView)))]
async fn void(State(api): State<Shared>, meant: Meant, Json(asked): Json<Voiding>) -> Answer {
    act(&api, meant, Act::ProposeVoid(asked.read()?)).await
}

/// The second of two persons says so: the number stays used, the chip is spoiled, and the card is made again where that helps.
#[utoipa::path(post, path = "/v1/documents/{job}/voiding/confirmation", tag = "documents", params(("job" = Uuid, Path)),
    request_body = Voiding, responses((status = 200, body = DocumentView)))]
async fn confirm_voiding(
    State(api): State<Shared>,
    meant: Meant,
    Json(asked): Json<Voiding>,
) -> Answer {
    act(&api, meant, Act::ConfirmVoid(asked.read()?)).await
}
