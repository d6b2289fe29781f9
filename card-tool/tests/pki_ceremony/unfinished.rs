//! Ceremonies and requests that break off: whatever ends them, no key is left that nothing names, and each can be destroyed
//! with a record.

use std::time::Duration;

use serde_json::Value;

use super::house::{DONE, House, PERSONS, POLICY, USAGE};
use super::support::{Running, card_tool, tree};

fn unfinished(house: &House) -> Vec<String> {
    let log = house.log("root");
    let keys = log["unfinished_keys"].as_array().unwrap().iter();
    keys.map(|key| key.as_str().unwrap().to_owned()).collect()
}

fn key_files(house: &House, folder: &str) -> Vec<String> {
    let files = tree(&house.file(folder)).into_keys();
    let names = files.map(|path| path.file_name().unwrap().to_str().unwrap().to_owned());
    names.filter(|name| name.contains(".key")).collect()
}

/// What a `link` leaves that was killed behind the making of its key: the key, the note, and the journal as it was.
fn link_that_broke_off(house: &House) {
    let journal = house.bytes("root/journal.jsonl");
    let csca = house.bytes("root/csca.der");
    house.ceremony(&["link", &house.path("root")]).expect(DONE);
    std::fs::write(house.file("root/journal.jsonl"), journal).unwrap();
    std::fs::write(house.file("root/csca.der"), csca).unwrap();
    let note = "keys = [\"file:csca-2.key\"]\n";
    std::fs::write(house.file("root/unfinished.toml"), note).unwrap();
}

fn facts(record: &Value) -> String {
    record["facts"].to_string()
}

#[test]
fn a_key_of_a_link_that_broke_off_is_named_and_destroyed_with_a_record() {
    let house = House::ready();
    let root = house.path("root");
    assert!(unfinished(&house).is_empty());
    house
        .ceremony(&["destroy", &root, "--unfinished"])
        .expect(POLICY);
    link_that_broke_off(&house);
    assert_eq!(unfinished(&house), ["file:csca-2.key"]);
    let warned = house.ceremony(&["crl", &root]).expect(DONE).stderr;
    assert!(warned.contains("csca-2.key"), "{warned}");
    house
        .ceremony(&["destroy", &root, "--unfinished"])
        .expect(DONE);
    assert!(!house.file("root/csca-2.key").exists());
    assert!(!house.file("root/unfinished.toml").exists());
    assert!(unfinished(&house).is_empty());
    let log = house.log("root");
    let last = log["records"].as_array().unwrap().last().unwrap();
    assert_eq!(last["act"], "discard");
    assert_eq!(last["signed"], true);
    assert!(facts(last).contains("file:csca-2.key"), "{last}");
    assert!(facts(last).contains("not there"), "{last}");
    house.ceremony(&["crl", &root]).expect(DONE);
}

#[test]
fn a_link_after_one_that_broke_off_accounts_for_its_key() {
    let house = House::ready();
    link_that_broke_off(&house);
    house.ceremony(&["link", &house.path("root")]).expect(DONE);
    assert_eq!(
        house.acts("root"),
        ["create", "admit", "discard", "link"],
        "the key of before is gone first"
    );
    assert!(unfinished(&house).is_empty());
    assert_eq!(key_files(&house, "root"), ["csca-1.key", "csca-2.key"]);
    house.ceremony(&["crl", &house.path("root")]).expect(DONE);
}

/// A key that no note names may be in use by another copy of the journal: it is told of and left alone, until somebody says so.
#[test]
fn a_key_that_nothing_names_is_told_of_and_goes_with_the_root() {
    let house = House::ready();
    let root = house.path("root");
    link_that_broke_off(&house);
    std::fs::remove_file(house.file("root/unfinished.toml")).unwrap();
    assert_eq!(unfinished(&house), ["file:csca-2.key"]);
    house.ceremony(&["link", &root]).expect(DONE);
    let keys = ["csca-1.key", "csca-2.key", "csca-3.key"];
    assert_eq!(key_files(&house, "root"), keys);
    assert_eq!(unfinished(&house), ["file:csca-2.key"]);
    house.ceremony(&["destroy", &root]).expect(DONE);
    assert!(key_files(&house, "root").is_empty());
    assert!(unfinished(&house).is_empty());
    let acts = house.acts("root");
    assert_eq!(acts[acts.len() - 3..], ["discard", "destroy", "destroyed"]);
    // One that turns up after the end is accounted for, too; no key is left to sign that.
    std::fs::copy(
        house.file("issuer/registrar.key"),
        house.file("root/csca-9.key"),
    )
    .unwrap();
    house
        .ceremony(&["destroy", &root, "--unfinished"])
        .expect(DONE);
    assert!(key_files(&house, "root").is_empty());
    assert_eq!(house.acts("root").last().unwrap(), "discard");
}

#[test]
fn an_init_that_broke_off_is_begun_again_and_a_lost_journal_is_not() {
    let house = House::new();
    house.init().expect(DONE);
    let journal = house.bytes("root/journal.jsonl");
    std::fs::remove_file(house.file("root/journal.jsonl")).unwrap();
    let before = tree(&house.file("root"));
    let refused = house.init().expect(POLICY).json();
    assert!(refused["error"].as_str().unwrap().contains("csca-1.key"));
    assert!(tree(&house.file("root")) == before);
    std::fs::write(house.file("root/journal.jsonl"), journal).unwrap();
    house
        .pki(&["csca", "log", &house.path("root")])
        .expect(DONE);
    // The same files, with the note of one that broke off.
    std::fs::remove_file(house.file("root/journal.jsonl")).unwrap();
    let note = "keys = [\"file:csca-1.key\"]\n";
    std::fs::write(house.file("root/unfinished.toml"), note).unwrap();
    house.init().expect(DONE);
    assert_eq!(house.acts("root"), ["create", "discard"]);
    assert_eq!(key_files(&house, "root"), ["csca-1.key"]);
    assert!(!house.file("root/unfinished.toml").exists());
    assert!(facts(&house.log("root")["records"][1]).contains("csca-1.key"));
    // A note that the journal has caught up with is none.
    std::fs::write(house.file("root/unfinished.toml"), note).unwrap();
    assert!(unfinished(&house).is_empty());
    house.ceremony(&["crl", &house.path("root")]).expect(DONE);
    assert!(!house.file("root/unfinished.toml").exists());
}

/// Killed at any moment: each key of the folder is in the journal or told of, and the next link works.
#[cfg(unix)]
#[test]
fn a_link_that_is_killed_leaves_no_key_that_nobody_knows() {
    let house = House::ready();
    let root = house.path("root");
    for round in 0..12 {
        let mut command = card_tool(["pki", "csca", "link", &root, "--yes"]);
        command.args(PERSONS);
        command.envs(house.secrets.iter().map(|(name, value)| (name, value)));
        let running = Running::start(&mut command);
        std::thread::sleep(Duration::from_millis(round * 60));
        running.signal("KILL");
        running.end();
        let log = house.log("root");
        let mut known: Vec<String> = log["generations"]
            .as_array()
            .unwrap()
            .iter()
            .map(|generation| generation["key"].as_str().unwrap().to_owned())
            .collect();
        known.extend(unfinished(&house));
        for name in key_files(&house, "root") {
            let is_known = known.contains(&format!("file:{name}"));
            assert!(is_known || name.starts_with('.'), "{name}: {known:?}");
        }
    }
    house.ceremony(&["link", &root]).expect(DONE);
    assert!(unfinished(&house).is_empty());
    let half = key_files(&house, "root");
    assert!(half.iter().all(|name| !name.starts_with('.')), "{half:?}");
    house.ceremony(&["crl", &root]).expect(DONE);
}

#[test]
fn a_restoration_that_broke_off_is_begun_again() {
    let house = House::ready();
    let (root, backup, restored) = (
        house.path("root"),
        house.path("root.backup"),
        house.path("restored"),
    );
    house
        .ceremony(&["backup", &root, "--out", &backup])
        .expect(DONE);
    std::fs::create_dir(house.file("restored")).unwrap();
    let key = house.file("restored/csca-1.key");
    std::fs::write(&key, b"another").unwrap();
    house
        .ceremony(&["restore", &restored, "--from", &backup])
        .expect(POLICY);
    std::fs::copy(house.file("root/csca-1.key"), &key).unwrap();
    house
        .ceremony(&["restore", &restored, "--from", &backup])
        .expect(DONE);
    house.ceremony(&["crl", &restored]).expect(DONE);
}

fn withdraw(house: &House, name: &str) -> super::support::Ended {
    let issuer = house.path("issuer");
    let mut all = vec!["signer", "withdraw", &issuer, "--name", name, "--yes"];
    all.extend(PERSONS);
    house.pki(&all)
}

#[test]
fn a_request_that_nobody_answers_is_withdrawn_with_its_key() {
    let house = House::ready();
    house.request("document-signer", "ds1", &[]).expect(DONE);
    house.request("crl", "crl1", &[]).expect(DONE);
    house.sign("ds1").expect(DONE);
    withdraw(&house, "ds2").expect(USAGE);
    withdraw(&house, "../registrar").expect(USAGE);
    let said = withdraw(&house, "ds1").expect(DONE);
    assert!(said.stderr.contains("revoke"), "{}", said.stderr);
    let record = std::fs::read_to_string(said.json()["record"].as_str().unwrap()).unwrap();
    for words in ["ds1", "keys/ds1.key", "TEST ONE", "TEST TWO", "not there"] {
        assert!(record.contains(words), "{words}: {record}");
    }
    withdraw(&house, "crl1").expect(DONE);
    assert!(key_files(&house, "issuer/keys").is_empty());
    let status = house.status();
    assert_eq!(status["outstanding"].as_array().unwrap().len(), 0);
    assert_eq!(status["broken_off"].as_array().unwrap().len(), 0);
    // Its answer comes too late, and its name is free.
    house.accept("ds1").expect(POLICY);
    std::fs::remove_file(house.file("ds1.request.json")).unwrap();
    house.request("document-signer", "ds1", &[]).expect(DONE);
}

#[test]
fn what_was_accepted_is_retired_and_not_withdrawn() {
    let house = House::ready();
    house.request("document-signer", "ds1", &[]).expect(DONE);
    house.sign("ds1").expect(DONE);
    let waiting = tree(&house.file("issuer/requests"));
    house.accept("ds1").expect(DONE);
    withdraw(&house, "ds1").expect(USAGE);
    // As an acceptance leaves it that broke off behind the installation.
    for (path, content) in waiting {
        std::fs::write(path, content).unwrap();
    }
    withdraw(&house, "ds1").expect(POLICY);
    assert!(house.file("issuer/keys/ds1.key").exists());
    house.accept("ds1").expect(DONE);
}

#[test]
fn a_request_that_broke_off_is_named_and_withdrawn() {
    let house = House::ready();
    for (name, left) in [("ds1", &["json"][..]), ("ds2", &["json", "toml"])] {
        house.request("document-signer", name, &[]).expect(DONE);
        for extension in left {
            let path = format!("issuer/requests/{name}.{extension}");
            std::fs::remove_file(house.file(&path)).unwrap();
        }
    }
    assert_eq!(
        house.status()["broken_off"],
        serde_json::json!(["ds1", "ds2"])
    );
    for name in ["ds1", "ds2"] {
        let refused = house.request("document-signer", name, &[]).expect(POLICY);
        assert!(refused.json()["error"].as_str().unwrap().contains("exists"));
        withdraw(&house, name).expect(DONE);
    }
    assert!(key_files(&house, "issuer/keys").is_empty());
    assert_eq!(house.status()["broken_off"], serde_json::json!([]));
}

/// What the root would refuse is refused before there is a key.
#[test]
fn an_impossible_request_makes_no_key() {
    let house = House::ready();
    let twice = house.path("root/csca.der");
    let issuer = tree(&house.file("issuer"));
    for (kind, more) in [
        ("document-signer", &["--from", "2020-01-01"][..]),
        ("document-signer", &["--from", "2039-01-01"]),
        ("document-signer", &["--document-types", "V"]),
        ("document-signer", &["--common-name", "TEST CSCA UTO"]),
        ("document-signer", &["--common-name", ""]),
        ("document-signer", &["--algorithm", "ecdsa-brainpoolP224r1"]),
        ("master-list-signer", &["--usage-days", "9999"]),
        ("barcode-signer", &["--common-name", "ABC"]),
        (
            "barcode-signer",
            &["--common-name", "AB", "--document-types", "V"],
        ),
        ("crl", &["--revoke", &twice, "--revoke", &twice]),
    ] {
        let refused = house.request(kind, "x", more);
        assert!(
            matches!(refused.code, Some(POLICY | USAGE)),
            "{kind} {more:?}: {refused:?}"
        );
        assert!(refused.json()["hint"].is_string(), "{kind} {more:?}");
        assert!(tree(&house.file("issuer")) == issuer, "{kind} {more:?}");
        assert!(!house.file("x.request.json").exists());
    }
}
