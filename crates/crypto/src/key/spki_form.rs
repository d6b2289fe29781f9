//! SubjectPublicKeyInfo, with named and with explicit EC parameters (Doc 9303-12 §4.1.6.3, Doc 9303-11 §9.5).
//!
//! Parameters that come with a key are never computed with: they are compared with the known curves. A chosen base point
//! would let anybody sign.

use der::asn1::{AnyRef, BitStringRef, ObjectIdentifier, OctetStringRef, UintRef};
use der::{Decode, Encode, Sequence};
use spki::SubjectPublicKeyInfo;

use super::{PublicKey, RsaPublicKey};
use crate::{Curve, EcPoint, Error, Result};

pub(super) const RSA_ENCRYPTION: ObjectIdentifier =
    ObjectIdentifier::new_unwrap("1.2.840.113549.1.1.1");
const RSASSA_PSS: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.1.10");
const EC_PUBLIC_KEY: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.10045.2.1");
const PRIME_FIELD: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.10045.1.1");
const STANDARDIZED_DOMAIN_PARAMETERS: ObjectIdentifier =
    ObjectIdentifier::new_unwrap("0.4.0.127.0.7.1.2");

const MALFORMED: Error = Error::Malformed("SubjectPublicKeyInfo");

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
    /// Reads a SubjectPublicKeyInfo in DER.
    ///
    /// # Errors
    /// [`Error::Malformed`]; [`Error::Unsupported`] for other algorithms, other curves and parameters that are none of the
    /// known curves'; [`Error::InvalidPoint`].
    pub fn from_spki(der: &[u8]) -> Result<Self> {
        let info = SubjectPublicKeyInfo::<AnyRef<'_>, BitStringRef<'_>>::from_der(der)
            .map_err(|_| MALFORMED)?;
        let key = info.subject_public_key.as_bytes().ok_or(MALFORMED)?;
        let parameters = info.algorithm.parameters;
        match info.algorithm.oid {
            RSA_ENCRYPTION | RSASSA_PSS => {
                let parts =
                    RsaParts::from_der(key).map_err(|_| Error::Malformed("RSA public key"))?;
                RsaPublicKey::from_parts(parts.modulus.as_bytes(), parts.exponent.as_bytes())
                    .map(Self::Rsa)
            }
            EC_PUBLIC_KEY => {
                let curve = curve_of(&parameters.ok_or(MALFORMED)?)?;
                EcPoint::from_bytes(curve, key).map(Self::Ec)
            }
            STANDARDIZED_DOMAIN_PARAMETERS => {
                let id: u8 = parameters
                    .ok_or(MALFORMED)?
                    .decode_as()
                    .map_err(|_| MALFORMED)?;
                let curve = Curve::from_standardized_id(id).ok_or(Error::Unsupported(
                    "standardised domain parameters of this number",
                ))?;
                EcPoint::from_bytes(curve, key).map(Self::Ec)
            }
            _ => Err(Error::Unsupported("algorithm of a public key")),
        }
    }

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
    let (modulus, exponent) = (key.modulus(), key.exponent());
    let parts = RsaParts {
        modulus: UintRef::new(&modulus)?,
        exponent: UintRef::new(&exponent)?,
    }
    .to_der()?;
    spki_der(RSA_ENCRYPTION, Some(AnyRef::NULL), &parts)
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

fn spki_der(
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

fn curve_of(parameters: &AnyRef<'_>) -> Result<Curve> {
    if let Ok(oid) = parameters.decode_as::<ObjectIdentifier>() {
        return Curve::from_oid(oid).ok_or(Error::Unsupported("named curve"));
    }
    let explicit: ExplicitParameters<'_> = parameters
        .decode_as()
        .map_err(|_| Error::Malformed("explicit EC parameters"))?;
    if explicit.field.kind != PRIME_FIELD {
        return Err(Error::Unsupported("curve over a field that is not prime"));
    }
    Curve::ALL
        .into_iter()
        .find(|curve| explicit.are_those_of(*curve))
        .ok_or(Error::Unsupported(
            "explicit EC parameters of no known curve",
        ))
}

impl ExplicitParameters<'_> {
    fn are_those_of(&self, curve: Curve) -> bool {
        let domain = curve.domain();
        let same =
            |number: &[u8], expected: &[u8]| without_zeros(number) == without_zeros(expected);
        same(self.field.prime.as_bytes(), domain.p)
            && same(self.curve.a.as_bytes(), domain.a)
            && same(self.curve.b.as_bytes(), domain.b)
            && same(self.order.as_bytes(), domain.n)
            && self
                .cofactor
                .is_none_or(|cofactor| cofactor.as_bytes() == [1])
            && self.base_is(domain.gx, domain.gy)
    }

    /// The base point may be compressed in foreign certificates; the parity of y is then compared.
    fn base_is(&self, x: &[u8], y: &[u8]) -> bool {
        match self.base.as_bytes().split_first() {
            Some((0x04, rest)) => rest == [x, y].concat(),
            Some((sign @ (0x02 | 0x03), rest)) => {
                rest == x && y.last().is_some_and(|last| last & 1 == sign & 1)
            }
            _ => false,
        }
    }
}

fn without_zeros(number: &[u8]) -> &[u8] {
    let at = number
        .iter()
        .position(|byte| *byte != 0)
        .unwrap_or(number.len());
    number.get(at..).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::Generator;

    fn explicit(curve: Curve) -> Vec<u8> {
        PublicKey::Ec(Generator::standard(curve).point().clone())
            .to_spki(EcParameters::Explicit)
            .unwrap()
    }

    #[test]
    fn changed_parameters_are_no_known_curve() {
        for curve in Curve::ALL {
            let good = explicit(curve);
            let domain = curve.domain();
            for number in [domain.p, domain.b, domain.gx, domain.n] {
                let at = good
                    .windows(number.len())
                    .position(|window| window == number)
                    .unwrap();
                let mut bad = good.clone();
                bad[at + number.len() - 1] ^= 0x02;
                assert_eq!(
                    PublicKey::from_spki(&bad),
                    Err(Error::Unsupported(
                        "explicit EC parameters of no known curve"
                    )),
                    "{}",
                    curve.name()
                );
            }
        }
    }

    #[test]
    fn standardised_parameters_are_read() {
        // Doc 9303-11 annex I names a standardised set inside the key.
        let point = Generator::standard(Curve::BrainpoolP256r1).point().clone();
        let parameters = 13u8.to_der().unwrap();
        let spki = spki_der(
            STANDARDIZED_DOMAIN_PARAMETERS,
            Some(AnyRef::from_der(&parameters).unwrap()),
            point.as_bytes(),
        )
        .unwrap();
        assert_eq!(PublicKey::from_spki(&spki), Ok(PublicKey::Ec(point)));
    }

    proptest! {
        #[test]
        fn never_panics(at in 0usize..300, value: u8, cut in 0usize..400) {
            let mut bytes = explicit(Curve::P256);
            if let Some(byte) = bytes.get_mut(at) { *byte = value; }
            bytes.truncate(cut);
            let _ = PublicKey::from_spki(&bytes);
        }
    }
}
