//! The public key of a key on a token, read back from it.

use crypto::{Curve, EcPoint, PublicKey, RsaPublicKey};
use cryptoki::object::{Attribute, AttributeType, ObjectHandle};
use cryptoki::session::Session;
use der::asn1::{ObjectIdentifier, OctetStringRef};
use der::{Decode as _, Encode as _};
use pki::KeyStoreFault;

use super::outcome::Failure;

/// Everything an object may say about its public key; objects say what they have.
const WANTED: [AttributeType; 5] = [
    AttributeType::Modulus,
    AttributeType::PublicExponent,
    AttributeType::EcParams,
    AttributeType::EcPoint,
    AttributeType::PublicKeyInfo,
];

/// The first public key that one of these objects tells. A private RSA key tells its public key, too; other private keys
/// may have CKA_PUBLIC_KEY_INFO.
pub(super) fn read(session: &Session, objects: &[ObjectHandle]) -> Result<PublicKey, Failure> {
    for object in objects {
        let found = Found::of(session.get_attributes(*object, &WANTED)?);
        if let Some(key) = found.key()? {
            return Ok(key);
        }
    }
    Err(KeyStoreFault::KeyNotFound.into())
}

/// CKA_EC_PARAMS of a curve: its object identifier in DER.
pub(super) fn parameters(curve: Curve) -> Result<Vec<u8>, KeyStoreFault> {
    curve.oid().to_der().map_err(|_| KeyStoreFault::NotOffered)
}

#[derive(Default)]
struct Found {
    modulus: Option<Vec<u8>>,
    exponent: Option<Vec<u8>>,
    parameters: Option<Vec<u8>>,
    point: Option<Vec<u8>>,
    info: Option<Vec<u8>>,
}

impl Found {
    fn of(attributes: Vec<Attribute>) -> Self {
        let mut found = Self::default();
        for attribute in attributes {
            match attribute {
                Attribute::Modulus(value) => found.modulus = filled(value),
                Attribute::PublicExponent(value) => found.exponent = filled(value),
                Attribute::EcParams(value) => found.parameters = filled(value),
                Attribute::EcPoint(value) => found.point = filled(value),
                Attribute::PublicKeyInfo(value) => found.info = filled(value),
                _ => {}
            }
        }
        found
    }

    fn key(&self) -> Result<Option<PublicKey>, KeyStoreFault> {
        const UNUSABLE: KeyStoreFault = KeyStoreFault::KeyOfAnotherKind;
        if let (Some(modulus), Some(exponent)) = (&self.modulus, &self.exponent) {
            let key = RsaPublicKey::from_parts(modulus, exponent).map_err(|_| UNUSABLE)?;
            return Ok(Some(PublicKey::Rsa(key)));
        }
        if let (Some(parameters), Some(point)) = (&self.parameters, &self.point) {
            let curve = ObjectIdentifier::from_der(parameters)
                .ok()
                .and_then(Curve::from_oid)
                .ok_or(UNUSABLE)?;
            let point = EcPoint::from_bytes(curve, bare(curve, point)).map_err(|_| UNUSABLE)?;
            return Ok(Some(PublicKey::Ec(point)));
        }
        match &self.info {
            Some(info) => PublicKey::from_spki(info).map(Some).map_err(|_| UNUSABLE),
            None => Ok(None),
        }
    }
}

/// CKA_EC_POINT is an OCTET STRING by the standard, and the bare point by early tokens; both begin with 04.
fn bare(curve: Curve, value: &[u8]) -> &[u8] {
    if value.len() == curve.point_len() {
        return value;
    }
    <&OctetStringRef>::from_der(value).map_or(value, OctetStringRef::as_bytes)
}

fn filled(value: Vec<u8>) -> Option<Vec<u8>> {
    (!value.is_empty()).then_some(value)
}

#[cfg(test)]
mod tests {
    use crypto::PrivateKey;
    use rand::SeedableRng as _;
    use rand::rngs::StdRng;

    use super::*;

    #[test]
    fn points_are_read_in_both_forms() {
        for curve in [Curve::P256, Curve::P521, Curve::BrainpoolP384r1] {
            let key = PrivateKey::generate_ec(curve, &mut StdRng::seed_from_u64(11)).unwrap();
            let PublicKey::Ec(point) = key.public() else {
                panic!("a point");
            };
            let wrapped = OctetStringRef::new(point.as_bytes())
                .unwrap()
                .to_der()
                .unwrap();
            for value in [point.as_bytes().to_vec(), wrapped] {
                let found = Found {
                    parameters: Some(parameters(curve).unwrap()),
                    point: Some(value),
                    ..Found::default()
                };
                assert_eq!(found.key(), Ok(Some(key.public())));
            }
        }
    }

    #[test]
    fn what_is_no_key_is_an_error_and_what_is_not_said_is_nothing() {
        assert_eq!(Found::default().key(), Ok(None));
        let found = Found {
            parameters: Some(vec![0x30, 0]),
            point: Some(vec![4; 65]),
            ..Found::default()
        };
        assert_eq!(found.key(), Err(KeyStoreFault::KeyOfAnotherKind));
    }
}
