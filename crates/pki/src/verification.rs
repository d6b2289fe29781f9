//! Signatures on foreign objects: made over the bytes as sent, or over the DER form of what was sent in another form.

use crypto::{PublicKey, SignatureAlgorithm};

use crate::Result;
use crate::ber::to_der;
use crate::deviation::DeviationKind;

/// Verifies a signature over an element as it was sent and, if that fails, over its DER form (RFC 5652 §5.4 asks for
/// the DER form of attributes that are sent in BER). Returns what was accepted against the rules.
///
/// # Errors
/// [`crate::Error::Crypto`].
pub(crate) fn verify_signed(
    key: &PublicKey,
    algorithm: &SignatureAlgorithm,
    as_sent: &[u8],
    signature: &[u8],
) -> Result<Vec<DeviationKind>> {
    let mut deviations = Vec::new();
    if !is_der(key, algorithm, signature) {
        deviations.push(DeviationKind::EcdsaSignatureForm);
    }
    let Err(fault) = key.verify(algorithm, as_sent, signature) else {
        return Ok(deviations);
    };
    match to_der(as_sent) {
        Ok(der) if der != as_sent => {
            key.verify(algorithm, &der, signature)?;
            deviations.push(DeviationKind::SignedOverDerForm);
            Ok(deviations)
        }
        _ => Err(fault.into()),
    }
}

/// Whether an ECDSA signature is the DER form of its two numbers.
fn is_der(key: &PublicKey, algorithm: &SignatureAlgorithm, signature: &[u8]) -> bool {
    let (PublicKey::Ec(point), SignatureAlgorithm::Ecdsa(_)) = (key, algorithm) else {
        return true;
    };
    let curve = point.curve();
    crypto::signature::ecdsa_der_to_plain(curve, signature)
        .and_then(|plain| crypto::signature::ecdsa_plain_to_der(curve, &plain))
        .is_ok_and(|der| der == signature)
}
