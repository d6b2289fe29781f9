//! What users of other command-line tools have complained of, a test for each, by its number in the list that this project keeps.
//!
//! Elsewhere, under the same names: 13 (a warning is no error), 16 (chips that take small reads only) and 17 (cause and remedy of every
//! result) in `inspection`, 15 (a token whose sessions are gone) in `key-store`, 18 (`--yes`) in `life.rs`.

#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::string_slice,
    clippy::unwrap_used
)]

mod support;

use std::collections::BTreeMap;
use std::fs;
use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::Stdio;

use support::cards::{alter_name, content, specimen};
use support::held::HeldCard;
use support::secrets::Secrets;
use support::slot::{Slot, real};
use support::{Running, card_tool, check, end, run, word};

const CSCA: &str = "fixtures/pki/vn-cccd-2021/csca.der";
const CAN_FILE: &str = "fixtures/cards/vn-citizen-nam.can";
const MRZ_FILE: &str = "fixtures/cards/vn-citizen-nam.mrz";
const JSON: [&str; 2] = ["--output-format", "json"];
const NO: i32 = 1;
const USAGE: i32 = 2;
const CARD: i32 = 4;
const READER: i32 = 5;
const POLICY: i32 = 7;

/// The files of a chip in a folder, as `read` writes them.
fn dumped(card: &Path, folder: &Path) {
    fs::create_dir_all(folder).unwrap();
    for (file, octets) in content(card) {
        fs::write(folder.join(format!("{file}.bin")), octets).unwrap();
    }
}

#[test]
fn complaint_01_an_option_that_is_not_used_is_an_error() {
    for arguments in [
        &["verify", "--trust", CSCA, "--nonsense"][..],
        &["verify", "--trust", CSCA, "--quiet"],
        &["verify", "--trust", CSCA, "--keep", "x"],
        &["verify", "--trust", CSCA, "--csv"],
        &["verify", "--trust", CSCA, "--places", "x"],
        &["desk", "--trust", CSCA, "--purpose", "x"],
        &["desk", "--trust", CSCA, "--service", "https://h"],
        &[
            "verify",
            "--trust",
            CSCA,
            "--files",
            "x",
            "--can-file",
            CAN_FILE,
        ],
        &["verify", "--trust", CSCA, "--loop", "--can-file", CAN_FILE],
        &["verify", "--trust", CSCA, "folder", "--html", "x.html"],
        &["desk", "--trust", CSCA, "--can-file", CAN_FILE],
    ] {
        let ended = run(arguments).expect(USAGE);
        assert!(
            ended.stderr.contains("--"),
            "{arguments:?}: {}",
            ended.stderr
        );
    }
}

#[test]
#[ignore = "needs the pcscd of `cargo xtask test`"]
fn complaint_02_no_secret_is_in_any_output() {
    let slot = Slot::take();
    let (_folder, card) = specimen();
    let chip = slot.insert(&card, &[]);
    let mut secrets = Secrets::default();
    let text = |path: &str| fs::read_to_string(test_support::root().join(path)).unwrap();
    secrets.add_passwords(&text(CAN_FILE), &text(MRZ_FILE));
    secrets.add_chip(&card);
    let mut command = slot.command(&["verify", "--trust", CSCA, "--loop", "-v"]);
    let can = fs::File::open(test_support::root().join(CAN_FILE)).unwrap();
    let ended = end(command.stdin(can)).expect(0);
    assert!(
        ended.stderr.contains("> 00B0") && ended.stdout.contains("GREEN"),
        "{ended:?}"
    );
    secrets.must_not_be_in("what is said", ended.stderr.as_bytes());
    secrets.must_not_be_in("the verdict", ended.stdout.as_bytes());
    slot.remove(chip, "INT").expect(0);
}

/// There is no reader in this test: whoever asks for it before he has looked at his paper and pen ends with another code.
#[test]
fn complaint_03_what_must_be_there_is_looked_at_first() {
    for place in ["--html", "--log-xml"] {
        let arguments = ["verify", "--trust", CSCA, "--can-file", CAN_FILE];
        let ended = run([&arguments[..], &[place, "no-such-folder/file"]].concat()).expect(USAGE);
        assert!(ended.stderr.contains("no-such-folder"), "{}", ended.stderr);
        run(arguments).expect(READER);
    }
}

#[test]
fn complaint_04_a_wrong_signature_is_no_success() {
    let (folder, card) = specimen();
    let (good, bad) = (folder.path().join("good"), folder.path().join("bad"));
    dumped(&card, &good);
    alter_name(&card);
    dumped(&card, &bad);
    for (folders, code) in [
        (&[&good][..], 0),
        (&[&bad], NO),
        (&[&good, &bad], NO),
        (&[&bad, &folder.path().join("nothing")], NO),
        (&[&good, &folder.path().join("nothing")], USAGE),
    ] {
        let folders: Vec<&str> = folders.iter().map(|folder| word(folder)).collect();
        let arguments = [&["verify", "--trust", CSCA][..], &folders].concat();
        run(&arguments).expect(code);
        let json = run([&arguments[..], &JSON].concat()).expect(code).stdout;
        assert_eq!(json.lines().count(), folders.len(), "{json}");
        for (line, folder) in json.lines().zip(&folders) {
            let document: serde_json::Value = serde_json::from_str(line).unwrap();
            assert_eq!(document["reader"], **folder);
        }
        let csv = run([&arguments[..], &["--csv"]].concat())
            .expect(code)
            .stdout;
        assert_eq!(csv.lines().count(), folders.len() + 1, "{csv}");
        for line in csv.lines().filter(|line| line.contains("/bad")) {
            assert!(line.contains(",failed,1,VNM,data-groups,"), "{line}");
        }
    }
}

#[test]
fn a_log_says_every_result_and_nothing_of_the_holder() {
    let (folder, card) = specimen();
    let bad = folder.path().join("bad");
    alter_name(&card);
    dumped(&card, &bad);
    let log = folder.path().join("log.xml");
    let arguments = ["verify", "--trust", CSCA, "--log-xml", word(&log)];
    run([&arguments[..], &[word(&bad), word(&bad)]].concat()).expect(NO);
    let log = fs::read_to_string(log).unwrap();
    assert_eq!(log.matches("<transaction ").count(), 2);
    assert_eq!(log.matches("<result ").count(), 2 * 45);
    assert!(
        log.contains("id=\"data-groups\" weight=\"mandatory\" value=\"failed\""),
        "{log}"
    );
    assert!(log.contains("<meaning>The data on the chip are not those that were signed"));
    // The number of a transaction is drawn, and may hold any digits.
    let said: Vec<&str> = log
        .lines()
        .filter(|line| !line.contains("<transaction "))
        .collect();
    let said = said.join("\n");
    for personal in [
        "081000017",
        "NGUYEN",
        "MAU",
        "810412",
        "410412",
        "2041-04-12",
    ] {
        assert!(!said.contains(personal), "{personal}");
    }
}

#[test]
#[ignore = "needs the pcscd of `cargo xtask test`"]
fn complaint_05_a_wrong_password_has_a_code_of_its_own() {
    let slot = Slot::take();
    let (folder, card) = specimen();
    let chip = slot.insert(&card, &[]);
    let wrong = folder.path().join("can.txt");
    fs::write(&wrong, "000000").unwrap();
    let arguments = ["verify", "--trust", CSCA, "--can-file", word(&wrong)];
    slot.run(&arguments).expect(CARD);
    slot.remove(chip, "INT").expect(0);
}

/// The password is asked for before the reader is looked for: here is none.
#[test]
fn complaint_06_questions_come_before_the_step_that_needs_them() {
    let ended = run(["verify", "--trust", CSCA, "--no-input"]).expect(USAGE);
    assert!(ended.stderr.contains("password"), "{}", ended.stderr);
    let (can, trust) = (["--can-file", CAN_FILE], ["verify", "--trust", CSCA]);
    run([&trust[..], &can].concat()).expect(READER);
}

#[test]
fn complaint_07_every_verb_speaks_json() {
    let top = run(["--help"]).expect(0).stdout;
    let list = top.split("Commands:\n").nth(1).unwrap();
    let verbs: Vec<&str> = list
        .lines()
        .take_while(|line| line.starts_with("  "))
        .filter(|line| !line.starts_with("   "))
        .filter_map(|line| line.split_whitespace().next())
        .filter(|verb| *verb != "help")
        .collect();
    assert!(verbs.len() >= 14, "{verbs:?}");
    for verb in verbs {
        let help = run([verb, "--help"]).expect(0).stdout;
        assert!(help.contains("--output-format"), "{verb}");
        let unknown = [&[verb, "--no-such-option"][..], &JSON].concat();
        assert_eq!(
            run(unknown).expect(USAGE).json()["outcome"],
            "usage",
            "{verb}"
        );
    }
}

/// Somebody is there who could be asked, and holds the pipe open.
fn with_a_silent_partner(arguments: &[&str]) -> support::Ended {
    let mut command = card_tool(arguments);
    let mut running = Running::start(command.stdin(Stdio::piped()));
    let held = running.child.stdin.take();
    let ended = running.end();
    drop(held);
    ended
}

#[test]
fn complaint_08_nothing_is_asked_in_json() {
    let arguments = [&["verify", "--trust", CSCA][..], &JSON].concat();
    let ended = with_a_silent_partner(&arguments).expect(USAGE);
    assert_eq!(ended.json()["exit_code"], USAGE);
}

#[test]
fn complaint_09_without_a_terminal_a_missing_word_is_an_error_at_once() {
    for arguments in [&["verify", "--trust", CSCA][..], &["read", "--out", "x"]] {
        let ended = with_a_silent_partner(arguments).expect(USAGE);
        assert!(ended.stderr.contains("--can-file"), "{}", ended.stderr);
    }
}

/// Three tries: two are wrong, the third is not made. 11 is the program that remembers a key, 12 the one that
/// asks for it again.
#[test]
#[ignore = "needs the pcscd of `cargo xtask test`"]
fn complaint_11_and_12_the_last_try_of_a_pin_is_left_to_the_holder() {
    let slot = Slot::take();
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name);
    run(["specimen", "--pin", "--puk", "--out", word(&path("card"))]).expect(0);
    let access = test_support::read_json(&path("card/access.json"));
    let csca = path("card").join(access["csca"].as_str().unwrap());
    let pin = path("pin.txt");
    let verify = |more: &[&str]| {
        let arguments = ["verify", "--trust", word(&csca), "--pin-file", word(&pin)];
        slot.run(&[&arguments[..], more].concat())
    };
    let chip = slot.insert(&path("card/card.json"), &[]);
    let right = access["pin"].as_str().unwrap();
    let wrong = "0".repeat(right.len());
    fs::write(&pin, &wrong).unwrap();
    verify(&[]).expect(CARD);
    fs::write(&pin, right).unwrap();
    let opened = verify(&JSON);
    assert!(
        opened.stderr.contains("2 tries of the PIN are left"),
        "{}",
        opened.stderr
    );
    assert_eq!(check(&opened.json(), "pace")["result"], "successful");
    fs::write(&pin, &wrong).unwrap();
    verify(&[]).expect(CARD);
    verify(&[]).expect(CARD);
    for _ in 0..3 {
        let stopped = verify(&[]).expect(POLICY);
        assert!(
            stopped.stderr.contains("only one try"),
            "{}",
            stopped.stderr
        );
        assert!(stopped.stderr.contains("hint: open the card with the CAN"));
    }
    let out = path("files");
    let read = ["read", "--out", word(&out), "--pin-file", word(&pin)];
    slot.run(&read).expect(POLICY);
    slot.remove(chip, "INT").expect(0);
}

#[test]
#[ignore = "needs the pcscd of `cargo xtask test`"]
fn complaint_14_who_holds_the_card_is_said_and_the_list_goes_on() {
    let slot = Slot::take();
    let (_folder, card) = specimen();
    let held = HeldCard::insert(&slot, &card, 20);
    let arguments = ["verify", "--trust", CSCA, "--can-file", CAN_FILE];
    let holding = Running::start(&mut slot.command(&arguments));
    held.has_stopped();
    let refused = slot.run(&arguments).expect(READER);
    for said in [
        "another program uses the card",
        "hint: close the other program",
    ] {
        assert!(refused.stderr.contains(said), "{}", refused.stderr);
    }
    let listed = end(&mut real(["readers"])).expect(0).stdout;
    assert!(listed.lines().count() >= 2, "{listed}");
    assert!(listed.contains("in use by another program"), "{listed}");
    held.go_on();
    holding.end().expect(0);
    held.pull(&slot);
}

/// A line for each folder while the work goes on, and what is done is not kept: the process is no larger for the last than for the first.
/// A folder that is damaged is a line like the others, and its name is no formula.
#[test]
fn many_folders_come_line_by_line_and_none_is_kept() {
    const FOLDERS: usize = 240;
    /// What settles after the first of them.
    const SETTLED: usize = 40;
    /// A document is 30 KiB of files, and as much again of what was made of them.
    const MAX_GROWTH_KIB: u64 = 4096;
    let (folder, card) = specimen();
    for name in ["=good", "+damaged"] {
        dumped(&card, &folder.path().join(name));
    }
    fs::write(folder.path().join("+damaged/sod.bin"), [0x77, 0x84, 0xFF]).unwrap();
    let csca = test_support::root().join(CSCA);
    let mut command = card_tool(["verify", "--trust", word(&csca), "--csv"]);
    command.current_dir(folder.path());
    command.args((0..FOLDERS).map(|n| if n == SETTLED { "+damaged" } else { "=good" }));
    let mut child = command.stdout(Stdio::piped()).spawn().unwrap();
    let lines = BufReader::new(child.stdout.take().unwrap()).lines();
    let mut sizes = Vec::new();
    let mut results = BTreeMap::new();
    for line in lines.skip(1) {
        let line = line.unwrap();
        let mut cells = line.split(',');
        let key = [cells.next().unwrap(), cells.next().unwrap()].join(" ");
        *results.entry(key).or_insert(0) += 1;
        sizes.push(resident_kib(child.id()));
    }
    let code = child.wait().unwrap().code();
    assert_eq!(results["'=good successful"], FOLDERS - 1, "{results:?}");
    assert_eq!(results.len(), 2, "{results:?}");
    assert!(results.keys().any(|key| key.starts_with("'+damaged ")));
    assert_ne!(code, Some(0));
    let sizes: Vec<u64> = sizes.into_iter().skip(SETTLED).flatten().collect();
    assert!(
        sizes.len() > FOLDERS / 2,
        "the lines came when all was over"
    );
    let (first, most) = (sizes[0], *sizes.iter().max().unwrap());
    println!("{first} KiB after {SETTLED} folders, {most} KiB at most after {FOLDERS}");
    assert!(
        most < first + MAX_GROWTH_KIB,
        "{first} KiB, then {most} KiB"
    );
}

/// Resident memory of a process that is still there.
fn resident_kib(process: u32) -> Option<u64> {
    let status = fs::read_to_string(format!("/proc/{process}/status")).ok()?;
    let line = status.lines().find(|line| line.starts_with("VmRSS:"))?;
    line.split_whitespace().nth(1)?.parse().ok()
}
