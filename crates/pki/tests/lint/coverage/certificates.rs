//! Lines about the periods, algorithms and fields of certificates.

use super::Cover::{Not, Rules};
use super::{CERTIFICATES, Line, ORGANISATION};

pub(super) const PERIODS: &[Line] = &[
    (
        "Doc 9303-12 §4.1",
        "CSCA key signs 3 to 5 years",
        Rules(&["period.csca-usage"]),
    ),
    (
        "Doc 9303-12 §4.1",
        "CSCA certificate lives 13 to 15 years",
        Rules(&["period.csca-validity"]),
    ),
    (
        "Doc 9303-12 §4.1",
        "document signer key signs 3 months",
        Rules(&["period.document-signer-usage"]),
    ),
    (
        "Doc 9303-12 §4.1",
        "document signer certificate lives 10 years and usage",
        Rules(&["period.document-signer-validity"]),
    ),
    (
        "Doc 9303-12 §4.1",
        "LDS2 signer key signs 1 to 2 years",
        Not("its profile has no extension that says so"),
    ),
    (
        "Doc 9303-12 §4.1",
        "LDS2 signer certificate lives 10 years 3 months",
        Rules(&["period.lds2-validity"]),
    ),
    (
        "Doc 9303-12 §4.1",
        "bar code signer, visa",
        Rules(&["period.barcode-validity"]),
    ),
    (
        "Doc 9303-12 §4.1",
        "bar code signer, emergency document",
        Rules(&["period.barcode-validity"]),
    ),
    (
        "Doc 9303-12 §4.1",
        "SPOC certificates live 6 to 18 months",
        Rules(&["period.communication-validity"]),
    ),
    ("Doc 9303-12 §4.1", "CVCA", Not(CERTIFICATES)),
    ("Doc 9303-12 §4.1", "DV", Not(CERTIFICATES)),
    ("Doc 9303-12 §4.1", "terminal", Not(CERTIFICATES)),
    (
        "Doc 9303-12 Appendix A",
        "document life and usage make the signer's validity",
        Rules(&["period.document-signer-validity"]),
    ),
    (
        "Doc 9303-12 Appendix A",
        "signer's validity and usage make the CSCA's validity",
        Rules(&["period.csca-validity", "issuer.validity"]),
    ),
    (
        "Doc 9303-12 Appendix A",
        "example of five years",
        Rules(&["period.csca-validity", "period.document-signer-validity"]),
    ),
    (
        "Doc 9303-12 Appendix A",
        "example of ten years, two months",
        Rules(&["period.csca-validity", "period.document-signer-validity"]),
    ),
    (
        "Doc 9303-12 Appendix A",
        "example of ten years, three months",
        Rules(&["period.csca-validity", "period.document-signer-validity"]),
    ),
    (
        "Doc 9303-12 §4.1.1",
        "usage lies inside validity, issued while the issuer's key signs",
        Rules(&["period.usage-inside-validity", "issuer.usage-period"]),
    ),
    (
        "Doc 9303-12 §4.1.1",
        "the key is erased after its last document",
        Not(ORGANISATION),
    ),
    (
        "Doc 9303-12 §4.1.3",
        "few bar code signers at a time",
        Not(ORGANISATION),
    ),
    (
        "Doc 9303-12 §4.1.4",
        "rollover is announced 90 days ahead",
        Not(ORGANISATION),
    ),
    (
        "Doc 9303-12 §4.1.4",
        "rollover comes with a link certificate",
        Rules(&["master-list.link-missing"]),
    ),
    (
        "Doc 9303-12 §4.1.5",
        "CRL at least every 90 days",
        Rules(&["crl.at-least-every-90-days"]),
    ),
    (
        "Doc 9303-12 §4.1.5",
        "CRL not more often than every 48 hours",
        Rules(&["crl.at-most-every-48-hours"]),
    ),
    (
        "Doc 9303-12 §4.1.5",
        "CRL within 48 hours of a revocation",
        Not("when a revocation was decided is not in the list"),
    ),
    (
        "Doc 9303-12 §4.1",
        "limit of documents for a key",
        Not("issuer policy, not a rule of the standard"),
    ),
];

pub(super) const ALGORITHMS: &[Line] = &[
    (
        "Doc 9303-12 §4.1.6",
        "RSA: PSS recommended, PKCS#1 v1.5",
        Rules(&[
            "algorithm.rsa-pss",
            "algorithm.parameters",
            "algorithm.signature",
            "algorithm.public-key",
        ]),
    ),
    (
        "Doc 9303-12 §4.1.6",
        "DSA",
        Rules(&["algorithm.signature", "algorithm.public-key"]),
    ),
    (
        "Doc 9303-12 §4.1.6",
        "key lengths that withstand attacks",
        Rules(&["algorithm.key-length"]),
    ),
    (
        "TR-03111 §4.2",
        "curves that are recommended",
        Rules(&["algorithm.ec-curve"]),
    ),
    (
        "Doc 9303-12 §4.1.6.3",
        "ECDSA: explicit, cofactor, uncompressed",
        Rules(&[
            "algorithm.ec-explicit",
            "algorithm.ec-cofactor",
            "algorithm.ec-base-point",
            "algorithm.ec-public-point",
        ]),
    ),
    (
        "Doc 9303-12 §4.1.8",
        "SHA-224 to SHA-512",
        Rules(&["algorithm.hash"]),
    ),
    (
        "Doc 9303-12 §4.1.6",
        "LDS2 and bar code signers: ECDSA only",
        Rules(&["algorithm.ecdsa-only"]),
    ),
    (
        "Doc 9303-12 §4.1.6",
        "terminal authentication: RSA or ECDSA",
        Not(CERTIFICATES),
    ),
    (
        "Doc 9303-12 §4.1.7",
        "SPOC: TLS 1.2 and its suites",
        Not("a property of connections, not of certificates"),
    ),
];

pub(super) const FIELDS: &[Line] = &[
    ("Doc 9303-12 §7.1", "version", Rules(&["cert.version"])),
    (
        "Doc 9303-12 §7.1",
        "serialNumber",
        Rules(&[
            "cert.serial-positive",
            "cert.serial-length",
            "cert.serial-encoding",
        ]),
    ),
    (
        "Doc 9303-12 §7.1",
        "issuer and subject: country and common name present",
        Rules(&[
            "name.country-present",
            "name.common-name-present",
            "name.country-form",
        ]),
    ),
    (
        "Doc 9303-12 §7.1",
        "issuer and subject: PrintableString",
        Rules(&[
            "name.country-type",
            "name.serial-number-type",
            "name.string-type-certificate",
        ]),
    ),
    (
        "Doc 9303-12 §7.1",
        "issuer and subject: upper case and equal country",
        Rules(&["name.country-case", "cert.country-equal"]),
    ),
    (
        "Doc 9303-12 §7.1",
        "validity",
        Rules(&[
            "time.utc-until-2049",
            "time.generalized-from-2050",
            "time.seconds",
            "time.zulu",
            "time.fraction",
            "time.order",
        ]),
    ),
    (
        "Doc 9303-12 §7.1",
        "unique identifiers",
        Rules(&["cert.unique-identifiers"]),
    ),
    (
        "Doc 9303-12 §7.1",
        "extensions present, defaults not encoded",
        Rules(&[
            "cert.extensions",
            "encoding.default-value",
            "extension.twice",
            "extension.unreadable",
            "extension.unknown-critical",
        ]),
    ),
    (
        "Doc 9303-12 §7.1",
        "DER",
        Rules(&[
            "encoding.der",
            "object.recognised",
            "object.structure",
            "object.trailing-bytes",
            "object.surplus-element",
        ]),
    ),
    (
        "Doc 9303-12 §7.1",
        "signature algorithms",
        Rules(&["signature.algorithms-equal"]),
    ),
];
