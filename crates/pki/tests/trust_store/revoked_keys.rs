//! It is the key that is revoked or withdrawn, whichever of its certificates is named, and however many lists say nothing.

use pki::passive_authentication::authenticate_signer;
use pki::trust_store::Offered;
use pki::{
    Acceptance, Cause, Certificate, CheckResult, Error, SignedData, SignerReport, TrustStore,
    Untrusted, oids,
};
use time::macros::datetime;

use crate::states::{Writing, crl, fingerprint, key, master_list, signed_list};

/// What becomes of something that this document signer has signed.
fn judged(csca: &Writing, store: &TrustStore) -> SignerReport {
    let signer = csca.signer("DE", &key(90)).signed_by(&csca.key);
    judged_of(&signer, store)
}

fn judged_of(signer: &[u8], store: &TrustStore) -> SignerReport {
    let object = signed_list(
        oids::LDS_SECURITY_OBJECT,
        b"0",
        signer,
        &key(90),
        "260101000000Z",
    );
    let object = SignedData::parse(&object).unwrap();
    authenticate_signer(&object, store, datetime!(2026-06-01 0:00 UTC))
}

fn is_revoked(result: CheckResult) -> bool {
    matches!(result, CheckResult::Failed(Cause::Revoked(_)))
}

/// Two generations: the root of the second has serial number 7, its link 2.
struct Generations {
    old: Writing,
    new: Writing,
    root: Vec<u8>,
}

impl Generations {
    fn of(second_name: &str) -> Self {
        let old = Writing::root("DE", "CSCA TEST", &key(1));
        let new = Writing {
            serial: 7,
            ..Writing::root("DE", second_name, &key(2))
        };
        let root = new.by_itself();
        Self { old, new, root }
    }

    fn link(&self, ends: &'static str) -> Vec<u8> {
        let link = Writing {
            ends,
            ..self.old.link_to(&self.new)
        };
        link.signed_by(&self.old.key)
    }

    fn store(&self, link: &[u8]) -> TrustStore {
        let mut store = TrustStore::new();
        for certificate in [&self.old.by_itself()[..], &self.root, link] {
            store.add(certificate, "TEST").unwrap();
        }
        store
    }
}

#[test]
fn a_csca_is_revoked_by_any_certificate_of_its_key() {
    // Whether the link is valid for longer or for shorter than the root, and whether the name changes with the key.
    for name in ["CSCA TEST", "CSCA TEST 2"] {
        for ends in ["450101000000Z", "300101000000Z"] {
            let all = Generations::of(name);
            // The root is revoked by the list of its own name, the link by that of its issuer.
            for (issuer, serial) in [(&all.new, 7), (&all.old, 2)] {
                let mut store = all.store(&all.link(ends));
                let report = judged(&all.new, &store);
                assert!(!is_revoked(report.csca_revocation), "{name} {ends}");
                let list = crl(issuer, &issuer.key, "260101000000Z", &[serial]);
                assert_eq!(store.add_crl(&list), Ok(true));
                let report = judged(&all.new, &store);
                assert!(is_revoked(report.csca_revocation), "{name} {ends} {serial}");
                assert!(is_revoked(report.together()) && !report.is_authentic());
            }
        }
    }
}

#[test]
fn no_number_of_newer_lists_hides_a_revocation() {
    let csca = Writing::root("DE", "CSCA TEST", &key(1));
    // The signer, and the CSCA itself.
    for serial in [3, 1] {
        let mut store = TrustStore::new();
        store.add(&csca.by_itself(), "TEST").unwrap();
        let lists = (0..150).map(|number| {
            let day = format!("26{:02}{:02}000000Z", 1 + number / 28, 1 + number % 28);
            let revoked: &[u8] = if number == 0 { &[serial] } else { &[] };
            crl(&csca, &csca.key, &day, revoked)
        });
        for list in lists {
            assert_eq!(store.add_crl(&list), Ok(true));
        }
        assert!(is_revoked(judged(&csca, &store).together()), "{serial}");
    }
}

#[test]
fn whom_only_another_state_has_named_can_accuse_and_not_clear() {
    let csca = Writing::root("DE", "CSCA TEST", &key(1));
    let other = Writing::root("UT", "CSCA TEST", &key(5));
    let strange = Writing {
        serial: 9,
        ..Writing::root("DE", "CSCA TEST", &key(6))
    };
    let list_signer = other.list_signer("UT", &key(7)).signed_by(&other.key);
    let list = master_list(&[&strange.by_itself()], &list_signer, &key(7));
    let store = |lists: &[Vec<u8>], vouched: &[&[u8]]| {
        let mut store = TrustStore::new();
        store.add(&csca.by_itself(), "TEST").unwrap();
        store.add(&other.by_itself(), "TEST").unwrap();
        let taken = store.add_master_list(&list, "ut.ml", &Acceptance::Vouched);
        assert_eq!(taken.unwrap().new.len(), 1);
        for link in vouched {
            store.add(link, "TEST").unwrap();
        }
        for list in lists {
            assert_eq!(store.add_crl(list), Ok(true));
        }
        store
    };
    let silent = crl(&strange, &strange.key, "260501000000Z", &[]);
    let report = judged(&csca, &store(std::slice::from_ref(&silent), &[]));
    let unknown = CheckResult::Undetermined(Cause::NoRevocationInformation);
    assert_eq!(
        report.revocation, unknown,
        "nobody of the state has cleared it"
    );
    // Its own list clears it, and so does that of a successor whose link is genuine.
    let own = crl(&csca, &csca.key, "260501000000Z", &[]);
    assert!(
        judged(&csca, &store(&[own], &[]))
            .revocation
            .is_successful()
    );
    let link = csca.link_to(&strange).signed_by(&csca.key);
    let linked = store(&[silent], &[&link]);
    assert!(judged(&csca, &linked).revocation.is_successful());
    // What it revokes counts, and is remarked.
    let accusing = store(&[crl(&strange, &strange.key, "260501000000Z", &[1])], &[]);
    assert!(is_revoked(judged(&csca, &accusing).together()));
    let accused: Vec<_> = accusing.revoked_by_lesser().collect();
    assert_eq!(accused.len(), 1);
    assert_eq!(accused[0].0.certificate().serial_number(), [1]);
    assert!(accused[0].0.is_out_of_band());
    let own = store(&[crl(&csca, &csca.key, "260501000000Z", &[1])], &[]);
    assert_eq!(own.revoked_by_lesser().count(), 0);
}

#[test]
fn no_crowd_drives_out_the_key_that_signed_a_list() {
    let csca = Writing::root("DE", "CSCA TEST", &key(1));
    let other = Writing::root("UT", "CSCA TEST", &key(5));
    let list_signer = other.list_signer("UT", &key(7)).signed_by(&other.key);
    // One name and key identifier, and a key of its own each.
    let crowd: Vec<Vec<u8>> = (100..140)
        .map(|seed| {
            let key = key(seed);
            Writing {
                key: key.clone(),
                ..csca.clone()
            }
            .signed_by(&key)
        })
        .collect();
    let crowd: Vec<&[u8]> = crowd.iter().map(Vec::as_slice).collect();
    let mut store = TrustStore::new();
    store.add(&other.by_itself(), "TEST").unwrap();
    let list = master_list(&crowd, &list_signer, &key(7));
    let taken = store.add_master_list(&list, "ut.ml", &Acceptance::Vouched);
    assert_eq!(taken.unwrap().new.len(), 40);
    store.add(&csca.by_itself(), "TEST").unwrap();
    let list = crl(&csca, &csca.key, "260101000000Z", &[3]);
    assert_eq!(store.add_crl(&list), Ok(true));
}

#[test]
fn a_withdrawn_signer_signs_nothing_that_is_believed() {
    let csca = Writing::root("DE", "CSCA TEST", &key(1));
    let signer = csca.signer("DE", &key(90)).signed_by(&csca.key);
    let list_signer = csca.list_signer("DE", &key(7)).signed_by(&csca.key);
    let stranger = Writing::root("VN", "CSCA TEST", &key(8)).by_itself();
    let list = master_list(&[&stranger], &list_signer, &key(7));
    let offered = |store: &mut TrustStore, bytes: &[u8]| {
        store.take_in([Offered {
            bytes,
            source: "TEST",
            acceptance: &Acceptance::Vouched,
        }])
    };
    // Before it is known, and after.
    for withdrawn_first in [true, false] {
        let mut store = TrustStore::new();
        store.add(&csca.by_itself(), "TEST").unwrap();
        if withdrawn_first {
            store.withdraw(fingerprint(&signer));
            store.withdraw(fingerprint(&list_signer));
        }
        let intake = offered(&mut store, &signer);
        assert_eq!(intake.new_document_signers, usize::from(!withdrawn_first));
        let refused = intake
            .receipts
            .first()
            .map(|receipt| receipt.result.clone());
        let withdrawn = Error::Untrusted(Untrusted::Withdrawn);
        assert_eq!(refused, withdrawn_first.then(|| Err(withdrawn.clone())));
        offered(&mut store, &list);
        assert_eq!(store.anchors().len(), if withdrawn_first { 1 } else { 2 });
        if !withdrawn_first {
            assert!(judged(&csca, &store).issuer.is_successful());
            assert!(store.withdraw(fingerprint(&signer)));
            assert!(store.withdraw(fingerprint(&list_signer)));
        }
        assert!(store.document_signers().is_empty());
        assert_eq!(store.anchors().len(), 1, "what the list brought is gone");
        assert_eq!(store.kept_out()[0].reason(), &withdrawn);
        let report = judged_of(&signer, &store);
        assert_eq!(report.issuer, CheckResult::Failed(Cause::Withdrawn));
        assert!(!report.is_authentic());
    }
    // The same key certified anew is the same signer, where the store has seen it.
    let mut store = TrustStore::new();
    store.add_document_signer(&signer).unwrap();
    store.withdraw(fingerprint(&signer));
    let anew = Writing {
        serial: 33,
        ..csca.signer("DE", &key(90))
    };
    let anew = anew.signed_by(&csca.key);
    assert!(Certificate::parse(&anew).is_ok());
    assert!(store.add_document_signer(&anew).is_err());
}
