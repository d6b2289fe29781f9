//! Which line of the profiles is covered by which rules. Each line of the reference for certificates, CRLs, signed lists and EF.SOD
//! stands here in short words, with the rules that check it or the reason why no file can show whether it is kept.

use pki::lint::RULES;

/// How a line is covered.
enum Cover {
    /// By these rules.
    Rules(&'static [&'static str]),
    /// Not at all: organisation, a reader's duty, another medium.
    Not(&'static str),
}
use Cover::{Not, Rules};

/// Clause, line, cover.
type Line = (&'static str, &'static str, Cover);

const CERTIFICATES: &str = "lines of card verifiable certificates are no part of this lint";
const ORGANISATION: &str = "a matter of organisation, which leaves no trace in a file";
const READER: &str = "a duty of who reads, not of who writes";
const NOT_IN_FILE: &str = "what it speaks of is not in the file";

const PERIODS: &[Line] = &[
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

const ALGORITHMS: &[Line] = &[
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

const FIELDS: &[Line] = &[
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

const EXTENSIONS: &[Line] = &[
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

const SMALL: &[Line] = &[
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

const REVOCATION_LISTS: &[Line] = &[
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

const CHANNELS: &[Line] = &[
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

const MASTER_LISTS: &[Line] = &[
    (
        "Doc 9303-12 §9.1",
        "SignedData version",
        Rules(&["cms.version", "master-list.signed"]),
    ),
    (
        "Doc 9303-12 §9.1",
        "content type and content",
        Rules(&[
            "cms.content-type",
            "cms.content-type-attribute",
            "master-list.version",
            "master-list.content",
            "master-list.twice",
        ]),
    ),
    (
        "Doc 9303-12 §9.1",
        "certificates",
        Rules(&[
            "cms.signer-certificate",
            "cms.signer-role",
            "list.csca-certificate",
        ]),
    ),
    ("Doc 9303-12 §9.1", "crls", Rules(&["cms.crls"])),
    (
        "Doc 9303-12 §9.1",
        "signerInfos and sid",
        Rules(&[
            "cms.one-signer",
            "cms.signer-version",
            "list.signer-identifier",
        ]),
    ),
    (
        "Doc 9303-12 §9.1",
        "signedAttrs",
        Rules(&[
            "cms.signed-attributes",
            "list.signing-time",
            "cms.message-digest",
            "cms.attribute-order",
            "cms.signature",
            "cms.signer-period",
        ]),
    ),
    (
        "Doc 9303-12 §9.1",
        "parameters of digest and signature algorithms",
        Rules(&[
            "cms.digest-parameters",
            "cms.digest-listed",
            "algorithm.parameters",
        ]),
    ),
];

const DEVIATION_LISTS: &[Line] = &[
    (
        "Doc 9303-12 §10.1",
        "SignedData as above, no unsigned attributes",
        Rules(&[
            "deviation-list.unsigned-attributes",
            "list.signing-time",
            "list.signer-identifier",
        ]),
    ),
    (
        "Doc 9303-12 §10.1",
        "content type",
        Rules(&["cms.content-type"]),
    ),
    (
        "Doc 9303-12 §10.2",
        "list",
        Rules(&["deviation-list.version", "deviation-list.content"]),
    ),
    (
        "Doc 9303-12 §10.2",
        "deviation",
        Rules(&["deviation-list.content"]),
    ),
    (
        "Doc 9303-12 §10.2",
        "documents",
        Rules(&[
            "deviation-list.documents",
            "deviation-list.document-type",
            "deviation-list.document-numbers",
        ]),
    ),
    (
        "Doc 9303-12 §10.2",
        "document signer",
        Rules(&["deviation-list.document-signer"]),
    ),
    (
        "Doc 9303-12 §10.2",
        "issuing period",
        Rules(&["deviation-list.issuing-period"]),
    ),
    (
        "Doc 9303-12 §10.2",
        "description",
        Rules(&["deviation-list.description"]),
    ),
    (
        "Doc 9303-12 §10.2",
        "type: signature of the document signer",
        Rules(&["deviation-list.type", "deviation-list.parameter"]),
    ),
    (
        "Doc 9303-12 §10.2",
        "type: encoding of certificates",
        Rules(&["deviation-list.parameter"]),
    ),
    (
        "Doc 9303-12 §10.2",
        "type: active authentication key",
        Rules(&["deviation-list.parameter"]),
    ),
    (
        "Doc 9303-12 §10.2",
        "type: malformed data group",
        Rules(&["deviation-list.parameter"]),
    ),
    (
        "Doc 9303-12 §10.2",
        "type: wrong hash",
        Rules(&["deviation-list.parameter"]),
    ),
    (
        "Doc 9303-12 §10.2",
        "type: signature of EF.SOD",
        Rules(&["deviation-list.parameter"]),
    ),
    (
        "Doc 9303-12 §10.2",
        "type: EF.COM",
        Rules(&["deviation-list.parameter"]),
    ),
    (
        "Doc 9303-12 §10.2",
        "type: machine readable zone",
        Rules(&["deviation-list.parameter"]),
    ),
    (
        "Doc 9303-12 §10.2",
        "type: chip, national use",
        Rules(&["deviation-list.type"]),
    ),
    (
        "TR-03129-2 §7",
        "defect lists of the BSI",
        Not("another object, without profile here"),
    ),
    (
        "Doc 9303-12 §10",
        "how a deviation is applied safely",
        Not(READER),
    ),
];

const SECURITY_OBJECTS: &[Line] = &[
    (
        "Doc 9303-10 §4.6.2",
        "tag 77 around a DER ContentInfo",
        Rules(&["sod.outer-tag", "encoding.der", "object.trailing-bytes"]),
    ),
    (
        "Doc 9303-10 §4.6.2",
        "one EF.SOD for an application",
        Not(NOT_IN_FILE),
    ),
    (
        "Doc 9303-10 §4.6.2",
        "LDS security object",
        Rules(&[
            "sod.content",
            "sod.version",
            "sod.version-known",
            "sod.version-info",
            "sod.hash-count",
            "sod.hash-number",
            "sod.hash-length",
            "algorithm.hash",
        ]),
    ),
    (
        "Doc 9303-10 §4.6.2",
        "SignedData version",
        Rules(&["cms.version"]),
    ),
    (
        "Doc 9303-10 §4.6.2",
        "certificate inside",
        Rules(&["cms.signer-certificate", "cms.signer-role"]),
    ),
    ("Doc 9303-10 §4.6.2", "crls", Rules(&["cms.crls"])),
    (
        "Doc 9303-10 §4.6.2",
        "signerInfos",
        Rules(&["cms.one-signer"]),
    ),
    (
        "Doc 9303-10 §4.6.2",
        "sid",
        Rules(&["sod.signer-identifier", "cms.signer-version"]),
    ),
    (
        "Doc 9303-10 §4.6.2",
        "signedAttrs",
        Rules(&[
            "cms.signed-attributes",
            "cms.message-digest",
            "cms.content-type-attribute",
            "cms.signature",
        ]),
    ),
    (
        "Doc 9303-10 §4.6.2",
        "unsignedAttrs",
        Rules(&["sod.unsigned-attributes"]),
    ),
    (
        "Doc 9303-10 §4.6.2",
        "the signature algorithm is the signer's",
        Rules(&["cms.signature", "algorithm.signature"]),
    ),
    (
        "Doc 9303-10 §4.6.2",
        "three hashes may differ",
        Rules(&["sod.algorithms-differ"]),
    ),
    (
        "Doc 9303-10 §4.6.2",
        "issuer written differently",
        Rules(&["cms.issuer-written"]),
    ),
    (
        "Doc 9303-10 §4.6.2",
        "indefinite length",
        Rules(&["encoding.der"]),
    ),
    (
        "Doc 9303-10 §4.6.2",
        "data groups on the chip that are not listed",
        Not(NOT_IN_FILE),
    ),
    ("Doc 9303-10 §4.6.2", "EF.COM is not covered", Not(READER)),
    (
        "Doc 9303-10 §4.6.2",
        "limits of zero-knowledge circuits",
        Not("no rule of a standard"),
    ),
];

const ALL: [&[Line]; 10] = [
    PERIODS,
    ALGORITHMS,
    FIELDS,
    EXTENSIONS,
    SMALL,
    REVOCATION_LISTS,
    CHANNELS,
    MASTER_LISTS,
    DEVIATION_LISTS,
    SECURITY_OBJECTS,
];

fn lines() -> impl Iterator<Item = &'static Line> {
    ALL.into_iter().flatten()
}

#[test]
fn every_rule_that_is_named_exists() {
    for (_, line, cover) in lines() {
        if let Rules(rules) = cover {
            assert!(!rules.is_empty(), "{line}");
            for id in *rules {
                assert!(RULES.iter().any(|rule| rule.id == *id), "{line}: {id}");
            }
        }
    }
}

#[test]
fn every_rule_stands_for_a_line() {
    let named: Vec<&str> = lines()
        .filter_map(|(_, _, cover)| match cover {
            Rules(rules) => Some(rules.iter().copied()),
            Not(_) => None,
        })
        .flatten()
        .collect();
    let forgotten: Vec<&str> = RULES
        .iter()
        .map(|rule| rule.id)
        .filter(|id| !named.contains(id))
        .collect();
    assert!(forgotten.is_empty(), "{forgotten:#?}");
}

#[test]
fn lines_that_are_covered_are_counted() {
    let all = lines().count();
    let not: Vec<_> = lines()
        .filter_map(|(clause, line, cover)| match cover {
            Rules(_) => None,
            Not(why) => Some((*clause, *line, *why)),
        })
        .collect();
    let covered = all - not.len();
    println!("{} rules for {covered} of {all} lines", RULES.len());
    for (clause, line, why) in &not {
        println!("  not {clause}: {line} ({why})");
    }
    assert_eq!((covered, all), (COVERED, LINES));
}

/// Lines of the reference, and those of them that rules check.
const LINES: usize = 130;
const COVERED: usize = 108;
