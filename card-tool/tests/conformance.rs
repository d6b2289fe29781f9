//! `card-tool conformance`: on the specimen of the program, and on a chip in a file.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::string_slice
)]

mod support;

use lds::File;
use support::{run, word};

const DONE: i32 = 0;
const NO: i32 = 1;
const USAGE: i32 = 2;

/// The card of the specimen in its file, with what is printed on it.
fn anton() -> [String; 4] {
    let path = |ending: &str| {
        let name = format!("cards/uto-passport-anton.{ending}");
        word(&test_support::fixture(&name)).to_owned()
    };
    [
        "--chip".to_owned(),
        path("json"),
        "--mrz-file".to_owned(),
        path("mrz"),
    ]
}

/// What speaks of a card needs one that is named: else the specimen would pass in its place. The summary says which it was.
#[test]
fn which_card_was_examined() {
    let one = ["conformance", "--case", "ICAO3-B-19"];
    for more in [
        &["--mrz-file", "/nonexistent"][..],
        &["--can-file", "/nonexistent"],
        &["--pin-file", "/nonexistent"],
        &["--eac", "/nonexistent"],
        &["--offers", "bac"],
        &["--short"],
        &["--destructive"],
    ] {
        let ended = run(one.iter().chain(more)).expect(USAGE);
        assert!(ended.stderr.contains(more[0]), "{ended:?}");
        assert!(ended.stderr.contains("--chip FILE"), "{ended:?}");
    }
    let check = |arguments: &[&str], name: &str| {
        let ended = run(arguments).expect(DONE);
        let verdict = format!("{name}: passed");
        assert!(ended.stderr.contains(&verdict), "{ended:?}");
        assert!(
            ended.stdout.starts_with(&format!("Card: {name}")),
            "{ended:?}"
        );
    };
    check(&one, "the specimen chip of this program");
    let named = anton();
    let more: Vec<&str> = one
        .into_iter()
        .chain(named.iter().map(String::as_str))
        .collect();
    check(&more, &named[1]);
}

#[test]
fn units_that_pass() {
    let ended = run([
        "conformance",
        "--unit",
        "ICAO3-A",
        "--unit",
        "icao3-lds-b",
        "--output-format",
        "json",
    ]);
    let document = ended.expect(DONE).json();
    assert_eq!(document["total"]["failed"], 0);
    assert_eq!(document["total"]["cases"], 3 + 14);
    assert_eq!(document["units"][0]["unit"], "ICAO3-A");
    let one = &document["cases"][1];
    assert_eq!(one["references"][0], "ICAO3.ISO7816_A_2");
    assert_eq!(one["result"], "passed");
    assert!(
        document["cases"][0]["why"]
            .as_str()
            .unwrap()
            .contains("pace")
    );
}

/// A card whose EF.COM has a wrong tag: a finding that the verb must show, and exit with.
#[test]
fn a_failure_is_shown_with_its_octets() {
    let folder = tempfile::tempdir().unwrap();
    let [page, chip] = ["report.html", "chip.json"].map(|name| folder.path().join(name));
    let zone = test_support::fixture("cards/uto-passport-anton.mrz");
    let genuine = std::fs::read(test_support::fixture("cards/uto-passport-anton.json")).unwrap();
    let mut memory = applet_spec::ChipMemory::from_octets(&genuine).unwrap();
    let mut com = memory.file(File::Com).unwrap().to_vec();
    com[0] ^= 1;
    memory.replace_file(File::Com, com).unwrap();
    std::fs::write(&chip, memory.to_octets().unwrap()).unwrap();

    let arguments = ["conformance", "--chip", word(&chip), "--mrz-file"];
    let one = [word(&zone), "--case", "ICAO3-E-1", "--html", word(&page)];
    let ended = run(arguments.into_iter().chain(one)).expect(NO);
    assert!(
        ended.stderr.contains("ICAO3-E-1 failed at step 3"),
        "{}",
        ended.stderr
    );
    let page = std::fs::read_to_string(page).unwrap();
    for shown in [
        "ICAO3-E-1",
        "<dt>sent</dt>",
        "ICAO3.ISO7816_E_1",
        "class=\"here\"",
    ] {
        assert!(page.contains(shown), "{shown}");
    }
    assert!(!page.contains("<script") && !page.contains("http"));
}

#[test]
fn a_chip_in_a_file_wants_its_passwords() {
    let folder = tempfile::tempdir().unwrap();
    let chip = folder.path().join("chip.json");
    std::fs::copy(test_support::fixture("cards/vn-citizen-nam.json"), &chip).unwrap();
    let mrz = test_support::fixture("cards/vn-citizen-nam.mrz");
    let arguments = [
        "conformance",
        "--chip",
        word(&chip),
        "--unit",
        "ICAO3-E",
        "--output-format",
        "json",
    ];
    run(arguments).expect(USAGE);
    let more = ["--mrz-file", word(&mrz), "--case", "ICAO3-E-5"];
    let document = run(arguments.into_iter().chain(more)).expect(DONE).json();
    assert_eq!(document["card"], word(&chip));
    assert_eq!(document["total"]["failed"], 0);
    assert!(document["total"]["passed"].as_u64().unwrap() > 5);
}

#[test]
fn what_there_is_not() {
    run(["conformance", "--unit", "ICAO3-Z"]).expect(USAGE);
    run(["conformance", "--case", "ICAO3-A-99"]).expect(USAGE);
}

const UNDETERMINED: i32 = 3;
const POLICY: i32 = 7;

/// What the card is said to offer is not excused; where no case says anything, nothing was tested.
#[test]
fn nothing_is_not_a_pass() {
    let arguments = ["conformance", "--case", "EAC1-L-3"];
    let named = anton();
    let named = || named.iter().map(String::as_str);
    let ended = run(arguments).expect(UNDETERMINED);
    assert!(ended.stderr.contains("nothing was tested"), "{ended:?}");
    assert!(ended.stderr.contains("nothing tested"), "{ended:?}");
    let declared = arguments.into_iter().chain(["--offers", "bac,EF.DG4"]);
    run(declared.chain(named())).expect(UNDETERMINED);
    let arguments = ["conformance", "--unit", "ICAO3-R"];
    let document = run(arguments.into_iter().chain(["--output-format", "json"]));
    let failed = |document: &serde_json::Value| document["total"]["failed"].as_u64();
    assert_eq!(failed(&document.json()), Some(0));
    let more = [
        "--offers",
        "active-authentication-rsa,active-authentication-ecdsa",
        "--output-format",
        "json",
    ];
    let declared = arguments.into_iter().chain(more).chain(named());
    let document = run(declared).expect(NO).json();
    assert_eq!(failed(&document), Some(1));
    run(["conformance", "--offers", "everything"]).expect(USAGE);
}

/// Certificates of terminals need the key of a CVCA, and leave to move the date of the card.
#[test]
fn certificates_of_terminals() {
    let folder = tempfile::tempdir().unwrap();
    let cvca = folder.path().join("cvca");
    let secret = folder.path().join("secret");
    std::fs::write(&secret, "secret of the TEST keys").unwrap();
    let made = ["eac", "cvca", "create", word(&cvca), "--country", "UT"];
    let named = ["--mnemonic", "TESTCVCA", "--eac-secret-file", word(&secret)];
    run(made.into_iter().chain(named)).expect(DONE);
    let authority = ["--eac", word(&cvca), "--eac-secret-file", word(&secret)];
    // The card has no terminal authentication: it does not take the first certificate.
    let named = anton();
    let one = ["conformance", "--case", "EAC1-J-1"].into_iter();
    let one = one
        .chain(named.iter().map(String::as_str))
        .collect::<Vec<_>>();
    run(&one).expect(UNDETERMINED);
    run(one.iter().copied().chain(authority)).expect(UNDETERMINED);
    let said = ["--offers", "terminal-authentication"];
    let ended = run(one.iter().copied().chain(said).chain(authority)).expect(NO);
    assert!(ended.stderr.contains("as it is said to be"), "{ended:?}");
    let day = authority.into_iter().chain(["--day", "2026-13-01"]);
    run(one.iter().copied().chain(day)).expect(USAGE);
    run(one.iter().copied().chain(["--day", "2026-06-15"])).expect(USAGE);
    let past = authority.into_iter().chain(["--day", "2001-01-01"]);
    let ended = run(one.iter().copied().chain(past)).expect(POLICY);
    assert!(ended.stderr.contains("valid on 2001-01-01"), "{ended:?}");
}

/// A card that trusts the CVCA of the tester, in a file: each case has a copy of its own, so that all of them run and nothing stays.
#[test]
fn a_card_that_trusts_the_tester() {
    let folder = tempfile::tempdir().unwrap();
    let place = |name: &str| folder.path().join(name);
    let (cvca, card, secret) = (place("cvca"), place("card"), place("secret"));
    std::fs::write(&secret, "secret of the TEST keys").unwrap();
    let key = ["--eac-secret-file", word(&secret)];
    let made = ["eac", "cvca", "create", word(&cvca), "--country", "UT"];
    let named = ["--mnemonic", "TESTCVCA"];
    run(made.into_iter().chain(named).chain(key)).expect(DONE);
    let record = test_support::fixture("people/uto-passport-anton");
    let ordered = ["specimen", "--record", word(&record), "--out", word(&card)];
    run(ordered.into_iter().chain(["--eac", word(&cvca)])).expect(DONE);

    let (chip, zone) = (card.join("card.json"), card.join("mrz.txt"));
    let before = std::fs::read(&chip).unwrap();
    let arguments = [
        "conformance",
        "--chip",
        word(&chip),
        "--mrz-file",
        word(&zone),
    ];
    let authority = ["--eac", word(&cvca), "--output-format", "json"];
    let units = ["EAC1-J", "EAC1-K", "EAC1-L", "EAC1-M"].map(|unit| ["--unit", unit]);
    let whole = arguments.into_iter().chain(authority).chain(key);
    let ended = run(whole.chain(units.into_iter().flatten())).expect(DONE);
    let total = &ended.json()["total"];
    assert_eq!(total["failed"], 0);
    assert!(total["passed"].as_u64().unwrap() > 70, "{total}");
    assert_eq!(std::fs::read(&chip).unwrap(), before);
}

/// What cases sign stands in no journal: a CVCA that chips in the field may trust is not used.
#[test]
fn an_authority_of_life() {
    let folder = tempfile::tempdir().unwrap();
    let (cvca, secret) = (folder.path().join("cvca"), folder.path().join("secret"));
    std::fs::write(&secret, "secret of the TEST keys").unwrap();
    let key = ["--eac-secret-file", word(&secret)];
    let made = ["eac", "cvca", "create", word(&cvca), "--country", "UT"];
    let named = ["--mnemonic", "CVCA"];
    run(made.into_iter().chain(named).chain(key)).expect(DONE);
    let arguments = ["conformance", "--case", "EAC1-J-1", "--eac", word(&cvca)];
    let named = anton();
    let named = named.iter().map(String::as_str);
    let ended = run(arguments.into_iter().chain(key).chain(named)).expect(POLICY);
    assert!(ended.stderr.contains("UTCVCA"), "{ended:?}");
}

/// What was missing to run cases is no property of the card: said with what to do, counted for itself, and under no green word.
#[test]
fn what_was_not_run() {
    let folder = tempfile::tempdir().unwrap();
    let (chip, page) = (
        folder.path().join("chip.json"),
        folder.path().join("page.html"),
    );
    std::fs::copy(test_support::fixture("cards/vn-citizen-nam.json"), &chip).unwrap();
    let can = test_support::fixture("cards/vn-citizen-nam.can");
    let arguments = [
        "conformance",
        "--chip",
        word(&chip),
        "--can-file",
        word(&can),
    ];
    // The password of BAC is not known, and one of PACE is.
    let cases = [
        "--case",
        "ICAO3-C-2",
        "--case",
        "ICAO3-E-1",
        "--case",
        "ICAO3-LDS-B-14",
    ];
    let more = ["--html", word(&page), "--output-format", "json"];
    let whole = arguments.into_iter().chain(cases).chain(more);
    let document = run(whole).expect(DONE).json();
    assert_eq!(document["total"]["not_run"], 2, "{document:#}");
    assert_eq!(document["total"]["passed"], 1, "{document:#}");
    assert_eq!(document["verdict"], "passed, 2 cases not run");
    let missing = document["cases"].as_array().unwrap();
    for case in missing.iter().filter(|case| case["id"] != "ICAO3-E-1") {
        assert_eq!(case["result"], "not-run", "{case:#}");
        assert!(case["remedy"].as_str().unwrap().contains("--mrz-file"));
    }
    assert_eq!(document["run"]["passwords"], serde_json::json!(["CAN"]));
    assert_eq!(document["run"]["options"].as_array().unwrap().len(), 3);
    assert!(document["run"]["atr"].as_str().unwrap().starts_with("3B"));
    let page = std::fs::read_to_string(page).unwrap();
    for shown in [
        "class=\"undetermined\"",
        "<h2>Run</h2>",
        "<h2>Not run</h2>",
        "2 not run",
    ] {
        assert!(page.contains(shown), "{shown}");
    }
}

/// A password of another card says nothing of this one: no case is run, and the code is not that of a card that failed.
#[test]
fn a_password_of_another_card() {
    const CARD: i32 = 4;
    let folder = tempfile::tempdir().unwrap();
    let (chip, other) = (
        folder.path().join("chip.json"),
        folder.path().join("can.txt"),
    );
    std::fs::copy(test_support::fixture("cards/vn-citizen-nam.json"), &chip).unwrap();
    std::fs::write(&other, "999999").unwrap();
    let zone = test_support::fixture("cards/vn-citizen-dao.mrz");
    let right = test_support::fixture("cards/vn-citizen-nam.can");
    let arguments = ["conformance", "--chip", word(&chip), "--unit", "ICAO3-A"];
    for (passwords, kind) in [
        (vec!["--can-file", word(&other)], "CAN"),
        (vec!["--mrz-file", word(&zone)], "MRZ"),
        // One that opens does not excuse the other.
        (
            vec!["--can-file", word(&right), "--mrz-file", word(&zone)],
            "MRZ",
        ),
    ] {
        let ended = run(arguments.into_iter().chain(passwords)).expect(CARD);
        let said = format!("the password does not open this card: {kind}");
        assert!(ended.stderr.contains(&said), "{ended:?}");
    }
}

#[test]
fn cases_are_listed() {
    let ended = run(["conformance", "--list", "--unit", "ICAO3-A"]).expect(DONE);
    assert_eq!(ended.stdout.lines().count(), 3, "{ended:?}");
    assert!(ended.stdout.contains("ICAO3-A-2"));
    let document = run(["conformance", "--list", "--output-format", "json"])
        .expect(DONE)
        .json();
    assert!(document["cases"].as_array().unwrap().len() > 600);
}

/// The tries of a PIN are the holder's: it is shown where nothing else opens the card, never for the last try, and what was left out
/// is said.
#[test]
fn a_pin() {
    const CARD: i32 = 4;
    let folder = tempfile::tempdir().unwrap();
    let place = |name: &str| folder.path().join("card").join(name);
    let record = test_support::fixture("people/uto-passport-anton");
    let (card, wrong) = (place(""), folder.path().join("wrong.txt"));
    let ordered = ["specimen", "--record", word(&record), "--out", word(&card)];
    run(ordered.into_iter().chain(["--pin"])).expect(DONE);
    std::fs::write(&wrong, "000001").unwrap();
    let [chip, can, right] = ["card.json", "can.txt", "pin.txt"].map(place);
    let cases = ["--case", "ICAO3-T-1", "--case", "ICAO3-P-58"];
    let with = |passwords: &[&str]| {
        let arguments = ["conformance", "--chip", word(&chip)].into_iter();
        run(arguments.chain(cases).chain(passwords.iter().copied()))
    };
    let ended = with(&["--can-file", word(&can), "--pin-file", word(&wrong)]).expect(DONE);
    assert!(ended.stderr.contains("PIN was not shown"), "{ended:?}");
    let ended = with(&["--pin-file", word(&wrong)]).expect(CARD);
    assert!(ended.stderr.contains("used up a try"), "{ended:?}");
    assert!(!ended.stderr.contains("compare it"), "{ended:?}");
    with(&["--pin-file", word(&right)]).expect(DONE);

    let mut memory = std::fs::read(&chip).unwrap();
    memory.extend(b"[{\"write\":\"retries\",\"reference\":3,\"left\":1}]\n");
    std::fs::write(&chip, memory).unwrap();
    let ended = with(&["--pin-file", word(&right), "--destructive"]).expect(UNDETERMINED);
    assert!(
        ended.stderr.contains("one try of the PIN is left"),
        "{ended:?}"
    );
    assert!(
        ended.stderr.contains("undetermined, 1 case not run"),
        "{ended:?}"
    );
    with(&["--pin-file", word(&right), "--can-file", word(&can)]).expect(DONE);
}
