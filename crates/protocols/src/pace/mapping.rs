//! Mapping of the nonce to an ephemeral generator (Doc 9303-11 §4.4.3.3).

use crypto::{EcKeyPair, Generator};

use crate::error::Fault;
use crate::key_agreement::agree;

/// Generic mapping over a curve (Doc 9303-11 §4.4.3.3.1): Ĝ = s·G + H, H being the whole point agreed on with the
/// mapping keys.
///
/// # Errors
/// What is wrong with the other end's mapping key.
pub(super) fn generic(nonce: &[u8], own: &EcKeyPair, other: &[u8]) -> Result<Generator, Fault> {
    let (_, shared) = agree(own, other)?;
    Generator::mapped(nonce, shared.point()).map_err(|_| Fault::DegenerateAgreement)
}
