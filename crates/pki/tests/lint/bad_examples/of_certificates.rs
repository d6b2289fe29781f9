//! Bad certificates: fields, names, times, small profiles, periods, issuers.

use const_oid::ObjectIdentifier;
use pki::lint::ObjectKind::{
    BarcodeSigner, Communication, CscaRoot, DocumentSigner, Lds2Signer, SecurityObject,
};
use pki::oids;

use super::{Example, bytes, signed, unsigned};
use crate::forge::{
    GENERALIZED_TIME, INTEGER, Node, PRINTABLE_STRING, SEQUENCE, T61_STRING, UTC_TIME, UTF8_STRING,
    edit, leaf, name, oid, put, sequence, write_false,
};
use crate::good::TRAVEL_STAMP;

pub(super) fn examples() -> Vec<Example> {
    [
        objects(),
        fields(),
        names(),
        times(),
        small_profiles(),
        periods(),
        issuers(),
    ]
    .into_iter()
    .flatten()
    .collect()
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
