//! `void`: there will be no document.

use anyhow::Result;
use issuance_service::Error;
use register::Approval;
use register::document::Voiding;

use super::Context;
use crate::args::{ReceiptName, Void};
use crate::exit::{Exit, Problem};
use crate::report;

/// Runs the verb.
pub async fn run(args: Void, context: &Context) -> Result<Exit> {
    let officers = args.officers;
    let receipt = match args.receipt {
        Some(receipt) if receipt.name != ReceiptName::Void => {
            return Err(Problem::usage("the receipt is not one of VOID"));
        }
        receipt => receipt.map(|receipt| receipt.receipt),
    };
    let voiding = Voiding {
        reason: args.reason,
        approval: Approval::new(officers.operator, officers.approver).map_err(Error::from)?,
        receipt,
    };
    let service = context.service().await?;
    let document = service.void(args.job, voiding, context.now).await?;
    service.store().close().await;
    report::print_document(context.format, &document)?;
    Ok(Exit::Done)
}
