//! Signed lists and revocation lists: whom the store believes, and why.

use pki::trust_store::{ListTrust, Trust};
use pki::{Acceptance, Cause, DeviationKind, Error, TrustStore, Untrusted, oids};

use crate::states::{
    Writing, crl, crl_after, fingerprint, key, list_content, master_list, signed_list,
};

const VOUCHED: Acceptance = Acceptance::Vouched;

/// A state that signs lists, and two certificates of others.
struct World {
    csca: Writing,
    root: Vec<u8>,
    signer: Vec<u8>,
    others: [Vec<u8>; 2],
}

impl World {
    fn new() -> Self {
        let csca = Writing::root("UT", "CSCA TEST", &key(1));
        let signer = csca.list_signer("UT", &key(2)).signed_by(&key(1));
        let others = [("VN", 11), ("XU", 12)];
        Self {
            root: csca.by_itself(),
            csca,
            signer,
            others: others
                .map(|(country, seed)| Writing::root(country, "CSCA TEST", &key(seed)).by_itself()),
        }
    }

    fn list(&self) -> Vec<u8> {
        self.list_by(&self.signer)
    }

    fn list_by(&self, signer: &[u8]) -> Vec<u8> {
        let [one, other] = &self.others;
        master_list(&[one, other], signer, &key(2))
    }

    fn store(&self) -> TrustStore {
        let mut store = TrustStore::new();
        store.add(&self.root, "ceremony").unwrap();
        store
    }
}

fn refused<T: core::fmt::Debug>(result: pki::Result<T>) -> Untrusted {
    match result {
        Err(Error::Untrusted(reason)) => reason,
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_list_is_believed_by_its_chain_and_each_anchor_says_so() {
    let world = World::new();
    let mut store = world.store();
    let received = store
        .add_master_list(&world.list(), "UT.ml", &VOUCHED)
        .unwrap();
    assert_eq!(
        (received.new.len(), received.known, received.unreadable),
        (2, 0, 0)
    );
    assert_eq!(store.anchors().len(), 3);
    let Trust::MasterList(origin) = &store.anchors()[1].provenance()[0].trust else {
        panic!("trusted by a list");
    };
    let csca = fingerprint(&world.root);
    assert_eq!(origin.trust, ListTrust::Chain { csca });
    assert_eq!(origin.country.as_deref(), Some("UT"));
    assert_eq!(origin.sha256, fingerprint(&world.list()));
    assert_eq!(origin.signer.as_deref(), Some("C=UT, CN=Signer TEST"));
    assert_eq!(origin.signing_time.unwrap().year(), 2026);
    assert!(
        origin
            .deviations
            .iter()
            .all(|met| met.kind != DeviationKind::ListSignedByCsca)
    );
    // Once more, and nothing is new.
    let received = store
        .add_master_list(&world.list(), "UT.ml", &VOUCHED)
        .unwrap();
    assert_eq!((received.new.len(), received.known), (0, 2));
    assert_eq!(store.anchors()[1].provenance().len(), 1);
}

#[test]
fn a_list_that_nothing_vouches_for_needs_somebody() {
    let world = World::new();
    let list = world.list();
    let root = world.root.clone();
    let with_root = master_list(&[&root, &world.others[0]], &world.signer, &key(2));
    let by = |accepted: &[u8]| Acceptance::Fingerprints {
        accepted: vec![fingerprint(accepted)],
        statement: "compared".into(),
    };
    let somebody = Acceptance::OutOfBand("TEST, by telephone".into());
    let unknown = Err(Untrusted::ListSignerUnknown);
    for (what, list, acceptance, expected) in [
        ("nobody", &list, VOUCHED, unknown),
        ("a statement", &list, somebody, Ok(2)),
        ("the file", &list, by(&list), Ok(2)),
        ("the signer", &list, by(&world.signer), Ok(2)),
        ("another fingerprint", &list, by(b"other"), unknown),
        (
            "a certificate of it that is not the signer's",
            &list,
            by(&world.others[0]),
            unknown,
        ),
        ("the CSCA in it", &with_root, by(&root), Ok(2)),
    ] {
        let mut store = TrustStore::new();
        let result = store.add_master_list(list, "list", &acceptance);
        match expected {
            Ok(count) => {
                result.unwrap();
                assert_eq!(store.anchors().len(), count, "{what}");
            }
            Err(reason) => assert_eq!(refused(result), reason, "{what}"),
        }
    }
}

#[test]
fn a_bare_list_and_a_broken_signature() {
    let world = World::new();
    let bare = list_content(&[&world.others[0]]);
    let mut broken = world.list();
    let last = broken.len() - 1;
    broken[last] ^= 1;
    let somebody = || Acceptance::OutOfBand("TEST".into());
    let exactly = |list: &[u8]| Acceptance::Fingerprints {
        accepted: vec![fingerprint(list)],
        statement: "compared".into(),
    };
    for (list, acceptance, expected) in [
        (&bare, VOUCHED, Some(Untrusted::ListNotSigned)),
        (&bare, somebody(), None),
        (&broken, VOUCHED, Some(Untrusted::ListSignature)),
        // A broken signature is more than a missing one: only exactly this file can be accepted.
        (&broken, somebody(), Some(Untrusted::ListSignature)),
        (&broken, exactly(&broken), None),
    ] {
        let result = world.store().add_master_list(list, "list", &acceptance);
        match expected {
            Some(reason) => assert_eq!(refused(result), reason, "{acceptance:?}"),
            None => assert!(result.is_ok(), "{acceptance:?}"),
        }
    }
}

#[test]
fn the_signer_of_a_list_must_have_the_role() {
    use DeviationKind::{ListSignedByCsca, ListSignerKeyUsageNotCritical};
    let world = World::new();
    let csca = &world.csca;
    let purpose = |purpose| Writing {
        purpose,
        ..csca.list_signer("UT", &key(2))
    };
    let role = oids::MASTER_LIST_SIGNING_KEY;
    let itself = Writing {
        key: key(2),
        ..csca.link_to(&Writing::root("UT", "CSCA TEST 2", &key(2)))
    };
    let cases = [
        ("its role", purpose(Some((role, true))), Ok(None)),
        (
            "not critical (Q096)",
            purpose(Some((role, false))),
            Ok(Some(ListSignerKeyUsageNotCritical)),
        ),
        ("a CSCA (Q117)", itself, Ok(Some(ListSignedByCsca))),
        (
            "a document signer",
            purpose(None),
            Err(Untrusted::ListSignerRole),
        ),
        (
            "a signer of deviation lists",
            purpose(Some((oids::DEVIATION_LIST_SIGNING_KEY, true))),
            Err(Untrusted::ListSignerRole),
        ),
    ];
    for (what, writing, expected) in cases {
        let list = world.list_by(&writing.signed_by(&key(1)));
        let mut store = world.store();
        let result = store.add_master_list(&list, "list", &VOUCHED);
        match expected {
            Err(reason) => assert_eq!(refused(result), reason, "{what}"),
            Ok(deviation) => {
                let origin = result.unwrap().list.unwrap();
                let met =
                    |kind: DeviationKind| origin.deviations.iter().any(|met| met.kind == kind);
                for kind in [ListSignedByCsca, ListSignerKeyUsageNotCritical] {
                    assert_eq!(met(kind), deviation == Some(kind), "{what}: {kind}");
                }
            }
        }
    }
}

#[test]
fn a_list_signed_out_of_time_or_by_a_foreign_state_is_refused() {
    let world = World::new();
    let late = Writing {
        ends: "250101000000Z",
        ..world.csca.list_signer("UT", &key(2))
    };
    let late = world.list_by(&late.signed_by(&key(1)));
    assert_eq!(
        refused(world.store().add_master_list(&late, "list", &VOUCHED)),
        Untrusted::ListSignerValidity
    );
    // Issued with the key of a trusted state, in the name of another one.
    let foreign = Writing {
        issuer: crate::states::name("VN", "CSCA TEST"),
        ..world.csca.list_signer("VN", &key(2))
    };
    let foreign = world.list_by(&foreign.signed_by(&key(1)));
    assert_eq!(
        refused(world.store().add_master_list(&foreign, "list", &VOUCHED)),
        Untrusted::ListSignerUnknown
    );
}

#[test]
fn a_list_makes_no_csca_of_a_signer() {
    let world = World::new();
    let signer = world.csca.signer("UT", &key(5)).signed_by(&key(1));
    let strange = Writing {
        // No authority by its own words, but nothing else either: the list knows better (Q077, Q078).
        basic_constraints: None,
        key_usage: &[0x03, 0x02, 0x01, 0x02],
        ..world
            .csca
            .link_to(&Writing::root("UT", "CSCA TEST 2", &key(6)))
    };
    let strange = strange.signed_by(&key(1));
    let list = master_list(&[&signer, &strange], &world.signer, &key(2));
    let mut store = world.store();
    let received = store.add_master_list(&list, "list", &VOUCHED).unwrap();
    assert_eq!(received.new, [fingerprint(&strange)]);
    let reason = Error::Untrusted(Untrusted::NotACertificationAuthority);
    assert_eq!(received.left_out, [(fingerprint(&signer), reason)]);
}

#[test]
fn revocation_lists_are_kept_with_their_csca_and_speak_of_list_signers() {
    let world = World::new();
    let csca = pki::Certificate::parse(&world.root).unwrap();
    let (old, new) = (
        crl(&world.csca, &key(1), "260101000000Z", &[]),
        crl(&world.csca, &key(1), "260201000000Z", &[3]),
    );
    let mut store = TrustStore::new();
    assert_eq!(refused(store.add_crl(&old)), Untrusted::CrlWithoutIssuer);
    let mut store = world.store();
    assert_eq!(
        refused(store.add_crl(&crl(&world.csca, &key(9), "260101000000Z", &[]))),
        Untrusted::CrlSignature
    );
    assert_eq!(store.add_crl(&new), Ok(true));
    assert_eq!(store.add_crl(&old), Ok(true));
    assert_eq!(store.add_crl(&old), Ok(false));
    let updates: Vec<u8> = store
        .crls_of(&csca)
        .map(|crl| u8::from(crl.this_update().month()))
        .collect();
    assert_eq!(updates, [2, 1], "newest first");
    let stranger = pki::Certificate::parse(&world.others[0]).unwrap();
    assert_eq!(store.crls_of(&stranger).count(), 0);
    let list = store.add_master_list(&world.list(), "list", &VOUCHED);
    assert_eq!(refused(list), Untrusted::ListSignerRevoked);
}

#[test]
fn a_revocation_list_speaks_of_every_generation_of_its_issuer() {
    let first = Writing::root("UT", "CSCA TEST", &key(1));
    let certificate = first.by_itself();
    let read = pki::Certificate::parse(&certificate).unwrap();
    let foreign = Writing::root("VN", "CSCA TEST", &key(2));
    for (what, next, former_name, speaks) in [
        (
            "the same name",
            Writing::root("UT", "CSCA TEST", &key(2)),
            None,
            true,
        ),
        (
            "the same key",
            Writing::root("UT", "CSCA TEST 2", &key(1)),
            None,
            true,
        ),
        (
            "another name",
            Writing::root("UT", "CSCA TEST 2", &key(2)),
            None,
            false,
        ),
        (
            "another name and the old one",
            Writing::root("UT", "CSCA TEST 2", &key(2)),
            Some(&first.subject),
            true,
        ),
        (
            "another state that claims the name",
            foreign,
            Some(&first.subject),
            false,
        ),
    ] {
        let mut store = TrustStore::new();
        store.add(&certificate, "test").unwrap();
        store.add(&next.by_itself(), "test").unwrap();
        let former_name = former_name.map(Vec::as_slice);
        let list = crl_after(former_name, &next, &next.key, "260101000000Z", &[3]);
        store.add_crl(&list).unwrap();
        assert_eq!(store.crls_of(&read).count(), usize::from(speaks), "{what}");
    }
}

#[test]
fn deviation_lists_speak_for_the_country_of_their_csca() {
    let world = World::new();
    let content = crate::states::sequence(&[&[0x02, 0x01, 0x00], &[0x31, 0x00]]);
    let list_by = |purpose| {
        let signer = Writing {
            purpose,
            ..world.csca.list_signer("UT", &key(2))
        };
        let signer = signer.signed_by(&key(1));
        signed_list(
            oids::DEVIATION_LIST,
            &content,
            &signer,
            &key(2),
            "260101000000Z",
        )
    };
    let list = list_by(Some((oids::DEVIATION_LIST_SIGNING_KEY, true)));
    assert_eq!(
        refused(TrustStore::new().add_deviation_list(&list)),
        Untrusted::ListSignerUnknown
    );
    let mut store = world.store();
    assert_eq!(store.add_deviation_list(&list), Ok(true));
    assert_eq!(store.add_deviation_list(&list), Ok(false));
    let kept: Vec<_> = store.deviation_lists().collect();
    let own = pki::Certificate::parse(&world.root).unwrap();
    let foreign = pki::Certificate::parse(&world.others[0]).unwrap();
    assert!(kept[0].speaks_of(&own) && !kept[0].speaks_of(&foreign));
    let by_other_role = list_by(Some((oids::MASTER_LIST_SIGNING_KEY, true)));
    assert_eq!(
        refused(world.store().add_deviation_list(&by_other_role)),
        Untrusted::ListSignerRole
    );
}

#[test]
fn a_missing_csca_is_no_no() {
    for (reason, undetermined) in [
        (Untrusted::ListSignerUnknown, true),
        (Untrusted::NotVerifiable(Cause::NoCsca), true),
        (Untrusted::ListSignature, false),
        (Untrusted::ListSignerRevoked, false),
    ] {
        assert_eq!(reason.is_undetermined(), undetermined, "{reason}");
    }
}
