//! `init`: the folder of a service.

use anyhow::Result;
use crypto::SecretBytes;
use issuance_service::Config;
use issuance_service::signers::Signers;
use serde_json::json;

use super::{Context, randomness};
use crate::args::Init;
use crate::exit::Exit;
use crate::report;

/// Runs the verb. The PKI is looked at first: a service that cannot sign with it is not made. Keys that need a secret are opened later:
/// the configuration says where it is.
pub async fn run(args: &Init, context: &Context) -> Result<Exit> {
    if let Some(pki) = &args.pki {
        Signers::open(pki, SecretBytes::from([]), randomness())?;
    }
    let config = Config::init(&args.folder, args.pki.as_deref()).await?;
    report::print(
        context.format,
        || json!({ "config": config }),
        || format!("configuration: {}", config.display()),
    )?;
    Ok(Exit::Done)
}
