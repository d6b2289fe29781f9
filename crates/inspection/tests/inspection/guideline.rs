//! The table of TR-03135-1: complete, and with no value that the guideline forbids, in every report of these tests.

use inspection::Outcome::{self, Aborted, Failed, NotSupported, Successful, Undetermined};
use inspection::Report;
use inspection::tr03135::Values::{self, DataGroup, ResultsBut, Trust};
use inspection::tr03135::{self, Value};

use crate::border::{Border, Card};
use crate::office::{Kind, PASSPORT};

/// Section and allowed values of all 45 results, in the order of the guideline.
const GUIDELINE: [(&str, Values); 45] = [
    ("5.2", ResultsBut(&[])),
    ("5.4", ResultsBut(&[])),
    ("5.5.2", ResultsBut(&[Undetermined, NotSupported])),
    ("5.5.3", ResultsBut(&[NotSupported])),
    ("5.5.4", ResultsBut(&[])),
    ("5.5.4.1", ResultsBut(&[Undetermined])),
    ("5.5.4.1.1", ResultsBut(&[Undetermined])),
    ("5.5.4.1.2", ResultsBut(&[Undetermined])),
    ("5.5.4.1.3", ResultsBut(&[Undetermined])),
    ("5.5.4.2", ResultsBut(&[NotSupported])),
    ("5.5.4.3", ResultsBut(&[Undetermined])),
    ("5.6.3", ResultsBut(&[Undetermined])),
    ("5.6.3.1", ResultsBut(&[Undetermined])),
    ("5.6.3.1.1", ResultsBut(&[Undetermined])),
    ("5.6.3.1.2", ResultsBut(&[Undetermined])),
    ("5.6.3.2", ResultsBut(&[])),
    ("5.6.4", ResultsBut(&[NotSupported])),
    ("5.6.4.1", ResultsBut(&[])),
    ("5.6.4.1.1", ResultsBut(&[])),
    ("5.6.4.1.2", ResultsBut(&[])),
    ("5.6.4.1.3", ResultsBut(&[])),
    ("5.6.4.2.1", ResultsBut(&[NotSupported])),
    ("5.6.4.2.2", ResultsBut(&[NotSupported])),
    ("5.6.4.2.2", ResultsBut(&[NotSupported])),
    ("5.6.4.2.2", ResultsBut(&[NotSupported])),
    ("5.6.4.3.1", ResultsBut(&[NotSupported])),
    ("5.6.4.3.2", ResultsBut(&[NotSupported])),
    ("5.6.4.3.3", ResultsBut(&[NotSupported])),
    ("5.6.4.3.4", ResultsBut(&[NotSupported])),
    ("5.6.4.3.4", ResultsBut(&[])),
    ("5.6.4.3.4", ResultsBut(&[])),
    ("5.6.4.3.5", ResultsBut(&[NotSupported])),
    ("5.6.4.3.6", Trust),
    ("5.6.4.4", ResultsBut(&[NotSupported])),
    ("5.6.4.4.1", ResultsBut(&[Undetermined])),
    ("5.6.4.4.2", ResultsBut(&[NotSupported])),
    ("5.6.4.4.2", DataGroup),
    ("5.6.4.5", ResultsBut(&[NotSupported])),
    ("5.7.1", ResultsBut(&[NotSupported])),
    ("5.7.2", ResultsBut(&[])),
    ("5.7.3.1", ResultsBut(&[Undetermined])),
    ("5.7.4.1", ResultsBut(&[Undetermined])),
    ("5.7.4.2", ResultsBut(&[Undetermined])),
    ("5.7.5", ResultsBut(&[])),
    ("5.7.6", ResultsBut(&[Undetermined, NotSupported])),
];

#[test]
fn the_lines_are_those_of_the_guideline() {
    let mut ids = std::collections::BTreeSet::new();
    assert_eq!(tr03135::lines().count(), GUIDELINE.len());
    for (line, (section, values)) in tr03135::lines().zip(GUIDELINE) {
        assert_eq!(
            (line.section, line.values),
            (section, values),
            "{}",
            line.id
        );
        assert!(ids.insert(line.id), "{} twice", line.id);
        assert!(!line.title.is_empty());
    }
}

/// Called for every report that a test of this suite makes.
pub(crate) fn check_table(report: &Report) {
    let table = tr03135::table(report);
    assert_eq!(table.len(), GUIDELINE.len());
    for (entry, (section, values)) in table.iter().zip(GUIDELINE) {
        let id = entry.line.id;
        assert!(
            values.allow(entry.value),
            "{section} {id} is {}",
            entry.value
        );
        let good = [Value::Result(Successful), Value::Trusted].contains(&entry.value);
        assert!(
            good || !entry.cause.is_empty(),
            "{section} {id} is {} without a cause",
            entry.value
        );
    }
    let value = |id: &str| {
        table
            .iter()
            .find(|entry| entry.line.id == id)
            .unwrap()
            .value
    };
    assert_eq!(value("overall"), Value::Result(report.overall()));
    assert_eq!(value("overall"), value("visualisation"));
    // What the guideline does not let be *undetermined* or *not supported* stands in the table as its nearest value.
    let counting = table
        .iter()
        .filter(|entry| entry.line.counts)
        .map(|entry| match entry.value {
            Value::Result(outcome) => outcome,
            other => panic!("{other} counts"),
        });
    let lines = Outcome::together(counting.filter(|outcome| *outcome != NotSupported));
    let consistent = lines == report.overall()
        || [(Aborted, Undetermined), (Undetermined, NotSupported)]
            .contains(&(lines, report.overall()));
    assert!(consistent, "lines {lines}, overall {}", report.overall());
}

#[test]
fn a_genuine_passport_line_by_line() {
    let card = Card::of(PASSPORT, Kind::Extended);
    let report = Border::with_mrz(&card).inspect(&mut card.power_on());
    let table = tr03135::table(&report);
    let value = |id: &str| {
        table
            .iter()
            .find(|entry| entry.line.id == id)
            .expect(id)
            .value
    };
    for (id, expected) in [
        ("overall", Value::Result(Successful)),
        ("capture", Value::Result(Aborted)),
        ("model", Value::Result(Undetermined)),
        ("optical", Value::Result(NotSupported)),
        ("access", Value::Result(Successful)),
        ("bac", Value::Result(NotSupported)),
        ("pace", Value::Result(Successful)),
        ("terminal-authentication", Value::Result(Undetermined)),
        ("chip-content", Value::Result(Successful)),
        ("active-authentication", Value::Result(Successful)),
        ("chip-authentication", Value::Result(Successful)),
        ("security-object-hash", Value::Result(Successful)),
        ("security-object-signature", Value::Result(Successful)),
        ("issuers", Value::Result(Successful)),
        ("validity-csca", Value::Result(Successful)),
        ("revocation", Value::Result(Undetermined)),
        ("trust", Value::Trusted),
        ("com-against-sod", Value::Result(Successful)),
        ("data-groups", Value::Result(Successful)),
        // The fingerprints are there and stay closed.
        ("data-group", Value::Present),
        ("issuing-state", Value::Result(Successful)),
        ("expiry", Value::Result(Successful)),
        ("printed-against-chip", Value::Result(Successful)),
        ("portrait", Value::Result(Aborted)),
    ] {
        assert_eq!(value(id), expected, "{id}");
    }
}

#[test]
fn without_a_trusted_csca_nobody_is_trusted() {
    let card = Card::of(PASSPORT, Kind::Extended);
    let mut border = Border::with_can(&card);
    border.trust = pki::TrustStore::new();
    let report = border.inspect(&mut card.power_on());
    let table = tr03135::table(&report);
    let value = |id: &str| {
        table
            .iter()
            .find(|entry| entry.line.id == id)
            .expect(id)
            .value
    };
    for id in [
        "overall",
        "chip-content",
        "issuers",
        "trust",
        "active-authentication",
        "chip-authentication",
    ] {
        assert_eq!(value(id), Value::Result(Undetermined), "{id}");
    }
    assert_ne!(value("security-object-signature"), Value::Result(Failed));
}
