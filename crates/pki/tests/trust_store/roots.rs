//! Certificates that name themselves as issuer: of a CSCA that says little of itself, and of what is none.

use pki::trust_store::{ObjectKind, Offered};
use pki::{Acceptance, Error, Fingerprint, TrustStore, Untrusted};

use crate::states::{Writing, key, master_list};

const SIGN_DATA: &[u8] = &[0x03, 0x02, 0x07, 0x80];
const SIGN_CRLS: &[u8] = &[0x03, 0x02, 0x01, 0x02];
const CA_FALSE: Option<&[u8]> = Some(&[0x30, 0x00]);

#[test]
fn what_says_that_it_only_signs_data_is_no_csca_whoever_vouches() {
    let root = Writing::root("UT", "CSCA TEST", &key(1));
    let somebody = Acceptance::OutOfBand("TEST".into());
    for (basic_constraints, key_usage, is_csca) in [
        (CA_FALSE, SIGN_DATA, false),
        (None, SIGN_DATA, false),
        (root.basic_constraints, SIGN_DATA, true),
        // It says too little of itself, and nothing else: somebody knows better (Q077, Q078).
        (None, SIGN_CRLS, true),
        (CA_FALSE, SIGN_CRLS, true),
        (CA_FALSE, root.key_usage, true),
    ] {
        let certificate = Writing {
            basic_constraints,
            key_usage,
            ..root.clone()
        };
        let certificate = certificate.by_itself();
        let refused = Err(Error::Untrusted(Untrusted::NotACertificationAuthority));
        let what = format!("{basic_constraints:?} {key_usage:?}");
        let compared = Acceptance::Fingerprints {
            accepted: vec![Fingerprint::of(&certificate)],
            statement: "compared".into(),
        };
        for acceptance in [&somebody, &compared] {
            let mut store = TrustStore::new();
            let intake = store.take_in([Offered {
                bytes: &certificate,
                source: "file",
                acceptance,
            }]);
            let result = intake.receipts[0].result.clone().map(|_| ());
            let expected = if is_csca { Ok(()) } else { refused.clone() };
            assert_eq!(result, expected, "{what}");
            assert_eq!(intake.receipts[0].kind, Some(ObjectKind::Csca), "{what}");
            assert_eq!(store.anchors().len(), usize::from(is_csca), "{what}");
            assert!(store.document_signers().is_empty(), "{what}");
        }
        let mut store = TrustStore::new();
        assert_eq!(store.add(&certificate, "file").is_ok(), is_csca, "{what}");
        // In a list, too.
        let signer = root.list_signer("UT", &key(2)).signed_by(&key(1));
        let list = master_list(&[&certificate], &signer, &key(2));
        let mut store = TrustStore::new();
        store.add_master_list(&list, "list", &somebody).unwrap();
        assert_eq!(store.anchors().len(), usize::from(is_csca), "{what}");
    }
}

#[test]
fn a_root_is_not_called_a_link_when_it_is_refused() {
    let root = Writing::root("UT", "CSCA TEST", &key(1));
    let next = Writing::root("UT", "CSCA TEST", &key(2));
    for (what, certificate, expected) in [
        ("root", root.by_itself(), Untrusted::RootUnvouched),
        (
            "link to another key of the same name",
            root.link_to(&next).signed_by(&key(1)),
            Untrusted::LinkWithoutIssuer,
        ),
    ] {
        let mut store = TrustStore::new();
        let refused = store.add_link(&certificate, "download");
        assert_eq!(refused, Err(Error::Untrusted(expected)), "{what}");
        assert!(expected.is_undetermined());
    }
}
