//! The end of keys: looked for and compared before anything is decided, and a key that nobody finds is only ever declared
//! lost.

use std::fs;

use serde_json::Value;

use super::house::{DONE, House, KEY_STORE, PERSONS, POLICY};
use super::support::{Ended, tree};

/// A root with two generations, the first of them out of use.
fn linked() -> House {
    let house = House::ready();
    house.ceremony(&["link", &house.path("root")]).expect(DONE);
    house
}

fn last_record(house: &House) -> Value {
    let log = house.log("root");
    log["records"].as_array().unwrap().last().unwrap().clone()
}

fn signer(house: &House, verb: &str, name: &str, more: &[&str]) -> Ended {
    let issuer = house.path("issuer");
    let mut all = vec!["signer", verb, &issuer, "--name", name, "--yes"];
    all.extend(PERSONS);
    all.extend(more);
    house.pki(&all)
}

#[test]
fn a_root_key_that_is_not_there_is_declared_lost_and_never_destroyed() {
    let house = linked();
    let root = house.path("root");
    fs::rename(house.file("root/csca-1.key"), house.file("saved.key")).unwrap();
    let journal = house.bytes("root/journal.jsonl");
    for _ in 0..2 {
        for arguments in [&["--generation", "1"][..], &[]] {
            let all = [&["destroy", &root][..], arguments].concat();
            let refused = house.ceremony(&all).expect(KEY_STORE).json();
            assert!(refused["hint"].as_str().unwrap().contains("--lost"));
            assert!(
                house.bytes("root/journal.jsonl") == journal,
                "{arguments:?}"
            );
        }
    }
    let said = house
        .ceremony(&["destroy", &root, "--generation", "1", "--lost"])
        .expect(DONE)
        .json();
    assert_eq!(said["lost"], "1");
    assert!(said["destroyed"].is_null());
    let record = last_record(&house);
    assert_eq!(record["act"], "lost");
    assert!(
        record["facts"].to_string().contains("NOT FOUND"),
        "{record}"
    );
    let first = house.log("root")["generations"][0].clone();
    assert_eq!(
        (&first["lost"], &first["destroyed"]),
        (&true.into(), &false.into())
    );
    // What is left ends as ever.
    house.ceremony(&["crl", &root]).expect(DONE);
    house.ceremony(&["destroy", &root]).expect(DONE);
    assert!(!house.file("root/csca-2.key").exists());
}

#[test]
fn a_lost_key_does_not_keep_the_whole_root_from_its_end() {
    let house = linked();
    let root = house.path("root");
    fs::remove_file(house.file("root/csca-1.key")).unwrap();
    let said = house
        .ceremony(&["destroy", &root, "--lost"])
        .expect(DONE)
        .json();
    assert_eq!(
        (&said["lost"], &said["destroyed"]),
        (&"1".into(), &"2".into())
    );
    let acts = house.acts("root");
    assert_eq!(acts[acts.len() - 3..], ["lost", "destroy", "destroyed"]);
}

#[test]
fn another_key_in_the_place_of_a_root_key_is_not_destroyed_for_it() {
    let house = linked();
    let other = House::ready();
    let (root, key) = (house.path("root"), house.file("root/csca-1.key"));
    for from in [house.file("root/csca-2.key"), other.file("root/csca-1.key")] {
        fs::copy(&from, &key).unwrap();
        let before = tree(&house.file("root"));
        for more in [&[][..], &["--lost"]] {
            let all = [&["destroy", &root, "--generation", "1"][..], more].concat();
            house.ceremony(&all).expect(KEY_STORE);
        }
        assert!(tree(&house.file("root")) == before, "{}", from.display());
    }
    // The same for the one in use: a matter of keys, and none of the caller's.
    fs::copy(other.file("root/csca-1.key"), house.file("root/csca-2.key")).unwrap();
    house.ceremony(&["crl", &root]).expect(KEY_STORE);
}

#[test]
fn a_request_whose_key_is_away_or_another_one_is_not_withdrawn() {
    let house = House::ready();
    for name in ["ds1", "ds2", "ds3"] {
        house.request("document-signer", name, &[]).expect(DONE);
    }
    let key = |name: &str| house.file(&format!("issuer/keys/{name}.key"));
    fs::rename(key("ds1"), house.file("saved.key")).unwrap();
    fs::copy(key("ds3"), key("ds2")).unwrap();
    let before = tree(&house.file("issuer"));
    for name in ["ds1", "ds2"] {
        signer(&house, "withdraw", name, &[]).expect(KEY_STORE);
    }
    let same =
        |name: &str| before.get(&house.file(name)).cloned() == fs::read(house.file(name)).ok();
    assert!(same("issuer/keys/ds2.key") && same("issuer/requests/ds1.json"));
    for (name, words) in [("ds1", "NOT FOUND"), ("ds2", "another key")] {
        let said = signer(&house, "withdraw", name, &["--lost"])
            .expect(DONE)
            .json();
        let record = fs::read_to_string(said["record"].as_str().unwrap()).unwrap();
        for word in [words, "LOST", "Loss", "not shown to be destroyed"] {
            assert!(record.contains(word), "{word}: {record}");
        }
        assert!(!record.contains("never made"), "{record}");
    }
    assert!(key("ds2").exists(), "what is not known is left alone");
    let said = signer(&house, "withdraw", "ds3", &[]).expect(DONE).json();
    let record = fs::read_to_string(said["record"].as_str().unwrap()).unwrap();
    assert!(record.contains("Deletion") && !key("ds3").exists());
}

#[test]
fn a_withdrawal_that_broke_off_is_ended_and_its_answer_is_not_accepted() {
    let house = House::ready();
    for name in ["ds1", "ds2"] {
        house.request("document-signer", name, &[]).expect(DONE);
        house.sign(name).expect(DONE);
        let note = house.file(&format!("issuer/requests/{name}.toml"));
        let text = fs::read_to_string(&note).unwrap();
        fs::write(&note, format!("{text}deletion-begun = \"2026-01-01\"\n")).unwrap();
        house.accept(name).expect(POLICY);
    }
    // One had come to its end, one to its middle.
    fs::remove_file(house.file("issuer/keys/ds1.key")).unwrap();
    let mut half = house.bytes("issuer/keys/ds2.key");
    half[..20].fill(0);
    fs::write(house.file("issuer/keys/ds2.key"), half).unwrap();
    for (name, words) in [("ds1", "begun and interrupted"), ("ds2", "overwritten")] {
        let said = signer(&house, "withdraw", name, &[]).expect(DONE).json();
        let record = fs::read_to_string(said["record"].as_str().unwrap()).unwrap();
        assert!(record.contains(words), "{record}");
    }
    assert!(!house.file("issuer/keys/ds2.key").exists());
}

#[test]
fn signers_of_lists_and_bar_codes_have_an_accountable_end() {
    let house = House::ready();
    let issuer = house.path("issuer");
    let kinds = [
        ("master-list-signer", "ml"),
        ("deviation-list-signer", "dl"),
        ("barcode-signer", "bc"),
    ];
    for (kind, name) in kinds {
        let more: &[&str] = if name == "bc" {
            &["--common-name", "AB"]
        } else {
            &[]
        };
        house.signer(kind, name, more);
        signer(&house, "retire", name, &[]).expect(POLICY);
        let key = house.file(&format!("issuer/keys/{name}.key"));
        let content = fs::read(&key).unwrap();
        fs::copy(house.file("issuer/registrar.key"), &key).unwrap();
        signer(&house, "retire", name, &["--early"]).expect(KEY_STORE);
        fs::write(&key, content).unwrap();
        let said = signer(&house, "retire", name, &["--early"])
            .expect(DONE)
            .json();
        let record = fs::read_to_string(said["record"].as_str().unwrap()).unwrap();
        for words in [kind, "TEST ONE", "TEST TWO", "not there"] {
            assert!(record.contains(words), "{words}: {record}");
        }
        assert!(!key.exists());
        signer(&house, "retire", name, &["--early"]).expect(POLICY);
    }
    for signer in house.status()["signers"].as_array().unwrap() {
        assert_eq!(signer["state"], "retired", "{signer}");
    }
    let list = house.path("national.ml");
    for more in [&[][..], &["--name", "ml"]] {
        let all = [&["master-list", "make", &issuer, "--out", &list][..], more].concat();
        house.pki(&all).expect(POLICY);
    }
    house.signer("master-list-signer", "ml2", &[]);
    fs::remove_file(house.file("issuer/keys/ml2.key")).unwrap();
    signer(&house, "retire", "ml2", &["--early"]).expect(KEY_STORE);
    let said = signer(&house, "retire", "ml2", &["--early", "--lost"])
        .expect(DONE)
        .json();
    let record = fs::read_to_string(said["record"].as_str().unwrap()).unwrap();
    assert!(record.contains("LOSS OF A KEY"), "{record}");
}

#[test]
fn a_list_signer_without_its_certificate_is_told_of() {
    let house = House::ready();
    house.signer("master-list-signer", "ml", &[]);
    fs::rename(
        house.file("issuer/list-signers/ml.der"),
        house.file("ml.der"),
    )
    .unwrap();
    let said = house
        .pki(&["signer", "status", &house.path("issuer")])
        .expect(DONE);
    let signers = said.json()["signers"].clone();
    assert_eq!(signers[0]["name"], "ml");
    assert_eq!(signers[0]["state"], "certificate missing");
}
