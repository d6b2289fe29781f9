//! Bad algorithms and keys of certificates.

use crypto::{Curve, EcParameters, KeyKind};
use pki::lint::ObjectKind::{CscaLink, CscaRoot, DocumentSigner, Lds2Signer};
use pki::oids;
use rand::SeedableRng as _;
use rand::rngs::StdRng;

use super::{Example, other, signed};
use crate::forge::{INTEGER, Node, leaf, oid, sequence};

/// Both places of the signature algorithm.
fn signature_algorithm(c: &mut Node, fields: Vec<Node>) {
    *c.at(&[0, 2]) = sequence(fields.clone());
    *c.at(&[1]) = sequence(fields);
}

/// A number of so many bits: odd, and the first bit is set.
fn number(bits: usize) -> Node {
    let mut octets = vec![0x5a; bits / 8];
    octets[0] = 0xd5;
    octets[bits / 8 - 1] = 0x01;
    octets.insert(0, 0);
    leaf(INTEGER, octets)
}

fn rsa_key(c: &mut Node, bits: usize) {
    let key = sequence(vec![number(bits), leaf(INTEGER, [1, 0, 1])]).bytes();
    let bits = [&[0][..], &key].concat();
    *c.at(&[0, 6]) = sequence(vec![
        sequence(vec![oid(oids::RSA_ENCRYPTION), leaf(0x05, [])]),
        leaf(0x03, bits),
    ]);
}

fn point_on_p192() -> Node {
    let rng = &mut StdRng::seed_from_u64(192);
    let key = KeyKind::Ec(Curve::P192).generate(rng).unwrap().public();
    Node::read(&key.to_spki(EcParameters::Explicit).unwrap())
}

/// All of them.
pub(super) fn examples() -> Vec<Example> {
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
        signed("algorithm.key-length", DocumentSigner, |c| {
            rsa_key(c, 1_024);
        }),
        signed("algorithm.key-length", CscaLink, |c| {
            *c.at(&[0, 6]) = point_on_p192();
        }),
        signed("algorithm.key-length", DocumentSigner, |c| {
            let numbers = [1_024, 160, 1_024].map(number).to_vec();
            let dsa = oid(other("1.2.840.10040.4.1"));
            *c.at(&[0, 6, 0]) = sequence(vec![dsa, sequence(numbers)]);
        }),
        // secp256k1, which nobody asks for in documents.
        signed("algorithm.ec-curve", DocumentSigner, |c| {
            *c.at(&[0, 6, 0, 1]) = oid(other("1.3.132.0.10"));
        }),
        // Another prime than that of P-256.
        signed("algorithm.ec-curve", DocumentSigner, |c| {
            let prime = c.at(&[0, 6, 0, 1, 1, 1]).content();
            let last = prime.len() - 1;
            prime[last] ^= 2;
        }),
        signed("algorithm.ecdsa-only", Lds2Signer, |c| {
            *c.at(&[0, 6, 0]) = sequence(vec![oid(oids::RSA_ENCRYPTION), leaf(0x05, [])]);
        }),
    ]
}
