//! The cases of `conformance/`, run on the chip in this process.

use std::collections::BTreeSet;
use std::path::PathBuf;

use applet_spec::conformance::{Case, Feature, Suite, run};

use crate::specimen::{card_without, rng};

/// What no specimen card offers.
const NEVER: [Feature; 1] = [Feature::KeyAgreementTemplate];

pub fn suites() -> Vec<(PathBuf, Suite)> {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("conformance");
    let mut files: Vec<PathBuf> = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| {
            path.extension()
                .is_some_and(|extension| extension == "toml")
        })
        .collect();
    files.sort();
    assert!(!files.is_empty());
    let read = |path: PathBuf| {
        let text = std::fs::read_to_string(&path).unwrap();
        let suite = toml::from_str(&text).unwrap_or_else(|e| panic!("{}: {e}", path.display()));
        (path, suite)
    };
    files.into_iter().map(read).collect()
}

fn run_in_process(case: &Case) -> Result<(), String> {
    if case.needs.iter().any(|feature| NEVER.contains(feature)) {
        return Err("no specimen card offers what the case needs".to_owned());
    }
    let mut specimen = card_without(case.card, &case.lacks);
    let mut random = rng(4);
    run(case, &mut specimen.chip, &specimen.knowledge, &mut random).map_err(|failure| {
        let (step, expected, found) = (failure.step, failure.expected, failure.found);
        format!("step {step}: expected {expected}, found {found}")
    })
}

#[test]
fn every_case_passes_on_the_chip() {
    let mut names = BTreeSet::new();
    let mut failures = Vec::new();
    for (path, suite) in suites() {
        for case in suite.cases {
            assert!(names.insert(case.id.clone()), "{} is there twice", case.id);
            assert!(
                !case.purpose.is_empty() && !case.steps.is_empty(),
                "{}",
                case.id
            );
            if let Err(failure) = run_in_process(&case) {
                failures.push(format!("{} ({}): {failure}", case.id, path.display()));
            }
        }
    }
    assert!(failures.is_empty(), "{}", failures.join("\n"));
}
