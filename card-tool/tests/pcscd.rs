//! On real parts: `card-tool emulate` puts chips into virtual readers of a running pcscd, and every other verb meets them there
//! as it would meet a card of plastic. `cargo xtask test` starts the daemon and names its slots.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::string_slice
)]

mod support;

use serde_json::Value;

use support::cards::{alter_name, content, specimen};
use support::secrets::Secrets;
use support::slot::Slot;
use support::{check, checks_that, run, word};

const CSCA: &str = "fixtures/pki/vn-cccd-2021/csca.der";
const OTHER_CSCA: &str = "fixtures/pki/uto-passport/csca.der";
const CAN_FILE: &str = "fixtures/cards/vn-citizen-nam.can";
const MRZ_FILE: &str = "fixtures/cards/vn-citizen-nam.mrz";
const JSON: [&str; 2] = ["--output-format", "json"];
const NO: i32 = 1;
const UNDETERMINED: i32 = 3;
const CARD_CODE: i32 = 4;

fn verify<'a>(trust: &'a str, more: &[&'a str]) -> Vec<&'a str> {
    [&["verify", "--trust", trust][..], more].concat()
}

#[test]
#[ignore = "needs the pcscd of `cargo xtask test`"]
fn the_specimen_card_is_listed_read_and_found_authentic() {
    let slot = Slot::take();
    let (folder, card) = specimen();
    assert_eq!(slot.state()["slot"], "empty");
    let chip = slot.insert(&card, &[]);
    let atr = slot.state()["atr"].as_str().unwrap().to_owned();
    assert!(atr.starts_with("3B"), "{atr}");

    let page = folder.path().join("report.html");
    let arguments = ["--can-file", CAN_FILE, "--stats", "--html", word(&page)];
    let arguments = [&arguments[..], &JSON].concat();
    let report = slot.run(&verify(CSCA, &arguments)).expect(0).json();
    assert_eq!(report["overall"], "successful");
    assert_eq!(report["reader"], *slot.reader);
    assert_eq!(report["data_verified"], true);
    assert_eq!(checks_that(&report, "failed"), [""; 0]);
    assert_eq!(check(&report, "pace")["result"], "successful");
    let fingers = check(&report, "protected-data-groups");
    assert_eq!(fingers["result"], "undetermined");
    assert!(fingers["cause"].as_str().unwrap().contains("EF.DG3"));
    let trips = report["statistics"]["round_trips"].as_u64().unwrap();
    assert!((1..=26).contains(&trips), "{trips}");
    let page = std::fs::read_to_string(page).unwrap();
    assert!(
        page.contains("The chip is the issuer&#39;s, and these data groups")
            && page.contains(&slot.reader)
    );

    let out = folder.path().join("files");
    let read = ["read", "--mrz-file", MRZ_FILE, "--out", word(&out)];
    let listed = slot.run(&[&read[..], &JSON].concat()).expect(0).json();
    let truth = content(&card);
    let read = support::tree(&out);
    assert_eq!(read.len(), report["files"].as_object().unwrap().len());
    for (path, octets) in read {
        let word = path.file_stem().unwrap().to_str().unwrap().to_owned();
        assert!(truth[&word] == octets, "{word} differs from the chip");
        assert_eq!(listed["files"][&word], octets.len());
        run(["explain", support::word(&path)]).expect(0);
    }
    assert!(listed["unread"]["dg3"].is_string() && truth.contains_key("dg3"));
    assert_eq!(slot.remove(chip, "INT").code, Some(0));
}

#[test]
#[ignore = "needs the pcscd of `cargo xtask test`"]
fn a_reading_in_short_commands_and_by_bac_says_the_same() {
    let slot = Slot::take();
    let (_folder, card) = specimen();
    let chip = slot.insert(&card, &["--short"]);
    for more in [
        &["--short"][..],
        &["--access", "bac"],
        &["--access", "pace"],
    ] {
        let arguments = [&["--mrz-file", MRZ_FILE, "--stats"][..], &JSON, more].concat();
        let report = slot.run(&verify(CSCA, &arguments)).expect(0).json();
        assert_eq!(report["overall"], "successful", "{more:?}");
        assert_eq!(check(&report, "mrz-as-printed")["result"], "successful");
        let trips = report["statistics"]["round_trips"].as_u64().unwrap();
        assert!(trips > 60, "{more:?}: {trips}");
    }
    slot.remove(chip, "INT").expect(0);
}

#[test]
#[ignore = "needs the pcscd of `cargo xtask test`"]
fn a_stranger_s_csca_and_a_wrong_can_are_told_apart() {
    let slot = Slot::take();
    let (folder, card) = specimen();
    let chip = slot.insert(&card, &[]);

    let arguments = [&["--can-file", CAN_FILE][..], &JSON].concat();
    let stranger = slot.run(&verify(OTHER_CSCA, &arguments));
    let report = stranger.expect(UNDETERMINED).json();
    assert_eq!(report["exit_code"], UNDETERMINED);
    assert_eq!(report["data_verified"], false);
    assert_ne!(check(&report, "document-signer")["result"], "successful");
    assert_eq!(check(&report, "data-groups")["result"], "successful");

    let wrong = folder.path().join("can.txt");
    std::fs::write(&wrong, "654321\n").unwrap();
    let arguments = [&["--can-file", word(&wrong)][..], &JSON].concat();
    let report = slot.run(&verify(CSCA, &arguments)).expect(CARD_CODE).json();
    assert_eq!(check(&report, "pace")["result"], "failed");
    assert_eq!(report["files"].get("dg1"), None);
    assert_eq!(report["outcome"], "card");
    let words = slot.run(&verify(CSCA, &["--can-file", word(&wrong)]));
    let words = words.expect(CARD_CODE).stdout;
    assert!(words.contains("No verdict") && !words.contains("NOT in order"));
    let out = folder.path().join("files");
    let read = ["read", "--out", word(&out), "--can-file", word(&wrong)];
    let refused = slot.run(&read).expect(CARD_CODE);
    assert!(refused.stderr.contains("hint: "), "{}", refused.stderr);
    assert!(!refused.stderr.contains("654321"));
    assert!(!out.exists());

    let right = slot.run(&verify(CSCA, &["--can-file", CAN_FILE]));
    assert!(right.expect(0).stdout.contains("SUCCESSFUL"));
    slot.remove(chip, "INT").expect(0);
}

#[test]
#[ignore = "needs the pcscd of `cargo xtask test`"]
fn a_trace_of_a_real_line_shows_no_secret() {
    let slot = Slot::take();
    let (_folder, card) = specimen();
    let chip = slot.insert(&card, &[]);
    let text = |path: &str| std::fs::read_to_string(test_support::root().join(path)).unwrap();
    let mut secrets = Secrets::default();
    secrets.add_passwords(&text(CAN_FILE), &text(MRZ_FILE));
    secrets.add_chip(&card);
    for password in [["--can-file", CAN_FILE], ["--mrz-file", MRZ_FILE]] {
        for access in ["pace", "bac"] {
            let more = [&password[..], &["--access", access, "-v"]].concat();
            let ended = slot.run(&verify(CSCA, &more));
            assert!(ended.stderr.contains("> 00B0"), "{}", ended.stderr);
            secrets.must_not_be_in("the trace", ended.stderr.as_bytes());
            secrets.must_not_be_in("the report", ended.stdout.as_bytes());
        }
    }
    slot.remove(chip, "INT").expect(0);
}

#[test]
#[ignore = "needs the pcscd of `cargo xtask test`"]
fn commands_go_to_the_card_as_they_are() {
    let slot = Slot::take();
    let (_folder, card) = specimen();
    let chip = slot.insert(&card, &[]);
    let select = "00A4040C07A0000002471001";
    let answer = slot.run(&["apdu", select]).expect(0).stdout;
    assert!(answer.starts_with("9000"), "{answer}");
    let both = [&["apdu", select, "00B0810000"][..], &JSON].concat();
    let refused = slot.run(&both).expect(CARD_CODE).json();
    let words: Vec<&Value> = refused["answers"].as_array().unwrap().iter().collect();
    assert_eq!(words.len(), 2, "{refused}");
    assert!(
        words[0]["sw"].as_str().unwrap().contains("9000"),
        "{refused}"
    );
    assert!(
        words[1]["sw"].as_str().unwrap().contains("6982"),
        "{refused}"
    );
    slot.remove(chip, "INT").expect(0);
    let none = slot.run(&["apdu", select]).expect(5);
    assert!(
        none.stderr.contains("put a card on the reader"),
        "{}",
        none.stderr
    );
}

#[test]
#[ignore = "needs the pcscd of `cargo xtask test`"]
fn a_card_leaves_whole_however_it_leaves() {
    let slot = Slot::take();
    let (_folder, card) = specimen();
    let before = content(&card);
    for (signal, code) in [("INT", Some(0)), ("TERM", Some(0)), ("KILL", None)] {
        let chip = slot.insert(&card, &[]);
        slot.run(&verify(CSCA, &["--can-file", CAN_FILE])).expect(0);
        let ended = slot.remove(chip, signal);
        assert_eq!(ended.code, code, "{signal}: {}", ended.stderr);
        assert!(content(&card) == before, "{signal}");
    }
    let chip = slot.insert(&card, &[]);
    slot.run(&verify(CSCA, &["--can-file", CAN_FILE])).expect(0);
    slot.remove(chip, "INT").expect(0);
}

/// A card that one issuer has signed anew is signed anew as a whole: chip authentication mapping counts under one issuer only.
#[test]
#[ignore = "needs the pcscd of `cargo xtask test`"]
fn a_card_with_mapping_is_signed_anew_as_a_whole() {
    let slot = Slot::take();
    let folder = tempfile::tempdir().unwrap();
    let (out, pki) = (folder.path().join("card"), folder.path().join("pki"));
    run(["specimen", "--out", word(&out), "--pace", "gm,cam"]).expect(0);
    let made = ["pki", "init", word(&pki), "--country", "UT"];
    run([&made[..], &["--state", "UTO", "--document-types", "PP"]].concat()).expect(0);
    let more = ["--quirk", "Q041", "--pki", word(&pki)];
    let chip = slot.insert(&out.join("card.json"), &more);
    let (csca, can) = (pki.join("csca.der"), out.join("can.txt"));
    let arguments = [&["--can-file", word(&can)][..], &JSON].concat();
    let report = slot.run(&verify(word(&csca), &arguments)).expect(0).json();
    let mapping = check(&report, "chip-authentication-mapping");
    assert_eq!(mapping["result"], "successful", "{report:#}");
    slot.remove(chip, "INT").expect(0);
}

/// The driver keeps one more waiting and does not answer the third at all: both are told within the patience of the program.
#[test]
#[ignore = "needs the pcscd of `cargo xtask test`"]
fn a_slot_that_is_taken_is_told_in_time() {
    let slot = Slot::take();
    let (folder, card) = specimen();
    let chip = slot.insert(&card, &[]);
    let begun = std::time::Instant::now();
    let others: Vec<_> = ["second.json", "third.json"]
        .map(|name| {
            let other = folder.path().join(name);
            std::fs::copy(&card, &other).unwrap();
            slot.start(&other)
        })
        .into();
    for other in others {
        let ended = other.end().expect(5);
        for said in [
            "waiting for the slot",
            "another card is in the slot",
            "--vpcd 127",
        ] {
            assert!(ended.stderr.contains(said), "{}", ended.stderr);
        }
    }
    assert!(begun.elapsed().as_secs() < 30, "{:?}", begun.elapsed());
    slot.remove(chip, "INT").expect(0);
}

#[test]
#[ignore = "needs the pcscd of `cargo xtask test`"]
fn an_altered_chip_is_refused() {
    let slot = Slot::take();
    let (_folder, card) = specimen();
    alter_name(&card);
    let chip = slot.insert(&card, &[]);
    let arguments = [&["--can-file", CAN_FILE][..], &JSON].concat();
    let report = slot.run(&verify(CSCA, &arguments)).expect(NO).json();
    assert_eq!(checks_that(&report, "failed"), ["data-groups"]);
    slot.remove(chip, "INT").expect(0);
}

/// Ways of real chips, over a real line: lost sessions, resets, other forms of reading. The file of the card stays as it was.
#[test]
#[ignore = "needs the pcscd of `cargo xtask test`"]
fn cards_with_quirks_are_read_all_the_same() {
    let slot = Slot::take();
    let (_folder, card) = specimen();
    let before = std::fs::read(&card).unwrap();
    let renewed = "the chip has lost the session, which was built anew";
    for (quirk, said) in [
        ("Q001", "it was selected"),
        ("Q006", renewed),
        ("Q007", "bytes behind the end of the file"),
        ("Q008", renewed),
        ("Q012", "answers nothing to commands of extended length"),
        ("Q013", "authenticates once only, and was reset"),
    ] {
        let chip = slot.insert(&card, &["--quirk", quirk]);
        let arguments = [&["--can-file", CAN_FILE][..], &JSON].concat();
        let report = slot.run(&verify(CSCA, &arguments)).expect(0).json();
        assert_eq!(report["overall"], "successful", "{quirk}");
        assert!(report.to_string().contains(said), "{quirk}: {report}");
        slot.remove(chip, "INT").expect(0);
    }
    assert_eq!(std::fs::read(&card).unwrap(), before);
}
