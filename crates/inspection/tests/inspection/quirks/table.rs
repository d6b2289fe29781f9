//! The table itself: every number once, and every test that it names.

use std::collections::BTreeSet;
use std::path::Path;

use applet_spec::quirk::{self, Kind};

use super::cases::CASES;

#[test]
fn every_number_stands_once() {
    let ids: Vec<String> = quirk::table()
        .unwrap()
        .iter()
        .map(|entry| entry.id.to_string())
        .collect();
    let all: Vec<String> = (1..=quirk::COUNT)
        .map(|number| format!("Q{number:03}"))
        .collect();
    assert_eq!(ids, all);
}

/// What is no switch names the tests that deal with it, unless there is nothing to do.
#[test]
fn every_test_that_is_named_exists() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let quirks_of_pki: String = ["cscas", "document_signers", "security_objects"]
        .map(|name| root.join(format!("crates/pki/tests/pki/quirks/{name}.rs")))
        .map(|path| std::fs::read_to_string(path).unwrap())
        .concat();
    for entry in quirk::table().unwrap() {
        let named =
            entry.is_switch() || entry.kind == Kind::NotApplicable || !entry.tests.is_empty();
        assert!(named, "{} is neither a switch nor tested", entry.id);
        assert!(
            !entry.what.is_empty() && !entry.reader.is_empty(),
            "{}",
            entry.id
        );
        for test in &entry.tests {
            let (path, name) = test.split_once("::").expect(test);
            let text = std::fs::read_to_string(root.join(path)).expect(test);
            assert!(
                text.contains(&format!("\nfn {name}()")) || text.contains(&format!(" fn {name}()")),
                "{test}"
            );
            if name == "quirks_are_accepted_and_reported" {
                let number = format!("\"{}\"", entry.id);
                assert!(
                    quirks_of_pki.contains(&number),
                    "{} is not in its table",
                    entry.id
                );
            }
        }
    }
}

/// No case for what is no switch.
#[test]
fn every_case_is_of_a_switch() {
    let switches = quirk::table()
        .unwrap()
        .into_iter()
        .filter(quirk::Entry::is_switch);
    let switches: BTreeSet<String> = switches.map(|entry| entry.id.to_string()).collect();
    for case in CASES {
        assert!(switches.contains(case.quirk), "{}", case.quirk);
    }
}
