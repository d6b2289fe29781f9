//! Public keys: their kind, their length, how they are written (Doc 9303-12 §4.1.6).

use const_oid::ObjectIdentifier;
use crypto::PublicKey;

use super::rules;
use super::sheet::Sheet;
use super::view::elements;
use crate::ber::{Element, Tag, to_der};
use crate::passive_authentication::weak_key;
use crate::{Error, Result, oids};

/// DSA keys (RFC 3279 §2.3.2).
const DSA: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.10040.4.1");
/// First octet of a point that is not compressed (TR-03111 §3.2.1).
const UNCOMPRESSED: u8 = 0x04;
/// Shortest prime of DSA that withstands attacks, in bits: as long as an RSA modulus (see [`weak_key`]).
const MIN_PRIME_BITS: usize = 2_048;

/// Checks a SubjectPublicKeyInfo.
pub(super) fn check(element: &Element<'_>, sheet: &mut Sheet) {
    if check_fields(element, sheet).is_err() {
        let rule = &rules::ALGORITHM_KEY;
        sheet.find(rule, element.at, "an unreadable key", "a public key");
    }
}

fn check_fields(element: &Element<'_>, sheet: &mut Sheet) -> Result<()> {
    const WHAT: &str = "subjectPublicKeyInfo";
    let mut fields = element.children(WHAT)?;
    let algorithm = fields.expect(Tag::SEQUENCE, WHAT)?;
    let key = fields.expect(Tag::BIT_STRING, WHAT)?;
    let mut inside = algorithm.children(WHAT)?;
    let kind = inside.expect(Tag::OBJECT_IDENTIFIER, WHAT)?;
    let kind = (kind.oid(WHAT)?, kind.at);
    match kind.0 {
        oids::EC_PUBLIC_KEY => check_ec(&inside.next(WHAT)?, &key, sheet)?,
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
    if kind.0 == DSA {
        return check_dsa_length(&inside.next(WHAT)?, sheet);
    }
    let der = to_der(element.raw)?;
    match PublicKey::from_spki_tolerant(&der) {
        Ok((key, _)) => check_length(&key, element.at, sheet),
        Err(crypto::Error::Unsupported(why)) if kind.0 == oids::EC_PUBLIC_KEY => {
            let expected = "a curve of NIST or brainpool over a prime field";
            sheet.find(&rules::EC_CURVE, element.at, why, expected);
        }
        Err(_) => {}
    }
    match PublicKey::from_spki(&der) {
        Err(crypto::Error::Malformed(_) | crypto::Error::InvalidPoint) => {
            Err(element.malformed(WHAT))
        }
        _ => Ok(()),
    }
}

fn check_length(key: &PublicKey, at: usize, sheet: &mut Sheet) {
    if weak_key(key).is_some() {
        let expected = match key {
            PublicKey::Rsa(_) => "at least 2,048 bits",
            PublicKey::Ec(_) => "a curve over at least 224 bits",
        };
        sheet.find(&rules::KEY_LENGTH, at, key.describe(), expected);
    }
}

/// The prime is the first of the parameters (RFC 3279 §2.3.2), with an octet in front where its first bit is set.
fn check_dsa_length(parameters: &Element<'_>, sheet: &mut Sheet) -> Result<()> {
    const WHAT: &str = "DSA parameters";
    let prime = parameters.children(WHAT)?.expect(Tag::INTEGER, WHAT)?;
    let significant = prime.content.iter().skip_while(|octet| **octet == 0);
    let bits = significant.count() * 8;
    if bits < MIN_PRIME_BITS {
        let found = format!("DSA, {bits} bits");
        sheet.find(
            &rules::KEY_LENGTH,
            parameters.at,
            found,
            "at least 2,048 bits",
        );
    }
    Ok(())
}

fn check_ec(parameters: &Element<'_>, key: &Element<'_>, sheet: &mut Sheet) -> Result<()> {
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
