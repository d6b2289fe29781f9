//! Signing in with name, password and code; signing out; who am I; the second factor again; another password.

use access::error::AccountFault;
use access::password::{Password, PasswordHash};
use access::session::{clear_cookie, csrf_token, set_cookie};
use access::throttle::Throttle;
use access::{Account, Permission, Role, SecretToken, Session};
use axum::extract::{ConnectInfo, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use register::store::Expected;
use serde::{Deserialize, Serialize};
use time::OffsetDateTime;
use utoipa::ToSchema;
use utoipa_axum::routes;
use uuid::Uuid;
use zeroize::Zeroizing;

use crate::api::accounts::Kept;
use crate::api::audit::{Audit, claimed};
use crate::api::caller::{Caller, CallerKind};
use crate::api::extract::Json;
use crate::api::guard::session_token;
use crate::api::problem::{Kind, Problem, internal};
use crate::api::route::Route;
use crate::api::sessions::end_session;
use crate::api::{Api, Shared};

/// The routes.
pub fn routes() -> Vec<Route> {
    let own = Permission::OwnAccount;
    vec![
        Route::everybody(routes!(sign_in)),
        Route::right(own, routes!(who_am_i)),
        Route::right(own, routes!(sign_out)),
        Route::right(own, routes!(step_up)),
        Route::right(own, routes!(change_password)),
    ]
}

/// Name, password, and one of the two codes.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct Credentials {
    /// The login name.
    #[schema(example = "test.operator", max_length = 64)]
    login: String,
    /// The password.
    #[schema(value_type = String, format = Password, max_length = 512)]
    password: Zeroizing<String>,
    /// Six digits of the authenticator.
    #[serde(default)]
    #[schema(example = "123456", max_length = 16)]
    code: Option<String>,
    /// One of the codes that were printed, for when the authenticator is lost.
    #[serde(default)]
    #[schema(max_length = 64)]
    recovery_code: Option<String>,
}

/// A code of the authenticator, or a recovery code.
#[derive(Clone, Copy)]
struct Code<'a>(Option<&'a str>, Option<&'a str>);

/// Only a code.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct StepUp {
    /// Six digits of the authenticator.
    #[serde(default)]
    #[schema(example = "123456", max_length = 16)]
    code: Option<String>,
    /// One of the codes that were printed, for when the authenticator is lost.
    #[serde(default)]
    #[schema(max_length = 64)]
    recovery_code: Option<String>,
}

/// Another password.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct NewPassword {
    /// The password of now.
    #[schema(value_type = String, format = Password, max_length = 512)]
    old: Zeroizing<String>,
    /// The one from now on.
    #[schema(value_type = String, format = Password, min_length = 12, max_length = 512)]
    new: Zeroizing<String>,
    /// Six digits of the authenticator.
    #[serde(default)]
    #[schema(example = "123456", max_length = 16)]
    code: Option<String>,
    /// One of the codes that were printed, for when the authenticator is lost.
    #[serde(default)]
    #[schema(max_length = 64)]
    recovery_code: Option<String>,
}

/// Who is signed in.
#[derive(Debug, Serialize, ToSchema)]
struct SessionView {
    /// The account.
    account: Uuid,
    /// The login name.
    login: String,
    /// The name that others see.
    display_name: String,
    /// The roles.
    #[schema(value_type = Vec<String>)]
    roles: Vec<Role>,
    /// The rights that they give.
    rights: Vec<&'static str>,
    /// What changes something carries this in `X-CSRF-Token`.
    csrf_token: String,
    /// When the session ends at the latest.
    #[serde(serialize_with = "crate::times::serialize")]
    #[schema(value_type = String, format = DateTime)]
    ends: OffsetDateTime,
    /// Until when the second factor counts as fresh.
    #[serde(serialize_with = "crate::times::option::serialize")]
    #[schema(value_type = Option<String>, format = DateTime)]
    stepped_up_until: Option<OffsetDateTime>,
}

impl SessionView {
    fn of(api: &Api, account: &Account, session: &Session, token: &SecretToken) -> Self {
        Self {
            account: account.id,
            login: account.login.clone(),
            display_name: account.display_name.clone(),
            roles: account.roles.iter().collect(),
            rights: account.roles.permissions().map(Permission::code).collect(),
            csrf_token: csrf_token(token),
            ends: session.opened.saturating_add(api.sessions.absolute),
            stepped_up_until: session
                .stepped_up
                .map(|shown| shown.saturating_add(api.sessions.step_up)),
        }
    }
}

/// Signs in. Which half was wrong is not said; guessing is slowed down by account and by address.
#[utoipa::path(post, path = "/v1/sessions", tag = "sessions", request_body = Credentials,
    responses((status = 201, body = SessionView, description = "The cookie of the session comes with it.")))]
async fn sign_in(
    State(api): State<Shared>,
    ConnectInfo(peer): ConnectInfo<access::tls::Peer>,
    Json(credentials): Json<Credentials>,
) -> Result<Response, Problem> {
    let address = peer.address().ip();
    api.throttle(|throttle: &mut Throttle| throttle.admit(&credentials.login, address, api.now()))?;
    let found = api.account_of_login(&credentials.login).await?;
    let known = found
        .as_ref()
        .map(|kept| (kept.account.id, kept.account.login.clone()));
    match checked(&api, found, &credentials).await {
        Ok(kept) => {
            let opened = open(&api, kept, true, "password").await?;
            api.throttle(|throttle| throttle.succeeded(&credentials.login, address, api.now()));
            Ok(opened)
        }
        Err(problem) => {
            if problem.status().is_client_error() {
                let actor = claimed(known.as_ref().map(|(id, login)| (*id, login.as_str())));
                let mut change = api.change();
                let id = known.map_or_else(Uuid::nil, |(id, _)| id);
                Audit::by(actor, "session.open", "account", id)
                    .refused(problem.kind().code())
                    .put(&mut change)?;
                api.commit(&change).await?;
            }
            Err(problem)
        }
    }
}

/// The account after its password and code were right. The code is used up in the change that opens the session.
async fn checked(
    api: &Api,
    found: Option<Kept>,
    credentials: &Credentials,
) -> Result<Checked, Problem> {
    let stored = found
        .as_ref()
        .and_then(|kept| kept.account.password.clone());
    let renew = api.check_password(&credentials.password, stored).await?;
    let kept = found.ok_or(Kind::WrongCredentials)?;
    // That an account is locked is told to nobody who might only guess; and whoever it is knows.
    if !kept.account.is_active() {
        return Err(Kind::WrongCredentials.into());
    }
    let renewed = match renew {
        true => Some(
            api.hash_password(Password::offered(&credentials.password)?)
                .await?,
        ),
        false => None,
    };
    Ok(Checked {
        shown: show(
            api,
            kept,
            Code(
                credentials.code.as_deref(),
                credentials.recovery_code.as_deref(),
            ),
        )
        .await?,
        renewed,
    })
}

struct Checked {
    shown: Shown,
    renewed: Option<PasswordHash>,
}

/// An account of which a code was shown, and how it was before.
pub(super) struct Shown {
    pub before: Kept,
    pub changed: access::account::Changed,
}

async fn show(api: &Api, kept: Kept, code: Code<'_>) -> Result<Shown, Problem> {
    let id = kept.account.id;
    // Read a second time: the command takes the account over.
    let before = api.account(id).await?.ok_or(Kind::WrongCredentials)?;
    let now = api.now();
    let changed = match code {
        Code(Some(code), None) => kept.account.show_code(code, now)?,
        Code(None, Some(code)) => kept.account.show_recovery_code(code, now)?,
        _ => return Err(Kind::WrongCredentials.into()),
    };
    if before.version != kept.version {
        return Err(Kind::Changed.into());
    }
    Ok(Shown { before, changed })
}

/// Opens a session for who has proved who he is.
async fn open(
    api: &Api,
    checked: Checked,
    second_factor: bool,
    how: &str,
) -> Result<Response, Problem> {
    let Shown {
        before,
        mut changed,
    } = checked.shown;
    if let Some(hash) = checked.renewed {
        changed = changed.account.rehash_password(hash, api.now())?;
    }
    open_for(api, &before, changed, second_factor, how).await
}

/// The same, however he proved it.
pub(super) async fn open_for(
    api: &Api,
    before: &Kept,
    changed: access::account::Changed,
    second_factor: bool,
    how: &str,
) -> Result<Response, Problem> {
    let now = api.now();
    let account = &changed.account;
    let (session, token) = api.draw(|rng| Session::open(account, second_factor, now, rng))?;
    let mut change = api.change();
    api.put_changed(&mut change, before, &changed, None)?;
    api.put_session(&mut change, &session, Expected::New)?;
    let actor = claimed(Some((account.id, &account.login)));
    Audit::by(actor, "session.open", "account", account.id)
        .with_word("by", how)
        .put(&mut change)?;
    api.commit(&change).await?;
    let view = SessionView::of(api, account, &session, &token);
    let mut response = (StatusCode::CREATED, Json(view)).into_response();
    response
        .headers_mut()
        .insert(header::SET_COOKIE, cookie(&set_cookie(&token))?);
    Ok(response)
}

/// A value for `Set-Cookie`.
pub(super) fn cookie(text: &str) -> Result<HeaderValue, Problem> {
    let mut value = HeaderValue::from_str(text).map_err(|error| internal(&error))?;
    value.set_sensitive(true);
    Ok(value)
}

/// Who is signed in, what he may, and the token against forged requests.
#[utoipa::path(get, path = "/v1/sessions/current", tag = "sessions", responses((status = 200, body = SessionView)))]
async fn who_am_i(
    State(api): State<Shared>,
    caller: Caller,
    headers: HeaderMap,
) -> Result<Json<SessionView>, Problem> {
    let session = caller.session()?;
    let token = session_token(&headers).ok_or(Kind::SignInNeeded)?;
    let kept = api.account(caller.id()).await?.ok_or(Kind::SignInNeeded)?;
    Ok(Json(SessionView::of(&api, &kept.account, session, &token)))
}

/// Signs out.
#[utoipa::path(delete, path = "/v1/sessions/current", tag = "sessions", responses((status = 204)))]
async fn sign_out(State(api): State<Shared>, caller: Caller) -> Result<Response, Problem> {
    let mut change = api.change();
    change.entities.push(end_session(caller.session()?));
    Audit::of(&caller, "session.close", "account", caller.id()).put(&mut change)?;
    api.commit(&change).await?;
    let mut response = StatusCode::NO_CONTENT.into_response();
    response
        .headers_mut()
        .insert(header::SET_COOKIE, cookie(&clear_cookie())?);
    Ok(response)
}

/// Shows the second factor again. The session gets a new token.
#[utoipa::path(post, path = "/v1/sessions/current/step-up", tag = "sessions", request_body = StepUp,
    responses((status = 201, body = SessionView, description = "The cookie of the session is a new one.")))]
async fn step_up(
    State(api): State<Shared>,
    caller: Caller,
    Json(asked): Json<StepUp>,
) -> Result<Response, Problem> {
    let old = caller.session()?.clone();
    let kept = guarded(&api, &caller).await?;
    let shown = show(
        &api,
        kept,
        Code(asked.code.as_deref(), asked.recovery_code.as_deref()),
    )
    .await;
    let Shown { before, changed } =
        refused_is_told(&api, &caller, "session.step-up", shown).await?;
    succeeded(&api, &caller);
    let now = api.now();
    let (mut session, token) = api.draw(|rng| Session::open(&changed.account, true, now, rng))?;
    // It is the same session: it does not last longer.
    session.opened = old.opened;
    let mut change = api.change();
    api.put_changed(&mut change, &before, &changed, None)?;
    change.entities.push(end_session(&old));
    api.put_session(&mut change, &session, Expected::New)?;
    Audit::of(&caller, "session.step-up", "account", caller.id()).put(&mut change)?;
    api.commit(&change).await?;
    let view = SessionView::of(&api, &changed.account, &session, &token);
    let mut response = (StatusCode::CREATED, Json(view)).into_response();
    response
        .headers_mut()
        .insert(header::SET_COOKIE, cookie(&set_cookie(&token))?);
    Ok(response)
}

/// Chooses another password. Every session of the account ends.
#[utoipa::path(put, path = "/v1/sessions/current/password", tag = "sessions", request_body = NewPassword, responses((status = 204)))]
async fn change_password(
    State(api): State<Shared>,
    caller: Caller,
    Json(asked): Json<NewPassword>,
) -> Result<Response, Problem> {
    let session = caller.session()?.clone();
    let kept = guarded(&api, &caller).await?;
    let chosen = Password::chosen(&asked.new, &kept.account.login, &kept.account.display_name)?;
    let stored = kept.account.password.clone();
    let right = api.check_password(&asked.old, stored).await;
    refused_is_told(&api, &caller, "account.own", right).await?;
    let shown = show(
        &api,
        kept,
        Code(asked.code.as_deref(), asked.recovery_code.as_deref()),
    )
    .await;
    let Shown { before, changed } = refused_is_told(&api, &caller, "account.own", shown).await?;
    succeeded(&api, &caller);
    let hash = api.hash_password(chosen).await?;
    let changed = changed.account.change_password(hash, api.now())?;
    let mut change = api.change();
    api.put_changed(&mut change, &before, &changed, None)?;
    change.entities.push(end_session(&session));
    Audit::of(&caller, "account.own", "account", caller.id())
        .with_word("what", "password-changed")
        .put(&mut change)?;
    api.commit(&change).await?;
    let mut response = StatusCode::NO_CONTENT.into_response();
    response
        .headers_mut()
        .insert(header::SET_COOKIE, cookie(&clear_cookie())?);
    Ok(response)
}

/// The own account, after the throttle let the guess through: a stolen session guesses no codes.
async fn guarded(api: &Api, caller: &Caller) -> Result<Kept, Problem> {
    let CallerKind::Account { login, .. } = &caller.kind else {
        return Err(Kind::NotFound.into());
    };
    api.throttle(|throttle| throttle.admit(login, caller.address, api.now()))?;
    let kept = api.account(caller.id()).await?.ok_or(Kind::SignInNeeded)?;
    if !kept.account.is_active() {
        return Err(access::Error::from(AccountFault::NotActive).into());
    }
    Ok(kept)
}

fn succeeded(api: &Api, caller: &Caller) {
    if let CallerKind::Account { login, .. } = &caller.kind {
        api.throttle(|throttle| throttle.succeeded(login, caller.address, api.now()));
    }
}

async fn refused_is_told<T>(
    api: &Api,
    caller: &Caller,
    action: &'static str,
    result: Result<T, Problem>,
) -> Result<T, Problem> {
    if let Err(problem) = &result
        && problem.status().is_client_error()
    {
        let mut change = api.change();
        Audit::of(caller, action, "account", caller.id())
            .refused(problem.kind().code())
            .put(&mut change)?;
        api.commit(&change).await?;
    }
    result
}

impl Api {
    /// Checks a password beside the requests: it takes a core and 19 MiB. `true`: it should be hashed anew.
    pub(super) async fn check_password(
        &self,
        offered: &str,
        stored: Option<PasswordHash>,
    ) -> Result<bool, Problem> {
        let offered = Password::offered(offered)?;
        let passwords = self.passwords.clone();
        let permit = self
            .password_work
            .clone()
            .acquire_owned()
            .await
            .map_err(|error| internal(&error))?;
        let work = move || {
            let checked = passwords.check(&offered, stored.as_ref());
            drop(permit);
            checked
        };
        Ok(tokio::task::spawn_blocking(work)
            .await
            .map_err(|error| internal(&error))??)
    }

    /// Hashes a password beside the requests.
    pub(super) async fn hash_password(&self, password: Password) -> Result<PasswordHash, Problem> {
        let passwords = self.passwords.clone();
        let permit = self
            .password_work
            .clone()
            .acquire_owned()
            .await
            .map_err(|error| internal(&error))?;
        let mut rng = self.own_rng();
        let work = move || {
            let hashed = passwords.hash(&password, &mut rng);
            drop(permit);
            hashed
        };
        Ok(tokio::task::spawn_blocking(work)
            .await
            .map_err(|error| internal(&error))??)
    }
}
