//! `stock`: what is there, on paper.

use std::path::Path;

use anyhow::{Context as _, Result};
use issuance_service::personalisation::Site;
use issuance_service::personalisation::report::StockReport;
use issuance_service::personalisation::shift::last_shift;
use issuance_service::personalisation::stock::numbers;
use key_store::whole_file;
use serde_json::json;

use super::Context;
use crate::args::{StockArgs, StockVerb};
use crate::exit::Exit;
use crate::report;

/// Runs the verb.
pub async fn run(args: &StockArgs, context: &Context) -> Result<Exit> {
    match &args.verb {
        StockVerb::Report { site, out } => draw_up(site, out, context).await,
    }
}

async fn draw_up(site: &Site, out: &Path, context: &Context) -> Result<Exit> {
    let service = context.service().await?;
    let shift = last_shift(service.store(), site).await?;
    let numbers = numbers(service.store(), site).await?;
    service.store().close().await;
    let page = StockReport {
        site,
        at: context.now,
        numbers: &numbers,
        shift: shift.as_ref(),
    };
    whole_file::create(out, page.html().as_bytes()).with_context(|| out.display().to_string())?;
    let account = shift.as_ref().map(|shift| shift.account(&numbers));
    let adds_up = numbers.adds_up() && account.is_none_or(|account| account.adds_up);
    report::print(
        context.format,
        || json!({ "site": site, "file": out, "adds_up": adds_up, "stock": numbers, "shift": account }),
        || {
            let verdict = if adds_up {
                "it adds up"
            } else {
                "it does NOT add up: tell a supervisor"
            };
            format!("{}\n{verdict}", out.display())
        },
    )?;
    Ok(if adds_up { Exit::Done } else { Exit::No })
}
