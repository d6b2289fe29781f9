//! `trust list` and `trust show`, of stores and of other files.

use std::path::Path;

use crate::states::{Desk, JSON, NO, State, USAGE, sha256};
use crate::support::run;

#[test]
fn what_a_store_shows() {
    let desk = Desk::new();
    let ut = State::new("UT", "UTO", "CSCA TEST", 1);
    let vn = State::new("VN", "VNM", "CSCA TEST", 2);
    let next = State::new("UT", "UTO", "CSCA TEST 2", 3);
    let store = desk.store();
    let files = [
        desk.file("ut.ml", &ut.list(&[&ut.csca, &vn.csca], 1)),
        desk.file("link.der", &ut.link_to(&next)),
        desk.file("ut.crl", &ut.crl(1, &[])),
    ];
    let mut add = vec![
        "add",
        &store,
        "--out-of-band",
        "TEST: handed over by the embassy",
    ];
    add.extend(files.iter().map(String::as_str));
    desk.trust(0, &add);

    let said = desk.trust(0, &["list", &store]);
    let row = |country: &str| {
        said.lines()
            .find(|line| line.contains(&format!("| {country} ")))
            .unwrap()
            .to_owned()
    };
    let words: Vec<String> = row("UT")
        .split('|')
        .map(|cell| cell.trim().to_owned())
        .collect();
    assert_eq!(words[1..6], ["UT", "2", "2", "0", "P-256"], "{said}");
    assert!(row("UT").contains("out of band"), "{said}");
    assert!(
        said.contains("3 CSCA certificates of 2 countries, 1 revocation list, 0 deviation lists"),
        "{said}"
    );

    let said = desk.trust(0, &["list", &store, "--country", "ut", "--check"]);
    assert!(
        said.contains("CSCA TEST 2") && !said.contains("VN"),
        "{said}"
    );
    let sums: Vec<&str> = said
        .lines()
        .find(|line| line.contains("| all "))
        .unwrap()
        .split('|')
        .map(str::trim)
        .collect();
    assert_eq!(sums[2..7], ["1", "1", "0", "0", "0"], "{said}");
    let said = desk.trust(NO, &["list", &store, "--country", "XX"]);
    assert!(said.contains("no CSCA certificate of XX"), "{said}");

    let said = desk.trust(0, &["show", &store, &sha256(&ut.csca)[..12]]);
    for line in [
        "subject      C=UT, CN=CSCA TEST",
        "signed by    itself",
        "out of band: TEST: handed over by the embassy",
        "0 revoked",
    ] {
        assert!(said.contains(line), "{line}: {said}");
    }
    desk.trust(USAGE, &["show", &store, "0123"]);
    desk.trust(USAGE, &["show", &store, "0123456789"]);
    let said = desk.trust(USAGE, &["list", &desk.path("nowhere")]);
    assert!(said.contains("nowhere"), "{said}");
}

#[test]
fn files_and_folders_are_read_without_a_store() {
    let desk = Desk::new();
    let ut = State::new("UT", "UTO", "CSCA TEST", 1);
    let vn = State::new("VN", "VNM", "CSCA TEST", 2);
    let folder = desk.path("folder");
    std::fs::create_dir_all(Path::new(&folder).join("below")).unwrap();
    let files: [(&str, &[u8]); 4] = [
        ("folder/below/csca.der", &ut.csca),
        ("folder/vn.ml", &vn.list(&[&vn.csca], 1)),
        ("folder/read.me", b"words"),
        ("folder/.hidden", b"more"),
    ];
    for (name, content) in files {
        desk.file(name, content);
    }
    let count = |path: &str| {
        let ended = run(["trust", "list", path].iter().chain(&JSON)).expect(0);
        ended.json()["store"]["csca_certificates"].as_u64().unwrap()
    };
    assert_eq!(count(&folder), 2);
    assert_eq!(count(&desk.path("folder/vn.ml")), 1);
    assert_eq!(count(&desk.path("folder/below/csca.der")), 1);
    desk.trust(USAGE, &["list", &desk.path("folder/read.me")]);
    desk.trust(
        USAGE,
        &["show", &desk.path("folder/vn.ml"), &sha256(&ut.csca)],
    );
}
