//! Bad CRLs, signed lists and security objects.

use const_oid::ObjectIdentifier;
use pki::lint::ObjectKind::{Crl, DeviationList, MasterList, SecurityObject};
use pki::oids;

use super::{Example, bytes, signed, unsigned};
use crate::forge::{
    INTEGER, Node, OCTET_STRING, PRINTABLE_STRING, SET, T61_STRING, UTC_TIME, UTF8_STRING,
    attribute, attributes, edit_content, extension, flip, leaf, name, oid, put, remove, sequence,
    signed_data, signer_info,
};
use crate::good::GOOD;

const HOLD_INSTRUCTION: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.5.29.23");

pub(super) fn examples() -> Vec<Example> {
    let mut all = Vec::new();
    all.extend(revocation_lists());
    all.extend(entries());
    all.extend(shells());
    all.extend(signers());
    all.extend(master_lists());
    all.extend(deviation_lists());
    all.extend(security_objects());
    all
}

/// An extension of a CRL that should not be there, or be otherwise.
fn with(rule: &'static str, kind: ObjectIdentifier, value: &'static [u8]) -> Example {
    signed(rule, Crl, move |c| put(c, kind, false, value))
}

fn revocation_lists() -> Vec<Example> {
    const LONG: &[u8] = &[
        INTEGER, 21, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21,
    ];
    vec![
        signed("crl.version", Crl, |c| {
            *c.at(&[0, 0]) = leaf(INTEGER, [0]);
        }),
        signed("name.string-type", Crl, |c| {
            *c.at(&[0, 2]) = name(&[
                (oids::COUNTRY_NAME, PRINTABLE_STRING, "UT"),
                (oids::COMMON_NAME, T61_STRING, "CSCA TEST 1"),
            ]);
        }),
        signed("crl.next-update", Crl, |c| {
            c.at(&[0]).nodes().remove(4);
        }),
        signed("crl.empty-list", Crl, |c| {
            *c.at(&[0, 5]) = sequence(vec![]);
        }),
        signed("crl.extensions", Crl, |c| {
            c.at(&[0]).nodes().pop();
        }),
        signed("crl.key-identifier", Crl, |c| {
            remove(c, oids::AUTHORITY_KEY_IDENTIFIER);
        }),
        signed("crl.number", Crl, |c| remove(c, oids::CRL_NUMBER)),
        with(
            "crl.number-not-negative",
            oids::CRL_NUMBER,
            &[INTEGER, 1, 0x85],
        ),
        with("crl.number-length", oids::CRL_NUMBER, LONG),
        signed("crl.critical", Crl, |c| flip(c, oids::CRL_NUMBER)),
        with("crl.issuer-alt-name", oids::ISSUER_ALT_NAME, &[0x30, 0x00]),
        with("crl.delta", oids::DELTA_CRL_INDICATOR, &[INTEGER, 1, 1]),
        with(
            "crl.issuing-distribution-point",
            oids::ISSUING_DISTRIBUTION_POINT,
            &[0x30, 0x00],
        ),
        with("crl.freshest-crl", oids::FRESHEST_CRL, &[0x30, 0x00]),
        signed("crl.at-least-every-90-days", Crl, |c| {
            *c.at(&[0, 4]) = leaf(UTC_TIME, "270601120000Z");
        }),
        signed("crl.at-most-every-48-hours", Crl, |c| {
            *c.at(&[0, 4]) = leaf(UTC_TIME, "261122120000Z");
        }),
        unsigned("issuer.signature", Crl, |c| {
            let signature = c.at(&[2]).content();
            let last = signature.len() - 1;
            signature[last] ^= 1;
        }),
        signed("issuer.key-identifier", Crl, |c| {
            let value = [0x30, 0x03, 0x80, 0x01, 0x07];
            put(c, oids::AUTHORITY_KEY_IDENTIFIER, false, &value);
        }),
    ]
}

fn entries() -> Vec<Example> {
    let with = |rule, kind| {
        signed(rule, Crl, move |c| {
            let extensions = sequence(vec![extension(kind, false, &[0x0A, 0x01, 0x01])]);
            c.at(&[0, 5, 0]).nodes().push(extensions);
        })
    };
    vec![
        with("crl.entry-reason", oids::CRL_REASON),
        with("crl.entry-hold-instruction", HOLD_INSTRUCTION),
        with("crl.entry-invalidity-date", oids::INVALIDITY_DATE),
        with("crl.entry-certificate-issuer", oids::CERTIFICATE_ISSUER),
        signed("crl.entry-twice", Crl, |c| {
            let first = c.at(&[0, 5, 0]).clone();
            c.at(&[0, 5]).nodes().push(first);
        }),
        signed("crl.revocation-date", Crl, |c| {
            *c.at(&[0, 5, 0, 1]) = leaf(UTC_TIME, "271121120000Z");
        }),
    ]
}

fn shells() -> Vec<Example> {
    vec![
        signed("cms.version", MasterList, |c| {
            *signed_data(c).at(&[0]) = leaf(INTEGER, [1]);
        }),
        signed("cms.content-type", SecurityObject, |c| {
            *signed_data(c).at(&[2, 0]) = oid(oids::DATA);
        }),
        signed("cms.crls", SecurityObject, |c| {
            let crl = Node::read(GOOD.object(Crl));
            signed_data(c)
                .nodes()
                .insert(4, Node::Tree(0xA1, vec![crl]));
        }),
        signed("cms.one-signer", MasterList, |c| {
            let signer = signer_info(c).clone();
            signed_data(c)
                .nodes()
                .last_mut()
                .unwrap()
                .nodes()
                .push(signer);
        }),
        signed("cms.signer-certificate", SecurityObject, |c| {
            signed_data(c).nodes().remove(3);
        }),
        signed("cms.signer-certificate", MasterList, |c| {
            *signer_info(c).at(&[1]) = leaf(0x80, [7; 20]);
        }),
        signed("cms.signer-role", MasterList, |c| {
            // A document signer's certificate for the same key.
            let certificate = Node::read(&GOOD.office.document_signer);
            *signed_data(c).at(&[3]) = Node::Tree(0xA0, vec![certificate]);
        }),
        signed("list.csca-certificate", DeviationList, |c| {
            let csca = GOOD.office.csca.clone();
            let certificates = signed_data(c).at(&[3]).nodes();
            certificates.retain(|certificate| certificate.bytes() != csca);
        }),
        signed("cms.digest-listed", SecurityObject, |c| {
            *signed_data(c).at(&[1, 0]) = sequence(vec![oid(SHA512)]);
        }),
        signed("cms.digest-parameters", SecurityObject, |c| {
            let algorithm = signed_data(c).at(&[1, 0]).nodes();
            algorithm.push(leaf(0x05, []));
        }),
    ]
}

const SHA512: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.16.840.1.101.3.4.2.3");

fn signers() -> Vec<Example> {
    vec![
        signed("cms.signer-version", SecurityObject, |c| {
            *signer_info(c).at(&[0]) = leaf(INTEGER, [3]);
        }),
        signed("cms.signed-attributes", SecurityObject, |c| {
            signer_info(c).nodes().remove(3);
        }),
        signed("cms.content-type-attribute", SecurityObject, |c| {
            let attribute = attribute(c, oids::CONTENT_TYPE).unwrap();
            *attribute.at(&[1, 0]) = oid(oids::DATA);
        }),
        unsigned("cms.message-digest", SecurityObject, |c| {
            let attribute = attribute(c, oids::MESSAGE_DIGEST).unwrap();
            attribute.at(&[1, 0]).content()[0] ^= 1;
        }),
        signed("cms.attribute-order", SecurityObject, |c| {
            attributes(c).reverse();
        }),
        unsigned("cms.signature", SecurityObject, |c| {
            let signature = signer_info(c).at(&[5]).content();
            let last = signature.len() - 1;
            signature[last] ^= 1;
        }),
        signed("cms.issuer-written", SecurityObject, |c| {
            *signer_info(c).at(&[1, 0]) = name(&[
                (oids::COUNTRY_NAME, PRINTABLE_STRING, "UT"),
                (oids::COMMON_NAME, UTF8_STRING, "CSCA TEST 1"),
            ]);
        }),
        signed("cms.signer-period", MasterList, |c| {
            let attribute = attribute(c, oids::SIGNING_TIME).unwrap();
            *attribute.at(&[1, 0]) = leaf(UTC_TIME, "311121120000Z");
        }),
        signed("list.signing-time", MasterList, |c| {
            attributes(c).retain(|attribute| {
                let mut attribute = attribute.clone();
                attribute.at(&[0]).content() != oids::SIGNING_TIME.as_bytes()
            });
        }),
        signed("list.signer-identifier", DeviationList, |c| {
            *signer_info(c).at(&[0]) = leaf(INTEGER, [1]);
            let names = name(&[(oids::COUNTRY_NAME, PRINTABLE_STRING, "UT")]);
            *signer_info(c).at(&[1]) = sequence(vec![names, leaf(INTEGER, [1])]);
        }),
        signed("sod.signer-identifier", SecurityObject, |c| {
            *signer_info(c).at(&[0]) = leaf(INTEGER, [3]);
            *signer_info(c).at(&[1]) = leaf(0x80, [7; 20]);
        }),
        signed("deviation-list.unsigned-attributes", DeviationList, |c| {
            signer_info(c).nodes().push(Node::Tree(0xA1, vec![]));
        }),
        signed("sod.unsigned-attributes", SecurityObject, |c| {
            signer_info(c).nodes().push(Node::Tree(0xA1, vec![]));
        }),
    ]
}

fn content(
    rule: &'static str,
    kind: pki::lint::ObjectKind,
    change: impl Fn(&mut Node) + 'static,
) -> Example {
    signed(rule, kind, move |c| edit_content(c, &change))
}

fn master_lists() -> Vec<Example> {
    vec![
        bytes("master-list.signed", MasterList, |list| {
            let mut list = Node::read(&list);
            signed_data(&mut list).at(&[2, 1, 0]).content().clone()
        }),
        content("master-list.version", MasterList, |list| {
            *list.at(&[0]) = leaf(INTEGER, [1]);
        }),
        content("master-list.content", MasterList, |list| {
            list.nodes().remove(0);
        }),
        content("master-list.member", MasterList, |list| {
            let certificate = Node::read(&GOOD.office.document_signer);
            list.at(&[1]).nodes().push(certificate);
        }),
        content("master-list.twice", MasterList, |list| {
            let first = list.at(&[1, 0]).clone();
            list.at(&[1]).nodes().push(first);
        }),
        content("master-list.link-missing", MasterList, |list| {
            let link = GOOD.office.link.clone();
            list.at(&[1])
                .nodes()
                .retain(|member| member.bytes() != link);
        }),
    ]
}

/// The deviation that has one of each criterion.
fn criteria(list: &mut Node) -> &mut Vec<Node> {
    let deviations = list.nodes().last_mut().unwrap().nodes();
    let first = deviations
        .iter_mut()
        .find(|deviation| !Node::clone(deviation).at(&[0]).nodes().is_empty());
    first.unwrap().at(&[0]).nodes()
}

/// The description of a type, wherever the order of DER has put it.
fn description(list: &mut Node, kind: ObjectIdentifier) -> &mut Node {
    let deviations = list.nodes().last_mut().unwrap().nodes();
    let mut all = deviations
        .iter_mut()
        .flat_map(|deviation| deviation.at(&[1]).nodes().iter_mut());
    all.find(|description| Node::clone(description).at(&[0]).content() == kind.as_bytes())
        .unwrap()
}

fn criterion(rule: &'static str, index: usize, new: fn() -> Node) -> Example {
    content(rule, DeviationList, move |list| {
        criteria(list)[index] = new();
    })
}

fn deviation_lists() -> Vec<Example> {
    vec![
        content("deviation-list.version", DeviationList, |list| {
            *list.at(&[0]) = leaf(INTEGER, [1]);
        }),
        content("deviation-list.content", DeviationList, |list| {
            list.nodes().pop();
        }),
        content("deviation-list.documents", DeviationList, |list| {
            criteria(list).reverse();
        }),
        criterion("deviation-list.document-type", 0, || leaf(0x80, "PPP")),
        criterion("deviation-list.document-signer", 1, || {
            Node::Tree(0xA1, vec![leaf(INTEGER, [1])])
        }),
        criterion("deviation-list.issuing-period", 2, || {
            Node::Tree(0xA4, vec![leaf(UTC_TIME, "260101000000Z")])
        }),
        criterion("deviation-list.document-numbers", 3, || {
            Node::Tree(0xA5, vec![leaf(UTF8_STRING, "X1")])
        }),
        content("deviation-list.description", DeviationList, |list| {
            let fields = description(list, oids::DEVIATION_CHIP).nodes();
            fields.push(leaf(INTEGER, [1]));
        }),
        content("deviation-list.type", DeviationList, |list| {
            let other = ObjectIdentifier::new_unwrap("2.23.136.1.1.7.6");
            *description(list, oids::DEVIATION_CHIP).at(&[0]) = oid(other);
        }),
        content("deviation-list.parameter", DeviationList, |list| {
            let description = description(list, oids::DEVIATION_DG_HASH_WRONG);
            *description.at(&[1, 0]) = leaf(INTEGER, [17]);
        }),
        content("deviation-list.parameter", DeviationList, |list| {
            let description = description(list, oids::DEVIATION_MRZ_WRONG_DATA);
            *description.at(&[1, 0]) = leaf(INTEGER, [10]);
        }),
        content("deviation-list.parameter", DeviationList, |list| {
            let fields = description(list, oids::DEVIATION_SOD_SIGNATURE_WRONG).nodes();
            fields.push(Node::Tree(0xA0, vec![leaf(INTEGER, [1])]));
        }),
    ]
}

fn security_objects() -> Vec<Example> {
    vec![
        bytes("sod.outer-tag", SecurityObject, |c| {
            Node::read(&c).at(&[0]).bytes()
        }),
        content("sod.version", SecurityObject, |object| {
            *object.at(&[0]) = leaf(INTEGER, [0]);
            object.nodes().pop();
        }),
        content("sod.version-known", SecurityObject, |object| {
            *object.at(&[0]) = leaf(INTEGER, [2]);
        }),
        content("sod.version-info", SecurityObject, |object| {
            object.nodes().pop();
        }),
        content("sod.hash-count", SecurityObject, |object| {
            object.at(&[2]).nodes().pop();
        }),
        content("sod.hash-number", SecurityObject, |object| {
            *object.at(&[2, 0, 0]) = leaf(INTEGER, [17]);
        }),
        content("sod.hash-number", SecurityObject, |object| {
            *object.at(&[2, 0, 0]) = leaf(INTEGER, [2]);
        }),
        content("sod.hash-length", SecurityObject, |object| {
            *object.at(&[2, 0, 1]) = leaf(OCTET_STRING, [7; 20]);
        }),
        content("sod.content", SecurityObject, |object| {
            *object = Node::Tree(SET, vec![]);
        }),
        content("sod.algorithms-differ", SecurityObject, |object| {
            *object.at(&[1, 0]) = oid(SHA512);
        }),
    ]
}
