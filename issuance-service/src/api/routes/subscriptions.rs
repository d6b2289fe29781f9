//! Changes: asked for, or brought by webhook.

use access::Permission;
use axum::extract::State;
use axum::http::StatusCode;
use crypto::SecretBytes;
use register::store::{Change, Store as _};
use serde::{Deserialize, Serialize};
use time::OffsetDateTime;
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::routes;
use uuid::Uuid;

use crate::api::Shared;
use crate::api::audit::Audit;
use crate::api::caller::Caller;
use crate::api::described;
use crate::api::extract::{Json, Path, Query};
use crate::api::idempotency::KeyedId;
use crate::api::limits::{MAX_PAGE, PAGE};
use crate::api::page::{Page, PageParameters, PageRequest};
use crate::api::problem::{Kind, Problem};
use crate::api::route::Route;
use crate::office::NoticeKind;
use crate::relying::changes::Changes;
use crate::relying::subscription::{SECRET, Subscription, Wish, query, secret_text};

/// The routes.
pub fn routes() -> Vec<Route> {
    let receive = |handler| Route::right(Permission::ChangesReceive, handler);
    vec![
        receive(routes!(changes)),
        receive(routes!(list)),
        receive(routes!(subscribe)).creates(),
        receive(routes!(resume)),
        receive(routes!(unsubscribe)),
    ]
}

/// Which changes.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
struct From {
    /// `position` of the answer before; everything from the beginning where nothing is said.
    #[param(max_length = 18, pattern = "^[0-9]+$")]
    after: Option<String>,
    /// At most so many items, 1 to 500; 50 where nothing is said.
    #[param(minimum = 1, maximum = 500)]
    limit: Option<u32>,
}

/// Changes as CloudEvents 1.0, oldest first. While `next` is not null there are more; ask the next time with `position`.
#[utoipa::path(get, path = "/v1/changes", tag = "changes", params(From), responses((status = 200, body = Changes)))]
async fn changes(
    State(api): State<Shared>,
    caller: Caller,
    Query(from): Query<From>,
) -> Result<Json<Changes>, Problem> {
    let limit = from.limit.unwrap_or(PAGE);
    let after = from.after.as_deref().map_or(Ok(0), str::parse::<u64>);
    let after = after.ok().filter(|after| i64::try_from(*after).is_ok());
    let (Some(after), 1..=MAX_PAGE) = (after, limit) else {
        return Err(Problem::new(Kind::Malformed).detail("after and limit"));
    };
    let party = api
        .relying
        .party(&caller, Permission::ChangesReceive, api.now())
        .await?;
    let limit = usize::try_from(limit).unwrap_or(1);
    Ok(Json(api.relying.desk.changes(&party, after, limit).await?))
}

/// A subscription.
#[derive(Debug, Serialize, ToSchema)]
struct SubscriptionView {
    id: Uuid,
    /// The address of the webhook; `nats:` and a subject where changes are brought to the stream.
    url: String,
    /// Of what it is told.
    #[schema(schema_with = described::changes)]
    kinds: Vec<NoticeKind>,
    /// `active`, `alarm` (given up: resume it) or `closed`.
    state: &'static str,
    /// Since when nothing was taken.
    #[serde(serialize_with = "crate::times::option::serialize")]
    failing_since: Option<OffsetDateTime>,
    /// How often it failed since then.
    failures: u32,
    /// What the receiver last answered; 0 for nothing.
    last_status: Option<u16>,
}

impl SubscriptionView {
    fn of(subscription: &Subscription) -> Self {
        let kept = &subscription.kept;
        Self {
            id: subscription.id,
            url: kept.url.clone(),
            kinds: kept.kinds.clone(),
            state: subscription.state.word(),
            failing_since: kept
                .failing_since
                .and_then(|since| OffsetDateTime::from_unix_timestamp(since).ok()),
            failures: kept.failures,
            last_status: kept.last_status,
        }
    }
}

/// Subscriptions of the party that asks.
#[utoipa::path(get, path = "/v1/subscriptions", tag = "changes", params(PageParameters),
    responses((status = 200, body = Page<SubscriptionView>)))]
async fn list(
    State(api): State<Shared>,
    caller: Caller,
    page: PageRequest,
) -> Result<Json<Page<SubscriptionView>>, Problem> {
    let query = register::store::Query {
        after: page.after,
        ..query(caller.id(), page.limit)
    };
    let rows = api.store.list(&query).await?;
    let view =
        |row: &_| Subscription::read(row).map(|subscription| SubscriptionView::of(&subscription));
    Ok(Json(Page::try_of(&rows, page.limit, view)?))
}

/// What is to be brought where.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct NewSubscription {
    /// The address of the webhook: https. `nats:` for the stream of this service, where it has one.
    #[schema(
        max_length = 500,
        pattern = "^https://",
        example = "https://party.example/changes"
    )]
    url: String,
    /// Of what; everything that was agreed on where nothing is named.
    #[schema(schema_with = described::changes)]
    #[serde(default)]
    kinds: Vec<NoticeKind>,
}

/// A new subscription, with its secret.
#[derive(Serialize, ToSchema)]
struct NewSubscriptionView {
    #[serde(flatten)]
    subscription: SubscriptionView,
    /// The secret of the signatures (Standard Webhooks): shown this once.
    #[schema(value_type = String)]
    secret: zeroize::Zeroizing<String>,
}

/// Has changes brought to a webhook or a stream of NATS, from now on: each at least once, in order, signed as Standard Webhooks has it.
#[utoipa::path(post, path = "/v1/subscriptions", tag = "changes", request_body = NewSubscription,
    responses((status = 201, body = NewSubscriptionView)))]
async fn subscribe(
    State(api): State<Shared>,
    caller: Caller,
    KeyedId(id): KeyedId,
    Json(wanted): Json<NewSubscription>,
) -> Result<(StatusCode, Json<NewSubscriptionView>), Problem> {
    let now = api.now();
    let room = &api.relying;
    let party = room.party(&caller, Permission::ChangesReceive, now).await?;
    let mut octets = zeroize::Zeroizing::new([0; SECRET]);
    api.draw(|rng| rng.fill_bytes(octets.as_mut()));
    let secret = SecretBytes::from(*octets);
    let places = room.carriers.places(party.id);
    let mut change = Change::new(now);
    let wish = Wish {
        id,
        url: wanted.url,
        kinds: wanted.kinds,
    };
    let subscribed = room
        .desk
        .subscribe(&mut change, &party, wish, &places, &secret)
        .await;
    let subscription = match subscribed {
        Ok(subscription) => subscription,
        Err(fault) => {
            room.desk
                .refuse(&party, Permission::ChangesReceive, &fault, now)
                .await?;
            return Err(fault.into());
        }
    };
    told(&caller, "subscribe", id, &mut change)?;
    api.commit(&change).await?;
    let subscription = SubscriptionView::of(&subscription);
    Ok((
        StatusCode::CREATED,
        Json(NewSubscriptionView {
            subscription,
            secret: secret_text(&secret),
        }),
    ))
}

fn told(caller: &Caller, what: &'static str, id: Uuid, change: &mut Change) -> Result<(), Problem> {
    Audit::of(
        caller,
        Permission::ChangesReceive.code(),
        "subscription",
        id,
    )
    .with_word("what", what)
    .put(change)
}

/// Goes on with a subscription that was given up, from where it stopped.
#[utoipa::path(post, path = "/v1/subscriptions/{id}/resumption", tag = "changes", params(("id" = Uuid, Path)),
    responses((status = 200, body = SubscriptionView)))]
async fn resume(
    State(api): State<Shared>,
    caller: Caller,
    Path(id): Path<Uuid>,
) -> Result<Json<SubscriptionView>, Problem> {
    let desk = &api.relying.desk;
    let mut subscription = desk.subscription(caller.id(), id).await?;
    let mut change = api.change();
    desk.resume(&mut change, &mut subscription)?;
    told(&caller, "resume", id, &mut change)?;
    api.commit(&change).await?;
    Ok(Json(SubscriptionView::of(&subscription)))
}

/// Ends a subscription.
#[utoipa::path(delete, path = "/v1/subscriptions/{id}", tag = "changes", params(("id" = Uuid, Path)),
    responses((status = 204)))]
async fn unsubscribe(
    State(api): State<Shared>,
    caller: Caller,
    Path(id): Path<Uuid>,
) -> Result<StatusCode, Problem> {
    let desk = &api.relying.desk;
    let mut subscription = desk.subscription(caller.id(), id).await?;
    let mut change = api.change();
    desk.unsubscribe(&mut change, &mut subscription);
    told(&caller, "unsubscribe", id, &mut change)?;
    api.commit(&change).await?;
    Ok(StatusCode::NO_CONTENT)
}
