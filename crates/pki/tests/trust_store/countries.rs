//! Certificates of which one part names another state than the rest: taken where the key vouches for them, and said.

use pki::trust_store::Trust;
use pki::{Acceptance, DeviationKind, TrustStore, oids};

use crate::states::{Writing, fingerprint, key, master_list, sequence, signed_list};

const VOUCHED: Acceptance = Acceptance::Vouched;

#[test]
fn a_list_signer_of_another_country_than_his_csca_is_said() {
    let csca = Writing::root("UT", "CSCA TEST", &key(1));
    let other = Writing::root("VN", "CSCA TEST", &key(11)).by_itself();
    for (country, is_said) in [("UT", false), ("ut", false), ("DE", true)] {
        let signer = csca.list_signer(country, &key(2)).signed_by(&key(1));
        let list = master_list(&[&other], &signer, &key(2));
        let mut store = TrustStore::new();
        store.add(&csca.by_itself(), "ceremony").unwrap();
        store.add_master_list(&list, "list", &VOUCHED).unwrap();
        let anchor = store.anchor(&fingerprint(&other)).unwrap();
        let Trust::MasterList(origin) = &anchor.provenance()[0].trust else {
            panic!("{:?}", anchor.provenance());
        };
        let said = |deviations: &[pki::Deviation]| {
            let mut kinds = deviations.iter().map(|met| met.kind);
            kinds.any(|kind| kind == DeviationKind::ListSignerCountry)
        };
        assert_eq!(said(&origin.deviations), is_said, "{country}");
        // It speaks for the state of the CSCA all the same.
        assert_eq!(origin.country.as_deref(), Some("UT"), "{country}");
        let purpose = Some((oids::DEVIATION_LIST_SIGNING_KEY, true));
        let signer = Writing {
            purpose,
            ..csca.list_signer(country, &key(2))
        };
        let content = sequence(&[&[0x02, 0x01, 0x00], &[0x31, 0x00]]);
        let signer = signer.signed_by(&key(1));
        let kind = oids::DEVIATION_LIST;
        let list = signed_list(kind, &content, &signer, &key(2), "260101000000Z");
        assert_eq!(store.add_deviation_list(&list), Ok(true));
        let kept = store.deviation_lists().next().unwrap();
        assert_eq!(said(&kept.origin().deviations), is_said, "{country}");
    }
}

#[test]
fn a_link_with_the_locality_of_another_state_is_said() {
    for (own, link, is_said) in [
        (Some("UTO"), Some("UTO"), false),
        (None, None, false),
        (None, Some("UTO"), false),
        (Some("UTO"), Some("uto"), false),
        (Some("UTO"), Some("VNM"), true),
        (None, Some("VNM"), true),
        (Some("XXA"), Some("XXB"), true),
    ] {
        let csca = Writing {
            locality: own,
            ..Writing::root("UT", "CSCA TEST", &key(1))
        };
        let next = Writing {
            locality: link,
            ..Writing::root("UT", "CSCA TEST 2", &key(2))
        };
        let link_certificate = csca.link_to(&next).signed_by(&key(1));
        let mut store = TrustStore::new();
        store.add(&csca.by_itself(), "ceremony").unwrap();
        store.add_link(&link_certificate, "download").unwrap();
        let anchor = store.anchor(&fingerprint(&link_certificate)).unwrap();
        let deviations = store.examine(anchor).deviations;
        let mut kinds = deviations.iter().map(|met| met.kind);
        assert_eq!(
            kinds.any(|kind| kind == DeviationKind::CscaLocality),
            is_said,
            "{own:?} to {link:?}: {deviations:?}"
        );
    }
}
