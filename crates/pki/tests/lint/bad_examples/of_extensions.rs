//! Bad extensions of certificates.

use const_oid::ObjectIdentifier;
use pki::lint::ObjectKind::{
    BarcodeSigner, Communication, CscaLink, CscaRoot, DocumentSigner, Lds2Signer, MasterListSigner,
};
use pki::oids;

use super::{Example, other, signed};
use crate::forge::{
    INTEGER, Node, OID, PRINTABLE_STRING, SET, edit, extensions, flip, leaf, name, oid, put,
    remove, sequence,
};

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

/// All of them.
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
    all.extend(key_extensions());
    all.extend(alternative_names());
    all.extend(other_extensions());
    all
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
