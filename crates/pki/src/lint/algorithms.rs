//! Signatures, keys and hashes (Doc 9303-12 §4.1.6 to §4.1.8).

use const_oid::ObjectIdentifier;
use crypto::{HashAlgorithm, PublicKey, SignatureAlgorithm};

use super::rules;
use super::sheet::Sheet;
use super::view::{AlgorithmView, elements};
use crate::algorithm::AlgorithmIdentifier;
use crate::ber::{Cursor, Element, Tag, to_der};
use crate::deviation::{DeviationKind, Deviations};
use crate::{Error, Result, oids};

/// DSA keys (RFC 3279 §2.3.2).
const DSA: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.10040.4.1");
/// DSA with SHA-1 (RFC 3279 §2.2.2).
const DSA_WITH_SHA1: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.10040.4.3");
/// DSA with SHA-224 and SHA-256 (RFC 5758 §3.1).
const DSA_WITH_SHA2: [ObjectIdentifier; 2] = [
    ObjectIdentifier::new_unwrap("2.16.840.1.101.3.4.3.1"),
    ObjectIdentifier::new_unwrap("2.16.840.1.101.3.4.3.2"),
];
/// First octet of a point that is not compressed (TR-03111 §3.2.1).
const UNCOMPRESSED: u8 = 0x04;

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

/// Checks a SubjectPublicKeyInfo.
pub(super) fn check_key(element: &Element<'_>, sheet: &mut Sheet) {
    if check_key_fields(element, sheet).is_err() {
        let rule = &rules::ALGORITHM_KEY;
        sheet.find(rule, element.at, "an unreadable key", "a public key");
    }
}

fn check_key_fields(element: &Element<'_>, sheet: &mut Sheet) -> Result<()> {
    const WHAT: &str = "subjectPublicKeyInfo";
    let mut fields = element.children(WHAT)?;
    let algorithm = fields.expect(Tag::SEQUENCE, WHAT)?;
    let key = fields.expect(Tag::BIT_STRING, WHAT)?;
    let mut inside = algorithm.children(WHAT)?;
    let kind = inside.expect(Tag::OBJECT_IDENTIFIER, WHAT)?;
    let kind = (kind.oid(WHAT)?, kind.at);
    match kind.0 {
        oids::EC_PUBLIC_KEY => check_ec_key(&inside.next(WHAT)?, &key, sheet)?,
        oids::RSA_ENCRYPTION | oids::RSASSA_PSS | DSA => {}
        other => {
            let rule = &rules::ALGORITHM_KEY;
            sheet.find(rule, kind.1, other, "RSA, DSA or ECDSA");
            return Ok(());
        }
    }
    if kind.0 != oids::EC_PUBLIC_KEY {
        sheet.find(&rules::ECDSA_ONLY, kind.1, kind.0, "ECDSA");
    }
    match PublicKey::from_spki(&to_der(element.raw)?) {
        Err(crypto::Error::Malformed(_) | crypto::Error::InvalidPoint) => {
            Err(element.malformed(WHAT))
        }
        _ => Ok(()),
    }
}

fn check_ec_key(parameters: &Element<'_>, key: &Element<'_>, sheet: &mut Sheet) -> Result<()> {
    let point = key.bits("public point")?;
    if point.first() != Some(&UNCOMPRESSED) {
        sheet.find(
            &rules::EC_PUBLIC_POINT,
            key.at,
            form_of(point),
            "uncompressed",
        );
    }
    if parameters.tag != Tag::SEQUENCE {
        let found = match parameters.oid("curve") {
            Ok(curve) => format!("named curve {curve}"),
            Err(_) => "implicit parameters".to_owned(),
        };
        sheet.find(
            &rules::EC_EXPLICIT,
            parameters.at,
            found,
            "explicit parameters",
        );
        return Ok(());
    }
    // Version, field, curve, base point, order, cofactor.
    let fields = elements(parameters.children("EC parameters")?, "EC parameters")?;
    if let Some(base) = fields.get(3)
        && base.content.first() != Some(&UNCOMPRESSED)
    {
        let found = form_of(base.content);
        sheet.find(&rules::EC_BASE_POINT, base.at, found, "uncompressed");
    }
    let has_cofactor = fields.get(5).is_some_and(|field| field.tag == Tag::INTEGER);
    if !has_cofactor {
        sheet.find(
            &rules::EC_COFACTOR,
            parameters.at,
            "no cofactor",
            "the cofactor",
        );
    }
    if fields.len() < 5 {
        return Err(Error::Malformed {
            what: "EC parameters",
            at: parameters.at,
        });
    }
    Ok(())
}

fn form_of(point: &[u8]) -> &'static str {
    match point.first() {
        Some(0x02 | 0x03) => "a compressed point",
        Some(0x06 | 0x07) => "a hybrid point",
        _ => "no point",
    }
}
