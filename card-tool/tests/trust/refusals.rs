//! Why something is not taken, with which code, and what can be done.

use std::path::Path;

use time::Duration;
use time::format_description::well_known::Rfc3339;

use crate::states::{Desk, NO, State, USAGE, issued, sha256};
use crate::support::run;

#[test]
fn each_refusal_has_its_own_cure() {
    let desk = Desk::new();
    let ut = State::new("UT", "UTO", "CSCA TEST", 1);
    let vn = State::new("VN", "VNM", "CSCA TEST", 2);
    let fr = State::new("FR", "FRA", "CSCA TEST", 5);
    let store = desk.store();
    let files = [desk.file("ut.der", &ut.csca), desk.file("fr.der", &fr.csca)];
    desk.trust(
        0,
        &["add", &store, &files[0], &files[1], "--out-of-band", "TEST"],
    );
    desk.trust(
        0,
        &["remove", &store, &sha256(&fr.csca), "--reason", "TEST"],
    );
    let altered = |mut bytes: Vec<u8>| {
        let last = bytes.len() - 1;
        bytes[last] ^= 1;
        bytes
    };
    let vn_name = "C=VN, CN=CSCA TEST";
    let next = State::new("VN", "VNM", "CSCA TEST 2", 3);
    for (name, file, code, message, cure) in [
        (
            "root.der",
            vn.csca.clone(),
            USAGE,
            "self-signed CSCA certificate",
            "compare ",
        ),
        (
            "link.der",
            vn.link_to(&next),
            USAGE,
            "link certificate",
            vn_name,
        ),
        (
            "foreign.crl",
            vn.crl(1, &[]),
            USAGE,
            "revocation list",
            vn_name,
        ),
        (
            "broken.crl",
            altered(ut.crl(1, &[])),
            NO,
            "not signed by the CSCA",
            "no fingerprint replaces",
        ),
        (
            "broken.ml",
            altered(ut.list(&[&vn.csca], 1)),
            NO,
            "signature of the list does not hold",
            "altered or damaged",
        ),
        (
            "foreign.ml",
            vn.list(&[&vn.csca], 1),
            USAGE,
            "list's signer",
            "add the CSCA certificate that issued its signer",
        ),
        (
            "removed.der",
            fr.csca.clone(),
            NO,
            "withdrawn",
            "trust list` shows when and why",
        ),
    ] {
        let file = desk.file(name, &file);
        let said = desk.trust(code, &["add", &store, &file]);
        assert!(
            said.contains(message) && said.contains(cure) && said.contains(&file),
            "{name}: {said}"
        );
        let can_be_forced = said.contains("--fingerprint");
        assert_eq!(can_be_forced, !name.ends_with(".crl"), "{name}: {said}");
        let update = desk.trust(code, &["update", &store, &file]);
        assert_eq!(update, said, "{name}");
    }
}

#[test]
fn the_same_fault_has_the_same_code_wherever_a_list_is_named() {
    let desk = Desk::new();
    let ut = State::new("UT", "UTO", "CSCA TEST", 1);
    let vn = State::new("VN", "VNM", "CSCA TEST", 2);
    let store = desk.store();
    let csca = desk.file("ut.der", &ut.csca);
    desk.trust(0, &["add", &store, &csca, "--out-of-band", "TEST"]);
    let foreign = desk.file("foreign.crl", &vn.crl(1, &[]));
    desk.trust(USAGE, &["add", &store, &foreign]);
    for trust in [&store, &csca] {
        let (files, crl) = (desk.path("."), &foreign);
        let ended = run(["verify", "--trust", trust, "--crl", crl, "--files", &files]);
        let ended = ended.expect(USAGE);
        assert!(ended.stderr.contains("foreign.crl"), "{ended:?}");
    }
}

#[test]
fn an_expired_list_signer_is_judged_by_the_day_his_list_came() {
    let desk = Desk::new();
    let ut = State::with_list_signer_for(20, "UT", "UTO", "CSCA TEST", 1);
    let vn = State::new("VN", "VNM", "CSCA TEST", 2);
    let store = desk.store();
    let csca = desk.file("csca.der", &ut.csca);
    desk.trust(0, &["add", &store, &csca, "--out-of-band", "TEST"]);
    // It says that it was signed in time; it came ten days after the end.
    let list = ut.list(&[&vn.csca], 10);
    let file = desk.file("ut.ml", &list);
    let said = desk.trust(NO, &["add", &store, &file]);
    assert!(
        said.contains("was not valid when the list came in") && said.contains("get a newer list"),
        "{said}"
    );
    // What came in time stays.
    let index = Path::new(&store).join("trust.jsonl");
    let text = std::fs::read_to_string(&index).unwrap();
    let last = text.split_inclusive('\n').next_back().unwrap();
    for (day, count) in [(15, 2), (25, 1)] {
        let line = serde_json::json!({
            "previous": sha256(last.as_bytes()),
            "at": (issued() + Duration::days(day)).format(&Rfc3339).unwrap(),
            "act": "added",
            "file": sha256(&list),
            "name": "ut.ml",
            "accepted": { "by": "store" },
        });
        std::fs::write(&index, format!("{text}{line}\n")).unwrap();
        std::fs::write(Path::new(&store).join(sha256(&list)), &list).unwrap();
        assert_eq!(desk.subjects().len(), count, "came on day {day}");
    }
}
