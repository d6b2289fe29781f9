//! `floor`: batches at several readers, with a journal that survives whatever happens.

mod batch;
mod ends;
mod hall;
mod issue;
mod making;
mod paper;
mod shift;
mod show;
mod station;
mod status;
mod take;

use anyhow::Result;
use floor::{Pair, Person};

use super::{Context, note, print, print_json};
use crate::args::Floor;
use crate::exit::Exit;

/// Runs the verb.
pub fn run(verb: &Floor, context: &mut Context) -> Result<Exit> {
    match verb {
        Floor::Open(args) => batch::open(args, context),
        Floor::TrustSigner(args) => batch::trust_signer(args, context),
        Floor::SignerKey(args) => batch::signer_key(args, context),
        Floor::Sign(args) => batch::sign(args, context),
        Floor::Take(args) => take::take(args, context),
        Floor::Prepare(args) => making::prepare(args, context),
        Floor::Issue(args) => issue::run(args, context),
        Floor::Write(args) => making::write(args, context),
        Floor::Judge(args) => making::judge(args, context),
        Floor::Void(args) => making::void(args, context),
        Floor::HandOver(args) => ends::hand_over(args, context),
        Floor::Station(args) => station::cleared(args, context),
        Floor::Reject(args) => ends::reject(args, context),
        Floor::Destroy(args) => ends::destroy(args, context),
        Floor::Missing(args) => ends::missing(args, context),
        Floor::Found(args) => ends::found(args, context),
        Floor::Status(args) => status::run(args, context),
        Floor::Report(args) => paper::report(args, context),
        Floor::Results(args) => paper::results(args, context),
        Floor::Shift(verb) => shift::run(verb, context),
    }
}

/// Two persons out of the names that were given.
fn pair(names: &[String]) -> Result<Pair> {
    match names {
        [first, second] => Ok(Pair::new(Person::new(first)?, Person::new(second)?)?),
        _ => Err(floor::Refused::SamePerson.into()),
    }
}

/// Says that nothing was changed.
fn dry(context: &Context) {
    if !context.json() {
        note("dry run: no card, no journal and no file was touched");
    }
}

/// Tells what was done, in the form that was asked for.
fn done(context: &Context, dry_run: bool, text: &str, value: serde_json::Value) -> Result<Exit> {
    ended(context, dry_run, Exit::Done, text, value)
}

/// Tells how something ended, in the form that was asked for.
fn ended(
    context: &Context,
    dry_run: bool,
    exit: Exit,
    text: &str,
    mut value: serde_json::Value,
) -> Result<Exit> {
    if let Some(object) = value.as_object_mut() {
        object.insert("dry_run".to_owned(), dry_run.into());
        object.insert("outcome".to_owned(), exit.word().into());
    }
    if context.json() {
        print_json(&value)?;
    } else {
        print(text)?;
    }
    if dry_run {
        dry(context);
    }
    Ok(exit)
}
