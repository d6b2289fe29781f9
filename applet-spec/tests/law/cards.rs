//! Every case, run on the cards of `fixtures/`, whose files are real, and on the card that offers everything.

use std::collections::BTreeSet;

use applet_spec::conformance::{
    Device, Feature, Hindrance, Knowledge, Outcome, Permission, Suite, examine, suites,
};
use applet_spec::memory::Cells;
use applet_spec::{Chip, DataSheet};
use lds::File;
use mrz::Mrz;
use protocols::{Password, PasswordKind};
use serde::Deserialize;

use crate::authorities::State;
use crate::full_card::{full_card, password};
use crate::specimen::rng;

/// A card of `fixtures/cards`, and what its holder knows.
pub fn card(name: &str, sheet: DataSheet) -> (Chip, Vec<Password>, String) {
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
    let chip = Chip::load(cells, sheet, Box::new(rng(2))).unwrap();
    (chip, passwords, zone.joined())
}

/// What came of the cases on one card.
#[derive(Default)]
pub struct Tally {
    pub passed: BTreeSet<String>,
    pub not_applicable: BTreeSet<String>,
    /// Cases that could not be run, and why.
    pub not_run: Vec<(String, Hindrance)>,
    /// Cases that failed, and what was found.
    pub failed: Vec<(String, String)>,
}

impl Tally {
    pub fn of(suites: &[Suite], copies: &Copies<'_>, knowledge: &Knowledge) -> Self {
        let mut tally = Self::default();
        let mut random = rng(7);
        for case in suites.iter().flat_map(|suite| &suite.cases) {
            let mut device = copies();
            let outcome = examine(
                case,
                &mut *device,
                knowledge,
                Permission::Destructive,
                &mut random,
            );
            let id = case.id.clone();
            match outcome {
                Outcome::Passed => drop(tally.passed.insert(id)),
                Outcome::NotApplicable(_) => drop(tally.not_applicable.insert(id)),
                Outcome::NotRun(hindrance) => tally.not_run.push((id, hindrance)),
                Outcome::Failed(failure) => tally.failed.push((id, failure.found)),
            }
        }
        tally
    }

    /// Nothing failed, and not because little was tried.
    fn check(&self, name: &str, at_least: usize) {
        assert_eq!(self.failed, [], "{name}");
        let (passed, left) = (self.passed.len(), self.not_applicable.len());
        assert!(
            passed >= at_least,
            "{name}: {passed} passed, {left} not applicable"
        );
    }
}

/// A fresh copy of a card: no case sees what another one did to it.
pub type Copies<'a> = dyn Fn() -> Box<dyn Device> + 'a;

/// The cards of `fixtures/`.
pub const FIXTURES: [&str; 3] = ["uto-passport-anton", "vn-citizen-dao", "vn-citizen-nam"];

/// What is known of a card of `fixtures/`.
pub fn knowledge_of(name: &str, device: &mut dyn Device) -> Knowledge {
    let (_, passwords, zone) = card(name, DataSheet::default());
    Knowledge::of(device, passwords, Some(zone), &mut rng(7)).unwrap()
}

fn tally_of(name: &str) -> Tally {
    let chip = || card(name, DataSheet::default()).0;
    let knowledge = knowledge_of(name, &mut chip());
    Tally::of(&suites().unwrap(), &|| Box::new(chip()), &knowledge)
}

#[test]
fn every_case_that_applies_passes() {
    for name in FIXTURES {
        tally_of(name).check(name, 200);
    }
}

/// Commands only: but for SecurityInfos and EF.COM the files of the card that offers everything hold nothing that is one.
pub fn commands() -> Vec<Suite> {
    let mut suites = suites().unwrap();
    suites.retain(|suite| !suite.unit.contains("LDS"));
    suites
}

/// What is printed on the card that offers everything.
const ZONE: &str = concat!(
    "P<UTOSPECIMEN<<TEST<<<<<<<<<<<<<<<<<<<<<<<<<",
    "X123456785UTO9001011F3501014<<<<<<<<<<<<<<06"
);

/// What is known of a card that should offer everything, with the key of the CVCA that it trusts.
pub fn knowledge_of_full_card(device: &mut dyn Device) -> Knowledge {
    let passwords = [
        PasswordKind::Can,
        PasswordKind::Mrz,
        PasswordKind::Pin,
        PasswordKind::Puk,
    ];
    let passwords = passwords.map(password).into();
    let zone = Some(ZONE.to_owned());
    let mut knowledge = Knowledge::of(device, passwords, zone, &mut rng(7)).unwrap();
    knowledge.declare([Feature::ChecksDates]);
    let authority = State::new().cvca.into_authority();
    let permission = Permission::Destructive;
    knowledge
        .authorize(authority, device, permission, &mut rng(7))
        .unwrap();
    knowledge
}

#[test]
fn the_card_that_offers_everything() {
    let knowledge = knowledge_of_full_card(&mut full_card().chip);
    let tally = Tally::of(&commands(), &|| Box::new(full_card().chip), &knowledge);
    tally.check("full card", 300);
}

/// In a reader there is one card for all cases: what one of them changes the next one finds. The units that change dates and trust
/// points are in an order that lets a sound card pass.
#[test]
fn a_card_that_is_no_copy() {
    let mut chip = full_card().chip;
    let knowledge = knowledge_of_full_card(&mut chip);
    let mut rng = rng(7);
    let mut passed = 0;
    for suite in suites().unwrap() {
        let is_of_terminals = ["EAC1-J", "EAC1-K", "EAC1-L", "EAC1-M"].contains(&&*suite.unit);
        for case in suite.cases.iter().filter(|_| is_of_terminals) {
            match examine(
                case,
                &mut chip,
                &knowledge,
                Permission::Destructive,
                &mut rng,
            ) {
                Outcome::Passed => passed += 1,
                Outcome::NotApplicable(_) | Outcome::NotRun(_) => {}
                Outcome::Failed(failure) => panic!("{}: {failure:?}", case.id),
            }
        }
    }
    assert!(passed > 80, "{passed}");
}

/// With the key of a CVCA, fingers and irises are read after terminal authentication: only where the card may be changed, and a card
/// that then keeps them to itself lacks them.
#[test]
fn fingers_and_irises_are_read_as_a_terminal() {
    let biometrics = [File::Dg3, File::Dg4];
    let read = |knowledge: &Knowledge| biometrics.map(|file| knowledge.files.contains_key(&file));
    let knowledge = knowledge_of_full_card(&mut full_card().chip);
    assert_eq!(read(&knowledge), [true; 2]);
    for file in biometrics {
        assert!(knowledge.features.contains(&Feature::Present(file)));
        assert!(!knowledge.features.contains(&Feature::Readable(file)));
    }
    let mut chip = full_card().chip;
    let passwords = vec![password(PasswordKind::Can)];
    let mut knowledge = Knowledge::of(&mut chip, passwords, None, &mut rng(7)).unwrap();
    for (authority, permission, asked) in [
        (State::new().cvca, Permission::Harmless, false),
        (State::new().next_cvca, Permission::Destructive, true),
    ] {
        let authority = authority.into_authority();
        knowledge
            .authorize(authority, &mut chip, permission, &mut rng(7))
            .unwrap();
        assert_eq!(read(&knowledge), [false; 2]);
        assert_eq!(knowledge.asked_as_terminal, asked);
    }
}

#[derive(Deserialize)]
struct Excuses {
    excuse: Vec<Excuse>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Excuse {
    reason: String,
    ids: BTreeSet<String>,
}

/// A file of `conformance/`.
pub fn data(name: &str) -> String {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("conformance");
    std::fs::read_to_string(folder.join(name)).unwrap()
}

/// The ids of a file of excuses, each with a reason.
pub fn excused(name: &str) -> BTreeSet<String> {
    let excuses = toml::from_str::<Excuses>(&data(name)).unwrap().excuse;
    assert!(excuses.iter().all(|excuse| excuse.reason.len() > 20));
    excuses.into_iter().flat_map(|excuse| excuse.ids).collect()
}

/// A case that passes nowhere may ask for what no card can do: each passes on a card, or `not-passed.toml` says why none is there.
#[test]
fn every_case_passes_on_some_card() {
    let excused = excused("not-passed.toml");
    let mut suites = suites().unwrap();
    suites.retain(|suite| !suite.is_of_our_law());
    let knowledge = knowledge_of_full_card(&mut full_card().chip);
    let full = Tally::of(&suites, &|| Box::new(full_card().chip), &knowledge);
    let tallies = FIXTURES.map(tally_of).into_iter().chain([full]);
    let passed: BTreeSet<String> = tallies.flat_map(|tally| tally.passed).collect();
    let cases = suites.iter().flat_map(|suite| &suite.cases);
    let nowhere: BTreeSet<String> = cases
        .map(|case| case.id.clone())
        .filter(|id| !passed.contains(id))
        .collect();
    let missing: Vec<&String> = nowhere.difference(&excused).collect();
    let stale: Vec<&String> = excused.difference(&nowhere).collect();
    assert!(
        missing.is_empty() && stale.is_empty(),
        "missing: {missing:?}, stale: {stale:?}"
    );
}
