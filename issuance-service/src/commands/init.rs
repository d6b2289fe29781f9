//! `init`: the folder of a service.

use anyhow::Result;
use issuance_service::{Config, signers};
use serde_json::json;

use super::{Context, boxed_rng};
use crate::args::Init;
use crate::exit::Exit;
use crate::report;

/// Runs the verb. The PKI is tried first: a service that cannot sign with it is not made.
pub async fn run(args: &Init, context: &Context) -> Result<Exit> {
    if let Some(pki) = &args.pki {
        signers::document_signer(pki, boxed_rng()?)?;
    }
    let config = Config::init(&args.folder, args.pki.as_deref()).await?;
    report::print(
        context.format,
        || json!({ "config": config }),
        || format!("configuration: {}", config.display()),
    )?;
    Ok(Exit::Done)
}
