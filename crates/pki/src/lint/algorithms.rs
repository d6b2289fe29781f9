//! Signatures and hashes (Doc 9303-12 §4.1.6 to §4.1.8).

use const_oid::ObjectIdentifier;
use crypto::{HashAlgorithm, SignatureAlgorithm};

use super::rules;
use super::sheet::Sheet;
use super::view::AlgorithmView;
use crate::algorithm::AlgorithmIdentifier;
use crate::ber::Cursor;
use crate::deviation::{DeviationKind, Deviations};
use crate::oids;

/// DSA with SHA-1 (RFC 3279 §2.2.2).
const DSA_WITH_SHA1: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.10040.4.3");
/// DSA with SHA-224 and SHA-256 (RFC 5758 §3.1).
const DSA_WITH_SHA2: [ObjectIdentifier; 2] = [
    ObjectIdentifier::new_unwrap("2.16.840.1.101.3.4.3.1"),
    ObjectIdentifier::new_unwrap("2.16.840.1.101.3.4.3.2"),
];

/// Checks the algorithm of a signature; `names_hash` says that no other field could name the hash.
pub(super) fn check_signature(view: &AlgorithmView<'_>, names_hash: bool, sheet: &mut Sheet) {
    let (at, identifier) = (view.element.at, &view.identifier);
    let found = name(identifier);
    if DSA_WITH_SHA2.contains(&identifier.oid) {
        return;
    }
    if identifier.oid == DSA_WITH_SHA1 {
        sheet.find(&rules::ALGORITHM_HASH, at, found, HASHES);
        return;
    }
    let bare = [oids::RSA_ENCRYPTION, oids::EC_PUBLIC_KEY].contains(&identifier.oid);
    match identifier.signature_algorithm(None) {
        Err(_) if bare && !names_hash => {}
        Err(_) => {
            let rule = &rules::ALGORITHM_SIGNATURE;
            sheet.find(rule, at, &found, "RSA, DSA or ECDSA with its hash");
        }
        Ok(algorithm) => {
            if algorithm.hash() == HashAlgorithm::Sha1 {
                sheet.find(&rules::ALGORITHM_HASH, at, &found, HASHES);
            }
            if matches!(algorithm, SignatureAlgorithm::RsaPkcs1(_)) {
                sheet.find(&rules::ALGORITHM_PSS, at, &found, "RSASSA-PSS");
            }
        }
    }
    if !parameters_are_right(view.element.raw) {
        let found = format!("{found}, {}", parameters(identifier));
        let expected = "NULL for RSA PKCS#1, none for ECDSA, DER for PSS";
        sheet.find(&rules::ALGORITHM_PARAMETERS, at, found, expected);
    }
}

const HASHES: &str = "SHA-224, SHA-256, SHA-384 or SHA-512";

/// Checks the algorithm of a hash: its name only, for the parameters have different rules.
pub(super) fn check_hash(view: &AlgorithmView<'_>, sheet: &mut Sheet) {
    let hash = view.identifier.hash_algorithm();
    if !hash.is_ok_and(|hash| hash != HashAlgorithm::Sha1) {
        let found = name(&view.identifier);
        sheet.find(&rules::ALGORITHM_HASH, view.element.at, found, HASHES);
    }
}

fn parameters_are_right(raw: &[u8]) -> bool {
    let deviations = Deviations::default();
    let read = Cursor::new(raw, &deviations)
        .next("algorithm")
        .and_then(|element| AlgorithmIdentifier::read_signature_algorithm(&element));
    let recorded = deviations.into_vec();
    read.is_ok()
        && recorded
            .iter()
            .all(|deviation| deviation.kind != DeviationKind::AlgorithmParameters)
}

fn parameters(identifier: &AlgorithmIdentifier) -> &'static str {
    match identifier.parameters.as_deref() {
        None => "no parameters",
        Some([0x05, 0x00]) => "parameters NULL",
        Some(_) => "other parameters",
    }
}

/// What an algorithm is called.
pub(super) fn name(identifier: &AlgorithmIdentifier) -> String {
    if let Ok(hash) = identifier.hash_algorithm() {
        return hash.name().to_owned();
    }
    identifier.signature_algorithm(None).map_or_else(
        |_| identifier.oid.to_string(),
        |algorithm| algorithm.to_string(),
    )
}
