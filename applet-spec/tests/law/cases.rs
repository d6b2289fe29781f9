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

/// A case that expects something else fails, at the right step.
#[test]
fn cases_can_fail() {
    for (step, failing) in [
        ("{ send = '00B0810001', expect = '6982' }", Some(2)),
        (
            "{ send = '00B0810001', expect = '9000', data = '48' }",
            Some(2),
        ),
        (
            "{ send = '00B0810001', expect = '9000', length = 2 }",
            Some(2),
        ),
        ("{ secure = '00B0810001', expect = '9000' }", Some(2)),
        ("{ open = 'pace-can', expect = '6300' }", Some(2)),
        ("{ open = 'chip-authentication', expect = '9000' }", Some(2)),
        (
            "{ send = '00B0810001', expect = '9000', data = '47', length = 1 }",
            None,
        ),
    ] {
        let case = format!(
            "id = 'X'\nrequirements = []\npurpose = 'x'\nsteps = [{{ reset = true }}, {step}]"
        );
        let case: Case = toml::from_str(&case).unwrap();
        let mut specimen = card_without(case.card, &[]);
        let outcome = run(&case, &mut specimen.chip, &specimen.knowledge, &mut rng(4));
        assert_eq!(outcome.err().map(|failure| failure.step), failing, "{step}");
    }
}

#[test]
fn steps_that_are_none() {
    for step in [
        "{ expect = '9000' }",
        "{ send = '00' }",
        "{ send = '0', expect = '9000' }",
        "{ send = '00', secure = '00', expect = '9000' }",
        "{ send = '00', expect = '900' }",
        "{ send = '00', expect = '9000', wrong = 1 }",
    ] {
        let suite =
            format!("[[case]]\nid = 'X'\nrequirements = []\npurpose = 'x'\nsteps = [{step}]");
        assert!(toml::from_str::<Suite>(&suite).is_err(), "{step}");
    }
}
