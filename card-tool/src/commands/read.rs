//! `read`: the files of a card into a folder.

use anyhow::Result;
use inspection::{Check, Config, Outcome, Phase, Report, inspect};
use lds::Access;
use serde_json::{Map, json};
use transport::Clock;

use super::{Context, note, print, print_json, verify};
use crate::args::Read;
use crate::eac_folder::OpenTerminal;
use crate::exit::{Exit, Problem};
use crate::files::{self, Secrecy};
use crate::{input, reader, trust_folder};

/// Runs the verb. What can be read is written; what cannot is named. Who named a terminal wanted what only terminals open:
/// without any of that the end is not *done*.
pub fn run(args: &Read, context: &mut Context) -> Result<Exit> {
    let trusted = trust_folder::load_with_lists(&args.trust, &[])?;
    let passwords = input::passwords(&args.passwords, context.asking)?;
    let terminal = verify::terminal(&args.terminal, context)?;
    let mut channel = reader::open(&args.reader)?;
    verify::look_first(&mut channel, &passwords.passwords)?;
    let clock = std::cell::RefCell::new(Clock::monotonic());
    let config = Config {
        passwords: &passwords.passwords,
        access: verify::access_choice(args.passwords.access),
        printed_mrz: None,
        terminal: terminal.as_ref().map(OpenTerminal::terminal),
        trust: &trusted.trust,
        now: context.now,
        extended_length: !args.reader.short,
        clock: &|| clock.borrow_mut().now(),
    };
    let (report, _) = reader::with_line(&mut channel, context.verbose, |line| {
        verify::with_progress(!context.json(), |observe| {
            inspect(line, &config, &mut *context.rng, observe)
        })
    });
    let read = &report.data.as_shown().files;
    if read.keys().all(|file| file.access() == Access::Always) {
        return Err(nothing_read(&report));
    }
    let closed = terminal.as_ref().and_then(|_| closed(&report));
    let why = closed.as_ref().map(|closed| closed.why.as_str());
    write(args, &report, why, context)?;
    if let Some(why) = why {
        note(&format!("Fingerprints and irises: {why}"));
    }
    if let Some(broken_off) = broken_off(&report) {
        return Err(broken_off);
    }
    note("Nothing of this is verified: `card-tool verify` does that.");
    Ok(closed.map_or(Exit::Done, |closed| closed.exit))
}

/// Where the chip was lost over a file, or did not come to an end: what is in the folder is not all that the chip has.
fn broken_off(report: &Report) -> Option<anyhow::Error> {
    let mut aborted = report.checks.iter().filter(|check| {
        check.kind.phase() == Phase::Reading && check.finding.outcome == Outcome::Aborted
    });
    let first = aborted.next()?;
    let not_read: Vec<&str> = std::iter::once(first)
        .chain(aborted)
        .map(|check| check.kind.title)
        .collect();
    Some(Problem::of(
        Exit::Card,
        format!(
            "the chip was not read to the end ({}); not done: {}",
            first.finding.cause,
            not_read.join("; ")
        ),
        "what was read until then is in the folder; leave the document on the reader and read it again",
    ))
}

/// Writes the files, and says which there are and which there are not.
fn write(args: &Read, report: &Report, closed: Option<&str>, context: &Context) -> Result<()> {
    files::make_folder(&args.out)?;
    let mut written = Map::new();
    for (file, bytes) in &report.data.as_shown().files {
        let path = args.out.join(format!("{}.bin", file.word()));
        files::write(&path, bytes, Secrecy::OwnerOnly)?;
        written.insert(file.word().to_owned(), json!(bytes.len()));
        if !context.json() {
            print(&format!(
                "{:16} {:6} bytes  {}",
                file.name(),
                bytes.len(),
                path.display()
            ))?;
        }
    }
    for (file, error) in &report.unread {
        note(&format!("{:16} not read: {error}", file.name()));
    }
    if context.json() {
        let unread: Map<_, _> = report
            .unread
            .iter()
            .map(|(file, error)| (file.word().to_owned(), json!(error.to_string())))
            .collect();
        print_json(&json!({
            "folder": args.out,
            "files": written,
            "unread": unread,
            "closed": closed,
        }))?;
    }
    Ok(())
}

/// What stayed closed to a terminal that was named.
struct Closed {
    why: String,
    exit: Exit,
}

/// Why a terminal that was named has not opened all that it is for; `None` where it has.
fn closed(report: &Report) -> Option<Closed> {
    let is_open = |check: &&Check| check.finding.outcome == Outcome::Successful;
    let groups = report.check("protected-data-groups");
    if groups.is_some_and(|check| is_open(&check)) {
        return None;
    }
    // The protocol says why it did not come to its end; where it did, the reading says what stayed closed.
    let protocol = report.check("terminal-authentication");
    let finding = &protocol.filter(|check| !is_open(check)).or(groups)?.finding;
    let mut read = report.data.as_shown().files.keys();
    let exit = if read.any(|file| file.access() == Access::TerminalAuthentication) {
        Exit::Done
    } else if matches!(finding.outcome, Outcome::Failed | Outcome::Aborted) {
        Exit::Card
    } else {
        Exit::Undetermined
    };
    let remedy = finding.remedy;
    let remedy = remedy.map_or_else(String::new, |remedy| format!("; {remedy}"));
    Some(Closed {
        why: format!("{}{remedy}", finding.cause),
        exit,
    })
}

/// Why access was not won.
fn nothing_read(report: &Report) -> anyhow::Error {
    let cause = report.obstacles().next().map_or_else(
        || "nothing could be read".to_owned(),
        |check| check.finding.cause.clone(),
    );
    let remedy = report
        .obstacles()
        .find_map(|check| check.finding.remedy)
        .unwrap_or("check the card and the password");
    Problem::of(Exit::Card, cause, remedy)
}
