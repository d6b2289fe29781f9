//! The quirks of the field: for each switch of the chip a card that has it is inspected, and ends as the table here says.

mod cards;
mod cases;
mod known_series;
mod renewal;
mod signatures;
mod table;

use std::collections::BTreeSet;

use applet_spec::quirk::{self, Entry};
use inspection::{Data, Report};

use crate::border::{outcome, table as lines};
use cards::{Made, Tape};
use cases::{CASES, Case};

/// Every switch, over the line in memory.
#[test]
fn every_switch_ends_as_it_must() {
    let mut faults = Vec::new();
    let mut handled = 0;
    let switches: Vec<Entry> = quirk::table().unwrap();
    let switches: Vec<&Entry> = switches.iter().filter(|entry| entry.is_switch()).collect();
    for entry in &switches {
        let id = entry.id.to_string();
        let cases: Vec<&Case> = CASES.iter().filter(|case| case.quirk == id).collect();
        if cases.is_empty() {
            faults.push(format!("{id} has no case"));
            continue;
        }
        let mut shows = !entry.probe.is_empty() && cases.iter().any(|case| probed(case, entry));
        let before = faults.len();
        for case in cases {
            let (report, tape) = inspected(case, entry, true);
            let wrong: Vec<String> = case.faults(&report).collect();
            if !wrong.is_empty() {
                faults.push(format!(
                    "{id}: {}
{}",
                    wrong.join("; "),
                    lines(&report)
                ));
            }
            shows |= tape != inspected(case, entry, false).1 && alters_what_it_says(case, entry);
        }
        if !shows {
            faults.push(format!("{id} changes nothing on the line"));
        }
        handled += usize::from(before == faults.len());
    }
    let all = quirk::table().unwrap();
    let elsewhere = all
        .iter()
        .filter(|entry| !entry.is_switch() && !entry.tests.is_empty());
    let elsewhere = elsewhere.count();
    let in_part = all.iter().filter(|entry| entry.gap.is_some()).count();
    let applicable = all
        .iter()
        .filter(|entry| entry.kind != quirk::Kind::NotApplicable);
    println!(
        "quirks handled / applicable: {} / {}, and {in_part} in part ({handled} of {} switches walked, {elsewhere} by tests of their own)",
        handled + elsewhere - in_part,
        applicable.count(),
        switches.len(),
    );
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

/// EF.SOD is another one whenever it is signed again: a quirk of content has altered something else.
fn alters_what_it_says(case: &Case, entry: &Entry) -> bool {
    let alone = BTreeSet::from([entry.id]);
    if !quirk::needs_signature(&alone) {
        return true;
    }
    let [with, without] = [true, false].map(|with| Made::of(case, entry, with).files());
    let mut groups =
        lds::File::all().filter(|file| ![lds::File::Sod, lds::File::Com].contains(file));
    groups.any(|file| with.get(&file) != without.get(&file))
}

/// The inspection of a card with a quirk, or of its plain sister: with the quirks that this one needs beside it, and signed as
/// late.
fn inspected(case: &Case, entry: &Entry, with: bool) -> (Report, Tape) {
    let made = Made::of(case, entry, with);
    let mut line = made.power_on();
    made.before(case, &mut line);
    let report = made.border(case).inspect(&mut line);
    (report, line.into_tape())
}

/// Whether the commands of the table are answered otherwise.
fn probed(case: &Case, entry: &Entry) -> bool {
    let answers = |with| {
        let mut line = Made::of(case, entry, with).power_on();
        let commands = entry.probe_commands();
        assert_eq!(commands.len(), entry.probe.len(), "{}", entry.id);
        for command in &commands {
            iso7816::Channel::transmit(&mut line, command).unwrap();
        }
        line.into_tape()
    };
    answers(true) != answers(false)
}

impl Case {
    /// What is not as the case says.
    fn faults(&self, report: &Report) -> impl Iterator<Item = String> {
        let mut faults = Vec::new();
        for (id, expected) in self.expected {
            let found = match *id {
                "overall" => report.overall(),
                id => outcome(report, id),
            };
            if found != *expected {
                faults.push(format!("{id} is {found}, not {expected}"));
            }
        }
        let is_verified = matches!(report.data, Data::Verified(_));
        if is_verified != self.verified {
            faults.push(format!("verified is {is_verified}"));
        }
        let said = |note: &str| {
            report.checks.iter().any(|check| {
                let mut deviations = check.deviations.iter();
                check.finding.cause.contains(note) || deviations.any(|text| text.contains(note))
            })
        };
        if !said(self.note) {
            faults.push(format!(
                "{:?} is not said, but {:?}",
                self.note,
                all_said(report)
            ));
        }
        faults.into_iter()
    }
}

fn all_said(report: &Report) -> Vec<&String> {
    report
        .checks
        .iter()
        .flat_map(|check| &check.deviations)
        .collect()
}
