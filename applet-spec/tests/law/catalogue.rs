//! The catalogues of others: every active case of theirs is covered by one of ours, or it says why not.

use std::collections::{BTreeMap, BTreeSet};

use applet_spec::conformance::{Action, content, suites};
use serde::Deserialize;
use serde::de::DeserializeOwned;

#[derive(Deserialize)]
struct Catalogue {
    unit: Vec<Unit>,
}

/// Ids are a beginning and numbers in runs, first and last.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Unit {
    #[serde(rename = "suite")]
    _suite: String,
    #[serde(rename = "unit")]
    _unit: String,
    ids: String,
    numbers: Vec<(usize, usize)>,
}

#[derive(Deserialize)]
struct Excuses {
    excuse: Vec<Excuse>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Excuse {
    reason: String,
    ids: Vec<String>,
}

fn read<T: DeserializeOwned>(name: &str) -> T {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("conformance");
    let text = std::fs::read_to_string(folder.join(name)).unwrap();
    toml::from_str(&text).unwrap_or_else(|error| panic!("{name}: {error}"))
}

fn catalogue() -> BTreeSet<String> {
    let catalogue: Catalogue = read("catalogue.toml");
    let ids = catalogue.unit.iter().flat_map(|unit| {
        let numbers = unit.numbers.iter().flat_map(|(first, last)| *first..=*last);
        numbers.map(|number| format!("{}{number}", unit.ids))
    });
    ids.collect()
}

fn excused() -> BTreeMap<String, String> {
    let excuses: Excuses = read("not-covered.toml");
    let mut found = BTreeMap::new();
    for excuse in excuses.excuse {
        for id in excuse.ids {
            assert!(
                found.insert(id.clone(), excuse.reason.clone()).is_none(),
                "{id} twice"
            );
        }
    }
    found
}

fn covered() -> BTreeSet<String> {
    // The cases of our own law run on the chip of this crate only: they test no card of others.
    let foreign = suites()
        .unwrap()
        .into_iter()
        .filter(|suite| !suite.is_of_our_law());
    let cases = foreign.flat_map(|suite| suite.cases);
    cases.flat_map(|case| case.references).collect()
}

#[test]
fn every_case_of_the_catalogues_is_covered_or_excused() {
    let (catalogue, covered, excused) = (catalogue(), covered(), excused());
    assert_eq!(catalogue.len(), 542);
    let missing: Vec<&String> = catalogue
        .iter()
        .filter(|id| !covered.contains(*id) && !excused.contains_key(*id))
        .collect();
    assert!(
        missing.is_empty(),
        "neither covered nor excused: {missing:?}"
    );
    let stale: Vec<&String> = excused.keys().filter(|id| covered.contains(*id)).collect();
    assert!(stale.is_empty(), "covered and excused: {stale:?}");
    let known = |id: &&String| catalogue.contains(*id);
    let unknown: Vec<&String> = covered
        .iter()
        .chain(excused.keys())
        .filter(|id| !known(id))
        .collect();
    assert!(unknown.is_empty(), "in no catalogue: {unknown:?}");
    assert!(excused.values().all(|reason| reason.len() > 20));
}

#[test]
fn every_case_can_be_looked_up() {
    let mut ids = BTreeSet::new();
    let mut units = BTreeSet::new();
    for suite in suites().unwrap() {
        assert!(
            units.insert(suite.unit.clone()),
            "{} is there twice",
            suite.unit
        );
        assert!(!suite.cases.is_empty(), "{}", suite.unit);
        for case in &suite.cases {
            let id = &case.id;
            assert!(ids.insert(id.clone()), "{id} is there twice");
            assert!(
                !case.requirements.is_empty() || case.clause.is_some(),
                "{id} cites nothing"
            );
            assert!(
                case.purpose.ends_with('.') && !case.steps.is_empty(),
                "{id}"
            );
            let foreign = !case.references.is_empty() && case.clause.is_some();
            assert!(
                !foreign || suite.basis_of(case).is_some(),
                "{id} does not say what it rests on"
            );
            for step in &case.steps {
                if let Action::Check(name) = &step.action {
                    assert!(
                        content::predicate(name).is_some(),
                        "{id}: no predicate {name}"
                    );
                }
            }
        }
    }
}

#[test]
fn every_predicate_has_a_case() {
    let suites = suites().unwrap();
    let steps = suites
        .iter()
        .flat_map(|suite| &suite.cases)
        .flat_map(|case| &case.steps);
    let used: BTreeSet<&str> = steps
        .filter_map(|step| match &step.action {
            Action::Check(name) => Some(name.as_str()),
            _ => None,
        })
        .collect();
    for predicate in content::predicates() {
        assert!(
            used.contains(predicate.name),
            "no case uses {}",
            predicate.name
        );
    }
}

/// The list of files in the code is the content of the folder.
#[test]
fn every_file_of_cases_is_run() {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("conformance");
    let mut there = BTreeSet::new();
    for part in ["", "icao-part3", "bsi-3.2"] {
        for entry in std::fs::read_dir(folder.join(part)).unwrap() {
            let name = entry.unwrap().file_name().into_string().unwrap();
            if let Some(name) = name.strip_suffix(".toml") {
                there.insert(format!("{part}/{name}").trim_start_matches('/').to_owned());
            }
        }
    }
    for other in [
        "catalogue",
        "certificates",
        "contents",
        "mutants",
        "not-covered",
        "not-failed",
        "not-passed",
        "terminal",
    ] {
        assert!(there.remove(other));
    }
    let run: BTreeSet<String> = applet_spec::conformance::FILES
        .iter()
        .map(|(name, _)| (*name).to_owned())
        .collect();
    assert_eq!(run, there);
}
