//! Agreement with a public key that came over the line (Doc 9303-11 §9.4.5; TR-03110-3 §A.2.2.1; TR-03111 §4.3.1).

use crypto::ec::SharedPoint;
use crypto::{EcKeyPair, EcPoint};

use crate::error::Fault;

/// Validates the other end's public key. Both ends do this, whatever the standard only recommends: a point off the
/// curve would lay the private number open.
///
/// # Errors
/// [`Fault::PublicKey`] when it is no point of the curve, [`Fault::ReflectedKey`] when it is the own one.
pub(crate) fn validated(own: &EcPoint, other: &[u8]) -> Result<EcPoint, Fault> {
    let other = EcPoint::from_bytes(own.curve(), other).map_err(|_| Fault::PublicKey)?;
    if other == *own {
        return Err(Fault::ReflectedKey);
    }
    Ok(other)
}

/// Validates the other end's public key and agrees on a point with it.
///
/// # Errors
/// As [`validated`], and [`Fault::DegenerateAgreement`].
pub(crate) fn agree(own: &EcKeyPair, other: &[u8]) -> Result<(EcPoint, SharedPoint), Fault> {
    let other = validated(own.public(), other)?;
    let shared = own.agree(&other).map_err(|_| Fault::DegenerateAgreement)?;
    Ok((other, shared))
}
