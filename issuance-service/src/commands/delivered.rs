//! `delivered`: the chip is in the field.

use anyhow::Result;
use perso::applet::Receipt;
use register::document::Delivery;

use super::Context;
use crate::args::{Delivered, ReceiptArg, ReceiptName};
use crate::exit::{Exit, Problem};
use crate::report;

/// Runs the verb.
pub async fn run(args: Delivered, context: &Context) -> Result<Exit> {
    let delivery = Delivery {
        commit: one(&args.receipts, ReceiptName::Commit)?,
        lock: one(&args.receipts, ReceiptName::Lock)?,
        by: None,
    };
    if args.receipts.len() > 2 {
        return Err(Problem::usage(
            "more receipts than those of COMMIT and LOCK",
        ));
    }
    let service = context.service_in_lists().await?;
    let document = service
        .confirm_delivery(args.job, delivery, context.now)
        .await?;
    service.store().close().await;
    report::print_document(context.format, &document)?;
    Ok(Exit::Done)
}

fn one(receipts: &[ReceiptArg], name: ReceiptName) -> Result<Receipt> {
    receipts
        .iter()
        .find(|receipt| receipt.name == name)
        .map(|found| found.receipt.clone())
        .ok_or_else(|| Problem::usage("the receipts of COMMIT and of LOCK are both needed"))
}
