//! What master lists and deviation lists have in common (Doc 9303-12 §9.1, §10.1), and who may sign them.

use crate::deviation_lists::deviation_list;
use crate::master_lists::{cscas, master_list};
use crate::office::{Office, every_algorithm, list_signer_profile, rng};
use crate::test_pki::{NOW, P256};
use cms::content_info::{CmsVersion, ContentInfo};
use cms::signed_data::{SignedData, SignerIdentifier};
use crypto::EcParameters;
use der::{Decode, Encode};
use pki::profile::ListRole;
use pki::{Certificate, DeviationList, Error, ListSigner, MasterList, NotPermitted, Signer, oids};
use proptest::prelude::*;
use time::Duration;

/// The lines of the tables that master lists and deviation lists share.
fn check_signed_data(
    list: &[u8],
    content_type: const_oid::ObjectIdentifier,
    signer: &[u8],
    csca: &[u8],
) {
    // Parsers that take DER and nothing else read and rewrite it.
    let content_info = ContentInfo::from_der(list).unwrap();
    assert_eq!(content_info.to_der().unwrap(), list);
    let signed_data: SignedData = content_info.content.decode_as().unwrap();
    assert_eq!(signed_data.version, CmsVersion::V3);
    assert_eq!(signed_data.encap_content_info.econtent_type, content_type);
    assert_eq!(signed_data.crls, None);
    let certificates = signed_data.certificates.unwrap();
    let mut certificates: Vec<_> = certificates.0.iter().map(|c| c.to_der().unwrap()).collect();
    let mut expected = vec![signer.to_vec(), csca.to_vec()];
    expected.sort();
    assert_eq!(certificates, expected, "in the order of DER");
    certificates.dedup();
    assert_eq!(certificates.len(), 2);
    assert_eq!(signed_data.signer_infos.0.len(), 1);
    let info = signed_data.signer_infos.0.get(0).unwrap();
    assert_eq!(info.version, CmsVersion::V3);
    let certificate = Certificate::parse(signer).unwrap();
    let SignerIdentifier::SubjectKeyIdentifier(identifier) = &info.sid else {
        panic!("{:?}", info.sid);
    };
    assert_eq!(
        Some(identifier.0.as_bytes().to_vec()),
        certificate.extensions().subject_key_identifier
    );
    assert_eq!(info.digest_alg.parameters, None);
    assert_eq!(signed_data.digest_algorithms.get(0), Some(&info.digest_alg));
    let attributes = info.signed_attrs.as_ref().unwrap();
    let kinds: Vec<_> = attributes.iter().map(|attribute| attribute.oid).collect();
    assert_eq!(
        kinds,
        [oids::CONTENT_TYPE, oids::SIGNING_TIME, oids::MESSAGE_DIGEST]
    );
    let time = attributes.iter().nth(1).unwrap().values.get(0).unwrap();
    assert_eq!(time.value(), b"261121120000Z");
    assert_eq!(info.unsigned_attrs, None);
}

#[test]
fn every_line_of_the_tables() {
    for algorithm in every_algorithm() {
        let office = Office::new(algorithm, EcParameters::Explicit);
        let list = master_list(&office);
        let signer = office.list_signer_certificate(ListRole::MasterList);
        check_signed_data(&list, oids::CSCA_MASTER_LIST, signer, &office.csca);
        let list = deviation_list(&office);
        let signer = office.list_signer_certificate(ListRole::DeviationList);
        check_signed_data(&list, oids::DEVIATION_LIST, signer, &office.csca);
    }
}

#[test]
fn who_may_not_sign_a_list() {
    let office = Office::new(P256, EcParameters::Explicit);
    let cscas = cscas(&office);
    let master = office.list_signer(ListRole::MasterList);
    let deviation = office.list_signer(ListRole::DeviationList);
    let misuse = |what: &str, result: Result<Vec<u8>, Error>| {
        assert!(
            matches!(result, Err(Error::Misuse(_))),
            "{what}: {result:?}"
        );
    };
    misuse(
        "deviation list signer",
        pki::master_list::sign(&cscas, &deviation, NOW),
    );
    misuse("no certificates", pki::master_list::sign(&[], &master, NOW));
    let document_signer = Certificate::parse(&office.document_signer).unwrap();
    misuse(
        "no CSCA",
        pki::master_list::sign(&[document_signer], &master, NOW),
    );
    misuse(
        "master list signer",
        pki::deviation_list::sign(&[], None, &master, NOW),
    );
    for (now, reason) in [
        (NOW - Duration::days(11), NotPermitted::BeforeUsagePeriod),
        (NOW + Duration::days(356), NotPermitted::AfterUsagePeriod),
    ] {
        assert_eq!(
            pki::master_list::sign(&cscas, &master, now),
            Err(Error::NotPermitted(reason))
        );
    }
    let mut profile = list_signer_profile(ListRole::MasterList, EcParameters::Explicit);
    profile.private_key_usage = None;
    let certificate = profile
        .issue(
            office.signer_key().public_key(),
            &office.issuer(),
            &mut rng(),
        )
        .unwrap();
    let signer = ListSigner::new(&certificate, &office.csca, office.signer_key()).unwrap();
    assert!(pki::master_list::sign(&cscas, &signer, NOW + Duration::days(356)).is_ok());
    let validity = Err(Error::NotPermitted(NotPermitted::Validity));
    assert_eq!(
        pki::master_list::sign(&cscas, &signer, NOW + Duration::days(4 * 365)),
        validity
    );
}

#[test]
fn who_is_no_list_signer() {
    let office = Office::new(P256, EcParameters::Explicit);
    let certificate = office.list_signer_certificate(ListRole::MasterList);
    for (what, certificate, csca, key) in [
        (
            "document signer",
            &office.document_signer[..],
            &office.csca,
            office.signer_key(),
        ),
        ("wrong key", certificate, &office.csca, office.key.clone()),
        (
            "wrong CSCA",
            certificate,
            &office.next_csca,
            office.signer_key(),
        ),
        ("CSCA", &office.csca, &office.csca, office.key.clone()),
    ] {
        let signer = ListSigner::new(certificate, csca, key);
        assert!(matches!(signer, Err(Error::Misuse(_))), "{what}");
    }
    assert_eq!(ListRole::of(&[]), None);
    let both = [
        oids::MASTER_LIST_SIGNING_KEY,
        oids::DEVIATION_LIST_SIGNING_KEY,
    ];
    assert_eq!(ListRole::of(&both), None);
}

proptest! {
    #[test]
    fn a_good_list_with_changes(
        changes in proptest::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 0..6),
        cut in any::<prop::sample::Index>(),
        kind in 0..3usize,
    ) {
        static GOOD: std::sync::LazyLock<[Vec<u8>; 3]> = std::sync::LazyLock::new(|| {
            let office = Office::new(P256, EcParameters::Explicit);
            let list = master_list(&office);
            let bare = MasterList::parse(&list).unwrap();
            let bare = bare.signed_data().unwrap().content().to_vec();
            [list, bare, deviation_list(&office)]
        });
        let mut bytes = GOOD[kind].clone();
        for (at, value) in changes {
            let at = at.index(bytes.len());
            bytes[at] = value;
        }
        for bytes in [&bytes[..], &bytes[..cut.index(bytes.len())]] {
            let _ = MasterList::parse(bytes).map(|list| list.signed_data().map(pki::SignedData::verify));
            let _ = DeviationList::parse(bytes).map(|list| list.signed_data().verify());
        }
    }
}
