//! `--check-config`: is everything there that the service needs?

use anyhow::Result;
use issuance_service::{Config, signers};
use serde_json::json;

use super::{Context, boxed_rng};
use crate::exit::Exit;
use crate::report;

/// Reads the configuration, tries the key and opens the register.
pub async fn run(context: &Context) -> Result<Exit> {
    let config = Config::read(&context.config)?;
    let Some(pki) = &config.pki else {
        return desk(&config, context).await;
    };
    let signer = signers::document_signer(pki, boxed_rng()?)?;
    let service = context.service().await?;
    service.store().close().await;
    let usage = signer.private_key_usage_period();
    let may_sign = usage.not_before.is_none_or(|begin| context.now >= begin)
        && usage.not_after.is_none_or(|end| context.now <= end);
    let certificate = signer.certificate();
    report::print(
        context.format,
        || {
            json!({
                "store": config.store_name(),
                "jobs": config.jobs,
                "document_signer": {
                    "subject": certificate.subject().to_string(),
                    "validity": certificate.validity().to_string(),
                    "document_types": signer.document_types(),
                    "may_sign_now": may_sign,
                },
            })
        },
        || {
            format!(
                "store            {}\njobs             {}\ndocument signer  {}\n                 signs {} and {} now",
                config.store_name(),
                config.jobs.display(),
                certificate.subject(),
                signer.document_types().join(", "),
                if may_sign {
                    "may do so"
                } else {
                    "may not do so"
                },
            )
        },
    )?;
    Ok(if may_sign { Exit::Done } else { Exit::KeyStore })
}

/// A service that signs nothing has a register only.
async fn desk(config: &Config, context: &Context) -> Result<Exit> {
    context.service().await?.store().close().await;
    report::print(
        context.format,
        || json!({ "store": config.store_name(), "jobs": config.jobs, "document_signer": null }),
        || {
            format!(
                "store            {}\njobs             {}\ndocument signer  none: packets are taken in, nothing is issued",
                config.store_name(),
                config.jobs.display(),
            )
        },
    )?;
    Ok(Exit::Done)
}
