//! `--check-config`: is everything there that the service needs?

use anyhow::Result;
use issuance_service::Config;
use issuance_service::api::start;
use issuance_service::places::{PlaceFault, Places};
use issuance_service::signers::SignerState;
use serde_json::{Value, json};

use super::{Context, randomness, system_rng};
use crate::exit::Exit;
use crate::report;

/// Reads the configuration, tries the key, opens the register and the lines out.
pub async fn run(context: &Context) -> Result<Exit> {
    let config = Config::read(&context.config)?;
    // Settings that cannot work are faults here as they are when it is served.
    config.telemetry.traces()?;
    let nats = Nats::look(&config).await?;
    let faults = Places::of(&config).examine();
    let signers = config.signers(randomness())?;
    if let Some(signers) = &signers {
        signers.try_keys(context.now)?;
    }
    let has_keys = start::try_keys(&config, context.now, &mut system_rng()?).await?;
    let Some(signers) = signers else {
        return desk(&config, has_keys, (&nats, &faults), context).await;
    };
    let signers = signers.states(context.now)?;
    let service = context.service().await?;
    service.store().close().await;
    let may_sign = signers.iter().any(|signer| signer.may_sign);
    report::print(
        context.format,
        || {
            json!({
                "store": config.store_name(),
                "jobs": config.jobs,
                "document_signers": signers.iter().map(signer_json).collect::<Vec<_>>(),
                "service_keys": has_keys,
                "nats": nats.json(),
                "places": places_json(&faults),
            })
        },
        || {
            format!(
                "store            {}\njobs             {}\n{}{}{nats}{}",
                config.store_name(),
                config.jobs.display(),
                keys_line(has_keys),
                signers.iter().map(signer_line).collect::<String>(),
                places_lines(&faults),
            )
        },
    )?;
    Ok(if may_sign {
        exit(&nats, &faults)
    } else {
        Exit::KeyStore
    })
}

/// What cannot be written to weighs more than a line that is down.
const fn exit(nats: &Nats, faults: &[PlaceFault]) -> Exit {
    match faults {
        [] => nats.exit(),
        _ => Exit::KeyStore,
    }
}

fn places_json(faults: &[PlaceFault]) -> Value {
    let fault = |fault: &PlaceFault| json!({ "place": fault.what(), "what": fault.to_string(), "todo": fault.todo() });
    faults.iter().map(fault).collect()
}

fn places_lines(faults: &[PlaceFault]) -> String {
    let line = |fault: &PlaceFault| {
        let text = format!("{fault}; {}", fault.todo());
        format!("\nnot written      {}", crate::exit::printable(&text))
    };
    faults.iter().map(line).collect()
}

fn signer_json(signer: &SignerState) -> Value {
    json!({
        "name": signer.name,
        "subject": signer.certificate.subject().to_string(),
        "validity": signer.certificate.validity().to_string(),
        "document_types": signer.document_types,
        "used": signer.used,
        "limit": signer.limit,
        "may_sign_now": signer.may_sign,
    })
}

fn signer_line(signer: &SignerState) -> String {
    let count = match (signer.used, signer.limit) {
        (Some(used), Some(limit)) => format!(", {used} of {limit} documents"),
        (Some(used), None) => format!(", {used} documents"),
        _ => String::new(),
    };
    format!(
        "\ndocument signer  {}{}\n                 signs {} and {} now{count}",
        signer.certificate.subject(),
        signer
            .name
            .as_ref()
            .map_or_else(String::new, |name| format!(" ({name})")),
        signer.document_types.join(", "),
        if signer.may_sign {
            "may do so"
        } else {
            "may not do so"
        },
    )
}

const fn keys_line(has_keys: bool) -> &'static str {
    if has_keys {
        "service keys     open"
    } else {
        "service keys     none yet: the first start makes them"
    }
}

/// A service that signs nothing has a register only.
async fn desk(
    config: &Config,
    has_keys: bool,
    (nats, faults): (&Nats, &[PlaceFault]),
    context: &Context,
) -> Result<Exit> {
    context.service().await?.store().close().await;
    report::print(
        context.format,
        || json!({ "store": config.store_name(), "jobs": config.jobs, "document_signers": [], "service_keys": has_keys, "nats": nats.json(), "places": places_json(faults) }),
        || {
            format!(
                "store            {}\njobs             {}\n{}\ndocument signer  none: packets are taken in, nothing is issued{nats}{}",
                config.store_name(),
                config.jobs.display(),
                keys_line(has_keys),
                places_lines(faults),
            )
        },
    )?;
    Ok(exit(nats, faults))
}

/// What was found of the stream for changes.
enum Nats {
    /// There is to be none.
    None,
    /// It is there, with so many messages.
    There { url: String, messages: u64 },
    /// It cannot be used now. The service starts all the same: changes wait in the register.
    Away { url: String, why: String },
}

impl Nats {
    async fn look(config: &Config) -> Result<Self> {
        let Some(settings) = &config.relying.nats else {
            return Ok(Self::None);
        };
        let url = settings.url.clone();
        Ok(match settings.line()?.check().await {
            Ok(found) => Self::There {
                url,
                messages: found.messages,
            },
            Err(error) => Self::Away {
                url,
                why: format!("{:#}", anyhow::Error::from(error)),
            },
        })
    }

    fn json(&self) -> Value {
        match self {
            Self::None => Value::Null,
            Self::There { url, messages } => {
                json!({ "url": url, "reachable": true, "messages": messages })
            }
            Self::Away { url, why } => json!({ "url": url, "reachable": false, "why": why }),
        }
    }

    /// The same call again may tell otherwise.
    const fn exit(&self) -> Exit {
        match self {
            Self::None | Self::There { .. } => Exit::Done,
            Self::Away { .. } => Exit::Undetermined,
        }
    }
}

impl core::fmt::Display for Nats {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        match self {
            Self::None => Ok(()),
            Self::There { url, messages } => {
                write!(
                    f,
                    "\nnats             {url}: reachable, {messages} messages"
                )
            }
            Self::Away { url, why } => {
                write!(
                    f,
                    "\nnats             {url}: not reachable, changes wait ({})",
                    crate::exit::printable(why)
                )
            }
        }
    }
}
