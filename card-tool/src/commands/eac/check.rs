//! `eac check`: certificates presented as a reader would, and judged as a chip would.

use std::path::PathBuf;

use anyhow::Result;
use authorization_pki::day_of;
use authorization_pki::examination::{Examined, Judgement, Step, examine, personalised};
use protocols::terminal_authentication::Certificate;
use serde_json::{Value, json};

use super::{day, describe, print, print_json};
use crate::commands::Context;
use crate::eac_folder;
use crate::exit::Exit;

/// Runs the verb.
pub fn run(
    chain: &[PathBuf],
    trust_points: &[PathBuf],
    date: Option<&str>,
    context: &Context,
) -> Result<Exit> {
    let today = match date {
        Some(text) => day(text)?,
        None => day_of(context.now)?,
    };
    let trust = personalised(&read_all(trust_points)?, today)?;
    let certificates = read_all(chain)?;
    let Examined {
        steps,
        trust,
        opens,
    } = examine(&certificates, trust);
    let exit = if opens { Exit::Done } else { Exit::No };
    if context.json() {
        let points: Vec<_> = trust
            .points()
            .map(|point| point.holder().to_string())
            .collect();
        print_json(&json!({
            "steps": steps.iter().map(step_json).collect::<Vec<_>>(),
            "trust_points": points,
            "date": trust.today().to_string(),
            "outcome": exit.word(),
        }))?;
    } else {
        for step in &steps {
            print(&step_text(step))?;
        }
        print(&format!("the chip's date is {} afterwards", trust.today()))?;
    }
    Ok(exit)
}

fn read_all(paths: &[PathBuf]) -> Result<Vec<Certificate>> {
    let read = |path: &PathBuf| eac_folder::certificates(path);
    Ok(paths.iter().map(read).collect::<Result<Vec<_>>>()?.concat())
}

fn step_text(step: &Step<'_>) -> String {
    let (holder, kind) = (
        &step.certificate.body().holder,
        describe::kind(step.certificate),
    );
    let said = match &step.judgement {
        Judgement::TrustPoint => "accepted: a trust point from now on".to_owned(),
        Judgement::Known => "known already: it need not be presented".to_owned(),
        Judgement::Imported(authorization) => {
            format!(
                "accepted: may read {}",
                describe::rights(authorization.rights)
            )
        }
        Judgement::Refused(fault) => format!("REFUSED: {fault}"),
    };
    crate::printable::line(&format!("{holder} ({kind}): {said}"))
}

fn step_json(step: &Step<'_>) -> Value {
    let (accepted, rights, why) = match &step.judgement {
        Judgement::TrustPoint | Judgement::Known => (true, None, None),
        Judgement::Imported(authorization) => (true, Some(authorization.rights), None),
        Judgement::Refused(fault) => (false, None, Some(fault.to_string())),
    };
    json!({
        "holder": step.certificate.body().holder.to_string(),
        "kind": describe::kind(step.certificate),
        "accepted": accepted,
        "known": step.judgement == Judgement::Known,
        "fingers": rights.map(|rights| rights.fingers),
        "irises": rights.map(|rights| rights.irises),
        "why": why,
        "date": step.today.to_string(),
    })
}
