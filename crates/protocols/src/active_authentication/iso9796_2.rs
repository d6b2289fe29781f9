//! The message representative of ISO 9796-2 scheme 1 (Doc 9303-11 §6.1.2.2).
//!
//! ```text
//! F = 6A ‖ M1 ‖ H(M1 ‖ M2) ‖ T      as long as the modulus; M1 random, M2 the challenge
//! T = BC for SHA-1, else xx CC
//! ```
//!
//! This is partial recovery with an M1 that fills the modulus, the only form that Doc 9303 has. Two others are read: a
//! shorter M1 behind `6B BB … BA`, and whole recovery, where the challenge ends the recovered message:
//!
//! ```text
//! F = 4A ‖ M ‖ H(M) ‖ T             or 4B BB … BA ‖ M ‖ …; M ends with the challenge
//! ```

use crypto::HashAlgorithm;

/// Partial recovery, M1 as long as it can be: the only header of Doc 9303.
const HEADER: u8 = 0x6A;
/// First half of the header: some of the message has to be known beforehand, or nothing has.
const PARTIAL: u8 = 0x60;
const WHOLE: u8 = 0x40;
/// Second half: here the message begins, or padding does.
const BORDER: u8 = 0x0A;
const PADDED: u8 = 0x0B;
/// Padding of a message that is shorter than it could be, and its end.
const PADDING: u8 = 0xBB;
const PADDING_END: u8 = 0xBA;
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

/// How a message representative was made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Form {
    pub(super) hash: HashAlgorithm,
    /// Whether the challenge was recovered, too.
    pub(super) whole: bool,
    /// Whether the message could have been longer.
    pub(super) padded: bool,
}

/// Takes F apart and checks its hash; `None` when F is of none of these forms or not over `m2`.
///
/// A leading zero octet is passed over: it comes from moduli whose length in bits is no multiple of eight.
pub(super) fn check(f: &[u8], m2: &[u8]) -> Option<Form> {
    let f = f.strip_prefix(&[0]).unwrap_or(f);
    let (header, rest) = f.split_first()?;
    let whole = match header & 0xF0 {
        PARTIAL => false,
        WHOLE => true,
        _ => return None,
    };
    let (padded, rest) = match header & 0x0F {
        BORDER => (false, rest),
        PADDED => (true, behind_padding(rest)?),
        _ => return None,
    };
    let (hash, rest) = split_trailer(rest)?;
    let (message, digest) = rest.split_at_checked(rest.len().checked_sub(hash.output_len())?)?;
    let right = if whole {
        message.ends_with(m2) && hash.digest(message) == digest
    } else {
        hash.digest(&[message, m2].concat()) == digest
    };
    right.then_some(Form {
        hash,
        whole,
        padded,
    })
}

fn behind_padding(rest: &[u8]) -> Option<&[u8]> {
    let full = rest.iter().take_while(|octet| **octet == PADDING).count();
    rest.get(full..)?.strip_prefix(&[PADDING_END])
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

    fn partial(hash: HashAlgorithm) -> Form {
        Form {
            hash,
            whole: false,
            padded: false,
        }
    }

    /// F with any header, of 128 octets.
    fn composed(header: u8, message: &[u8], signed: &[u8], hash: HashAlgorithm) -> Vec<u8> {
        let digest = hash.digest(signed);
        let tail = [message, &digest, trailer(hash)].concat();
        let padding = match header & 0x0F {
            PADDED => [vec![PADDING; 126 - tail.len()], vec![PADDING_END]].concat(),
            _ => Vec::new(),
        };
        [vec![header], padding, tail].concat()
    }

    #[test]
    fn padded_and_whole_recovery_of_every_hash() {
        for hash in HashAlgorithm::ALL {
            let full = vec![0x5A; recoverable_len(128, hash).unwrap()];
            let check = |header, m1: &[u8], m2: &[u8], expected: Option<(bool, bool)>| {
                let message = [m1, m2].concat();
                let recovered = if header & 0x20 == 0 { &message } else { m1 };
                let f = composed(header, recovered, &message, hash);
                assert_eq!(f.len(), 128);
                let expected = expected.map(|(whole, padded)| Form {
                    hash,
                    whole,
                    padded,
                });
                assert_eq!(super::check(&f, &M2), expected, "{header:02X}");
            };
            check(0x6A, &full, &M2, Some((false, false)));
            check(0x6B, &full[..20], &M2, Some((false, true)));
            check(0x4A, &full[8..], &M2, Some((true, false)));
            check(0x4B, &full[..20], &M2, Some((true, true)));
            check(0x4B, &[], &M2, Some((true, true)));
            for header in [0x4C, 0x5A, 0x2A, 0x0A, 0x7A, 0xEA] {
                let f = composed(header, &full, &[&full[..], &M2].concat(), hash);
                assert_eq!(super::check(&f, &M2), None, "{header:02X}");
            }
            // Another challenge, or none.
            check(0x4B, &full[..20], &[9; 8], None);
            check(0x4B, &full[..20], &[], None);
            check(0x6B, &full[..20], &[9; 8], None);
        }
    }

    #[test]
    fn padding_that_does_not_end() {
        let mut f = composed(
            0x6B,
            &[7; 20],
            &[[7; 20].as_slice(), &M2].concat(),
            HashAlgorithm::Sha1,
        );
        let end = f.iter().position(|octet| *octet == PADDING_END).unwrap();
        f[end] = PADDING;
        assert_eq!(check(&f, &M2), None);
        f[end] = 0;
        assert_eq!(check(&f, &M2), None);
        assert_eq!(check(&[0x6B; 1], &M2), None);
        assert_eq!(check(&[PADDING; 128], &M2), None);
    }

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
            assert_eq!(check(&f, &m2), Some(partial(hash)), "{name}");
        }
    }

    #[test]
    fn every_hash_goes_there_and_back() {
        for hash in HashAlgorithm::ALL {
            let m1 = vec![0x5A; recoverable_len(128, hash).unwrap()];
            let f = compose(&m1, &M2, hash);
            assert_eq!(f.len(), 128, "{}", hash.name());
            assert_eq!(check(&f, &M2), Some(partial(hash)), "{}", hash.name());
            assert_eq!(check(&[&[0], &f[..]].concat(), &M2), Some(partial(hash)));
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
