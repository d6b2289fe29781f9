//! `floor status`: where every card is, what comes next, what has failed.

use anyhow::Result;
use floor::station::Standing;
use floor::{Batch, Card, Reason, Stage, State};
use serde_json::{Value, json};

use crate::args::FloorStatus;
use crate::commands::{Context, print, print_json};
use crate::exit::Exit;
use crate::floor_folder::FloorFolder;

/// How many cards people are told to put in next.
const NEXT_SHOWN: usize = 10;

/// Runs the verb.
pub fn run(args: &FloorStatus, context: &mut Context) -> Result<Exit> {
    let floor = FloorFolder::look(&args.folder)?;
    let (lines, link) = floor.head();
    if context.json() {
        let journal = json!({ "lines": lines, "link": link });
        print_json(&floor.with(|state| json_of(state, &journal))?)?;
    } else {
        let mut text = floor.with(text_of)?;
        text.push(format!("journal: {lines} lines, link {link}"));
        print(&crate::printable::lines(&text.join("\n")))?;
    }
    Ok(Exit::Done)
}

/// How many cards of a batch are where.
fn progress(state: &State, batch: &Batch) -> Vec<(Stage, usize)> {
    let cards: Vec<&Card> = batch
        .chips
        .iter()
        .filter_map(|chip| state.card(chip))
        .collect();
    let of = |stage| cards.iter().filter(|card| card.stage == stage).count();
    let stages = Stage::ALL.into_iter().map(|stage| (stage, of(stage)));
    stages.filter(|(_, count)| *count > 0).collect()
}

fn text_of(state: &State) -> Vec<String> {
    let numbers = state.numbers();
    let stages = Stage::ALL.map(|stage| format!("{} {stage}", numbers.in_stage(stage)));
    let sign = if numbers.adds_up() { "=" } else { "IS NOT" };
    let mut text = vec![format!(
        "{} received {sign} {}",
        numbers.received,
        stages.join(" + ")
    )];
    for batch in state.batches() {
        let parts: Vec<String> = progress(state, batch)
            .into_iter()
            .map(|(stage, count)| format!("{count} {stage}"))
            .collect();
        let kind = if batch.remake { "remakes" } else { "batch" };
        text.push(format!("{kind} {}: {}", batch.id, parts.join(", ")));
    }
    text.extend(stations_in_words(state));
    for reason in Reason::ALL {
        let count = numbers.rejected_for(reason);
        if count > 0 {
            text.push(format!("rejects, {}: {count}", reason.word()));
        }
    }
    for card in state.next().into_iter().take(NEXT_SHOWN) {
        text.push(format!("next: {}, chip {}", card.number(), card.chip));
    }
    text.extend(troubles(state));
    text.push(state.open_shift().map_or_else(
        || "no shift is open".to_owned(),
        |shift| format!("shift {} is open, by {}", shift.number, shift.opened_by),
    ));
    text
}

/// Stations that are not empty, and cards that one of them has shown with another number.
fn stations_in_words(state: &State) -> Vec<String> {
    let mut text = Vec::new();
    for (name, standing) in state.stations().busy() {
        let inside = standing
            .inside
            .as_ref()
            .map(|chip| format!(", chip {chip} inside"));
        let stopped = standing
            .stopped
            .as_ref()
            .map(|why| format!(", stopped: {why}"));
        let parts = [inside, stopped].into_iter().flatten();
        text.push(format!("station {name}{}", parts.collect::<String>()));
    }
    for card in state.cards().filter(|card| card.stage.remains()) {
        if let Some(why) = &card.other_number {
            text.push(format!(
                "to be looked at: {}, chip {}: {why}",
                card.number(),
                card.chip
            ));
        }
    }
    text
}

/// Cards that have failed, and those of which nobody knows whether they are locked.
fn troubles(state: &State) -> Vec<String> {
    let mut text = Vec::new();
    for card in state.cards().filter(|card| card.stage.remains()) {
        if let Some(failure) = &card.last_failure {
            text.push(format!(
                "failed {} times: {}, chip {}: {} at {}: {}",
                card.failures,
                card.number(),
                card.chip,
                failure.work.word(),
                failure.reader,
                failure.why
            ));
        }
    }
    for card in state.being_locked() {
        text.push(format!(
            "its locking was interrupted, put it in with `floor judge`: {}, chip {}",
            card.number(),
            card.chip
        ));
    }
    text
}

fn json_of(state: &State, journal: &Value) -> Value {
    let numbers = state.numbers();
    let stages = Stage::ALL.map(|stage| (stage.word().to_owned(), json!(numbers.in_stage(stage))));
    let reasons = Reason::ALL.map(|reason| {
        (
            reason.word().to_owned(),
            json!(numbers.rejected_for(reason)),
        )
    });
    let batches = state.batches().iter().map(|batch| {
        let progress = progress(state, batch).into_iter();
        let progress = progress.map(|(stage, count)| (stage.word().to_owned(), json!(count)));
        json!({ "batch": batch.id, "remake": batch.remake, "by": batch.by.name(), "source": batch.source, "cards": Value::Object(progress.collect()) })
    });
    let shift = state.open_shift();
    json!({
        "received": numbers.received,
        "adds_up": numbers.adds_up(),
        "stages": Value::Object(stages.into_iter().collect()),
        "rejects": Value::Object(reasons.into_iter().collect()),
        "batches": batches.collect::<Vec<_>>(),
        "next": state.next().iter().map(|card| json!(card.chip.to_string())).collect::<Vec<_>>(),
        "cards": state.cards().map(card_json).collect::<Vec<_>>(),
        "stations": stations(state),
        "journal": journal,
        "shift": shift.map(|shift| json!({
            "number": shift.number, "as_closed": shift.as_closed, "counted": shift.counted, "account": shift.account(&numbers),
        })),
    })
}

fn stations(state: &State) -> Vec<Value> {
    let busy = state.stations().busy();
    let one = |(name, standing): (&str, &Standing)| {
        let inside = standing.inside.as_ref().map(ToString::to_string);
        json!({ "station": name, "inside": inside, "stopped": standing.stopped })
    };
    busy.map(one).collect()
}

fn card_json(card: &Card) -> Value {
    let failure = card.last_failure.as_ref();
    json!({
        "chip": card.chip.to_string(),
        "stage": card.stage.word(),
        "job": card.job(),
        "number": card.number(),
        "remake": card.assignment.as_ref().is_some_and(|assignment| assignment.remake),
        "reader": card.reader,
        "reason": card.reason.map(Reason::word),
        "voided": card.voided,
        "failures": card.failures,
        "other_number": card.other_number,
        "last_failure": failure.map(|failure| format!("{}: {}", failure.work.word(), failure.why)),
        "commit": card.commit,
        "lock": card.lock,
        "lock_is_open": card.lock_is_open(),
    })
}
