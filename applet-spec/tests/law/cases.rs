//! The cases of `conformance/`, run on the chip in this process.

use std::collections::BTreeSet;

use applet_spec::conformance::{Case, Failure, Feature, Outcome, Suite, run};

use crate::specimen::{card_without, rng};

/// What no specimen card offers.
const NEVER: [Feature; 1] = [Feature::KeyAgreementTemplate];

/// The units of our own law.
pub fn suites() -> impl Iterator<Item = Suite> {
    let suites = applet_spec::conformance::suites().unwrap();
    suites.into_iter().filter(Suite::is_of_our_law)
}

fn run_in_process(case: &Case) -> Result<(), String> {
    if case.needs.iter().any(|feature| NEVER.contains(feature)) {
        return Err("no specimen card offers what the case needs".to_owned());
    }
    let mut specimen = card_without(case.card, &case.lacks);
    let mut random = rng(4);
    match run(case, &mut specimen.chip, &specimen.knowledge, &mut random) {
        Outcome::Passed => Ok(()),
        Outcome::NotApplicable(why) => Err(why),
        Outcome::NotRun(hindrance) => Err(hindrance.to_string()),
        Outcome::Failed(failure) => {
            let (step, expected, found) = (failure.step, failure.expected, failure.found);
            Err(format!("step {step}: expected {expected}, found {found}"))
        }
    }
}

#[test]
fn every_case_passes_on_the_chip() {
    let mut names = BTreeSet::new();
    let mut failures = Vec::new();
    for suite in suites() {
        for case in suite.cases {
            assert!(names.insert(case.id.clone()), "{} is there twice", case.id);
            assert!(
                !case.purpose.is_empty() && !case.steps.is_empty(),
                "{}",
                case.id
            );
            if let Err(failure) = run_in_process(&case) {
                failures.push(format!("{}: {failure}", case.id));
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
        assert_eq!(failing_step(step), failing, "{step}");
    }
}

/// Where there should be no data, and where there are none, it is said.
#[test]
fn data_that_are_not_there() {
    for (step, expected, found) in [
        (
            "{ send = '00 B0 9C 00 02', expect = '9000', data = '' }",
            "no data",
            "2 octets: 31",
        ),
        (
            "{ send = '00 A4 00 0C', expect = '9000', data = '6F..' }",
            "6F..",
            "no data",
        ),
    ] {
        let failure = failure_of(step).unwrap();
        assert_eq!(failure.expected, expected, "{step}");
        assert!(failure.found.starts_with(found), "{step}: {failure:?}");
    }
}

/// The step at which a case of a reset and this step fails.
fn failing_step(step: &str) -> Option<usize> {
    failure_of(step).map(|failure| failure.step)
}

fn failure_of(step: &str) -> Option<Failure> {
    let case =
        format!("id = 'X'\nrequirements = []\npurpose = 'x'\nsteps = [{{ reset = true }}, {step}]");
    let case: Case = toml::from_str(&case).unwrap();
    let mut specimen = card_without(case.card, &[]);
    match run(&case, &mut specimen.chip, &specimen.knowledge, &mut rng(4)) {
        Outcome::Failed(failure) => Some(failure),
        _ => None,
    }
}

/// What an altered command brings is judged, and not only what comes after it.
#[test]
fn altered_commands_are_judged() {
    for (step, failing) in [
        // What is altered is taken, though an error is expected; what is refused later does not count.
        (
            "{ open = 'pace-can', alter = [{ at = 'set-at', append = '990101' }], expect = 'error' }",
            Some(2),
        ),
        (
            "{ open = 'pace-can', alter = [{ at = 'set-at', append = '990101' }, { at = 'token', invert = 0 }], expect = '9000' }",
            Some(2),
        ),
        // Alterations that met no command, or changed nothing.
        (
            "{ open = 'pace-can', alter = [{ at = 9, invert = 0 }], expect = '9000' }",
            Some(2),
        ),
        (
            "{ open = 'pace-can', alter = [{ at = 'set-at', leave-out = '99' }], expect = '9000' }",
            Some(2),
        ),
        // The first of two is refused already.
        (
            "{ open = 'bac', alter = [{ at = 'authenticate', invert = 0 }, { at = 'authenticate', twice = true }], expect = '6300|6985' }",
            Some(2),
        ),
        (
            "{ open = 'bac', alter = [{ at = 'authenticate', twice = true }], expect = '6985' }",
            None,
        ),
    ] {
        assert_eq!(failing_step(step), failing, "{step}");
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
        "{ send = '00', expect = '9000', repeat = 0 }",
        "{ send = '00', expect = '9000', data = '..' }",
        "{ send = '00', expect = '9000', alter = [{ invert = 0 }] }",
        "{ open = 'pace', expect = '9000', until = 'nonce' }",
    ] {
        let suite = format!(
            "unit = 'x'\ntitle = 'x'\n[[case]]\nid = 'X'\nrequirements = []\npurpose = 'x'\nsteps = [{step}]"
        );
        assert!(Suite::parse(&suite).is_err(), "{step}");
    }
}
