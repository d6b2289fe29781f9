//! `card-tool verify`: what we say of the same card, beside the others.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result};

use super::{
    judge::{Judge, Trial, Verdict, Way, at},
    last_json,
};

pub(super) struct Ours {
    card_tool: PathBuf,
}

impl Ours {
    pub(super) fn new(card_tool: &Path) -> Self {
        Self {
            card_tool: card_tool.to_owned(),
        }
    }
}

impl Judge for Ours {
    fn name(&self) -> &'static str {
        "card-tool (ours)"
    }

    fn ways(&self) -> &'static [Way] {
        &[Way::PaceCan, Way::PaceMrz, Way::Bac]
    }

    fn authenticates(&self) -> bool {
        true
    }

    fn judge(&self, trial: &Trial<'_>) -> Result<Verdict> {
        let key = &trial.specimen.key;
        let mut verify = trial.command(&self.card_tool);
        verify
            .args([
                "verify",
                "--reader",
                trial.reader,
                "--stats",
                "--output-format",
                "json",
                "--csca",
            ])
            .arg(&trial.specimen.csca);
        match trial.way {
            Way::PaceCan => verify.args(["--can", &key.can]),
            _ => verify.args([
                "--document-number",
                &key.document_number,
                "--birth",
                &key.date_of_birth,
                "--expiry",
                &key.date_of_expiry,
            ]),
        };
        if trial.way == Way::Bac {
            verify.args(["--access", "bac"]);
        }
        let output = verify.output().context("card-tool cannot be started")?;
        read(&last_json(&output)?)
    }
}

/// Our report in the judges' words: a step that is `failed` has failed, one that is `successful` has passed, the other three say nothing.
fn read(report: &serde_json::Value) -> Result<Verdict> {
    let mut verdict = Verdict::of(env!("CARGO_PKG_VERSION"));
    let steps = at(report, "/steps")?
        .as_array()
        .context("`steps` is no list")?;
    for step in steps {
        let name = at(step, "/name")?.as_str().unwrap_or_default().to_owned();
        match at(step, "/result")?.as_str() {
            Some("successful") => verdict.check(name, Ok(())),
            Some("failed" | "aborted") => verdict.check(
                name,
                Err(anyhow::anyhow!(
                    "{}",
                    step.pointer("/reason").cloned().unwrap_or_default()
                )),
            ),
            _ => {}
        }
    }
    verdict.round_trips = at(report, "/stats/round_trips")?.as_u64();
    verdict.took(std::time::Duration::from_secs_f64(
        at(report, "/stats/milliseconds")?
            .as_f64()
            .unwrap_or_default()
            / 1e3,
    ));
    Ok(verdict)
}
