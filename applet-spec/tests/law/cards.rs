//! Every case, run on the cards of `fixtures/`: cards whose files are real.

use std::collections::BTreeMap;

use applet_spec::conformance::{Knowledge, Outcome, Permission, examine, suites};
use applet_spec::memory::Cells;
use applet_spec::{Chip, DataSheet};
use mrz::Mrz;
use protocols::Password;

use crate::specimen::rng;

/// A card of `fixtures/cards`, and what its holder knows.
fn card(name: &str) -> (Chip, Vec<Password>, String) {
    let file = |ending: &str| {
        let path = test_support::fixture(&format!("cards/{name}.{ending}"));
        std::fs::read(path).unwrap()
    };
    let text = |ending: &str| String::from_utf8(file(ending)).unwrap();
    let (zone, _) = Mrz::parse(&text("mrz")).unwrap();
    let passwords = vec![
        Password::can(text("can").trim()).unwrap(),
        Password::mrz(&zone.information()),
    ];
    let cells = Box::new(Cells::from_octets(file("json")));
    let chip = Chip::load(cells, DataSheet::default(), Box::new(rng(2))).unwrap();
    (chip, passwords, zone.joined())
}

/// How many cases of a card end in which way, and what failed.
fn examined(name: &str) -> (BTreeMap<&'static str, usize>, Vec<String>) {
    let (mut chip, passwords, zone) = card(name);
    let mut random = rng(7);
    let knowledge = Knowledge::of(&mut chip, passwords, Some(zone), &mut random).unwrap();
    let mut counts = BTreeMap::new();
    let mut failures = Vec::new();
    for suite in suites().unwrap() {
        for case in &suite.cases {
            let outcome = examine(case, &mut chip, &knowledge, Permission::Destructive, &mut random);
            let word = match &outcome {
                Outcome::Passed => "passed",
                Outcome::NotApplicable(_) => "not applicable",
                Outcome::Failed(failure) => {
                    failures.push(format!("{name}, {}: {failure:?}", case.id));
                    "failed"
                }
            };
            *counts.entry(word).or_default() += 1;
        }
    }
    (counts, failures)
}

#[test]
fn every_case_that_applies_passes() {
    for name in ["uto-passport-anton", "vn-citizen-dao", "vn-citizen-nam"] {
        let (counts, failures) = examined(name);
        println!("{name}: {counts:?}");
        assert!(failures.is_empty(), "{}", failures.join("\n"));
        assert!(counts["passed"] > 200, "{name}: {counts:?}");
    }
}
