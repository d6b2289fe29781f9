//! The whole life of a root and its online side.

use pki::{Certificate, Crl, MasterList};

use super::house::{DONE, House, PERSONS, POLICY, lint_finds_nothing, openssl_verifies};
use super::support::tree;

/// From the first key to the last, and back from the backup.
#[test]
fn a_root_from_its_first_key_to_its_last() {
    let house = House {
        curves: "named",
        ..House::new()
    };
    house.begin();
    house.signer("document-signer", "ds1", &["--document-limit", "100000"]);
    house.signer("master-list-signer", "mls1", &[]);
    house.signer("deviation-list-signer", "dls1", &[]);
    house.signer("barcode-signer", "bcs1", &["--common-name", "AB"]);
    issued_certificates_are_good(&house);
    lists_are_signed(&house);
    revocation(&house);
    backup_and_new_key(&house);
    destruction_and_restoration(&house);
    retirement(&house);
}

fn issued_certificates_are_good(house: &House) {
    let csca = house.file("root/csca.der");
    let certificates = [
        "issuer/document-signers/ds1/certificate.der",
        "issuer/list-signers/mls1.der",
        "issuer/list-signers/dls1.der",
        "issuer/list-signers/bcs1.der",
    ];
    for certificate in certificates {
        openssl_verifies(&csca, &house.file(certificate), &[]);
    }
    let status = house.status();
    assert_eq!(status["signers"].as_array().unwrap().len(), 4, "{status:#}");
    assert_eq!(status["signers"][0]["limit"], 100_000);
    assert_eq!(status["signers"][0]["used"], 0);
    assert_eq!(status["outstanding"].as_array().unwrap().len(), 0);
    assert_eq!(status["successor_due"].as_array().unwrap().len(), 0);
}

fn lists_are_signed(house: &House) {
    let (issuer, list) = (house.path("issuer"), house.path("national.ml"));
    house
        .pki(&["master-list", "make", &issuer, "--out", &list])
        .expect(DONE);
    let list = MasterList::parse(&house.bytes("national.ml")).unwrap();
    assert_eq!(list.certificates().len(), 1);
    let deviations = "[[deviation]]\ndocument-type = \"P\"\nfirst-issued = \"2026-01-01\"\nlast-issued = \"2026-02-01\"\n\
        [[deviation.description]]\nkind = \"data-group-hash-wrong\"\nnumber = 12\ntext = \"TEST\"\n";
    std::fs::write(house.file("deviations.toml"), deviations).unwrap();
    let (file, list) = (house.path("deviations.toml"), house.path("national.dl"));
    house
        .pki(&["deviation-list", "make", &issuer, &file, "--out", &list])
        .expect(DONE);
    let list = pki::DeviationList::parse(&house.bytes("national.dl")).unwrap();
    assert_eq!(list.entries().len(), 1);
}

fn revocation(house: &House) {
    let old = house.path("issuer/list-signers/bcs1.der");
    let root = house.path("root");
    house
        .ceremony(&["revoke", &root, "--certificate", &old])
        .expect(DONE);
    house
        .ceremony(&["revoke", &root, "--certificate", &old])
        .expect(POLICY);
    let first = house.ceremony(&["crl", &root]).expect(DONE);
    assert!(!first.stderr.contains("Warning"), "{}", first.stderr);
    let second = house
        .ceremony(&["crl", &root, "--out", &house.path("second.crl")])
        .expect(DONE);
    assert!(second.stderr.contains("48 hours"), "{}", second.stderr);
    // The online side asks, too.
    house.signer(
        "crl",
        "crl1",
        &["--revoke", &house.path("issuer/list-signers/dls1.der")],
    );
    let csca = Certificate::parse(&house.bytes("root/csca.der")).unwrap();
    for (file, number, entries) in [
        ("second.crl", 2, 1),
        ("root/csca.crl", 3, 2),
        ("issuer/csca.crl", 3, 2),
    ] {
        let list = Crl::parse(&house.bytes(file)).unwrap();
        list.verify_signature(&csca).unwrap();
        assert_eq!(list.number(), Some(&[number][..]), "{file}");
        assert_eq!(list.entries().len(), entries, "{file}");
    }
}

fn backup_and_new_key(house: &House) {
    let root = house.path("root");
    let backup = house.path("root.backup");
    house
        .ceremony(&["backup", &root, "--out", &backup])
        .expect(DONE);
    house
        .ceremony(&["backup", &root, "--out", &backup])
        .expect(POLICY);
    let old = house.bytes("root/csca.der");
    let link = [
        "link",
        &root,
        "--common-name",
        "TEST CSCA UTO 2",
        "--algorithm",
        "ecdsa-p384",
    ];
    house.ceremony(&link).expect(DONE);
    assert_eq!(house.bytes("root/csca-1.der"), old);
    assert_ne!(house.bytes("root/csca.der"), old);
    let (first, second) = (house.file("root/csca-1.der"), house.file("root/link-2.der"));
    openssl_verifies(&first, &second, &[]);
    // The online side hears of the new key by the answer to the next request.
    assert_eq!(house.bytes("issuer/csca.der"), old);
    house.signer("document-signer", "ds2", &[]);
    assert_eq!(house.bytes("issuer/csca.der"), house.bytes("root/csca.der"));
    let issued = house.file("issuer/document-signers/ds2/certificate.der");
    openssl_verifies(&house.file("root/csca.der"), &issued, &[]);
    // Former root and link are in the master list from here on.
    let (issuer, list) = (house.path("issuer"), house.path("second.ml"));
    house
        .pki(&["master-list", "make", &issuer, "--out", &list])
        .expect(DONE);
    let list = MasterList::parse(&house.bytes("second.ml")).unwrap();
    assert_eq!(list.certificates().len(), 3);
    // The old key is not needed any more.
    house
        .ceremony(&["destroy", &root, "--generation", "2"])
        .expect(POLICY);
    house
        .ceremony(&["destroy", &root, "--generation", "1"])
        .expect(DONE);
    assert!(!house.file("root/csca-1.key").exists());
    house.ceremony(&["crl", &root]).expect(DONE);
}

fn destruction_and_restoration(house: &House) {
    let root = house.path("root");
    house.ceremony(&["destroy", &root]).expect(DONE);
    let keys = tree(&house.file("root"));
    assert!(
        keys.keys()
            .all(|path| path.extension().is_none_or(|end| end != "key"))
    );
    house.ceremony(&["crl", &root]).expect(POLICY);
    house.ceremony(&["destroy", &root]).expect(POLICY);
    let acts = house.acts("root");
    let ends = [
        "link",
        "answer",
        "destroy",
        "destroyed",
        "crl",
        "destroy",
        "destroyed",
    ];
    assert_eq!(acts[acts.len() - ends.len()..], ends);
    assert_eq!(tree(&house.file("root/records")).len(), acts.len());

    let (restored, backup) = (house.path("restored"), house.path("root.backup"));
    house
        .ceremony(&["restore", &restored, "--from", &backup])
        .expect(DONE);
    house
        .ceremony(&["restore", &restored, "--from", &backup])
        .expect(POLICY);
    let list = house.path("restored.crl");
    house
        .ceremony(&["crl", &restored, "--out", &list])
        .expect(DONE);
    let list = Crl::parse(&house.bytes("restored.crl")).unwrap();
    assert_eq!(list.number(), Some(&1004u16.to_be_bytes()[..]));
    // What was made before the restoration is not answered.
    house.sign("ds2").expect(DONE);
    let request = house.path("ds2.request.json");
    let out = house.path("again.json");
    house
        .ceremony(&["sign", &restored, &request, "--out", &out])
        .expect(POLICY);
    let page = house.path("log.html");
    let log = ["csca", "log", &restored, "--html", &page];
    house.pki(&log).expect(DONE);
    let page = String::from_utf8(house.bytes("log.html")).unwrap();
    assert!(
        page.contains("BIÊN BẢN") && page.contains("TEST TWO"),
        "{page}"
    );
}

fn retirement(house: &House) {
    let issuer = house.path("issuer");
    let mut retire = vec!["signer", "retire", &issuer, "--name", "ds1", "--yes"];
    retire.extend(PERSONS);
    house.pki(&retire).expect(POLICY);
    assert!(house.file("issuer/keys/ds1.key").exists());
    retire.push("--early");
    house.pki(&retire).expect(DONE);
    assert!(!house.file("issuer/keys/ds1.key").exists());
    let record = house.bytes("issuer/document-signers/ds1/retired.txt");
    assert!(String::from_utf8(record).unwrap().contains("TEST TWO"));
}

/// Everything that is issued, with curves spelt out as Doc 9303-12 §4.1.6.3 demands.
#[test]
fn lint_finds_nothing_in_what_is_issued() {
    let house = House::ready();
    let root = house.path("root");
    house.signer("document-signer", "ds1", &[]);
    house.signer(
        "master-list-signer",
        "mls1",
        &["--algorithm", "ecdsa-brainpoolP256r1"],
    );
    house.signer(
        "deviation-list-signer",
        "dls1",
        &["--algorithm", "rsa-pss-2048"],
    );
    house.signer("barcode-signer", "bcs1", &["--common-name", "AB"]);
    let serial = house.path("issuer/list-signers/bcs1.der");
    house
        .ceremony(&["revoke", &root, "--certificate", &serial])
        .expect(DONE);
    house.ceremony(&["crl", &root]).expect(DONE);
    house
        .ceremony(&["link", &root, "--common-name", "TEST CSCA UTO 2"])
        .expect(DONE);
    house.signer("document-signer", "ds2", &[]);
    std::fs::create_dir(house.file("lists")).unwrap();
    let list = house.path("lists/national.ml");
    house
        .pki(&["master-list", "make", &house.path("issuer"), "--out", &list])
        .expect(DONE);
    lint_finds_nothing(&house, &["root", "issuer", "lists"]);
    house.ceremony(&["crl", &root]).expect(DONE);
    lint_finds_nothing(&house, &["root", "issuer", "lists"]);
}

/// The journal is on the disk before the answer: whatever happens behind it, there is one certificate for one nonce.
#[test]
fn the_second_answer_to_a_request_is_the_first() {
    let house = House::ready();
    house.request("document-signer", "ds1", &[]).expect(DONE);
    // An impossible place is refused before the act.
    std::fs::create_dir(house.file("ds1.answer.json")).unwrap();
    assert_ne!(house.sign("ds1").code, Some(DONE));
    assert_eq!(house.acts("root"), ["create", "admit"]);
    std::fs::remove_dir(house.file("ds1.answer.json")).unwrap();
    // The answer is lost on its way.
    house.sign("ds1").expect(DONE);
    assert_eq!(house.acts("root"), ["create", "admit", "answer"]);
    std::fs::remove_file(house.file("ds1.answer.json")).unwrap();
    let again = house.sign("ds1").expect(DONE).json();
    assert_eq!(again["again"], true);
    house.sign_to("ds1", "other.json").expect(DONE);
    assert_eq!(house.bytes("ds1.answer.json"), house.bytes("other.json"));
    assert_eq!(house.acts("root").len(), 3);
    house.accept("ds1").expect(DONE);
    house.accept("ds1").expect(POLICY);
}

/// Records and other files that are missing are made again; the journal is all that counts.
#[test]
fn what_is_made_from_the_journal_is_made_again() {
    let house = House::ready();
    let before = tree(&house.file("root"));
    for name in ["csca.der", "csca-1.der", "records/0001-create.txt"] {
        std::fs::remove_file(house.file("root").join(name)).unwrap();
    }
    house.log("root");
    assert!(tree(&house.file("root")) == before);
}
