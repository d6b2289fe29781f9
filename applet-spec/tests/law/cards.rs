//! Every case, run on the cards of `fixtures/`, whose files are real, and on the card that offers everything.

use applet_spec::conformance::{Knowledge, Outcome, Permission, Suite, examine, suites};
use applet_spec::memory::Cells;
use applet_spec::{Chip, DataSheet};
use mrz::Mrz;
use protocols::{Password, PasswordKind};

use crate::authorities::State;
use crate::full_card::{full_card, password};
use crate::specimen::rng;

/// A card of `fixtures/cards`, and what its holder knows.
fn card(name: &str) -> (Chip, Vec<Password>, String) {
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
    let chip = Chip::load(cells, DataSheet::default(), Box::new(rng(2))).unwrap();
    (chip, passwords, zone.joined())
}

/// What the cards are known to do wrong. A line that no longer holds makes the test fail, too.
const FINDINGS: [(&str, &str); 6] = [
    // EF.DG14 of every specimen announces terminal authentication, of which version 0100 of the law has nothing: no EF.CVCA.
    ("ICAO3-E-22", "6A82"),
    ("EAC1-H-13", "6A82"),
    ("EAC1-H-14", "6A82"),
    ("EAC1-H-15", "6A82"),
    ("EAC1-H-16", "6A82"),
    ("EAC1-M-6", "6A82"),
];

/// What came of the cases on one card.
#[derive(Default)]
pub struct Tally {
    passed: usize,
    not_applicable: usize,
    /// Cases that failed, and what was found.
    pub failed: Vec<(String, String)>,
}

impl Tally {
    pub fn of(suites: &[Suite], copies: &Copies<'_>, knowledge: &Knowledge) -> Self {
        let mut tally = Self::default();
        let mut random = rng(7);
        for case in suites.iter().flat_map(|suite| &suite.cases) {
            let mut chip = copies();
            let outcome = examine(
                case,
                &mut chip,
                knowledge,
                Permission::Destructive,
                &mut random,
            );
            match outcome {
                Outcome::Passed => tally.passed += 1,
                Outcome::NotApplicable(_) => tally.not_applicable += 1,
                Outcome::Failed(failure) => tally.failed.push((case.id.clone(), failure.found)),
            }
        }
        tally
    }

    /// Nothing failed but what is known to, with the first four characters of what was found.
    fn check(&self, name: &str, findings: &[(&str, &str)], at_least: usize) {
        let found = |(id, found): &(String, String)| {
            let start = found.get(..4).unwrap_or(found);
            (id.clone(), start.to_owned())
        };
        let failed: Vec<(String, String)> = self.failed.iter().map(found).collect();
        let known: Vec<(String, String)> = findings
            .iter()
            .map(|(id, found)| ((*id).to_owned(), (*found).to_owned()))
            .collect();
        assert_eq!(failed, known, "{name}: {:?}", self.failed);
        let Self {
            passed,
            not_applicable,
            ..
        } = self;
        assert!(
            *passed >= at_least,
            "{name}: {passed} passed, {not_applicable} not applicable"
        );
    }
}

/// A fresh copy of a card: no case sees what another one did to it.
pub type Copies<'a> = dyn Fn() -> Chip + 'a;

#[test]
fn every_case_that_applies_passes_but_for_the_findings() {
    let suites = suites().unwrap();
    for name in ["uto-passport-anton", "vn-citizen-dao", "vn-citizen-nam"] {
        let (mut chip, passwords, zone) = card(name);
        let knowledge = Knowledge::of(&mut chip, passwords, Some(zone), &mut rng(7)).unwrap();
        Tally::of(&suites, &|| card(name).0, &knowledge).check(name, &FINDINGS, 200);
    }
}

/// Commands only: but for SecurityInfos and EF.COM the files of the card that offers everything hold nothing that is one.
pub fn commands() -> Vec<Suite> {
    let mut suites = suites().unwrap();
    suites.retain(|suite| !suite.unit.contains("LDS"));
    suites
}

/// The card that offers everything, and the key of the CVCA that it trusts.
pub fn knowledge_of_full_card() -> Knowledge {
    let passwords = [
        PasswordKind::Can,
        PasswordKind::Mrz,
        PasswordKind::Pin,
        PasswordKind::Puk,
    ];
    let passwords = passwords.map(password).into();
    let mut chip = full_card().chip;
    let mut knowledge = Knowledge::of(&mut chip, passwords, None, &mut rng(7)).unwrap();
    knowledge.authority = Some(State::new().cvca.into_authority());
    knowledge
}

#[test]
fn the_card_that_offers_everything() {
    let knowledge = knowledge_of_full_card();
    let tally = Tally::of(&commands(), &|| full_card().chip, &knowledge);
    tally.check("full card", &[], 300);
}
