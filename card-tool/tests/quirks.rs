//! `emulate --quirks` and `--quirk`: the list, and what cannot be switched on.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing
)]

mod support;

use std::path::Path;

use support::{run, word};

const USAGE: i32 = 2;
const READER: i32 = 5;
const POLICY: i32 = 7;

#[test]
fn the_list_says_what_each_does_and_what_a_reader_must_do() {
    let words = run(["emulate", "--quirks"]).expect(0);
    let listed = run(["emulate", "--quirks", "--output-format", "json"])
        .expect(0)
        .json();
    let rows = listed["quirks"].as_array().unwrap();
    assert_eq!(rows.len(), 120);
    for row in rows {
        for part in ["id", "kind", "what", "reader"] {
            let text = row[part].as_str().unwrap();
            assert!(!text.is_empty() && words.stdout.contains(text), "{row}");
        }
    }
    let row = |id: &str| rows.iter().find(|row| row["id"] == id).unwrap();
    assert_eq!(row("Q041")["needs_pki"], true);
    assert_eq!(row("Q025")["needs"][0], "active authentication by RSA");
    for said in ["needs --pki", "needs active authentication by RSA"] {
        assert!(words.stdout.contains(said), "{}", words.stdout);
    }
    let switches = rows.iter().filter(|row| row["switch"] == true).count();
    assert!(
        words.stderr.contains(&format!("{switches} of 120")),
        "{}",
        words.stderr
    );
}

/// A test issuer of a country, a state and a list of types of documents.
fn issuer(folder: &Path, of: &str) -> String {
    let pki = folder.join(of.replace([' ', ','], "-"));
    let words: Vec<&str> = of.split(' ').collect();
    let (country, state) = (["--country", words[0]], ["--state", words[1]]);
    let types = ["--document-types", words[2]];
    let made = [&["pki", "init", word(&pki)][..], &country, &state, &types].concat();
    run(made).expect(0);
    word(&pki).to_owned()
}

/// A signer of another type or of another country is named, and not the card.
#[test]
fn who_cannot_sign_the_card_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let card = test_support::fixture("cards/uto-passport-anton.json");
    for (of, code, said) in [
        (
            "UT UTO P",
            POLICY,
            "the zone of the card says PP, and this document signer may sign P\n",
        ),
        ("UT UTO I,ID", POLICY, "may sign I and ID\n"),
        (
            "VN VNM PP",
            POLICY,
            "the zone of the card says UTO, and this document signer is of VN\n",
        ),
        // Everything is signed, and only then the reader is looked for.
        ("UT UTO PP,P", READER, ""),
    ] {
        let pki = issuer(folder.path(), of);
        let emulate = ["emulate", "--card", word(&card), "--vpcd", "127.0.0.1:1"];
        let ended = run([&emulate[..], &["--quirk", "Q041", "--pki", &pki]].concat()).expect(code);
        assert!(ended.stderr.contains(said), "{of}: {}", ended.stderr);
        let hints = ended.stderr.contains("--document-types PP");
        assert_eq!(hints, code == POLICY, "{}", ended.stderr);
    }
}

/// Where a card lacks a way in, no quirk may take the other one, and a zone that a quirk has changed is told.
#[test]
fn a_card_that_somebody_can_open() {
    let folder = tempfile::tempdir().unwrap();
    let pki = issuer(folder.path(), "UT UTO PP");
    let made = |name: &str, order: &[&str]| {
        let out = folder.path().join(name);
        run([&["specimen", "--out", word(&out)], order].concat()).expect(0);
        word(&out.join("card.json")).to_owned()
    };
    let (modern, old) = (
        made("modern", &["--no-bac"]),
        made("old", &["--pace", "none"]),
    );
    for (card, quirk, code, said) in [
        (&modern, "Q004", USAGE, "Q004 needs BAC"),
        (&old, "Q017", USAGE, "Q017 needs PACE"),
        (&modern, "Q034", READER, "for --mrz-file, is now\n"),
    ] {
        let words = ["emulate", "--card", card, "--vpcd", "127.0.0.1:1"];
        let ended = run([&words[..], &["--quirk", quirk, "--pki", &pki]].concat()).expect(code);
        assert!(ended.stderr.contains(said), "{quirk}: {}", ended.stderr);
    }
    let no_chip = ["emulate", "--card", "README.md", "--vpcd", "127.0.0.1:1"];
    let hint = run(no_chip).expect(USAGE).stderr;
    assert!(hint.contains("card-tool specimen --out"), "{hint}");
}

/// Before any reader is looked for, and with the file of the card as it was.
#[test]
fn what_cannot_be_switched_on_is_said_at_once() {
    let folder = tempfile::tempdir().unwrap();
    let card = folder.path().join("card.json");
    std::fs::copy(
        test_support::fixture("cards/uto-passport-anton.json"),
        &card,
    )
    .unwrap();
    let before = std::fs::read(&card).unwrap();
    let pki = issuer(folder.path(), "UT UTO PP");
    for (more, said) in [
        (&["--quirk", "Q052"][..], "Q052"),
        (&["--quirk", "Q121"], "Q120"),
        (&["--quirk", "Q041"], "--pki"),
        (
            &["--quirk", "Q101", "--pki", &pki],
            "chip authentication mapping",
        ),
        (
            &["--quirk", "Q025"],
            "Q025 needs active authentication by RSA",
        ),
        (&["--quirk", "Q029"], "Q029 needs terminal authentication"),
        (&["--quirk", "Q016"], "Q016 needs PACE with several sets"),
        (
            &["--quirk", "Q012", "--short"],
            "Q012 needs extended length",
        ),
        (
            &["--quirk", "Q004", "--quirk", "Q017", "--pki", &pki],
            "Q017 needs PACE",
        ),
        (&["--quirk", "Q006", "--new"], "cannot be used"),
        (&["--pki", &pki], "--quirk"),
    ] {
        let emulate = ["emulate", "--card", word(&card), "--vpcd", "127.0.0.1:1"];
        let ended = run([&emulate[..], more].concat()).expect(USAGE);
        assert!(ended.stderr.contains(said), "{more:?}: {}", ended.stderr);
        assert_eq!(std::fs::read(&card).unwrap(), before);
    }
    let without_card = run(["emulate"]).expect(USAGE);
    assert!(
        without_card.stderr.contains("--card"),
        "{}",
        without_card.stderr
    );
}
