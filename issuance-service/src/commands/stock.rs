//! `stock`: what is there, on paper.

use std::path::Path;

use anyhow::{Context as _, Result};
use issuance_service::Error;
use issuance_service::personalisation::report::{StockReport, Verdict};
use issuance_service::personalisation::shift::stock_of;
use issuance_service::personalisation::{Refusal, Site};
use key_store::whole_file;
use serde_json::json;

use super::Context;
use crate::args::{StockArgs, StockVerb};
use crate::exit::{Exit, Problem};
use crate::report;

/// Runs the verb.
pub async fn run(args: &StockArgs, context: &Context) -> Result<Exit> {
    match &args.verb {
        StockVerb::Report { site, out } => draw_up(site, out, context).await,
    }
}

async fn draw_up(site: &Site, out: &Path, context: &Context) -> Result<Exit> {
    let service = context.service().await?;
    let found = stock_of(service.store(), site).await;
    service.store().close().await;
    let (numbers, shift) = match found {
        Err(Error::Personalisation(Refusal::UnknownSite)) => {
            return Err(Problem::usage(
                "the site is not known: nothing ever came in there; `--site` is its word in the stock",
            ));
        }
        found => found?,
    };
    let page = StockReport {
        site,
        at: context.now,
        numbers: &numbers,
        shift: shift.as_ref(),
    };
    whole_file::create(out, page.html().as_bytes()).with_context(|| out.display().to_string())?;
    let account = shift.as_ref().map(|shift| shift.account(&numbers));
    let verdict = page.verdict();
    let adds_up = verdict == Verdict::AddsUp;
    report::print(
        context.format,
        || {
            json!({
                "site": site, "file": out, "adds_up": adds_up, "verdict": verdict.word(), "stock": numbers, "shift": account,
            })
        },
        || {
            let said = match verdict {
                Verdict::AddsUp => "it adds up",
                Verdict::Provisional => {
                    "provisional: no shift is closed yet, two people have not counted"
                }
                Verdict::Differs => "it does NOT add up: tell a supervisor",
            };
            format!("{}\n{said}", out.display())
        },
    )?;
    Ok(match verdict {
        Verdict::AddsUp => Exit::Done,
        Verdict::Provisional => Exit::Undetermined,
        Verdict::Differs => Exit::No,
    })
}
