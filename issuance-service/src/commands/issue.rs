//! `issue`: a record becomes a signed job.

use anyhow::{Context as _, Result};
use issuance_service::backup::Fence;
use issuance_service::{Config, DocumentOrder, Error, load_chip, record_folder};
use register::Approval;
use serde_json::json;

use super::{Context, boxed_rng, randomness, system_rng};
use crate::args::Issue;
use crate::exit::Exit;
use crate::report;

/// Runs the verb.
pub async fn run(args: Issue, context: &Context) -> Result<Exit> {
    let officers = args.officers;
    let approval = Approval::new(officers.operator, officers.approver).map_err(Error::from)?;
    let config = Config::read(&context.config)?;
    let chip = load_chip(&args.chip).with_context(|| args.chip.display().to_string())?;
    let (record, digest) = record_folder::accept(&args.record, context.now, &mut system_rng()?)
        .with_context(|| args.record.display().to_string())?;
    let order = DocumentOrder::new(record, digest, chip, approval)?;
    let signers = config.signers(randomness())?.ok_or(Error::NoPki)?;
    let signer = signers.current(order.document_code(), context.now)?;
    let service = context.service().await?;
    Fence::must_be_open(service.store()).await?;
    let issued = service
        .issue(order, args.job, signer, context.now, boxed_rng()?)
        .await?;
    service.store().close().await;
    report::print(
        context.format,
        || {
            json!({
                "document": report::document_json(&issued.document),
                "job_file": issued.job_file,
                "resumed": issued.resumed,
            })
        },
        || {
            let again = if issued.resumed { " (resumed)" } else { "" };
            let line = report::document_line(&issued.document);
            format!("{line}{again}\njob file {}", issued.job_file.display())
        },
    )?;
    Ok(Exit::Done)
}
