//! Contents with one thing wrong each, and the cases that must notice: these and no others.

use std::collections::BTreeSet;

use lds::{File, RecordEncoding};
use serde::Deserialize;

use super::tests::{good, specimen};
use super::{Finding, predicate};
use crate::conformance::{Action, Case, Knowledge, Suite, suites};

#[derive(Deserialize)]
struct Contents {
    content: Vec<Content>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Content {
    /// What is wrong.
    what: String,
    /// Which files it begins with.
    base: String,
    file: String,
    /// The first of these octets become others …
    from: Option<String>,
    /// … or one octet does, from the end where the place is below zero …
    at: Option<isize>,
    to: Option<String>,
    /// … or the whole file.
    whole: Option<String>,
    /// Ids of the cases that fail.
    fails: BTreeSet<String>,
}

impl Content {
    fn base(&self) -> Knowledge {
        match self.base.as_str() {
            "specimen" => specimen(),
            "19794" => good(RecordEncoding::Iso19794),
            "39794" => good(RecordEncoding::Iso39794),
            base => panic!("{}: no {base}", self.what),
        }
    }

    fn spoil(&self, knowledge: &mut Knowledge) {
        let file = File::all().find(|file| file.name() == self.file).unwrap();
        let octets = |text: &Option<String>| text.as_deref().map(test_support::unhex);
        let content = knowledge.files.entry(file).or_default();
        let before = content.clone();
        match (
            octets(&self.whole),
            octets(&self.from),
            self.at,
            octets(&self.to),
        ) {
            (Some(whole), None, None, None) => *content = whole,
            (None, Some(from), None, Some(to)) => {
                let mut windows = content.windows(from.len());
                let at = windows.position(|window| window == from);
                let at = at.unwrap_or_else(|| panic!("{}: not there", self.what));
                content.splice(at..at + from.len(), to);
            }
            (None, None, Some(at), Some(to)) => {
                let at = if at < 0 {
                    content.len().strict_add_signed(at)
                } else {
                    at.cast_unsigned()
                };
                content[at] = to[0];
            }
            _ => panic!("{}: one way to spoil a file", self.what),
        }
        assert_ne!(*content, before, "{}", self.what);
    }
}

/// The predicates of a case that does nothing but look at contents.
fn looks(case: &Case) -> Option<Vec<&str>> {
    let look = |action: &Action| match action {
        Action::Check(name) => Some(name.clone()),
        _ => None,
    };
    let names: Option<Vec<String>> = case.steps.iter().map(|step| look(&step.action)).collect();
    let names = names?;
    let known = names.iter().filter_map(|name| predicate(name));
    Some(known.map(|predicate| predicate.name).collect())
}

/// The cases on contents of which one rule is broken.
fn failed(suites: &[Suite], knowledge: &Knowledge) -> BTreeSet<String> {
    let broken = |name: &&str| {
        let held = predicate(name).unwrap().holds(knowledge);
        matches!(held, Err(Finding::Broken(_)))
    };
    let cases = suites.iter().flat_map(|suite| &suite.cases);
    cases
        .filter(|case| looks(case).is_some_and(|names| names.iter().any(broken)))
        .map(|case| case.id.clone())
        .collect()
}

#[test]
fn every_content_is_caught_by_exactly_its_cases() {
    let text = include_str!("../../../conformance/contents.toml");
    let contents = toml::from_str::<Contents>(text).unwrap().content;
    let suites = suites().unwrap();
    let mut differences = Vec::new();
    for content in &contents {
        let mut knowledge = content.base();
        let before = failed(&suites, &knowledge);
        content.spoil(&mut knowledge);
        let after: BTreeSet<String> = failed(&suites, &knowledge)
            .difference(&before)
            .cloned()
            .collect();
        if after != content.fails || after.is_empty() {
            differences.push(format!("{}: {after:?}", content.what));
        }
    }
    assert!(differences.is_empty(), "{}", differences.join("\n"));
}

/// Every unit on contents has an example; those on EF.CardSecurity need a card with chip authentication mapping.
#[test]
fn every_unit_on_contents_has_an_example() {
    const WITHOUT: [&str; 1] = ["ICAO3-LDS-K"];
    let text = include_str!("../../../conformance/contents.toml");
    let contents = toml::from_str::<Contents>(text).unwrap().content;
    let fails = contents.iter().flat_map(|content| &content.fails);
    let shown: BTreeSet<&str> = fails.map(|id| id.rsplit_once('-').unwrap().0).collect();
    for suite in suites().unwrap() {
        let unit = suite.unit.as_str();
        let is_shown = shown.contains(unit) || WITHOUT.contains(&unit);
        assert_eq!(unit.contains("LDS"), is_shown, "{unit}");
    }
}
