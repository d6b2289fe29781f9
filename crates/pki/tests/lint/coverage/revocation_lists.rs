//! Lines about revocation lists, and about how objects are handed out.

use super::Cover::{Not, Rules};
use super::{CERTIFICATES, Line, ORGANISATION};

pub(super) const REVOCATION_LISTS: &[Line] = &[
    ("Doc 9303-12 §7.1.4", "version", Rules(&["crl.version"])),
    (
        "Doc 9303-12 §7.1.4",
        "issuer",
        Rules(&["name.string-type", "name.country-case", "issuer.name"]),
    ),
    (
        "Doc 9303-12 §7.1.4",
        "thisUpdate and nextUpdate",
        Rules(&["crl.next-update", "time.seconds", "time.zulu", "time.order"]),
    ),
    (
        "Doc 9303-12 §7.1.4",
        "revokedCertificates",
        Rules(&["crl.empty-list", "crl.entry-twice", "crl.revocation-date"]),
    ),
    (
        "Doc 9303-12 §7.1.4",
        "AuthorityKeyIdentifier",
        Rules(&[
            "crl.extensions",
            "crl.key-identifier",
            "crl.critical",
            "issuer.key-identifier",
        ]),
    ),
    (
        "Doc 9303-12 §7.1.4",
        "cRLNumber",
        Rules(&[
            "crl.number",
            "crl.number-not-negative",
            "crl.number-length",
            "crl.critical",
        ]),
    ),
    (
        "Doc 9303-12 §7.1.4",
        "IssuerAltName",
        Rules(&["crl.issuer-alt-name"]),
    ),
    (
        "Doc 9303-12 §7.1.4",
        "three that must not be there",
        Rules(&[
            "crl.delta",
            "crl.issuing-distribution-point",
            "crl.freshest-crl",
        ]),
    ),
    (
        "Doc 9303-12 §7.1.4",
        "extensions of entries",
        Rules(&[
            "crl.entry-reason",
            "crl.entry-hold-instruction",
            "crl.entry-invalidity-date",
            "crl.entry-certificate-issuer",
        ]),
    ),
    (
        "Doc 9303-12 Appendix C",
        "what the sixth edition allowed is a notice",
        Rules(&[
            "usage-period.present",
            "subject-alt-name.present",
            "crl.entry-reason",
        ]),
    ),
];

pub(super) const CHANNELS: &[Line] = &[
    (
        "Doc 9303-12 §5",
        "CSCA certificate: bilateral, master list",
        Rules(&["master-list.member"]),
    ),
    (
        "Doc 9303-12 §5",
        "document signer certificate: in EF.SOD",
        Rules(&["cms.signer-certificate"]),
    ),
    ("Doc 9303-12 §5", "CRL: PKD, bilateral", Not(ORGANISATION)),
    (
        "Doc 9303-12 §5",
        "bar code signer certificate: PKD, bilateral",
        Not(ORGANISATION),
    ),
    (
        "Doc 9303-12 §5",
        "master list: bilateral, PKD",
        Not(ORGANISATION),
    ),
    (
        "Doc 9303-12 §5",
        "list signer certificate: in its list",
        Rules(&["cms.signer-certificate", "cms.signer-role"]),
    ),
    ("Doc 9303-12 §5", "CVCA link certificate", Not(CERTIFICATES)),
    (
        "Doc 9303-12 §6.1.1",
        "the first key comes out of band, the next by link",
        Rules(&["issuer.signature", "issuer.self-signature"]),
    ),
];
