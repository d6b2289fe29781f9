//! The message representative of ISO 9796-2 scheme 1 with partial recovery (Doc 9303-11 §6.1.2.2).
//!
//! ```text
//! F = 6A ‖ M1 ‖ H(M1 ‖ M2) ‖ T      as long as the modulus; M1 random, M2 the challenge
//! T = BC for SHA-1, else xx CC
//! ```

use crypto::HashAlgorithm;

/// Partial recovery, more data, no padding: the only header that arises here.
const HEADER: u8 = 0x6A;
/// Trailer of one octet: the hash is agreed on elsewhere, here SHA-1.
const TRAILER_SHA1: u8 = 0xBC;
/// Last octet of a trailer that names its hash.
const TRAILER_NAMED: u8 = 0xCC;

/// Octets of M1 for a modulus of `modulus_len` octets; `None` when the modulus is too short for the hash.
pub(super) fn recoverable_len(modulus_len: usize, hash: HashAlgorithm) -> Option<usize> {
    modulus_len.checked_sub(1 + hash.output_len() + trailer(hash).len())
}

/// F for the two parts of a message.
pub(super) fn compose(m1: &[u8], m2: &[u8], hash: HashAlgorithm) -> Vec<u8> {
    let digest = hash.digest(&[m1, m2].concat());
    [&[HEADER], m1, &digest, trailer(hash)].concat()
}

/// Takes F apart and checks its hash; the hash it was made with, or `None` when F is not of this form or not over `m2`.
///
/// A leading zero octet is passed over: it comes from moduli whose length in bits is no multiple of eight.
pub(super) fn check(f: &[u8], m2: &[u8]) -> Option<HashAlgorithm> {
    let f = f.strip_prefix(&[0]).unwrap_or(f);
    let (hash, rest) = split_trailer(f.strip_prefix(&[HEADER])?)?;
    let (m1, digest) = rest.split_at_checked(rest.len().checked_sub(hash.output_len())?)?;
    (hash.digest(&[m1, m2].concat()) == digest).then_some(hash)
}

fn split_trailer(f: &[u8]) -> Option<(HashAlgorithm, &[u8])> {
    HashAlgorithm::ALL
        .into_iter()
        .find_map(|hash| Some((hash, f.strip_suffix(trailer(hash))?)))
}

const fn trailer(hash: HashAlgorithm) -> &'static [u8] {
    match hash {
        HashAlgorithm::Sha1 => &[TRAILER_SHA1],
        HashAlgorithm::Sha224 => &[0x38, TRAILER_NAMED],
        HashAlgorithm::Sha256 => &[0x34, TRAILER_NAMED],
        HashAlgorithm::Sha384 => &[0x36, TRAILER_NAMED],
        HashAlgorithm::Sha512 => &[0x35, TRAILER_NAMED],
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const M2: [u8; 8] = [1, 2, 3, 4, 5, 6, 7, 8];

    #[test]
    fn every_vector_is_composed_and_checked() {
        for (name, path) in test_support::vectors("active-authentication") {
            let vector = test_support::read_json(&path);
            let (given, want) = (&vector["given"], &vector["want"]);
            let hash = HashAlgorithm::ALL
                .into_iter()
                .find(|hash| hash.name() == given["hash"])
                .unwrap();
            let (m1, m2) = (
                test_support::hex(&given["m1"]),
                test_support::hex(&given["m2"]),
            );
            let modulus_len = usize::try_from(given["modulus_bits"].as_u64().unwrap() / 8).unwrap();
            assert_eq!(recoverable_len(modulus_len, hash), Some(m1.len()), "{name}");
            let f = compose(&m1, &m2, hash);
            assert_eq!(f, test_support::hex(&want["f"]), "{name}");
            assert_eq!(
                hash.digest(&[&m1[..], &m2].concat()),
                test_support::hex(&want["h"]),
                "{name}"
            );
            assert_eq!(check(&f, &m2), Some(hash), "{name}");
        }
    }

    #[test]
    fn every_hash_goes_there_and_back() {
        for hash in HashAlgorithm::ALL {
            let m1 = vec![0x5A; recoverable_len(128, hash).unwrap()];
            let f = compose(&m1, &M2, hash);
            assert_eq!(f.len(), 128, "{}", hash.name());
            assert_eq!(check(&f, &M2), Some(hash), "{}", hash.name());
            assert_eq!(check(&[&[0], &f[..]].concat(), &M2), Some(hash));
            assert_eq!(check(&f, &[9; 8]), None, "another challenge");
        }
    }

    #[test]
    fn a_changed_octet_anywhere_is_noticed() {
        let f = compose(&[7; 40], &M2, HashAlgorithm::Sha256);
        for at in 0..f.len() {
            let mut changed = f.clone();
            changed[at] ^= 0x01;
            assert_eq!(check(&changed, &M2), None, "at {at}");
        }
    }

    #[test]
    fn fragments_are_refused() {
        for f in [
            &[][..],
            &[0x6A],
            &[0x6A, 0xBC],
            &[0x6A, 0x33, 0xCC],
            &[0x4A; 128],
            &[0; 128],
        ] {
            assert_eq!(check(f, &M2), None, "{f:02X?}");
        }
    }

    #[test]
    fn a_modulus_can_be_too_short() {
        assert_eq!(recoverable_len(66, HashAlgorithm::Sha512), None);
        assert_eq!(recoverable_len(67, HashAlgorithm::Sha512), Some(0));
        assert_eq!(recoverable_len(128, HashAlgorithm::Sha1), Some(106));
    }
}
