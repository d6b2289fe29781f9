//! Accounts: listed, invited, given roles by two administrators, locked, reset, closed.

use access::account::{Administrators, By, Changed, OidcLink};
use access::one_time_link::{OneTimeLink, Purpose};
use access::{Account, Permission, Role, RoleSet};
use axum::extract::State;
use axum::http::StatusCode;
use register::store::{Change, EntityKind, Expected, Query as StoreQuery, Store as _};
use serde::{Deserialize, Serialize};
use time::OffsetDateTime;
use utoipa::ToSchema;
use utoipa_axum::routes;
use uuid::Uuid;
use zeroize::Zeroizing;

use crate::api::accounts::{Kept, state_word};
use crate::api::audit::Audit;
use crate::api::caller::Caller;
use crate::api::described;
use crate::api::etag::ETag;
use crate::api::extract::{Json, Path};
use crate::api::idempotency::KeyedId;
use crate::api::meant::Meant;
use crate::api::page::{Page, PageParameters, PageRequest};
use crate::api::problem::{Kind, Problem};
use crate::api::route::Route;
use crate::api::sessions::KeptLink;
use crate::api::{Api, Shared};

const ACTION: &str = Permission::UserManage.code();

/// The routes.
pub fn routes() -> Vec<Route> {
    let manage = |handler| Route::right(Permission::UserManage, handler);
    vec![
        manage(routes!(list)),
        manage(routes!(show)),
        manage(routes!(invite)).creates(),
        manage(routes!(change_roles)).versioned(),
        manage(routes!(confirm_roles)).versioned(),
        manage(routes!(withdraw_roles)).versioned(),
        manage(routes!(lock)).versioned(),
        manage(routes!(unlock)).versioned(),
        manage(routes!(reset)).versioned(),
        manage(routes!(close)).versioned(),
        manage(routes!(link)).versioned(),
    ]
}

/// An account.
#[derive(Debug, Serialize, ToSchema)]
struct AccountView {
    /// Stays for ever.
    id: Uuid,
    /// The name to sign in with.
    #[schema(example = "test.operator")]
    login: String,
    /// The name that others see.
    #[schema(example = "TEST Operator")]
    display_name: String,
    /// The roles.
    #[schema(schema_with = described::roles)]
    roles: Vec<Role>,
    /// Roles that wait for a second administrator.
    #[schema(value_type = Option<Vec<String>>)]
    pending_roles: Option<Vec<Role>>,
    /// Who proposed them.
    proposed_by: Option<Uuid>,
    /// `invited`, `active`, `locked` or `closed`.
    #[schema(example = "active")]
    state: &'static str,
    /// Whether the person comes by the identity provider.
    linked: bool,
    /// Its version, as in ETag.
    version: u32,
}

impl AccountView {
    fn of(account: &Account, version: u32) -> Self {
        Self {
            id: account.id,
            login: account.login.clone(),
            display_name: account.display_name.clone(),
            roles: account.roles.iter().collect(),
            pending_roles: account
                .pending
                .as_ref()
                .map(|pending| pending.roles.iter().collect()),
            proposed_by: account.pending.as_ref().map(|pending| pending.proposed_by),
            state: state_word(account.state),
            linked: account.oidc.is_some(),
            version,
        }
    }
}

/// Who is invited.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct Invitation {
    /// The name to sign in with.
    #[schema(example = "test.operator", min_length = 2, max_length = 64)]
    login: String,
    /// The name that others see.
    #[schema(example = "TEST Operator", min_length = 1, max_length = 100)]
    display_name: String,
    /// The roles; that of administrators is given later, by two of them.
    #[schema(schema_with = described::roles)]
    roles: Vec<Role>,
}

/// An account and the link that lets its person in. The link is shown this once.
#[derive(Serialize, ToSchema)]
struct Invited {
    /// The account.
    account: AccountView,
    /// What stands behind `/invitation#` in the link.
    #[schema(value_type = String)]
    token: Zeroizing<String>,
    /// When the link stops working.
    #[serde(serialize_with = "crate::times::serialize")]
    #[schema(value_type = String, format = DateTime)]
    expires: OffsetDateTime,
}

/// The roles to be.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct Roles {
    /// All of them.
    #[schema(schema_with = described::roles)]
    roles: Vec<Role>,
}

/// A person at the identity provider, or none.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct Link {
    /// The issuer, to the letter.
    #[schema(example = "https://id.example", min_length = 1, max_length = 512)]
    issuer: Option<String>,
    /// The person there: `sub`.
    #[schema(min_length = 1, max_length = 255)]
    subject: Option<String>,
}

type Answer = Result<(ETag, Json<AccountView>), Problem>;

/// Accounts in the order in which they were made.
#[utoipa::path(get, path = "/v1/accounts", tag = "accounts", params(PageParameters), responses((status = 200, body = Page<AccountView>)))]
async fn list(
    State(api): State<Shared>,
    page: PageRequest,
) -> Result<Json<Page<AccountView>>, Problem> {
    let query = StoreQuery {
        after: page.after,
        ..StoreQuery::of(EntityKind::Account, page.limit)
    };
    let entities = api.store.list(&query).await?;
    let view = |entity: &_| {
        Kept::read(entity, &api.vault).map(|kept| AccountView::of(&kept.account, kept.version))
    };
    Ok(Json(Page::try_of(&entities, page.limit, view)?))
}

/// One account.
#[utoipa::path(get, path = "/v1/accounts/{id}", tag = "accounts", params(("id" = Uuid, Path)), responses((status = 200, body = AccountView)))]
async fn show(State(api): State<Shared>, Path(id): Path<Uuid>) -> Answer {
    let kept = api.account(id).await?.ok_or(Kind::NotFound)?;
    Ok((
        ETag(kept.version),
        Json(AccountView::of(&kept.account, kept.version)),
    ))
}

/// Makes an account and a link that lets its person in once.
#[utoipa::path(post, path = "/v1/accounts", tag = "accounts", request_body = Invitation, responses((status = 201, body = Invited)))]
async fn invite(
    State(api): State<Shared>,
    caller: Caller,
    KeyedId(id): KeyedId,
    Json(asked): Json<Invitation>,
) -> Result<(StatusCode, Json<Invited>), Problem> {
    let roles = RoleSet::of_person(asked.roles)?;
    let changed = Account::invite(
        id,
        &asked.login,
        &asked.display_name,
        roles,
        caller.by(),
        api.now(),
    )?;
    let mut change = api.change();
    api.put_new(&mut change, &changed.account)?;
    let (token, expires) = api.new_link(&mut change, &changed.account, Purpose::Invitation)?;
    Audit::of(&caller, ACTION, "account", id)
        .with_word("what", "invited")
        .put(&mut change)?;
    api.commit(&change).await?;
    Ok((
        StatusCode::CREATED,
        Json(Invited {
            account: AccountView::of(&changed.account, 1),
            token,
            expires,
        }),
    ))
}

/// Gives the account these roles. Where it becomes an administrator's, a second administrator has to confirm; where there is none, it is
/// refused: `issuance-service administrator invite` makes one on the machine.
#[utoipa::path(put, path = "/v1/accounts/{id}/roles", tag = "accounts", params(("id" = Uuid, Path), ("If-Match" = String, Header)),
    request_body = Roles, responses((status = 200, body = AccountView)))]
async fn change_roles(State(api): State<Shared>, meant: Meant, Json(asked): Json<Roles>) -> Answer {
    let roles = RoleSet::of_person(asked.roles)?;
    let change = |account: Account, by, admins, now| account.change_roles(roles, by, admins, now);
    managed(&api, meant.looked_at()?, "roles", change).await
}

/// Confirms the roles that another administrator has proposed.
#[utoipa::path(post, path = "/v1/accounts/{id}/roles/confirm", tag = "accounts", params(("id" = Uuid, Path)), responses((status = 200, body = AccountView)))]
async fn confirm_roles(State(api): State<Shared>, meant: Meant) -> Answer {
    let confirm = |account: Account, by, _, now| account.confirm_roles(by, now);
    managed(&api, meant, "roles-confirmed", confirm).await
}

/// Puts proposed roles aside.
#[utoipa::path(delete, path = "/v1/accounts/{id}/roles/pending", tag = "accounts", params(("id" = Uuid, Path)), responses((status = 200, body = AccountView)))]
async fn withdraw_roles(State(api): State<Shared>, meant: Meant) -> Answer {
    let withdraw = |account: Account, by, _, now| account.withdraw_roles(by, now);
    managed(&api, meant, "roles-withdrawn", withdraw).await
}

/// Keeps the person out for a time; his sessions end.
#[utoipa::path(post, path = "/v1/accounts/{id}/lock", tag = "accounts", params(("id" = Uuid, Path)), responses((status = 200, body = AccountView)))]
async fn lock(State(api): State<Shared>, meant: Meant) -> Answer {
    managed(&api, meant, "locked", Account::lock).await
}

/// Lets the person in again.
#[utoipa::path(post, path = "/v1/accounts/{id}/unlock", tag = "accounts", params(("id" = Uuid, Path)), responses((status = 200, body = AccountView)))]
async fn unlock(State(api): State<Shared>, meant: Meant) -> Answer {
    let unlock = |account: Account, by, _, now| account.unlock(by, now);
    managed(&api, meant, "unlocked", unlock).await
}

/// Puts the account out of use for good.
#[utoipa::path(post, path = "/v1/accounts/{id}/close", tag = "accounts", params(("id" = Uuid, Path)), responses((status = 200, body = AccountView)))]
async fn close(State(api): State<Shared>, meant: Meant) -> Answer {
    managed(&api, meant, "closed", Account::close).await
}

/// Links the account to a person at the identity provider; without issuer and subject, to nobody.
#[utoipa::path(put, path = "/v1/accounts/{id}/identity", tag = "accounts", params(("id" = Uuid, Path), ("If-Match" = String, Header)),
    request_body = Link, responses((status = 200, body = AccountView)))]
async fn link(State(api): State<Shared>, meant: Meant, Json(asked): Json<Link>) -> Answer {
    let link = match (asked.issuer, asked.subject) {
        (Some(issuer), Some(subject)) if !issuer.is_empty() && !subject.is_empty() => {
            Some(OidcLink { issuer, subject })
        }
        (None, None) => None,
        _ => return Err(Problem::new(Kind::Content).detail("issuer and subject belong together")),
    };
    let link = |account: Account, by, _, now| account.link_oidc(link, by, now);
    managed(&api, meant.looked_at()?, "identity", link).await
}

/// Takes password and second factor away from who has lost them, and makes a link for new ones. That of an administrator is made on the
/// machine only: `issuance-service administrator reset`.
#[utoipa::path(post, path = "/v1/accounts/{id}/reset", tag = "accounts", params(("id" = Uuid, Path)), responses((status = 200, body = Invited)))]
async fn reset(State(api): State<Shared>, meant: Meant) -> Result<(ETag, Json<Invited>), Problem> {
    let reset = |account: Account, by, _, now| account.reset(by, now);
    let (mut change, changed, version) = prepared(&api, &meant, "reset", reset).await?;
    api.end_links(&mut change, meant.id).await?;
    let (token, expires) = api.new_link(&mut change, &changed.account, Purpose::Reset)?;
    api.commit(&change).await?;
    let account = AccountView::of(&changed.account, version + 1);
    Ok((
        ETag(account.version),
        Json(Invited {
            account,
            token,
            expires,
        }),
    ))
}

/// One command of an administrator: read, changed, told, written.
async fn managed(
    api: &Api,
    meant: Meant,
    what: &str,
    command: impl FnOnce(Account, By, Administrators, OffsetDateTime) -> access::Result<Changed>,
) -> Answer {
    let (change, changed, version) = prepared(api, &meant, what, command).await?;
    api.commit(&change).await?;
    Ok((
        ETag(version + 1),
        Json(AccountView::of(&changed.account, version + 1)),
    ))
}

async fn prepared(
    api: &Api,
    Meant { caller, id, seen }: &Meant,
    what: &str,
    command: impl FnOnce(Account, By, Administrators, OffsetDateTime) -> access::Result<Changed>,
) -> Result<(Change, Changed, u32), Problem> {
    // Counted first: whoever changes an administrator in between moves the guard.
    let (admins, guard) = api.administrators().await?;
    let before = api.account(*id).await?.ok_or(Kind::NotFound)?;
    if let Some(seen) = seen {
        seen.check(before.version)?;
    }
    let again = api.account(*id).await?.ok_or(Kind::NotFound)?;
    if again.version != before.version {
        return Err(Kind::Changed.into());
    }
    let mut change = api.change();
    let audit = Audit::of(caller, ACTION, "account", *id).with_word("what", what);
    match command(again.account, caller.by(), admins, api.now()) {
        Ok(changed) => {
            let of_administrators = before.account.roles.has(Role::Administrator)
                || changed.account.roles.has(Role::Administrator);
            api.put_changed(
                &mut change,
                &before,
                &changed,
                of_administrators.then_some(guard),
            )?;
            audit.put(&mut change)?;
            Ok((change, changed, before.version))
        }
        Err(error) => {
            let problem = Problem::from(error);
            audit.refused(problem.kind().code()).put(&mut change)?;
            api.commit(&change).await?;
            Err(problem)
        }
    }
}

impl Api {
    /// Puts a new link for an account into a change. Its token leaves once.
    ///
    /// # Errors
    /// [`Kind::Internal`].
    pub fn new_link(
        &self,
        change: &mut Change,
        account: &Account,
        purpose: Purpose,
    ) -> Result<(Zeroizing<String>, OffsetDateTime), Problem> {
        let (link, token) = self.draw(|rng| OneTimeLink::new(purpose, account.id, change.at, rng));
        let expires = link.expires;
        self.put_link(
            change,
            &KeptLink {
                link,
                offered: None,
            },
            Expected::New,
        )?;
        Ok((token.to_text(), expires))
    }
}
