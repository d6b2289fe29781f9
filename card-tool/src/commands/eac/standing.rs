//! `eac cvca show`, `eac dv show`, `eac is show`: keys, periods, answers, and what is to be done next.

use std::path::Path;

use anyhow::Result;
use authorization_pki::{EntityKind, OwnKey, State, day_of};
use protocols::terminal_authentication::Date;
use serde_json::{Value, json};

use super::{describe, print, print_json};
use crate::commands::Context;
use crate::eac_folder::EntityFolder;
use crate::exit::Exit;
use crate::printable;

/// A successor is due when less than this part of the period is left: a third.
const DUE: u32 = 3;

/// Runs the verb.
pub fn run(kind: EntityKind, folder: &Path, context: &Context) -> Result<Exit> {
    let (_folder, entity) = EntityFolder::open(folder, kind)?;
    let (state, today) = (entity.state(), day_of(context.now)?);
    let next = next(state, today);
    if context.json() {
        let settings = state.settings();
        print_json(&json!({
            "kind": kind,
            "country": settings.country,
            "mnemonic": settings.mnemonic,
            "keys": state.keys().iter().map(|key| key_json(key, today)).collect::<Vec<_>>(),
            "answers": state.answers().iter().map(|answered| describe::certificate_json(answered.certificate())).collect::<Vec<_>>(),
            "next": next,
            "outcome": Exit::Done.word(),
        }))?;
        return Ok(Exit::Done);
    }
    for key in state.keys() {
        print(&printable::line(&key_text(key, today)))?;
    }
    for answered in state.answers() {
        let body = answered.certificate().body();
        let rights = describe::rights(body.authorization.rights());
        print(&format!(
            "certified    {}, {}, {rights}, {} to {}",
            body.holder,
            body.authorization.role(),
            body.period.effective(),
            body.period.expiry()
        ))?;
    }
    print(&format!("next         {next}"))?;
    Ok(Exit::Done)
}

fn standing(key: &OwnKey, today: Date) -> &'static str {
    match (key.certificate(), key.request()) {
        (Some(_), _) if key.is_valid(today) => "valid",
        (Some(_), _) => "expired",
        (None, _) if key.is_withdrawn() => "given up",
        (None, Some(_)) => "waits for its certificate",
        (None, None) => "named, not in use yet",
    }
}

fn key_text(key: &OwnKey, today: Date) -> String {
    let until = key.certificate().map_or_else(String::new, |certificate| {
        let body = certificate.body();
        let rights = describe::rights(body.authorization.rights());
        format!(
            ", {rights}, {} to {}",
            body.period.effective(),
            body.period.expiry()
        )
    });
    format!(
        "key          {}, {}, {}, {}{until}",
        key.name(),
        key.algorithm(),
        key.place(),
        standing(key, today)
    )
}

fn key_json(key: &OwnKey, today: Date) -> Value {
    json!({
        "name": key.name().to_string(),
        "algorithm": key.algorithm().to_string(),
        "place": key.place(),
        "standing": standing(key, today),
        "certificate": key.certificate().map(describe::certificate_json),
    })
}

/// What a person has to do.
fn next(state: &State, today: Date) -> String {
    let is_cvca = state.settings().kind == EntityKind::Cvca;
    if let Some(waiting) = state.waiting() {
        return format!("import the certificate of {}", waiting.name());
    }
    if state.planned().is_some() {
        return "the run that made a key broke off: the same verb once more goes on".to_owned();
    }
    match state.valid(today).and_then(OwnKey::certificate) {
        None if is_cvca && state.keys().is_empty() => "create".to_owned(),
        None if is_cvca => "renew --late".to_owned(),
        None => "request".to_owned(),
        Some(certificate) => {
            let period = certificate.body().period;
            let left = period.expiry().days().saturating_sub(today.days());
            let due = if left < period.days() / DUE {
                "renew now"
            } else {
                "renew in time"
            };
            format!("{due}: {left} days are left")
        }
    }
}
