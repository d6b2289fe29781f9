//! `administrator`: made, or let in again, on the machine itself. The audit log tells of each call.

use anyhow::Result;
use issuance_service::api::problem::{Kind, Problem};
use issuance_service::api::start::{HostLink, as_error};
use serde_json::json;

use super::{Context, serve};
use crate::args::{AdministratorArgs, AdministratorVerb};
use crate::exit::{Exit, Problem as Usage};
use crate::report;

/// Runs the verb.
pub async fn run(args: AdministratorArgs, context: &Context) -> Result<Exit> {
    let (_, api) = serve::open(context).await?;
    let made = match &args.verb {
        AdministratorVerb::Invite { login, name } => {
            api.administrator_on_host(login, name).await.map(Some)
        }
        AdministratorVerb::Reset { login } => api.administrator_reset_on_host(login).await,
    };
    serve::close(&api).await?;
    match made {
        Ok(Some(link)) => show(&link, context),
        Ok(None) => {
            report::print(
                context.format,
                || json!({ "account": null }),
                || "there is no such account".to_owned(),
            )?;
            Ok(Exit::No)
        }
        Err(problem) => Err(refused(&problem)),
    }
}

fn refused(problem: &Problem) -> anyhow::Error {
    match problem.kind() {
        Kind::Taken => Usage::usage("this login name is somebody's already: choose another one"),
        Kind::Conflict => Usage::usage(
            "only administrators who are active or invited are let in anew here: who is locked is unlocked by another administrator, who is none is reset by one",
        ),
        Kind::Content => Usage::usage(
            "a login name has 2 to 64 of a-z 0-9 . - _ @, a name 1 to 100 characters without control characters",
        ),
        _ => as_error(problem).into(),
    }
}

fn show(link: &HostLink, context: &Context) -> Result<Exit> {
    report::print(
        context.format,
        || json!({ "token": link.token.as_str(), "expires": link.expires.unix_timestamp() }),
        || {
            format!(
                "https://<this service>/invitation#{}\nonce, until {}",
                link.token.as_str(),
                link.expires
            )
        },
    )?;
    Ok(Exit::Done)
}
