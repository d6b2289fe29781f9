//! Writing SubjectPublicKeyInfo, with named and with explicit EC parameters (Doc 9303-12 §4.1.6.3, Doc 9303-11 §9.5).

use der::asn1::{AnyRef, BitStringRef, ObjectIdentifier, OctetStringRef, UintRef};
use der::{Decode, Encode, Sequence};
use spki::SubjectPublicKeyInfo;

use super::{PublicKey, RsaPublicKey};
use crate::{Curve, EcPoint, Error, Result};

pub(super) const RSA_ENCRYPTION: ObjectIdentifier =
    ObjectIdentifier::new_unwrap("1.2.840.113549.1.1.1");
pub(super) const RSASSA_PSS: ObjectIdentifier =
    ObjectIdentifier::new_unwrap("1.2.840.113549.1.1.10");
pub(crate) const EC_PUBLIC_KEY: ObjectIdentifier =
    ObjectIdentifier::new_unwrap("1.2.840.10045.2.1");
pub(super) const PRIME_FIELD: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.10045.1.1");
pub(crate) const STANDARDIZED_DOMAIN_PARAMETERS: ObjectIdentifier =
    ObjectIdentifier::new_unwrap("0.4.0.127.0.7.1.2");

pub(super) const MALFORMED: Error = Error::Malformed("SubjectPublicKeyInfo");

/// How the parameters of an EC key are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EcParameters {
    /// All numbers: what Doc 9303-12 asks for in certificates and what chips carry.
    Explicit,
    /// The name of the curve: what general-purpose software prefers.
    Named,
}

/// ECParameters of X9.62.
#[derive(Sequence)]
struct ExplicitParameters<'a> {
    version: u8,
    field: Field<'a>,
    curve: Coefficients<'a>,
    base: &'a OctetStringRef,
    order: UintRef<'a>,
    cofactor: Option<UintRef<'a>>,
}

#[derive(Sequence)]
struct Field<'a> {
    kind: ObjectIdentifier,
    prime: UintRef<'a>,
}

#[derive(Sequence)]
struct Coefficients<'a> {
    a: &'a OctetStringRef,
    b: &'a OctetStringRef,
    seed: Option<BitStringRef<'a>>,
}

#[derive(Sequence)]
struct RsaParts<'a> {
    modulus: UintRef<'a>,
    exponent: UintRef<'a>,
}

impl PublicKey {
    /// Writes a SubjectPublicKeyInfo in DER.
    ///
    /// # Errors
    /// [`Error::Malformed`] when a number cannot be encoded, which no key of this crate reaches.
    pub fn to_spki(&self, form: EcParameters) -> Result<Vec<u8>> {
        match self {
            Self::Rsa(key) => rsa_spki(key),
            Self::Ec(point) => ec_spki(point, form),
        }
        .map_err(|_| MALFORMED)
    }
}

fn rsa_spki(key: &RsaPublicKey) -> der::Result<Vec<u8>> {
    spki_der(RSA_ENCRYPTION, Some(AnyRef::NULL), &rsa_parts(key)?)
}

/// RSAPublicKey (RFC 8017 §A.1.1).
pub(super) fn rsa_parts(key: &RsaPublicKey) -> der::Result<Vec<u8>> {
    let (modulus, exponent) = (key.modulus(), key.exponent());
    RsaParts {
        modulus: UintRef::new(&modulus)?,
        exponent: UintRef::new(&exponent)?,
    }
    .to_der()
}

fn ec_spki(point: &EcPoint, form: EcParameters) -> der::Result<Vec<u8>> {
    let parameters = match form {
        EcParameters::Named => point.curve().oid().to_der()?,
        EcParameters::Explicit => explicit_parameters(point.curve())?,
    };
    spki_der(
        EC_PUBLIC_KEY,
        Some(AnyRef::from_der(&parameters)?),
        point.as_bytes(),
    )
}

pub(crate) fn spki_der(
    oid: ObjectIdentifier,
    parameters: Option<AnyRef<'_>>,
    key: &[u8],
) -> der::Result<Vec<u8>> {
    SubjectPublicKeyInfo {
        algorithm: spki::AlgorithmIdentifier { oid, parameters },
        subject_public_key: BitStringRef::from_bytes(key)?,
    }
    .to_der()
}

fn explicit_parameters(curve: Curve) -> der::Result<Vec<u8>> {
    let domain = curve.domain();
    let base = domain.base_point();
    ExplicitParameters {
        version: 1,
        field: Field {
            kind: PRIME_FIELD,
            prime: UintRef::new(domain.p)?,
        },
        curve: Coefficients {
            a: OctetStringRef::new(domain.a)?,
            b: OctetStringRef::new(domain.b)?,
            seed: None,
        },
        base: OctetStringRef::new(&base)?,
        order: UintRef::new(domain.n)?,
        cofactor: Some(UintRef::new(&[1])?),
    }
    .to_der()
}
