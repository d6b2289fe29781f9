//! `floor shift`: people count, and it adds up, or the shift stays open.

use anyhow::Result;
use floor::shift::Count;
use floor::{Event, Person, Refused};
use serde_json::json;

use super::{done, pair};
use crate::args::{FloorShift, ShiftCount};
use crate::commands::Context;
use crate::exit::Exit;
use crate::floor_folder::FloorFolder;

/// Runs the verb.
pub fn run(verb: &FloorShift, context: &mut Context) -> Result<Exit> {
    match verb {
        FloorShift::Open(args) => open(args, context),
        FloorShift::Close(args) => close(args, context),
    }
}

const fn count(args: &ShiftCount) -> Count {
    Count {
        remaining: args.remaining,
        rejects: args.rejects,
    }
}

fn open(args: &ShiftCount, context: &Context) -> Result<Exit> {
    let [by] = &args.by[..] else {
        return Err(Refused::Name.into());
    };
    let by = Person::new(by)?;
    let floor = FloorFolder::open(&args.folder)?;
    let opened = Event::ShiftOpened {
        by,
        count: count(args),
    };
    floor.note_all(&[opened], args.dry_run)?;
    let number = floor.with(|state| state.open_shift().map(|shift| shift.number))?;
    let text = number.map_or_else(
        || "the count is right".to_owned(),
        |number| format!("shift {number} is open"),
    );
    done(context, args.dry_run, &text, json!({ "shift": number }))
}

fn close(args: &ShiftCount, context: &Context) -> Result<Exit> {
    let by = pair(&args.by)?;
    let floor = FloorFolder::open(&args.folder)?;
    let closed = Event::ShiftClosed {
        by,
        count: count(args),
    };
    floor.note_all(&[closed], args.dry_run)?;
    let (number, account) = floor.with(|state| {
        let shift = state.open_shift().or(state.closed_shifts().last());
        let account = shift.map(|shift| shift.account(&state.numbers()));
        (shift.map(|shift| shift.number), account)
    })?;
    let mut text = "the count is right".to_owned();
    if let (Some(number), Some(account)) = (number, account) {
        text = format!(
            "shift {number}: {} + {} received = {} good + {} rejects + {} destroyed + {} missing + {} remaining",
            account.opened_with,
            account.received,
            account.good,
            account.rejects,
            account.destroyed,
            account.missing,
            account.remaining
        );
    }
    done(
        context,
        args.dry_run,
        &text,
        json!({ "shift": number, "account": account }),
    )
}
