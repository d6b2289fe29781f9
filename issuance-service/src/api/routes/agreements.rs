//! Agreements with relying parties: made and changed by administrators, shown to the party itself.

use access::Permission;
use axum::extract::State;
use axum::http::{HeaderMap, header};
use register::store::{EntityKind, Query as StoreQuery, Store as _};
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_axum::routes;
use uuid::Uuid;

use crate::api::Shared;
use crate::api::audit::Audit;
use crate::api::caller::Caller;
use crate::api::devices::KeptDevice;
use crate::api::etag::{ETag, IfMatch};
use crate::api::extract::{Json, Path};
use crate::api::page::{Page, PageParameters, PageRequest};
use crate::api::problem::{Kind, Problem};
use crate::api::route::Route;
use crate::relying::agreement::{self, Agreement, Kept};

/// The routes.
pub fn routes() -> Vec<Route> {
    let manage = |handler| Route::right(Permission::DeviceManage, handler);
    vec![
        manage(routes!(list)),
        manage(routes!(show)),
        manage(routes!(put)),
        Route::right(Permission::VerifyAttributes, routes!(own)),
    ]
}

/// An agreement with its party.
#[derive(Serialize, ToSchema)]
struct AgreementView {
    /// The device of the relying party.
    party: Uuid,
    /// What was agreed on.
    agreement: Agreement,
    /// Its version, as in ETag.
    version: u32,
}

impl AgreementView {
    fn of(kept: Kept) -> Self {
        Self {
            party: kept.party,
            agreement: kept.agreement,
            version: kept.version,
        }
    }
}

/// All agreements.
#[utoipa::path(get, path = "/v1/agreements", tag = "agreements", params(PageParameters),
    responses((status = 200, body = Page<AgreementView>)))]
async fn list(
    State(api): State<Shared>,
    page: PageRequest,
) -> Result<Json<Page<AgreementView>>, Problem> {
    let query = StoreQuery {
        after: page.after,
        ..agreement::query(page.limit)
    };
    let rows = api.store.list(&query).await?;
    let view = |row: &_| Kept::read(row).map(AgreementView::of);
    Ok(Json(Page::try_of(&rows, page.limit, view)?))
}

/// The agreement with a party.
#[utoipa::path(get, path = "/v1/agreements/{party}", tag = "agreements", params(("party" = Uuid, Path)),
    responses((status = 200, body = AgreementView)))]
async fn show(
    State(api): State<Shared>,
    Path(party): Path<Uuid>,
) -> Result<(ETag, Json<AgreementView>), Problem> {
    let kept = agreement::of(&api.store, party)
        .await?
        .ok_or(Kind::NotFound)?;
    Ok((ETag(kept.version), Json(AgreementView::of(kept))))
}

/// The agreement with the party that asks.
#[utoipa::path(get, path = "/v1/agreement", tag = "agreements", responses((status = 200, body = AgreementView)))]
async fn own(
    State(api): State<Shared>,
    caller: Caller,
) -> Result<(ETag, Json<AgreementView>), Problem> {
    let kept = agreement::of(&api.store, caller.id())
        .await?
        .ok_or(Kind::NotFound)?;
    Ok((ETag(kept.version), Json(AgreementView::of(kept))))
}

/// Makes or changes an agreement. One that is there is changed with `If-Match`.
#[utoipa::path(put, path = "/v1/agreements/{party}", tag = "agreements",
    params(("party" = Uuid, Path), ("If-Match" = Option<String>, Header)), request_body = Agreement,
    responses((status = 200, body = AgreementView)))]
async fn put(
    State(api): State<Shared>,
    caller: Caller,
    Path(party): Path<Uuid>,
    headers: HeaderMap,
    Json(agreement): Json<Agreement>,
) -> Result<(ETag, Json<AgreementView>), Problem> {
    let device = api.store.entity(EntityKind::Device, party).await?;
    let device = device.as_ref().map(KeptDevice::read).transpose()?;
    if device
        .is_none_or(|kept| kept.revoked || kept.device.kind != access::DeviceKind::RelyingParty)
    {
        return Err(Kind::NotFound.into());
    }
    let before = agreement::of(&api.store, party)
        .await?
        .map_or(0, |kept| kept.version);
    if before > 0 || headers.contains_key(header::IF_MATCH) {
        IfMatch::of(&headers)?.check(before)?;
    }
    let mut change = api.change();
    agreement::put(&mut change, party, &agreement, before)?;
    Audit::of(&caller, Permission::DeviceManage.code(), "agreement", party)
        .with("version", u64::from(before + 1))
        .put(&mut change)?;
    api.commit(&change).await?;
    let kept = Kept {
        party,
        agreement,
        version: before + 1,
    };
    Ok((ETag(before + 1), Json(AgreementView::of(kept))))
}
