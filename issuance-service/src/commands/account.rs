//! `account`: who has an account; a new link for who did not come in; who is kept out.

use access::account::State;
use access::one_time_link::Purpose;
use anyhow::Result;
use issuance_service::api::accounts::{Kept, state_word};
use issuance_service::api::audit::{Audit, system};
use issuance_service::api::problem::Kind;
use issuance_service::api::start::as_error;
use register::store::{Cursor, EntityKind, Query, Store as _};
use serde_json::{Value, json};

use super::{Context, serve};
use crate::args::{AccountArgs, AccountVerb};
use crate::exit::{Exit, Problem};
use crate::report;

/// Accounts that are read at once.
const AT_ONCE: u32 = 500;

/// Runs the verb.
pub async fn run(args: AccountArgs, context: &Context) -> Result<Exit> {
    let (_, api) = serve::open(context).await?;
    let exit = match args.verb {
        AccountVerb::List => list(&api, context).await,
        AccountVerb::Link { login } => link(&api, &login, context).await,
        AccountVerb::Lock { login } => lock(&api, &login, true, context).await,
        AccountVerb::Unlock { login } => lock(&api, &login, false, context).await,
    };
    serve::close(&api).await?;
    exit
}

async fn list(api: &issuance_service::api::Shared, context: &Context) -> Result<Exit> {
    let mut query = Query::of(EntityKind::Account, AT_ONCE);
    let mut accounts: Vec<Value> = Vec::new();
    let mut lines: Vec<String> = Vec::new();
    loop {
        let page = api.store.list(&query).await?;
        for entity in &page {
            let account = Kept::read(entity, &api.vault)?.account;
            let roles: Vec<&str> = account.roles.iter().map(access::Role::code).collect();
            lines.push(format!(
                "{}  {:8}  {}  {}",
                account.id,
                state_word(account.state),
                account.login,
                roles.join(", ")
            ));
            accounts.push(json!({ "id": account.id, "login": account.login, "state": state_word(account.state), "roles": roles }));
        }
        match page.last() {
            Some(last) if page.len() >= AT_ONCE as usize => {
                query.after = Some(Cursor {
                    order: last.order,
                    id: last.id,
                });
            }
            _ => break,
        }
    }
    report::print(
        context.format,
        || json!({ "accounts": accounts }),
        || lines.join("\n"),
    )?;
    Ok(Exit::Done)
}

async fn lock(
    api: &issuance_service::api::Shared,
    login: &str,
    is_locked: bool,
    context: &Context,
) -> Result<Exit> {
    let state = match api.lock_on_host(login, is_locked).await {
        Ok(state) => state,
        Err(problem) if problem.kind() == Kind::Conflict => {
            return Err(Problem::usage(
                "who is active is locked, but not the last administrator; who is locked is unlocked",
            ));
        }
        Err(problem) => return Err(as_error(&problem).into()),
    };
    let word = state.map(state_word);
    report::print(
        context.format,
        || json!({ "account": word.map(|_| login), "state": word }),
        || match word {
            Some(word) => format!("{login} is {word}"),
            None => format!("there is no account {login}"),
        },
    )?;
    Ok(match word {
        Some(_) => Exit::Done,
        None => Exit::No,
    })
}

async fn link(api: &issuance_service::api::Shared, login: &str, context: &Context) -> Result<Exit> {
    let failed = |problem: issuance_service::api::problem::Problem| as_error(&problem);
    let Some(kept) = api.account_of_login(login).await.map_err(failed)? else {
        report::print(
            context.format,
            || json!({ "account": null }),
            || format!("there is no account {login}"),
        )?;
        return Ok(Exit::No);
    };
    if kept.account.state != State::Invited {
        return Err(Problem::usage(
            "only who was invited and did not come in gets a link here; an administrator resets the others",
        ));
    }
    let is_first = kept.account.roles.has(access::Role::Administrator);
    let purpose = if is_first {
        Purpose::FirstAdministrator
    } else {
        Purpose::Invitation
    };
    let mut change = api.change();
    api.end_links(&mut change, kept.account.id)
        .await
        .map_err(failed)?;
    let (token, expires) = api
        .new_link(&mut change, &kept.account, purpose)
        .map_err(failed)?;
    let audit =
        Audit::by(system(), "user.manage", "account", kept.account.id).with_word("what", "link");
    audit.put(&mut change).map_err(failed)?;
    api.commit(&change).await.map_err(failed)?;
    report::print(
        context.format,
        || json!({ "token": token.as_str(), "expires": expires.unix_timestamp() }),
        || {
            format!(
                "https://<this service>/invitation#{}\nuntil {expires}",
                token.as_str()
            )
        },
    )?;
    Ok(Exit::Done)
}
