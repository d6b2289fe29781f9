//! What it costs to read one card: round trips, bytes, time; ours beside that of the others, on the same card in the same reader.

use std::path::Path;

use anyhow::{Context, Result};

use super::{
    insertion::Insertion,
    judge::{Judge, Trial, Verdict, Way},
    order::{self, BOTH_WAYS},
};
use crate::{pcscd::Pcscd, process, table::Table};

/// Ways by which readers are compared, each with those who know it.
const WAYS: [Way; 2] = [Way::PaceCan, Way::Bac];
/// What the card is made to take, contactless: a time on a machine that answers at once is nobody's.
const RATE: &str = "848k";
/// Our round trips for one of a reader at its defaults: at most half.
const AT_MOST: f64 = 0.5;
/// The reader that this is promised for.
const PROMISED: &str = "JMRTD";

/// A reader's reading.
struct Reading {
    name: &'static str,
    way: Way,
    verdict: Verdict,
}

/// Has every reader read the card by every way, and shows the table. Whether we keep our promise and everybody could read.
///
/// # Errors
/// The card cannot be made, or a reader cannot be asked or does not count.
pub(super) fn measure(card_tool: &Path, daemon: &Pcscd, judges: &[Box<dyn Judge>]) -> Result<bool> {
    let (folder, issuer) = order::issuer(card_tool)?;
    let specimen = BOTH_WAYS.make(card_tool, &folder, &issuer, None)?;
    let card = Insertion::of(card_tool, &specimen.image).timed(RATE);
    let inserted = card.put_in(daemon)?;
    let mut readings = Vec::new();
    for way in WAYS {
        let trial = Trial {
            specimen: &specimen,
            way,
            form: None,
            offices: None,
            reader: inserted.reader(),
            environment: daemon.environment(),
            folder: process::scratch().join("interop/read"),
        };
        for judge in judges.iter().filter(|judge| judge.ways().contains(&way)) {
            inserted.reset()?;
            trial.clear()?;
            readings.push(Reading {
                name: judge.name(),
                way,
                verdict: judge.judge(&trial)?,
            });
        }
        inserted.reset()?;
        trial.clear()?;
        readings.push(Reading {
            name: super::ours::COUNTER,
            way,
            verdict: super::ours::at_counter(card_tool, &trial)?,
        });
    }
    show(&readings)
}

fn show(readings: &[Reading]) -> Result<bool> {
    let mut table = Table::new(&[
        "by",
        "reader",
        "version",
        "round trips",
        "bytes to card",
        "bytes from card",
        "time",
        "ours : theirs",
    ]);
    let mut good = true;
    for reading in readings {
        let ours = readings
            .iter()
            .find(|other| other.way == reading.way && other.name == super::ours::NAME)
            .context("we have not read the card")?;
        let verdict = &reading.verdict;
        let number = |count: Option<u64>| count.map_or_else(String::new, |count| count.to_string());
        let time = verdict
            .time()
            .map_or_else(String::new, process::milliseconds);
        let ratio = ratio(&ours.verdict, verdict);
        table.row(&[
            reading.way.word(),
            reading.name,
            &verdict.version,
            &number(verdict.round_trips),
            &number(verdict.bytes_to_card),
            &number(verdict.bytes_from_card),
            &time,
            &ratio.map_or_else(String::new, |ratio| format!("{ratio:.2}")),
        ]);
        if !verdict.accepts() {
            println!(
                "NOT AS EXPECTED: {} does not accept the card: {:?}",
                reading.name, verdict.failed
            );
            good = false;
        }
        if reading.name == PROMISED && ratio.is_none_or(|ratio| ratio > AT_MOST) {
            println!(
                "NOT AS EXPECTED: more than half of the round trips of {PROMISED} by {}",
                reading.way.word()
            );
            good = false;
        }
    }
    println!("\n{table}");
    println!(
        "time: as each reader says, from meeting the card to its verdict, without the start of its program; at the counter from card \
         and number to the light. The card takes the time of a real one at {RATE}bit/s"
    );
    Ok(good)
}

/// Our round trips for each of theirs.
fn ratio(ours: &Verdict, theirs: &Verdict) -> Option<f64> {
    let count = |verdict: &Verdict| {
        verdict
            .round_trips
            .and_then(|count| u32::try_from(count).ok())
    };
    let (ours, theirs) = (count(ours)?, count(theirs)?);
    (theirs != 0).then(|| f64::from(ours) / f64::from(theirs))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn half_is_half() {
        let verdict = |round_trips| {
            let mut verdict = Verdict::default();
            verdict.round_trips = round_trips;
            verdict
        };
        for (ours, theirs, wanted) in [
            (Some(20), Some(40), Some(0.5)),
            (Some(20), Some(0), None),
            (None, Some(40), None),
            (Some(20), None, None),
        ] {
            assert_eq!(ratio(&verdict(ours), &verdict(theirs)), wanted);
        }
    }
}
