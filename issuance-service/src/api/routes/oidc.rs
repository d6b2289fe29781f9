//! Signing in at an identity provider: there and back (OpenID Connect Core 1.0 §3.1).

use access::Account;
use access::account::{AccountEvent, Changed, State, What};
use access::oidc::{Callback, OidcIdentity, SignIn};
use access::session::{OIDC_COOKIE_ATTRIBUTES, OIDC_COOKIE_NAME};
use axum::extract::{ConnectInfo, State as Shares};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use serde::{Deserialize, Serialize};
use time::OffsetDateTime;
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::routes;
use uuid::Uuid;

use super::sessions::{cookie, open_for};
use crate::api::accounts::Kept;
use crate::api::audit::{Audit, claimed};
use crate::api::extract::{Json, Query};
use crate::api::problem::{Kind, Problem, internal};
use crate::api::route::Route;
use crate::api::{Api, IdentityProvider, Shared};

/// A page that goes on to the first one. The cookie of the session is not sent where another site has led to, only from here on.
const GO_ON: &str = "<!doctype html><meta charset=\"utf-8\"><meta http-equiv=\"refresh\" content=\"0;url=/\"><title>…</title>\
<a href=\"/\">Continue · Tiếp tục</a>";

/// The routes.
pub fn routes() -> Vec<Route> {
    vec![
        Route::everybody(routes!(ways)),
        Route::everybody(routes!(begin)),
        Route::everybody(routes!(come_back)),
    ]
}

/// The ways to sign in.
#[derive(Debug, Serialize, ToSchema)]
struct Ways {
    /// Whether there is an identity provider: `GET /v1/sessions/oidc` leads to it.
    oidc: bool,
}

/// Which ways to sign in there are besides name, password and code.
#[utoipa::path(get, path = "/v1/sessions/ways", tag = "sessions", responses((status = 200, body = Ways)))]
async fn ways(Shares(api): Shares<Shared>) -> Json<Ways> {
    Json(Ways {
        oidc: api.identity_provider.is_some(),
    })
}

/// How to begin.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
struct Begin {
    /// Whether the person has to prove again who he is, for a step-up.
    #[serde(default)]
    afresh: bool,
}

/// What the browser brings back.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct Back {
    /// The code.
    #[param(max_length = 2048)]
    code: Option<String>,
    /// The state that was sent.
    #[param(max_length = 128)]
    state: Option<String>,
    /// Who answers.
    #[param(max_length = 256)]
    iss: Option<String>,
    /// Why not.
    #[param(max_length = 128)]
    error: Option<String>,
}

/// Sends the browser to the identity provider.
#[utoipa::path(get, path = "/v1/sessions/oidc", tag = "sessions", params(Begin),
    responses((status = 303, description = "To the provider, with a cookie for the way back.")))]
async fn begin(
    Shares(api): Shares<Shared>,
    Query(asked): Query<Begin>,
) -> Result<Response, Problem> {
    let provider = provider(&api)?.provider(api.now()).await?;
    let sign_in = api.draw(SignIn::generate);
    let to = provider.authorization_url(&sign_in, asked.afresh);
    let text = zeroize::Zeroizing::new(format!(
        "{OIDC_COOKIE_NAME}={}; {OIDC_COOKIE_ATTRIBUTES}",
        sign_in.to_text().as_str()
    ));
    let to = HeaderValue::from_str(&to).map_err(|error| internal(&error))?;
    Ok((
        StatusCode::SEE_OTHER,
        [(header::LOCATION, to), (header::SET_COOKIE, cookie(&text)?)],
    )
        .into_response())
}

/// Takes the browser back, with a session if the provider vouches for somebody who is known here.
#[utoipa::path(get, path = "/v1/sessions/oidc/callback", tag = "sessions", params(Back),
    responses((status = 200, content_type = "text/html", body = String, description = "Signed in; the page goes on.")))]
async fn come_back(
    Shares(api): Shares<Shared>,
    ConnectInfo(peer): ConnectInfo<access::tls::Peer>,
    headers: HeaderMap,
    Query(back): Query<Back>,
) -> Result<Response, Problem> {
    let line = provider(&api)?;
    // The browser's secret binds the attempt to one person's browser; a flood of guesses is slowed down by address.
    api.throttle(|throttle| throttle.admit_address(peer.address().ip(), api.now()))?;
    let sign_in = sign_in(&headers).ok_or(Kind::SignInRefused)?;
    let callback = Callback {
        code: back.code,
        state: back.state,
        iss: back.iss,
        error: back.error,
    };
    let provider = line.provider(api.now()).await?;
    let (http, now) = (line.http.clone(), api.now());
    let work = move || provider.finish(&sign_in, &callback, &*http, now);
    let vouched = tokio::task::spawn_blocking(work)
        .await
        .map_err(|error| internal(&error))?;
    let let_in = async {
        let identity = vouched?;
        let (before, changed) = known(&api, &identity).await?;
        open_for(&api, &before, changed, identity.second_factor, "oidc").await
    };
    match let_in.await {
        Ok(opened) => {
            api.throttle(|throttle| throttle.address_succeeded(peer.address().ip()));
            let mut response = axum::response::Html(GO_ON).into_response();
            let fields = response.headers_mut();
            for value in opened.headers().get_all(header::SET_COOKIE) {
                fields.append(header::SET_COOKIE, value.clone());
            }
            fields.append(
                header::SET_COOKIE,
                cookie(&format!(
                    "{OIDC_COOKIE_NAME}=; Path=/; Secure; HttpOnly; SameSite=Lax; Max-Age=0"
                ))?,
            );
            Ok(response)
        }
        Err(problem) => {
            let mut change = api.change();
            Audit::by(claimed(None), "session.open", "account", Uuid::nil())
                .refused(problem.kind().code())
                .with_word("by", "oidc")
                .put(&mut change)?;
            api.commit(&change).await?;
            Err(problem)
        }
    }
}

/// The account of a person whom the provider vouches for.
async fn known(api: &Api, identity: &OidcIdentity) -> Result<(Kept, Changed), Problem> {
    let unknown = Kind::SignInRefused;
    let before = api.account_of_link(&identity.link).await?.ok_or(unknown)?;
    let again = api.account_of_link(&identity.link).await?.ok_or(unknown)?;
    if before.version != again.version {
        return Err(Kind::Changed.into());
    }
    let now = api.now();
    let mut account = again.account;
    if account.state == State::Invited {
        account = account.accept_by_oidc(now)?.account;
    }
    // That an account is locked or closed is not told to whoever comes in from outside.
    if !account.is_active() {
        return Err(Kind::SignInRefused.into());
    }
    // Roles are the provider's to say where a claim of it is named; those of administrators are given here alone.
    let changed = match identity.roles {
        Some(roles) if roles != account.roles => account.follow_claim(roles, now)?,
        _ => unchanged(account, now),
    };
    Ok((before, changed))
}

/// Nothing of the account changes; that the person came stands in the audit log.
fn unchanged(account: Account, now: OffsetDateTime) -> Changed {
    let event = AccountEvent {
        account: account.id,
        by: Some(account.id),
        at: now,
        what: What::SecondFactorShown,
    };
    Changed { account, event }
}

fn provider(api: &Api) -> Result<&IdentityProvider, Problem> {
    api.identity_provider
        .as_ref()
        .ok_or_else(|| Kind::NotFound.into())
}

fn sign_in(headers: &HeaderMap) -> Option<SignIn> {
    let mut values = headers
        .get_all(header::COOKIE)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|cookies| cookies.split(';'))
        .filter_map(|pair| pair.trim().split_once('='))
        .filter(|(name, _)| *name == OIDC_COOKIE_NAME);
    let (_, value) = values.next()?;
    if values.next().is_some() {
        None
    } else {
        SignIn::parse(value)
    }
}
