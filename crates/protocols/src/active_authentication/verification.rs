//! Verifying the signature of active authentication, without a card.

use core::fmt;

use crypto::{Curve, EcPoint, HashAlgorithm, PublicKey, RsaPublicKey};

use crate::active_authentication::{CHALLENGE_LEN, iso9796_2};
use crate::error::Untrusted;
use crate::{Error, Result};

/// What holds for a right signature: J or n − J ends in this nibble (ISO 9796-2 §B.6, §B.4).
const LAST_NIBBLE: u8 = 0x0C;

/// A signature that was verified. Only [`verify`] makes one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Verified {
    challenge: [u8; CHALLENGE_LEN],
    signature: Vec<u8>,
    hash: HashAlgorithm,
    deviations: Vec<Deviation>,
}

impl Verified {
    /// RND.IFD.
    #[must_use]
    pub const fn challenge(&self) -> &[u8; CHALLENGE_LEN] {
        &self.challenge
    }

    /// The signature as the chip sent it: with challenge and key, evidence that others can check (reading it proves the
    /// chip was there at some time, not when).
    #[must_use]
    pub fn signature(&self) -> &[u8] {
        &self.signature
    }

    /// The hash the chip used.
    #[must_use]
    pub const fn hash(&self) -> HashAlgorithm {
        self.hash
    }

    /// What was put up with.
    #[must_use]
    pub fn deviations(&self) -> &[Deviation] {
        &self.deviations
    }

    /// With what was put up with before there was a signature.
    pub(super) fn with(mut self, earlier: impl IntoIterator<Item = Deviation>) -> Self {
        self.deviations.extend(earlier);
        self
    }
}

/// A departure from Doc 9303-11 §6.1 that does not take the proof away.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Deviation {
    /// The signature is shorter than the modulus: its leading zeros were left out.
    ShortSignature,
    /// The signature was made by ISO 9796-2 §B.4, which chips should not use any more.
    AlternativeSignature,
    /// The challenge was recovered from the signature, too: ISO 9796-2 with whole recovery.
    WholeRecovery,
    /// The random part is shorter than the modulus has room for.
    PaddedMessage,
    /// An ECDSA signature in DER, not r ‖ s.
    DerSignature,
    /// EF.DG14 does not name the hash of an ECDSA key; the one that fits was found by trial.
    HashNotNamed,
    /// ECDSA with SHA-1.
    ForbiddenHash,
    /// A hash longer than the order of the curve.
    HashLongerThanKey,
    /// The chip wanted the exact length of the signature as Le.
    ExactLengthWanted,
    /// The chip announced more than there was.
    MoreAnnounced,
    /// The signature came whole in the other form of the command only, short or extended.
    OtherForm,
}

impl fmt::Display for Deviation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::ShortSignature => "the signature is shorter than the modulus",
            Self::AlternativeSignature => "the signature is the alternative one of ISO 9796-2 B.4",
            Self::WholeRecovery => "the signature recovers the challenge, too",
            Self::PaddedMessage => "the signature recovers less than the modulus has room for",
            Self::DerSignature => "the ECDSA signature is coded in DER",
            Self::HashNotNamed => "EF.DG14 does not name the hash of active authentication",
            Self::ForbiddenHash => "the ECDSA signature uses SHA-1",
            Self::HashLongerThanKey => "the hash is longer than the key",
            Self::ExactLengthWanted => "the chip wants the exact length of the signature",
            Self::MoreAnnounced => "the chip announces more than the signature",
            Self::OtherForm => "the chip gives no whole signature to the first form of the command",
        })
    }
}

/// Verifies a signature over a challenge. `named` is the hash of ActiveAuthenticationInfo; RSA signatures name theirs
/// themselves, and an ECDSA key without one is tried with each hash.
///
/// # Errors
/// [`Error::Untrusted`] when the signature is wrong.
pub fn verify(
    key: &PublicKey,
    named: Option<HashAlgorithm>,
    challenge: [u8; CHALLENGE_LEN],
    signature: &[u8],
) -> Result<Verified> {
    let found = match key {
        PublicKey::Rsa(key) => rsa(key, &challenge, signature),
        PublicKey::Ec(point) => ecdsa(key, point, named, &challenge, signature),
    };
    let (hash, deviations) =
        found.ok_or(Error::Untrusted(Untrusted::ActiveAuthenticationSignature))?;
    Ok(Verified {
        challenge,
        signature: signature.to_vec(),
        hash,
        deviations,
    })
}

/// Octets of a signature by this key.
pub(super) fn signature_len(key: &PublicKey) -> usize {
    match key {
        PublicKey::Rsa(key) => key.modulus_len(),
        PublicKey::Ec(point) => 2 * point.curve().order_len(),
    }
}

fn rsa(
    key: &RsaPublicKey,
    challenge: &[u8; CHALLENGE_LEN],
    signature: &[u8],
) -> Option<(HashAlgorithm, Vec<Deviation>)> {
    let missing = key.modulus_len().checked_sub(signature.len())?;
    let whole = [vec![0; missing], signature.to_vec()].concat();
    let j = key.raw(&whole).ok()?;
    let alternative = j.last()? & 0x0F != LAST_NIBBLE;
    let f = if alternative {
        key.subtract_from_modulus(&j).ok()?
    } else {
        j
    };
    let form = iso9796_2::check(&f, challenge)?;
    let deviations = [
        (missing > 0).then_some(Deviation::ShortSignature),
        alternative.then_some(Deviation::AlternativeSignature),
        form.whole.then_some(Deviation::WholeRecovery),
        form.padded.then_some(Deviation::PaddedMessage),
    ];
    Some((form.hash, deviations.into_iter().flatten().collect()))
}

fn ecdsa(
    key: &PublicKey,
    point: &EcPoint,
    named: Option<HashAlgorithm>,
    challenge: &[u8; CHALLENGE_LEN],
    signature: &[u8],
) -> Option<(HashAlgorithm, Vec<Deviation>)> {
    let curve = point.curve();
    let hashes = named.map_or(HashAlgorithm::ALL.to_vec(), |hash| vec![hash]);
    let from_der = crypto::signature::ecdsa_der_to_plain(curve, signature).ok();
    let forms = [
        Some((signature.to_vec(), false)),
        from_der.map(|plain| (plain, true)),
    ];
    let (hash, der) = forms.into_iter().flatten().find_map(|(plain, der)| {
        let fits = |hash: &HashAlgorithm| key.verify_plain_ecdsa(*hash, challenge, &plain).is_ok();
        Some((hashes.iter().copied().find(fits)?, der))
    })?;
    Some((hash, ecdsa_deviations(curve, hash, named.is_some(), der)))
}

fn ecdsa_deviations(curve: Curve, hash: HashAlgorithm, named: bool, der: bool) -> Vec<Deviation> {
    let deviations = [
        der.then_some(Deviation::DerSignature),
        (!named).then_some(Deviation::HashNotNamed),
        (hash == HashAlgorithm::Sha1).then_some(Deviation::ForbiddenHash),
        (hash.output_len() > curve.order_len()).then_some(Deviation::HashLongerThanKey),
    ];
    deviations.into_iter().flatten().collect()
}

#[cfg(test)]
mod tests {
    use crypto::{PrivateKey, RsaPrivateKey};
    use rand::SeedableRng as _;
    use rand::rngs::StdRng;

    use super::*;

    const CHALLENGE: [u8; CHALLENGE_LEN] = [1, 2, 3, 4, 5, 6, 7, 8];

    fn key(bits: usize) -> RsaPrivateKey {
        match PrivateKey::generate_rsa(bits, &mut StdRng::seed_from_u64(1)) {
            Ok(PrivateKey::Rsa(key)) => key,
            other => panic!("{other:?}"),
        }
    }

    /// σ = F^d mod n for an F of `f_len` octets, whose M1 ends in `m1`.
    fn sign(key: &RsaPrivateKey, f_len: usize, m1: u64) -> Vec<u8> {
        let m1_len = iso9796_2::recoverable_len(f_len, HashAlgorithm::Sha1).unwrap();
        let m1 = [vec![0; m1_len - 8], m1.to_be_bytes().to_vec()].concat();
        let f = iso9796_2::compose(&m1, &CHALLENGE, HashAlgorithm::Sha1);
        let aligned = [vec![0; key.public().modulus_len() - f_len], f].concat();
        key.raw(&aligned, &mut StdRng::seed_from_u64(2)).unwrap()
    }

    fn check(key: &RsaPrivateKey, signature: &[u8], expected: Option<&[Deviation]>) {
        let public = PublicKey::Rsa(key.public());
        match (verify(&public, None, CHALLENGE, signature), expected) {
            (Ok(verified), Some(deviations)) => {
                assert_eq!(verified.hash(), HashAlgorithm::Sha1);
                assert_eq!(verified.deviations(), deviations);
            }
            (Err(error), None) => {
                let wrong = Error::Untrusted(Untrusted::ActiveAuthenticationSignature);
                assert_eq!(error, wrong);
            }
            (found, _) => panic!("{found:?} for {} bytes", signature.len()),
        }
    }

    #[test]
    fn a_modulus_of_an_odd_length_leaves_a_leading_zero() {
        let key = key(1_031);
        let signature = sign(&key, 128, 0);
        assert_eq!(signature.len(), 129);
        check(&key, &signature, Some(&[]));
    }

    #[test]
    fn leading_zeros_may_be_left_out() {
        let key = key(1_024);
        // One signature in 256 starts with a zero octet.
        let short = (0..)
            .map(|m1| sign(&key, 128, m1))
            .find(|signature| signature[0] == 0);
        let short = short.unwrap();
        check(&key, &short, Some(&[]));
        check(&key, &short[1..], Some(&[Deviation::ShortSignature]));
        check(&key, &short[2..], None);
    }

    #[test]
    fn other_forms_of_the_standard_are_put_up_with() {
        let key = key(1_024);
        let hash = HashAlgorithm::Sha1;
        let random = [7; 20];
        let message = [&random[..], &CHALLENGE].concat();
        let digest = hash.digest(&message);
        for (header, recovered, deviations) in [
            (0x6B, &random[..], &[Deviation::PaddedMessage][..]),
            (
                0x4B,
                &message,
                &[Deviation::WholeRecovery, Deviation::PaddedMessage],
            ),
        ] {
            let tail = [recovered, &digest, &[0xBC]].concat();
            let padding = [vec![0xBB; 126 - tail.len()], vec![0xBA]].concat();
            let f = [vec![header], padding, tail].concat();
            let signature = key.raw(&f, &mut StdRng::seed_from_u64(2)).unwrap();
            check(&key, &signature, Some(deviations));
        }
    }

    #[test]
    fn what_is_no_signature() {
        let key = key(1_024);
        let good = sign(&key, 128, 0);
        check(&key, &good, Some(&[]));
        for bad in [
            &[][..],
            &good[..127],
            &[&[0], &good[..]].concat(),
            &[0; 128],
            &[0xFF; 128],
        ] {
            check(&key, bad, None);
        }
    }
}
