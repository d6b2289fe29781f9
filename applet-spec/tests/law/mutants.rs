//! Chips that break one rule each, and the cases that must notice: these and no others.

use std::collections::BTreeSet;

use applet_spec::memory::Cells;
use applet_spec::{Chip, DataSheet, Deviation};
use serde::Deserialize;

use crate::cards::{Tally, commands, knowledge_of_full_card};
use crate::full_card::octets;
use crate::specimen::rng;

#[derive(Deserialize)]
struct Mutants {
    mutant: Vec<Mutant>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Mutant {
    deviation: String,
    requirement: String,
    /// Ids of the cases that fail.
    fails: BTreeSet<String>,
}

fn mutants() -> Vec<Mutant> {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/conformance/mutants.toml");
    let text = std::fs::read_to_string(path).unwrap();
    toml::from_str::<Mutants>(&text).unwrap().mutant
}

fn chip(deviation: Deviation) -> Chip {
    let sheet = DataSheet {
        deviations: BTreeSet::from([deviation]),
        ..DataSheet::default()
    };
    Chip::load(
        Box::new(Cells::from_octets(octets())),
        sheet,
        Box::new(rng(2)),
    )
    .unwrap()
}

#[test]
fn every_deviation_is_caught_by_exactly_its_cases() {
    let mutants = mutants();
    let words: Vec<&str> = mutants
        .iter()
        .map(|mutant| mutant.deviation.as_str())
        .collect();
    assert_eq!(words, Deviation::ALL.map(Deviation::word));
    let (suites, knowledge) = (commands(), knowledge_of_full_card());
    let mut differences = Vec::new();
    for (mutant, deviation) in mutants.iter().zip(Deviation::ALL) {
        assert_eq!(mutant.requirement, deviation.requirement());
        let tally = Tally::of(&suites, &|| chip(deviation), &knowledge);
        let failed: BTreeSet<String> = tally.failed.into_iter().map(|(id, _)| id).collect();
        if failed != mutant.fails || failed.is_empty() {
            differences.push(format!("{}: {failed:?}", mutant.deviation));
        }
    }
    assert!(differences.is_empty(), "{}", differences.join("\n"));
}
