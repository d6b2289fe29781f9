//! `emulate --quirks` and `--quirk`: the list, and what cannot be switched on.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing
)]

mod support;

use support::{run, word};

const USAGE: i32 = 2;

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
    let switches = rows.iter().filter(|row| row["switch"] == true).count();
    assert!(
        words.stderr.contains(&format!("{switches} of 120")),
        "{}",
        words.stderr
    );
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
    let pki = folder.path().join("pki");
    let made = [
        "pki",
        "init",
        word(&pki),
        "--country",
        "UT",
        "--state",
        "UTO",
    ];
    run(made.into_iter().chain(["--document-types", "P"])).expect(0);
    for (more, said) in [
        (&["--quirk", "Q052"][..], "Q052"),
        (&["--quirk", "Q121"], "Q120"),
        (&["--quirk", "Q041"], "--pki"),
        (&["--quirk", "Q101", "--pki", word(&pki)], "EF.CardSecurity"),
        (&["--quirk", "Q006", "--new"], "cannot be used"),
        (&["--pki", word(&pki)], "--quirk"),
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
