//! `doctor`: is everything well, and if not, what to do.

use std::path::Path;

use anyhow::{Context as _, Result};
use issuance_service::api::doctor::{self, Ill};
use issuance_service::places::room;
use serde_json::json;

use super::{Context, serve};
use crate::args::Doctor;
use crate::exit::Exit;
use crate::report;

/// Longest checkpoint file.
const MAX_CHECKPOINT: u64 = 256 * 1024;

/// Runs the verb: 0 when all is well or can wait, 6 when something was lost or changed.
pub async fn run(args: &Doctor, context: &Context) -> Result<Exit> {
    let kept: Vec<String> = args
        .checkpoint
        .iter()
        .map(|path| note(path))
        .collect::<Result<_>>()?;
    let (config, api) = serve::open(context).await?;
    let folder = context
        .config
        .parent()
        .filter(|folder| !folder.as_os_str().is_empty())
        .unwrap_or(Path::new("."));
    let examined = doctor::examine(&config, &api, &kept, room(folder)).await;
    api.store.close().await;
    let examined = examined?;
    let is_grave = examined.ills.iter().any(|ill| ill.is_grave);
    report::print(
        context.format,
        || {
            json!({
                "log": { "entries": examined.log.entries, "proved": examined.log.proved, "waiting": examined.waiting, "dated_ahead": examined.dated_ahead },
                "room": examined.room,
                "findings": examined.ills.iter().map(finding).collect::<Vec<_>>(),
                "well": examined.ills.is_empty(),
            })
        },
        || {
            let mut lines = vec![format!(
                "log: {} entries, {} proved by a signature, {} without a number yet",
                examined.log.entries, examined.log.proved, examined.waiting
            )];
            if examined.dated_ahead > 0 {
                lines.push(format!(
                    "log: {} entries are dated ahead, by a clock that was set right and accepted since",
                    examined.dated_ahead
                ));
            }
            lines.extend(examined.ills.iter().map(ToString::to_string));
            if examined.ills.is_empty() {
                lines.push("all is well".to_owned());
            }
            lines.join("\n")
        },
    )?;
    Ok(if is_grave { Exit::KeyStore } else { Exit::Done })
}

fn finding(ill: &Ill) -> serde_json::Value {
    json!({ "part": ill.part, "what": ill.what, "todo": ill.todo, "grave": ill.is_grave })
}

fn note(path: &Path) -> Result<String> {
    let named = || path.display().to_string();
    let length = std::fs::metadata(path).with_context(named)?.len();
    anyhow::ensure!(
        length <= MAX_CHECKPOINT,
        "{} is too long for a checkpoint",
        named()
    );
    std::fs::read_to_string(path).with_context(named)
}
