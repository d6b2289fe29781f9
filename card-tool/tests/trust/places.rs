//! Where things come from and where they are: plain folders, files with their places, lists and removals, hostile words.

use std::os::unix::fs::symlink;
use std::path::Path;

use crate::states::{Desk, JSON, State, USAGE, sha256};
use crate::support::{run, tree};

#[test]
fn a_plain_folder_says_what_it_does_not_use_and_what_it_believes() {
    let desk = Desk::new();
    let ut = State::new("UT", "UTO", "CSCA TEST", 1);
    let vn = State::new("VN", "VNM", "CSCA TEST", 2);
    let folder = desk.path("folder");
    std::fs::create_dir_all(Path::new(&folder).join("a/b/c/d/e")).unwrap();
    std::fs::create_dir(desk.path("files")).unwrap();
    desk.file("folder/a/csca.der", &ut.csca);
    desk.file("folder/a/b/broken.der", &vn.csca[..300]);
    desk.file("folder/vn.ml", &vn.list(&[&vn.csca], 1));
    desk.file("folder/ut.ml", &ut.list(&[&ut.csca], 1));
    symlink(&folder, desk.path("folder/a/round")).unwrap();
    symlink("nowhere", desk.path("folder/lost")).unwrap();
    let remarks = [
        ("folder/a/b/broken.der", "not used: malformed"),
        (
            "folder/vn.ml",
            "no CSCA vouches for the signer of this list",
        ),
        ("folder/a/round", "a link to a folder, not followed"),
        ("folder/lost", "no file, not read"),
        ("folder/a/b/c/d/e", "not looked into, too deep"),
    ];
    let files = desk.path(".");
    for arguments in [
        &["trust", "list", &folder][..],
        &["verify", "--trust", &folder, "--files", &files],
    ] {
        let said = run(arguments).stderr;
        for (place, remark) in remarks {
            let line = format!("{}: {remark}", desk.path(place));
            assert!(said.contains(&line), "{line}: {said}");
        }
        // Its CSCA is there: this list needs nobody's word.
        let good = format!("{}:", desk.path("folder/ut.ml"));
        assert!(!said.contains(&good), "{said}");
    }
    desk.file("files/sod.bin", b"no EF.SOD");
    let (files, verify) = (
        desk.path("files"),
        ["verify", "--trust", &folder, "--files"],
    );
    let report = run(verify.iter().chain(&[files.as_str()]).chain(&JSON)).json();
    let told = report["trust_remarks"].as_array().unwrap();
    assert_eq!(told.len(), remarks.len(), "{told:?}");
    for (place, remark) in remarks {
        let place = desk.path(place);
        let is_of = |told: &&serde_json::Value| told["place"] == place.as_str();
        let told = told.iter().find(is_of).unwrap()["remark"].to_string();
        assert!(told.contains(remark), "{told}");
    }
    let ended = run(["trust", "list", &folder].iter().chain(&JSON)).expect(0);
    let json = ended.json();
    assert_eq!(json["remarks"].as_array().unwrap().len(), remarks.len());
    assert_eq!(json["store"]["csca_certificates"], 2);
    assert!(json["index"].is_null());
}

#[test]
fn files_of_a_folder_are_named_with_their_place() {
    let desk = Desk::new();
    let ut = State::new("UT", "UTO", "CSCA TEST", 1);
    let vn = State::new("VN", "VNM", "CSCA TEST", 2);
    let store = desk.store();
    for folder in ["in/ut", "in/vn"] {
        std::fs::create_dir_all(desk.path(folder)).unwrap();
    }
    desk.file("in/ut/csca.der", &ut.csca);
    let cut = desk.file("in/vn/csca.der", &vn.csca[..300]);
    let add = ["add", &store, &desk.path("in"), "--out-of-band", "TEST"];
    let said = desk.trust(USAGE, &add);
    assert!(said.contains(&cut), "{said}");
    desk.file("in/vn/csca.der", &vn.csca);
    let said = desk.trust(0, &add);
    for name in ["in/ut/csca.der: CSCA", "in/vn/csca.der: CSCA"] {
        assert!(said.contains(name), "{said}");
    }
}

#[test]
fn lists_and_removals_are_shown_with_the_fingerprints_that_undo_them() {
    let desk = Desk::new();
    let ut = State::new("UT", "UTO", "CSCA TEST", 1);
    let vn = State::new("VN", "VNM", "CSCA TEST", 2);
    let store = desk.store();
    let csca = desk.file("csca.der", &ut.csca);
    let list = desk.file("ut.ml", &ut.list(&[&vn.csca], 1));
    let crl_bytes = ut.crl(3, &[]);
    let crl = desk.file("ut.crl", &crl_bytes);
    desk.trust(0, &["add", &store, &csca, "--out-of-band", "TEST"]);
    desk.trust(0, &["add", &store, &list, &crl]);
    let said = desk.trust(0, &["list", &store]);
    assert!(said.contains(&sha256(&crl_bytes)[..8]), "{said}");
    assert!(!said.contains("removed "), "{said}");
    for (fingerprint, reason, name, file) in [
        (sha256(&crl_bytes), "TEST: wrong", "ut.crl", &crl),
        (sha256(&vn.csca), "TEST: lost", "C=VN, CN=CSCA TEST", &list),
    ] {
        let said = desk.trust(
            0,
            &["remove", &store, &fingerprint[..10], "--reason", reason],
        );
        let undo = format!("trust add {store} FILE --fingerprint {fingerprint}");
        assert!(said.contains(&undo), "{said}");
        let said = desk.trust(0, &["list", &store]);
        let line = format!("{fingerprint} {name}: {reason}");
        assert!(said.contains(&line), "{line}: {said}");
        let ended = run(["trust", "list", &store].iter().chain(&JSON)).expect(0);
        assert_eq!(ended.json()["removed"][0]["sha256"], fingerprint);
        assert_eq!(ended.json()["removed"][0]["name"], name);
        // The documented way back.
        desk.trust(0, &["add", &store, file, "--fingerprint", &fingerprint]);
        let said = desk.trust(0, &["list", &store]);
        assert!(!said.contains("removed "), "{said}");
    }
    let ended = run(["trust", "list", &store].iter().chain(&JSON)).expect(0);
    let json = ended.json();
    assert_eq!(json["revocation_lists"][0]["sha256"], sha256(&crl_bytes));
    assert_eq!(json["store"]["csca_certificates"], 2);
}

#[test]
fn foreign_words_steer_nothing() {
    const HOSTILE: &str = "TEST \u{1b}[2J\u{202e}evil\u{9b}1m";
    let desk = Desk::new();
    let ut = State::new("UT", "UTO", "CSCA \u{202e}TEST", 1);
    let store = desk.store();
    let csca = desk.file("cs\u{202e}ca\u{1b}[1m.der", &ut.csca);
    let crl = desk.file("ut.crl", &ut.crl(1, &[]));
    let name = sha256(&ut.csca);
    let more = [&JSON[..], &[]];
    let mut said = Vec::new();
    let mut tell = |arguments: &[&str]| {
        for more in more {
            let ended = run(["trust"].iter().chain(arguments).chain(more));
            said.push((
                arguments.join(" "),
                format!("{}{}", ended.stdout, ended.stderr),
            ));
        }
    };
    tell(&["add", &store, &csca]);
    tell(&["add", &store, &csca, "--out-of-band", HOSTILE]);
    tell(&["add", &store, &crl]);
    tell(&["list", &store]);
    tell(&["list", &store, "--check", "--country", "UT"]);
    tell(&["show", &store, &name]);
    tell(&["remove", &store, &name, "--reason", HOSTILE]);
    tell(&["list", &store]);
    tell(&["list", &csca]);
    for (arguments, said) in said {
        let steers = |c: char| {
            c.is_control() && c != '\n'
                || matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
        };
        assert!(!said.contains(steers), "{arguments:?}: {said:?}");
    }
    assert!(!tree(Path::new(&store)).is_empty());
}
