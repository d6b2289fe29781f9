//! What is said of what comes in: new certificates by name, strange ones loudly, what was put up with, how old it is.

use crate::states::{Desk, JSON, State, sha256};
use crate::support::run;

#[test]
fn new_certificates_are_named_and_a_strange_key_of_a_known_state_loudly() {
    let ut = State::new("UT", "UTO", "CSCA TEST", 1);
    let vn = State::new("VN", "VNM", "CSCA TEST", 2);
    let vn_next = State::new("VN", "VNM", "CSCA TEST 2", 3);
    let vn_third = State::new("VN", "VNM", "CSCA TEST 3", 4);
    let (link, next_link) = (vn.link_to(&vn_next), vn_next.link_to(&vn_third));
    for (what, knows_vn, list, strange) in [
        ("first key of a state", false, vec![&vn_next.csca], None),
        (
            "second key of a state",
            true,
            vec![&vn_next.csca],
            Some(&vn_next),
        ),
        ("key that is linked", true, vec![&vn_next.csca, &link], None),
        (
            "keys that are linked over generations",
            true,
            vec![&vn_third.csca, &next_link, &link],
            None,
        ),
        (
            "key that is linked from nowhere",
            true,
            vec![&vn_third.csca, &next_link],
            Some(&vn_third),
        ),
        ("key that is known", true, vec![&vn.csca], None),
    ] {
        let desk = Desk::new();
        let store = desk.store();
        let mut known = vec![desk.file("ut.der", &ut.csca)];
        if knows_vn {
            known.push(desk.file("vn.der", &vn.csca));
        }
        let known = known.iter().map(String::as_str);
        let add: Vec<&str> = ["add", &store, "--out-of-band", "TEST"]
            .into_iter()
            .chain(known)
            .collect();
        let said = desk.trust(0, &add);
        assert!(
            said.contains("new: UT ") && !said.contains("warning"),
            "{what}: {said}"
        );
        let list: Vec<&[u8]> = list.into_iter().map(Vec::as_slice).collect();
        let list = desk.file("ut.ml", &ut.list(&list, 1));
        let ended = run(["trust", "add", &store, &list]).expect(0);
        let warned = ended.stderr.contains("warning: a new key of VN");
        assert_eq!(warned, strange.is_some(), "{what}: {ended:?}");
        if let Some(strange) = strange {
            assert!(ended.stderr.contains(&sha256(&strange.csca)), "{what}");
            assert!(ended.stderr.contains("by the list of UT alone"), "{what}");
            let line = format!("new: VN {}", &sha256(&strange.csca)[..8]);
            assert!(ended.stdout.contains(&line), "{what}: {ended:?}");
        }
    }
    // For programs.
    let desk = Desk::new();
    let store = desk.store();
    for state in [&ut, &vn] {
        let file = desk.file("csca.der", &state.csca);
        desk.trust(0, &["add", &store, &file, "--out-of-band", "TEST"]);
    }
    let list = desk.file("ut.ml", &ut.list(&[&vn_next.csca], 1));
    let ended = run(["trust", "add", &store, &list].iter().chain(&JSON)).expect(0);
    let new = &ended.json()["new_certificates"][0];
    assert_eq!(new["sha256"], sha256(&vn_next.csca));
    assert_eq!(new["unlinked_by_list_of"][0], "UT");
    assert_eq!(new["key_usable"], true);
}

#[test]
fn what_was_put_up_with_is_said_when_it_comes() {
    let desk = Desk::new();
    let ut = State::new("UT", "UTO", "CSCA TEST", 1);
    let store = desk.store();
    let csca = desk.file("csca.der", &ut.csca);
    desk.trust(0, &["add", &store, &csca, "--out-of-band", "TEST"]);
    // A list in BER, with a certificate in BER, one whose key is on no curve, and a revocation list in BER.
    let long = |der: &[u8], more: u8| {
        let inside = if der[1] == 0x82 { 2 + 2 } else { panic!() };
        [&[der[0], 0x83, more], &der[2..inside], &der[inside..]].concat()
    };
    let vn = State::new("VN", "VNM", "CSCA TEST", 2);
    let prime = hex::decode("ffffffff00000001000000000000000000000000ffffffffffffffffffffffff");
    let prime = prime.unwrap();
    let mut unusable = State::new("FR", "FRA", "CSCA TEST", 5).csca;
    let at = unusable
        .windows(prime.len())
        .position(|window| window == prime)
        .unwrap();
    unusable[at + prime.len() - 1] ^= 0x10;
    for (name, file, expected) in [
        (
            "vn.der",
            long(&vn.csca, 0),
            "put up with: length not in its shortest form",
        ),
        ("fr.der", unusable, "its key cannot be used here"),
        (
            "ut.crl",
            long(&ut.crl(1, &[&vn.list_signer]), 0),
            "put up with: length not in its shortest form",
        ),
        (
            "ut.ml",
            long(&ut.list(&[&ut.csca], 2), 0),
            "put up with: length not in its shortest form",
        ),
    ] {
        let file = desk.file(name, &file);
        let said = desk.trust(0, &["add", &store, &file, "--out-of-band", "TEST"]);
        assert!(said.contains(expected), "{name}: {said}");
    }
    let said = desk.trust(0, &["list", &store, "--check"]);
    for line in [
        "1 CSCA key cannot be used here",
        "put up with, 1 times: length not in its shortest form",
    ] {
        assert!(said.contains(line), "{line}: {said}");
    }
}

#[test]
fn the_age_of_a_revocation_list_is_said_when_it_comes() {
    let desk = Desk::new();
    let ut = State::new("UT", "UTO", "CSCA TEST", 1);
    let store = desk.store();
    let csca = desk.file("csca.der", &ut.csca);
    desk.trust(0, &["add", &store, &csca, "--out-of-band", "TEST"]);
    let good = ut.crl(20, &[]);
    for (name, crl, remarks) in [
        ("good.crl", good.clone(), &[][..]),
        ("old.crl", ut.crl(10, &[]), &["older than the one of"]),
        (
            "over.crl",
            ut.crl_for(2, 3, &[]),
            &["out of date since", "older than the one of"],
        ),
        ("future.crl", ut.crl(90, &[]), &["dated in the future"]),
    ] {
        let file = desk.file(name, &crl);
        let said = desk.trust(0, &["add", &store, &file]);
        for remark in ["older than the one of", "out of date", "in the future"] {
            let expected = remarks.iter().any(|expected| expected.contains(remark));
            assert_eq!(said.contains(remark), expected, "{name}: {said}");
        }
    }
    let said = desk.trust(0, &["list", &store]);
    assert!(said.contains("dated in the future"), "{said}");
    assert!(said.contains(&sha256(&good)[..8]), "{said}");
}
