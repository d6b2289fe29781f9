//! Whose word counts for lists, and what somebody can say against it.

use std::collections::BTreeSet;

use pki::{Acceptance, Error, TrustStore, Untrusted, oids};

use crate::states::{
    Writing, crl, crl_of_entries, fingerprint, key, master_list, name, signed_list, trusted,
};

const VOUCHED: Acceptance = Acceptance::Vouched;

fn by(accepted: &[u8]) -> Acceptance {
    Acceptance::Fingerprints {
        accepted: vec![fingerprint(accepted)],
        statement: "compared".into(),
    }
}

fn reason<T>(result: pki::Result<T>) -> Option<Untrusted> {
    match result {
        Ok(_) => None,
        Err(Error::Untrusted(reason)) => Some(reason),
        Err(other) => panic!("{other}"),
    }
}

/// A list of these by a signer of this CSCA.
fn list_of(csca: &Writing, country: &str, certificates: &[&Writing]) -> Vec<u8> {
    let signer = csca.list_signer(country, &key(50)).signed_by(&csca.key);
    let certificates: Vec<Vec<u8>> = certificates.iter().map(|csca| csca.by_itself()).collect();
    let certificates: Vec<&[u8]> = certificates.iter().map(Vec::as_slice).collect();
    master_list(&certificates, &signer, &key(50))
}

#[test]
fn a_list_makes_no_state_that_makes_states() {
    let own = Writing::root("UT", "CSCA TEST", &key(1));
    let next = Writing::root("UT", "CSCA TEST 2", &key(2));
    let other = Writing::root("VN", "CSCA TEST", &key(3));
    let other_next = Writing::root("VN", "CSCA TEST 2", &key(4));
    let other_link = other.link_to(&other_next).signed_by(&key(3));
    let forged = Writing::root("UT", "CSCA TEST", &key(5));
    let third = Writing::root("XX", "CSCA TEST", &key(6));
    let first_list = list_of(&own, "UT", &[&own, &next, &other]);
    let by_next = list_of(&next, "UT", &[&third]);
    let by_other = list_of(&other, "VN", &[&forged]);
    let by_other_next = list_of(&other_next, "VN", &[&forged]);
    let not_entitled = Some(Untrusted::ListSignerNotEntitled);
    let somebody = Acceptance::OutOfBand("TEST".into());
    let signed_data = pki::SignedData::parse(&by_other).unwrap();
    let other_signer = signed_data.certificates()[0].as_der();
    // By the first CSCA, accepted out of band, or by the first list, accepted as a whole.
    for (first, acceptance) in [(own.by_itself(), &VOUCHED), (Vec::new(), &somebody)] {
        let store = || {
            let mut store = TrustStore::new();
            if !first.is_empty() {
                store.add(&first, "ceremony").unwrap();
            }
            store
                .add_master_list(&first_list, "first", acceptance)
                .unwrap();
            store.add_link(&other_link, "link").unwrap();
            assert_eq!(BTreeSet::from_iter(trusted(&store)).len(), 4);
            store
        };
        for (what, list, acceptance, expected) in [
            ("the next list of the same state", &by_next, &VOUCHED, None),
            ("a state of the list", &by_other, &VOUCHED, not_entitled),
            ("its successor", &by_other_next, &VOUCHED, not_entitled),
            ("accepted", &by_other, &somebody, None),
            ("accepted by fingerprint", &by_other, &by(&by_other), None),
            (
                "accepted by the signer's",
                &by_other,
                &by(other_signer),
                None,
            ),
        ] {
            let result = store().add_master_list(list, "list", acceptance);
            assert_eq!(reason(result), expected, "{what}");
        }
        // What speaks for its own state alone needs no more than before.
        let signer = Writing {
            purpose: Some((oids::DEVIATION_LIST_SIGNING_KEY, true)),
            ..other.signer("VN", &key(50))
        };
        let content = crate::states::sequence(&[&[0x02, 0x01, 0x00], &[0x31, 0x00]]);
        let signer = signer.signed_by(&key(3));
        let kind = oids::DEVIATION_LIST;
        let deviations = signed_list(kind, &content, &signer, &key(50), "260101000000Z");
        assert_eq!(store().add_deviation_list(&deviations), Ok(true));
        // Once a list of its own was accepted, the state is one of those that speak.
        let mut store = store();
        let own_list = list_of(&other, "VN", &[&other]);
        store
            .add_master_list(&own_list, "own", &by(&own_list))
            .unwrap();
        let result = store.add_master_list(&by_other_next, "list", &VOUCHED);
        assert_eq!(reason(result), None);
    }
}

#[test]
fn a_revoked_signer_and_a_wrong_role_need_the_fingerprint_of_the_file() {
    let own = Writing::root("UT", "CSCA TEST", &key(1));
    let other = Writing::root("VN", "CSCA TEST", &key(3)).by_itself();
    let revoked = own.list_signer("UT", &key(50)).signed_by(&key(1));
    let without_role = Writing {
        serial: 9,
        ..own.signer("UT", &key(50))
    };
    let without_role = without_role.signed_by(&key(1));
    for (signer, expected) in [
        (revoked, Untrusted::ListSignerRevoked),
        (without_role, Untrusted::ListSignerRole),
    ] {
        let list = master_list(&[&other], &signer, &key(50));
        for (what, acceptance, expected) in [
            ("nobody", VOUCHED, Some(expected)),
            (
                "a folder",
                Acceptance::OutOfBand("TEST".into()),
                Some(expected),
            ),
            ("the signer", by(&signer), Some(expected)),
            ("the file", by(&list), None),
        ] {
            let mut store = TrustStore::new();
            store.add(&own.by_itself(), "ceremony").unwrap();
            store
                .add_crl(&crl(&own, &key(1), "260101000000Z", &[3]))
                .unwrap();
            let result = store.add_master_list(&list, "list", &acceptance);
            assert_eq!(reason(result), expected, "{what}: the list revokes before");
            let mut store = TrustStore::new();
            store.add(&own.by_itself(), "ceremony").unwrap();
            let _ = store.add_master_list(&list, "list", &acceptance);
            store
                .add_crl(&crl(&own, &key(1), "260101000000Z", &[3]))
                .unwrap();
            let count = if expected.is_none() { 2 } else { 1 };
            assert_eq!(
                trusted(&store).len(),
                count,
                "{what}: the list revokes after"
            );
        }
    }
}

#[test]
fn a_revocation_list_without_country_speaks_of_the_key_that_signed_it() {
    let nowhere = |seed| Writing::root("", "CSCA TEST", &key(seed));
    let state = Writing::root("UT", "CSCA TEST", &key(3));
    let mut store = TrustStore::new();
    for csca in [&nowhere(1), &nowhere(2), &state] {
        store.add(&csca.by_itself(), "test").unwrap();
    }
    let list = crl(&nowhere(1), &key(1), "260101000000Z", &[3]);
    assert_eq!(store.add_crl(&list), Ok(true));
    for (csca, count) in [(nowhere(1), 1), (nowhere(2), 0), (state.clone(), 0)] {
        let csca = pki::Certificate::parse(&csca.by_itself()).unwrap();
        assert_eq!(store.crls_of(&csca).count(), count, "{}", csca.subject());
    }
    // Signed by a state in the name of nobody.
    let in_no_name = Writing {
        subject: name("", "CSCA TEST"),
        ..state
    };
    let list = crl(&in_no_name, &key(3), "260101000000Z", &[3]);
    assert!(store.add_crl(&list).is_err());
}

#[test]
fn of_entries_of_one_number_the_worst_counts() {
    const REMOVED: Option<u8> = Some(8);
    const HOLD: Option<u8> = Some(6);
    const COMPROMISED: Option<u8> = Some(1);
    let own = Writing::root("UT", "CSCA TEST", &key(1));
    for (entries, worst) in [
        ([REMOVED, None], None),
        (
            [REMOVED, COMPROMISED],
            Some(pki::crl::RevocationReason::KeyCompromise),
        ),
        (
            [HOLD, COMPROMISED],
            Some(pki::crl::RevocationReason::KeyCompromise),
        ),
        (
            [REMOVED, HOLD],
            Some(pki::crl::RevocationReason::CertificateHold),
        ),
        ([HOLD, None], None),
    ] {
        for order in [entries, [entries[1], entries[0]]] {
            let entries = order.map(|reason| (3, reason));
            let list = crl_of_entries(None, &own, &key(1), "260101000000Z", &entries);
            let list = pki::crl::Crl::parse(&list).unwrap();
            assert_eq!(list.revoked(&[3]).unwrap().reason, worst, "{order:?}");
        }
    }
}
