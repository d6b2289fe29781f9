//! The table of extensions (Doc 9303-12 §7.1): which must be there, which must not, which are critical. What their values
//! say is in the files of the single extensions.

mod values;

use const_oid::ObjectIdentifier;

use super::object_kind::{Kinds, ObjectKind};
use super::rule::Rule;
use super::sheet::Sheet;
use super::view::{ExtensionView, find};
use super::{encoding, rules};
use crate::certificate::Certificate;
use crate::oids;

const POLICY_MAPPINGS: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.5.29.33");
const NAME_CONSTRAINTS: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.5.29.30");
const POLICY_CONSTRAINTS: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.5.29.36");
const DIRECTORY_ATTRIBUTES: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.5.29.9");
const NETSCAPE_TYPE: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.16.840.1.113730.1.1");
const AUTHORITY_INFO_ACCESS: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.6.1.5.5.7.1.1");
const SUBJECT_INFO_ACCESS: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.6.1.5.5.7.1.11");

/// What must be there; the rule says for which kinds.
const PRESENT: [(ObjectIdentifier, &Rule); 10] = [
    (oids::AUTHORITY_KEY_IDENTIFIER, &rules::AKI_PRESENT),
    (oids::SUBJECT_KEY_IDENTIFIER, &rules::SKI_PRESENT),
    (oids::KEY_USAGE, &rules::KU_PRESENT),
    (oids::PRIVATE_KEY_USAGE_PERIOD, &rules::PKUP_PRESENT),
    (oids::SUBJECT_ALT_NAME, &rules::SAN_PRESENT),
    (oids::ISSUER_ALT_NAME, &rules::IAN_PRESENT),
    (oids::BASIC_CONSTRAINTS, &rules::BC_PRESENT),
    (oids::EXTENDED_KEY_USAGE, &rules::EKU_PRESENT),
    (oids::CRL_DISTRIBUTION_POINTS, &rules::CDP_PRESENT),
    (oids::DOCUMENT_TYPE_LIST, &rules::DOC_TYPE_PRESENT),
];

/// What must not be there; the rule says for which kinds.
const FORBIDDEN: [(ObjectIdentifier, &Rule); 11] = [
    (oids::BASIC_CONSTRAINTS, &rules::BC_FORBIDDEN),
    (oids::EXTENDED_KEY_USAGE, &rules::EKU_FORBIDDEN),
    (oids::NAME_CHANGE, &rules::NAME_CHANGE_FORBIDDEN),
    (oids::DOCUMENT_TYPE_LIST, &rules::DOC_TYPE_FORBIDDEN),
    (oids::DOCUMENT_TYPE_LIST_EARLY, &rules::DOC_TYPE_FORBIDDEN),
    (POLICY_MAPPINGS, &rules::NO_POLICY_MAPPINGS),
    (NAME_CONSTRAINTS, &rules::NO_NAME_CONSTRAINTS),
    (POLICY_CONSTRAINTS, &rules::NO_POLICY_CONSTRAINTS),
    (oids::FRESHEST_CRL, &rules::NO_FRESHEST_CRL),
    (DIRECTORY_ATTRIBUTES, &rules::NO_DIRECTORY_ATTRIBUTES),
    (NETSCAPE_TYPE, &rules::NO_NETSCAPE_TYPE),
];

/// What is critical and what is not.
const CRITICALITY: [(ObjectIdentifier, bool, &Rule); 15] = [
    (oids::AUTHORITY_KEY_IDENTIFIER, false, &rules::AKI_CRITICAL),
    (oids::SUBJECT_KEY_IDENTIFIER, false, &rules::SKI_CRITICAL),
    (oids::KEY_USAGE, true, &rules::KU_CRITICAL),
    (oids::PRIVATE_KEY_USAGE_PERIOD, false, &rules::PKUP_CRITICAL),
    (oids::CERTIFICATE_POLICIES, false, &rules::POLICIES_CRITICAL),
    (oids::SUBJECT_ALT_NAME, false, &rules::SAN_CRITICAL),
    (oids::ISSUER_ALT_NAME, false, &rules::IAN_CRITICAL),
    (oids::BASIC_CONSTRAINTS, true, &rules::BC_CRITICAL),
    (oids::EXTENDED_KEY_USAGE, true, &rules::EKU_CRITICAL),
    (oids::CRL_DISTRIBUTION_POINTS, false, &rules::CDP_CRITICAL),
    (AUTHORITY_INFO_ACCESS, false, &rules::INTERNET_CRITICAL),
    (SUBJECT_INFO_ACCESS, false, &rules::INTERNET_CRITICAL),
    (oids::NAME_CHANGE, false, &rules::NAME_CHANGE_CRITICAL),
    (oids::DOCUMENT_TYPE_LIST, false, &rules::DOC_TYPE_CRITICAL),
    (
        oids::DOCUMENT_TYPE_LIST_EARLY,
        false,
        &rules::DOC_TYPE_CRITICAL,
    ),
];

/// Checks the extensions of a certificate.
pub(super) fn check(
    extensions: &[ExtensionView<'_>],
    certificate: &Certificate,
    at: usize,
    sheet: &mut Sheet,
) {
    check_form(extensions, sheet);
    for (oid, rule) in PRESENT {
        let early = oid == oids::DOCUMENT_TYPE_LIST
            && find(extensions, oids::DOCUMENT_TYPE_LIST_EARLY).is_some();
        if find(extensions, oid).is_none() && !early {
            sheet.find(rule, at, "absent", name(oid));
        }
    }
    for (oid, rule) in FORBIDDEN {
        if let Some(extension) = find(extensions, oid) {
            sheet.find(rule, extension.at, name(oid), "absent");
        }
    }
    for extension in extensions {
        check_criticality(extension, sheet);
        if values::check(extension, certificate, sheet).is_err() {
            let rule = &rules::EXTENSION_UNREADABLE;
            let found = format!("{} of another syntax", name(extension.oid));
            sheet.find(rule, extension.at, found, "its own syntax");
        }
    }
    check_allowed(extensions, sheet);
    values::check_name_change(extensions, certificate, at, sheet);
}

/// What holds for every list of extensions: each once, defaults not written, values in DER.
pub(super) fn check_form(extensions: &[ExtensionView<'_>], sheet: &mut Sheet) {
    for (index, extension) in extensions.iter().enumerate() {
        let before = extensions.get(..index).unwrap_or_default();
        if find(before, extension.oid).is_some() {
            let found = format!("{} again", name(extension.oid));
            sheet.find(&rules::EXTENSION_TWICE, extension.at, found, "one");
        }
        if let Some(at) = extension.default_written {
            let found = format!("{}: critical FALSE", name(extension.oid));
            sheet.find(&rules::DEFAULT_VALUE, at, found, "nothing written");
        }
        for fault in encoding::faults_inside(&extension.value) {
            let found = format!("{}: {}", name(extension.oid), fault.found);
            sheet.find(&rules::DER, fault.at, found, "DER");
        }
    }
}

fn check_criticality(extension: &ExtensionView<'_>, sheet: &mut Sheet) {
    let word = |critical| if critical { "critical" } else { "not critical" };
    let rules = CRITICALITY
        .into_iter()
        .filter(|(oid, ..)| *oid == extension.oid);
    for (_, wanted, rule) in rules {
        if extension.critical != wanted {
            sheet.find(rule, extension.at, word(extension.critical), word(wanted));
        }
    }
    let known = CRITICALITY
        .iter()
        .map(|(oid, ..)| oid)
        .chain(FORBIDDEN.iter().map(|(oid, _)| oid))
        .any(|oid| *oid == extension.oid);
    if extension.critical && !known {
        let found = format!("{}, critical", name(extension.oid));
        sheet.find(
            &rules::EXTENSION_UNKNOWN,
            extension.at,
            found,
            "not critical",
        );
    }
}

/// The small profiles name what may be there; all else must not.
fn check_allowed(extensions: &[ExtensionView<'_>], sheet: &mut Sheet) {
    const LDS2: [ObjectIdentifier; 2] = [oids::AUTHORITY_KEY_IDENTIFIER, oids::EXTENDED_KEY_USAGE];
    const BARCODE: [ObjectIdentifier; 4] = [
        oids::AUTHORITY_KEY_IDENTIFIER,
        oids::EXTENDED_KEY_USAGE,
        oids::DOCUMENT_TYPE_LIST,
        oids::DOCUMENT_TYPE_LIST_EARLY,
    ];
    if !sheet.kind().is_some_and(|kind| Kinds::SMALL.contains(kind)) {
        return;
    }
    let (allowed, rule) = if sheet.is(ObjectKind::BarcodeSigner) {
        (&BARCODE[..], &rules::BARCODE_EXTENSIONS)
    } else {
        (&LDS2[..], &rules::LDS2_EXTENSIONS)
    };
    for extension in extensions {
        if !allowed.contains(&extension.oid) {
            sheet.find(rule, extension.at, name(extension.oid), "absent");
        }
    }
}

/// What an extension is called.
pub(super) fn name(oid: ObjectIdentifier) -> String {
    let name = match oid {
        oids::AUTHORITY_KEY_IDENTIFIER => "AuthorityKeyIdentifier",
        oids::SUBJECT_KEY_IDENTIFIER => "SubjectKeyIdentifier",
        oids::KEY_USAGE => "KeyUsage",
        oids::PRIVATE_KEY_USAGE_PERIOD => "PrivateKeyUsagePeriod",
        oids::CERTIFICATE_POLICIES => "CertificatePolicies",
        oids::SUBJECT_ALT_NAME => "SubjectAltName",
        oids::ISSUER_ALT_NAME => "IssuerAltName",
        oids::BASIC_CONSTRAINTS => "BasicConstraints",
        oids::EXTENDED_KEY_USAGE => "ExtKeyUsage",
        oids::CRL_DISTRIBUTION_POINTS => "CRLDistributionPoints",
        oids::NAME_CHANGE => "NameChange",
        oids::DOCUMENT_TYPE_LIST => "DocumentType",
        oids::CRL_NUMBER => "cRLNumber",
        oids::FRESHEST_CRL => "FreshestCRL",
        POLICY_MAPPINGS => "PolicyMappings",
        NAME_CONSTRAINTS => "NameConstraints",
        POLICY_CONSTRAINTS => "PolicyConstraints",
        DIRECTORY_ATTRIBUTES => "SubjectDirectoryAttributes",
        NETSCAPE_TYPE => "Netscape certificate type",
        AUTHORITY_INFO_ACCESS => "AuthorityInfoAccess",
        SUBJECT_INFO_ACCESS => "SubjectInfoAccess",
        _ => return format!("extension {oid}"),
    };
    name.to_owned()
}
