//! Reading SubjectPublicKeyInfo (Doc 9303-12 §4.1.6.3, Doc 9303-11 §9.5).
//!
//! EC parameters that come with a key are never computed with: they are compared with the known curves. A chosen base point
//! would let anybody sign.

use der::asn1::{AnyRef, BitStringRef, ObjectIdentifier};
use der::{Decode, Reader, SliceReader, Tag, Tagged};
use spki::SubjectPublicKeyInfo;

use super::spki_form::{
    EC_PUBLIC_KEY, MALFORMED, PRIME_FIELD, RSA_ENCRYPTION, RSASSA_PSS,
    STANDARDIZED_DOMAIN_PARAMETERS,
};
use super::{PublicKey, RsaPublicKey};
use crate::dh::without_zeros;
use crate::{Curve, EcPoint, Error, Result};

const MALFORMED_RSA: Error = Error::Malformed("RSA public key");
const MALFORMED_PARAMETERS: Error = Error::Malformed("explicit EC parameters");

/// A way in which keys of real certificates leave the rules, and are understood all the same.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum KeyDeviation {
    /// An INTEGER lacks the leading 00 that its top bit asks for (X.690 §8.3.3): strictly a negative number, meant positive.
    NegativeInteger,
    /// An INTEGER has more leading zeros than DER allows (X.690 §8.3.2).
    PaddedInteger,
    /// The public point is compressed (Doc 9303-12 §4.1.6.3 wants it uncompressed).
    CompressedPoint,
    /// The base point of explicit parameters is compressed (Doc 9303-12 §4.1.6.3 wants it uncompressed).
    CompressedBasePoint,
    /// A coefficient of explicit parameters has not the length of the field (X9.62 §4.3.3).
    CoefficientLength,
    /// Explicit parameters lack the cofactor (Doc 9303-12 §4.1.6.3 wants it included).
    CofactorMissing,
}

impl KeyDeviation {
    /// Whether [`PublicKey::from_spki`] takes such a key too.
    #[must_use]
    pub const fn is_minor(self) -> bool {
        matches!(
            self,
            Self::CompressedBasePoint | Self::CoefficientLength | Self::CofactorMissing
        )
    }
}

impl PublicKey {
    /// Reads a SubjectPublicKeyInfo in DER.
    ///
    /// # Errors
    /// [`Error::Malformed`]; [`Error::Unsupported`] for other algorithms, other curves and parameters that are none of the
    /// known curves'; [`Error::InvalidPoint`].
    pub fn from_spki(der: &[u8]) -> Result<Self> {
        let (key, deviations) = Self::from_spki_tolerant(der)?;
        if deviations.iter().all(|deviation| deviation.is_minor()) {
            return Ok(key);
        }
        Err(match key {
            Self::Rsa(_) => MALFORMED_RSA,
            Self::Ec(_) if deviations.contains(&KeyDeviation::CompressedPoint) => {
                Error::InvalidPoint
            }
            Self::Ec(_) => MALFORMED_PARAMETERS,
        })
    }

    /// Reads a SubjectPublicKeyInfo in DER whose key may deviate from the rules, and says in what: each deviation once.
    ///
    /// # Errors
    /// As [`Self::from_spki`], for what cannot be understood.
    pub fn from_spki_tolerant(der: &[u8]) -> Result<(Self, Vec<KeyDeviation>)> {
        let info = SubjectPublicKeyInfo::<AnyRef<'_>, BitStringRef<'_>>::from_der(der)
            .map_err(|_| MALFORMED)?;
        let key = info.subject_public_key.as_bytes().ok_or(MALFORMED)?;
        let parameters = info.algorithm.parameters;
        let mut seen = Vec::new();
        let key = match info.algorithm.oid {
            RSA_ENCRYPTION | RSASSA_PSS => rsa_key(key, &mut seen)
                .map_err(|_| MALFORMED_RSA)
                .and_then(|(modulus, exponent)| RsaPublicKey::from_parts(modulus, exponent))
                .map(Self::Rsa)?,
            EC_PUBLIC_KEY => {
                let curve = curve_of(&parameters.ok_or(MALFORMED)?, &mut seen)?;
                Self::Ec(point(curve, key, &mut seen)?)
            }
            STANDARDIZED_DOMAIN_PARAMETERS => {
                let id: u8 = parameters
                    .ok_or(MALFORMED)?
                    .decode_as()
                    .map_err(|_| MALFORMED)?;
                let curve = Curve::from_standardized_id(id).ok_or(Error::Unsupported(
                    "standardised domain parameters of this number",
                ))?;
                Self::Ec(point(curve, key, &mut seen)?)
            }
            _ => return Err(Error::Unsupported("algorithm of a public key")),
        };
        seen.sort_unstable();
        seen.dedup();
        Ok((key, seen))
    }
}

/// Modulus and exponent of an RSAPublicKey (RFC 8017 §A.1.1).
fn rsa_key<'a>(der: &'a [u8], seen: &mut Vec<KeyDeviation>) -> der::Result<(&'a [u8], &'a [u8])> {
    let mut reader = SliceReader::new(der)?;
    let parts = reader
        .sequence(|reader| Ok::<_, der::Error>((integer(reader, seen)?, integer(reader, seen)?)))?;
    reader.finish()?;
    Ok(parts)
}

fn point(curve: Curve, key: &[u8], seen: &mut Vec<KeyDeviation>) -> Result<EcPoint> {
    if let Some(0x02 | 0x03) = key.first() {
        seen.push(KeyDeviation::CompressedPoint);
        return EcPoint::from_compressed(curve, key);
    }
    EcPoint::from_bytes(curve, key)
}

/// The octets of an INTEGER that is meant to be positive.
fn integer<'a>(
    reader: &mut impl Reader<'a>,
    seen: &mut Vec<KeyDeviation>,
) -> der::Result<&'a [u8]> {
    let any = AnyRef::decode(reader)?;
    any.tag().assert_eq(Tag::Integer)?;
    match any.value() {
        [] => return Err(Tag::Integer.length_error().into()),
        [0x80..=0xFF, ..] => seen.push(KeyDeviation::NegativeInteger),
        [0x00, 0x00..=0x7F, ..] => seen.push(KeyDeviation::PaddedInteger),
        _ => {}
    }
    Ok(any.value())
}

/// ECParameters of X9.62, without what need not be compared: version and seed.
struct ExplicitParameters<'a> {
    field: ObjectIdentifier,
    prime: &'a [u8],
    a: &'a [u8],
    b: &'a [u8],
    base: &'a [u8],
    order: &'a [u8],
    cofactor: Option<&'a [u8]>,
}

pub(crate) fn curve_of(parameters: &AnyRef<'_>, seen: &mut Vec<KeyDeviation>) -> Result<Curve> {
    if let Ok(oid) = parameters.decode_as::<ObjectIdentifier>() {
        return Curve::from_oid(oid).ok_or(Error::Unsupported("named curve"));
    }
    let explicit = ExplicitParameters::read(parameters, seen)?;
    if explicit.field != PRIME_FIELD {
        return Err(Error::Unsupported("curve over a field that is not prime"));
    }
    let curve = explicit.curve().map_err(Error::Unsupported)?;
    if [explicit.a, explicit.b].map(<[u8]>::len) != [curve.field_len(); 2] {
        seen.push(KeyDeviation::CoefficientLength);
    }
    if explicit.cofactor.is_none() {
        seen.push(KeyDeviation::CofactorMissing);
    }
    if explicit.base.first() != Some(&0x04) {
        seen.push(KeyDeviation::CompressedBasePoint);
    }
    Ok(curve)
}

impl<'a> ExplicitParameters<'a> {
    fn read(parameters: &AnyRef<'a>, seen: &mut Vec<KeyDeviation>) -> Result<Self> {
        parameters
            .sequence(|reader| {
                let _version = u8::decode(reader)?;
                let (field, prime) = reader.sequence(|reader| {
                    let field = ObjectIdentifier::decode(reader)?;
                    // Other fields have other parameters: they are told apart by the identifier alone.
                    let prime = if field == PRIME_FIELD {
                        integer(reader, seen)?
                    } else {
                        AnyRef::decode(reader)?.value()
                    };
                    Ok::<_, der::Error>((field, prime))
                })?;
                let (a, b) = reader.sequence(|reader| {
                    let coefficients = (octets(reader)?, octets(reader)?);
                    let _seed = Option::<BitStringRef<'_>>::decode(reader)?;
                    Ok::<_, der::Error>(coefficients)
                })?;
                Ok::<_, der::Error>(Self {
                    field,
                    prime,
                    a,
                    b,
                    base: octets(reader)?,
                    order: integer(reader, seen)?,
                    cofactor: (!reader.is_finished())
                        .then(|| integer(reader, seen))
                        .transpose()?,
                })
            })
            .map_err(|_| MALFORMED_PARAMETERS)
    }

    /// The known curve whose parameters these are, or what keeps them from being one's.
    fn curve(&self) -> core::result::Result<Curve, &'static str> {
        let same =
            |number: &[u8], expected: &[u8]| without_zeros(number) == without_zeros(expected);
        let mut reason = "explicit EC parameters over the prime of no known curve";
        for curve in Curve::ALL {
            let domain = curve.domain();
            if !same(self.prime, domain.p) {
                continue;
            }
            if !same(self.a, domain.a) || !same(self.b, domain.b) {
                reason =
                    "explicit EC parameters with the prime of a known curve and other coefficients";
            } else if !self.base_is(domain.gx, domain.gy) {
                reason = "explicit EC parameters of a known curve with another base point";
            } else if !same(self.order, domain.n) {
                reason = "explicit EC parameters of a known curve with another order";
            } else if self.cofactor.is_some_and(|cofactor| !same(cofactor, &[1])) {
                reason = "explicit EC parameters of a known curve with another cofactor";
            } else {
                return Ok(curve);
            }
        }
        Err(reason)
    }

    /// The base point may be compressed; the parity of y is then compared.
    fn base_is(&self, x: &[u8], y: &[u8]) -> bool {
        match self.base.split_first() {
            Some((0x04, rest)) => rest == [x, y].concat(),
            Some((sign @ (0x02 | 0x03), rest)) => {
                rest == x && y.last().is_some_and(|last| last & 1 == sign & 1)
            }
            _ => false,
        }
    }
}

fn octets<'a>(reader: &mut impl Reader<'a>) -> der::Result<&'a [u8]> {
    let any = AnyRef::decode(reader)?;
    any.tag().assert_eq(Tag::OctetString)?;
    Ok(any.value())
}

#[cfg(test)]
mod tests;
