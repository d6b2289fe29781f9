//! Card verifiable certificates as bytes: every field spoilt, each with its reason.

use crypto::{Curve, KeyKind};
use iso7816::tlv::{self, Tag};
use protocols::Error;
use protocols::terminal_authentication::{
    Certificate, CertificateFault, Deviation, MAX_CERTIFICATE_LEN, MAX_EXTENSIONS, Policy, Rights,
    Role, SignatureScheme,
};

use crate::authorities::{Chain, ECDSA, P256, this_year};
use crate::card::rng;

const BODY: Tag = Tag::new(0x7F4E);
const KEY: Tag = Tag::new(0x7F49);
const CHAT: Tag = Tag::new(0x7F4C);
const HOLDER: Tag = Tag::new(0x5F20);
const AUTHORITY: Tag = Tag::new(0x42);
const EFFECTIVE: Tag = Tag::new(0x5F25);
const EXPIRY: Tag = Tag::new(0x5F24);
const PROFILE: Tag = Tag::new(0x5F29);
const EXTENSIONS: Tag = Tag::new(0x65);
const SIGNATURE: Tag = Tag::new(0x5F37);
const CERTIFICATE: Tag = Tag::new(0x7F21);
const OID: Tag = Tag::new(0x06);
const BITS: Tag = Tag::new(0x53);

/// A data object as a tree that can be spoilt.
#[derive(Clone, Debug)]
enum Node {
    Leaf(Tag, Vec<u8>),
    Branch(Tag, Vec<Node>),
    /// Bytes that are no object of ours.
    Raw(Vec<u8>),
}

impl Node {
    fn read(bytes: &[u8]) -> Vec<Self> {
        let objects = tlv::read_all(bytes).unwrap();
        let node = |object: &tlv::Tlv<'_>| match object.tag.is_constructed() {
            true => Self::Branch(object.tag, Self::read(object.value)),
            false => Self::Leaf(object.tag, object.value.to_vec()),
        };
        objects.iter().map(node).collect()
    }

    const fn tag(&self) -> Option<Tag> {
        match self {
            Self::Leaf(tag, _) | Self::Branch(tag, _) => Some(*tag),
            Self::Raw(_) => None,
        }
    }

    fn bytes(&self) -> Vec<u8> {
        match self {
            Self::Leaf(tag, value) => tlv::encode(*tag, value),
            Self::Branch(tag, nodes) => tlv::encode(
                *tag,
                &nodes.iter().flat_map(Self::bytes).collect::<Vec<_>>(),
            ),
            Self::Raw(bytes) => bytes.clone(),
        }
    }

    /// The row of objects at the end of a path of tags.
    fn row<'a>(nodes: &'a mut Vec<Self>, path: &[Tag]) -> &'a mut Vec<Self> {
        let Some((first, rest)) = path.split_first() else {
            return nodes;
        };
        let node = nodes.iter_mut().find(|node| node.tag() == Some(*first));
        match node {
            Some(Self::Branch(_, nodes)) => Self::row(nodes, rest),
            other => panic!("{first}: {other:?}"),
        }
    }
}

fn place(row: &[Node], tag: Tag) -> usize {
    row.iter().position(|node| node.tag() == Some(tag)).unwrap()
}

/// A certificate of a CVCA for itself: it has every field.
fn certificate(scheme: SignatureScheme, kind: KeyKind) -> Certificate {
    let chain = Chain::new(scheme, kind);
    chain.cvca.certify(&chain.cvca, Role::Cvca, this_year())
}

/// Spoils the row at a path and reads what comes of it.
fn spoilt(
    certificate: &Certificate,
    path: &[Tag],
    spoil: impl FnOnce(&mut Vec<Node>),
) -> Result<Certificate, Error> {
    let mut nodes = Node::read(&certificate.to_bytes());
    spoil(Node::row(&mut nodes, path));
    Certificate::parse(&nodes.iter().flat_map(Node::bytes).collect::<Vec<_>>())
}

fn check(found: Result<Certificate, Error>, fault: CertificateFault, what: &str) {
    match found {
        Err(Error::Certificate(found)) => assert_eq!(found, fault, "{what}"),
        other => panic!("{what}: {other:?}"),
    }
}

/// The rows of a certificate: path, and the tags in them.
fn rows() -> Vec<(Vec<Tag>, Vec<Tag>)> {
    let numbers = |range: core::ops::RangeInclusive<u32>| range.map(Tag::new).collect::<Vec<_>>();
    vec![
        (vec![CERTIFICATE], vec![BODY, SIGNATURE]),
        (
            vec![CERTIFICATE, BODY],
            vec![PROFILE, AUTHORITY, KEY, HOLDER, CHAT, EFFECTIVE, EXPIRY],
        ),
        (
            vec![CERTIFICATE, BODY, KEY],
            [vec![OID], numbers(0x81..=0x86)].concat(),
        ),
        (vec![CERTIFICATE, BODY, CHAT], vec![OID, BITS]),
    ]
}

#[test]
fn every_object_missing_twice_elsewhere_or_strange() {
    let good = certificate(ECDSA, P256);
    let parameters = 0x81..=0x85;
    for (path, tags) in rows() {
        for tag in tags.iter().copied() {
            let missing = spoilt(&good, &path, |row| drop(row.remove(place(row, tag))));
            let is_parameter = path.last() == Some(&KEY) && parameters.contains(&tag.get());
            let expected = if is_parameter {
                CertificateFault::IncompleteParameters
            } else {
                CertificateFault::Missing(tag)
            };
            check(missing, expected, &format!("{tag} missing"));

            let twice = spoilt(&good, &path, |row| row.push(row[place(row, tag)].clone()));
            check(
                twice,
                CertificateFault::Duplicate(tag),
                &format!("{tag} twice"),
            );

            let strange = spoilt(&good, &path, |row| {
                row.insert(place(row, tag), Node::Leaf(Tag::new(0x9F70), vec![1]));
            });
            let surplus = CertificateFault::Surplus(Tag::new(0x9F70));
            check(strange, surplus, &format!("before {tag}"));
        }
        for pair in tags.windows(2) {
            let swapped = spoilt(&good, &path, |row| {
                let [first, second] = [place(row, pair[0]), place(row, pair[1])];
                row.swap(first, second);
            });
            check(
                swapped,
                CertificateFault::Order(pair[1]),
                &format!("{pair:?} swapped"),
            );
        }
    }
}

#[test]
fn every_value_that_says_nothing() {
    let good = certificate(ECDSA, P256);
    let set = |path: &[Tag], tag: Tag, value: &[u8], fault| {
        let found = spoilt(&good, path, |row| {
            let at = place(row, tag);
            row[at] = Node::Leaf(tag, value.to_vec());
        });
        check(found, fault, &format!("{tag} {value:02X?}"));
    };
    let body = [CERTIFICATE, BODY];
    let key = [CERTIFICATE, BODY, KEY];
    let chat = [CERTIFICATE, BODY, CHAT];
    for value in [&[1][..], &[], &[0, 0]] {
        set(&body, PROFILE, value, CertificateFault::Profile);
    }
    for tag in [AUTHORITY, HOLDER] {
        for value in [
            &b""[..],
            b"UT",
            b"UTTESTCVCA\x00UT01",
            b"utTESTCVCAUT001",
            b"UTTESTCVCALONGUT001",
        ] {
            set(&body, tag, value, CertificateFault::Reference(tag));
        }
    }
    for tag in [EFFECTIVE, EXPIRY] {
        for value in [
            &[2, 6, 1, 3, 0, 1][..],
            &[2, 6, 0, 2, 3, 0],
            &[2, 6, 0xA, 1, 0, 1],
            &[2, 6, 0, 1, 0],
            b"260101",
            &[],
        ] {
            set(&body, tag, value, CertificateFault::Date(tag));
        }
    }
    set(&body, EXPIRY, &[2, 5, 1, 2, 3, 1], CertificateFault::Period);
    let unknown = CertificateFault::UnknownAlgorithm;
    set(&key, OID, &[], unknown);
    set(&key, OID, &[0x80], unknown);
    set(
        &key,
        OID,
        &hex::decode("04007F00070202020206").unwrap(),
        unknown,
    );
    set(
        &key,
        OID,
        &hex::decode("04007F000702020202").unwrap(),
        unknown,
    );
    for tag in 0x81..=0x85 {
        set(&key, Tag::new(tag), &[5], CertificateFault::UnknownCurve);
        set(&key, Tag::new(tag), &[], CertificateFault::UnknownCurve);
    }
    let point = Tag::new(0x86);
    for value in [&[][..], &[0], &[4; 65], &[2; 33], &[0xFF; 200]] {
        set(&key, point, value, CertificateFault::PublicKey);
    }
    set(&key, Tag::new(0x87), &[2], CertificateFault::UnknownCurve);
    set(&key, Tag::new(0x87), &[], CertificateFault::UnknownCurve);
    set(&chat, OID, &[0x2A], CertificateFault::UnknownTerminalType);
    set(&chat, BITS, &[], CertificateFault::AuthorizationLength);
    set(
        &chat,
        BITS,
        &[0xC3, 0],
        CertificateFault::AuthorizationLength,
    );
}

#[test]
fn rsa_keys_that_are_none() {
    let good = certificate(SignatureScheme::RSA_PSS_SHA256, KeyKind::Rsa(2_048));
    let key = [CERTIFICATE, BODY, KEY];
    let [modulus, exponent] = [0x81, 0x82].map(Tag::new);
    let set = |tag: Tag, value: &[u8]| {
        spoilt(&good, &key, |row| {
            let at = place(row, tag);
            row[at] = Node::Leaf(tag, value.to_vec());
        })
    };
    for value in [&[][..], &[0], &[3], &[0xFF; 1_100], &[0; 256]] {
        check(set(modulus, value), CertificateFault::PublicKey, "modulus");
    }
    for value in [&[][..], &[0], &[1], &[2], &[1, 0, 0, 0, 1]] {
        check(
            set(exponent, value),
            CertificateFault::PublicKey,
            "exponent",
        );
    }
    set(exponent, &[3]).unwrap();
    for tag in [modulus, exponent] {
        let missing = spoilt(&good, &key, |row| drop(row.remove(place(row, tag))));
        check(missing, CertificateFault::Missing(tag), "RSA");
    }
    // A number of a curve in an RSA key.
    let strange = spoilt(&good, &key, |row| {
        row.push(Node::Leaf(Tag::new(0x86), vec![4; 65]));
    });
    check(strange, CertificateFault::Surplus(Tag::new(0x86)), "RSA");
}

#[test]
fn encodings_that_are_not_minimal_are_noted_and_refused_by_a_strict_chip() {
    let chain = Chain::new(ECDSA, P256);
    let good = &chain.certificates[0];
    let command = good.to_command();
    // 7F4E with its length in one octet more than needed, as it occurs.
    let value = tlv::read(&command).unwrap().0.value;
    let body = [
        &[0x7F, 0x4E, 0x82, 0x00],
        &value.len().to_be_bytes()[7..],
        value,
    ]
    .concat();
    let signed = chain
        .cvca
        .public
        .scheme()
        .sign(&chain.cvca.key, &body, &mut rng(1))
        .unwrap();
    let objects = [body, tlv::encode(SIGNATURE, &signed)].concat();
    let parsed = Certificate::parse(&tlv::encode(CERTIFICATE, &objects)).unwrap();
    let deviation = Deviation::NonMinimalLength(BODY);
    assert_eq!(parsed.deviations(), [deviation]);
    parsed.verify(&chain.cvca.public).unwrap();
    assert_eq!(parsed.body(), good.body());
    assert_eq!(parsed.to_command(), objects, "what was signed is kept");
    let strict = chain.gate(Policy::default()).present(&parsed);
    assert_eq!(strict, Err(CertificateFault::Deviation(deviation)));
    let tolerant = Policy {
        tolerant: true,
        ..Policy::default()
    };
    chain.gate(tolerant).present(&parsed).unwrap();

    // The outermost object, which no chip sees.
    let outer = [
        &[0x7F, 0x21, 0x82, 0x00],
        &command.len().to_be_bytes()[7..],
        &command,
    ]
    .concat();
    let parsed = Certificate::parse(&outer).unwrap();
    assert_eq!(
        parsed.deviations(),
        [Deviation::NonMinimalLength(CERTIFICATE)]
    );

    // Numbers of full length: the coefficient b of P-521 begins with zeros.
    let wide = certificate(ECDSA, KeyKind::Ec(Curve::P521));
    let b = Tag::new(0x83);
    let padded = spoilt(&wide, &[CERTIFICATE, BODY, KEY], |row| {
        let at = place(row, b);
        row[at] = Node::Leaf(b, Curve::P521.domain().b.to_vec());
    });
    assert_eq!(padded.unwrap().deviations(), [Deviation::LeadingZeros(b)]);
}

#[test]
fn bombs() {
    let good = certificate(ECDSA, P256);
    let parse = |bytes: &[u8]| Certificate::parse(bytes);
    let encoding = |within| CertificateFault::Encoding { within };
    check(parse(&[]), encoding(CERTIFICATE), "nothing");
    check(parse(&[0x7F]), encoding(CERTIFICATE), "half a tag");
    check(
        parse(&[0x7F, 0x21, 0x84, 0xFF, 0xFF, 0xFF, 0xFF]),
        encoding(CERTIFICATE),
        "4 GB",
    );
    check(
        parse(&[0x7F, 0x21, 0x80, 0, 0]),
        encoding(CERTIFICATE),
        "indefinite",
    );
    check(
        parse(&[0x30, 0]),
        CertificateFault::Missing(CERTIFICATE),
        "another tag",
    );
    let trailing = [&good.to_bytes()[..], &[0]].concat();
    check(
        parse(&trailing),
        CertificateFault::Trailing(CERTIFICATE),
        "trailing",
    );
    let len = MAX_CERTIFICATE_LEN + 1;
    let long = tlv::encode(CERTIFICATE, &vec![0; len - 5]);
    check(parse(&long), CertificateFault::TooLong(len), "long");
    // Nested as deep as it goes.
    let nested = (0..400).fold(Vec::new(), |inner, _| tlv::encode(BODY, &inner));
    let deep = tlv::encode(CERTIFICATE, &nested);
    check(parse(&deep), CertificateFault::Missing(SIGNATURE), "nested");
    // As many objects as fit.
    let row = spoilt(&good, &[CERTIFICATE, BODY], |row| {
        row.push(Node::Raw(vec![0; 1_400]));
    });
    check(row, CertificateFault::Duplicate(Tag::new(0)), "row");
    let extensions = |count: usize| {
        spoilt(&good, &[CERTIFICATE, BODY], |row| {
            let one = Node::Branch(Tag::new(0x73), vec![Node::Leaf(OID, vec![0x2A, 3])]);
            row.push(Node::Branch(EXTENSIONS, vec![one; count]));
        })
    };
    assert_eq!(
        extensions(MAX_EXTENSIONS).unwrap().body().extensions.len(),
        MAX_EXTENSIONS
    );
    check(
        extensions(MAX_EXTENSIONS + 1),
        CertificateFault::Extension,
        "extensions",
    );
}

#[test]
fn extensions_that_are_unknown_are_kept() {
    let good = certificate(ECDSA, P256);
    let with = |content: Vec<Node>| {
        spoilt(&good, &[CERTIFICATE, BODY], |row| {
            row.push(Node::Branch(
                EXTENSIONS,
                vec![Node::Branch(Tag::new(0x73), content)],
            ));
        })
    };
    let oid = || Node::Leaf(OID, vec![0x88, 0x37, 0x01]);
    let parsed = with(vec![oid(), Node::Leaf(Tag::new(0x80), vec![1, 2])]).unwrap();
    let extension = &parsed.body().extensions[0];
    assert_eq!(extension.content(), [0x80, 2, 1, 2]);
    assert_eq!(
        (extension.identifier(), extension.bits()),
        (&[0x88, 0x37, 0x01][..], None)
    );
    for content in [
        vec![],
        vec![Node::Leaf(BITS, vec![1]), oid()],
        vec![Node::Leaf(OID, vec![])],
    ] {
        check(with(content), CertificateFault::Extension, "extension");
    }
    let stray = spoilt(&good, &[CERTIFICATE, BODY], |row| {
        row.push(Node::Branch(EXTENSIONS, vec![Node::Leaf(BITS, vec![1])]));
    });
    check(stray, CertificateFault::Surplus(BITS), "stray");
}

/// One bit of one octet anywhere: what is read is another certificate, or its signature is wrong.
#[test]
fn no_octet_can_be_changed() {
    let chain = Chain::new(ECDSA, P256);
    let good = &chain.certificates[0];
    let bytes = good.to_bytes();
    let mut read = 0;
    for at in 0..bytes.len() {
        for bit in [0x01, 0x80] {
            let mut changed = bytes.clone();
            changed[at] ^= bit;
            if let Ok(parsed) = Certificate::parse(&changed) {
                read += 1;
                let fault = parsed.verify(&chain.cvca.public).unwrap_err();
                assert_eq!(fault, CertificateFault::Signature, "at {at}");
            }
        }
    }
    assert!(read > 64, "some can be read: {read}");
}

#[test]
fn certificates_are_written_as_they_are_read() {
    for (scheme, kind) in [
        (ECDSA, KeyKind::Ec(Curve::BrainpoolP512r1)),
        (SignatureScheme::RSA_PSS_SHA512, KeyKind::Rsa(3_072)),
    ] {
        let chain = Chain::new(scheme, kind);
        let own = chain.cvca.sign(chain.cvca.body(
            &chain.cvca,
            Role::Cvca,
            Rights::ALL,
            this_year(),
        ));
        for certificate in [&own].into_iter().chain(&chain.certificates) {
            let parsed = Certificate::parse(&certificate.to_bytes()).unwrap();
            assert_eq!(parsed, *certificate);
            assert_eq!(parsed.body().to_bytes(), parsed.signed());
        }
        assert!(own.to_bytes().len() < MAX_CERTIFICATE_LEN);
    }
}
