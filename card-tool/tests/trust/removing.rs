//! What is removed or revoked, and what goes with it.

use std::path::Path;

use rand::SeedableRng;
use rand::rngs::StdRng;

use crate::states::{Desk, NO, State, USAGE, sha256};

#[test]
fn what_was_removed_stays_out_until_somebody_says_otherwise() {
    let desk = Desk::new();
    let ut = State::new("UT", "UTO", "CSCA TEST", 1);
    let vn = State::new("VN", "VNM", "CSCA TEST", 2);
    let store = desk.store();
    let csca = desk.file("csca.der", &ut.csca);
    let list = desk.file("ut.ml", &ut.list(&[&vn.csca], 1));
    desk.trust(0, &["add", &store, &csca, "--out-of-band", "TEST"]);
    desk.trust(0, &["add", &store, &list]);
    let name = sha256(&ut.csca);

    desk.trust(USAGE, &["remove", &store, &name, "--reason", ""]);
    // It takes with it what its list has brought: that is asked for, and nobody is there to answer.
    let said = desk.trust(USAGE, &["remove", &store, &name, "--reason", "TEST"]);
    assert!(
        said.contains("1 CSCA certificate that only this vouched for"),
        "{said}"
    );
    assert_eq!(desk.subjects().len(), 2);
    let said = desk.trust(
        0,
        &[
            "remove",
            &store,
            &name,
            "--reason",
            "TEST: key lost",
            "--yes",
        ],
    );
    assert!(said.contains("no longer vouched for"), "{said}");
    assert!(desk.subjects().is_empty());
    let history = std::fs::read_to_string(Path::new(&store).join("trust.jsonl")).unwrap();
    assert!(history.contains("TEST: key lost"), "{history}");

    // No list brings it back, and no statement about a whole file; its own fingerprint does.
    let again = desk.file("again.ml", &ut.list(&[&ut.csca, &vn.csca], 2));
    desk.trust(0, &["add", &store, &again, "--out-of-band", "TEST"]);
    assert_eq!(desk.subjects(), ["C=VN, CN=CSCA TEST"]);
    desk.trust(NO, &["add", &store, &csca, "--out-of-band", "TEST"]);
    desk.trust(0, &["add", &store, &csca, "--fingerprint", &name]);
    assert_eq!(desk.subjects().len(), 2);
}

#[test]
fn what_was_removed_stays_out_in_other_forms_and_old_lines_still_load() {
    let desk = Desk::new();
    let ut = State::new("UT", "UTO", "CSCA TEST", 1);
    let store = desk.store();
    let csca = desk.file("csca.der", &ut.csca);
    let name = sha256(&ut.csca);
    desk.trust(0, &["add", &store, &csca, "--out-of-band", "TEST"]);
    desk.trust(0, &["remove", &store, &name, "--reason", "TEST"]);
    // The same certificate with its outer length in one octet more.
    let other_form = [&[ut.csca[0], 0x83, 0x00], &ut.csca[2..]].concat();
    let other_form = desk.file("other.der", &other_form);
    // The same key certified anew.
    let anew = ut
        .profile
        .issue(ut.key.as_ref(), &mut StdRng::seed_from_u64(9))
        .unwrap();
    let anew = desk.file("anew.der", &anew);
    let stays_out = || {
        for file in [&csca, &other_form, &anew] {
            let said = desk.trust(NO, &["add", &store, file, "--out-of-band", "TEST"]);
            assert!(said.contains("withdrawn"), "{said}");
        }
    };
    stays_out();
    // A line from before other forms were thought of: the file that it names says the same.
    let index = Path::new(&store).join("trust.jsonl");
    let text = std::fs::read_to_string(&index).unwrap();
    let (added, removed) = text.trim_end().rsplit_once('\n').unwrap();
    let (start, _) = removed
        .split_once(",\"marks\":[")
        .expect("marks at the end");
    std::fs::write(&index, format!("{added}\n{start}}}\n")).unwrap();
    stays_out();
    assert!(desk.subjects().is_empty());
    desk.trust(0, &["add", &store, &csca, "--fingerprint", &name]);
    assert_eq!(desk.subjects().len(), 1);
}

#[test]
fn a_revoked_list_signer_takes_his_list_with_him_and_it_is_said() {
    let desk = Desk::new();
    let ut = State::new("UT", "UTO", "CSCA TEST", 1);
    let vn = State::new("VN", "VNM", "CSCA TEST", 2);
    let store = desk.store();
    desk.trust(
        0,
        &[
            "add",
            &store,
            &desk.file("csca.der", &ut.csca),
            "--out-of-band",
            "TEST",
        ],
    );
    desk.trust(
        0,
        &["add", &store, &desk.file("ut.ml", &ut.list(&[&vn.csca], 1))],
    );
    let crl = desk.file("ut.crl", &ut.crl(5, &[&ut.list_signer]));
    let said = desk.trust(0, &["add", &store, &crl]);
    assert!(said.contains("no longer vouched for: VN "), "{said}");
    assert!(said.contains("1 kept out"), "{said}");
    let said = desk.trust(0, &["list", &store]);
    assert!(
        said.contains(
            "kept out: ut.ml, master list: the certificate of the list's signer is revoked"
        ),
        "{said}"
    );
}

#[test]
fn one_more_reason_takes_nothing_from_the_others() {
    let desk = Desk::new();
    let ut = State::new("UT", "UTO", "CSCA TEST", 1);
    let vn = State::new("VN", "VNM", "CSCA TEST", 2);
    let store = desk.store();
    let list = desk.file("ut.ml", &ut.list(&[&ut.csca, &vn.csca], 1));
    desk.trust(0, &["add", &store, &list, "--out-of-band", "TEST"]);
    let name = sha256(&vn.csca);
    for verb in ["add", "update"] {
        desk.trust(0, &[verb, &store, &list, "--fingerprint", &name]);
        assert_eq!(desk.subjects().len(), 2, "{verb}");
    }
    // What was removed comes back by the file that it was in, with all that the file held.
    desk.trust(0, &["remove", &store, &name, "--reason", "TEST", "--yes"]);
    assert_eq!(desk.subjects().len(), 1);
    desk.trust(0, &["add", &store, &list, "--fingerprint", &name]);
    assert_eq!(desk.subjects().len(), 2);
}

#[test]
fn a_removed_document_signer_is_not_taken_again() {
    let desk = Desk::new();
    let ut = State::new("UT", "UTO", "CSCA TEST", 1);
    let store = desk.store();
    let csca = desk.file("csca.der", &ut.csca);
    let signer = desk.file("ds.der", &ut.list_signer);
    let name = sha256(&ut.list_signer);
    desk.trust(0, &["add", &store, &csca, "--out-of-band", "TEST"]);
    // One that the store has not seen is asked for, and nobody is there to answer.
    desk.trust(USAGE, &["remove", &store, &name, "--reason", "TEST"]);
    let said = desk.trust(0, &["add", &store, &signer]);
    assert!(said.contains("document signers: 1 new"), "{said}");
    desk.trust(0, &["remove", &store, &name, "--reason", "TEST"]);
    let said = desk.trust(NO, &["add", &store, &signer]);
    assert!(said.contains("withdrawn"), "{said}");
    // Nor does he sign lists any more.
    let list = desk.file("ut.ml", &ut.list(&[&ut.csca], 1));
    let said = desk.trust(NO, &["add", &store, &list]);
    assert!(said.contains("withdrawn"), "{said}");
    desk.trust(0, &["add", &store, &signer, "--fingerprint", &name]);
    desk.trust(0, &["add", &store, &list]);
}
