//! What quality control has to look at: written cards that nobody has judged.

use std::collections::BTreeMap;

use access::Permission;
use axum::extract::State;
use register::store::{EntityKind, Query as StoreQuery, Store as _};
use serde::{Deserialize, Serialize};
use time::OffsetDateTime;
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::routes;
use uuid::Uuid;

use super::chips::site;
use crate::api::Shared;
use crate::api::caller::Caller;
use crate::api::extract::{Json, Query};
use crate::api::page::{Page, PageRequest};
use crate::api::problem::Problem;
use crate::api::route::Route;
use crate::personalisation::{Chip, ChipState};

/// The routes.
pub fn routes() -> Vec<Route> {
    vec![Route::right(Permission::QualityRecord, routes!(list))]
}

/// Of where.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
struct Wanted {
    /// Only of this site.
    #[param(pattern = "^[a-z0-9-]{1,40}$")]
    site: Option<String>,
    /// At most so many, 1 to 500; 50 where nothing is said.
    #[param(minimum = 1, maximum = 500)]
    limit: Option<u32>,
    /// `next` of the part before.
    #[param(pattern = "^[A-Za-z0-9_-]{32}$")]
    after: Option<String>,
}

/// A written card that waits for its judgement.
#[derive(Serialize, ToSchema)]
struct WrittenCard {
    /// The job.
    job: Option<Uuid>,
    /// Serial number of its chip, hexadecimal.
    chip: String,
    /// Where it is.
    #[schema(example = "test-site")]
    site: String,
    /// Its batch.
    batch: Option<Uuid>,
    /// The issuer profile.
    profile: Option<String>,
    /// Who has the batch in which it was written: somebody else judges the card.
    written_by: Option<String>,
    /// Whether that is the one who asks.
    own: bool,
    /// Since when it waits.
    #[serde(serialize_with = "crate::times::option::serialize")]
    #[schema(value_type = Option<String>, format = DateTime)]
    waits_since: Option<OffsetDateTime>,
}

/// Whose batch it is, and what is made in it.
#[derive(Clone)]
struct Origin {
    by: String,
    own: bool,
    profile: String,
}

/// Written cards that nobody has passed or rejected, in the order in which their blanks came into stock.
#[utoipa::path(get, path = "/v1/quality", tag = "batches", params(Wanted), responses((status = 200, body = Page<WrittenCard>)))]
async fn list(
    State(api): State<Shared>,
    caller: Caller,
    Query(wanted): Query<Wanted>,
) -> Result<Json<Page<WrittenCard>>, Problem> {
    let part = PageRequest::of(wanted.limit, wanted.after.as_deref())?;
    let place = wanted.site.as_deref().map(site).transpose()?;
    let query = StoreQuery {
        place: place.map(String::from),
        state: Some(ChipState::Written.word().to_owned()),
        after: part.after,
        ..StoreQuery::of(EntityKind::Chip, part.limit)
    };
    let entities = api.store.list(&query).await?;
    let next = Page::of(&entities, part.limit, |_| ()).next;
    let mut origins = BTreeMap::new();
    let mut items = Vec::new();
    for entity in &entities {
        let chip = Chip::of(entity)?;
        let origin = match chip.batch() {
            Some(batch) => Some(origin(&api, &caller, batch, &mut origins).await?),
            None => None,
        };
        let waits_since = match chip.job() {
            Some(job) => api.office.documents().summary(job).await?,
            None => None,
        };
        items.push(WrittenCard {
            job: chip.job(),
            chip: chip.serial().to_owned(),
            site: chip.site.to_string(),
            batch: chip.batch(),
            profile: origin.as_ref().map(|origin| origin.profile.clone()),
            own: origin.as_ref().is_some_and(|origin| origin.own),
            written_by: origin.map(|origin| origin.by),
            waits_since: waits_since.map(|document| document.changed_at),
        });
    }
    Ok(Json(Page { items, next }))
}

/// Each batch is read once, however many of its cards wait.
async fn origin(
    api: &Shared,
    caller: &Caller,
    id: Uuid,
    known: &mut BTreeMap<Uuid, Origin>,
) -> Result<Origin, Problem> {
    if let Some(origin) = known.get(&id) {
        return Ok(origin.clone());
    }
    let batch = api.office.batch(id).await?;
    let origin = Origin {
        by: batch.by().name.clone(),
        own: batch.by().account == Some(caller.id()),
        profile: batch.profile().to_owned(),
    };
    known.insert(id, origin.clone());
    Ok(origin)
}
