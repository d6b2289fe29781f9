//! Agreement with a public key that came over the line (Doc 9303-11 §9.4.5; TR-03110-3 §A.2.2.1; TR-03111 §4.3.1).

use crypto::{AgreementKey, AgreementKeyPair, SharedSecret};

use crate::error::Fault;

/// Validates the other end's public key. Both ends do this, whatever the standard only recommends: a point off the
/// curve, or a number outside the subgroup, would lay the private number open.
///
/// # Errors
/// [`Fault::PublicKey`] when it is no key of these domain parameters, [`Fault::ReflectedKey`] when it is the own one.
pub(crate) fn validated(own: &AgreementKey, other: &[u8]) -> Result<AgreementKey, Fault> {
    let other = AgreementKey::from_wire(own.domain(), other).map_err(|_| Fault::PublicKey)?;
    if other == *own {
        return Err(Fault::ReflectedKey);
    }
    Ok(other)
}

/// Validates the other end's public key and agrees on a secret with it.
///
/// # Errors
/// As [`validated`], and [`Fault::DegenerateAgreement`].
pub(crate) fn agree(
    own: &AgreementKeyPair,
    other: &[u8],
) -> Result<(AgreementKey, SharedSecret), Fault> {
    let other = validated(&own.public(), other)?;
    let shared = own.agree(&other).map_err(|_| Fault::DegenerateAgreement)?;
    Ok((other, shared))
}
