//! Generic mapping of the nonce to an ephemeral generator (Doc 9303-11 §4.4.3.3.1), also the first half of chip
//! authentication mapping (Doc 9303-11 §4.4.3.5).

use crypto::{AgreementGenerator, AgreementKey, AgreementKeyPair};

use crate::error::Fault;
use crate::key_agreement::agree;

/// The generator, Ĝ = s·G + H or ĝ = gˢ·h, and the other end's mapping key. H is the whole point agreed on with the mapping
/// keys, h the number.
///
/// # Errors
/// What is wrong with the other end's mapping key.
pub(super) fn generic(
    nonce: &[u8],
    own: &AgreementKeyPair,
    other: &[u8],
) -> Result<(AgreementKey, AgreementGenerator), Fault> {
    let (other, shared) = agree(own, other)?;
    let generator =
        AgreementGenerator::mapped(nonce, &shared).map_err(|_| Fault::DegenerateAgreement)?;
    Ok((other, generator))
}
