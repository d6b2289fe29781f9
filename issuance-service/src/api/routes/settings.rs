//! Thresholds: read and changed by administrators.

use access::Permission;
use axum::extract::State;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::routes;

use crate::api::Shared;
use crate::api::audit::Audit;
use crate::api::caller::Caller;
use crate::api::etag::{ETag, IfMatch};
use crate::api::extract::{Json, Path};
use crate::api::page::Page;
use crate::api::problem::{Kind, Problem};
use crate::api::route::Route;
use crate::api::settings::{THRESHOLDS, Threshold};
use audit_log::Token;

/// The routes.
pub fn routes() -> Vec<Route> {
    let manage = |handler| Route::right(Permission::ThresholdManage, handler);
    vec![
        manage(routes!(list)),
        manage(routes!(show)),
        manage(routes!(change)),
    ]
}

/// A threshold.
#[derive(Debug, Serialize, ToSchema)]
struct ThresholdView {
    /// Its word.
    #[schema(example = "stock-warning")]
    name: &'static str,
    /// What it means, in English.
    english: &'static str,
    /// What it means, in Vietnamese.
    vietnamese: &'static str,
    /// What it is set to.
    value: u32,
    /// The least.
    least: u32,
    /// The most.
    most: u32,
}

impl ThresholdView {
    const fn of(threshold: Threshold, value: u32) -> Self {
        let Threshold {
            name,
            english,
            vietnamese,
            least,
            most,
            ..
        } = threshold;
        Self {
            name,
            english,
            vietnamese,
            value,
            least,
            most,
        }
    }
}

/// A new value.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = ThresholdValue)]
struct Value {
    /// Within the bounds.
    value: u32,
}

/// All thresholds.
#[utoipa::path(get, path = "/v1/settings", tag = "settings", responses((status = 200, body = Page<ThresholdView>)))]
async fn list(State(api): State<Shared>) -> Result<Json<Page<ThresholdView>>, Problem> {
    let mut items = Vec::new();
    for threshold in THRESHOLDS {
        items.push(ThresholdView::of(
            threshold,
            api.threshold(threshold).await?.0,
        ));
    }
    Ok(Json(Page { items, next: None }))
}

/// One threshold.
#[utoipa::path(get, path = "/v1/settings/{name}", tag = "settings", params(("name" = String, Path, max_length = 64)),
    responses((status = 200, body = ThresholdView)))]
async fn show(
    State(api): State<Shared>,
    Path(name): Path<String>,
) -> Result<(ETag, Json<ThresholdView>), Problem> {
    let threshold = Threshold::by_name(&name).ok_or(Kind::NotFound)?;
    let (value, version) = api.threshold(threshold).await?;
    Ok((ETag(version), Json(ThresholdView::of(threshold, value))))
}

/// Changes a threshold.
#[utoipa::path(put, path = "/v1/settings/{name}", tag = "settings",
    params(("name" = String, Path, max_length = 64), ("If-Match" = String, Header)), request_body = Value,
    responses((status = 200, body = ThresholdView)))]
async fn change(
    State(api): State<Shared>,
    caller: Caller,
    Path(name): Path<String>,
    seen: IfMatch,
    Json(asked): Json<Value>,
) -> Result<(ETag, Json<ThresholdView>), Problem> {
    let threshold = Threshold::by_name(&name).ok_or(Kind::NotFound)?;
    let (_, version) = api.threshold(threshold).await?;
    seen.check(version)?;
    let mut change = api.change();
    api.put_threshold(&mut change, threshold, asked.value, version)?;
    let id = Token::new(threshold.name).map_err(audit_log::Error::from)?;
    Audit::of(&caller, Permission::ThresholdManage.code(), "threshold", id)
        .with("value", u64::from(asked.value))
        .put(&mut change)?;
    api.commit(&change).await?;
    Ok((
        ETag(version + 1),
        Json(ThresholdView::of(threshold, asked.value)),
    ))
}
