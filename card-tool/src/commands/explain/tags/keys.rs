//! Algorithms and public keys (RFC 5280 §4.1, RFC 4055, RFC 5480; Doc 9303-11 §9.5).

use crate::commands::explain::grammar::{
    Case, Object, any, case, fields, identified, record, row, value,
};
use crate::commands::explain::value as tell;
use crate::commands::explain::{key, sum};

/// An algorithm with its parameters.
pub(in crate::commands::explain) const ALGORITHM: Object =
    identified(0x30, "AlgorithmIdentifier", "algorithm", ALGORITHMS).folded(sum::join);

/// A hash algorithm; its own constant, because parameters of algorithms hold one.
const HASH_ALGORITHM: Object =
    identified(0x30, "AlgorithmIdentifier", "algorithm", &[]).folded(sum::join);

#[rustfmt::skip]
const ALGORITHMS: &[Case] = &[
    case("1.2.840.10045.2.1", &[any(0x06, "namedCurve"), EC_PARAMETERS]),
    case("1.2.840.113549.1.1.10", &[fields(0x30, "RSASSA-PSS-params", &[
        row(0xA0, "hashAlgorithm", &[HASH_ALGORITHM]).sum(sum::join),
        row(0xA1, "maskGenAlgorithm", &[
            identified(0x30, "AlgorithmIdentifier", "algorithm", &[case("1.2.840.113549.1.1.8", &[HASH_ALGORITHM])]).sum(sum::join),
        ]).sum(sum::join),
        row(0xA2, "saltLength", &[value(0x02, "INTEGER", tell::salt_length)]).sum(sum::join),
        row(0xA3, "trailerField", &[any(0x02, "INTEGER")]),
    ]).sum(sum::join)]),
    case("1.2.840.10046.2.1", &[fields(0x30, "DomainParameters", &[
        any(0x02, "p, the prime"), any(0x02, "g, the generator"), any(0x02, "q, the order of g"), any(0x02, "j, the cofactor"),
    ])]),
    case("1.2.840.113549.1.3.1", &[fields(0x30, "DHParameter", &[
        any(0x02, "p, the prime"), any(0x02, "g, the generator"), any(0x02, "privateValueLength"),
    ])]),
    case("0.4.0.127.0.7.1.2", &[value(0x02, "id", tell::domain_parameters)]),
];

#[rustfmt::skip]
const EC_PARAMETERS: Object = fields(0x30, "ECParameters", &[
    any(0x02, "version"),
    identified(0x30, "fieldID", "fieldType", &[case("1.2.840.10045.1.1", &[any(0x02, "p, the prime")])]),
    fields(0x30, "curve", &[
        value(0x04, "a", tell::count),
        value(0x04, "b", tell::count),
        any(0x03, "seed"),
    ]),
    record(0x04, "base point G", key::point),
    any(0x02, "order n"),
    any(0x02, "cofactor h"),
]).sum(sum::ec_parameters);

/// SubjectPublicKeyInfo.
#[rustfmt::skip]
pub(in crate::commands::explain) const SUBJECT_PUBLIC_KEY_INFO: Object = fields(0x30, "SubjectPublicKeyInfo", &[
    ALGORITHM.tagged(0x30, "algorithm"),
    record(0x03, "subjectPublicKey", key::subject_public_key),
]).sum(sum::subject_public_key_info);

/// RSAPublicKey (RFC 8017 §A.1.1).
#[rustfmt::skip]
pub(in crate::commands::explain) const RSA_PUBLIC_KEY: Object = fields(0x30, "RSAPublicKey", &[
    any(0x02, "modulus n"),
    any(0x02, "public exponent e"),
]);

/// The public value of a Diffie-Hellman key.
pub(in crate::commands::explain) const DH_PUBLIC_KEY: Object = any(0x02, "public value y");
