//! `conformance`: does a card behave as the standards want it?

mod authority;
mod card;
mod page;
mod results;

use anyhow::Result;
use applet_spec::conformance::{Knowledge, Outcome, Permission, Suite, examine, suites};

use self::card::Card;
use self::results::{CaseResult, Results};
use super::{Context, note, print, print_json};
use crate::args::Conformance;
use crate::exit::{Exit, Problem};
use crate::files::{self, Secrecy};
use crate::progress::Progress;

/// Runs the verb.
pub fn run(args: &Conformance, context: &mut Context) -> Result<Exit> {
    let suites = chosen(suites()?, args)?;
    let mut card = Card::open(args, context)?;
    let (passwords, zone) = (
        core::mem::take(&mut card.passwords),
        card.printed_mrz.take(),
    );
    let device = card.next(context)?;
    let mut knowledge = Knowledge::of(device, passwords, zone, &mut *context.rng)?;
    if knowledge.files.is_empty() {
        note("the card gave no file away: is it a travel document, and are the passwords its own?");
    }
    knowledge.declare(args.offers.iter().copied());
    let permission = match args.destructive || card.is_a_copy() {
        true => Permission::Destructive,
        false => Permission::Harmless,
    };
    if let Some(authority) = authority::open(args, context)? {
        let device = card.next(context)?;
        knowledge.authorize(authority, device, permission, &mut *context.rng)?;
    }
    let progress = Progress::new(!context.json());
    let mut cases = Vec::new();
    for suite in &suites {
        for case in &suite.cases {
            progress.step(case.id.as_str());
            let device = card.next(context)?;
            let outcome = examine(case, device, &knowledge, permission, &mut *context.rng);
            if let (Outcome::Failed(failure), false) = (&outcome, context.json()) {
                let (id, step) = (&case.id, failure.step);
                let (expected, found) = (&failure.expected, &failure.found);
                note(&format!(
                    "{id} failed at step {step}: expected {expected}, found {found}"
                ));
            }
            cases.push(CaseResult {
                suite,
                case,
                outcome,
            });
        }
    }
    drop(progress);
    tell_of_left_out(&cases, permission);
    let results = Results {
        card: card.name,
        at: context.now,
        cases,
    };
    show(&results, args, context)
}

fn show(results: &Results<'_>, args: &Conformance, context: &Context) -> Result<Exit> {
    if let Some(path) = &args.html {
        files::write(path, page::page(results).as_bytes(), Secrecy::OwnerOnly)?;
    }
    if context.json() {
        print_json(&results.json())?;
    } else {
        print(&results.table())?;
    }
    let total = results.total();
    if (total.passed, total.failed) == (0, 0) {
        note("nothing was tested: no case applies to this card");
    }
    Ok(match (total.passed, total.failed) {
        (0, 0) => Exit::Undetermined,
        (_, 0) => Exit::Done,
        _ => Exit::No,
    })
}

fn tell_of_left_out(cases: &[CaseResult<'_>], permission: Permission) {
    let destructive = cases
        .iter()
        .filter(|result| result.case.destructive)
        .count();
    if permission == Permission::Harmless && destructive > 0 {
        note(&format!(
            "{destructive} cases change the card for good and were left out: --destructive runs them"
        ));
    }
}

/// The units and cases that were asked for; where nothing was, all that the card is bound to: our own law binds our own chips.
fn chosen(mut suites: Vec<Suite>, args: &Conformance) -> Result<Vec<Suite>> {
    let nothing = |what: &str, name: &str| {
        Problem::usage(
            format!("there is no {what} {name}"),
            "`card-tool conformance` without --unit and --case runs all, and names them",
        )
    };
    let equal = |one: &str, other: &str| one.eq_ignore_ascii_case(other);
    for unit in &args.unit {
        if !suites.iter().any(|suite| equal(&suite.unit, unit)) {
            return Err(nothing("unit", unit));
        }
    }
    for wanted in &args.case {
        let mut cases = suites.iter().flat_map(|suite| &suite.cases);
        if !cases.any(|case| equal(&case.id, wanted)) {
            return Err(nothing("case", wanted));
        }
    }
    if args.unit.is_empty() && args.case.is_empty() {
        let is_foreign = args.chip.is_none() && args.reader.reader.is_some();
        suites.retain(|suite| !is_foreign || !suite.is_of_our_law());
        return Ok(suites);
    }
    for suite in &mut suites {
        let whole = args.unit.iter().any(|unit| equal(unit, &suite.unit));
        suite
            .cases
            .retain(|case| whole || args.case.iter().any(|wanted| equal(wanted, &case.id)));
    }
    suites.retain(|suite| !suite.cases.is_empty());
    Ok(suites)
}
