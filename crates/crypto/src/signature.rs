//! Signature algorithms of certificates and security objects.

use core::fmt;

use crate::{Curve, Error, HashAlgorithm, Result};

/// A signature algorithm with all its parameters (Doc 9303-12 §4.1.6). The AlgorithmIdentifier of X.509 is the business of the
/// crates that write certificates.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum SignatureAlgorithm {
    /// RSASSA-PKCS1-v1_5 (RFC 8017 §8.2).
    RsaPkcs1(HashAlgorithm),
    /// RSASSA-PSS (RFC 8017 §8.1).
    RsaPss {
        /// Hash of the message.
        hash: HashAlgorithm,
        /// Hash of the mask generation function MGF1.
        mgf_hash: HashAlgorithm,
        /// Octets of salt.
        salt_len: usize,
    },
    /// ECDSA, the signature as a DER SEQUENCE of r and s.
    Ecdsa(HashAlgorithm),
}

impl SignatureAlgorithm {
    /// RSASSA-PSS with one hash for everything and a salt of its length: what Doc 9303-12 recommends.
    #[must_use]
    pub const fn pss(hash: HashAlgorithm) -> Self {
        Self::RsaPss {
            hash,
            mgf_hash: hash,
            salt_len: hash.output_len(),
        }
    }

    /// Hash of the message.
    #[must_use]
    pub const fn hash(self) -> HashAlgorithm {
        match self {
            Self::RsaPkcs1(hash) | Self::RsaPss { hash, .. } | Self::Ecdsa(hash) => hash,
        }
    }
}

impl fmt::Display for SignatureAlgorithm {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::RsaPkcs1(hash) => write!(f, "RSA PKCS#1 v1.5 with {}", hash.name()),
            Self::RsaPss {
                hash,
                mgf_hash,
                salt_len,
            } => {
                write!(f, "RSA-PSS with {}", hash.name())?;
                if mgf_hash != hash {
                    write!(f, ", MGF1 with {}", mgf_hash.name())?;
                }
                write!(f, ", salt {salt_len}")
            }
            Self::Ecdsa(hash) => write!(f, "ECDSA with {}", hash.name()),
        }
    }
}

/// r ‖ s of fixed length as a DER SEQUENCE of two INTEGERs.
///
/// # Errors
/// [`Error::Malformed`] when the length does not fit the curve.
pub fn ecdsa_plain_to_der(curve: Curve, plain: &[u8]) -> Result<Vec<u8>> {
    if plain.len() != 2 * curve.order_len() {
        return Err(Error::Malformed("plain ECDSA signature"));
    }
    let (r, s) = plain
        .split_at_checked(curve.order_len())
        .ok_or(Error::Malformed("plain ECDSA signature"))?;
    let body = [der_integer(r), der_integer(s)].concat();
    let length = body.len().to_le_bytes()[0];
    let prefix = if body.len() < 0x80 {
        vec![0x30, length]
    } else {
        vec![0x30, 0x81, length]
    };
    Ok([prefix, body].concat())
}

/// Whether a signature that [`ecdsa_der_to_plain`] reads is written as DER wants it: foreign ones have leading zeros too many or
/// too few, and are read all the same.
#[must_use]
pub fn ecdsa_is_strict_der(curve: Curve, der: &[u8]) -> bool {
    ecdsa_der_to_plain(curve, der)
        .is_ok_and(|plain| ecdsa_plain_to_der(curve, &plain).is_ok_and(|strict| strict == der))
}

/// A DER SEQUENCE of r and s as r ‖ s of fixed length.
///
/// # Errors
/// [`Error::Malformed`] when it is no such SEQUENCE or a number is longer than the order.
pub fn ecdsa_der_to_plain(curve: Curve, der: &[u8]) -> Result<Vec<u8>> {
    const MALFORMED: Error = Error::Malformed("DER ECDSA signature");
    let (body, rest) = der_object(der, 0x30).ok_or(MALFORMED)?;
    let (r, tail) = der_object(body, 0x02).ok_or(MALFORMED)?;
    let (s, end) = der_object(tail, 0x02).ok_or(MALFORMED)?;
    if !rest.is_empty() || !end.is_empty() {
        return Err(MALFORMED);
    }
    let mut plain = Vec::with_capacity(2 * curve.order_len());
    for number in [r, s] {
        let significant = number
            .iter()
            .position(|byte| *byte != 0)
            .unwrap_or(number.len());
        let number = number.get(significant..).unwrap_or_default();
        let missing = curve
            .order_len()
            .checked_sub(number.len())
            .ok_or(MALFORMED)?;
        plain.resize(plain.len() + missing, 0);
        plain.extend_from_slice(number);
    }
    Ok(plain)
}

fn der_integer(number: &[u8]) -> Vec<u8> {
    let zeros = number
        .iter()
        .take_while(|byte| **byte == 0)
        .count()
        .min(number.len().saturating_sub(1));
    let number = number.get(zeros..).unwrap_or_default();
    let sign = number.first().is_some_and(|first| first & 0x80 != 0);
    let length = (number.len() + usize::from(sign)).to_le_bytes()[0];
    let mut out = vec![0x02, length];
    out.extend(sign.then_some(0));
    out.extend_from_slice(number);
    out
}

/// Value and rest of the DER object with this tag; lengths up to 255, which is enough for every curve.
fn der_object(input: &[u8], tag: u8) -> Option<(&[u8], &[u8])> {
    match input {
        [first, 0x81, length, rest @ ..] if *first == tag => {
            rest.split_at_checked(usize::from(*length))
        }
        [first, length @ 0..=0x7F, rest @ ..] if *first == tag => {
            rest.split_at_checked(usize::from(*length))
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn numbers_are_written_short_and_positive() {
        let mut plain = vec![0; 64];
        plain[31] = 1;
        plain[32] = 0x80;
        let der = ecdsa_plain_to_der(Curve::P256, &plain).unwrap();
        assert_eq!(der[..7], [0x30, 38, 2, 1, 1, 2, 33]);
        assert_eq!(ecdsa_der_to_plain(Curve::P256, &der).unwrap(), plain);
        assert!(ecdsa_is_strict_der(Curve::P256, &der));
    }

    #[test]
    fn loose_der_is_read_and_known_as_such() {
        for der in [
            &[0x30, 6, 2, 1, 0x81, 2, 1, 1][..],
            &[0x30, 7, 2, 2, 0, 1, 2, 1, 1],
            &[0x30, 0x81, 6, 2, 1, 1, 2, 1, 1],
            &[0x30, 7, 2, 0x81, 1, 1, 2, 1, 1],
        ] {
            assert!(ecdsa_der_to_plain(Curve::P256, der).is_ok(), "{der:02X?}");
            assert!(!ecdsa_is_strict_der(Curve::P256, der), "{der:02X?}");
        }
    }

    #[test]
    fn what_is_refused() {
        for der in [
            &[][..],
            &[0x30, 0],
            &[0x30, 3, 2, 1, 1],
            &[0x30, 6, 2, 1, 1, 2, 1, 1, 0],
            &[0x31, 6, 2, 1, 1, 2, 1, 1],
        ] {
            assert!(ecdsa_der_to_plain(Curve::P256, der).is_err(), "{der:02X?}");
        }
        assert!(ecdsa_plain_to_der(Curve::P256, &[0; 63]).is_err());
    }

    proptest! {
        #[test]
        fn there_and_back(curve in proptest::sample::select(Curve::ALL.to_vec()), seed in proptest::collection::vec(any::<u8>(), 132)) {
            let plain = &seed[..2 * curve.order_len()];
            let der = ecdsa_plain_to_der(curve, plain).unwrap();
            prop_assert_eq!(ecdsa_der_to_plain(curve, &der).unwrap(), plain);
        }

        #[test]
        fn never_panics(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
            let _ = ecdsa_der_to_plain(Curve::P521, &bytes);
        }
    }
}
