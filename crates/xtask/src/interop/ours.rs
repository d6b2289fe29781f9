//! `card-tool verify`: what we say of the same card, beside the others.

use std::{
    io::Write as _,
    path::{Path, PathBuf},
    process::Stdio,
    time::Duration,
};

use anyhow::{Context, Result, anyhow};
use serde_json::Value;

use super::{
    judge::{Judge, Trial, Verdict, Way, at},
    last_json, offices,
    protocol::{Inability, Protocol},
    row::OVERALL,
};

/// Our checks that the others call something else. What is not listed keeps its own word.
const WORDS: [(&str, &str); 5] = [
    ("security-object", "sod signature"),
    ("document-signer", "chain"),
    ("certificate-validity", "chain"),
    ("active-authentication", "active authentication"),
    ("chip-authentication", "chip authentication"),
];

/// What we are called among the judges.
pub(super) const NAME: &str = "card-tool (ours)";

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

/// What we are called at a counter.
pub(super) const COUNTER: &str = "card-tool (counter)";

/// The same card at a counter, `verify --loop`: the time is that of the clerk, from card and number to the light.
pub(super) fn at_counter(card_tool: &Path, trial: &Trial<'_>) -> Result<Verdict> {
    let key = &trial.specimen.key;
    let (access, number) = match trial.way {
        Way::PaceCan => ("pace", key.can.clone()),
        _ => ("bac", key.zone()),
    };
    let mut verify = trial.command(card_tool);
    verify
        .args(["verify", "--loop", "--access", access])
        .args(["--reader", trial.reader, "--output-format", "json"])
        .arg("--trust")
        .arg(&trial.specimen.csca);
    verify.stdin(Stdio::piped());
    verify.stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut counter = verify.spawn().context("card-tool cannot be started")?;
    let mut keyboard = counter.stdin.take().context("no keyboard")?;
    writeln!(keyboard, "{number}").context("nobody reads the number")?;
    drop(keyboard);
    let output = counter.wait_with_output().context("the counter")?;
    let report = last_json(&output)?;
    let mut verdict = read(&report)?;
    let took = at(&report, "/took_ms")?.as_f64().context("no time")?;
    verdict.took(Duration::from_secs_f64(took / 1e3));
    Ok(verdict)
}

impl Judge for Ours {
    fn name(&self) -> &'static str {
        NAME
    }

    fn ways(&self) -> &'static [Way] {
        &[Way::PaceCan, Way::PaceMrz, Way::Bac]
    }

    fn authenticates(&self) -> bool {
        true
    }

    fn cannot(&self, _: Protocol) -> Option<Inability> {
        None
    }

    fn proof(&self, protocol: Protocol) -> &'static [&'static str] {
        match protocol {
            Protocol::Bac => &["bac"],
            Protocol::GenericEcdh
            | Protocol::GenericDh
            | Protocol::IntegratedEcdh
            | Protocol::IntegratedDh => &["pace"],
            Protocol::ChipAuthenticationMapping => &["pace", "chip-authentication-mapping"],
            Protocol::ChipAuthenticationEcdh | Protocol::ChipAuthenticationDh => {
                &["chip-authentication"]
            }
            Protocol::TerminalAuthentication => &[
                "terminal-authentication",
                "protected-data-groups",
                "data-groups",
            ],
            Protocol::ActiveAuthenticationRsa | Protocol::ActiveAuthenticationEcdsa => {
                &["active-authentication"]
            }
            Protocol::PassiveAuthentication => {
                &["security-object", "document-signer", "data-groups"]
            }
        }
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
            ])
            .arg("--trust")
            .arg(&trial.specimen.csca);
        match trial.way {
            Way::PaceCan => verify.args(["--access", "pace"]).env("CARD_CAN", &key.can),
            Way::PacePin => verify.args(["--access", "pace"]).env("CARD_PIN", &key.pin),
            Way::PaceMrz => verify
                .args(["--access", "pace"])
                .env("CARD_MRZ", key.zone()),
            Way::Bac => verify.args(["--access", "bac"]).env("CARD_MRZ", key.zone()),
            Way::Open => verify.env("CARD_MRZ", key.zone()),
        };
        if let Some(offices) = trial.offices {
            let (variable, secret) = offices::SECRET;
            verify
                .arg("--eac")
                .arg(offices.inspection_system())
                .env(variable, secret);
        }
        let output = verify.output().context("card-tool cannot be started")?;
        let report = last_json(&output)?;
        match report.get("error").and_then(Value::as_str) {
            Some(error) => Ok(not_begun(trial.way, error)),
            None => read(&report),
        }
    }
}

/// No inspection: the card was not to be opened this way.
fn not_begun(way: Way, error: &str) -> Verdict {
    let mut verdict = Verdict::of(env!("CARGO_PKG_VERSION"));
    verdict.check(way.check(), Err(anyhow!("{error}")));
    verdict
}

/// Our report in the judges' words: *failed* and *aborted* are failures, *successful* is a pass, the other two say nothing.
fn read(report: &Value) -> Result<Verdict> {
    let mut verdict = Verdict::of(env!("CARGO_PKG_VERSION"));
    let mut milliseconds = 0.0;
    for check in at(report, "/checks")?
        .as_array()
        .context("`checks` is no list")?
    {
        let id = at(check, "/id")?.as_str().unwrap_or_default();
        let cause = check
            .get("cause")
            .and_then(Value::as_str)
            .unwrap_or_default();
        milliseconds += check
            .get("elapsed_ms")
            .and_then(Value::as_f64)
            .unwrap_or_default();
        match at(check, "/result")?.as_str() {
            Some("successful") => verdict.check(id, Ok(())),
            Some("failed" | "aborted") => {
                for word in words(id, cause) {
                    verdict.check(word, Err(anyhow!("{cause}")));
                }
            }
            _ => {}
        }
    }
    if at(report, "/overall")? == "successful" {
        verdict.check(OVERALL, Ok(()));
    }
    let counted = |what: &str| Ok::<_, anyhow::Error>(at(report, what)?.as_u64());
    verdict.round_trips = counted("/statistics/round_trips")?;
    verdict.bytes_to_card = counted("/statistics/bytes_to_card")?;
    verdict.bytes_from_card = counted("/statistics/bytes_from_card")?;
    verdict.took(Duration::from_secs_f64(milliseconds / 1e3));
    Ok(verdict)
}

/// What the others call a failed check: a hash each by its data group, `not identical: EF.DG2, EF.DG15; identical: …`.
fn words(id: &str, cause: &str) -> Vec<String> {
    if let ("data-groups", Some(rest)) = (id, cause.strip_prefix("not identical: ")) {
        let list = rest.split(';').next().unwrap_or_default();
        return list
            .split(", ")
            .map(|file| format!("hash {}", file.trim_start_matches("EF.").to_lowercase()))
            .collect();
    }
    let word = WORDS
        .iter()
        .find(|(ours, _)| *ours == id)
        .map_or(id, |(_, theirs)| theirs);
    vec![word.to_owned()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn our_report_is_read_in_the_judges_words() {
        let report = serde_json::json!({
            "overall": "failed",
            "checks": [
                { "id": "pace", "result": "successful", "cause": "", "elapsed_ms": 2.5 },
                { "id": "bac", "result": "not supported", "cause": "" },
                { "id": "active-authentication", "result": "failed", "cause": "the signature is wrong", "elapsed_ms": 1.5 },
                { "id": "data-groups", "result": "failed", "cause": "not identical: EF.DG2, EF.DG15; identical: EF.DG1" },
            ],
            "statistics": { "round_trips": 24, "bytes_to_card": 900, "bytes_from_card": 48_000 },
        });
        let verdict = read(&report).unwrap();
        assert_eq!(verdict.passed.into_iter().collect::<Vec<_>>(), ["pace"]);
        let failed: Vec<&str> = verdict.failed.keys().map(String::as_str).collect();
        assert_eq!(failed, ["active authentication", "hash dg15", "hash dg2"]);
        assert_eq!(verdict.round_trips, Some(24));
    }

    #[test]
    fn a_report_of_another_shape_is_no_verdict() {
        assert!(read(&serde_json::json!({ "steps": [] })).is_err());
    }
}
