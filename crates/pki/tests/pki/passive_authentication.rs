//! Documents of our own through our own verification: every algorithm, and everything that can be wrong with one.

use crate::test_pki::{
    ALL, Algorithm, Document, NOW, P256, PSS_2048, TestPki, document_signer_profile, files,
};
use crypto::{Curve, EcParameters, HashAlgorithm};
use lds::File;
use pki::{
    Cause, CheckResult, DataGroup, DataGroupResult, DeviationKind, Report, SecurityObject,
    TrustStore,
};
use time::Duration;

fn without_revocation(report: &Report) -> CheckResult {
    let mut report = report.clone();
    assert_eq!(
        report.signer.revocation,
        CheckResult::Undetermined(Cause::NoRevocationInformation)
    );
    report.signer.revocation = CheckResult::Successful;
    report.together()
}

#[test]
fn every_algorithm_signs_and_verifies() {
    for algorithm in ALL {
        for ec_parameters in [EcParameters::Explicit, EcParameters::Named] {
            let pki = TestPki::new(algorithm, ec_parameters);
            let document = pki.document();
            let report = document.authenticate(&pki.trust_store(), NOW);
            assert_eq!(
                without_revocation(&report),
                CheckResult::Successful,
                "{algorithm:?}"
            );
            assert_eq!(report.signer.deviations, [], "{algorithm:?}");
            assert_eq!(report.content_deviations, [], "{algorithm:?}");
            let csca = report.signer.csca.as_ref().unwrap();
            assert_eq!(csca.provenance()[0].to_string(), "test");
            let verified = report.verified_lds().unwrap();
            assert_eq!(
                verified.file(File::Dg1),
                document.files.get(&File::Dg1).map(Vec::as_slice)
            );
            assert_eq!(verified.files().count(), 2);
        }
    }
}

#[test]
fn a_missing_csca_is_undetermined_and_verifies_nothing() {
    let pki = TestPki::new(P256, EcParameters::Explicit);
    let report = pki.document().authenticate(&TrustStore::new(), NOW);
    assert_eq!(
        report.signer.issuer,
        CheckResult::Undetermined(Cause::NoCsca)
    );
    assert_eq!(
        report.signer.csca_validity,
        CheckResult::Undetermined(Cause::NoCsca)
    );
    assert!(report.signer.signature.is_successful() && report.signer.hash.is_successful());
    assert!(report.verified_lds().is_none());
}

#[test]
fn another_csca_of_the_same_name_is_undetermined() {
    let pki = TestPki::new(P256, EcParameters::Explicit);
    let other = TestPki::with_profile(
        P256,
        EcParameters::Explicit,
        7,
        &document_signer_profile(EcParameters::Explicit),
    );
    let report = pki.document().authenticate(&other.trust_store(), NOW);
    assert_eq!(
        report.signer.issuer,
        CheckResult::Undetermined(Cause::NoCsca)
    );
    assert!(report.verified_lds().is_none());
}

#[test]
fn a_csca_of_the_same_key_identifier_that_did_not_sign_is_a_failure() {
    let pki = TestPki::new(P256, EcParameters::Explicit);
    let other = TestPki::with_profile(
        P256,
        EcParameters::Explicit,
        7,
        &document_signer_profile(EcParameters::Explicit),
    );
    let identifier = |certificate: &[u8]| {
        pki::Certificate::parse(certificate)
            .unwrap()
            .key_identifier()
    };
    let forged = replace(
        &other.csca,
        &identifier(&other.csca),
        &identifier(&pki.csca),
    );
    let mut store = TrustStore::new();
    store.add(&forged, "forged").unwrap();
    let document = pki.document();
    let report = document.authenticate(&store, NOW);
    assert_eq!(
        report.signer.issuer,
        CheckResult::Failed(Cause::NotIssuedByCsca)
    );
    // The right one beside it heals the collision.
    store.add(&pki.csca, "right").unwrap();
    assert!(
        document
            .authenticate(&store, NOW)
            .signer
            .issuer
            .is_successful()
    );
}

#[test]
fn a_csca_vouches_for_its_own_country_only() {
    let pki = TestPki::new(P256, EcParameters::Explicit);
    let foreign = replace(&pki.csca, b"UT", b"XU");
    let mut store = TrustStore::new();
    store.add(&foreign, "foreign").unwrap();
    let report = pki.document().authenticate(&store, NOW);
    assert_eq!(
        report.signer.issuer,
        CheckResult::Undetermined(Cause::NoCsca)
    );
    assert!(report.verified_lds().is_none());
}

#[test]
fn validity_is_judged_now() {
    let pki = TestPki::new(P256, EcParameters::Explicit);
    let store = pki.trust_store();
    let document = pki.document();
    for (days, document_signer, csca) in [
        (-9, CheckResult::Successful, CheckResult::Successful),
        (
            -20,
            CheckResult::Failed(Cause::NotYetValid),
            CheckResult::Successful,
        ),
        (
            -40,
            CheckResult::Failed(Cause::NotYetValid),
            CheckResult::Failed(Cause::NotYetValid),
        ),
        (
            11 * 365,
            CheckResult::Failed(Cause::Expired),
            CheckResult::Successful,
        ),
        (
            16 * 365,
            CheckResult::Failed(Cause::Expired),
            CheckResult::Failed(Cause::Expired),
        ),
    ] {
        let report = document.authenticate(&store, NOW + Duration::days(days));
        assert_eq!(
            report.signer.document_signer_validity, document_signer,
            "{days}"
        );
        assert_eq!(report.signer.csca_validity, csca, "{days}");
        assert!(
            report.verified_lds().is_some(),
            "expiry does not make data wrong: {days}"
        );
    }
}

#[test]
fn changed_data_groups_are_named_and_not_verified() {
    let pki = TestPki::new(P256, EcParameters::Explicit);
    let store = pki.trust_store();
    let mut document = pki.document();
    *document
        .files
        .get_mut(&File::Dg2)
        .unwrap()
        .last_mut()
        .unwrap() ^= 1;
    document.files.insert(File::Dg15, vec![0x6F, 0x00]);
    let report = document.authenticate(&store, NOW);
    assert_eq!(report.data_groups[&File::Dg1], DataGroupResult::Identical);
    assert_eq!(
        report.data_groups[&File::Dg2],
        DataGroupResult::NotIdentical
    );
    assert_eq!(report.data_groups[&File::Dg15], DataGroupResult::NotListed);
    assert_eq!(
        report.data_groups_together(),
        CheckResult::Failed(Cause::HashDiffers(File::Dg2))
    );
    let verified = report.verified_lds().unwrap();
    assert!(verified.file(File::Dg1).is_some());
    assert!(verified.file(File::Dg2).is_none() && verified.file(File::Dg15).is_none());
}

#[test]
fn document_type_and_issuing_state_are_those_of_dg1() {
    // A signer for cards only, whose caller says that the passport is a card.
    let mut profile = document_signer_profile(EcParameters::Explicit);
    profile.document_types = vec!["ID".to_owned()];
    let pki = TestPki::with_profile(P256, EcParameters::Explicit, 1, &profile);
    let document = Document {
        security_object: pki.sign(&files(), "ID"),
        files: files(),
    };
    let report = document.authenticate(&pki.trust_store(), NOW);
    assert_eq!(
        report.document_type,
        CheckResult::Failed(Cause::DocumentTypeNotListed)
    );
    assert!(report.issuing_state.is_successful());
    let pki = TestPki::new(P256, EcParameters::Explicit);
    let store = pki.trust_store();
    let mut document = pki.document();
    let dg1 = document.files.get_mut(&File::Dg1).unwrap();
    *dg1 = replace(dg1, b"P<UTO", b"P<VNM");
    let report = document.authenticate(&store, NOW);
    assert_eq!(
        report.issuing_state,
        CheckResult::Failed(Cause::IssuingStateDiffers)
    );
    document.files.remove(&File::Dg1);
    let report = document.authenticate(&store, NOW);
    assert_eq!(
        report.issuing_state,
        CheckResult::Undetermined(Cause::NoDg1)
    );
    assert_eq!(
        report.data_groups_together(),
        CheckResult::Undetermined(Cause::NotRead(File::Dg1))
    );
}

#[test]
fn trailing_bytes_are_accepted_and_reported() {
    let pki = TestPki::new(P256, EcParameters::Explicit);
    let mut document = pki.document();
    document.security_object.extend([0; 5]);
    let report = document.authenticate(&pki.trust_store(), NOW);
    assert_eq!(without_revocation(&report), CheckResult::Successful);
    let kinds: Vec<_> = report.signer.deviations.iter().map(|d| d.kind).collect();
    assert_eq!(kinds, [DeviationKind::TrailingBytes(5)]);
}

#[test]
fn signed_attributes_out_of_order() {
    // RSA signatures have one length, so that a new one fits into the place of the old one.
    let pki = TestPki::new(PSS_2048, EcParameters::Explicit);
    let good = pki.document();
    let (sorted, reversed) = signed_attributes(&good.security_object);
    let mut document = good.clone();
    document.security_object = replace(&good.security_object, &sorted, &reversed);
    let kinds =
        |report: &Report| -> Vec<_> { report.signer.deviations.iter().map(|d| d.kind).collect() };

    let report = document.authenticate(&pki.trust_store(), NOW);
    assert_eq!(without_revocation(&report), CheckResult::Successful);
    assert_eq!(
        kinds(&report),
        [
            DeviationKind::SignedAttributesOrder,
            DeviationKind::SignedOverDerForm
        ]
    );

    let signature_at = document.security_object.len() - 256;
    let as_set = iso7816::tlv::encode(iso7816::tlv::Tag::new(0x31), &reversed);
    let signature = pki.signer.sign(&as_set).unwrap();
    document.security_object[signature_at..].copy_from_slice(&signature);
    let report = document.authenticate(&pki.trust_store(), NOW);
    assert_eq!(without_revocation(&report), CheckResult::Successful);
    assert_eq!(kinds(&report), [DeviationKind::SignedAttributesOrder]);
}

#[test]
fn signer_identifiers_that_do_not_fit_to_the_letter() {
    let pki = TestPki::new(P256, EcParameters::Explicit);
    let good = pki.document();
    let certificate = pki.document_signer.certificate();
    let issuer = certificate.issuer().as_der();
    // Two relative names: country and common name.
    let (country, common_name) = issuer[2..].split_at(13);
    let reordered = [&issuer[..2], common_name, country].concat();
    let serial_number = certificate.serial_number();
    let mut other_serial_number = serial_number.to_vec();
    other_serial_number[19] ^= 1;
    for (from, to, deviation) in [
        (
            issuer,
            reordered.as_slice(),
            DeviationKind::IssuerWrittenDifferently,
        ),
        (
            serial_number,
            other_serial_number.as_slice(),
            DeviationKind::SignerIdentifier,
        ),
    ] {
        let mut document = good.clone();
        document.security_object = replace_last(&good.security_object, from, to);
        let report = document.authenticate(&pki.trust_store(), NOW);
        assert_eq!(
            without_revocation(&report),
            CheckResult::Successful,
            "{deviation:?}"
        );
        let kinds: Vec<_> = report.signer.deviations.iter().map(|d| d.kind).collect();
        assert_eq!(kinds, [deviation]);
    }
}

#[test]
fn no_changed_byte_goes_unnoticed() {
    for algorithm in [P256, PSS_2048] {
        let pki = TestPki::new(algorithm, EcParameters::Explicit);
        let store = pki.trust_store();
        let good = pki.document();
        for at in 0..good.security_object.len() {
            let mut document = good.clone();
            document.security_object[at] ^= 0x01 << (at % 8);
            let Ok(security_object) = SecurityObject::parse(&document.security_object) else {
                continue;
            };
            let report = pki::authenticate(&security_object, document.data_groups(), &store, NOW);
            let silent =
                report.signer.deviations.is_empty() && report.content_deviations.is_empty();
            assert!(
                without_revocation(&report) != CheckResult::Successful || !silent,
                "{algorithm:?}: byte {at} changed without a trace"
            );
            if let Some(verified) = report.verified_lds() {
                assert!(
                    verified.file(File::Dg1).is_some(),
                    "byte {at}: hashes changed and verified"
                );
            }
        }
    }
}

#[test]
fn the_signer_keeps_its_limits() {
    use pki::{Error, NotPermitted};
    let pki = TestPki::new(P256, EcParameters::Explicit);
    for (document_type, days, expected) in [
        ("P<", 0, None),
        ("ID", 0, None),
        ("V", 0, Some(NotPermitted::DocumentType)),
        ("I", 0, Some(NotPermitted::DocumentType)),
        ("P", -11, Some(NotPermitted::BeforeUsagePeriod)),
        ("P", 81, Some(NotPermitted::AfterUsagePeriod)),
    ] {
        let result = pki
            .document_signer
            .may_sign(document_type, NOW + Duration::days(days));
        assert_eq!(
            result,
            expected.map_or(Ok(()), |limit| Err(Error::NotPermitted(limit))),
            "{document_type} {days}"
        );
    }
}

#[test]
fn a_group_not_read_is_not_verified() {
    let pki = TestPki::new(P256, EcParameters::Explicit);
    let document = pki.document();
    let mut groups = document.data_groups();
    groups.insert(File::Dg2, DataGroup::NotRead);
    let security_object = SecurityObject::parse(&document.security_object).unwrap();
    let report = pki::authenticate(&security_object, groups, &pki.trust_store(), NOW);
    assert_eq!(report.data_groups[&File::Dg2], DataGroupResult::NotRead);
    assert_eq!(
        report.data_groups_together(),
        CheckResult::Undetermined(Cause::NotRead(File::Dg2))
    );
    assert!(
        report
            .into_verified_lds()
            .unwrap()
            .file(File::Dg2)
            .is_none()
    );
}

/// The two attributes in the order written and the other way round.
fn signed_attributes(security_object: &[u8]) -> (Vec<u8>, Vec<u8>) {
    let content_type_oid = [
        0x06, 0x09, 0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 0x01, 0x09, 0x03,
    ];
    // contentType comes first; signingTime and messageDigest follow it.
    let mut at = find(security_object, &content_type_oid) - 2;
    let mut attributes = Vec::new();
    while security_object[at] == 0x30 && attributes.len() < 3 {
        let len = 2 + usize::from(security_object[at + 1]);
        attributes.push(&security_object[at..at + len]);
        at += len;
    }
    let sorted = attributes.concat();
    attributes.reverse();
    (sorted, attributes.concat())
}

fn find(haystack: &[u8], needle: &[u8]) -> usize {
    haystack
        .windows(needle.len())
        .position(|window| window == needle)
        .expect("needle")
}

fn replace_last(haystack: &[u8], needle: &[u8], by: &[u8]) -> Vec<u8> {
    let at = haystack
        .windows(needle.len())
        .rposition(|window| window == needle)
        .expect("needle");
    [&haystack[..at], by, &haystack[at + needle.len()..]].concat()
}

/// Every occurrence replaced by bytes of the same length.
fn replace(haystack: &[u8], needle: &[u8], by: &[u8]) -> Vec<u8> {
    assert_eq!(needle.len(), by.len());
    let mut out = haystack.to_vec();
    let mut at = 0;
    while let Some(found) = out[at..]
        .windows(needle.len())
        .position(|window| window == needle)
    {
        out[at + found..at + found + by.len()].copy_from_slice(by);
        at += found + by.len();
    }
    out
}

/// A signature by a key that somebody else may have computed holds, and is told of.
#[test]
fn weak_keys_of_signer_and_csca_are_told() {
    for algorithm in [
        Algorithm::Pkcs1(1_024, HashAlgorithm::Sha256),
        Algorithm::Ecdsa(Curve::P192, HashAlgorithm::Sha256),
    ] {
        let pki = TestPki::new(algorithm, EcParameters::Explicit);
        let report = pki.document().authenticate(&pki.trust_store(), NOW);
        assert_eq!(without_revocation(&report), CheckResult::Successful);
        let weak = DeviationKind::WeakKey(pki.signer.public_key().kind());
        let signer = &report.signer;
        for deviations in [&signer.deviations, &signer.issuer_deviations] {
            let kinds: Vec<_> = deviations.iter().map(|d| d.kind).collect();
            assert_eq!(kinds, [weak], "{algorithm:?}");
        }
    }
}

/// What nobody has signed and was read leaves the whole undetermined, be it data or a key (TR-03135-1 table 5.41).
#[test]
fn what_nobody_has_signed_leaves_the_whole_undetermined() {
    let pki = TestPki::new(P256, EcParameters::Explicit);
    for (file, content) in [
        (File::Dg13, vec![0x6D, 0x00]),
        (File::Dg15, vec![0x6F, 0x00]),
    ] {
        let mut document = pki.document();
        document.files.insert(file, content);
        let report = document.authenticate(&pki.trust_store(), NOW);
        let open = CheckResult::Undetermined(Cause::NotSigned(file));
        assert_eq!(report.data_groups_together(), open);
        assert_eq!(without_revocation(&report), open);
        assert!(report.verified_lds().unwrap().file(file).is_none());
    }
}
