//! Revoked signers, files that must not be overwritten, and certificates that a lost root issued.

use pki::{Certificate, Crl};

use super::house::{DONE, House, KEY_STORE, PERSONS, POLICY, USAGE};
use super::support::tree;

/// What a lost root issued after its last backup is revoked by the certificate itself.
#[test]
fn a_restored_root_revokes_what_the_lost_one_issued() {
    let house = House::ready();
    let (root, backup, restored) = (
        house.path("root"),
        house.path("root.backup"),
        house.path("restored"),
    );
    house
        .ceremony(&["backup", &root, "--out", &backup])
        .expect(DONE);
    house.signer("document-signer", "ds1", &[]);
    let file = "issuer/document-signers/ds1/certificate.der";
    let certificate = Certificate::parse(&house.bytes(file)).unwrap();
    let serial = hex::encode(certificate.serial_number());
    house
        .ceremony(&["restore", &restored, "--from", &backup])
        .expect(DONE);
    let refused = house
        .ceremony(&["revoke", &restored, "--serial", &serial])
        .expect(POLICY);
    let hint = refused.json()["hint"].as_str().unwrap().to_owned();
    assert!(hint.contains("--certificate"), "{hint}");
    house
        .ceremony(&["revoke", &restored, "--certificate", &house.path(file)])
        .expect(DONE);
    house
        .ceremony(&["revoke", &restored, "--serial", &serial])
        .expect(POLICY);
    house
        .ceremony(&[
            "revoke",
            &restored,
            "--certificate",
            &house.path("root/csca.der"),
        ])
        .expect(POLICY);
    house.ceremony(&["crl", &restored]).expect(DONE);
    let list = Crl::parse(&house.bytes("restored/csca.crl")).unwrap();
    assert!(list.revoked(certificate.serial_number()).is_some());
}

/// A list that is older than the one at hand would bring revoked certificates back.
#[test]
fn an_older_revocation_list_does_not_replace_a_newer_one() {
    let house = House::ready();
    house.signer("document-signer", "ds1", &[]);
    house.request("crl", "crl1", &[]).expect(DONE);
    house.sign("crl1").expect(DONE);
    let ds1 = house.path("issuer/document-signers/ds1/certificate.der");
    house.signer("crl", "crl2", &["--revoke", &ds1]);
    let newer = house.bytes("issuer/csca.crl");
    let refused = house.accept("crl1").expect(POLICY);
    assert!(refused.json()["hint"].is_string());
    assert!(house.bytes("issuer/csca.crl") == newer);
    // The same one again is no step back.
    let said = house.accept("crl2").expect(POLICY).json();
    assert!(
        said["error"].as_str().unwrap().contains("already"),
        "{said}"
    );
}

#[test]
fn a_revoked_signer_is_seen_and_none_comes_in() {
    let house = House::ready();
    house.signer("document-signer", "ds1", &[]);
    house.request("document-signer", "ds2", &[]).expect(DONE);
    house.sign("ds2").expect(DONE);
    let answer = String::from_utf8(house.bytes("ds2.answer.json")).unwrap();
    let answer = ceremony::Answer::read(answer.as_bytes()).unwrap();
    std::fs::write(house.file("ds2.der"), answer.body().issued.der().as_bytes()).unwrap();
    let ds1 = house.path("issuer/document-signers/ds1/certificate.der");
    let ds2 = house.path("ds2.der");
    assert_eq!(house.status()["signers"][0]["state"], "open");
    assert_eq!(house.status()["current"]["P"], "ds1");
    house.signer("crl", "crl1", &["--revoke", &ds1, "--revoke", &ds2]);
    let status = house.status();
    assert_eq!(status["signers"][0]["state"], "revoked", "{status:#}");
    assert_eq!(status["crl"]["number"], "01", "{status:#}");
    let due = status["successor_due"].as_array().unwrap();
    assert_eq!(due.len(), 2, "{status:#}");
    assert!(due[0]["why"].as_str().unwrap().contains("revoked"));
    let refused = house.accept("ds2").expect(POLICY).json();
    assert!(refused["error"].as_str().unwrap().contains("revoked"));
    assert!(!house.file("issuer/document-signers/ds2").exists());
    assert!(status["current"]["P"].is_null(), "{status:#}");
    house.signer("document-signer", "ds3", &[]);
    assert_eq!(house.status()["current"]["P"], "ds3");
}

#[test]
fn nothing_is_written_over_a_file_or_into_a_folder_of_keys() {
    let house = House::ready();
    house.request("document-signer", "ds1", &[]).expect(DONE);
    let (root, issuer) = (house.path("root"), house.path("issuer"));
    let request = house.path("ds1.request.json");
    std::fs::write(house.file("mine"), b"mine").unwrap();
    let before = tree(house.folder.path());
    for out in [
        "root/journal.jsonl",
        "root/csca-2.key",
        "root/records/new.txt",
        "issuer/registrar.key",
        "issuer/keys/new",
        "mine",
    ] {
        let out = house.path(out);
        for words in [
            vec!["crl", &root, "--out", &out],
            vec!["backup", &root, "--out", &out],
            vec!["sign", &root, &request, "--out", &out],
        ] {
            house.ceremony(&words).expect(POLICY);
        }
        house
            .pki(&["csca", "log", &root, "--html", &out])
            .expect(POLICY);
        house
            .pki(&[
                "signer", "request", &issuer, "--kind", "crl", "--name", "x", "--out", &out,
            ])
            .expect(POLICY);
    }
    assert!(tree(house.folder.path()) == before);
    // What it holds already may be written again.
    let page = house.path("log.html");
    for _ in 0..2 {
        house
            .pki(&["csca", "log", &root, "--html", &page])
            .expect(DONE);
    }
}

/// The answer that is given again is told of by its own record, not by the last one.
#[test]
fn the_record_of_an_answer_that_is_given_again() {
    let house = House::ready();
    house.request("document-signer", "ds1", &[]).expect(DONE);
    let first = house.sign("ds1").expect(DONE).json();
    house.ceremony(&["crl", &house.path("root")]).expect(DONE);
    let again = house.sign("ds1").expect(DONE).json();
    assert_eq!(again["again"], true);
    assert_eq!(again["record"], first["record"]);
    // An answer is no request.
    let answer = house.path("ds1.answer.json");
    let out = house.path("x");
    let refused = house
        .ceremony(&["sign", &house.path("root"), &answer, "--out", &out])
        .expect(USAGE);
    assert!(refused.stdout.contains("is an answer"), "{refused:?}");
}

#[test]
fn status_speaks_as_people_read() {
    let house = House::ready();
    house.signer("document-signer", "ds1", &[]);
    let issuer = house.path("issuer");
    let mut command = super::support::card_tool(["pki", "signer", "status", &issuer]);
    let said = super::support::end(&mut command).expect(DONE).stdout;
    let line = |name: &str| {
        let mut lines = said.lines();
        let line = lines.find(|line| line.starts_with(name));
        line.unwrap_or_else(|| panic!("{name}: {said}")).to_owned()
    };
    assert!(line("document types").ends_with(" P, PP"), "{said}");
    let key = format!("file:{}", house.path("issuer/keys/ds1.key"));
    assert!(line("key  ").ends_with(&key), "{said}");
    let until = line("key used until");
    assert!(until.ends_with('Z') && until.contains('T'), "{until}");
    for (folder, hint) in [(issuer, "signer status"), (house.path("root"), "csca log")] {
        let shown = house.pki(&["show", &folder]).expect(USAGE).json();
        assert!(shown["hint"].as_str().unwrap().contains(hint), "{shown}");
    }
}

#[test]
fn the_end_of_a_root_says_what_nobody_has_signed() {
    let house = House::ready();
    let root = house.path("root");
    assert_eq!(house.log("root")["destroyed"], false);
    house.ceremony(&["destroy", &root]).expect(DONE);
    let log = house.log("root");
    assert_eq!(log["destroyed"], true);
    let signed: Vec<bool> = log["records"]
        .as_array()
        .unwrap()
        .iter()
        .map(|record| record["signed"].as_bool().unwrap())
        .collect();
    assert_eq!(signed, [true, true, true, false]);
    let mut command = super::support::card_tool(["pki", "csca", "log", &root]);
    let said = super::support::end(&mut command).expect(DONE).stdout;
    assert!(said.contains("NO KEY HAS SIGNED"), "{said}");
    assert!(said.contains("DESTROYED"), "{said}");
    assert!(!said.contains("next CRL"), "{said}");
}

#[test]
fn only_who_can_open_a_key_destroys_it() {
    let house = House::ready();
    house.signer("document-signer", "ds1", &[]);
    let issuer = house.path("issuer");
    let mut retire = vec![
        "signer", "retire", &issuer, "--name", "ds1", "--yes", "--early",
    ];
    retire.extend(PERSONS);
    let wrong = [("CARD_SIGNER_SECRET", "not the secret".to_owned())];
    house.pki_with(&retire, &wrong).expect(KEY_STORE);
    assert!(house.file("issuer/keys/ds1.key").exists());
    assert_eq!(house.status()["signers"][0]["state"], "open");
    house.pki(&retire).expect(DONE);
}
