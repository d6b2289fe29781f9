//! Takes a good object apart, lets somebody change it, and signs it again: what is wrong with it afterwards is the change.

use const_oid::ObjectIdentifier;
use crypto::HashAlgorithm;
use iso7816::tlv::{self, Tag};
use pki::{Signer, oids};

pub(crate) const INTEGER: u8 = 0x02;
pub(crate) const OCTET_STRING: u8 = 0x04;
pub(crate) const OID: u8 = 0x06;
pub(crate) const UTF8_STRING: u8 = 0x0C;
pub(crate) const PRINTABLE_STRING: u8 = 0x13;
pub(crate) const T61_STRING: u8 = 0x14;
pub(crate) const UTC_TIME: u8 = 0x17;
pub(crate) const GENERALIZED_TIME: u8 = 0x18;
pub(crate) const SEQUENCE: u8 = 0x30;
pub(crate) const SET: u8 = 0x31;
const BOOLEAN: u8 = 0x01;
const CONSTRUCTED: u8 = 0x20;

/// One element.
#[derive(Clone)]
pub(crate) enum Node {
    Leaf(u8, Vec<u8>),
    Tree(u8, Vec<Node>),
    /// Bytes that go out as they are.
    Raw(Vec<u8>),
}

impl Node {
    pub(crate) fn read(bytes: &[u8]) -> Self {
        let mut all = Self::read_row(bytes);
        assert_eq!(all.len(), 1, "one element");
        all.remove(0)
    }

    fn read_row(mut bytes: &[u8]) -> Vec<Self> {
        let mut row = Vec::new();
        while !bytes.is_empty() {
            let tag = bytes[0];
            let (element, rest) = tlv::read(bytes).unwrap();
            row.push(if tag & CONSTRUCTED == 0 {
                Self::Leaf(tag, element.value.to_vec())
            } else {
                Self::Tree(tag, Self::read_row(element.value))
            });
            bytes = rest;
        }
        row
    }

    pub(crate) fn bytes(&self) -> Vec<u8> {
        match self {
            Self::Leaf(tag, content) => tlv::encode(Tag::new((*tag).into()), content),
            Self::Tree(tag, children) => {
                let content: Vec<u8> = children.iter().flat_map(Self::bytes).collect();
                tlv::encode(Tag::new((*tag).into()), &content)
            }
            Self::Raw(bytes) => bytes.clone(),
        }
    }

    pub(crate) fn nodes(&mut self) -> &mut Vec<Node> {
        match self {
            Self::Tree(_, children) => children,
            _ => panic!("no children"),
        }
    }

    pub(crate) fn content(&mut self) -> &mut Vec<u8> {
        match self {
            Self::Leaf(_, content) => content,
            _ => panic!("no content"),
        }
    }

    pub(crate) fn tag(&self) -> u8 {
        match self {
            Self::Leaf(tag, _) | Self::Tree(tag, _) => *tag,
            Self::Raw(bytes) => bytes[0],
        }
    }

    /// The element at a path of positions.
    pub(crate) fn at(&mut self, path: &[usize]) -> &mut Node {
        path.iter()
            .fold(self, |node, index| &mut node.nodes()[*index])
    }
}

pub(crate) fn leaf(tag: u8, content: impl AsRef<[u8]>) -> Node {
    Node::Leaf(tag, content.as_ref().to_vec())
}

pub(crate) fn oid(oid: ObjectIdentifier) -> Node {
    leaf(OID, oid.as_bytes())
}

pub(crate) fn sequence(children: Vec<Node>) -> Node {
    Node::Tree(SEQUENCE, children)
}

/// A name of one attribute in each relative name.
pub(crate) fn name(attributes: &[(ObjectIdentifier, u8, &str)]) -> Node {
    let rdn = |(kind, tag, text): &(ObjectIdentifier, u8, &str)| {
        Node::Tree(SET, vec![sequence(vec![oid(*kind), leaf(*tag, text)])])
    };
    sequence(attributes.iter().map(rdn).collect())
}

/// An extension; `critical` is written only when it is true.
pub(crate) fn extension(kind: ObjectIdentifier, critical: bool, value: &[u8]) -> Node {
    let mut fields = vec![oid(kind)];
    if critical {
        fields.push(leaf(BOOLEAN, [0xFF]));
    }
    fields.push(leaf(OCTET_STRING, value));
    sequence(fields)
}

/// The extensions of a certificate or CRL: the row behind the last field of what is signed.
pub(crate) fn extensions(signed: &mut Node) -> &mut Vec<Node> {
    signed.at(&[0]).nodes().last_mut().unwrap().at(&[0]).nodes()
}

fn position(signed: &mut Node, kind: ObjectIdentifier) -> Option<usize> {
    extensions(signed)
        .iter_mut()
        .position(|extension| *extension.at(&[0]).content() == kind.as_bytes())
}

pub(crate) fn remove(signed: &mut Node, kind: ObjectIdentifier) {
    let at = position(signed, kind).expect("an extension to remove");
    extensions(signed).remove(at);
}

/// Adds an extension, or puts it in the place of the one that is there.
pub(crate) fn put(signed: &mut Node, kind: ObjectIdentifier, critical: bool, value: &[u8]) {
    let new = extension(kind, critical, value);
    match position(signed, kind) {
        Some(at) => extensions(signed)[at] = new,
        None => extensions(signed).push(new),
    }
}

/// Changes the value of an extension and keeps its criticality.
pub(crate) fn edit(signed: &mut Node, kind: ObjectIdentifier, change: impl FnOnce(&mut Node)) {
    let at = position(signed, kind).expect("an extension to edit");
    let octets = extensions(signed)[at].nodes().last_mut().unwrap();
    let mut value = Node::read(octets.content());
    change(&mut value);
    *octets.content() = value.bytes();
}

/// Makes an extension critical that was not, and the reverse.
pub(crate) fn flip(signed: &mut Node, kind: ObjectIdentifier) {
    let at = position(signed, kind).expect("an extension to flip");
    let fields = extensions(signed)[at].nodes();
    if fields.len() == 3 {
        fields.remove(1);
    } else {
        fields.insert(1, leaf(BOOLEAN, [0xFF]));
    }
}

/// `critical FALSE`, written out.
pub(crate) fn write_false(signed: &mut Node, kind: ObjectIdentifier) {
    let at = position(signed, kind).expect("an extension");
    extensions(signed)[at]
        .nodes()
        .insert(1, leaf(BOOLEAN, [0x00]));
}

/// Signs a certificate or CRL again.
pub(crate) fn sign(signed: &mut Node, signer: &dyn Signer) {
    let signature = signer.sign(&signed.at(&[0]).bytes()).unwrap();
    *signed.at(&[2]) = leaf(0x03, [vec![0], signature].concat());
}

/// SignedData inside a ContentInfo, or inside EF.SOD.
pub(crate) fn signed_data(object: &mut Node) -> &mut Node {
    let path: &[usize] = if object.tag() == SEQUENCE {
        &[1, 0]
    } else {
        &[0, 1, 0]
    };
    object.at(path)
}

/// Of SignedData: the first SignerInfo.
pub(crate) fn signer_info(object: &mut Node) -> &mut Node {
    signed_data(object).nodes().last_mut().unwrap().at(&[0])
}

/// The signed attributes.
pub(crate) fn attributes(object: &mut Node) -> &mut Vec<Node> {
    signer_info(object).at(&[3]).nodes()
}

pub(crate) fn attribute(object: &mut Node, kind: ObjectIdentifier) -> Option<&mut Node> {
    attributes(object)
        .iter_mut()
        .find(|attribute| matches!(attribute, Node::Tree(_, fields) if fields[0].clone().content() == kind.as_bytes()))
}

/// Changes the content of a SignedData.
pub(crate) fn edit_content(object: &mut Node, change: impl FnOnce(&mut Node)) {
    let octets = signed_data(object).at(&[2, 1, 0]);
    let mut content = Node::read(octets.content());
    change(&mut content);
    *octets.content() = content.bytes();
}

/// Hashes the content and signs the attributes again.
pub(crate) fn sign_content(object: &mut Node, signer: &dyn Signer) {
    let content = signed_data(object).at(&[2, 1, 0]).content().clone();
    let digest = HashAlgorithm::Sha256.digest(&content);
    if signer_info(object).at(&[3]).tag() != 0xA0 {
        return;
    }
    if let Some(attribute) = attribute(object, oids::MESSAGE_DIGEST) {
        *attribute.at(&[1, 0]).content() = digest;
    }
    let mut set = signer_info(object).at(&[3]).bytes();
    set[0] = SET;
    let signature = signer.sign(&set).unwrap();
    *signer_info(object).at(&[5]) = leaf(OCTET_STRING, signature);
}
