//! Just enough DER to build large objects; nothing in them is signed by anybody.

use iso7816::tlv::{Tag, encode};

use crate::world::WORLD;

/// An element of this tag.
pub(super) fn element(tag: u32, content: &[u8]) -> Vec<u8> {
    encode(Tag::new(tag), content)
}

pub(super) fn sequence(parts: &[&[u8]]) -> Vec<u8> {
    element(0x30, &parts.concat())
}

/// An object identifier from its encoding.
fn oid(encoding: &str) -> Vec<u8> {
    element(0x06, &hex::decode(encoding).unwrap())
}

fn algorithm(encoding: &str) -> Vec<u8> {
    sequence(&[&oid(encoding)])
}

fn ecdsa_sha256() -> Vec<u8> {
    algorithm("2a8648ce3d040302")
}

fn sha256() -> Vec<u8> {
    algorithm("608648016503040201")
}

/// A signature in the right form, of nobody.
fn signature() -> Vec<u8> {
    let number = element(0x02, &[0x11; 32]);
    sequence(&[&number, &number])
}

fn signature_bits() -> Vec<u8> {
    element(0x03, &[&[0], signature().as_slice()].concat())
}

pub(super) fn utc_time() -> Vec<u8> {
    element(0x17, b"261101000000Z")
}

/// A name of so many attributes, each in a set of its own.
pub(super) fn name(attributes: usize) -> Vec<u8> {
    let attribute = sequence(&[&oid("550403"), &element(0x0C, b"TEST")]);
    element(0x30, &element(0x31, &attribute).repeat(attributes))
}

/// A CRL of this issuer with these entries, and these elements behind the last field.
pub(super) fn crl(issuer: &[u8], entries: &[u8], surplus: &[u8]) -> Vec<u8> {
    let next = element(0x17, b"261201000000Z");
    let version = element(0x02, &[1]);
    let listed = element(0x30, entries);
    let body = sequence(&[
        &version,
        &ecdsa_sha256(),
        issuer,
        &utc_time(),
        &next,
        &listed,
        surplus,
    ]);
    sequence(&[&body, &ecdsa_sha256(), &signature_bits()])
}

/// The name of the CSCA of our world.
pub(super) fn csca_name() -> Vec<u8> {
    WORLD.csca.subject().as_der().to_vec()
}

/// A SignedData with the CSCA's certificate so many times, and these signers.
pub(super) fn signed_data(
    content_type: &str,
    content: &[u8],
    certificates: usize,
    signers: &[Vec<u8>],
) -> Vec<u8> {
    let content = element(0x04, content);
    signed_data_around(content_type, &content, certificates, signers)
}

/// As [`signed_data`], the content already an OCTET STRING.
pub(super) fn signed_data_around(
    content_type: &str,
    content: &[u8],
    certificates: usize,
    signers: &[Vec<u8>],
) -> Vec<u8> {
    let version = element(0x02, &[3]);
    let digests = element(0x31, &sha256());
    let encapsulated = sequence(&[&oid(content_type), &element(0xA0, content)]);
    let certificates = element(0xA0, &WORLD.csca.as_der().repeat(certificates));
    let signers = element(0x31, &signers.concat());
    let signed = sequence(&[&version, &digests, &encapsulated, &certificates, &signers]);
    sequence(&[&oid("2a864886f70d010702"), &element(0xA0, &signed)])
}

/// A signer that no certificate is named by, so that all are tried; `attribute` is the value of an attribute of his.
pub(super) fn signer(attribute: &[u8]) -> Vec<u8> {
    let attribute = sequence(&[&oid("2a864886f70d01097f"), attribute]);
    let digest = element(0x31, &element(0x04, &[0x22; 32]));
    let digest = sequence(&[&oid("2a864886f70d010904"), &digest]);
    signer_named(&element(0x80, b"nobody"), &[attribute, digest].concat())
}

/// A signer with this identifier and these attributes.
pub(super) fn signer_named(identifier: &[u8], attributes: &[u8]) -> Vec<u8> {
    let attributes = element(0xA0, attributes);
    let version = element(0x02, &[3]);
    let signature = element(0x04, &signature());
    sequence(&[
        &version,
        identifier,
        &sha256(),
        &attributes,
        &ecdsa_sha256(),
        &signature,
    ])
}
