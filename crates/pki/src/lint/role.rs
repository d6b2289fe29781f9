//! Which kind of certificate one is, worked out from what it says of itself.

use const_oid::ObjectIdentifier;

use super::object_kind::ObjectKind;
use super::rules;
use super::sheet::Sheet;
use super::view::CertificateView;
use crate::certificate::Certificate;
use crate::check::CheckResult;
use crate::oids;

/// Signers of travel stamps, visas and biometrics (Doc 9303-12 §7.1.2).
const LDS2_SIGNER: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.23.136.1.1.9.8");
/// Client and server of a single point of contact (Doc 9303-12 §7.2.1).
const SPOC: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.23.136.1.1.10");
const SPOC_CLIENT: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.23.136.1.1.10.1");
const SPOC_SERVER: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.23.136.1.1.10.2");

/// Characters of the longest common name of an LDS2 signer.
const MAX_LDS2_COMMON_NAME: usize = 9;

/// What a certificate is, and why that is not certain.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Judgement {
    pub(super) kind: ObjectKind,
    pub(super) doubt: Option<&'static str>,
}

/// The kind of certificate that has this purpose in ExtKeyUsage.
pub(super) fn of_purpose(purpose: ObjectIdentifier) -> Option<ObjectKind> {
    match purpose {
        oids::MASTER_LIST_SIGNING_KEY => Some(ObjectKind::MasterListSigner),
        oids::DEVIATION_LIST_SIGNING_KEY => Some(ObjectKind::DeviationListSigner),
        oids::BARCODE_SIGNING_KEY => Some(ObjectKind::BarcodeSigner),
        other if oids::is_below(other, LDS2_SIGNER) => Some(ObjectKind::Lds2Signer),
        other if oids::is_below(other, SPOC) => Some(ObjectKind::Communication),
        _ => None,
    }
}

/// Judges a certificate by purpose, then by what makes a certification authority, then by the rest.
pub(super) fn judge(certificate: &Certificate) -> Judgement {
    let extensions = certificate.extensions();
    let is_ca = extensions.is_certification_authority();
    let signs_certificates = extensions.signs_certificates();
    let purposes = extensions.extended_key_usage.as_deref().unwrap_or_default();
    let by_purpose = purposes.iter().find_map(|purpose| of_purpose(*purpose));
    if let Some(kind) = by_purpose {
        let doubt = (is_ca || signs_certificates)
            .then_some("ExtKeyUsage names a signer, but it may sign certificates too");
        return Judgement { kind, doubt };
    }
    if is_ca || signs_certificates {
        let contradiction = (is_ca != signs_certificates)
            .then_some("BasicConstraints and KeyUsage disagree whether it signs certificates");
        let (kind, doubt) = root_or_link(certificate);
        return Judgement {
            kind,
            doubt: contradiction.or(doubt),
        };
    }
    let says_so = extensions.document_types.is_some() && extensions.signs_data();
    Judgement {
        kind: ObjectKind::DocumentSigner,
        doubt: (!says_so).then_some("it lacks DocumentType or digitalSignature"),
    }
}

/// A link may have one name as both issuer and subject: then the keys tell.
fn root_or_link(certificate: &Certificate) -> (ObjectKind, Option<&'static str>) {
    let extensions = certificate.extensions();
    if !certificate.is_self_issued() {
        return (ObjectKind::CscaLink, None);
    }
    let keys = (
        &extensions.authority_key_identifier,
        &extensions.subject_key_identifier,
    );
    let differ = match keys {
        (Some(authority), Some(subject)) if authority == subject => {
            return (ObjectKind::CscaRoot, None);
        }
        (authority, subject) => authority.is_some() && subject.is_some(),
    };
    // Without both identifiers, or with two that differ, the signature decides.
    let attempt = certificate.verify_signature(certificate);
    match (CheckResult::of_signature(&attempt), differ) {
        (CheckResult::Successful, false) => (ObjectKind::CscaRoot, None),
        (CheckResult::Successful, true) => (
            ObjectKind::CscaRoot,
            Some("self-signed, but its key identifiers differ"),
        ),
        (CheckResult::Failed(_), true) => (ObjectKind::CscaLink, None),
        (CheckResult::Failed(_), false) => (
            ObjectKind::CscaRoot,
            Some("self-issued without key identifiers, and not signed by its own key"),
        ),
        (_, true) => (
            ObjectKind::CscaLink,
            Some("its key identifiers differ, and its signature cannot be checked"),
        ),
        (_, false) => (
            ObjectKind::CscaRoot,
            Some("self-issued without key identifiers, and its signature cannot be checked"),
        ),
    }
}

/// Checks what single kinds demand of the subject.
pub(super) fn check_subject(
    view: &CertificateView<'_>,
    certificate: &Certificate,
    sheet: &mut Sheet,
) {
    const PRINTABLE_STRING: u32 = 19;
    let subject = &view.subject.name;
    let at = view.subject.at;
    let only_two = subject
        .attributes()
        .iter()
        .all(|attribute| [oids::COUNTRY_NAME, oids::COMMON_NAME].contains(&attribute.kind));
    if !only_two {
        for rule in [&rules::LDS2_SUBJECT, &rules::BARCODE_SUBJECT] {
            sheet.find(rule, at, subject, "C and CN only");
        }
    }
    let common_name = subject
        .attributes()
        .iter()
        .find(|attribute| attribute.kind == oids::COMMON_NAME);
    let Some(common_name) = common_name else {
        return;
    };
    let text = common_name.value.as_str();
    let characters = text.chars().count();
    if characters > MAX_LDS2_COMMON_NAME {
        let found = format!("{characters} characters");
        sheet.find(&rules::LDS2_COMMON_NAME, at, found, "at most nine");
    }
    let two_letters = text.len() == 2
        && text.bytes().all(|byte| byte.is_ascii_uppercase())
        && common_name.string_type == PRINTABLE_STRING;
    if !two_letters {
        let expected = "two upper-case letters as PrintableString";
        sheet.find(&rules::BARCODE_COMMON_NAME, at, text, expected);
    }
    check_spoc_name(text, certificate, at, sheet);
}

fn check_spoc_name(text: &str, certificate: &Certificate, at: usize, sheet: &mut Sheet) {
    let purposes = certificate.extensions().extended_key_usage.as_deref();
    let has = |purpose| purposes.is_some_and(|purposes| purposes.contains(&purpose));
    let expected = match (has(SPOC_CLIENT), has(SPOC_SERVER)) {
        (true, false) => "SPOC TLS client",
        (false, true) => "SPOC TLS server",
        _ => return,
    };
    if text != expected {
        sheet.find(&rules::SPOC_COMMON_NAME, at, text, expected);
    }
}
