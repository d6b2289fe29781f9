//! For each rule one object that breaks it: a good one with one change, signed again.

mod of_algorithms;
mod of_certificates;
mod of_extensions;
mod of_lists;

use const_oid::ObjectIdentifier;
use pki::lint::{ObjectKind, RULES};

use crate::forge::Node;
use crate::good::GOOD;

/// How a good object becomes a bad one.
pub(crate) enum Change {
    /// Changed, then signed again.
    Signed(Box<dyn Fn(&mut Node)>),
    /// Changed, with the signature as it was.
    Unsigned(Box<dyn Fn(&mut Node)>),
    /// Its bytes changed.
    Bytes(Box<dyn Fn(Vec<u8>) -> Vec<u8>>),
}

/// A rule, the kind of object that is changed, and the change.
pub(crate) struct Example {
    rule: &'static str,
    kind: ObjectKind,
    change: Change,
}

pub(crate) fn signed(
    rule: &'static str,
    kind: ObjectKind,
    change: impl Fn(&mut Node) + 'static,
) -> Example {
    let change = Change::Signed(Box::new(change));
    Example { rule, kind, change }
}

pub(crate) fn unsigned(
    rule: &'static str,
    kind: ObjectKind,
    change: impl Fn(&mut Node) + 'static,
) -> Example {
    let change = Change::Unsigned(Box::new(change));
    Example { rule, kind, change }
}

pub(crate) fn bytes(
    rule: &'static str,
    kind: ObjectKind,
    change: impl Fn(Vec<u8>) -> Vec<u8> + 'static,
) -> Example {
    let change = Change::Bytes(Box::new(change));
    Example { rule, kind, change }
}

/// An object identifier that nothing here has a name for.
const fn other(dotted: &str) -> ObjectIdentifier {
    ObjectIdentifier::new_unwrap(dotted)
}

fn examples() -> Vec<Example> {
    let mut all = of_certificates::examples();
    all.extend(of_extensions::examples());
    all.extend(of_algorithms::examples());
    all.extend(of_lists::examples());
    all
}

fn findings(bytes: &[u8], kind: ObjectKind) -> Vec<&'static str> {
    let report = GOOD.lint(bytes, Some(kind));
    report
        .findings()
        .map(|(_, finding)| finding.rule.id)
        .collect()
}

impl Example {
    fn bytes(&self) -> Vec<u8> {
        let good = GOOD.object(self.kind);
        let change = match &self.change {
            Change::Bytes(change) => return change(good.to_vec()),
            Change::Signed(change) | Change::Unsigned(change) => change,
        };
        let mut object = Node::read(good);
        change(&mut object);
        if matches!(self.change, Change::Signed(_)) {
            GOOD.sign(self.kind, &mut object);
        }
        object.bytes()
    }
}

#[test]
fn every_bad_example_is_caught_and_its_good_original_is_not() {
    let mut missed = Vec::new();
    for example in examples() {
        let original = findings(GOOD.object(example.kind), example.kind);
        assert!(!original.contains(&example.rule), "{}", example.rule);
        let found = findings(&example.bytes(), example.kind);
        if !found.contains(&example.rule) {
            missed.push(format!("{} {}: {found:?}", example.rule, example.kind));
        }
    }
    assert!(missed.is_empty(), "{missed:#?}");
}

#[test]
fn every_rule_has_a_bad_example() {
    let examples = examples();
    let without: Vec<&str> = RULES
        .iter()
        .map(|rule| rule.id)
        .filter(|id| !examples.iter().any(|example| example.rule == *id))
        .collect();
    assert!(without.is_empty(), "{without:#?}");
    for example in &examples {
        let known = RULES.iter().any(|rule| rule.id == example.rule);
        assert!(known, "{} is no rule", example.rule);
    }
}

#[test]
fn names_of_rules_are_unique() {
    for (index, rule) in RULES.iter().enumerate() {
        let before = &RULES[..index];
        assert!(
            before.iter().all(|known| known.id != rule.id),
            "{}",
            rule.id
        );
    }
}
