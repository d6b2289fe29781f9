//! `cargo xtask interop`: other people's software judges what our PKI issues, other people's readers judge our chip in a real reader, and
//! all of them must refuse what was altered.
//!
//! | judge | reads by | judges |
//! |---|---|---|
//! | opensc-tool (C) | nothing: raw APDUs | ATR, files that are open, files that must not be |
//! | JMRTD (Java) | BAC, PACE | chip, terminal, active and passive authentication, content of the data groups |
//! | OpenPACE (C) with OpenSSL | PACE | chip, active and passive authentication |
//! | libmrtd (C) with OpenSSL | BAC | passive authentication |
//! | OpenSSL | – | what a CSCA issues: chains, link certificate, revocation lists, signed lists |
//! | `cryptography` (Python) | – | the same, and EF.SOD of files that another has read |
//!
//! Cards to order (`order`) are read by all of them, protocol by protocol: the table at the end ([`Matrix`]) says of each reader what it
//! can, what it cannot and why. What a reader gets wrong is looked into, written down beside it, and expected from then on. The other
//! way round our reader reads chips that are not ours ([`foreign_chip`]). `--stats` counts what a reading costs each reader ([`cost`]).
//!
//! Each is a process of its own; nothing of theirs is linked into what we ship. A judge that is missing is a failure, not a skip.

use std::{
    fs,
    path::{Path, PathBuf},
    process::{Command, ExitCode},
    time::Instant,
};

use anyhow::{Context, Result};
use clap::Args;

use crate::{
    card_tool,
    pcscd::Pcscd,
    process,
    setup::{self, Tier},
};

mod cost;
mod foreign_chip;
mod insertion;
mod issued;
mod jmrtd;
mod judge;
mod matrix;
mod native;
mod offices;
mod opensc;
mod openssl;
mod order;
mod ours;
mod protocol;
mod python;
mod row;
mod specimen;

use insertion::Insertion;
use judge::{Judge, Trial};
use matrix::Matrix;
use python::Python;
use row::{Expectation, Row};
use specimen::Specimen;

/// One card is judged at a time; the other reader stays empty, as a reader must that nobody asked.
const READERS: usize = 2;

/// Which cards.
#[derive(Args)]
pub(crate) struct Arguments {
    /// The folder that `card-tool demo --out` left; without it a new one is made
    #[arg(long, value_name = "DIR")]
    cards: Option<PathBuf>,

    /// Only certificates, revocation lists and signed lists; no cards
    #[arg(long, conflicts_with = "cards")]
    pki_only: bool,

    /// Only the table of readers by protocols, and our reader on chips that are not ours
    #[arg(long, conflicts_with_all = ["cards", "pki_only"])]
    protocols_only: bool,

    /// Only our reader on chips that are not ours
    #[arg(long, conflicts_with_all = ["cards", "pki_only", "protocols_only"])]
    foreign_only: bool,

    /// Only what reading one card costs each reader: round trips, bytes, time
    #[arg(long, conflicts_with_all = ["cards", "pki_only", "protocols_only", "foreign_only"])]
    stats: bool,
}

/// Lets every judge judge what a state issues and every card.
///
/// # Errors
/// The machine cannot be made ready, a judge cannot be built, or a card cannot be put into the reader.
pub(crate) fn run(arguments: &Arguments) -> Result<ExitCode> {
    process::heading("what this machine needs");
    setup::ensure(Tier::Interop)?;
    let card_tool = card_tool::build()?;
    let begun = Instant::now();
    let mut good = true;
    let mut rows = Vec::new();
    if arguments.takes_pki() {
        process::heading("what a state issues");
        rows.extend(issued::judge(&card_tool, &Python::install()?)?);
    }
    if arguments.foreign_only {
        let daemon = Pcscd::start(READERS)?;
        rows.extend(foreign_chip::judge(&card_tool, &daemon)?);
        good &= report(&rows);
    } else if !arguments.pki_only {
        process::heading("the judges");
        let mut table = None;
        let judges = judges(&card_tool)?;
        let daemon = Pcscd::start(READERS)?;
        if arguments.takes_cards() {
            let cards = judge_cards(&card_tool, arguments.cards.as_deref(), &daemon, &judges)?;
            good &= covers(&cards);
            rows.extend(cards);
        }
        if arguments.stats {
            process::heading("what reading costs");
            good &= cost::measure(&card_tool, &daemon, &judges)?;
        } else {
            process::heading("chips that are not ours");
            rows.extend(foreign_chip::judge(&card_tool, &daemon)?);
            process::heading("readers by protocols");
            table = Some(Matrix::measure(&card_tool, &daemon, judges)?);
        }
        good &= report(&rows) & table.as_ref().is_none_or(Matrix::is_as_expected);
        table.iter().for_each(Matrix::print);
    } else {
        good &= report(&rows);
    }
    println!("in {}", process::seconds(begun.elapsed()));
    Ok(if good {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}

impl Arguments {
    const fn takes_pki(&self) -> bool {
        !(self.protocols_only || self.foreign_only || self.stats)
    }

    const fn takes_cards(&self) -> bool {
        self.takes_pki() && !self.pki_only
    }
}

/// Every card by every judge who reads cards.
fn judge_cards(
    card_tool: &Path,
    kept: Option<&Path>,
    daemon: &Pcscd,
    judges: &[Box<dyn Judge>],
) -> Result<Vec<Row>> {
    process::heading("the cards");
    let folder = kept.map_or_else(|| issue(card_tool), |folder| Ok(folder.to_owned()))?;
    let specimens = specimen::load(&folder)?;
    process::heading("the judgements");
    let mut rows = Vec::new();
    for specimen in &specimens {
        rows.extend(judge_card(
            &Insertion::of(card_tool, &specimen.image),
            daemon,
            judges,
            specimen,
            Expectation::Accepted,
        )?);
        for altered in &specimen.altered {
            let insertion = Insertion::of(card_tool, &altered.image);
            rows.extend(judge_card(
                &insertion,
                daemon,
                judges,
                specimen,
                Expectation::Refused(altered.alteration),
            )?);
        }
    }
    Ok(rows)
}

/// New cards: the demo in memory leaves them with their keys, their trust anchor and their altered sisters.
fn issue(card_tool: &Path) -> Result<PathBuf> {
    let folder = process::scratch().join("interop/cards");
    if folder.exists() {
        fs::remove_dir_all(&folder)?;
    }
    process::run(
        Command::new(card_tool)
            .current_dir(process::workspace())
            .args(["demo", "--transport", "memory", "--out"])
            .arg(&folder),
    )?;
    Ok(folder)
}

fn judges(card_tool: &Path) -> Result<Vec<Box<dyn Judge>>> {
    Ok(vec![
        Box::new(opensc::OpenSc::find()?),
        Box::new(jmrtd::Jmrtd::build()?),
        Box::new(native::Native::openpace()?),
        Box::new(native::Native::libmrtd()?),
        Box::new(ours::Ours::new(card_tool)),
    ])
}

/// Puts a card into the reader and lets every judge at it, by every way it knows; an altered card is read by one way and only by those who
/// can tell.
fn judge_card(
    insertion: &Insertion,
    daemon: &Pcscd,
    judges: &[Box<dyn Judge>],
    specimen: &Specimen,
    expectation: Expectation,
) -> Result<Vec<Row>> {
    let inserted = insertion.put_in(daemon)?;
    let mut rows = Vec::new();
    for judge in judges {
        let ways = match expectation {
            Expectation::Accepted | Expectation::Partly(_) => judge.ways(),
            Expectation::Refused(_) if judge.authenticates() => {
                judge.ways().get(..1).unwrap_or_default()
            }
            _ => &[],
        };
        for &way in ways {
            inserted.reset()?;
            let trial = Trial {
                specimen,
                way,
                form: None,
                offices: None,
                reader: inserted.reader(),
                environment: daemon.environment(),
                folder: process::scratch().join("interop/read"),
            };
            trial.clear()?;
            let row = Row {
                card: specimen.name.clone(),
                judge: judge.name(),
                way,
                expectation,
                verdict: judge.judge(&trial),
            };
            eprintln!("{row}");
            rows.push(row);
        }
    }
    Ok(rows)
}

/// Shows the judgements, and whether all are as expected.
fn report(rows: &[Row]) -> bool {
    if rows.is_empty() {
        return true;
    }
    println!("\n{}", row::table(rows));
    for row in rows.iter().filter(|row| !row.is_as_expected()) {
        println!("NOT AS EXPECTED: {row}");
    }
    let good = rows.iter().filter(|row| row.is_as_expected()).count();
    println!("{good} of {} judgements as expected", rows.len());
    good == rows.len()
}

/// Whether the cards were signed in both ways that the world uses: a run over one of them would say nothing of the other.
fn covers(rows: &[Row]) -> bool {
    let seen = |scheme: &str| {
        rows.iter().any(|row| {
            row.verdict
                .as_ref()
                .is_ok_and(|verdict| verdict.signature.contains(scheme))
        })
    };
    let missing: Vec<&str> = [openssl::RSA_PSS, openssl::ECDSA]
        .into_iter()
        .filter(|scheme| !seen(scheme))
        .collect();
    if !missing.is_empty() {
        println!(
            "NOT AS EXPECTED: no card was signed by {}",
            missing.join(" and none by ")
        );
    }
    missing.is_empty()
}

/// The program's answer, however it ended: all it wrote, or its last line that is JSON.
fn last_json(output: &std::process::Output) -> Result<serde_json::Value> {
    let said = String::from_utf8_lossy(&output.stdout);
    let line = said.lines().rev().find(|line| line.starts_with('{'));
    let parsed = [Some(said.as_ref()), line]
        .into_iter()
        .flatten()
        .find_map(|text| serde_json::from_str(text).ok());
    parsed.with_context(|| {
        let complaint = String::from_utf8_lossy(&output.stderr);
        let last = complaint.lines().last().unwrap_or("not a word");
        format!("it answered nothing ({}): {last}", output.status)
    })
}
