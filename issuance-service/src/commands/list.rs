//! `list`: documents in the order of their jobs.

use anyhow::Result;
use issuance_service::Error;
use register::Page;
use serde_json::json;

use super::Context;
use crate::args::List;
use crate::exit::Exit;
use crate::report;

/// Runs the verb. A full page says where the next one begins.
pub async fn run(args: &List, context: &Context) -> Result<Exit> {
    let service = context.service().await?;
    let documents = service.documents();
    let after = match args.after {
        Some(job) => documents.cursor(job).await.map_err(Error::from)?,
        None => None,
    };
    let page = Page {
        stage: args.stage,
        after,
        limit: args.limit,
    };
    let rows = documents.list(&page).await.map_err(Error::from)?;
    service.store().close().await;
    let is_full = u32::try_from(rows.len()).is_ok_and(|count| count == args.limit);
    let next = rows.last().filter(|_| is_full).map(|row| row.job);
    report::print(
        context.format,
        || {
            let documents: Vec<_> = rows.iter().map(report::summary_json).collect();
            json!({ "documents": documents, "next": next })
        },
        || report::summary_table(&rows),
    )?;
    Ok(Exit::Done)
}
