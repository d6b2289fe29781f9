//! `read`: the files of a card into a folder.

use anyhow::Result;
use inspection::{Config, Report, inspect};
use lds::Access;
use pki::TrustStore;
use serde_json::{Map, json};
use transport::Clock;

use super::{Context, note, print, print_json, verify};
use crate::args::Read;
use crate::eac_folder::OpenTerminal;
use crate::exit::{Exit, Problem};
use crate::files::{self, Secrecy};
use crate::{input, reader};

/// Runs the verb. What can be read is written; what cannot is named.
pub fn run(args: &Read, context: &mut Context) -> Result<Exit> {
    let passwords = input::passwords(&args.passwords, context.asking)?;
    let terminal = verify::terminal(&args.terminal, context)?;
    let mut channel = reader::open(&args.reader)?;
    verify::look_first(&mut channel, &passwords.passwords)?;
    let nobody = TrustStore::new();
    let clock = std::cell::RefCell::new(Clock::monotonic());
    let config = Config {
        passwords: &passwords.passwords,
        access: verify::access_choice(args.passwords.access),
        printed_mrz: None,
        terminal: terminal.as_ref().map(OpenTerminal::terminal),
        trust: &nobody,
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
    files::make_folder(&args.out)?;
    let mut written = Map::new();
    for (file, bytes) in read {
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
        print_json(&json!({ "folder": args.out, "files": written, "unread": unread }))?;
    }
    note("Nothing of this is verified: `card-tool verify` does that.");
    Ok(Exit::Done)
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
