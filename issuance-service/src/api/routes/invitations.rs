//! One-time links: who was invited chooses password and second factor.

use access::SecretToken;
use access::account::SecondFactor;
use access::one_time_link::Purpose;
use access::password::Password;
use access::totp::{RecoveryCodes, TotpSecret};
use axum::extract::State;
use crypto::SecretBytes;
use register::store::Expected;
use serde::{Deserialize, Serialize};
use time::OffsetDateTime;
use utoipa::ToSchema;
use utoipa_axum::routes;
use uuid::Uuid;
use zeroize::Zeroizing;

use crate::api::audit::{Audit, claimed};
use crate::api::extract::Json;
use crate::api::problem::{Kind, Problem};
use crate::api::route::Route;
use crate::api::sessions::{KeptLink, end_link};
use crate::api::{Api, Shared};

/// What an offered secret is sealed for.
const PURPOSE: &str = "offered-second-factor";

/// The routes.
pub fn routes() -> Vec<Route> {
    vec![
        Route::everybody(routes!(open)),
        Route::everybody(routes!(accept)),
    ]
}

/// The token of a link.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct Open {
    /// What stands behind `#` in the link.
    #[schema(value_type = String, min_length = 43, max_length = 43)]
    token: Zeroizing<String>,
}

/// What the person takes into an authenticator.
#[derive(Serialize, ToSchema)]
struct Offer {
    /// The name to sign in with.
    login: String,
    /// The name that others see.
    display_name: String,
    /// What the link is good for.
    #[schema(value_type = String, example = "invitation")]
    purpose: Purpose,
    /// When it stops working.
    #[serde(serialize_with = "crate::times::serialize")]
    #[schema(value_type = String, format = DateTime)]
    expires: OffsetDateTime,
    /// `otpauth://totp/…`
    #[schema(value_type = String)]
    otpauth_url: Zeroizing<String>,
    /// The secret, to be typed.
    #[schema(value_type = String)]
    secret: Zeroizing<String>,
    /// The address as a QR code: SVG.
    #[schema(value_type = String)]
    qr_svg: Zeroizing<String>,
}

/// What the person has chosen.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct Accept {
    /// What stands behind `#` in the link.
    #[schema(value_type = String, min_length = 43, max_length = 43)]
    token: Zeroizing<String>,
    /// The password from now on.
    #[schema(value_type = String, format = Password, min_length = 12, max_length = 512)]
    password: Zeroizing<String>,
    /// The first code of the authenticator.
    #[schema(example = "123456", max_length = 16)]
    code: String,
}

/// What the person prints and locks away.
#[derive(Serialize, ToSchema)]
struct Accepted {
    /// The name to sign in with.
    login: String,
    /// Codes for when the authenticator is lost; each works once.
    #[schema(value_type = Vec<String>)]
    recovery_codes: Vec<Zeroizing<String>>,
}

fn token(text: &str) -> Result<SecretToken, Problem> {
    SecretToken::parse(text).ok_or_else(|| Kind::LinkUnusable.into())
}

/// Opens a link: shows the secret of the second factor, the same each time. The link stays usable.
#[utoipa::path(post, path = "/v1/invitations/open", tag = "invitations", request_body = Open, responses((status = 200, body = Offer)))]
async fn open(State(api): State<Shared>, Json(asked): Json<Open>) -> Result<Json<Offer>, Problem> {
    let (mut kept, account, version) = api.link_of(&token(&asked.token)?).await?;
    let account = account.account;
    let secret = match offered(&api, account.id, &kept)? {
        Some(secret) => secret,
        None => {
            let secret = api.draw(TotpSecret::generate);
            kept.offered = Some(hex::encode(api.vault.seal(
                PURPOSE,
                account.id,
                secret.to_stored().expose(),
            )?));
            let mut change = api.change();
            api.put_link(&mut change, &kept, Expected::Version(version))?;
            api.commit(&change).await?;
            secret
        }
    };
    let enrolment = secret.enrolment(&api.name, &account.login)?;
    Ok(Json(Offer {
        login: account.login,
        display_name: account.display_name,
        purpose: kept.link.purpose,
        expires: kept.link.expires,
        otpauth_url: enrolment.url,
        secret: enrolment.base32,
        qr_svg: enrolment.qr_svg,
    }))
}

fn offered(api: &Api, account: Uuid, kept: &KeptLink) -> Result<Option<TotpSecret>, Problem> {
    let Some(sealed) = &kept.offered else {
        return Ok(None);
    };
    let sealed = hex::decode(sealed).map_err(|_| Kind::LinkUnusable)?;
    let secret: SecretBytes = api.vault.open(PURPOSE, account, &sealed)?;
    Ok(Some(TotpSecret::from_stored(secret)?))
}

/// Uses a link up: password and second factor are set. Recovery codes are shown this once.
#[utoipa::path(post, path = "/v1/invitations/accept", tag = "invitations", request_body = Accept, responses((status = 200, body = Accepted)))]
async fn accept(
    State(api): State<Shared>,
    Json(asked): Json<Accept>,
) -> Result<Json<Accepted>, Problem> {
    let (kept, before, _) = api.link_of(&token(&asked.token)?).await?;
    let id = before.account.id;
    let secret = offered(&api, id, &kept)?
        .ok_or_else(|| Problem::new(Kind::Conflict).detail("the link was not opened yet"))?;
    let password = Password::chosen(
        &asked.password,
        &before.account.login,
        &before.account.display_name,
    )?;
    let step = secret.check(&asked.code, None, api.now())?;
    let hash = api.hash_password(password).await?;
    let (recovery, codes) = api.draw(RecoveryCodes::generate);
    let account = api.account(id).await?.ok_or(Kind::LinkUnusable)?;
    if account.version != before.version {
        return Err(Kind::Changed.into());
    }
    let changed = account.account.accept(
        hash,
        SecondFactor::enrolled(secret, step, recovery),
        api.now(),
    )?;
    let login = changed.account.login.clone();
    let mut change = api.change();
    api.put_changed(&mut change, &before, &changed, None)?;
    change.entities.push(end_link(&kept.link));
    Audit::by(claimed(Some((id, &login))), "account.own", "account", id)
        .with_word("what", "accepted")
        .put(&mut change)?;
    api.commit(&change).await?;
    Ok(Json(Accepted {
        login,
        recovery_codes: codes,
    }))
}
