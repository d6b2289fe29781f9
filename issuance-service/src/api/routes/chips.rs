//! Chips: they come in, are counted, set aside, destroyed; shifts that add up.

use access::Permission;
use axum::extract::State;
use register::store::{EntityKind, Query as StoreQuery, Store as _};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::routes;
use uuid::Uuid;

use crate::api::Shared;
use crate::api::caller::Caller;
use crate::api::described;
use crate::api::etag::ETag;
use crate::api::extract::{Json, Path, Query};
use crate::api::idempotency::KeyedId;
use crate::api::page::{Page, PageRequest};
use crate::api::problem::{Kind, Problem};
use crate::api::route::Route;
use crate::personalisation::receive::{MAX_CHIPS, Reception};
use crate::personalisation::shift::stock_of;
use crate::personalisation::stock::Act;
use crate::personalisation::{Chip, ChipState, RejectReason, Site, chip, lane, pool};

/// Octets of a delivery: 500 chips with the longest keys that a profile asks for.
const MAX_DELIVERY: usize = 4 * 1024 * 1024;
/// Waiting chips are counted up to here.
const MAX_COUNTED: u32 = 100_000;

/// The routes.
pub fn routes() -> Vec<Route> {
    vec![
        Route::right(Permission::StockReceive, routes!(receive))
            .creates()
            .body(MAX_DELIVERY),
        Route::right(Permission::StockRead, routes!(list)),
        Route::right(Permission::StockRead, routes!(show)),
        Route::right(Permission::StockCount, routes!(reject)),
        Route::right(Permission::StockCount, routes!(find)),
        Route::right(Permission::StockReceive, routes!(bring_back)),
        Route::right(Permission::StockDestroy, routes!(propose_destruction)),
        Route::right(Permission::StockDestroy, routes!(confirm_destruction)),
        Route::right(Permission::StockRead, routes!(stock)),
    ]
}

/// The word of a place.
pub(super) fn site(word: &str) -> Result<Site, Problem> {
    Ok(Site::new(word).map_err(crate::Error::from)?)
}

/// The word of a place in a field of the body.
pub(super) fn site_of(field: &str, word: &str) -> Result<Site, Problem> {
    Site::new(word).map_err(|_| Problem::field(field))
}

/// Prepared chips of a delivery.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct Delivery {
    /// Where they are.
    #[schema(example = "test-site", pattern = "^[a-z0-9-]{1,40}$")]
    site: String,
    /// Chip files, as `card-tool personalise --prepare` writes them.
    #[schema(value_type = Vec<serde_json::Value>, min_items = 1, max_items = 500)]
    chips: Vec<serde_json::Value>,
}

/// What became of one chip.
#[derive(Serialize, ToSchema)]
struct ReceptionView {
    /// Its place in the delivery, from 0.
    place: usize,
    /// `received`, `known` or `refused`.
    #[schema(example = "received")]
    outcome: &'static str,
    /// Why it was refused.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "key-repeated")]
    reason: Option<&'static str>,
}

/// What became of a delivery.
#[derive(Serialize, ToSchema)]
struct Receptions {
    /// One for each chip, in their order.
    items: Vec<ReceptionView>,
    /// How many are in stock now that were not before.
    received: usize,
}

/// Takes prepared chips into stock. Each is taken or refused by itself.
#[utoipa::path(post, path = "/v1/chips", tag = "stock", request_body = Delivery,
    responses((status = 200, body = Receptions)))]
async fn receive(
    State(api): State<Shared>,
    caller: Caller,
    KeyedId(id): KeyedId,
    Json(delivery): Json<Delivery>,
) -> Result<Json<Receptions>, Problem> {
    let site = site_of("site", &delivery.site)?;
    if !(1..=MAX_CHIPS).contains(&delivery.chips.len()) {
        return Err(Problem::field("chips"));
    }
    let files: Vec<Vec<u8>> = delivery
        .chips
        .iter()
        .map(|chip| chip.to_string().into_bytes())
        .collect();
    let answers = api
        .office
        .receive_chips(id, &site, &files, &caller.hand(), api.now())
        .await?;
    let items: Vec<_> = answers
        .iter()
        .enumerate()
        .map(|(place, answer)| reception(place, *answer))
        .collect();
    let received = answers
        .iter()
        .filter(|answer| **answer == Reception::Received)
        .count();
    Ok(Json(Receptions { items, received }))
}

const fn reception(place: usize, answer: Reception) -> ReceptionView {
    let reason = match answer {
        Reception::Refused(reason) => Some(reason.word()),
        _ => None,
    };
    ReceptionView {
        place,
        outcome: answer.word(),
        reason,
    }
}

/// A chip.
#[derive(Serialize, ToSchema)]
struct ChipView {
    /// Serial number, hexadecimal.
    #[schema(example = "00112233445566778899aabbccddeeff")]
    serial: String,
    /// Where it is.
    site: String,
    /// How far it is.
    #[schema(example = "in-stock")]
    state: &'static str,
    /// What it can be used for.
    #[schema(example = "ca:P-256 aa:P-256:SHA-256")]
    keys: String,
    /// The job that has it.
    job: Option<Uuid>,
    /// The batch of the job.
    batch: Option<Uuid>,
    /// Why it was set aside.
    #[schema(example = "chip-faulty")]
    reason: Option<&'static str>,
    /// Whether one person wants to destroy it.
    destruction_proposed: bool,
    /// Its version.
    version: u32,
}

impl ChipView {
    fn of(chip: &Chip) -> Self {
        Self {
            serial: chip.serial().to_owned(),
            site: chip.site.to_string(),
            state: chip.state.word(),
            keys: chip.lane().to_owned(),
            job: chip.job(),
            batch: chip.batch(),
            reason: chip.reason().map(RejectReason::word),
            destruction_proposed: chip.destroys().is_some(),
            version: chip.version(),
        }
    }
}

/// Which chips are asked for.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
struct Wanted {
    /// Only of this site.
    #[param(pattern = "^[a-z0-9-]{1,40}$")]
    site: Option<String>,
    /// Only in this state.
    #[param(schema_with = described::chip_state)]
    state: Option<String>,
    /// At most so many, 1 to 500; 50 where nothing is said.
    #[param(minimum = 1, maximum = 500)]
    limit: Option<u32>,
    /// `next` of the part before.
    #[param(pattern = "^[A-Za-z0-9_-]{32}$")]
    after: Option<String>,
}

/// Chips in the order in which they came.
#[utoipa::path(get, path = "/v1/chips", tag = "stock", params(Wanted), responses((status = 200, body = Page<ChipView>)))]
async fn list(
    State(api): State<Shared>,
    Query(wanted): Query<Wanted>,
) -> Result<Json<Page<ChipView>>, Problem> {
    let part = PageRequest::of(wanted.limit, wanted.after.as_deref())?;
    let state = wanted.state.as_deref().map(|word| {
        ChipState::from_word(word).ok_or_else(|| Problem::new(Kind::Malformed).detail("state"))
    });
    let query = StoreQuery {
        place: wanted
            .site
            .as_deref()
            .map(site)
            .transpose()?
            .map(String::from),
        state: state.transpose()?.map(|state| state.word().to_owned()),
        after: part.after,
        ..StoreQuery::of(EntityKind::Chip, part.limit)
    };
    let entities = api.store.list(&query).await?;
    Ok(Json(Page::try_of(&entities, part.limit, |entity| {
        Chip::of(entity).map(|chip| ChipView::of(&chip))
    })?))
}

/// One chip.
#[utoipa::path(get, path = "/v1/chips/{serial}", tag = "stock", params(("serial" = String, Path, max_length = 128)),
    responses((status = 200, body = ChipView)))]
async fn show(
    State(api): State<Shared>,
    Path(serial): Path<String>,
) -> Result<(ETag, Json<ChipView>), Problem> {
    let id = chip::chip_id(&octets(&serial)?);
    let chip = pool::Pool::new(api.store.clone())
        .chip(id)
        .await?
        .ok_or(Kind::NotFound)?;
    Ok(answer(&chip))
}

fn octets(serial: &str) -> Result<Vec<u8>, Problem> {
    hex::decode(serial).map_err(|_| Kind::NotFound.into())
}

fn answer(chip: &Chip) -> (ETag, Json<ChipView>) {
    (ETag(chip.version()), Json(ChipView::of(chip)))
}

type Answer = Result<(ETag, Json<ChipView>), Problem>;

async fn act(api: &Shared, caller: &Caller, serial: &str, act: Act) -> Answer {
    let chip = api
        .office
        .chip(&octets(serial)?, act, &caller.hand(), api.now())
        .await?;
    Ok(answer(&chip))
}

/// Why a blank is set aside.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct Rejection {
    /// `chip-faulty`, `print-faulty`, `blank-damaged`, `key-repeated` or `lost-in-production`.
    #[schema(schema_with = described::blank_reason)]
    reason: String,
}

/// Sets a blank aside that no job has. A card with a job is voided by two persons.
#[utoipa::path(post, path = "/v1/chips/{serial}/rejection", tag = "stock", params(("serial" = String, Path, max_length = 128)),
    request_body = Rejection, responses((status = 200, body = ChipView)))]
async fn reject(
    State(api): State<Shared>,
    caller: Caller,
    Path(serial): Path<String>,
    Json(asked): Json<Rejection>,
) -> Answer {
    let reason = RejectReason::from_word(&asked.reason).filter(|reason| reason.is_of_blanks());
    let reason = reason.ok_or_else(|| Problem::field("reason"))?;
    act(&api, &caller, &serial, Act::Reject(reason)).await
}

/// A chip that was missing is there again, among the rejects.
#[utoipa::path(post, path = "/v1/chips/{serial}/finding", tag = "stock", params(("serial" = String, Path, max_length = 128)),
    responses((status = 200, body = ChipView)))]
async fn find(State(api): State<Shared>, caller: Caller, Path(serial): Path<String>) -> Answer {
    act(&api, &caller, &serial, Act::Find).await
}

/// A card that has ended came back: it is a reject of its site until it is destroyed.
#[utoipa::path(post, path = "/v1/chips/{serial}/return", tag = "stock", params(("serial" = String, Path, max_length = 128)),
    responses((status = 200, body = ChipView)))]
async fn bring_back(
    State(api): State<Shared>,
    caller: Caller,
    Path(serial): Path<String>,
) -> Answer {
    act(&api, &caller, &serial, Act::Return).await
}

/// The first of two persons wants to destroy a reject.
#[utoipa::path(post, path = "/v1/chips/{serial}/destruction", tag = "stock", params(("serial" = String, Path, max_length = 128)),
    responses((status = 200, body = ChipView)))]
async fn propose_destruction(
    State(api): State<Shared>,
    caller: Caller,
    Path(serial): Path<String>,
) -> Answer {
    act(&api, &caller, &serial, Act::ProposeDestruction).await
}

/// The second of two persons has seen it destroyed.
#[utoipa::path(post, path = "/v1/chips/{serial}/destruction/confirmation", tag = "stock",
    params(("serial" = String, Path, max_length = 128)), responses((status = 200, body = ChipView)))]
async fn confirm_destruction(
    State(api): State<Shared>,
    caller: Caller,
    Path(serial): Path<String>,
) -> Answer {
    act(&api, &caller, &serial, Act::Destroy).await
}

/// The chips that wait for jobs of a profile, at all sites.
#[derive(Serialize, ToSchema)]
struct WaitingView {
    /// The issuer profile.
    #[schema(example = "uto-passport")]
    profile: &'static str,
    /// The keys that it asks for; profiles with the same keys share chips.
    keys: String,
    /// How many wait.
    chips: u32,
}

/// The stock of a site in numbers: `received` is the sum of all states.
#[derive(Serialize, ToSchema)]
struct StockView {
    /// Where.
    site: String,
    /// How many chips came in.
    received: i64,
    /// How many are in each state.
    #[schema(value_type = Object, example = json!({ "in-stock": 400, "reserved": 60, "written": 20, "used": 19, "rejected": 1 }))]
    states: std::collections::BTreeMap<&'static str, i64>,
    /// How many were set aside for each reason.
    #[schema(value_type = Object, example = json!({ "chip-faulty": 1 }))]
    rejects: std::collections::BTreeMap<&'static str, i64>,
    /// How many are no card yet.
    remaining: i64,
    /// Whether every chip that came in is in one state.
    adds_up: bool,
    /// What waits for jobs.
    waiting: Vec<WaitingView>,
}

/// The stock of a site. Where nothing ever came in there is none.
#[utoipa::path(get, path = "/v1/stock/{site}", tag = "stock", params(("site" = String, Path, pattern = "^[a-z0-9-]{1,40}$")),
    responses((status = 200, body = StockView)))]
async fn stock(
    State(api): State<Shared>,
    Path(word): Path<String>,
) -> Result<Json<StockView>, Problem> {
    let (numbers, _) = stock_of(&api.store, &site(&word)?).await?;
    let pool = pool::Pool::new(api.store.clone());
    let mut waiting = Vec::new();
    for profile in enrolment::profiles::ALL {
        let keys = lane::lane_of_profile(*profile)?;
        let chips = pool.waiting(&keys, MAX_COUNTED).await?;
        waiting.push(WaitingView {
            profile: profile.data().id,
            keys,
            chips,
        });
    }
    Ok(Json(StockView {
        site: word,
        received: numbers.received,
        remaining: numbers.remaining(),
        adds_up: numbers.adds_up(),
        states: numbers.states,
        rejects: numbers.rejects,
        waiting,
    }))
}
