//! The way of an application through the office, over the API.

use std::{
    collections::BTreeMap,
    thread,
    time::{Duration, Instant},
};

use anyhow::{Result, bail, ensure};
use serde_json::{Value, json};

use crate::{
    client::{Client, list, text},
    staff::Staff,
};

/// How long the service may take until nothing waits any more, since the last thing happened.
const PATIENCE: Duration = Duration::from_secs(120);
const REST: Duration = Duration::from_millis(100);
/// What the service says where it has something more to compare before it grants.
const RESEMBLES: &str =
    "somebody who resembles the applicant was registered in the meantime: compare them first";

/// Applications by their stage.
pub type Stages = BTreeMap<String, Vec<Value>>;

/// All applications, by their stage.
///
/// # Errors
/// A problem of the service, with its words.
pub fn stages(client: &Client) -> Result<Stages> {
    let mut stages = Stages::new();
    let mut after = String::new();
    loop {
        let page = client.get(&format!("/v1/applications?limit=500{after}"))?;
        for one in list(&page, "items")? {
            stages
                .entry(text(one, "stage")?.to_owned())
                .or_default()
                .push(one.clone());
        }
        match page.get("next").and_then(Value::as_str) {
            Some(next) => after = format!("&after={next}"),
            None => return Ok(stages),
        }
    }
}

/// Waits until no application is of these stages; `tell` hears how many are not.
///
/// # Errors
/// Nothing has moved for long; a problem of the service.
pub fn until_none_is(client: &Client, waiting: &[&str], tell: impl Fn(usize)) -> Result<Stages> {
    let mut last = (usize::MAX, Instant::now());
    loop {
        let stages = stages(client)?;
        let left: usize = waiting
            .iter()
            .map(|stage| stages.get(*stage).map_or(0, Vec::len))
            .sum();
        tell(stages.values().map(Vec::len).sum::<usize>() - left);
        if left == 0 {
            return Ok(stages);
        }
        if left != last.0 {
            last = (left, Instant::now());
        }
        ensure!(
            last.1.elapsed() < PATIENCE,
            "{left} applications do not leave {waiting:?}"
        );
        thread::sleep(REST);
    }
}

/// Judges the hints of duplicates: these people are namesakes.
///
/// # Errors
/// A problem of the service; an application without a hint.
pub fn review(staff: &Staff, stages: &Stages) -> Result<usize> {
    let waiting = stages
        .get("in-duplicate-review")
        .map_or(&[][..], Vec::as_slice);
    for one in waiting {
        let id = text(one, "id")?;
        let seen = staff.supervisor.get(&format!("/v1/applications/{id}"))?;
        ensure!(
            !list(&seen, "resembling_people")?.is_empty(),
            "{id}: whom does it resemble?"
        );
        let finding = json!({ "finding": "new-person" });
        staff
            .supervisor
            .post(&format!("/v1/applications/{id}/duplicate-review"), &finding)?;
    }
    Ok(waiting.len())
}

/// Grants the checked applications, but for those that are to be refused: `refused` names them. Somebody who resembles one may have been
/// registered while the others were granted: it is judged once more, and granted in the next round. How many were there.
///
/// # Errors
/// A problem of the service.
pub fn decide(staff: &Staff, stages: &Stages, refused: &[String], one: impl Fn()) -> Result<usize> {
    let waiting = stages.get("checked").map_or(&[][..], Vec::as_slice);
    for application in waiting {
        let id = text(application, "id")?;
        // Whoever decides has looked at the person.
        let seen = staff.approver.get(&format!("/v1/applications/{id}"))?;
        if text(&seen, "stage")? != "checked" {
            bail!("{id} is {} now", text(&seen, "stage")?);
        }
        if refused.iter().any(|refused| refused == id) {
            let reason = json!({ "reason": "evidence-missing" });
            staff
                .approver
                .post(&format!("/v1/applications/{id}/refusal"), &reason)?;
        } else {
            let approval = format!("/v1/applications/{id}/approval");
            let granted = staff
                .approver
                .post_unless(&approval, &json!({}), RESEMBLES)?;
            if granted.is_none() {
                continue;
            }
        }
        one();
    }
    Ok(waiting.len())
}
