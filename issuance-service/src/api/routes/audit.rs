//! The audit log: its entries, its signed checkpoint, and proofs that nothing was changed.

use access::Permission;
use audit_log::tree::proof::{
    needed_for_consistency, needed_for_inclusion, prove_consistency, prove_inclusion,
};
use audit_log::{ConsistencyProof, Entry, InclusionProof, VerifiedCheckpoint};
use axum::extract::State;
use register::store::{Store as _, Topic};
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::routes;

use crate::api::extract::{Json, Query};
use crate::api::journal::fetched;
use crate::api::limits::{MAX_PAGE, PAGE};
use crate::api::problem::{Kind, Problem, internal};
use crate::api::route::Route;
use crate::api::{Api, Shared};

/// The routes.
pub fn routes() -> Vec<Route> {
    let read = |handler| Route::right(Permission::AuditRead, handler);
    vec![
        read(routes!(entries)),
        read(routes!(checkpoint)),
        read(routes!(inclusion)),
        read(routes!(consistency)),
    ]
}

/// Which entries.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
struct Range {
    /// The number of the first one, from 0.
    #[serde(default)]
    #[param(maximum = 281474976710656i64)]
    from: u64,
    /// At most so many, 1 to 500.
    #[param(minimum = 1, maximum = 500)]
    limit: Option<u32>,
}

/// A part of the log.
#[derive(Serialize, ToSchema)]
struct EntriesView {
    /// The entries.
    items: Vec<EntryView>,
    /// The number to ask for next; null at the end.
    next: Option<u64>,
}

/// An entry and its number.
#[derive(Serialize, ToSchema)]
struct EntryView {
    /// From 0, without gaps.
    number: u64,
    /// The entry in its one spelling: its leaf is SHA-256(00 ‖ these octets).
    #[schema(value_type = Object)]
    entry: Box<RawValue>,
}

/// The newest checkpoint.
#[derive(Serialize, ToSchema)]
struct CheckpointView {
    /// How many entries it covers.
    size: u64,
    /// The root over them, in base64.
    root: String,
    /// The note as it was signed (C2SP tlog-checkpoint).
    note: String,
    /// The log's public key, to be compared with one that came from elsewhere.
    key: String,
}

/// Which entry in which tree.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
struct Inclusion {
    /// The entry.
    #[param(maximum = 281474976710656i64)]
    index: u64,
    /// Entries of the tree; the newest checkpoint's where nothing is said.
    #[param(maximum = 281474976710656i64)]
    size: Option<u64>,
}

/// Which trees.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
struct Consistency {
    /// Entries of the older one.
    #[param(maximum = 281474976710656i64)]
    from: u64,
    /// Entries of the newer one; the newest checkpoint's where nothing is said.
    #[param(maximum = 281474976710656i64)]
    to: Option<u64>,
}

/// A proof: hashes in base64.
#[derive(Serialize, ToSchema)]
struct InclusionView {
    /// The proof (RFC 9162 §2.1.3).
    #[schema(value_type = Object)]
    proof: InclusionProof,
}

/// A proof: hashes in base64.
#[derive(Serialize, ToSchema)]
struct ConsistencyView {
    /// The proof (RFC 9162 §2.1.4).
    #[schema(value_type = Object)]
    proof: ConsistencyProof,
}

/// Entries by their numbers.
#[utoipa::path(get, path = "/v1/audit/entries", tag = "audit", params(Range), responses((status = 200, body = EntriesView)))]
async fn entries(
    State(api): State<Shared>,
    Query(asked): Query<Range>,
) -> Result<Json<EntriesView>, Problem> {
    let limit = asked.limit.unwrap_or(PAGE);
    if !(1..=MAX_PAGE).contains(&limit) {
        return Err(Problem::new(Kind::Malformed).detail("limit"));
    }
    within_range(asked.from)?;
    let found = api.store.journal(Topic::Audit, asked.from, limit).await?;
    let is_full = u32::try_from(found.len()).is_ok_and(|count| count >= limit);
    let view = |entry: &register::store::JournalEntry| -> Result<EntryView, Problem> {
        // Read before it is shown: what is no entry is the doctor's affair.
        Entry::parse(&entry.body)?;
        let text = String::from_utf8(entry.body.clone()).map_err(|error| internal(&error))?;
        let entry_text = RawValue::from_string(text).map_err(|error| internal(&error))?;
        Ok(EntryView {
            number: entry.number.unwrap_or_default(),
            entry: entry_text,
        })
    };
    let items = found.iter().map(view).collect::<Result<Vec<_>, _>>()?;
    let next = items.last().filter(|_| is_full).map(|last| last.number + 1);
    Ok(Json(EntriesView { items, next }))
}

/// The newest checkpoint. An auditor keeps it outside of this service.
#[utoipa::path(get, path = "/v1/audit/checkpoint", tag = "audit", responses((status = 200, body = CheckpointView)))]
async fn checkpoint(State(api): State<Shared>) -> Result<Json<CheckpointView>, Problem> {
    let (_, note) = api.store.sequenced(Topic::Audit).await?;
    let note = note.ok_or(Kind::NotFound)?;
    let key = &api.keys.log;
    let verified = VerifiedCheckpoint::open(&note, core::slice::from_ref(key))?;
    let head = verified.head();
    Ok(Json(CheckpointView {
        size: head.size,
        root: head.root.to_string(),
        note,
        key: key.to_string(),
    }))
}

/// That an entry is in the tree of a size.
#[utoipa::path(get, path = "/v1/audit/proofs/inclusion", tag = "audit", params(Inclusion), responses((status = 200, body = InclusionView)))]
async fn inclusion(
    State(api): State<Shared>,
    Query(asked): Query<Inclusion>,
) -> Result<Json<InclusionView>, Problem> {
    let size = within(&api, asked.size).await?;
    let needed = needed_for_inclusion(asked.index, size)?;
    let rows = fetched(&api.store, &needed).await?;
    Ok(Json(InclusionView {
        proof: prove_inclusion(asked.index, size, &rows)?,
    }))
}

/// That a tree begins with all of an older one.
#[utoipa::path(get, path = "/v1/audit/proofs/consistency", tag = "audit", params(Consistency),
    responses((status = 200, body = ConsistencyView)))]
async fn consistency(
    State(api): State<Shared>,
    Query(asked): Query<Consistency>,
) -> Result<Json<ConsistencyView>, Problem> {
    let to = within(&api, asked.to).await?;
    let needed = needed_for_consistency(asked.from, to)?;
    let rows = fetched(&api.store, &needed).await?;
    Ok(Json(ConsistencyView {
        proof: prove_consistency(asked.from, to, &rows)?,
    }))
}

/// The size that is asked for, if the log is that long; its own otherwise.
async fn within(api: &Api, asked: Option<u64>) -> Result<u64, Problem> {
    let (size, _) = api.store.sequenced(Topic::Audit).await?;
    match asked {
        Some(asked) if asked > size => {
            Err(Problem::new(Kind::Content).detail("the log has fewer entries"))
        }
        asked => Ok(asked.unwrap_or(size)),
    }
}

fn within_range(number: u64) -> Result<(), Problem> {
    if number > audit_log::tree::MAX_ENTRIES {
        Err(Problem::new(Kind::Content).detail("from"))
    } else {
        Ok(())
    }
}
