//! Cards that leave: handed over as good, rejected, destroyed, missing, found.

use anyhow::Result;
use floor::{ChipSerial, Event, Person, Reason, Refused, Stage};
use serde_json::json;

use super::{done, pair};
use crate::args::{FloorHandOver, FloorOne, FloorReject, FloorTwo};
use crate::commands::Context;
use crate::exit::Exit;
use crate::floor_folder::FloorFolder;

/// `floor reject`.
pub fn reject(args: &FloorReject, context: &mut Context) -> Result<Exit> {
    let by = Person::new(&args.by)?;
    let reason: Reason = args.reason.parse()?;
    let floor = FloorFolder::open_for(&args.folder, args.dry_run)?;
    let card = floor.find(&args.card)?;
    let chip = card.chip.clone();
    floor.note_all(&[Event::Rejected { chip, reason, by }], args.dry_run)?;
    if let (Some(job), false) = (card.job(), args.dry_run) {
        floor.forget(job)?;
    }
    let text = format!(
        "chip {} is a reject: {}{}",
        card.chip,
        reason.word(),
        if card.stage.is_good() {
            "; it was good: two persons destroy it by hand, and `floor results` tells the service"
        } else if card.job().is_some() {
            "; a remake comes as a new job"
        } else {
            ""
        }
    );
    let value = json!({ "chip": card.chip.to_string(), "number": card.number(), "job": card.job(), "reason": reason.word() });
    done(context, args.dry_run, &text, value)
}

/// `floor hand-over`.
pub fn hand_over(args: &FloorHandOver, context: &mut Context) -> Result<Exit> {
    let by = Person::new(&args.by)?;
    let to = Person::new(&args.to)?;
    let floor = FloorFolder::open_for(&args.folder, args.dry_run)?;
    let chips: Vec<ChipSerial> = if args.all {
        floor.with(|state| {
            let good = state.cards().filter(|card| card.stage == Stage::Passed);
            good.map(|card| card.chip.clone()).collect()
        })?
    } else {
        let chips = args
            .cards
            .iter()
            .map(|word| floor.find(word).map(|card| card.chip));
        chips.collect::<Result<_>>()?
    };
    let computed = u64::try_from(chips.len()).unwrap_or(u64::MAX);
    if args.count != computed {
        return Err(Refused::CountDiffers {
            what: "good cards to hand over",
            counted: args.count,
            computed,
        }
        .into());
    }
    let names: Vec<String> = chips.iter().map(ToString::to_string).collect();
    let text = format!("{computed} good cards go from {by} to {to}");
    let value = json!({ "count": computed, "chips": names, "by": by.name(), "to": to.name() });
    floor.note_all(&[Event::HandedOver { chips, by, to }], args.dry_run)?;
    done(context, args.dry_run, &text, value)
}

/// `floor destroy`.
pub fn destroy(args: &FloorTwo, context: &mut Context) -> Result<Exit> {
    let by = pair(&args.by)?;
    each(args, context, "destroyed", |chip| Event::Destroyed {
        chip,
        by: by.clone(),
    })
}

/// `floor missing`.
pub fn missing(args: &FloorTwo, context: &mut Context) -> Result<Exit> {
    let by = pair(&args.by)?;
    each(args, context, "missing", |chip| Event::Missing {
        chip,
        by: by.clone(),
    })
}

/// `floor found`.
pub fn found(args: &FloorOne, context: &mut Context) -> Result<Exit> {
    let by = Person::new(&args.by)?;
    let floor = FloorFolder::open_for(&args.folder, args.dry_run)?;
    let chip = floor.find(&args.card)?.chip;
    let name = chip.to_string();
    floor.note_all(&[Event::Found { chip, by }], args.dry_run)?;
    let text = format!("chip {name} was found, and goes to the rejects");
    done(context, args.dry_run, &text, json!({ "chips": [name] }))
}

fn each(
    args: &FloorTwo,
    context: &Context,
    what: &str,
    event: impl Fn(ChipSerial) -> Event,
) -> Result<Exit> {
    let floor = FloorFolder::open_for(&args.folder, args.dry_run)?;
    let mut chips = Vec::new();
    for word in &args.cards {
        chips.push(floor.find(word)?.chip);
    }
    let events: Vec<Event> = chips.iter().cloned().map(event).collect();
    // All of them or none: the first that cannot be is found before the first is written down.
    floor.note_all(&events, true)?;
    floor.note_all(&events, args.dry_run)?;
    let names: Vec<String> = chips.iter().map(ToString::to_string).collect();
    let text = format!("{what}: {}", names.join(", "));
    done(
        context,
        args.dry_run,
        &text,
        json!({ "what": what, "chips": names }),
    )
}
