//! Public keys in certificates (Doc 9303-12 §7.2.2.3; TR-03110-3 §D.3).
//!
//! ```text
//! RSA     06 OID  81 n  82 e
//! ECDSA   06 OID  [81 p  82 a  83 b  84 G  85 r]  86 Y  [87 f]
//! ```
//!
//! A key on a curve carries all domain parameters or none. Without them it is nothing but octets until the issuer's key
//! says which curve it lies on. Parameters are never computed with: they are recognised as a known curve, or refused.

use crypto::{Curve, EcPoint, KeyKind, PublicKey, RsaPublicKey};
use der::asn1::ObjectIdentifier;
use iso7816::tlv::{self, Tag, Tlv, Writer};

use super::algorithm::SignatureScheme;
use super::fault::{CertificateFault, Deviation};
use super::objects::{Presence, children, row, significant, tag, unsigned, value};

/// Most octets of an RSA exponent (Doc 9303-11 §7.1.4.1: 32 bits).
pub const MAX_EXPONENT_LEN: usize = 4;

const MODULUS: Tag = Tag::new(0x81);
const EXPONENT: Tag = Tag::new(0x82);

const PRIME: Tag = Tag::new(0x81);
const COEFFICIENT_A: Tag = Tag::new(0x82);
const COEFFICIENT_B: Tag = Tag::new(0x83);
const BASE_POINT: Tag = Tag::new(0x84);
const ORDER: Tag = Tag::new(0x85);
const POINT: Tag = Tag::new(0x86);
const COFACTOR: Tag = Tag::new(0x87);

/// A public key as a certificate carries it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CvPublicKey {
    scheme: SignatureScheme,
    form: Form,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Form {
    Rsa(RsaPublicKey),
    /// A point with its domain parameters.
    Whole(EcPoint),
    /// A point whose curve is the issuer's.
    PointOnly(Vec<u8>),
}

impl CvPublicKey {
    /// A key with everything it needs: for CVCA certificates, requests and links.
    #[must_use]
    pub fn whole(key: &VerificationKey) -> Self {
        let form = match &key.key {
            PublicKey::Rsa(key) => Form::Rsa(key.clone()),
            PublicKey::Ec(point) => Form::Whole(point.clone()),
        };
        Self {
            scheme: key.scheme,
            form,
        }
    }

    /// A key that inherits its domain parameters: for document verifiers and terminals.
    #[must_use]
    pub fn inheriting(key: &VerificationKey) -> Self {
        let form = match &key.key {
            PublicKey::Rsa(key) => Form::Rsa(key.clone()),
            PublicKey::Ec(point) => Form::PointOnly(point.as_bytes().to_vec()),
        };
        Self {
            scheme: key.scheme,
            form,
        }
    }

    /// What the key signs by.
    #[must_use]
    pub const fn scheme(&self) -> SignatureScheme {
        self.scheme
    }

    /// Whether domain parameters come with the key; `None` for RSA, which has none.
    #[must_use]
    pub const fn has_parameters(&self) -> Option<bool> {
        match self.form {
            Form::Rsa(_) => None,
            Form::Whole(_) => Some(true),
            Form::PointOnly(_) => Some(false),
        }
    }

    /// The key for verifying, when the certificate alone says enough.
    ///
    /// # Errors
    /// [`CertificateFault::NoParameters`].
    pub fn alone(&self) -> Result<VerificationKey, CertificateFault> {
        let key = match &self.form {
            Form::Rsa(key) => PublicKey::Rsa(key.clone()),
            Form::Whole(point) => PublicKey::Ec(point.clone()),
            Form::PointOnly(_) => return Err(CertificateFault::NoParameters),
        };
        Ok(VerificationKey {
            scheme: self.scheme,
            key,
        })
    }

    /// The key for verifying; a point without parameters lies on the issuer's curve.
    ///
    /// # Errors
    /// [`CertificateFault::NoParameters`] when the issuer has no curve; [`CertificateFault::PublicKey`] when the point is
    /// not on it.
    pub fn under(&self, issuer: &VerificationKey) -> Result<VerificationKey, CertificateFault> {
        let Form::PointOnly(octets) = &self.form else {
            return self.alone();
        };
        let KeyKind::Ec(curve) = issuer.key.kind() else {
            return Err(CertificateFault::NoParameters);
        };
        let point = EcPoint::from_bytes(curve, octets).map_err(|_| CertificateFault::PublicKey)?;
        Ok(VerificationKey {
            scheme: self.scheme,
            key: PublicKey::Ec(point),
        })
    }

    /// Reads the value of DO'7F49'.
    pub(super) fn from_value(
        template: &[u8],
        deviations: &mut Vec<Deviation>,
    ) -> Result<Self, CertificateFault> {
        // Which objects may come depends on the object identifier.
        let objects = children(tag::PUBLIC_KEY, template, &mut Vec::new())?;
        let oid = tlv::find(&objects, tag::OBJECT_IDENTIFIER)
            .ok_or(CertificateFault::Missing(tag::OBJECT_IDENTIFIER))?;
        let scheme = ObjectIdentifier::from_bytes(oid.value)
            .ok()
            .and_then(SignatureScheme::from_oid)
            .ok_or(CertificateFault::UnknownAlgorithm)?;
        let form = if scheme.is_ecdsa() {
            elliptic(template, deviations)?
        } else {
            Form::Rsa(rsa(template, deviations)?)
        };
        Ok(Self { scheme, form })
    }

    /// The whole object.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut objects = Writer::new();
        objects.object(tag::OBJECT_IDENTIFIER, self.scheme.oid().as_bytes());
        match &self.form {
            Form::Rsa(key) => {
                objects.object(MODULUS, significant(&key.modulus()));
                objects.object(EXPONENT, significant(&key.exponent()));
            }
            Form::Whole(point) => {
                let domain = point.curve().domain();
                objects.object(PRIME, significant(domain.p));
                objects.object(COEFFICIENT_A, significant(domain.a));
                objects.object(COEFFICIENT_B, significant(domain.b));
                objects.object(BASE_POINT, &domain.base_point());
                objects.object(ORDER, significant(domain.n));
                objects.object(POINT, point.as_bytes());
                objects.object(COFACTOR, &[1]);
            }
            Form::PointOnly(octets) => {
                objects.object(POINT, octets);
            }
        }
        tlv::encode(tag::PUBLIC_KEY, &objects.finish())
    }
}

fn rsa(template: &[u8], deviations: &mut Vec<Deviation>) -> Result<RsaPublicKey, CertificateFault> {
    let order = [
        (tag::OBJECT_IDENTIFIER, Presence::Required),
        (MODULUS, Presence::Required),
        (EXPONENT, Presence::Required),
    ];
    let [_, modulus, exponent] = row(tag::PUBLIC_KEY, template, order, deviations)?;
    let modulus = unsigned(MODULUS, value(modulus, MODULUS)?, deviations);
    let exponent = unsigned(EXPONENT, value(exponent, EXPONENT)?, deviations);
    if modulus.is_empty() || exponent.is_empty() || exponent.len() > MAX_EXPONENT_LEN {
        return Err(CertificateFault::PublicKey);
    }
    RsaPublicKey::from_parts(modulus, exponent).map_err(|_| CertificateFault::PublicKey)
}

fn elliptic(template: &[u8], deviations: &mut Vec<Deviation>) -> Result<Form, CertificateFault> {
    let order = [
        (tag::OBJECT_IDENTIFIER, Presence::Required),
        (PRIME, Presence::Optional),
        (COEFFICIENT_A, Presence::Optional),
        (COEFFICIENT_B, Presence::Optional),
        (BASE_POINT, Presence::Optional),
        (ORDER, Presence::Optional),
        (POINT, Presence::Required),
        (COFACTOR, Presence::Optional),
    ];
    let [_, p, a, b, g, r, point, f] = row(tag::PUBLIC_KEY, template, order, deviations)?;
    let octets = value(point, POINT)?;
    let curve = match (p, a, b, g, r) {
        (None, None, None, None, None) if f.is_none() => {
            return Ok(Form::PointOnly(octets.to_vec()));
        }
        (Some(p), Some(a), Some(b), Some(g), Some(r)) => {
            recognised([p, a, b, r], g.value, f, deviations)?
        }
        _ => return Err(CertificateFault::IncompleteParameters),
    };
    EcPoint::from_bytes(curve, octets)
        .map(Form::Whole)
        .map_err(|_| CertificateFault::PublicKey)
}

/// The known curve that has exactly these parameters.
fn recognised(
    [p, a, b, r]: [Tlv<'_>; 4],
    base_point: &[u8],
    cofactor: Option<Tlv<'_>>,
    deviations: &mut Vec<Deviation>,
) -> Result<Curve, CertificateFault> {
    let [p, a, b, r] = [p, a, b, r].map(|object| unsigned(object.tag, object.value, deviations));
    let cofactor_is_one =
        cofactor.is_none_or(|object| unsigned(object.tag, object.value, deviations) == [1]);
    Curve::ALL
        .into_iter()
        .find(|curve| {
            let domain = curve.domain();
            let numbers = [domain.p, domain.a, domain.b, domain.n].map(significant);
            numbers == [p, a, b, r] && domain.base_point() == base_point
        })
        .filter(|_| cofactor_is_one)
        .ok_or(CertificateFault::UnknownCurve)
}

/// A public key with its scheme, ready to verify.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VerificationKey {
    scheme: SignatureScheme,
    key: PublicKey,
}

impl VerificationKey {
    /// A key for a scheme; `None` when the scheme is for other kinds of keys.
    #[must_use]
    pub fn new(scheme: SignatureScheme, key: PublicKey) -> Option<Self> {
        let fits = scheme.is_ecdsa() == matches!(key, PublicKey::Ec(_));
        fits.then_some(Self { scheme, key })
    }

    /// What the key signs by.
    #[must_use]
    pub const fn scheme(&self) -> SignatureScheme {
        self.scheme
    }

    /// The key.
    #[must_use]
    pub const fn key(&self) -> &PublicKey {
        &self.key
    }

    /// Verifies a signature.
    ///
    /// # Errors
    /// [`CertificateFault::Signature`].
    pub fn verify(&self, message: &[u8], signature: &[u8]) -> Result<(), CertificateFault> {
        self.scheme
            .verify(&self.key, message, signature)
            .map_err(|_| CertificateFault::Signature)
    }
}
