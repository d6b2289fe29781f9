//! Certificates, revocation lists, requests and signed data (RFC 5280, RFC 5652; Doc 9303-10 §4.6.2, Doc 9303-12 §7.1).

use super::keys::{ALGORITHM, SUBJECT_PUBLIC_KEY_INFO};
use super::security_infos::SECURITY_INFOS;
use crate::commands::explain::grammar::{
    ANY, Case, OTHERWISE, Object, TIME, any, case, each, fields, identified, row, value, wrapped,
};
use crate::commands::explain::sum;
use crate::commands::explain::value as tell;

const NAME: Object = each(0x30, "Name", &RELATIVE_NAME).sum(sum::join);
const RELATIVE_NAME: Object =
    each(0x31, "RelativeDistinguishedName", &NAME_ATTRIBUTE).folded(sum::join);
const NAME_ATTRIBUTE: Object = identified(
    0x30,
    "AttributeTypeAndValue",
    "type",
    &[case(OTHERWISE, &[any(ANY, "value")])],
)
.sum(sum::name_attribute);

const VALIDITY: Object = fields(
    0x30,
    "validity",
    &[any(ANY, "notBefore"), any(ANY, "notAfter")],
)
.sum(sum::period);
const SERIAL_NUMBER: Object = value(0x02, "serialNumber", tell::hexadecimal);

/// A certificate (RFC 5280 §4.1).
#[rustfmt::skip]
pub(in crate::commands::explain) const CERTIFICATE: Object = fields(0x30, "Certificate", &[
    fields(0x30, "tbsCertificate", &[
        row(0xA0, "version", &[value(0x02, "INTEGER", tell::certificate_version)]).folded(sum::join),
        SERIAL_NUMBER,
        ALGORITHM.tagged(0x30, "signature"),
        NAME.tagged(0x30, "issuer"),
        VALIDITY,
        NAME.tagged(0x30, "subject"),
        SUBJECT_PUBLIC_KEY_INFO.tagged(0x30, "subjectPublicKeyInfo"),
        any(0x81, "issuerUniqueID"),
        any(0x82, "subjectUniqueID"),
        EXTENSIONS.tagged(0xA3, "extensions"),
    ]),
    ALGORITHM.tagged(0x30, "signatureAlgorithm"),
    any(0x03, "signatureValue"),
]).sum(sum::certificate);

/// A certificate revocation list (RFC 5280 §5.1).
#[rustfmt::skip]
pub(in crate::commands::explain) const REVOCATION_LIST: Object = fields(0x30, "CertificateList", &[
    fields(0x30, "tbsCertList", &[
        any(0x02, "version"),
        ALGORITHM.tagged(0x30, "signature"),
        NAME.tagged(0x30, "issuer"),
        any(TIME, "thisUpdate"),
        any(TIME, "nextUpdate"),
        each(0x30, "revokedCertificates", &REVOKED),
        EXTENSIONS.tagged(0xA0, "crlExtensions"),
    ]),
    ALGORITHM.tagged(0x30, "signatureAlgorithm"),
    any(0x03, "signatureValue"),
]);

const REVOKED: Object = fields(
    0x30,
    "revoked",
    &[SERIAL_NUMBER, any(TIME, "revocationDate"), EXTENSION_LIST],
)
.sum(sum::join);

/// A request for a certificate (RFC 2986 §4).
#[rustfmt::skip]
pub(in crate::commands::explain) const CERTIFICATION_REQUEST: Object = fields(0x30, "CertificationRequest", &[
    fields(0x30, "certificationRequestInfo", &[
        any(0x02, "version"),
        NAME.tagged(0x30, "subject"),
        SUBJECT_PUBLIC_KEY_INFO.tagged(0x30, "subjectPKInfo"),
        each(0xA0, "attributes", &ATTRIBUTE),
    ]),
    ALGORITHM.tagged(0x30, "signatureAlgorithm"),
    any(0x03, "signature"),
]);

const EXTENSIONS: Object = row(0xA3, "extensions", &[EXTENSION_LIST]);
const EXTENSION_LIST: Object = each(0x30, "Extensions", &EXTENSION);
const EXTENSION: Object =
    identified(0x30, "Extension", "extnID", EXTENSION_VALUES).sum(sum::extension);
const CRITICAL: Object = any(0x01, "critical");

const fn extension(value: &'static Object) -> Object {
    wrapped(0x04, "extnValue", value)
}

#[rustfmt::skip]
const EXTENSION_VALUES: &[Case] = &[
    case("2.5.29.14", &[CRITICAL, extension(&value(0x04, "keyIdentifier", tell::count))]),
    case("2.5.29.15", &[CRITICAL, extension(&value(0x03, "KeyUsage", tell::key_usage))]),
    case("2.5.29.16", &[CRITICAL, extension(&fields(0x30, "PrivateKeyUsagePeriod", &[
        value(0x80, "notBefore", tell::generalized_time), value(0x81, "notAfter", tell::generalized_time),
    ]).sum(sum::period))]),
    case("2.5.29.17", &[CRITICAL, extension(&row(0x30, "SubjectAltName", GENERAL_NAMES))]),
    case("2.5.29.18", &[CRITICAL, extension(&row(0x30, "IssuerAltName", GENERAL_NAMES))]),
    case("2.5.29.19", &[CRITICAL, extension(&fields(0x30, "BasicConstraints", &[any(0x01, "cA"), any(0x02, "pathLenConstraint")]))]),
    case("2.5.29.20", &[CRITICAL, extension(&any(0x02, "CRLNumber"))]),
    case("2.5.29.31", &[CRITICAL, extension(&each(0x30, "CRLDistributionPoints", &DISTRIBUTION_POINT))]),
    case("2.5.29.32", &[CRITICAL, extension(&each(0x30, "CertificatePolicies", &POLICY))]),
    case("2.5.29.35", &[CRITICAL, extension(&row(0x30, "AuthorityKeyIdentifier", &[
        value(0x80, "keyIdentifier", tell::count),
        row(0xA1, "authorityCertIssuer", GENERAL_NAMES),
        value(0x82, "authorityCertSerialNumber", tell::hexadecimal),
    ]))]),
    case("2.5.29.37", &[CRITICAL, extension(&each(0x30, "ExtKeyUsage", &any(0x06, "KeyPurposeId")))]),
    case("1.3.6.1.5.5.7.1.1", &[CRITICAL, extension(&each(0x30, "AuthorityInfoAccess", &ACCESS_DESCRIPTION))]),
    case("2.23.136.1.1.6.1", &[CRITICAL, extension(&any(0x05, "NameChange"))]),
    case("2.23.136.1.1.6.2", &[CRITICAL, extension(&DOCUMENT_TYPE_LIST)]),
    case("2.23.136.1.1.4", &[CRITICAL, extension(&DOCUMENT_TYPE_LIST)]),
    case(OTHERWISE, &[CRITICAL, any(0x04, "extnValue")]),
];

#[rustfmt::skip]
const GENERAL_NAMES: &[Object] = &[
    any(0xA0, "otherName"),
    value(0x81, "rfc822Name", tell::text),
    value(0x82, "dNSName", tell::text),
    row(0xA4, "directoryName", &[NAME]),
    value(0x86, "uniformResourceIdentifier", tell::text),
    value(0x88, "registeredID", tell::identifier),
];

#[rustfmt::skip]
const DISTRIBUTION_POINT: Object = row(0x30, "DistributionPoint", &[
    row(0xA0, "distributionPoint", &[row(0xA0, "fullName", GENERAL_NAMES)]),
    any(0x81, "reasons"),
    row(0xA2, "cRLIssuer", GENERAL_NAMES),
]);

const POLICY: Object = fields(
    0x30,
    "PolicyInformation",
    &[any(0x06, "policyIdentifier"), any(0x30, "policyQualifiers")],
);
const ACCESS_DESCRIPTION: Object = identified(
    0x30,
    "AccessDescription",
    "accessMethod",
    &[case(OTHERWISE, GENERAL_NAMES)],
);
#[rustfmt::skip]
const DOCUMENT_TYPE_LIST: Object = fields(0x30, "DocumentTypeList", &[
    any(0x02, "version"),
    each(0x31, "docTypeList", &any(0x13, "documentType")),
]);

/// ContentInfo (RFC 5652 §3).
#[rustfmt::skip]
pub(in crate::commands::explain) const CONTENT_INFO: Object = identified(0x30, "ContentInfo", "contentType", &[
    case("1.2.840.113549.1.7.2", &[row(0xA0, "content", &[SIGNED_DATA])]),
]);

#[rustfmt::skip]
const SIGNED_DATA: Object = fields(0x30, "SignedData", &[
    any(0x02, "version"),
    each(0x31, "digestAlgorithms", &ALGORITHM),
    identified(0x30, "encapContentInfo", "eContentType", CONTENTS),
    each(0xA0, "certificates", &CERTIFICATE),
    each(0xA1, "crls", &REVOCATION_LIST),
    each(0x31, "signerInfos", &SIGNER_INFO),
]);

const fn content(object: &'static [Object]) -> Object {
    row(0xA0, "eContent", object)
}

#[rustfmt::skip]
const CONTENTS: &[Case] = &[
    case("0.4.0.127.0.7.3.2.1", &[content(&[wrapped(0x04, "OCTET STRING", &SECURITY_INFOS)])]),
    case("2.23.136.1.1.2", &[content(&[wrapped(0x04, "OCTET STRING", &MASTER_LIST)])]),
    case("2.23.136.1.1.1", HASHES),
    case("1.3.27.1.1.1", HASHES),
    case("1.2.528.1.1006.1.20.1", HASHES),
    case("1.2.840.113549.1.7.1", HASHES),
    case(OTHERWISE, &[content(&[any(0x04, "OCTET STRING")])]),
];
const HASHES: &[Object] = &[content(&[wrapped(
    0x04,
    "OCTET STRING",
    &LDS_SECURITY_OBJECT,
)])];

/// LDSSecurityObject (Doc 9303-10 §4.6.2.3).
#[rustfmt::skip]
pub(in crate::commands::explain) const LDS_SECURITY_OBJECT: Object = fields(0x30, "LDSSecurityObject", &[
    any(0x02, "version"),
    ALGORITHM.tagged(0x30, "hashAlgorithm"),
    each(0x30, "dataGroupHashValues", &DATA_GROUP_HASH),
    fields(0x30, "ldsVersionInfo", &[value(ANY, "ldsVersion", tell::lds_version), value(ANY, "unicodeVersion", tell::unicode_version)]),
]);

#[rustfmt::skip]
const DATA_GROUP_HASH: Object = fields(0x30, "DataGroupHash", &[
    any(0x02, "dataGroupNumber"),
    value(0x04, "dataGroupHashValue", tell::hexadecimal),
]).folded(sum::data_group_hash);

/// CscaMasterList (Doc 9303-12 §9).
const MASTER_LIST: Object = fields(
    0x30,
    "CscaMasterList",
    &[any(0x02, "version"), each(0x31, "certList", &CERTIFICATE)],
);

#[rustfmt::skip]
const SIGNER_INFO: Object = fields(0x30, "SignerInfo", &[
    any(0x02, "version"),
    fields(0x30, "sid: issuerAndSerialNumber", &[NAME.tagged(0x30, "issuer"), SERIAL_NUMBER]),
    value(0x80, "sid: subjectKeyIdentifier", tell::count),
    ALGORITHM.tagged(0x30, "digestAlgorithm"),
    each(0xA0, "signedAttrs", &ATTRIBUTE),
    ALGORITHM.tagged(0x30, "signatureAlgorithm"),
    value(0x04, "signature", tell::count),
    each(0xA1, "unsignedAttrs", &ATTRIBUTE),
]);

#[rustfmt::skip]
const ATTRIBUTE: Object = identified(0x30, "Attribute", "attrType", &[
    case("1.2.840.113549.1.9.14", &[row(0x31, "attrValues", &[EXTENSION_LIST])]),
    case("1.2.840.113549.1.9.4", &[row(0x31, "attrValues", &[value(0x04, "messageDigest", tell::hexadecimal)]).sum(sum::join)]),
    case(OTHERWISE, &[each(0x31, "attrValues", &any(ANY, "value")).sum(sum::join)]),
]).folded(sum::pair);
