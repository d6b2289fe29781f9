//! Orders that are filled: mappings in all domains with all ciphers, both kinds of both authentications, terminal
//! authentication, a PIN.

use std::path::Path;

use inspection::Outcome;
use lds::File;
use serde_json::{Value, json};
use tempfile::TempDir;

use super::border::{OFFICES, faults, inspected, password};
use super::support::{card_tool, end, run, word};

const GROUPS: [&str; 3] = ["0", "1", "2"];
const CURVES: [&str; 11] = [
    "8", "9", "10", "11", "12", "13", "14", "15", "16", "17", "18",
];
const P224: &str = "10";
const CIPHERS: [&str; 4] = ["3des", "aes128", "aes192", "aes256"];

struct Card {
    folder: TempDir,
    said: Value,
}

impl Card {
    fn path(&self) -> &Path {
        self.folder.path()
    }

    fn access(&self) -> Value {
        test_support::read_json(&self.path().join("access.json"))
    }
}

fn ordered(words: &[&str]) -> Card {
    let folder = tempfile::tempdir().unwrap();
    let said = ["specimen", "--output-format", "json", "--out"];
    let said = said.into_iter().chain([word(folder.path())]);
    let said = run(said.chain(words.iter().copied())).expect(0).json();
    Card { folder, said }
}

/// The card is read by this password, every check of it succeeds, these among them, and the fingers are open.
#[track_caller]
fn check(card: &Card, by: &str, expected: &[&str]) {
    let report = inspected(card.path(), &password(&card.access(), by));
    assert_eq!(faults(&report), [""; 0], "{}", card.said);
    for id in expected {
        let found = report.check(id).unwrap().finding.outcome;
        assert_eq!(found, Outcome::Successful, "{id} of {}", card.said);
    }
    let covered = report.verdict().covered;
    for file in [File::Dg1, File::Dg2, File::Dg3] {
        assert!(covered.contains(&file), "{file} of {}", card.said);
    }
}

const OPEN: [&str; 4] = [
    "pace",
    "security-object",
    "terminal-authentication",
    "protected-data-groups",
];

/// Every domain of a mapping, each with the cipher whose turn it is: each cipher meets each mapping, in groups and on curves.
fn every_domain(mapping: &str, domains: &[(&str, &[&str])], ciphers: &[&str]) {
    let cvca = OFFICES.path("cvca");
    for (option, ids) in domains {
        for (id, cipher) in ids.iter().zip(ciphers.iter().cycle()) {
            let mut words = vec!["--pace", mapping, option, id, "--cipher", cipher];
            words.extend(["--no-bac", "--aa", "none", "--pin", "--puk", "--eac", &cvca]);
            let card = ordered(&words);
            let proof = match mapping {
                "gm,cam" => "chip-authentication-mapping",
                _ => "chip-authentication",
            };
            check(&card, "can", &[&OPEN[..], &[proof]].concat());
            check(&card, "pin", &[&OPEN[..], &[proof]].concat());
        }
    }
}

#[test]
fn generic_mapping() {
    every_domain(
        "gm",
        &[("--group", &GROUPS), ("--curve", &CURVES)],
        &CIPHERS,
    );
}

#[test]
fn integrated_mapping() {
    let curves = CURVES.into_iter().filter(|id| *id != P224);
    let curves: Vec<&str> = curves.collect();
    every_domain(
        "im",
        &[("--group", &GROUPS), ("--curve", &curves)],
        &CIPHERS,
    );
}

#[test]
fn chip_authentication_mapping() {
    every_domain("gm,cam", &[("--curve", &CURVES)], &CIPHERS[1..]);
}

/// Keys of their own for chip authentication, active authentication of both kinds, access without PACE.
#[test]
fn both_authentications() {
    let trust_point = OFFICES.path("trust-point.cvcert");
    OFFICES.done("cvca trust-point @cvca @trust-point.cvcert");
    for (words, by, proof) in [
        ("--ca 2 --aa rsa", "mrz", "active-authentication"),
        ("--ca p384 --aa ecdsa", "can", "active-authentication"),
        ("--pace none --ca 1,15", "mrz", "bac"),
        (
            "--pace none --bac --ca 12 --cipher 3des",
            "mrz",
            "chip-authentication",
        ),
        (
            "--pace gm,cam --curve 13 --ca 12,13",
            "can",
            "chip-authentication-mapping",
        ),
        (
            "--pace gm,im --curve 12,13 --group 2 --cipher aes128,3des",
            "mrz",
            "pace",
        ),
        (
            "--record fixtures/people/vn-citizen-nam",
            "can",
            "active-authentication",
        ),
    ] {
        let words: Vec<&str> = words.split(' ').chain(["--eac", &trust_point]).collect();
        check(&ordered(&words), by, &[proof, "terminal-authentication"]);
    }
}

/// Without a word about protocols the card is that of the profile; beside the chip lies what opens it, and nothing else.
#[test]
fn the_card_of_the_profile() {
    let card = ordered(&[]);
    assert_eq!(
        card.said["offers"],
        json!({
            "bac": true,
            "pace": ["GM P-256 AES-256"],
            "chip_authentication": ["P-256 AES-256"],
            "active_authentication": "ECDSA P-256 SHA-256",
            "terminal_authentication": false,
            "pin": false,
            "puk": false,
        })
    );
    let mut names: Vec<String> = std::fs::read_dir(card.path())
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    let expected = ["access.json", "can.txt", "card.json", "csca.der", "mrz.txt"];
    assert_eq!(names, expected);
    assert_eq!(card.said["files"], json!(expected));
    let report = inspected(card.path(), &password(&card.access(), "mrz"));
    assert_eq!(report.overall(), Outcome::Successful);
    let shown = report.data.as_shown();
    let name = shown.mrz.as_ref().unwrap().lines().join("");
    assert!(name.contains("SPECIMEN"), "{name}");
}

/// Whoever has the program has a person to make a card of, wherever it runs, and is told how to go on.
#[test]
fn a_card_without_the_repository() {
    let folder = tempfile::tempdir().unwrap();
    let mut make = card_tool(["specimen", "--out", "card"]);
    let made = end(make.current_dir(folder.path())).expect(0);
    let card = folder.path().join("card");
    let report = inspected(
        &card,
        &password(&test_support::read_json(&card.join("access.json")), "can"),
    );
    assert_eq!(report.overall(), Outcome::Successful);
    for file in ["access.json", "can.txt", "card.json", "csca.der", "mrz.txt"] {
        assert!(made.stdout.contains(file), "{}", made.stdout);
    }
    let next = "card-tool emulate --card card/card.json";
    assert!(made.stderr.contains(next), "{}", made.stderr);
}

/// A test issuer of one's own, so that a row of cards has one CSCA.
#[test]
fn the_issuer_that_was_named() {
    let folder = tempfile::tempdir().unwrap();
    let pki = folder.path().join("pki");
    let mut init = vec![
        "pki",
        "init",
        word(&pki),
        "--country",
        "UT",
        "--state",
        "UTO",
    ];
    init.extend(["--document-types", "PP", "--algorithm", "rsa-pss-2048"]);
    run(init).expect(0);
    let card = ordered(&["--pki", word(&pki)]);
    let csca = |folder: &Path| std::fs::read(folder.join("csca.der")).unwrap();
    assert_eq!(csca(card.path()), csca(&pki));
    let report = inspected(card.path(), &password(&card.access(), "can"));
    assert_eq!(report.overall(), Outcome::Successful);
}
