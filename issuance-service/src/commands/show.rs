//! `show`: everything that is known of one document.

use anyhow::Result;
use issuance_service::Error;
use register::Key;
use register::document::Refusal;
use serde_json::json;
use uuid::Uuid;

use super::{Context, Service};
use crate::args::Show;
use crate::exit::Exit;
use crate::report;

/// Runs the verb.
pub async fn run(args: &Show, context: &Context) -> Result<Exit> {
    let service = context.service().await?;
    let job = find(args, &service).await?;
    let (document, history) = service.history(job).await?;
    service.store().close().await;
    report::print(
        context.format,
        || {
            json!({
                "document": report::document_json(&document),
                "history": report::history_json(&history),
            })
        },
        || {
            let line = report::document_line(&document);
            format!("{line}\n{}", report::history_table(&history))
        },
    )?;
    Ok(Exit::Done)
}

async fn find(args: &Show, service: &Service) -> Result<Uuid, Error> {
    let key = match (args.job, &args.number, &args.chip) {
        (Some(job), _, _) => return Ok(job),
        (_, Some(number), _) => Key::DocumentNumber {
            issuing_state: number.issuing_state.clone(),
            number: number.number.clone(),
        },
        (_, _, Some(serial)) => Key::Chip(serial.0.clone()),
        (None, None, None) => return Err(Refusal::UnknownJob.into()),
    };
    let job = service.documents().find(&key).await?;
    Ok(job.ok_or(Refusal::UnknownJob)?)
}
