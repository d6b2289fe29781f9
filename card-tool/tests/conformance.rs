//! `card-tool conformance`: on the specimen of the program, and on a chip in a file.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::string_slice
)]

mod support;

use support::{run, word};

const DONE: i32 = 0;
const NO: i32 = 1;
const USAGE: i32 = 2;

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

/// The specimen announces terminal authentication and has no EF.CVCA: a finding that the verb must show, and exit with.
#[test]
fn a_failure_is_shown_with_its_octets() {
    let folder = tempfile::tempdir().unwrap();
    let page = folder.path().join("report.html");
    let arguments = ["conformance", "--case", "EAC1-H-14", "--html", word(&page)];
    let ended = run(arguments).expect(NO);
    assert!(
        ended.stderr.contains("EAC1-H-14 failed at step 2"),
        "{}",
        ended.stderr
    );
    let page = std::fs::read_to_string(page).unwrap();
    for shown in [
        "EAC1-H-14",
        "<dt>sent</dt>",
        "BSI32.ISO7816_H_14",
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
    let document = run(arguments.into_iter().chain(more)).expect(NO).json();
    assert_eq!(document["card"], word(&chip));
    assert_eq!(document["total"]["failed"], 1);
}

#[test]
fn what_there_is_not() {
    run(["conformance", "--unit", "ICAO3-Z"]).expect(USAGE);
    run(["conformance", "--case", "ICAO3-A-99"]).expect(USAGE);
}
