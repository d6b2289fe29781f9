//! `pin`: how many tries there are, and the PUK that sets them back.

use anyhow::Result;
use inspection::pin::{PinError, Tries};
use protocols::PasswordKind;
use serde_json::json;

use super::{Context, print, print_json};
use crate::args::pin::{Pin, PinShow, PinUnblock};
use crate::exit::{Exit, Problem};
use crate::{input, reader};

/// Runs the verb.
pub fn run(args: &Pin, context: &mut Context) -> Result<Exit> {
    match args {
        Pin::Show(args) => show(args, context),
        Pin::Unblock(args) => unblock(args, context),
    }
}

fn show(args: &PinShow, context: &Context) -> Result<Exit> {
    let mut channel = reader::open(&args.reader)?;
    let mut found = Vec::new();
    for kind in [PasswordKind::Pin, PasswordKind::Puk] {
        channel.reset()?;
        let (tries, _) = reader::with_line(&mut channel, context.verbose, |line| {
            inspection::pin::tries(line, kind)
        });
        found.push((kind, tries.map_err(problem)?));
    }
    if context.json() {
        let all = found.iter().map(|(kind, tries)| {
            let (state, left) = words(*kind, *tries);
            json!({ "password": kind.to_string(), "state": state, "tries_left": left })
        });
        print_json(&json!({ "passwords": all.collect::<Vec<_>>(), "outcome": Exit::Done.word() }))?;
        return Ok(Exit::Done);
    }
    for (kind, tries) in found {
        let (state, left) = words(kind, tries);
        let left = left.map(|left| format!(", tries left: {left}"));
        print(&format!("{kind}: {state}{}", left.unwrap_or_default()))?;
    }
    Ok(Exit::Done)
}

/// The state of a counted password, and its tries where the card has told them.
const fn words(kind: PasswordKind, tries: Tries) -> (&'static str, Option<u8>) {
    match (kind, tries) {
        (_, Tries::NoPassword(_)) => ("none on this card", None),
        (_, Tries::All) => ("good, no try used up", None),
        (_, Tries::Left(0)) => ("blocked", Some(0)),
        (PasswordKind::Pin, Tries::Left(1)) => ("suspended: the CAN resumes it", Some(1)),
        (_, Tries::Left(left)) => ("good", Some(left)),
    }
}

fn unblock(args: &PinUnblock, context: &mut Context) -> Result<Exit> {
    let puk = input::puk(args.puk_file.as_deref(), args.last_try)?;
    let mut channel = reader::open(&args.reader)?;
    let rng = &mut *context.rng;
    let (done, _) = reader::with_line(&mut channel, context.verbose, |line| {
        inspection::pin::unblock(line, &puk, rng)
    });
    done.map_err(problem)?;
    if context.json() {
        print_json(
            &json!({ "password": PasswordKind::Pin.to_string(), "outcome": Exit::Done.word() }),
        )?;
    } else {
        print("the PIN has all its tries again, and is the same number as before")?;
    }
    Ok(Exit::Done)
}

/// What to do about it.
fn problem(error: PinError) -> anyhow::Error {
    let hint = match &error {
        PinError::Line(error) => return (*error).into(),
        PinError::CardAccess(_) | PinError::Malformed(_) | PinError::NoPace => {
            "a card with a PIN has PACE; is this one?"
        }
        PinError::Pace(protocols::Error::LastTry(_)) => {
            "compare the PUK with the letter that it came in; then say --last-try"
        }
        PinError::Pace(error) if error.suggests_wrong_password() => {
            "compare the PUK with the letter that it came in; `card-tool pin show` says how many tries are left"
        }
        PinError::Pace(_) => {
            "`card-tool pin show` says whether the card has a PUK, and how many tries"
        }
        PinError::Refused(_) => {
            "a card that does not let the PUK do this has to go back to its issuer"
        }
        _ => "nothing was changed",
    };
    Problem::of(Exit::Card, error.to_string(), hint)
}
