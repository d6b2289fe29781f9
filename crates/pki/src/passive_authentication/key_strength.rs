//! Keys that are too short to be relied on.
//!
//! Doc 9303-12 §4.1.6 names algorithms and leaves the lengths to the issuer, so that a short key is no fault of form. Who can
//! compute the private key behind it can sign documents, or make a chip that proves to be the issuer's: it is told.

use crypto::PublicKey;
use crypto::key::KeyKind;

use crate::certificate::Certificate;
use crate::deviation::DeviationKind;

/// Shortest RSA modulus that is not weak, in bits. Most document signers of the field have exactly this length.
const MIN_RSA_BITS: usize = 2_048;
/// Smallest field of a curve that is not weak, in octets: as strong as the RSA modulus.
const MIN_FIELD_LEN: usize = 28;

/// The deviation of a key that is weak: RSA below 2,048 bits, or a curve over a field below 224 bits.
#[must_use]
pub fn weak_key(key: &PublicKey) -> Option<DeviationKind> {
    weak_kind(key.kind())
}

/// As [`weak_key`], of a key of which only the kind is known.
#[must_use]
pub const fn weak_kind(kind: KeyKind) -> Option<DeviationKind> {
    let is_weak = match kind {
        KeyKind::Rsa(bits) => bits < MIN_RSA_BITS,
        KeyKind::Ec(curve) => curve.field_len() < MIN_FIELD_LEN,
    };
    if is_weak {
        Some(DeviationKind::WeakKey(kind))
    } else {
        None
    }
}

/// The deviation of a certificate's key that is weak. What cannot be read verifies nothing, and is told by that.
pub(super) fn of_certificate(certificate: &Certificate) -> Option<DeviationKind> {
    weak_key(&certificate.public_key().ok()?)
}

#[cfg(test)]
mod tests {
    use crypto::Curve;
    use rand::{SeedableRng, rngs::StdRng};

    use super::*;

    #[test]
    fn short_keys_are_weak_and_others_are_not() {
        let rng = &mut StdRng::seed_from_u64(7);
        let small = [Curve::P192, Curve::BrainpoolP192r1];
        let mut kinds: Vec<(KeyKind, bool)> = Curve::ALL
            .map(|curve| (KeyKind::Ec(curve), small.contains(&curve)))
            .to_vec();
        kinds.extend([(KeyKind::Rsa(1_024), true), (KeyKind::Rsa(2_048), false)]);
        for (kind, weak) in kinds {
            let key = kind.generate(rng).unwrap().public();
            let expected = weak.then_some(DeviationKind::WeakKey(kind));
            assert_eq!(weak_key(&key), expected, "{kind}");
        }
    }
}
