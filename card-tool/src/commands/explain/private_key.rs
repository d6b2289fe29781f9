//! Private keys: recognised, named, never shown.

use super::annotation::{Annotation, Node, Positions};
use super::element::{self, Element};
use super::oids;

const SEQUENCE: u32 = 0x30;
const INTEGER: u32 = 0x02;
const OCTET_STRING: u32 = 0x04;
const PKCS_8: &str = "private key (PKCS #8)";
const SEC_1: &str = "private key (SEC 1)";
/// Content type data (RFC 5652 §4), with which a PKCS #12 store begins.
const DATA: &str = "1.2.840.113549.1.7.1";

/// What the content of an object is, if it is a private key or holds some.
pub(super) fn inside(tag: u32, content: &[u8]) -> Option<&'static str> {
    if tag != SEQUENCE {
        return None;
    }
    match element::tags(content, 4).as_slice() {
        [INTEGER, SEQUENCE, OCTET_STRING, ..] => Some(PKCS_8),
        [INTEGER, OCTET_STRING, 0xA0 | 0xA1, ..] => Some(SEC_1),
        // Version, modulus, exponent; what comes fourth is the secret, and the file may be cut behind it.
        [INTEGER, INTEGER, INTEGER, INTEGER] if matches!(first_value(content), Some([0 | 1])) => {
            Some("private key (PKCS #1)")
        }
        [INTEGER, SEQUENCE, ..] if is_store(content) => Some("key store (PKCS #12)"),
        _ => None,
    }
}

/// The same for octets that are an object, such as the content of an OCTET STRING.
pub(super) fn wrapped(octets: &[u8]) -> Option<&'static str> {
    let (object, _) = Element::read(octets, 0)?;
    inside(object.tag, object.value)
}

/// A file that is a private key, whole or cut.
pub(super) fn explain(bytes: &[u8]) -> Option<Annotation> {
    let (outer, _) = Element::read(bytes, 0)?;
    let kind = inside(outer.tag, outer.value)
        .or_else(|| short(&outer))
        .or_else(|| encrypted(&outer))?;
    let algorithm = algorithm(&outer).filter(|_| kind == PKCS_8);
    let algorithm = algorithm.map(|name| Node::line("algorithm", name));
    let length = Node::line(
        "content",
        format!("{} bytes, not shown: a key is shown to nobody", bytes.len()),
    );
    Some(Annotation {
        kind: kind.into(),
        about: "kept secret".into(),
        length: bytes.len(),
        positions: Positions::None,
        nodes: algorithm.into_iter().chain([length]).collect(),
        ..Annotation::default()
    })
}

/// ECPrivateKey without its optional fields (RFC 5915 §3). Inside other objects it looks like the hash of EF.DG1.
fn short(outer: &Element<'_>) -> Option<&'static str> {
    let is_pair = outer.tag == SEQUENCE && element::tags(outer.value, 3) == [INTEGER, OCTET_STRING];
    (is_pair && first_value(outer.value) == Some(&[1])).then_some(SEC_1)
}

/// EncryptedPrivateKeyInfo (RFC 5958 §3): an algorithm for the encryption by a password, and octets.
fn encrypted(outer: &Element<'_>) -> Option<&'static str> {
    const PASSWORD_BASED: &str = "1.2.840.113549.1.5";
    let is_pair =
        outer.tag == SEQUENCE && element::tags(outer.value, 3) == [SEQUENCE, OCTET_STRING];
    let algorithm = element::nth(outer.value, 0).and_then(|algorithm| identifier(&algorithm));
    (is_pair && algorithm.is_some_and(|oid| oids::is_within(&oid, PASSWORD_BASED)))
        .then_some("encrypted private key (PKCS #8)")
}

fn is_store(content: &[u8]) -> bool {
    element::nth(content, 1)
        .and_then(|second| identifier(&second))
        .is_some_and(|oid| oid == DATA)
}

/// The algorithm of a PKCS #8 key is public; a curve stands in its parameters.
fn algorithm(outer: &Element<'_>) -> Option<String> {
    let algorithm = element::nth(outer.value, 1).filter(|second| second.tag == SEQUENCE)?;
    let oid = element::nth(algorithm.value, 0)?;
    let name = oids::describe(oid.value)?;
    let curve = element::nth(algorithm.value, 1).filter(|parameters| parameters.tag == oid.tag);
    Some(match curve.and_then(|curve| oids::describe(curve.value)) {
        Some(curve) => format!("{name}, {curve}"),
        None => name,
    })
}

fn first_value(content: &[u8]) -> Option<&[u8]> {
    Some(element::nth(content, 0)?.value)
}

fn identifier(sequence: &Element<'_>) -> Option<String> {
    oids::dotted(element::nth(sequence.value, 0)?.value)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(hex: &str, expected: Option<&str>) {
        let bytes = test_support::unhex(hex);
        let found = explain(&bytes).map(|annotation| annotation.kind);
        assert_eq!(found.as_deref(), expected, "{hex}");
    }

    #[test]
    fn forms_of_private_keys() {
        let pkcs8 = "301A 020100 300D 06092A864886F70D0101010500 0406 300402010002";
        check(pkcs8, Some(PKCS_8));
        check(pkcs8.trim_end_matches("010002"), Some(PKCS_8));
        check(
            "300F 020100 020105 020103 020107 020111",
            Some("private key (PKCS #1)"),
        );
        check(
            "300F 020100 020105 020103 020207",
            Some("private key (PKCS #1)"),
        );
        check("3007 020101 0402ABCD", Some(SEC_1));
        check(
            "3015 300F 06092A864886F70D01050D 30020400 0402ABCD",
            Some("encrypted private key (PKCS #8)"),
        );
        check(
            "3015 020103 300E 06092A864886F70D010701 A0010400",
            Some("key store (PKCS #12)"),
        );
        // A public key, the hash of EF.DG2, an algorithm.
        check("3006 020105 020103", None);
        check("3007 020102 0402ABCD", None);
        check("3007 3005 06032A0304", None);
        check("", None);
    }
}
