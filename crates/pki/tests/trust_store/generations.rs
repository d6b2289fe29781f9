//! Generations of one CSCA, names and numbers that are used twice, countries that are written in their own way.

use pki::trust_store::{SignedBy, Trust};
use pki::{Cause, CheckResult, DeviationKind, Error, TrustStore, Untrusted};

use crate::states::{Writing, fingerprint, key, key_identifier, name, trusted};

const NO_ISSUER: pki::Result<()> = Err(Error::Untrusted(Untrusted::LinkWithoutIssuer));

/// Whom the store finds as issuer of a certificate: asked in the way of a link, which only a good signature answers.
fn vouched_for(store: &TrustStore, certificate: &[u8]) -> bool {
    let mut copy = TrustStore::new();
    for anchor in store.anchors() {
        copy.add(anchor.certificate().as_der(), "copy").unwrap();
    }
    copy.add_link(certificate, "asked").is_ok()
}

#[test]
fn a_link_is_followed_over_generations_whatever_changes() {
    let keys = [key(1), key(2), key(3)];
    let first = Writing::root("UT", "CSCA TEST 1", &keys[0]);
    let second = Writing::root("UT", "CSCA TEST 1", &keys[1]);
    let third = Writing::root("UT", "CSCA TEST 3", &keys[2]);
    let mut store = TrustStore::new();
    let root = first.by_itself();
    store.add(&root, "ceremony").unwrap();
    let to_third = second.link_to(&third).signed_by(&keys[1]);
    assert_eq!(store.add_link(&to_third, "download"), NO_ISSUER);
    let to_second = first.link_to(&second).signed_by(&keys[0]);
    assert_eq!(store.add_link(&to_second, "download"), Ok(()));
    assert_eq!(store.add_link(&to_third, "download"), Ok(()));
    assert_eq!(store.anchors().len(), 3);
    let reason = &store.anchors()[2].provenance()[0].trust;
    let issuer = fingerprint(&to_second);
    assert_eq!(*reason, Trust::Link { issuer });
    let signed_by = [
        SignedBy::Itself,
        SignedBy::Another(Some(fingerprint(&root))),
        SignedBy::Another(Some(issuer)),
    ];
    for (anchor, signed_by) in store.anchors().iter().zip(signed_by) {
        let examination = store.examine(anchor);
        assert_eq!(examination.result, CheckResult::Successful);
        assert_eq!(examination.signed_by, signed_by);
    }
}

#[test]
fn equal_names_and_colliding_identifiers_keep_every_key() {
    let keys = [key(1), key(2)];
    let first = Writing::root("UT", "CSCA TEST", &keys[0]);
    // The second key under the name, the serial number and the key identifier of the first (Q071, Q072).
    let second = Writing {
        key: keys[1].clone(),
        ..first.clone()
    };
    let mut store = TrustStore::new();
    for (writing, key) in [(&first, &keys[0]), (&second, &keys[1])] {
        store.add(&writing.signed_by(key), "test").unwrap();
    }
    assert_eq!(
        store.anchors().len(),
        2,
        "found by SHA-256, not by serial number"
    );
    assert_eq!(
        store.by_key_identifier(&key_identifier(&keys[0])).count(),
        2
    );
    let next = Writing::root("UT", "CSCA TEST 3", &key(3));
    for issuer in &keys {
        let link = first.link_to(&next).signed_by(issuer);
        assert!(vouched_for(&store, &link));
    }
    let by_stranger = first.link_to(&next).signed_by(&key(9));
    assert!(!vouched_for(&store, &by_stranger));
}

#[test]
fn the_same_key_with_another_validity_is_kept_and_the_longest_speaks() {
    let csca = Writing::root("UT", "CSCA TEST", &key(1));
    let short = Writing {
        ends: "250101000000Z",
        ..csca.clone()
    };
    let (short, long) = (short.by_itself(), csca.by_itself());
    let link = csca.link_to(&Writing::root("UT", "CSCA TEST 2", &key(2)));
    let link = link.signed_by(&key(1));
    for order in [[&short, &long], [&long, &short]] {
        let mut store = TrustStore::new();
        for certificate in order {
            store.add(certificate, "test").unwrap();
        }
        assert_eq!(
            store.anchors().len(),
            2,
            "the expired one is kept (Q093, Q119)"
        );
        store.add_link(&link, "download").unwrap();
        let issuer = fingerprint(&long);
        assert_eq!(
            store.anchors()[2].provenance()[0].trust,
            Trust::Link { issuer }
        );
    }
}

#[test]
fn missing_key_identifiers_leave_the_name() {
    let csca = Writing::root("UT", "CSCA TEST", &key(1));
    let next = Writing::root("UT", "CSCA TEST 2", &key(2));
    let cases = [
        (csca.clone(), csca.link_to(&next), true),
        (
            Writing {
                subject_key_identifier: None,
                authority_key_identifier: None,
                ..csca.clone()
            },
            csca.link_to(&next),
            true,
        ),
        (
            csca.clone(),
            Writing {
                authority_key_identifier: None,
                ..csca.link_to(&next)
            },
            true,
        ),
        // Only the key identifier fits (Q073).
        (
            csca.clone(),
            Writing {
                issuer: name("UT", "CSCA TEST, written otherwise"),
                ..csca.link_to(&next)
            },
            true,
        ),
        // Nothing fits.
        (
            csca.clone(),
            Writing {
                issuer: name("UT", "CSCA TEST, written otherwise"),
                authority_key_identifier: None,
                ..csca.link_to(&next)
            },
            false,
        ),
    ];
    for (at, (csca, link, found)) in cases.into_iter().enumerate() {
        let mut store = TrustStore::new();
        store.add(&csca.by_itself(), "test").unwrap();
        let added = store.add_link(&link.signed_by(&key(1)), "download");
        assert_eq!(added.is_ok(), found, "case {at}");
    }
}

#[test]
fn a_csca_vouches_for_its_own_country_only() {
    for (issuer, subject, agreed) in [
        ("UT", "UT", true),
        ("UT", "ut", true),
        ("LT", "LTU", true),
        ("LTU", "lt", true),
        ("UT", "VN", false),
        ("GB", "BM", true),
        ("BM", "GB", false),
        ("CN", "HK", true),
        ("HK", "CN", false),
        ("UT", "", false),
        ("", "UT", false),
        ("", "", true),
    ] {
        let csca = Writing::root(issuer, "CSCA TEST", &key(1));
        let next = Writing::root(subject, "CSCA TEST 2", &key(2));
        let mut store = TrustStore::new();
        store.add(&csca.by_itself(), "test").unwrap();
        let link = csca.link_to(&next).signed_by(&key(1));
        let added = store.add_link(&link, "download");
        assert_eq!(added.is_ok(), agreed, "{issuer:?} for {subject:?}");
    }
}

#[test]
fn a_csca_without_country_speaks_for_no_country() {
    let nowhere = Writing::root("", "CSCA TEST", &key(1));
    let mut store = TrustStore::new();
    store.add(&nowhere.by_itself(), "test").unwrap();
    // Named by key identifier, as a document signer of another country would name it.
    let link = Writing {
        issuer: name("UT", "CSCA TEST"),
        ..nowhere.link_to(&Writing::root("UT", "CSCA TEST 2", &key(2)))
    };
    assert_eq!(
        store.add_link(&link.signed_by(&key(1)), "download"),
        NO_ISSUER
    );
}

#[test]
fn links_that_say_strange_things_of_themselves() {
    const CA_FALSE: &[u8] = &[0x30, 0x00];
    const LENGTH_2: &[u8] = &[0x30, 0x06, 0x01, 0x01, 0xFF, 0x02, 0x01, 0x02];
    let csca = Writing::root("UT", "CSCA TEST", &key(1));
    let link = csca.link_to(&Writing::root("UT", "CSCA TEST 2", &key(2)));
    let refused = Err(Error::Untrusted(Untrusted::NotACertificationAuthority));
    for (constraints, as_link, deviation) in [
        (
            Some(CA_FALSE),
            refused.clone(),
            DeviationKind::LinkBasicConstraints,
        ),
        (None, refused, DeviationKind::LinkBasicConstraints),
        (
            Some(LENGTH_2),
            Ok(()),
            DeviationKind::CscaPathLength(Some(2)),
        ),
    ] {
        let link = Writing {
            basic_constraints: constraints,
            ..link.clone()
        };
        let link = link.signed_by(&key(1));
        let mut store = TrustStore::new();
        store.add(&csca.by_itself(), "test").unwrap();
        assert_eq!(
            store.add_link(&link, "download"),
            as_link,
            "{constraints:?}"
        );
        // As an anchor, which a list or somebody vouches for, it is taken and the deviation said (Q116).
        assert_eq!(store.add(&link, "list"), Ok(1));
        let anchor = store.anchor(&fingerprint(&link)).unwrap();
        let found = store.examine(anchor);
        assert_eq!(found.result, CheckResult::Successful);
        assert!(
            found.deviations.iter().any(|met| met.kind == deviation),
            "{found:?}"
        );
    }
}

#[test]
fn what_is_withdrawn_stays_out() {
    let csca = Writing::root("UT", "CSCA TEST", &key(1)).by_itself();
    let other = Writing::root("VN", "CSCA TEST", &key(2)).by_itself();
    let mut store = TrustStore::new();
    store.add(&csca, "test").unwrap();
    store.add(&other, "test").unwrap();
    assert!(store.withdraw(fingerprint(&csca)));
    assert_eq!(trusted(&store), ["C=VN, CN=CSCA TEST"]);
    assert!(store.anchor(&fingerprint(&other)).is_some());
    let withdrawn = Err(Error::Untrusted(Untrusted::Withdrawn));
    assert_eq!(store.add(&csca, "again"), withdrawn);
    assert!(!store.withdraw(fingerprint(&csca)));
}

#[test]
fn examinations_say_what_is_wrong() {
    let csca = Writing::root("UT", "CSCA TEST", &key(1));
    let broken = Writing {
        serial: 9,
        ..csca.clone()
    }
    .signed_by(&key(7));
    let orphan = csca.link_to(&Writing::root("UT", "CSCA TEST 2", &key(2)));
    let orphan = orphan.signed_by(&key(1));
    let mut store = TrustStore::new();
    for certificate in [&csca.by_itself(), &broken] {
        store.add(certificate, "test").unwrap();
    }
    let results: Vec<CheckResult> = store
        .anchors()
        .iter()
        .map(|anchor| store.examine(anchor).result)
        .collect();
    let failed = CheckResult::Failed(Cause::SignatureInvalid);
    assert_eq!(results, [CheckResult::Successful, failed]);
    let mut store = TrustStore::new();
    store.add(&orphan, "test").unwrap();
    let examination = store.examine(&store.anchors()[0]);
    assert_eq!(examination.result, CheckResult::Undetermined(Cause::NoCsca));
    assert_eq!(examination.signed_by, SignedBy::Another(None));
    assert_eq!(examination.key.as_deref(), Some("P-256"));
}
