//! From the first key to a reader's export, and on through a renewal of everything.

use super::offices::{DONE, NO, Offices};

#[test]
fn from_the_first_key_to_a_reader_and_on() {
    let offices = Offices::ready();
    offices.done("cvca trust-point @cvca @old-chip.cvcert");
    let export = offices.done("is export @is @reader.cvcert");
    assert_eq!(export["terminal"], "UTGATE1UT001");
    assert_eq!(export["certificates"], 2);
    let checked = offices.done("check @reader.cvcert --trust-point @old-chip.cvcert");
    let last = checked["steps"].as_array().unwrap().last().unwrap();
    assert_eq!(
        (&last["fingers"], &last["irises"]),
        (&true.into(), &false.into())
    );

    // A new key for the CVCA, of another kind: verifier and system follow, signed by their keys before.
    let renewed = offices.done("cvca renew @cvca --algorithm ecdsa-p384");
    assert_eq!(renewed["link"]["authority"], "UTTESTCVCAUT001");
    assert_eq!(offices.done("dv import @dv @cvca/chain.cvcert")["new"], 1);
    let request = offices.done("dv renew @dv --out @dv2.cvreq");
    assert_eq!(request["countersigner"], "UTTESTDVUT001");
    offices.done("cvca certify @cvca @dv2.cvreq --out @dv2.cvcert");
    offices.done("dv import @dv @dv2.cvcert");
    assert_eq!(offices.done("is import @is @dv/chain.cvcert")["new"], 2);
    offices.done("is renew @is --out @is2.cvreq");
    offices.done("dv certify @dv @is2.cvreq --out @is2.cvcert");
    offices.done("is import @is @is2.cvcert");
    offices.done("is export @is @reader2.cvcert");

    // The chip of before follows the link; a new one is given the new key, and passes the link over.
    let checked = offices.done("check @reader2.cvcert --trust-point @old-chip.cvcert");
    assert_eq!(checked["trust_points"][0], "UTTESTCVCAUT002");
    assert_eq!(checked["steps"].as_array().unwrap().len(), 3);
    offices.done("check @dv2.cvcert --trust-point @old-chip.cvcert");
    new_chip(&offices);
    let late = offices
        .eac("check @reader2.cvcert --trust-point @old-chip.cvcert --date 2098-01-01")
        .expect(NO)
        .json();
    let why = late["steps"][1]["why"].as_str().unwrap();
    assert!(why.contains("expired"), "{why}");

    for (folder, lines) in [("cvca", 7), ("dv", 11), ("is", 8)] {
        let log = offices.done(&format!("log @{folder}"));
        assert_eq!(log["lines"].as_array().unwrap().len(), lines, "{log}");
        offices.done(&format!("{folder} show @{folder}"));
    }
    let shown = offices.done("show @is2.cvreq");
    assert_eq!(shown["request"]["request"], "UTGATE1UT002");
    assert_eq!(
        offices.done("show @reader2.cvcert")["certificates"]
            .as_array()
            .unwrap()
            .len(),
        3
    );
}

/// A chip that was made with the newest key needs no link, and a reader presents none: whatever lies in the files, in whatever
/// order.
fn new_chip(offices: &Offices) {
    offices.done("cvca trust-point @cvca @new-chip.cvcert");
    let opened = offices.done("check @reader2.cvcert --trust-point @new-chip.cvcert");
    let holders = |checked: &serde_json::Value| -> Vec<String> {
        let steps = checked["steps"].as_array().unwrap().iter();
        let holders = steps.map(|step| step["holder"].as_str().unwrap().to_owned());
        holders.collect()
    };
    assert_eq!(holders(&opened), ["UTTESTDVUT002", "UTGATE1UT002"]);
    let turned = offices
        .done("check @is2.cvcert @reader2.cvcert @dv2.cvcert --trust-point @old-chip.cvcert");
    let all = ["UTTESTCVCAUT002", "UTTESTDVUT002", "UTGATE1UT002"];
    assert_eq!(holders(&turned), all);
    // Without a terminal everything is presented, and what the chip knows is no refusal.
    let known = offices.done("check @cvca/chain.cvcert --trust-point @new-chip.cvcert");
    let steps = known["steps"].as_array().unwrap();
    assert!(steps.iter().any(|step| step["known"] == true), "{known}");
    // Of two terminals the last one decides.
    offices.done("is create @gate2 --country UT --mnemonic GATE2 --verifier @dv/chain.cvcert");
    let request = offices.done("is request @gate2 --out @gate2.cvreq");
    let fingerprint = request["sha256"].as_str().unwrap();
    offices.done(&format!(
        "dv certify @dv @gate2.cvreq --out @gate2.cvcert --fingerprint {fingerprint}"
    ));
    let mut spoilt = std::fs::read(offices.file("gate2.cvcert")).unwrap();
    *spoilt.last_mut().unwrap() ^= 1;
    std::fs::write(offices.file("gate2.cvcert"), spoilt).unwrap();
    for (files, code) in [
        ("@gate2.cvcert @reader2.cvcert", DONE),
        ("@reader2.cvcert @gate2.cvcert", NO),
    ] {
        let words = format!("check {files} --trust-point @new-chip.cvcert");
        offices.eac(&words).expect(code);
    }
}

#[test]
fn no_journal_holds_a_key_or_a_secret() {
    let offices = Offices::ready();
    for folder in ["cvca", "dv", "is"] {
        let journal = std::fs::read_to_string(offices.file(folder).join("eac.jsonl")).unwrap();
        assert!(!journal.contains("secret"), "{folder}");
        assert!(!journal.contains("PRIVATE"), "{folder}");
        let key = offices.file(folder).join("key-1.key");
        assert!(key_store::file::is_encrypted(&key).unwrap(), "{folder}");
    }
}
