//! `floor shift`: people count, and it adds up, or the shift stays open.

use anyhow::Result;
use floor::shift::{Account, Count, Shift};
use floor::{Event, Person, Refused, State};
use serde_json::{Value, json};

use super::{done, ended, pair};
use crate::args::{FloorShift, ShiftCount, ShiftOpen};
use crate::commands::Context;
use crate::exit::{Exit, Problem};
use crate::floor_folder::FloorFolder;

/// Runs the verb.
pub fn run(verb: &FloorShift, context: &mut Context) -> Result<Exit> {
    match verb {
        FloorShift::Open(args) => open(args, context),
        FloorShift::Count(args) => count(args, context),
        FloorShift::Close(args) => close(args, context),
    }
}

const fn counted(args: &ShiftCount) -> Count {
    Count {
        remaining: args.remaining,
        good: Some(args.good),
        rejects: args.rejects,
    }
}

fn open(args: &ShiftOpen, context: &Context) -> Result<Exit> {
    let by = Person::new(&args.by)?;
    let floor = FloorFolder::open_for(&args.folder, args.dry_run)?;
    let count = match (args.remaining, args.rejects) {
        (Some(remaining), Some(rejects)) => Count {
            remaining,
            good: Some(args.good),
            rejects,
        },
        _ => floor.with(of_last_close)?.ok_or(Refused::NeverClosed)?,
    };
    let opened = Event::ShiftOpened {
        by,
        count,
        as_closed: args.as_closed,
    };
    floor.note_all(&[opened], args.dry_run)?;
    let number = floor.with(|state| state.open_shift().map(|shift| shift.number))?;
    let text = number.map_or_else(
        || "the count is right".to_owned(),
        |number| format!("shift {number} is open"),
    );
    done(
        context,
        args.dry_run,
        &text,
        json!({ "shift": number, "counted": count, "as_closed": args.as_closed }),
    )
}

/// What two persons have counted when the last shift was closed. A count of before there were good cards in it is that of the journal.
fn of_last_close(state: &State) -> Option<Count> {
    let end = state.closed_shifts().last()?.end.as_ref()?;
    let good = end.counted.good;
    Some(Count {
        good: good.or_else(|| Count::computed(&end.closing).good),
        ..end.counted
    })
}

/// A count in between is written down whatever it says.
fn count(args: &ShiftCount, context: &Context) -> Result<Exit> {
    let [by] = &args.by[..] else {
        return Err(Problem::usage(
            "one person counts in between",
            "give --by once",
        ));
    };
    let by = Person::new(by)?;
    let floor = FloorFolder::open_for(&args.folder, args.dry_run)?;
    let count = counted(args);
    let computed = floor.with(|state| Count::computed(&state.numbers()))?;
    floor.note_all(&[Event::Counted { by, count }], args.dry_run)?;
    let is_right = count == computed;
    let value = json!({ "counted": count, "computed": computed, "is_right": is_right });
    let exit = if is_right { Exit::Done } else { Exit::No };
    ended(
        context,
        args.dry_run,
        exit,
        &beside(&count, &computed),
        value,
    )
}

fn close(args: &ShiftCount, context: &Context) -> Result<Exit> {
    let by = pair(&args.by)?;
    let floor = FloorFolder::open_for(&args.folder, args.dry_run)?;
    let count = counted(args);
    floor.note_all(&[Event::ShiftClosed { by, count }], args.dry_run)?;
    let (number, account, computed) = floor.with(|state| {
        let shift = state.open_shift().or(state.closed_shifts().last());
        let now = state.numbers();
        let account = shift.map(|shift| shift.account(&now));
        (
            shift.map(|shift: &Shift| shift.number),
            account,
            Count::computed(&now),
        )
    })?;
    let mut text = beside(&count, &computed);
    if let (Some(number), Some(account)) = (number, account) {
        text.push_str(&format!("\nshift {number}: {}", sum(&account)));
    }
    let value: Value =
        json!({ "shift": number, "counted": count, "computed": computed, "account": account });
    done(context, args.dry_run, &text, value)
}

/// What was counted beside what the journal comes to.
fn beside(counted: &Count, computed: &Count) -> String {
    let rows = counted.beside(computed).map(|(what, counted, computed)| {
        format!(
            "{what}: {} counted, {} by the journal",
            counted.unwrap_or_default(),
            computed.unwrap_or_default()
        )
    });
    rows.join("\n")
}

fn sum(account: &Account) -> String {
    format!(
        "{} + {} received = {} good + {} handed over + {} rejects + {} destroyed + {} missing + {} remaining",
        account.opened_with,
        account.received,
        account.good,
        account.handed_over,
        account.rejects,
        account.destroyed,
        account.missing,
        account.remaining
    )
}
