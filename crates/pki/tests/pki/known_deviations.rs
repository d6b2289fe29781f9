//! Deviation lists applied to documents (Doc 9303-12 §10): what they excuse, and what they never do.

use std::sync::Arc;

use crypto::{Curve, EcParameters, HashAlgorithm};
use lds::File;
use pki::deviation_list::{
    self, Description, DeviationType, Documents, IssuancePeriod, LdsObject, ListedDeviation,
    SignerCriterion,
};
use pki::passive_authentication::Effect;
use pki::profile::ListRole;
use pki::{Cause, Certificate, CheckResult, DataGroupResult, ListSigner, Signer, TrustStore};
use time::Duration;

use crate::forge::{Forge, Key};
use crate::office::{list_signer_profile, rng};
use crate::test_pki::NOW;

const P256: Key = Key::Ec(Curve::P256);

/// A store that trusts the CSCA and has its deviation list.
fn store_with(forge: &Forge, documents: Documents, kind: DeviationType) -> TrustStore {
    let mut store = forge.trust_store();
    store
        .add_deviation_list(&list(forge, documents, kind))
        .unwrap();
    store
}

fn list(forge: &Forge, documents: Documents, kind: DeviationType) -> Vec<u8> {
    let signer: Arc<dyn Signer> = Arc::new(P256.signer(9));
    let profile = list_signer_profile(ListRole::DeviationList, EcParameters::Explicit);
    let certificate = forge
        .issue(|issuer| profile.issue(signer.public_key(), issuer, &mut rng()))
        .unwrap();
    let signer = ListSigner::new(&certificate, &forge.csca_certificate(), signer).unwrap();
    let deviation = ListedDeviation {
        documents,
        descriptions: vec![Description {
            text: Some("TEST".to_owned()),
            kind,
            national_use: None,
        }],
    };
    deviation_list::sign(&[deviation], Some(HashAlgorithm::Sha256), &signer, NOW).unwrap()
}

/// A document with an EF.DG12 beside the others, and one file that is not what was signed.
fn with_wrong(file: File) -> Forge {
    let mut forge = Forge::new(P256, P256);
    forge
        .files
        .insert(File::Dg12, vec![0x6C, 0x03, 0x5F, 0x26, 0x00]);
    forge.files.insert(File::Dg14, vec![0x6E, 0x02, 0x31, 0x00]);
    forge.hashed = Some(forge.files.clone());
    *forge.files.get_mut(&file).unwrap().last_mut().unwrap() ^= 0x01;
    forge
}

fn numbers(numbers: &[&str]) -> Documents {
    Documents {
        document_numbers: Some(numbers.iter().copied().collect()),
        ..Documents::default()
    }
}

fn issued(from: i64, to: i64) -> Documents {
    let day = |day| NOW + Duration::days(day);
    Documents {
        issuing_date: Some(IssuancePeriod {
            first_issued: day(from),
            last_issued: day(to),
        }),
        ..numbers(&["X12345678"])
    }
}

fn hash_wrong(number: u8) -> DeviationType {
    DeviationType::DataGroupHashWrong(Some(LdsObject::DataGroup(number)))
}

fn without_revocation(report: &pki::Report) -> CheckResult {
    let mut report = report.clone();
    report.signer.revocation = CheckResult::Successful;
    report.together()
}

#[test]
fn wrong_hashes_of_data_groups() {
    let failed = |file| CheckResult::Failed(Cause::HashDiffers(file));
    let ignored = Effect::GroupIgnored(File::Dg12);
    let dg12 = |documents| (documents, hash_wrong(12));
    type Case = (
        &'static str,
        File,
        (Documents, DeviationType),
        Option<Effect>,
        CheckResult,
    );
    let cases: [Case; 10] = [
        (
            "EF.DG12, by number",
            File::Dg12,
            dg12(numbers(&["A", "X12345678"])),
            Some(ignored),
            CheckResult::Successful,
        ),
        (
            "EF.DG12, by number and period",
            File::Dg12,
            dg12(issued(-1, 1)),
            Some(ignored),
            CheckResult::Successful,
        ),
        (
            "EF.DG12, by document type",
            File::Dg12,
            dg12(Documents {
                document_type: Some("P".to_owned()),
                ..Documents::default()
            }),
            Some(ignored),
            CheckResult::Successful,
        ),
        (
            "all documents",
            File::Dg12,
            dg12(Documents::default()),
            Some(ignored),
            CheckResult::Successful,
        ),
        (
            "another number",
            File::Dg12,
            dg12(numbers(&["X12345679"])),
            None,
            failed(File::Dg12),
        ),
        (
            "another period",
            File::Dg12,
            dg12(issued(1, 3)),
            None,
            failed(File::Dg12),
        ),
        (
            "another group",
            File::Dg12,
            (Documents::default(), hash_wrong(11)),
            Some(Effect::Told),
            failed(File::Dg12),
        ),
        (
            "EF.DG2",
            File::Dg2,
            (Documents::default(), hash_wrong(2)),
            Some(Effect::Told),
            failed(File::Dg2),
        ),
        (
            "EF.DG14",
            File::Dg14,
            (Documents::default(), hash_wrong(14)),
            Some(Effect::Told),
            failed(File::Dg14),
        ),
        // Its number is not signed then, and so nothing is excused by it.
        (
            "EF.DG1",
            File::Dg1,
            (numbers(&["X12345678"]), hash_wrong(1)),
            Some(Effect::NotSure),
            failed(File::Dg1),
        ),
    ];
    for (what, file, (documents, kind), effect, expected) in cases {
        let forge = with_wrong(file);
        let report = forge.authenticate(&store_with(&forge, documents, kind));
        let effects: Vec<Effect> = report
            .known_deviations
            .iter()
            .map(|known| known.effect)
            .collect();
        assert_eq!(effects, effect.into_iter().collect::<Vec<_>>(), "{what}");
        assert_eq!(without_revocation(&report), expected, "{what}");
        if effect == Some(ignored) {
            assert_eq!(
                report.data_groups[&File::Dg12],
                DataGroupResult::KnownDeviation,
                "{what}"
            );
            assert!(
                report.known_deviations[0]
                    .to_string()
                    .contains("2.23.136.1.1.7.2.2"),
                "{what}"
            );
        }
        assert_eq!(
            report.verified_lds().unwrap().file(file),
            None,
            "{what}: never used"
        );
    }
    let alone = with_wrong(File::Dg12);
    let report = alone.authenticate(&alone.trust_store());
    assert_eq!(without_revocation(&report), failed(File::Dg12));
}

#[test]
fn a_period_without_a_signed_date_is_not_sure() {
    let mut forge = with_wrong(File::Dg12);
    forge.signing_time = None;
    let report = forge.authenticate(&store_with(&forge, issued(-1, 1), hash_wrong(12)));
    assert_eq!(report.known_deviations[0].effect, Effect::NotSure);
    assert!(matches!(
        without_revocation(&report),
        CheckResult::Failed(_)
    ));
}

#[test]
fn a_wrong_signature_is_undetermined() {
    // A list of the size of the largest of the field.
    let numbers: Vec<String> = (0..169_422).map(|number| format!("A{number:08}")).collect();
    let mut numbers: Vec<&str> = numbers.iter().map(String::as_str).collect();
    numbers.push("X12345678");
    for (listed, expected) in [(true, false), (false, true)] {
        let mut forge = Forge::new(P256, P256);
        forge.signer.key = Forge::new(P256, Key::Ec(Curve::P384)).signer.key;
        if !listed {
            numbers.pop();
        }
        let documents = self::numbers(&numbers);
        let store = store_with(&forge, documents, DeviationType::SodSignatureWrong);
        let start = std::time::Instant::now();
        let report = forge.authenticate(&store);
        assert!(
            start.elapsed() < core::time::Duration::from_millis(100),
            "{:?}",
            start.elapsed()
        );
        let failed = matches!(report.signer.signature, CheckResult::Failed(_));
        assert_eq!(failed, expected, "{:?}", report.signer.signature);
        assert!(report.verified_lds().is_none());
        assert_eq!(report.known_deviations.is_empty(), !listed);
    }
}

#[test]
fn a_document_signer_is_excused_by_its_hash_alone() {
    let mut forge = Forge::new(P256, P256);
    let mut certificate = forge.signer_certificate();
    *certificate.last_mut().unwrap() ^= 1;
    forge.certificates = Some(vec![certificate.clone()]);
    let parsed = Certificate::parse(&certificate).unwrap();
    let by_hash = SignerCriterion::CertificateDigest(HashAlgorithm::Sha256.digest(&certificate));
    let by_number = SignerCriterion::IssuerAndSerialNumber {
        issuer: parsed.issuer().clone(),
        serial_number: parsed.serial_number().to_vec(),
    };
    for (signer, effect, expected) in [
        (
            by_hash,
            Effect::IssuerUndetermined,
            CheckResult::Undetermined(Cause::KnownDeviation),
        ),
        (
            by_number,
            Effect::Told,
            CheckResult::Failed(Cause::NotIssuedByCsca),
        ),
    ] {
        let documents = Documents {
            signer: Some(signer),
            ..Documents::default()
        };
        let store = store_with(&forge, documents, DeviationType::DocumentSignerSignature);
        let report = forge.authenticate(&store);
        assert_eq!(report.known_deviations[0].effect, effect);
        assert_eq!(report.signer.issuer, expected);
        assert!(report.verified_lds().is_none());
    }
}

#[test]
fn what_is_told_and_what_a_compromised_key_means() {
    let forge = Forge::new(P256, P256);
    for (kind, effect) in [
        (
            DeviationType::ActiveAuthenticationKeyCompromised,
            Effect::ActiveAuthenticationFailed,
        ),
        (
            DeviationType::DataGroupMalformed(Some(LdsObject::DataGroup(11))),
            Effect::Told,
        ),
        (DeviationType::ComInconsistent, Effect::Told),
        // What does not fail needs no excuse.
        (DeviationType::SodSignatureWrong, Effect::Told),
        (hash_wrong(12), Effect::Told),
    ] {
        let store = store_with(&forge, Documents::default(), kind.clone());
        let report = forge.authenticate(&store);
        assert_eq!(report.known_deviations[0].effect, effect, "{kind:?}");
        assert_eq!(
            without_revocation(&report),
            CheckResult::Successful,
            "{kind:?}"
        );
    }
}

#[test]
fn a_list_that_nobody_vouches_for_is_not_taken() {
    let forge = with_wrong(File::Dg12);
    let stranger = Forge::new(Key::Ec(Curve::P384), P256);
    let mut store = forge.trust_store();
    let list = list(&stranger, Documents::default(), hash_wrong(12));
    assert!(store.add_deviation_list(&list).is_err());
    let report = forge.authenticate(&store);
    assert_eq!(report.known_deviations, []);
    assert!(matches!(
        without_revocation(&report),
        CheckResult::Failed(_)
    ));
}
