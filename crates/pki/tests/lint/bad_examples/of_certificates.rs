//! Bad certificates.

use const_oid::ObjectIdentifier;
use pki::lint::ObjectKind::{
    BarcodeSigner, Communication, CscaLink, CscaRoot, DocumentSigner, Lds2Signer, MasterListSigner,
    SecurityObject,
};
use pki::oids;

use super::{Example, bytes, signed, unsigned};
use crate::forge::{
    GENERALIZED_TIME, INTEGER, Node, OID, PRINTABLE_STRING, SEQUENCE, SET, T61_STRING, UTC_TIME,
    UTF8_STRING, edit, extensions, flip, leaf, name, oid, put, remove, sequence, write_false,
};
use crate::good::TRAVEL_STAMP;

const fn other(dotted: &str) -> ObjectIdentifier {
    ObjectIdentifier::new_unwrap(dotted)
}
const POLICY_MAPPINGS: ObjectIdentifier = other("2.5.29.33");
const NAME_CONSTRAINTS: ObjectIdentifier = other("2.5.29.30");
const POLICY_CONSTRAINTS: ObjectIdentifier = other("2.5.29.36");
const DIRECTORY_ATTRIBUTES: ObjectIdentifier = other("2.5.29.9");
const NETSCAPE_TYPE: ObjectIdentifier = other("2.16.840.1.113730.1.1");
const INFO_ACCESS: ObjectIdentifier = other("1.3.6.1.5.5.7.1.1");

/// The extensions that must be there, and what they are called in rules.
const MANDATORY: [(&str, ObjectIdentifier, pki::lint::ObjectKind); 10] = [
    (
        "authority-key-identifier.present",
        oids::AUTHORITY_KEY_IDENTIFIER,
        DocumentSigner,
    ),
    (
        "subject-key-identifier.present",
        oids::SUBJECT_KEY_IDENTIFIER,
        CscaRoot,
    ),
    ("key-usage.present", oids::KEY_USAGE, DocumentSigner),
    (
        "usage-period.present",
        oids::PRIVATE_KEY_USAGE_PERIOD,
        CscaLink,
    ),
    (
        "subject-alt-name.present",
        oids::SUBJECT_ALT_NAME,
        MasterListSigner,
    ),
    ("issuer-alt-name.present", oids::ISSUER_ALT_NAME, CscaRoot),
    (
        "basic-constraints.present",
        oids::BASIC_CONSTRAINTS,
        CscaLink,
    ),
    (
        "extended-key-usage.present",
        oids::EXTENDED_KEY_USAGE,
        MasterListSigner,
    ),
    (
        "crl-distribution-points.present",
        oids::CRL_DISTRIBUTION_POINTS,
        Communication,
    ),
    (
        "document-type.present",
        oids::DOCUMENT_TYPE_LIST,
        DocumentSigner,
    ),
];

/// The extensions whose criticality is fixed.
const CRITICALITY: [(&str, ObjectIdentifier, pki::lint::ObjectKind); 11] = [
    (
        "authority-key-identifier.critical",
        oids::AUTHORITY_KEY_IDENTIFIER,
        BarcodeSigner,
    ),
    (
        "subject-key-identifier.critical",
        oids::SUBJECT_KEY_IDENTIFIER,
        CscaRoot,
    ),
    ("key-usage.critical", oids::KEY_USAGE, DocumentSigner),
    (
        "usage-period.critical",
        oids::PRIVATE_KEY_USAGE_PERIOD,
        CscaRoot,
    ),
    (
        "subject-alt-name.critical",
        oids::SUBJECT_ALT_NAME,
        CscaRoot,
    ),
    (
        "issuer-alt-name.critical",
        oids::ISSUER_ALT_NAME,
        DocumentSigner,
    ),
    (
        "basic-constraints.critical",
        oids::BASIC_CONSTRAINTS,
        CscaRoot,
    ),
    (
        "extended-key-usage.critical",
        oids::EXTENDED_KEY_USAGE,
        Lds2Signer,
    ),
    (
        "crl-distribution-points.critical",
        oids::CRL_DISTRIBUTION_POINTS,
        CscaRoot,
    ),
    ("name-change.critical", oids::NAME_CHANGE, CscaLink),
    (
        "document-type.critical",
        oids::DOCUMENT_TYPE_LIST,
        DocumentSigner,
    ),
];

/// Extensions that must not be there, with any value.
const FORBIDDEN: [(&str, ObjectIdentifier); 10] = [
    ("basic-constraints.forbidden", oids::BASIC_CONSTRAINTS),
    ("extended-key-usage.forbidden", oids::EXTENDED_KEY_USAGE),
    ("name-change.forbidden", oids::NAME_CHANGE),
    ("extension.policy-mappings", POLICY_MAPPINGS),
    ("extension.name-constraints", NAME_CONSTRAINTS),
    ("extension.policy-constraints", POLICY_CONSTRAINTS),
    ("extension.freshest-crl", oids::FRESHEST_CRL),
    (
        "extension.subject-directory-attributes",
        DIRECTORY_ATTRIBUTES,
    ),
    ("extension.netscape-type", NETSCAPE_TYPE),
    ("extension.unreadable", oids::CRL_DISTRIBUTION_POINTS),
];

pub(super) fn examples() -> Vec<Example> {
    let mut all = Vec::new();
    for (rule, extension, kind) in MANDATORY {
        all.push(signed(rule, kind, move |c| remove(c, extension)));
    }
    for (rule, extension, kind) in CRITICALITY {
        all.push(signed(rule, kind, move |c| flip(c, extension)));
    }
    for (rule, extension) in FORBIDDEN {
        let add = move |c: &mut Node| put(c, extension, false, &[0x05, 0x00]);
        all.push(signed(rule, DocumentSigner, add));
    }
    all.extend(objects());
    all.extend(fields());
    all.extend(names());
    all.extend(times());
    all.extend(key_extensions());
    all.extend(alternative_names());
    all.extend(other_extensions());
    all.extend(small_profiles());
    all.extend(algorithms());
    all.extend(periods());
    all.extend(issuers());
    all
}

fn objects() -> Vec<Example> {
    vec![
        bytes("object.recognised", CscaRoot, |_| vec![0x30]),
        signed("object.structure", CscaRoot, |c| {
            *c.at(&[0, 4]) = leaf(INTEGER, [1]);
        }),
        bytes("object.trailing-bytes", CscaRoot, |mut c| {
            c.push(0);
            c
        }),
        signed("object.surplus-element", CscaRoot, |c| {
            c.at(&[0]).nodes().push(leaf(0x05, []));
        }),
        signed("encoding.der", CscaRoot, |c| {
            let serial = c.at(&[0, 1]).content().clone();
            let long = [vec![INTEGER, 0x81, serial.len() as u8], serial].concat();
            *c.at(&[0, 1]) = Node::Raw(long);
        }),
        bytes("encoding.der", SecurityObject, |c| {
            // The outermost length in indefinite form.
            let (element, _) = iso7816::tlv::read(&c).unwrap();
            [&[0x77, 0x80], element.value, &[0, 0]].concat()
        }),
        signed("encoding.default-value", CscaRoot, |c| {
            write_false(c, oids::SUBJECT_KEY_IDENTIFIER);
        }),
    ]
}

fn fields() -> Vec<Example> {
    vec![
        signed("cert.version", DocumentSigner, |c| {
            *c.at(&[0, 0, 0]) = leaf(INTEGER, [1]);
        }),
        signed("cert.serial-positive", DocumentSigner, |c| {
            *c.at(&[0, 1]) = leaf(INTEGER, [0x85]);
        }),
        signed("cert.serial-positive", CscaRoot, |c| {
            *c.at(&[0, 1]) = leaf(INTEGER, [0]);
        }),
        signed("cert.serial-length", DocumentSigner, |c| {
            *c.at(&[0, 1]) = leaf(INTEGER, [0x11; 21]);
        }),
        signed("cert.serial-encoding", DocumentSigner, |c| {
            *c.at(&[0, 1]) = leaf(INTEGER, [0, 0x11]);
        }),
        signed("signature.algorithms-equal", DocumentSigner, |c| {
            *c.at(&[0, 2]) = sequence(vec![oid(oids::ECDSA_WITH_SHA384)]);
        }),
        signed("cert.unique-identifiers", DocumentSigner, |c| {
            c.at(&[0]).nodes().insert(7, leaf(0x81, [0, 1]));
        }),
        signed("cert.extensions", DocumentSigner, |c| {
            c.at(&[0]).nodes().pop();
        }),
        signed("cert.country-equal", DocumentSigner, |c| {
            subject(c, &[(COUNTRY, PRINTABLE_STRING, "VN"), CN]);
        }),
    ]
}

const COUNTRY: ObjectIdentifier = oids::COUNTRY_NAME;
const C: (ObjectIdentifier, u8, &str) = (COUNTRY, PRINTABLE_STRING, "UT");
const CN: (ObjectIdentifier, u8, &str) = (oids::COMMON_NAME, PRINTABLE_STRING, "TEST");

fn subject(c: &mut Node, attributes: &[(ObjectIdentifier, u8, &str)]) {
    *c.at(&[0, 5]) = name(attributes);
}

fn names() -> Vec<Example> {
    let with = |rule, attributes: &'static [(ObjectIdentifier, u8, &'static str)]| {
        signed(rule, DocumentSigner, move |c| subject(c, attributes))
    };
    vec![
        with("name.country-present", &[CN]),
        with("name.common-name-present", &[C]),
        with("name.country-type", &[(COUNTRY, UTF8_STRING, "UT"), CN]),
        with(
            "name.country-case",
            &[(COUNTRY, PRINTABLE_STRING, "ut"), CN],
        ),
        with(
            "name.country-form",
            &[(COUNTRY, PRINTABLE_STRING, "UTO"), CN],
        ),
        with(
            "name.serial-number-type",
            &[C, CN, (oids::SERIAL_NUMBER, UTF8_STRING, "1")],
        ),
        with(
            "name.string-type-certificate",
            &[C, (oids::COMMON_NAME, T61_STRING, "TEST")],
        ),
    ]
}

fn not_after(c: &mut Node, tag: u8, text: &str) {
    *c.at(&[0, 4, 1]) = leaf(tag, text);
}

fn times() -> Vec<Example> {
    let ends = |rule, tag, text: &'static str| {
        signed(rule, DocumentSigner, move |c| not_after(c, tag, text))
    };
    vec![
        ends("time.utc-until-2049", GENERALIZED_TIME, "20370101000000Z"),
        ends("time.generalized-from-2050", UTC_TIME, "510101000000Z"),
        ends("time.seconds", UTC_TIME, "3701010000Z"),
        ends("time.zulu", UTC_TIME, "370101000000+0700"),
        ends("time.fraction", GENERALIZED_TIME, "20510101000000.5Z"),
        ends("time.order", UTC_TIME, "250101000000Z"),
    ]
}

fn key_extensions() -> Vec<Example> {
    let usage = |rule, kind, bits: [u8; 2]| {
        signed(rule, kind, move |c| {
            edit(c, oids::KEY_USAGE, |value| {
                *value.content() = bits.to_vec();
            });
        })
    };
    vec![
        signed("authority-key-identifier.key", DocumentSigner, |c| {
            put(c, oids::AUTHORITY_KEY_IDENTIFIER, false, &[0x30, 0x00]);
        }),
        usage("key-usage.csca", CscaRoot, [0x02, 0x04]),
        usage("key-usage.signer", DocumentSigner, [0x06, 0x40]),
        usage("key-usage.surplus", DocumentSigner, [0x06, 0xC0]),
        usage("encoding.der", DocumentSigner, [0x00, 0x80]),
        signed("usage-period.bound", CscaRoot, |c| {
            put(c, oids::PRIVATE_KEY_USAGE_PERIOD, false, &[0x30, 0x00]);
        }),
        signed("usage-period.order", DocumentSigner, |c| {
            edit(c, oids::PRIVATE_KEY_USAGE_PERIOD, |value| {
                let begin = value.at(&[0]).content().clone();
                *value.at(&[1]).content() = begin;
            });
        }),
        signed("basic-constraints.ca", CscaRoot, |c| {
            edit(c, oids::BASIC_CONSTRAINTS, |value| {
                value.nodes().remove(0);
            });
        }),
        signed("basic-constraints.path-length", CscaRoot, |c| {
            edit(c, oids::BASIC_CONSTRAINTS, |value| {
                *value.at(&[1]).content() = vec![2];
            });
        }),
        signed("basic-constraints.path-length", CscaLink, |c| {
            edit(c, oids::BASIC_CONSTRAINTS, |value| {
                value.nodes().pop();
            });
        }),
        signed("extended-key-usage.purpose", MasterListSigner, |c| {
            edit(c, oids::EXTENDED_KEY_USAGE, |value| {
                *value.at(&[0]) = oid(oids::DEVIATION_LIST_SIGNING_KEY);
            });
        }),
    ]
}

/// An alternative name with a contact and a locality, either of which may be missing.
fn alternative_name(contact: bool, directory: Option<Node>) -> Vec<u8> {
    let mut names = Vec::new();
    if contact {
        names.push(leaf(0x81, "csca@test.example"));
    }
    names.extend(directory.map(|name| Node::Tree(0xA4, vec![name])));
    sequence(names).bytes()
}

fn alternative_names() -> Vec<Example> {
    let locality = |text: &'static str| name(&[(oids::LOCALITY_NAME, PRINTABLE_STRING, text)]);
    let with = |rule, value: Vec<u8>| {
        signed(rule, CscaRoot, move |c| {
            put(c, oids::SUBJECT_ALT_NAME, false, &value);
        })
    };
    let state = name(&[
        (oids::LOCALITY_NAME, PRINTABLE_STRING, "UTO"),
        (oids::STATE_OR_PROVINCE_NAME, PRINTABLE_STRING, "Utopia"),
    ]);
    vec![
        with(
            "alt-name.contact",
            alternative_name(false, Some(locality("UTO"))),
        ),
        with("alt-name.directory-name", alternative_name(true, None)),
        with(
            "alt-name.locality",
            alternative_name(true, Some(locality("UT"))),
        ),
        with(
            "alt-name.locality",
            alternative_name(true, Some(locality("VNM"))),
        ),
        with("alt-name.state", alternative_name(true, Some(state))),
    ]
}

/// CRLDistributionPoints with one address.
fn distribution_points(address: &str) -> Vec<u8> {
    let names = Node::Tree(0xA0, vec![leaf(0x86, address)]);
    let point = sequence(vec![Node::Tree(0xA0, vec![names])]);
    sequence(vec![point]).bytes()
}

fn document_types(rule: &'static str, fields: Vec<Node>) -> Example {
    let value = sequence(fields).bytes();
    signed(rule, DocumentSigner, move |c| {
        put(c, oids::DOCUMENT_TYPE_LIST, false, &value);
    })
}

fn other_extensions() -> Vec<Example> {
    let points = |rule, address: &str| {
        let value = distribution_points(address);
        signed(rule, CscaRoot, move |c| {
            put(c, oids::CRL_DISTRIBUTION_POINTS, false, &value);
        })
    };
    let codes = |code: &str| Node::Tree(SET, vec![leaf(PRINTABLE_STRING, code)]);
    vec![
        signed("extension.twice", CscaRoot, |c| {
            let first = extensions(c)[0].clone();
            extensions(c).push(first);
        }),
        signed("extension.unknown-critical", CscaRoot, |c| {
            put(c, other("2.5.29.99"), true, &[0x05, 0x00]);
        }),
        signed("certificate-policies.critical", CscaRoot, |c| {
            put(c, oids::CERTIFICATE_POLICIES, true, &[0x30, 0x00]);
        }),
        signed("private-internet.critical", CscaRoot, |c| {
            put(c, INFO_ACCESS, true, &[0x30, 0x00]);
        }),
        points("crl-distribution-points.scheme", "ftp://test.example/crl"),
        points(
            "crl-distribution-points.pkd",
            "https://pkddownload1.icao.int/CRLs/UT.crl",
        ),
        signed("name-change.value", CscaLink, |c| {
            put(c, oids::NAME_CHANGE, false, &[0x30, 0x00]);
        }),
        signed("name-change.missing", CscaLink, |c| {
            remove(c, oids::NAME_CHANGE);
        }),
        signed("document-type.forbidden", CscaRoot, |c| {
            put(c, oids::DOCUMENT_TYPE_LIST, false, &[0x30, 0x00]);
        }),
        signed("document-type.identifier", DocumentSigner, |c| {
            edit_oid(c, oids::DOCUMENT_TYPE_LIST, oids::DOCUMENT_TYPE_LIST_EARLY);
        }),
        document_types(
            "document-type.version",
            vec![leaf(INTEGER, [1]), codes("P")],
        ),
        document_types("document-type.version", vec![codes("P")]),
        document_types(
            "document-type.form",
            vec![leaf(INTEGER, [0]), codes("P"), codes("ID")],
        ),
        document_types(
            "document-type.codes",
            vec![leaf(INTEGER, [0]), codes("PPP")],
        ),
    ]
}

fn edit_oid(c: &mut Node, from: ObjectIdentifier, to: ObjectIdentifier) {
    let extension = extensions(c)
        .iter_mut()
        .find_map(|extension| {
            let kind = extension.at(&[0]);
            (kind.content() == from.as_bytes()).then_some(kind)
        })
        .unwrap();
    *extension = leaf(OID, to.as_bytes());
}

fn small_profiles() -> Vec<Example> {
    let organisation = (oids::ORGANIZATION_NAME, PRINTABLE_STRING, "TEST");
    vec![
        signed("lds2.subject", Lds2Signer, move |c| {
            subject(c, &[C, organisation, CN]);
        }),
        signed("lds2.common-name", Lds2Signer, |c| {
            subject(
                c,
                &[C, (oids::COMMON_NAME, PRINTABLE_STRING, "TEST TEST 1")],
            );
        }),
        signed("lds2.extensions", Lds2Signer, |c| {
            put(c, oids::SUBJECT_KEY_IDENTIFIER, false, &[0x04, 0x01, 0x01]);
        }),
        signed("barcode.subject", BarcodeSigner, move |c| {
            subject(c, &[C, organisation, CN]);
        }),
        signed("barcode.common-name", BarcodeSigner, |c| {
            subject(c, &[C, CN]);
        }),
        signed("barcode.extensions", BarcodeSigner, |c| {
            put(c, oids::SUBJECT_KEY_IDENTIFIER, false, &[0x04, 0x01, 0x01]);
        }),
        signed("extended-key-usage.purpose", BarcodeSigner, |c| {
            edit(c, oids::EXTENDED_KEY_USAGE, |value| {
                *value.at(&[0]) = oid(TRAVEL_STAMP);
            });
        }),
        signed("communication.common-name", Communication, |c| {
            subject(c, &[C, CN]);
        }),
    ]
}

/// Both places of the signature algorithm.
fn signature_algorithm(c: &mut Node, fields: Vec<Node>) {
    *c.at(&[0, 2]) = sequence(fields.clone());
    *c.at(&[1]) = sequence(fields);
}

fn algorithms() -> Vec<Example> {
    let algorithm = |rule, fields: fn() -> Vec<Node>| {
        signed(rule, DocumentSigner, move |c| {
            signature_algorithm(c, fields());
        })
    };
    let null = || leaf(0x05, []);
    vec![
        algorithm("algorithm.signature", || vec![oid(other("1.3.101.112"))]),
        algorithm("algorithm.signature", || vec![oid(oids::EC_PUBLIC_KEY)]),
        algorithm("algorithm.hash", || vec![oid(oids::ECDSA_WITH_SHA1)]),
        algorithm("algorithm.parameters", || {
            vec![oid(oids::ECDSA_WITH_SHA256), leaf(0x05, [])]
        }),
        algorithm("algorithm.parameters", || vec![oid(oids::SHA256_WITH_RSA)]),
        algorithm("algorithm.rsa-pss", || {
            vec![oid(oids::SHA256_WITH_RSA), leaf(0x05, [])]
        }),
        signed("algorithm.public-key", DocumentSigner, |c| {
            *c.at(&[0, 6, 0]) = sequence(vec![oid(other("1.3.101.110"))]);
        }),
        signed("algorithm.public-key", CscaRoot, |c| {
            let key = c.at(&[0, 6, 1]).content();
            let last = key.len() - 1;
            key[last] ^= 1;
        }),
        signed("algorithm.ec-explicit", DocumentSigner, |c| {
            *c.at(&[0, 6, 0, 1]) = oid(other("1.2.840.10045.3.1.7"));
        }),
        signed("algorithm.ec-explicit", DocumentSigner, move |c| {
            *c.at(&[0, 6, 0, 1]) = null();
        }),
        signed("algorithm.ec-cofactor", DocumentSigner, |c| {
            c.at(&[0, 6, 0, 1]).nodes().pop();
        }),
        signed("algorithm.ec-base-point", DocumentSigner, |c| {
            let point = c.at(&[0, 6, 0, 1, 3]).content();
            point.truncate(33);
            point[0] = 3;
        }),
        signed("algorithm.ec-public-point", DocumentSigner, |c| {
            let key = c.at(&[0, 6, 1]).content();
            let odd = key[65] & 1;
            key.truncate(34);
            key[1] = 2 | odd;
        }),
        signed("algorithm.ecdsa-only", Lds2Signer, |c| {
            *c.at(&[0, 6, 0]) = sequence(vec![oid(oids::RSA_ENCRYPTION), leaf(0x05, [])]);
        }),
    ]
}

fn usage_period(c: &mut Node, begin: &str, end: &str) {
    edit(c, oids::PRIVATE_KEY_USAGE_PERIOD, |value| {
        *value = Node::Tree(SEQUENCE, vec![leaf(0x80, begin), leaf(0x81, end)]);
    });
}

fn periods() -> Vec<Example> {
    vec![
        signed("period.csca-usage", CscaRoot, |c| {
            usage_period(c, "20261022120000Z", "20361022120000Z");
        }),
        signed("period.csca-validity", CscaRoot, |c| {
            usage_period(c, "20261022120000Z", "20291022120000Z");
        }),
        signed("period.document-signer-usage", DocumentSigner, |c| {
            usage_period(c, "20261111120000Z", "20270311120000Z");
        }),
        signed("period.document-signer-validity", DocumentSigner, |c| {
            not_after(c, UTC_TIME, "290101000000Z");
        }),
        signed("period.lds2-validity", Lds2Signer, |c| {
            not_after(c, UTC_TIME, "290101000000Z");
        }),
        signed("period.barcode-validity", BarcodeSigner, |c| {
            not_after(c, UTC_TIME, "270101000000Z");
        }),
        signed("period.communication-validity", Communication, |c| {
            not_after(c, UTC_TIME, "301111120000Z");
        }),
        signed("period.usage-inside-validity", DocumentSigner, |c| {
            usage_period(c, "20261101120000Z", "20270111120000Z");
        }),
    ]
}

fn issuers() -> Vec<Example> {
    let break_signature = |c: &mut Node| {
        let signature = c.at(&[2]).content();
        let last = signature.len() - 1;
        signature[last] ^= 1;
    };
    vec![
        unsigned("issuer.self-signature", CscaRoot, break_signature),
        unsigned("issuer.signature", DocumentSigner, break_signature),
        signed("issuer.name", DocumentSigner, |c| {
            *c.at(&[0, 3]) = name(&[C, CN]);
        }),
        signed("issuer.key-identifier", DocumentSigner, |c| {
            put(
                c,
                oids::AUTHORITY_KEY_IDENTIFIER,
                false,
                &[0x30, 0x03, 0x80, 0x01, 0x07],
            );
        }),
        signed("issuer.validity", DocumentSigner, |c| {
            not_after(c, UTC_TIME, "470101000000Z");
        }),
        signed("issuer.usage-period", DocumentSigner, |c| {
            *c.at(&[0, 4, 0]) = leaf(UTC_TIME, "330101000000Z");
        }),
    ]
}
