//! Quirks that show only in the files of a document or in a whole trust store, and the account of all of them.

use std::collections::BTreeSet;

use crypto::Curve;
use lds::{File, LdsSecurityObject};
use pki::{
    Cause, CheckResult, DataGroup, DataGroupResult, DeviationKind, Report, SecurityObject,
    TrustStore,
};

use crate::forge::{Forge, Key, element, tbs};
use crate::test_pki::NOW;

const P256: Key = Key::Ec(Curve::P256);

fn forge() -> Forge {
    Forge::new(P256, P256)
}

fn with(forge: &Forge, file: File, state: DataGroup) -> Report {
    let security_object = SecurityObject::parse(&forge.security_object()).unwrap();
    let mut groups = forge.data_groups();
    groups.insert(file, state);
    pki::authenticate(&security_object, groups, &forge.trust_store(), NOW)
}

#[test]
fn q048_q066_groups_that_are_signed_and_not_read() {
    let mut forge = forge();
    let mut hashed = forge.files.clone();
    hashed.insert(File::Dg3, vec![0x63, 0x00]);
    hashed.insert(File::Dg11, vec![0x6B, 0x00]);
    forge.files.insert(File::Dg11, vec![0x6B, 0x00]);
    forge.hashed = Some(hashed);
    let closed = with(&forge, File::Dg3, DataGroup::NotRead);
    assert_eq!(closed.data_groups_together(), CheckResult::Successful);
    let absent = with(&forge, File::Dg3, DataGroup::NotOnChip);
    assert_eq!(absent.data_groups[&File::Dg3], DataGroupResult::NotOnChip);
    assert_eq!(
        absent.data_groups_together(),
        CheckResult::Undetermined(Cause::NotOnChip(File::Dg3))
    );
}

#[test]
fn q050_what_is_hashed_is_what_was_read() {
    let mut forge = forge();
    // A SET that a writer of DER would put in order.
    forge.files.insert(
        File::Dg14,
        vec![0x6E, 0x08, 0x31, 0x06, 0x02, 0x01, 0x02, 0x02, 0x01, 0x01],
    );
    let report = forge.authenticate(&forge.trust_store());
    assert_eq!(report.data_groups[&File::Dg14], DataGroupResult::Identical);
}

#[test]
fn q111_a_document_without_a_face_is_undetermined() {
    let mut forge = forge();
    let files = forge
        .files
        .iter()
        .map(|(file, bytes)| (*file, bytes.as_slice()));
    let mut content =
        LdsSecurityObject::of_files(forge.version.clone(), forge.hash, files).unwrap();
    content.hashes.remove(&2);
    forge.files.remove(&File::Dg2);
    let security_object = SecurityObject::parse(&forge.sign(&content.to_der())).unwrap();
    let report = pki::authenticate(
        &security_object,
        forge.data_groups(),
        &forge.trust_store(),
        NOW,
    );
    assert_eq!(
        report.data_groups_together(),
        CheckResult::Undetermined(Cause::Absent(File::Dg2))
    );
    assert_eq!(report.content_deviations.len(), 1);
    assert!(report.verified_lds().unwrap().file(File::Dg1).is_some());
}

#[test]
fn q071_q072_q119_equal_names_serial_numbers_and_keys() {
    let forge = forge();
    // One name and one serial number, another key.
    let mut other = Forge::new(Key::Ec(Curve::P384), P256);
    let serial_number = forge.csca_body.clone().at(&[tbs::SERIAL_NUMBER]).bytes();
    other.csca_body.set(&[tbs::SERIAL_NUMBER], serial_number);
    // One name and one key, another validity.
    let mut expired = Forge::new(P256, P256);
    expired
        .csca_body
        .set(&[tbs::VALIDITY, 1], element(0x17, "261120120000Z"));
    for order in [[&other, &expired, &forge], [&forge, &expired, &other]] {
        let mut store = TrustStore::new();
        for generation in order {
            store.add(&generation.csca_certificate(), "test").unwrap();
        }
        assert_eq!(store.anchors().len(), 3);
        let report = forge.authenticate(&store);
        assert_eq!(report.signer.issuer, CheckResult::Successful);
        assert_eq!(report.signer.csca_validity, CheckResult::Successful);
        let found = report.signer.csca.unwrap();
        assert_eq!(found.certificate().as_der(), forge.csca_certificate());
    }
}

#[test]
fn q107_a_date_of_issue_outside_the_usage_period() {
    use DeviationKind::IssueDateOutsideUsagePeriod;
    let inside = element(0x17, "261121120000Z");
    let outside = element(0x17, "300101120000Z");
    let failed = CheckResult::Failed(Cause::SignedOutsideUsagePeriod);
    for (signed, issued, expected, deviation) in [
        (Some(&inside), "20261121", CheckResult::Successful, None),
        (
            Some(&inside),
            "20151205",
            CheckResult::Successful,
            Some(IssueDateOutsideUsagePeriod),
        ),
        (Some(&outside), "20261121", failed, None),
        (None, "20261121", CheckResult::Successful, None),
        (None, "20151205", failed, None),
        (
            None,
            "",
            CheckResult::Undetermined(Cause::NoSigningTime),
            None,
        ),
    ] {
        let mut forge = forge();
        forge.signing_time = signed.cloned();
        if !issued.is_empty() {
            let tags = [0x5C, 0x02, 0x5F, 0x26];
            let date = [&[0x5F, 0x26, 0x08][..], issued.as_bytes()].concat();
            forge
                .files
                .insert(File::Dg12, element(0x6C, [&tags[..], &date].concat()));
        }
        let report = forge.authenticate(&forge.trust_store());
        assert_eq!(report.usage_period, expected, "{signed:?} {issued}");
        let kinds: Vec<_> = report.document_deviations.iter().map(|d| d.kind).collect();
        assert_eq!(kinds, deviation.into_iter().collect::<Vec<_>>());
        assert!(report.verified_lds().is_some(), "it only informs");
    }
}

#[test]
fn a_document_signer_that_only_the_trust_store_has() {
    let mut forge = forge();
    forge.certificates = Some(Vec::new());
    let mut store = forge.trust_store();
    let missing = CheckResult::Undetermined(Cause::NoSignerCertificate);
    assert_eq!(forge.authenticate(&store).signer.signature, missing);
    store
        .add_document_signer(&forge.signer_certificate())
        .unwrap();
    let report = forge.authenticate(&store);
    assert!(report.verified_lds().is_some());
    let kinds: Vec<_> = report.signer.deviations.iter().map(|d| d.kind).collect();
    assert_eq!(kinds, [DeviationKind::SignerFromTrustStore]);
}

/// Where each quirk is dealt with that the tables of [`crate::quirks`] do not hold.
const ELSEWHERE: &[(&[u8], &str)] = &[
    (
        &[44, 45, 46, 47, 112],
        "content of data groups: lds and biometrics; nothing that is signed depends on it",
    ),
    (&[48, 66], "q048_q066_groups_that_are_signed_and_not_read"),
    (&[50], "q050_what_is_hashed_is_what_was_read"),
    (
        &[51, 65, 67, 99, 106],
        "known_deviations: what the issuer's deviation list says",
    ),
    (
        &[71, 72, 119],
        "q071_q072_q119_equal_names_serial_numbers_and_keys",
    ),
    (
        &[84],
        "no key is refused for its exponent: vector rsa_exponent_3, and the keys of crates/crypto",
    ),
    (
        &[89, 90, 100, 101],
        "defect lists of TR-03129-2, which are not read; what they would excuse stays undetermined or failed",
    ),
    (
        &[92, 93, 94],
        "directories and lists of many years, merged: trust_store",
    ),
    (&[96, 97, 117], "signed lists: lists, trust_store"),
    (&[98], "revocation"),
    (
        &[102],
        "an address in EF.CardAccess, which nobody visits: lds keeps it as it is",
    ),
    (&[103], "card-verifiable certificates: protocols"),
    (&[104], "optical: no optics here"),
    (&[107], "q107_a_date_of_issue_outside_the_usage_period"),
    (
        &[108],
        "access: inspection says what a chip does not let it read",
    ),
    (
        &[109, 110],
        "content of EF.DG1; the nationality is compared with nothing",
    ),
    (&[111], "q111_a_document_without_a_face_is_undetermined"),
    (&[113], "active authentication: protocols"),
    (&[120], "a statistic: deviations are the rule"),
];

#[test]
fn every_quirk_is_accounted_for() {
    let in_tables = crate::quirks::numbers();
    let elsewhere: Vec<String> = ELSEWHERE
        .iter()
        .flat_map(|(numbers, _)| numbers.iter().map(|number| format!("Q{number:03}")))
        .collect();
    let all: BTreeSet<String> = in_tables
        .iter()
        .cloned()
        .chain(elsewhere.iter().cloned())
        .collect();
    let expected: BTreeSet<String> = (44..=120).map(|number| format!("Q{number:03}")).collect();
    assert_eq!(all, expected);
    let twice: Vec<_> = elsewhere
        .iter()
        .filter(|quirk| in_tables.contains(*quirk))
        .collect();
    assert!(twice.is_empty(), "{twice:?} in a table and elsewhere");
}

/// Whose a CSCA without country is, nobody knows: it binds no document to a state, and accuses none.
#[test]
fn a_csca_without_country_leaves_the_issuing_state_open() {
    let mut forge = Forge::new(P256, P256);
    let report = forge.authenticate_at(&forge.trust_store(), NOW);
    assert_eq!(report.issuing_state, CheckResult::Successful);
    for name in [tbs::ISSUER, tbs::SUBJECT] {
        forge.csca_body.at(&[name]).children().remove(0);
    }
    forge.signer_body.at(&[tbs::ISSUER]).children().remove(0);
    let report = forge.authenticate_at(&forge.trust_store(), NOW);
    assert_eq!(
        report.issuing_state,
        CheckResult::Undetermined(Cause::NoCscaCountry)
    );
    assert_eq!(report.signer.issuer, CheckResult::Successful);
}
