//! Documents of a test PKI that has written something against the rules, and signed it: the forms of the field, made here.

use std::collections::BTreeMap;

use const_oid::ObjectIdentifier;
use crypto::{Curve, EcParameters, HashAlgorithm, PrivateKey, SignatureAlgorithm};
use iso7816::tlv::{Tag, encode};
use lds::{File, LdsSecurityObject, LdsSecurityObjectVersion};
use pki::oids;
use pki::profile::Issuer;
use pki::{Certificate, DataGroup, Report, SecurityObject, SoftwareSigner, TrustStore};
use rand::SeedableRng;
use rand::rngs::StdRng;
use time::OffsetDateTime;

use crate::test_pki::{NOW, csca_profile, document_signer_profile, files};

const INTEGER: u8 = 0x02;
const BIT_STRING: u8 = 0x03;
const OCTET_STRING: u8 = 0x04;
const OID: u8 = 0x06;
const SEQUENCE: u8 = 0x30;
const SET: u8 = 0x31;

/// One element in DER.
pub(crate) fn element(tag: u8, content: impl AsRef<[u8]>) -> Vec<u8> {
    encode(Tag::new(tag.into()), content.as_ref())
}

/// Several elements in one.
pub(crate) fn row(tag: u8, elements: &[&[u8]]) -> Vec<u8> {
    element(tag, elements.concat())
}

/// An object identifier.
pub(crate) fn oid(oid: ObjectIdentifier) -> Vec<u8> {
    element(OID, oid.as_bytes())
}

/// An element that can be taken apart and put together again, right or wrong.
#[derive(Debug, Clone)]
pub(crate) enum Node {
    /// Bytes that are put down as they are.
    Raw(Vec<u8>),
    /// Elements inside an element.
    Branch(u8, Vec<Node>),
}

impl Node {
    /// Takes an element apart; what is primitive stays raw.
    pub(crate) fn parse(bytes: &[u8]) -> Self {
        let (object, rest) = iso7816::tlv::read(bytes).expect("one element");
        assert!(rest.is_empty());
        let tag = bytes[0];
        if tag & 0x20 == 0 {
            return Self::Raw(bytes.to_vec());
        }
        let mut children = Vec::new();
        let mut rest = object.value;
        while !rest.is_empty() {
            let (child, behind) = iso7816::tlv::read(rest).expect("an element inside");
            children.push(Self::parse(child.raw));
            rest = behind;
        }
        Self::Branch(tag, children)
    }

    pub(crate) fn bytes(&self) -> Vec<u8> {
        match self {
            Self::Raw(bytes) => bytes.clone(),
            Self::Branch(tag, children) => element(
                *tag,
                children.iter().flat_map(Self::bytes).collect::<Vec<u8>>(),
            ),
        }
    }

    pub(crate) fn children(&mut self) -> &mut Vec<Self> {
        match self {
            Self::Branch(_, children) => children,
            Self::Raw(_) => panic!("no elements inside"),
        }
    }

    pub(crate) fn at(&mut self, path: &[usize]) -> &mut Self {
        path.iter()
            .fold(self, |node, index| &mut node.children()[*index])
    }

    pub(crate) fn set(&mut self, path: &[usize], bytes: Vec<u8>) {
        *self.at(path) = Self::Raw(bytes);
    }
}

/// The fields of tbsCertificate by their places.
pub(crate) mod tbs {
    pub(crate) const VERSION: usize = 0;
    pub(crate) const SERIAL_NUMBER: usize = 1;
    pub(crate) const ALGORITHM: usize = 2;
    pub(crate) const ISSUER: usize = 3;
    pub(crate) const VALIDITY: usize = 4;
    pub(crate) const SUBJECT: usize = 5;
    pub(crate) const KEY: usize = 6;
    pub(crate) const EXTENSIONS: usize = 7;
}

/// The row of extensions.
pub(crate) fn extensions(body: &mut Node) -> &mut Vec<Node> {
    body.at(&[tbs::EXTENSIONS, 0]).children()
}

pub(crate) fn remove_extension(body: &mut Node, kind: ObjectIdentifier) {
    let before = extensions(body).len();
    extensions(body).retain_mut(|extension| extension.at(&[0]).bytes() != oid(kind));
    assert_eq!(extensions(body).len(), before - 1, "{kind}");
}

pub(crate) fn add_extension(body: &mut Node, kind: ObjectIdentifier, critical: bool, value: &[u8]) {
    let critical = if critical {
        vec![0x01, 0x01, 0xFF]
    } else {
        vec![]
    };
    let value = element(OCTET_STRING, value);
    let extension = row(SEQUENCE, &[&oid(kind), &critical, &value]);
    extensions(body).push(Node::parse(&extension));
}

pub(crate) fn replace_extension(
    body: &mut Node,
    kind: ObjectIdentifier,
    critical: bool,
    value: &[u8],
) {
    remove_extension(body, kind);
    add_extension(body, kind, critical, value);
}

/// A key and how it signs.
pub(crate) struct Signing {
    pub(crate) key: PrivateKey,
    pub(crate) algorithm: SignatureAlgorithm,
    /// The AlgorithmIdentifier that is written.
    pub(crate) identifier: Vec<u8>,
}

/// What kind of key.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Key {
    Ec(Curve),
    Rsa,
}

impl Key {
    fn generate(self, seed: u64) -> PrivateKey {
        let mut rng = StdRng::seed_from_u64(seed);
        match self {
            Self::Ec(curve) => PrivateKey::generate_ec(curve, &mut rng),
            Self::Rsa => PrivateKey::generate_rsa(2048, &mut rng),
        }
        .unwrap()
    }

    const fn algorithm(self) -> SignatureAlgorithm {
        match self {
            Self::Ec(_) => SignatureAlgorithm::Ecdsa(HashAlgorithm::Sha256),
            Self::Rsa => SignatureAlgorithm::pss(HashAlgorithm::Sha256),
        }
    }

    pub(crate) fn signer(self, seed: u64) -> SoftwareSigner {
        let rng = Box::new(StdRng::seed_from_u64(seed));
        SoftwareSigner::new(self.generate(seed), self.algorithm(), rng).unwrap()
    }
}

impl Signing {
    pub(crate) fn sign(&self, message: &[u8]) -> Vec<u8> {
        let mut rng = StdRng::seed_from_u64(5);
        self.key.sign(&self.algorithm, message, &mut rng).unwrap()
    }
}

/// How the signer's certificate is named.
#[derive(Debug, Clone)]
pub(crate) enum Sid {
    /// As the certificate writes it.
    IssuerAndSerialNumber,
    /// Any element.
    Element(Vec<u8>),
}

/// A document of the test PKI before it is put together. Everything in it may be changed.
pub(crate) struct Forge {
    kind: Key,
    pub(crate) csca: Signing,
    pub(crate) signer: Signing,
    pub(crate) csca_body: Node,
    pub(crate) signer_body: Node,
    pub(crate) files: BTreeMap<File, Vec<u8>>,
    /// What is hashed, if not the files.
    pub(crate) hashed: Option<BTreeMap<File, Vec<u8>>>,
    pub(crate) version: LdsSecurityObjectVersion,
    pub(crate) hash: HashAlgorithm,
    pub(crate) content_type: ObjectIdentifier,
    pub(crate) digest: HashAlgorithm,
    pub(crate) digest_identifier: Vec<u8>,
    pub(crate) signing_time: Option<Vec<u8>>,
    pub(crate) sid: Sid,
    /// Other certificates than the signer's in the object.
    pub(crate) certificates: Option<Vec<Vec<u8>>>,
    /// The order in which attributes are sent: sorted or the other way round.
    pub(crate) attributes_reversed: bool,
    /// Whether the signature is over the attributes in DER, whatever is sent.
    pub(crate) sign_sorted: bool,
    pub(crate) alter_signature: fn(Vec<u8>) -> Vec<u8>,
    /// The last change: to the ContentInfo.
    pub(crate) alter_cms: fn(Vec<u8>) -> Vec<u8>,
}

impl Forge {
    pub(crate) fn new(csca: Key, signer: Key) -> Self {
        let mut rng = StdRng::seed_from_u64(31);
        let csca_key = csca.signer(1);
        let certificate = csca_profile(EcParameters::Explicit)
            .issue(&csca_key, &mut rng)
            .unwrap();
        let issuer = Issuer::new(&certificate, &csca_key).unwrap();
        let public = signer.generate(2).public();
        let signer_certificate = document_signer_profile(EcParameters::Explicit)
            .issue(&public, &issuer, &mut rng)
            .unwrap();
        let (csca_body, csca_identifier) = take_apart(&certificate);
        let (signer_body, _) = take_apart(&signer_certificate);
        Self {
            kind: csca,
            csca: Signing {
                key: csca.generate(1),
                algorithm: csca.algorithm(),
                identifier: csca_identifier,
            },
            signer: Signing {
                key: signer.generate(2),
                algorithm: signer.algorithm(),
                identifier: identifier_of(signer),
            },
            csca_body,
            signer_body,
            files: files(),
            hashed: None,
            version: LdsSecurityObjectVersion::v1(),
            hash: HashAlgorithm::Sha256,
            content_type: oids::LDS_SECURITY_OBJECT,
            digest: HashAlgorithm::Sha256,
            digest_identifier: row(SEQUENCE, &[&oid(HashAlgorithm::Sha256.oid())]),
            signing_time: Some(element(0x17, "261121120000Z")),
            sid: Sid::IssuerAndSerialNumber,
            certificates: None,
            attributes_reversed: false,
            sign_sorted: false,
            alter_signature: |signature| signature,
            alter_cms: |cms| cms,
        }
    }

    /// Writes this algorithm identifier into a certificate that the CSCA signs.
    pub(crate) fn csca_signs_by(&mut self, algorithm: SignatureAlgorithm, identifier: &[u8]) {
        self.csca.algorithm = algorithm;
        self.csca.identifier = identifier.to_vec();
        for body in [&mut self.csca_body, &mut self.signer_body] {
            body.set(&[tbs::ALGORITHM], identifier.to_vec());
        }
    }

    pub(crate) fn csca_certificate(&self) -> Vec<u8> {
        certificate(&self.csca_body, &self.csca)
    }

    pub(crate) fn signer_certificate(&self) -> Vec<u8> {
        certificate(&self.signer_body, &self.csca)
    }

    /// EF.SOD.
    pub(crate) fn security_object(&self) -> Vec<u8> {
        let hashed = self.hashed.as_ref().unwrap_or(&self.files);
        let files = hashed.iter().map(|(file, bytes)| (*file, bytes.as_slice()));
        let content = LdsSecurityObject::of_files(self.version.clone(), self.hash, files);
        self.sign(&content.unwrap().to_der())
    }

    pub(crate) fn sign(&self, content: &[u8]) -> Vec<u8> {
        let info = self.signer_info(content);
        let certificates = self
            .certificates
            .clone()
            .unwrap_or_else(|| vec![self.signer_certificate()]);
        let content_info = row(
            SEQUENCE,
            &[
                &oid(self.content_type),
                &element(0xA0, element(OCTET_STRING, content)),
            ],
        );
        let certificates = if certificates.is_empty() {
            Vec::new()
        } else {
            element(0xA0, certificates.concat())
        };
        let signed_data = row(
            SEQUENCE,
            &[
                &element(INTEGER, [3]),
                &element(SET, &self.digest_identifier),
                &content_info,
                &certificates,
                &element(SET, info),
            ],
        );
        let cms = row(
            SEQUENCE,
            &[&oid(oids::SIGNED_DATA), &element(0xA0, signed_data)],
        );
        element(0x77, (self.alter_cms)(cms))
    }

    fn signer_info(&self, content: &[u8]) -> Vec<u8> {
        let mut attributes = vec![
            attribute(oids::CONTENT_TYPE, &oid(self.content_type)),
            attribute(
                oids::MESSAGE_DIGEST,
                &element(OCTET_STRING, self.digest.digest(content)),
            ),
        ];
        attributes.extend(
            self.signing_time
                .iter()
                .map(|t| attribute(oids::SIGNING_TIME, t)),
        );
        attributes.sort();
        let sorted = attributes.concat();
        if self.attributes_reversed {
            attributes.reverse();
        }
        let sent = attributes.concat();
        let signed = if self.sign_sorted { &sorted } else { &sent };
        let signature = self.signer.sign(&element(SET, signed));
        let (version, sid) = match &self.sid {
            Sid::IssuerAndSerialNumber => {
                let certificate = Certificate::parse(&self.signer_certificate()).unwrap();
                let serial_number = element(INTEGER, certificate.serial_number());
                (
                    1,
                    row(SEQUENCE, &[certificate.issuer().as_der(), &serial_number]),
                )
            }
            Sid::Element(element) if element[0] == 0x80 => (3, element.clone()),
            Sid::Element(element) => (1, element.clone()),
        };
        row(
            SEQUENCE,
            &[
                &element(INTEGER, [version]),
                &sid,
                &self.digest_identifier,
                &element(0xA0, sent),
                &self.signer.identifier,
                &element(OCTET_STRING, (self.alter_signature)(signature)),
            ],
        )
    }

    /// A store that trusts the CSCA.
    pub(crate) fn trust_store(&self) -> TrustStore {
        let mut store = TrustStore::new();
        store.add(&self.csca_certificate(), "test").unwrap();
        store
    }

    pub(crate) fn data_groups(&self) -> BTreeMap<File, DataGroup> {
        let read =
            |bytes: &Vec<u8>| DataGroup::Read(lds::HashedFile::new(bytes.clone(), self.hash));
        let files = self.files.iter();
        files.map(|(file, bytes)| (*file, read(bytes))).collect()
    }

    pub(crate) fn authenticate(&self, store: &TrustStore) -> Report {
        self.authenticate_at(store, NOW)
    }

    pub(crate) fn authenticate_at(&self, store: &TrustStore, now: OffsetDateTime) -> Report {
        let security_object = SecurityObject::parse(&self.security_object()).unwrap();
        pki::authenticate(&security_object, self.data_groups(), store, now)
    }

    /// Lets the CSCA issue something else.
    pub(crate) fn issue<T>(&self, work: impl FnOnce(&Issuer<'_>) -> T) -> T {
        let signer = self.kind.signer(1);
        work(&Issuer::new(&self.csca_certificate(), &signer).unwrap())
    }
}

fn attribute(kind: ObjectIdentifier, value: &[u8]) -> Vec<u8> {
    row(SEQUENCE, &[&oid(kind), &element(SET, value)])
}

/// tbsCertificate and signatureAlgorithm.
fn take_apart(certificate: &[u8]) -> (Node, Vec<u8>) {
    let mut node = Node::parse(certificate);
    (node.at(&[0]).clone(), node.at(&[1]).bytes())
}

fn certificate(body: &Node, signing: &Signing) -> Vec<u8> {
    let body = body.bytes();
    let signature = [&[0][..], &signing.sign(&body)].concat();
    row(
        SEQUENCE,
        &[&body, &signing.identifier, &element(BIT_STRING, signature)],
    )
}

/// The AlgorithmIdentifier of a kind of key, as a certificate signed with it carries it.
fn identifier_of(key: Key) -> Vec<u8> {
    let mut rng = StdRng::seed_from_u64(31);
    let certificate = csca_profile(EcParameters::Explicit).issue(&key.signer(2), &mut rng);
    take_apart(&certificate.unwrap()).1
}
