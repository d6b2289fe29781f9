//! What EF.SOD, master list and deviation list share: CMS SignedData (Doc 9303-12 §9.1, Doc 9303-10 §4.6.2).

use const_oid::ObjectIdentifier;

use super::certificate::Candidate;
use super::issuer::Issuers;
use super::object_kind::{Kinds, ObjectKind};
use super::report::{LintedObject, Place};
use super::sheet::Sheet;
use super::view::{SignedDataView, SignerView};
use super::{Certificates, algorithms, rules};
use crate::ber::Tag;
use crate::certificate::Certificate;
use crate::check::{Cause, CheckResult};
use crate::cms::SignedData;
use crate::deviation::DeviationKind;
use crate::oids;

/// Checks the shell; `content_type` is what the object must contain, `certificate_wanted` whether the signer's certificate
/// must be inside. What comes with the signature is checked too, each certificate as an object of its own.
pub(super) fn check(
    view: &SignedDataView<'_>,
    content_type: ObjectIdentifier,
    certificate_wanted: bool,
    certificates: &Certificates<'_>,
    sheet: &mut Sheet,
) -> Vec<LintedObject> {
    check_fields(view, content_type, sheet);
    for signer in &view.signers {
        check_signer(view, signer, sheet);
    }
    let with_offsets = certificates.with_offsets;
    let enclosed: Vec<Candidate<'_>> = view
        .certificates
        .iter()
        .enumerate()
        .map(|(index, element)| Candidate::new(*element, Place::Enclosed(index + 1), with_offsets))
        .collect();
    check_signature(view, certificate_wanted, sheet);
    check_csca(&enclosed, view.element.at, sheet);
    let given = certificates.given.iter();
    let inside = enclosed
        .iter()
        .filter_map(|candidate| candidate.parsed.as_ref().ok());
    let all = Certificates {
        given: certificates.given,
        issuers: Issuers::new(given.chain(inside)),
        with_offsets,
    };
    enclosed
        .iter()
        .map(|candidate| candidate.check(None, &all))
        .collect()
}

fn check_fields(view: &SignedDataView<'_>, content_type: ObjectIdentifier, sheet: &mut Sheet) {
    let (version, at) = view.version;
    if version != 3 {
        sheet.find(&rules::CMS_VERSION, at, version, 3);
    }
    let (found, at) = view.content_type;
    if found != content_type {
        sheet.find(&rules::CMS_CONTENT_TYPE, at, found, content_type);
    }
    if let Some(at) = view.crls {
        sheet.find(&rules::CMS_CRLS, at, "CRLs", "none");
    }
    if view.signers.len() != 1 {
        let found = format!("{} signers", view.signers.len());
        sheet.find(
            &rules::CMS_ONE_SIGNER,
            view.signer_infos_at,
            found,
            "one signer",
        );
    }
    for at in &view.surplus {
        let found = "an element behind the last field";
        sheet.find(&rules::SURPLUS, *at, found, "none");
    }
    for algorithm in &view.digest_algorithms {
        algorithms::check_hash(algorithm, sheet);
        check_digest_parameters(algorithm, sheet);
    }
}

fn check_digest_parameters(algorithm: &super::view::AlgorithmView<'_>, sheet: &mut Sheet) {
    if algorithm.identifier.parameters.is_some() {
        let found = format!(
            "{} with parameters",
            algorithms::name(&algorithm.identifier)
        );
        let rule = &rules::CMS_DIGEST_PARAMETERS;
        sheet.find(rule, algorithm.element.at, found, "no parameters");
    }
}

fn check_signer(view: &SignedDataView<'_>, signer: &SignerView<'_>, sheet: &mut Sheet) {
    let by_key = signer.identifier.tag == Tag::context(0);
    let (version, at) = signer.version;
    let expected = if by_key { 3 } else { 1 };
    if version != expected {
        sheet.find(&rules::CMS_SIGNER_VERSION, at, version, expected);
    }
    let at = signer.identifier.at;
    if by_key {
        let expected = "issuer and serial number";
        sheet.find(
            &rules::SOD_SIGNER_IDENTIFIER,
            at,
            "subject key identifier",
            expected,
        );
    } else {
        let found = "issuer and serial number";
        sheet.find(
            &rules::LIST_SIGNER_IDENTIFIER,
            at,
            found,
            "subject key identifier",
        );
    }
    algorithms::check_hash(&signer.digest_algorithm, sheet);
    check_digest_parameters(&signer.digest_algorithm, sheet);
    algorithms::check_signature(&signer.signature_algorithm, false, sheet);
    let digest = signer.digest_algorithm.identifier.oid;
    let listed = view
        .digest_algorithms
        .iter()
        .any(|algorithm| algorithm.identifier.oid == digest);
    if !listed {
        let found = format!(
            "{} not listed",
            algorithms::name(&signer.digest_algorithm.identifier)
        );
        let at = signer.digest_algorithm.element.at;
        sheet.find(&rules::CMS_DIGEST_LISTED, at, found, "in digestAlgorithms");
    }
    if let Some(at) = signer.unsigned_attributes {
        for rule in [
            &rules::DL_UNSIGNED_ATTRIBUTES,
            &rules::SOD_UNSIGNED_ATTRIBUTES,
        ] {
            sheet.find(rule, at, "unsigned attributes", "none");
        }
    }
    check_attributes(view, signer, sheet);
}

fn check_attributes(view: &SignedDataView<'_>, signer: &SignerView<'_>, sheet: &mut Sheet) {
    let Some(set) = &signer.signed_attributes else {
        let expected = "signed attributes";
        sheet.find(&rules::CMS_SIGNED_ATTRIBUTES, signer.at, "none", expected);
        return;
    };
    let encoded = signer
        .attributes
        .iter()
        .map(|attribute| attribute.element.raw);
    if !encoded.is_sorted() {
        let rule = &rules::CMS_ATTRIBUTE_ORDER;
        sheet.find(rule, set.at, "another order", "the order of DER");
    }
    let content_type = signer
        .attribute(oids::CONTENT_TYPE)
        .and_then(|attribute| {
            attribute
                .values
                .explicit(Tag::OBJECT_IDENTIFIER, "contentType")
                .ok()
        })
        .and_then(|value| value.oid("contentType").ok());
    if content_type != Some(view.content_type.0) {
        let found = content_type.map_or("no content type".to_owned(), |oid| oid.to_string());
        let rule = &rules::CMS_ATTRIBUTE_CONTENT_TYPE;
        sheet.find(rule, set.at, found, view.content_type.0);
    }
    if signer.attribute(oids::SIGNING_TIME).is_none() {
        let rule = &rules::LIST_SIGNING_TIME;
        sheet.find(rule, set.at, "no signing time", "signing time");
    }
}

/// Hash and signature, and the certificate they hold with.
fn check_signature(view: &SignedDataView<'_>, certificate_wanted: bool, sheet: &mut Sheet) {
    let Ok(signed_data) = SignedData::parse(view.element.raw) else {
        return;
    };
    let at = view.signer_infos_at;
    let checks = signed_data.verify();
    let digest_differs = matches!(
        checks.hash,
        CheckResult::Failed(Cause::MessageDigestDiffers)
    );
    if digest_differs {
        let expected = "the hash of the content";
        sheet.find(&rules::CMS_MESSAGE_DIGEST, at, "another digest", expected);
    }
    if matches!(checks.signature, CheckResult::Failed(_)) {
        let found = "a signature that does not hold";
        sheet.find(
            &rules::CMS_SIGNATURE,
            at,
            found,
            "one by the certificate inside",
        );
    }
    let Some(signer) = &checks.signer else {
        if certificate_wanted {
            let rule = &rules::CMS_CERTIFICATE;
            sheet.find(rule, at, "no certificate of the signer", "its certificate");
        }
        return;
    };
    if checks.deviations.contains(&DeviationKind::SignerIdentifier) {
        let found = "the signer identifier names no certificate inside";
        sheet.find(&rules::CMS_CERTIFICATE, at, found, "its certificate");
    }
    let written = DeviationKind::IssuerWrittenDifferently;
    if checks.deviations.contains(&written) {
        let rule = &rules::CMS_ISSUER_WRITTEN;
        sheet.find(rule, at, "written differently", "as in the certificate");
    }
    check_role(signer, at, sheet);
    check_period(signer, checks.signing_time, at, sheet);
}

fn check_role(signer: &Certificate, at: usize, sheet: &mut Sheet) {
    let expected = match sheet.kind() {
        Some(ObjectKind::MasterList) => ObjectKind::MasterListSigner,
        Some(ObjectKind::DeviationList) => ObjectKind::DeviationListSigner,
        _ => ObjectKind::DocumentSigner,
    };
    let found = super::role::judge(signer).kind;
    if found != expected {
        sheet.find(&rules::CMS_ROLE, at, found, expected);
    }
}

fn check_period(
    signer: &Certificate,
    signing_time: Option<time::OffsetDateTime>,
    at: usize,
    sheet: &mut Sheet,
) {
    let period = super::periods::usage(signer).unwrap_or(*signer.validity());
    if let Some(moment) = signing_time.filter(|moment| !period.contains(*moment)) {
        let found = format!("signed {}", moment.date());
        sheet.find(&rules::CMS_SIGNER_PERIOD, at, found, format!("in {period}"));
    }
}

/// The certificate of the CSCA comes with a list.
fn check_csca(enclosed: &[Candidate<'_>], at: usize, sheet: &mut Sheet) {
    let is_csca = |candidate: &Candidate<'_>| {
        candidate
            .judgement()
            .is_some_and(|judgement| Kinds::CSCA.contains(judgement.kind))
    };
    if !enclosed.iter().any(is_csca) {
        let rule = &rules::LIST_CSCA;
        sheet.find(rule, at, "no CSCA certificate", "that of the signer's CSCA");
    }
}
