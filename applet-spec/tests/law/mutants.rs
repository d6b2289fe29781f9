//! Chips that break one rule each, and the cases that must notice: these and no others.

use std::collections::{BTreeMap, BTreeSet};
use std::thread;

use applet_spec::conformance::{Device, Suite, suites};
use applet_spec::memory::Cells;
use applet_spec::{Chip, DataSheet, Deviation};
use serde::Deserialize;

use crate::cards::{Tally, card, commands, data, excused, knowledge_of, knowledge_of_full_card};
use crate::disguises::Disguise;
use crate::full_card::octets;
use crate::specimen::rng;

#[derive(Deserialize)]
struct Mutants {
    mutant: Vec<Mutant>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
struct Mutant {
    /// A rule that the chip of this crate does not keep, or a disguise around it.
    deviation: String,
    requirement: String,
    /// A card of `fixtures/`; the card that offers everything where none is named.
    card: Option<String>,
    /// It keeps the rule until it was read: what is known of it is what is known of the card as it should be. Otherwise many
    /// cases would not apply to a card that gives nothing.
    #[serde(default)]
    deceives: bool,
    /// Ids of the cases that fail.
    fails: BTreeSet<String>,
    /// Ids of the cases that do not apply to it, though they apply to the card as it should be.
    #[serde(default)]
    hides: BTreeSet<String>,
}

impl Mutant {
    fn requirement_of_code(&self) -> Option<&'static str> {
        let deviation = deviation(&self.deviation).map(Deviation::requirement);
        deviation.or_else(|| Disguise::of(&self.deviation).map(Disguise::requirement))
    }

    /// The card, as it should be or as a mutant.
    fn device(&self, is_mutant: bool) -> Box<dyn Device> {
        let deviation = deviation(&self.deviation).filter(|_| is_mutant);
        let sheet = DataSheet {
            deviations: deviation.into_iter().collect(),
            ..DataSheet::default()
        };
        let chip = match &self.card {
            Some(name) => card(name, sheet).0,
            None => full(sheet),
        };
        match Disguise::of(&self.deviation).filter(|_| is_mutant) {
            Some(disguise) => disguise.around(chip),
            None => Box::new(chip),
        }
    }

    fn suites(&self) -> Vec<Suite> {
        match self.card {
            Some(_) => suites().unwrap(),
            None => commands(),
        }
    }

    fn tally(&self, is_mutant: bool) -> Tally {
        let mut device = self.device(is_mutant && !self.deceives);
        let knowledge = match &self.card {
            Some(name) => knowledge_of(name, &mut *device),
            None => knowledge_of_full_card(&mut *device),
        };
        Tally::of(&self.suites(), &|| self.device(is_mutant), &knowledge)
    }
}

fn deviation(word: &str) -> Option<Deviation> {
    Deviation::ALL
        .into_iter()
        .find(|deviation| deviation.word() == word)
}

fn full(sheet: DataSheet) -> Chip {
    let cells = Box::new(Cells::from_octets(octets()));
    Chip::load(cells, sheet, Box::new(rng(2))).unwrap()
}

fn mutants() -> Vec<Mutant> {
    let mutants = toml::from_str::<Mutants>(&data("mutants.toml"));
    mutants.unwrap().mutant
}

/// The cases that fail on a mutant and not on the card as it should be, and those that no longer apply.
fn effect(mutant: &Mutant, good: &Tally) -> (BTreeSet<String>, BTreeSet<String>) {
    let bad = mutant.tally(true);
    let ids = |tally: &Tally| tally.failed.iter().map(|(id, _)| id.clone()).collect();
    let (failed, known): (BTreeSet<String>, BTreeSet<String>) = (ids(&bad), ids(good));
    let hidden = bad.not_applicable.difference(&good.not_applicable);
    (
        failed.difference(&known).cloned().collect(),
        hidden.cloned().collect(),
    )
}

/// What differs from what is written of a mutant.
fn difference(mutant: &Mutant, good: &Tally) -> Option<String> {
    let (failed, hidden) = effect(mutant, good);
    let wrong = failed != mutant.fails || failed.is_empty() || hidden != mutant.hides;
    let unwanted: Vec<_> = failed.difference(&mutant.fails).collect();
    let missing: Vec<_> = mutant.fails.difference(&failed).collect();
    wrong.then(|| {
        let name = &mutant.deviation;
        format!("{name}: fails too {unwanted:?}, does not fail {missing:?}, hides {hidden:?}")
    })
}

#[test]
fn every_deviation_is_caught_by_exactly_its_cases() {
    let mutants = mutants();
    let mut good = BTreeMap::new();
    for mutant in &mutants {
        let as_it_should_be = || mutant.tally(false);
        good.entry(&mutant.card).or_insert_with(as_it_should_be);
    }
    // Each is made, read and tested for itself: two at a time.
    let half = mutants.len().div_ceil(2);
    let differences: Vec<String> = thread::scope(|scope| {
        let good = &good;
        let tested = mutants.chunks(half).map(|some| {
            let each = move |mutant: &Mutant| difference(mutant, &good[&mutant.card]);
            scope.spawn(move || some.iter().filter_map(each).collect::<Vec<_>>())
        });
        let tested: Vec<_> = tested.collect();
        let joined = tested.into_iter().map(|one| one.join().unwrap());
        joined.flatten().collect()
    });
    assert!(differences.is_empty(), "{}", differences.join("\n"));
}

/// A case that fails nowhere may be content with anything: each fails on a mutant, on a content with a fault, or `not-failed.toml`
/// says why there is none.
#[test]
fn every_case_fails_on_some_card() {
    #[derive(Deserialize)]
    struct Contents {
        content: Vec<Content>,
    }
    #[derive(Deserialize)]
    struct Content {
        fails: BTreeSet<String>,
    }
    let of_contents = toml::from_str::<Contents>(&data("contents.toml")).unwrap();
    let of_contents = of_contents.content.into_iter().map(|content| content.fails);
    let of_mutants = mutants().into_iter().map(|mutant| mutant.fails);
    let failed: BTreeSet<String> = of_contents.chain(of_mutants).flatten().collect();
    let suites = suites().unwrap();
    let cases = suites.iter().flat_map(|suite| &suite.cases);
    let nowhere: BTreeSet<String> = cases
        .map(|case| case.id.clone())
        .filter(|id| !failed.contains(id))
        .collect();
    let excused = excused("not-failed.toml");
    let missing: Vec<&String> = nowhere.difference(&excused).collect();
    let stale: Vec<&String> = excused.difference(&nowhere).collect();
    assert!(
        missing.is_empty() && stale.is_empty(),
        "missing: {missing:?}, stale: {stale:?}"
    );
}

#[test]
fn every_deviation_is_listed() {
    let mutants = mutants();
    let listed: BTreeSet<&str> = mutants
        .iter()
        .map(|mutant| mutant.deviation.as_str())
        .collect();
    let known = Deviation::ALL.map(Deviation::word);
    let known: BTreeSet<&str> = known
        .into_iter()
        .chain(Disguise::ALL.map(Disguise::word))
        .collect();
    assert_eq!(listed, known);
    for mutant in &mutants {
        let requirement = mutant.requirement_of_code();
        assert_eq!(requirement, Some(mutant.requirement.as_str()));
    }
}
