//! `conformance`: does a card behave as the standards want it?

mod authority;
mod card;
mod listing;
mod page;
mod report_run;
mod results;

use anyhow::Result;
use applet_spec::conformance::{Hindrance, Knowledge, Outcome, Permission, Suite, examine, suites};

use protocols::{Password, PasswordKind};

use self::card::{Card, is_printed};
use self::report_run::Run;
use self::results::{CaseResult, Results, remedy};
use super::{Context, note, print, print_json};
use crate::args::Conformance;
use crate::exit::{Exit, Problem};
use crate::files::{self, Secrecy};
use crate::progress::Progress;

/// Most likely after a run that moved the date of a card, or brought it a trust point.
const REFUSED_AUTHORITY: &str = "the card took no terminal that this CVCA certifies, and cases will fail for it: if an earlier run moved the date of the card, \
     say a later --day; EF.CVCA names the keys that it trusts";

/// The holder's tries are not for tests.
const IDLE_PIN: &str = "the PIN was not shown to the card: what is printed opens it, and no case that was chosen shows the PIN";

/// Runs the verb.
pub fn run(args: &Conformance, context: &mut Context) -> Result<Exit> {
    let suites = chosen(suites()?, args)?;
    if args.list {
        return listing::show(&suites, context);
    }
    let mut card = Card::open(args, context)?;
    let passwords = without_idle_pin(core::mem::take(&mut card.passwords), &suites);
    let zone = card.printed_mrz.take();
    let run = Run::new(args, &card, &passwords, context.now);
    let knows_law = !is_foreign(args) || names_cases(args);
    let mut knowledge = known(&mut card, passwords, zone, context)?;
    knowledge.declare(args.offers.iter().copied());
    let permission = match args.destructive || card.is_a_copy() {
        true => Permission::Destructive,
        false => Permission::Harmless,
    };
    if let Some(authority) = authority::open(args, context)? {
        let device = card.next(context)?;
        knowledge.authorize(authority, device, permission, &mut *context.rng)?;
        if knowledge.refused_authority {
            note(REFUSED_AUTHORITY);
        }
    }
    let progress = Progress::new(!context.json());
    let mut cases = Vec::new();
    for suite in &suites {
        for case in &suite.cases {
            progress.step(case.id.as_str());
            let device = card.next(context)?;
            let outcome = match knows_law || !suite.is_of_our_law() {
                true => examine(case, device, &knowledge, permission, &mut *context.rng),
                false => Outcome::NotRun(Hindrance::OtherLaw),
            };
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
    let results = Results {
        run,
        cases,
        with_data: args.with_data,
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
        print(&format!("Card: {}\n{}", results.run.card, results.table()))?;
    }
    if !context.json() {
        for (hindrance, count) in results.hindrances() {
            note(&format!(
                "{count} not run: {hindrance}; {}",
                remedy(hindrance)
            ));
        }
        note(&format!("{}: {}", results.run.card, results.verdict()));
    }
    let total = results.total();
    if (total.passed, total.failed) == (0, 0) {
        note("nothing was tested: no case that applies to this card was run");
    }
    Ok(match (total.passed, total.failed) {
        (0, 0) => Exit::Undetermined,
        (_, 0) if results.leaves_open() => Exit::Undetermined,
        (_, 0) => Exit::Done,
        _ => Exit::No,
    })
}

/// A PIN loses a try where it is wrong: it stays out of it unless it has to open the card, or a case that was chosen shows it.
fn without_idle_pin(mut passwords: Vec<Password>, suites: &[Suite]) -> Vec<Password> {
    let is_pin = |password: &Password| password.kind() == PasswordKind::Pin;
    let mut cases = suites.iter().flat_map(|suite| &suite.cases);
    let is_idle =
        passwords.iter().any(is_printed) && !cases.any(|case| case.shows(PasswordKind::Pin));
    if is_idle && passwords.iter().any(is_pin) {
        passwords.retain(|password| !is_pin(password));
        note(IDLE_PIN);
    }
    passwords
}

/// What is known of the card before the cases run.
fn known(
    card: &mut Card,
    passwords: Vec<Password>,
    zone: Option<String>,
    context: &mut Context,
) -> Result<Knowledge> {
    let device = card.next(context)?;
    let knowledge = Knowledge::of(device, passwords, zone, &mut *context.rng)?;
    if let Some(kind) = knowledge.refused_password {
        return Err(Problem::of(
            Exit::Card,
            format!("the password does not open this card: {kind}"),
            match kind {
                PasswordKind::Pin => {
                    "it was shown once, which has used up a try; ask the holder, or leave it out and give what is printed; no case was run"
                }
                _ => {
                    "compare it with what is printed; no case was run, since all of them would fail"
                }
            },
        ));
    }
    if let Some(hindrance @ (Hindrance::LastTry(_) | Hindrance::Blocked(_))) = knowledge.not_shown {
        note(&format!("{hindrance}; {}", remedy(hindrance)));
    }
    if knowledge.is_endless {
        note(
            "the card goes on and on: its reading was broken off, and cases that need what was not read are not run",
        );
    }
    if knowledge.files.is_empty() {
        note("the card gave no file away: is it a travel document, and are the passwords its own?");
    }
    Ok(knowledge)
}

/// A card in a reader, which may be anybody's. Our own law binds our own chips only.
const fn is_foreign(args: &Conformance) -> bool {
    args.chip.is_none() && args.reader.reader.is_some()
}

fn names_cases(args: &Conformance) -> bool {
    !args.unit.is_empty() || !args.case.is_empty()
}

/// The units and cases that were asked for; all where nothing was.
fn chosen(mut suites: Vec<Suite>, args: &Conformance) -> Result<Vec<Suite>> {
    let nothing = |what: &str, name: &str| {
        Problem::usage(
            format!("there is no {what} {name}"),
            "`card-tool conformance --list` names all",
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
    if !names_cases(args) {
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
