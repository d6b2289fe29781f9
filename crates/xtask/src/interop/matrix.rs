//! Readers by protocols: each reader on the same cards in the same virtual reader, and of each protocol whether it can, cannot, or failed.

use std::{collections::BTreeMap, path::Path, time::Instant};

use anyhow::Result;

use super::{
    insertion::Insertion,
    judge::{Judge, Trial, Verdict},
    offices::Offices,
    order::{self, ORDERS, Order},
    protocol::{Inability, Protocol},
    python::{OfFiles, Python},
};
use crate::{pcscd::Pcscd, process, table::Table};

/// A reader that is missing, and why.
const WITHOUT_GMRTD: &str = "gmrtd (Go) is not among the readers: the Go module proxy does not serve it (403 for each of its versions)";

/// What became of a protocol with a reader.
#[derive(Debug, PartialEq, Eq)]
enum Cell {
    Yes,
    /// As expected, for the reason that is known.
    Cannot(&'static str),
    Failed(String),
}

/// The cells of all readers, with their versions.
pub(super) struct Matrix {
    rows: Vec<(&'static str, String, BTreeMap<Protocol, Cell>)>,
}

impl Matrix {
    /// Has the cards made and read by every reader that knows what they show.
    ///
    /// # Errors
    /// A card cannot be made or put into the reader.
    pub(super) fn measure(
        card_tool: &Path,
        daemon: &Pcscd,
        mut judges: Vec<Box<dyn Judge>>,
    ) -> Result<Self> {
        let begun = Instant::now();
        judges.push(Box::new(OfFiles::install()?));
        let (folder, issuer) = order::issuer(card_tool)?;
        let offices = Offices::open(card_tool, &folder, &Python::install()?)?;
        let mut matrix = Self::without_verdicts(&judges);
        for order in &ORDERS {
            let specimen = order.make(card_tool, &folder, &issuer, Some(&offices))?;
            let inserted = Insertion::of(card_tool, &specimen.image).put_in(daemon)?;
            for (judge, row) in judges.iter().zip(&mut matrix.rows) {
                if order.shows.iter().all(|&shown| lacks(&**judge, shown)) {
                    continue;
                }
                inserted.reset()?;
                let trial = Trial {
                    specimen: &specimen,
                    way: order.way,
                    form: order.form,
                    offices: order.has_terminals.then_some(&offices),
                    reader: inserted.reader(),
                    environment: daemon.environment(),
                    folder: process::scratch().join("interop/read"),
                };
                trial.clear()?;
                let verdict = judge.judge(&trial);
                if let Ok(verdict) = &verdict {
                    row.1.clone_from(&verdict.version);
                }
                for (protocol, cell) in cells(&**judge, order, &verdict) {
                    eprintln!("{}: {} {cell:?}", row.0, protocol.word());
                    row.2.insert(protocol, cell);
                }
            }
        }
        eprintln!(
            "readers by protocols in {}",
            process::seconds(begun.elapsed())
        );
        Ok(matrix)
    }

    fn without_verdicts(judges: &[Box<dyn Judge>]) -> Self {
        let lacking = |judge: &dyn Judge| {
            let cells = Protocol::ALL.into_iter().filter_map(|protocol| {
                let inability = judge.cannot(protocol)?;
                lacks(judge, protocol).then_some((protocol, Cell::Cannot(inability.why())))
            });
            (judge.name(), String::new(), cells.collect())
        };
        Self {
            rows: judges.iter().map(|judge| lacking(&**judge)).collect(),
        }
    }

    /// Whether no cell failed and none is empty.
    pub(super) fn is_as_expected(&self) -> bool {
        self.rows.iter().all(|(_, _, cells)| {
            cells.len() == Protocol::ALL.len()
                && !cells.values().any(|cell| matches!(cell, Cell::Failed(_)))
        })
    }

    /// The table, and below it the reasons of everything that is no yes.
    pub(super) fn print(&self) {
        let mut head = vec!["reader", "version"];
        head.extend(Protocol::ALL.map(Protocol::word));
        let mut table = Table::new(&head);
        for (name, version, cells) in &self.rows {
            let mut row = vec![*name, version];
            row.extend(Protocol::ALL.map(|protocol| match cells.get(&protocol) {
                Some(Cell::Yes) => "yes",
                Some(Cell::Cannot(_)) => "cannot",
                Some(Cell::Failed(_)) => "FAILED",
                None => "NOT TRIED",
            }));
            table.row(&row);
        }
        println!("\n{table}");
        println!("{WITHOUT_GMRTD}");
        for (name, _, cells) in &self.rows {
            for (why, protocols) in reasons(cells) {
                println!("{name} cannot {}: {why}", protocols.join(", "));
            }
            for (protocol, cell) in cells {
                if let Cell::Failed(why) = cell {
                    println!("NOT AS EXPECTED: {name}, {}: {why}", protocol.word());
                }
            }
        }
    }
}

/// The protocols of each reason.
fn reasons(cells: &BTreeMap<Protocol, Cell>) -> BTreeMap<&'static str, Vec<&'static str>> {
    let mut reasons: BTreeMap<_, Vec<_>> = BTreeMap::new();
    for (protocol, cell) in cells {
        if let Cell::Cannot(why) = cell {
            reasons.entry(*why).or_default().push(protocol.word());
        }
    }
    reasons
}

fn lacks(judge: &dyn Judge, protocol: Protocol) -> bool {
    matches!(judge.cannot(protocol), Some(Inability::Lacks(_)))
}

/// What a verdict says of the protocols that a card shows.
fn cells(judge: &dyn Judge, order: &Order, verdict: &Result<Verdict>) -> BTreeMap<Protocol, Cell> {
    let shown = order.shows.iter().copied();
    let asked = shown.filter(|&protocol| !lacks(judge, protocol));
    asked
        .map(|protocol| {
            let cell = match verdict {
                Ok(verdict) => cell(judge.cannot(protocol), judge.proof(protocol), verdict),
                Err(error) => Cell::Failed(format!("no verdict: {error:#}")),
            };
            (protocol, cell)
        })
        .collect()
}

fn cell(inability: Option<Inability>, proof: &[&str], verdict: &Verdict) -> Cell {
    let missing: Vec<&str> = proof
        .iter()
        .copied()
        .filter(|check| !verdict.passed.contains(*check))
        .collect();
    let said: Vec<String> = verdict
        .failed
        .iter()
        .chain(&verdict.unable)
        .map(|(check, why)| format!("{check} ({why})"))
        .collect();
    match inability {
        Some(Inability::Fails {
            check,
            words,
            though,
            because,
        }) => {
            let known = verdict.failed.get(check);
            let is_alone = verdict.failed.len() == 1;
            let passes = |check: &&str| verdict.passed.contains(*check);
            if is_alone && known.is_some_and(|why| why.contains(words)) && though.iter().all(passes)
            {
                Cell::Cannot(because)
            } else {
                Cell::Failed(format!("it did not fail as it did: {}", said.join("; ")))
            }
        }
        _ if missing.is_empty() && verdict.failed.is_empty() => Cell::Yes,
        _ => Cell::Failed(format!(
            "{} missing; {}",
            missing.join(", "),
            said.join("; ")
        )),
    }
}

#[cfg(test)]
mod tests {
    use anyhow::bail;

    use super::*;

    const KNOWN: Inability = Inability::Fails {
        check: "access",
        words: "token",
        though: &["com"],
        because: "an older draft",
    };

    #[test]
    fn a_cell_is_what_the_verdict_shows() {
        /// What is known of the reader, what has passed, what has failed and why, whether that is as expected.
        type Case<'a> = (
            Option<Inability>,
            &'a [&'a str],
            Option<(&'a str, &'a str)>,
            bool,
        );
        let cases: [Case<'_>; 7] = [
            (None, &["access"], None, true),
            (None, &["com"], None, false),
            (None, &["access"], Some(("dg2", "cut off")), false),
            (Some(KNOWN), &["com"], Some(("access", "wrong token")), true),
            (Some(KNOWN), &[], Some(("access", "wrong token")), false),
            (Some(KNOWN), &["com"], Some(("access", "removed")), false),
            (Some(KNOWN), &["access"], None, false),
        ];
        for (inability, passed, failed, good) in cases {
            let mut verdict = Verdict::default();
            for check in passed {
                verdict.check(*check, Ok(()));
            }
            if let Some((check, why)) = failed {
                verdict.check(check, (|| bail!("{why}"))());
            }
            let cell = cell(inability, &["access"], &verdict);
            assert_eq!(!matches!(cell, Cell::Failed(_)), good, "{cell:?}");
        }
    }

    #[test]
    fn an_empty_cell_is_not_as_expected() {
        let full = |cell: fn() -> Cell| Protocol::ALL.map(|protocol| (protocol, cell()));
        let matrix = |cells: BTreeMap<Protocol, Cell>| Matrix {
            rows: vec![("test", String::new(), cells)],
        };
        assert!(matrix(full(|| Cell::Yes).into()).is_as_expected());
        assert!(matrix(full(|| Cell::Cannot("why")).into()).is_as_expected());
        assert!(!matrix(full(|| Cell::Failed(String::new())).into()).is_as_expected());
        assert!(!matrix(BTreeMap::new()).is_as_expected());
    }
}
