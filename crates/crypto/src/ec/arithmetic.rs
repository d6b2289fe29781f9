//! Where a [`Curve`] becomes a type. Everything here speaks bytes on its outside.

use ecdsa::{EcdsaCurve, hazmat};
use elliptic_curve::{
    AffinePoint, CurveArithmetic, FieldBytes, FieldBytesSize, NonZeroScalar, ProjectivePoint,
    Scalar,
    ff::Field as _,
    group::{Curve as _, Group as _},
    sec1::{FromSec1Point, ModulusSize, ToSec1Point},
};
use rand_core::CryptoRng;
use zeroize::Zeroizing;

use crate::{Curve, Error, HashAlgorithm, Result, SecretBytes};

/// Draws until a number below the order comes: four tries are enough in all but one of 2⁻⁵⁰ cases on the worst curve.
const MAX_DRAWS: usize = 256;

/// Runs `$body` with the type of the curve as `$C`.
macro_rules! with_curve {
    ($curve:expr, $C:ident => $body:expr) => {
        match $curve {
            $crate::Curve::P192 => {
                type $C = $crate::ec::own_curves::p192::NistP192;
                $body
            }
            $crate::Curve::P224 => {
                type $C = $crate::ec::own_curves::p224::NistP224;
                $body
            }
            $crate::Curve::P256 => {
                type $C = p256::NistP256;
                $body
            }
            $crate::Curve::P384 => {
                type $C = p384::NistP384;
                $body
            }
            $crate::Curve::P521 => {
                type $C = p521::NistP521;
                $body
            }
            $crate::Curve::BrainpoolP192r1 => {
                type $C = $crate::ec::own_curves::brainpool_p192r1::BrainpoolP192r1;
                $body
            }
            $crate::Curve::BrainpoolP224r1 => {
                type $C = $crate::ec::own_curves::brainpool_p224r1::BrainpoolP224r1;
                $body
            }
            $crate::Curve::BrainpoolP256r1 => {
                type $C = bp256::BrainpoolP256r1;
                $body
            }
            $crate::Curve::BrainpoolP320r1 => {
                type $C = $crate::ec::own_curves::brainpool_p320r1::BrainpoolP320r1;
                $body
            }
            $crate::Curve::BrainpoolP384r1 => {
                type $C = bp384::BrainpoolP384r1;
                $body
            }
            $crate::Curve::BrainpoolP512r1 => {
                type $C = $crate::ec::own_curves::brainpool_p512r1::BrainpoolP512r1;
                $body
            }
        }
    };
}
pub(crate) use with_curve;

/// What the functions below need of a curve type.
trait Arithmetic:
    CurveArithmetic<AffinePoint: FromSec1Point<Self> + ToSec1Point<Self>, FieldBytesSize: ModulusSize>
{
}

impl<C> Arithmetic for C where
    C: CurveArithmetic<AffinePoint: FromSec1Point<C> + ToSec1Point<C>, FieldBytesSize: ModulusSize>
{
}

pub(super) fn check_point(curve: Curve, bytes: &[u8]) -> Result<()> {
    with_curve!(curve, C => decode::<C>(bytes).map(drop))
}

pub(super) fn decompress(curve: Curve, bytes: &[u8]) -> Result<Vec<u8>> {
    if bytes.len() != 1 + curve.field_len() || !matches!(bytes.first(), Some(0x02 | 0x03)) {
        return Err(Error::InvalidPoint);
    }
    with_curve!(curve, C => {
        let point = AffinePoint::<C>::from_sec1_bytes(bytes).map_err(|_| Error::InvalidPoint)?;
        encode::<C>(&point.into())
    })
}

pub(super) fn random_scalar(curve: Curve, rng: &mut dyn CryptoRng) -> Result<SecretBytes> {
    // The top octet of P-521's order is 01: without the mask one draw in 128 would fit.
    let mask = if curve == Curve::P521 { 0x01 } else { 0xFF };
    let mut bytes = Zeroizing::new(vec![0; curve.order_len()]);
    for _ in 0..MAX_DRAWS {
        rng.fill_bytes(&mut bytes);
        if let Some(top) = bytes.first_mut() {
            *top &= mask;
        }
        if with_curve!(curve, C => scalar::<C>(&bytes).is_ok()) {
            return Ok(bytes.as_slice().into());
        }
    }
    Err(Error::Misuse(
        "the random number generator never yields a number below the order",
    ))
}

pub(super) fn multiply_base(curve: Curve, secret: &[u8]) -> Result<Vec<u8>> {
    with_curve!(curve, C => {
        let secret = scalar::<C>(secret)?;
        encode::<C>(&<ProjectivePoint<C> as elliptic_curve::group::Group>::mul_by_generator(&**secret))
    })
}

pub(super) fn multiply(curve: Curve, secret: &[u8], point: &[u8]) -> Result<Vec<u8>> {
    with_curve!(curve, C => {
        let secret = scalar::<C>(secret)?;
        let point = ProjectivePoint::<C>::from(decode::<C>(point)?);
        encode::<C>(&(point * **secret))
    })
}

pub(super) fn generic_mapping(curve: Curve, nonce: &[u8], shared: &[u8]) -> Result<Vec<u8>> {
    with_curve!(curve, C => {
        let nonce = Zeroizing::new(reduced::<C>(nonce));
        let shared = ProjectivePoint::<C>::from(decode::<C>(shared)?);
        encode::<C>(&(ProjectivePoint::<C>::generator() * *nonce + shared))
    })
}

/// ECDSA over a hash; hedged nonces: RFC 6979 with randomness added. Answers (DER, r ‖ s).
pub(crate) fn sign_prehash(
    curve: Curve,
    secret: &[u8],
    hash: HashAlgorithm,
    prehash: &[u8],
    rng: &mut dyn CryptoRng,
) -> Result<(Vec<u8>, Vec<u8>)> {
    let mut added = Zeroizing::new([0; 32]);
    rng.fill_bytes(&mut *added);
    with_curve!(curve, C => {
        let secret = scalar::<C>(secret)?;
        let prehash = at_least_field_len(curve, prehash);
        let (signature, _) = match hash {
            HashAlgorithm::Sha384 => hazmat::sign_prehashed_rfc6979::<C, sha2::Sha384>(&secret, &prehash, &*added),
            HashAlgorithm::Sha512 => hazmat::sign_prehashed_rfc6979::<C, sha2::Sha512>(&secret, &prehash, &*added),
            _ => hazmat::sign_prehashed_rfc6979::<C, sha2::Sha256>(&secret, &prehash, &*added),
        };
        Ok((signature.to_der().to_bytes().to_vec(), signature.to_bytes().to_vec()))
    })
}

/// ECDSA over a hash, signature r ‖ s.
pub(crate) fn verify_prehash(
    curve: Curve,
    public: &[u8],
    prehash: &[u8],
    plain: &[u8],
) -> Result<()> {
    with_curve!(curve, C => verify::<C>(curve, public, prehash, plain))
}

fn verify<C: Arithmetic + EcdsaCurve>(
    curve: Curve,
    public: &[u8],
    prehash: &[u8],
    plain: &[u8],
) -> Result<()>
where
    ecdsa::SignatureSize<C>: elliptic_curve::array::ArraySize,
{
    let public = ProjectivePoint::<C>::from(decode::<C>(public)?);
    let signature =
        ecdsa::Signature::<C>::from_slice(plain).map_err(|_| Error::SignatureInvalid)?;
    hazmat::verify_prehashed::<C>(&public, &at_least_field_len(curve, prehash), &signature)
        .map_err(|_| Error::SignatureInvalid)
}

/// A short hash is the same number with zeros in front, and no implementation can object to its length.
fn at_least_field_len(curve: Curve, prehash: &[u8]) -> Vec<u8> {
    let missing = curve.order_len().saturating_sub(prehash.len());
    [&vec![0; missing], prehash].concat()
}

pub(super) fn scalar<C: CurveArithmetic>(bytes: &[u8]) -> Result<Zeroizing<NonZeroScalar<C>>> {
    let repr = FieldBytes::<C>::try_from(bytes).map_err(|_| Error::Malformed("private number"))?;
    Option::from(NonZeroScalar::<C>::from_repr(repr))
        .map(Zeroizing::new)
        .ok_or(Error::Malformed("private number"))
}

/// The nonce as a number modulo the order. It is longer than the order when a cipher of 256 bits meets a curve of 192.
fn reduced<C: CurveArithmetic>(nonce: &[u8]) -> Scalar<C> {
    let octet = Scalar::<C>::from(256);
    nonce.iter().fold(Scalar::<C>::ZERO, |number, next| {
        number * octet + Scalar::<C>::from(u64::from(*next))
    })
}

fn decode<C: Arithmetic>(bytes: &[u8]) -> Result<AffinePoint<C>> {
    let uncompressed = 1 + 2 * FieldBytes::<C>::default().len();
    if bytes.len() != uncompressed || bytes.first() != Some(&0x04) {
        return Err(Error::InvalidPoint);
    }
    AffinePoint::<C>::from_sec1_bytes(bytes).map_err(|_| Error::InvalidPoint)
}

fn encode<C: Arithmetic>(point: &ProjectivePoint<C>) -> Result<Vec<u8>>
where
    FieldBytesSize<C>: ModulusSize,
{
    if point.is_identity().into() {
        return Err(Error::InvalidPoint);
    }
    Ok(point.to_affine().to_sec1_point(false).as_bytes().to_vec())
}
