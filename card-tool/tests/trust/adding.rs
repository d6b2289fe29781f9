//! `trust add` and `trust update`: who vouches for what, and all files or none.

use std::path::Path;

use rand::SeedableRng;
use rand::rngs::StdRng;

use crate::states::{Desk, NO, POLICY, State, USAGE, sha256};
use crate::support::{Running, card_tool, tree};

#[test]
fn the_first_needs_somebody_and_vouches_for_the_rest() {
    let desk = Desk::new();
    let ut = State::new("UT", "UTO", "CSCA TEST", 1);
    let vn = State::new("VN", "VNM", "CSCA TEST", 2);
    let store = desk.store();
    let csca = desk.file("csca.der", &ut.csca);
    let list = desk.file("ut.ml", &ut.list(&[&ut.csca, &vn.csca], 1));

    for file in [&csca, &list] {
        let said = desk.trust(USAGE, &["add", &store, file]);
        assert!(
            said.contains("nothing was added") && said.contains("--fingerprint"),
            "{said}"
        );
        assert!(!Path::new(&store).join("trust.jsonl").exists());
    }
    let other = sha256(&vn.csca);
    desk.trust(NO, &["add", &store, &csca, "--fingerprint", &other]);
    desk.trust(USAGE, &["add", &store, &csca, "--fingerprint", "6f1c"]);
    desk.trust(USAGE, &["add", &store, &csca, "--out-of-band", " "]);
    assert!(!Path::new(&store).join("trust.jsonl").exists());

    let printed = sha256(&ut.csca).to_uppercase();
    let said = desk.trust(0, &["add", &store, &csca, "--fingerprint", &printed]);
    assert!(
        said.contains("csca.der: CSCA certificate, 1 new, 0 known"),
        "{said}"
    );
    let said = desk.trust(0, &["add", &store, &list]);
    assert!(
        said.contains("ut.ml: master list, list of UT of "),
        "{said}"
    );
    assert!(
        said.contains("signer issued by") && said.contains("1 new, 1 known"),
        "{said}"
    );
    assert!(
        said.contains("store: 2 CSCA certificates of 2 countries"),
        "{said}"
    );
    assert_eq!(
        desk.subjects(),
        ["C=UT, CN=CSCA TEST", "C=VN, CN=CSCA TEST"]
    );

    // The same again changes nothing in the store.
    let before = tree(Path::new(&store));
    desk.trust(0, &["add", &store, &list]);
    assert_eq!(tree(Path::new(&store)), before);
}

#[test]
fn an_update_says_what_came_what_changed_and_what_went() {
    let desk = Desk::new();
    let ut = State::new("UT", "UTO", "CSCA TEST", 1);
    let vn = State::new("VN", "VNM", "CSCA TEST", 2);
    let fr = State::new("FR", "FRA", "CSCA TEST", 4);
    // The same key and name certified anew.
    let vn_again = State::new("VN", "VNM", "CSCA TEST", 2);
    let vn_again = vn_again
        .profile
        .issue(vn_again.key.as_ref(), &mut StdRng::seed_from_u64(9))
        .unwrap();
    let store = desk.store();
    let old = desk.file("old.ml", &ut.list(&[&ut.csca, &vn.csca], 1));
    let new = desk.file("new.ml", &ut.list(&[&ut.csca, &vn_again, &fr.csca], 9));
    let crl = desk.file("ut.crl", &ut.crl(3, &[&vn.list_signer]));
    desk.trust(USAGE, &["update", &store, &new]);
    desk.trust(0, &["add", &store, &old, "--out-of-band", "TEST"]);
    desk.trust(
        0,
        &[
            "add",
            &store,
            &desk.file("first.crl", &ut.crl(1, &[&fr.list_signer])),
        ],
    );

    let said = desk.trust(0, &["update", &store, &new, &crl]);
    let lines = |start: &str| -> Vec<&str> {
        said.lines()
            .filter(|line| line.starts_with(start))
            .collect()
    };
    assert_eq!(lines("added ").len(), 1, "{said}");
    assert!(lines("added ")[0].contains("FR "), "{said}");
    let changed = lines("changed ");
    assert!(
        changed.len() == 1 && changed[0].contains(&sha256(&vn_again)[..8]),
        "{said}"
    );
    assert!(
        changed[0].contains(&format!("was {}", &sha256(&vn.csca)[..8])),
        "{said}"
    );
    let gone = lines("disappeared ");
    assert!(
        gone.len() == 1 && gone[0].contains(&sha256(&vn.csca)[..8]),
        "{said}"
    );
    assert!(gone[0].contains("from the list of UT; kept"), "{said}");
    assert_eq!(
        (lines("revoked ").len(), lines("unrevoked ").len()),
        (1, 1),
        "{said}"
    );
    assert_eq!(desk.subjects().len(), 4, "nothing was removed");

    // An older list changes nothing and makes nothing disappear.
    let older = desk.file("older.ml", &ut.list(&[&ut.csca], 0));
    let said = desk.trust(0, &["update", &store, &older]);
    assert!(said.contains("nothing has changed"), "{said}");
}

#[test]
fn all_files_or_none() {
    let desk = Desk::new();
    let ut = State::new("UT", "UTO", "CSCA TEST", 1);
    let vn = State::new("VN", "VNM", "CSCA TEST", 2);
    let store = desk.store();
    let good = desk.file("good.der", &ut.csca);
    desk.trust(0, &["add", &store, &good, "--out-of-band", "TEST"]);
    let before = tree(Path::new(&store));
    let next = desk.file(
        "link.der",
        &ut.link_to(&State::new("UT", "UTO", "CSCA TEST 2", 3)),
    );
    for (code, bad) in [
        (USAGE, desk.file("words.txt", b"no certificate")),
        (USAGE, desk.file("cut.der", &vn.csca[..200])),
        (USAGE, desk.path("missing.der")),
        (USAGE, desk.file("stranger.der", &vn.csca)),
    ] {
        let said = desk.trust(code, &["add", &store, &next, &bad]);
        assert!(
            said.contains(Path::new(&bad).file_name().unwrap().to_str().unwrap()),
            "{said}"
        );
        assert_eq!(tree(Path::new(&store)), before, "{bad}");
    }
    // A folder that is something else does not become a store.
    desk.trust(
        POLICY,
        &["add", &desk.path("."), &good, "--out-of-band", "TEST"],
    );
}

#[test]
fn many_at_once_lose_nothing() {
    const WRITERS: u64 = 8;
    let desk = Desk::new();
    let store = desk.store();
    let start = |seed: u64| {
        let state = State::new("UT", "UTO", &format!("CSCA TEST {seed}"), seed);
        let file = desk.file(&format!("{seed}.der"), &state.csca);
        Running::start(&mut card_tool([
            "trust",
            "add",
            &store,
            &file,
            "--out-of-band",
            "TEST",
        ]))
    };
    let running: Vec<Running> = (1..=WRITERS).map(start).collect();
    for writer in running {
        writer.end().expect(0);
    }
    assert_eq!(desk.subjects().len(), usize::try_from(WRITERS).unwrap());
}

#[test]
fn an_ldif_file_of_the_pkd() {
    use base64::Engine as _;
    let desk = Desk::new();
    let ut = State::new("UT", "UTO", "CSCA TEST", 1);
    let vn = State::new("VN", "VNM", "CSCA TEST", 2);
    let store = desk.store();
    let encode = |bytes: &[u8]| base64::engine::general_purpose::STANDARD.encode(bytes);
    let text = format!(
        "version: 1\n\ndn: o=ml,c=UT\npkdVersion: 1\npkdMasterListContent:: {}\n\ndn: o=dsc,c=UT\nuserCertificate;binary:: {}\n\ndn: o=crl,c=UT\ncertificateRevocationList;binary:: {}\n\ndn: broken\nno attribute\n",
        encode(&ut.list(&[&vn.csca], 1)),
        encode(&ut.list_signer),
        encode(&ut.crl(1, &[])),
    );
    let ldif = desk.file("pkd.ldif", text.as_bytes());
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
    let said = desk.trust(0, &["add", &store, &ldif]);
    for line in [
        "pkd.ldif line 5: master list, list of UT",
        "document signers: 1 new, 0 known",
        "LDIF: entries read 3, attributes not used 1, deletions and new names not done 0, faults 1",
        "pkd.ldif: line 14: no attribute",
        "store: 2 CSCA certificates of 2 countries, 1 revocation list, 0 deviation lists, 1 document signer, 0 kept out",
    ] {
        assert!(said.contains(line), "{line}: {said}");
    }
}
