//! Lines about extensions, and about the profiles with few of them.

use super::Cover::{Not, Rules};
use super::{Line, NOT_IN_FILE};

pub(super) const EXTENSIONS: &[Line] = &[
    (
        "Doc 9303-12 §7.1",
        "AuthorityKeyIdentifier",
        Rules(&[
            "authority-key-identifier.present",
            "authority-key-identifier.critical",
            "authority-key-identifier.key",
            "issuer.key-identifier",
        ]),
    ),
    (
        "Doc 9303-12 §7.1",
        "SubjectKeyIdentifier",
        Rules(&[
            "subject-key-identifier.present",
            "subject-key-identifier.critical",
        ]),
    ),
    (
        "Doc 9303-12 §7.1",
        "KeyUsage",
        Rules(&["key-usage.present", "key-usage.critical"]),
    ),
    (
        "Doc 9303-12 §7.1",
        "PrivateKeyUsagePeriod",
        Rules(&[
            "usage-period.present",
            "usage-period.critical",
            "usage-period.bound",
            "usage-period.order",
        ]),
    ),
    (
        "Doc 9303-12 §7.1",
        "CertificatePolicies",
        Rules(&["certificate-policies.critical"]),
    ),
    (
        "Doc 9303-12 §7.1",
        "SubjectAltName",
        Rules(&["subject-alt-name.present", "subject-alt-name.critical"]),
    ),
    (
        "Doc 9303-12 §7.1",
        "IssuerAltName",
        Rules(&["issuer-alt-name.present", "issuer-alt-name.critical"]),
    ),
    (
        "Doc 9303-12 §7.1",
        "BasicConstraints",
        Rules(&[
            "basic-constraints.present",
            "basic-constraints.critical",
            "basic-constraints.ca",
            "basic-constraints.path-length",
            "basic-constraints.forbidden",
        ]),
    ),
    (
        "Doc 9303-12 §7.1",
        "ExtKeyUsage",
        Rules(&[
            "extended-key-usage.forbidden",
            "extended-key-usage.present",
            "extended-key-usage.critical",
            "extended-key-usage.purpose",
        ]),
    ),
    (
        "Doc 9303-12 §7.1",
        "CRLDistributionPoints",
        Rules(&[
            "crl-distribution-points.present",
            "crl-distribution-points.critical",
            "crl-distribution-points.scheme",
        ]),
    ),
    (
        "Doc 9303-12 §7.1",
        "private Internet extensions",
        Rules(&["private-internet.critical"]),
    ),
    (
        "Doc 9303-12 §7.1",
        "NameChange",
        Rules(&[
            "name-change.critical",
            "name-change.value",
            "name-change.forbidden",
        ]),
    ),
    (
        "Doc 9303-12 §7.1",
        "DocumentType",
        Rules(&["document-type.present", "document-type.forbidden"]),
    ),
    (
        "Doc 9303-12 §7.1",
        "six that nobody may have",
        Rules(&[
            "extension.policy-mappings",
            "extension.name-constraints",
            "extension.policy-constraints",
            "extension.freshest-crl",
            "extension.subject-directory-attributes",
            "extension.netscape-type",
        ]),
    ),
    (
        "Doc 9303-12 §7.1",
        "bits of KeyUsage",
        Rules(&["key-usage.csca", "key-usage.signer", "key-usage.surplus"]),
    ),
    (
        "Doc 9303-12 §7.1.1.2",
        "alternative names",
        Rules(&[
            "alt-name.contact",
            "alt-name.directory-name",
            "alt-name.locality",
            "alt-name.state",
        ]),
    ),
    (
        "Doc 9303-12 §7.1.1.5",
        "name change with rollover",
        Rules(&["name-change.missing"]),
    ),
    (
        "Doc 9303-12 §7.1.1.6",
        "content of DocumentType",
        Rules(&[
            "document-type.version",
            "document-type.form",
            "document-type.codes",
            "document-type.critical",
            "document-type.identifier",
        ]),
    ),
    (
        "Doc 9303-12 §7.1.1.4",
        "addresses at the PKD",
        Rules(&["crl-distribution-points.pkd"]),
    ),
];

pub(super) const SMALL: &[Line] = &[
    (
        "Doc 9303-12 §7.1.2",
        "LDS2 signer: subject",
        Rules(&["lds2.subject", "lds2.common-name"]),
    ),
    (
        "Doc 9303-12 §7.1.2",
        "LDS2 signer: extensions",
        Rules(&["lds2.extensions", "extended-key-usage.purpose"]),
    ),
    (
        "Doc 9303-12 §7.1.3",
        "bar code signer: subject",
        Rules(&["barcode.subject", "barcode.common-name"]),
    ),
    (
        "Doc 9303-12 §7.1.3",
        "bar code signer: subject against the signer identifier of the code",
        Not(NOT_IN_FILE),
    ),
    (
        "Doc 9303-12 §7.1.3",
        "bar code signer: extensions",
        Rules(&["barcode.extensions", "extended-key-usage.purpose"]),
    ),
    (
        "Doc 9303-12 §7.2.1",
        "SPOC: subject",
        Rules(&["communication.common-name"]),
    ),
    (
        "Doc 9303-12 §7.2.1",
        "SPOC: extensions",
        Rules(&[
            "crl-distribution-points.present",
            "extended-key-usage.present",
        ]),
    ),
];
