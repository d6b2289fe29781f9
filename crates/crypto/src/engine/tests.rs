//! Both engines give the same answer, whatever they are asked.

mod ecdsa;
mod forged;
mod rsa;

use rand::{SeedableRng, rngs::StdRng};

use crate::{Error, Result};

const MESSAGE: &[u8] = b"signed attributes";

fn rng() -> StdRng {
    StdRng::seed_from_u64(9303)
}

/// What both say; panics when they differ. `None` when only one of them has the algorithm.
fn agreed(fast: Option<Result<()>>, slow: Result<()>, case: &str) -> Option<bool> {
    assert!(
        matches!(slow, Ok(()) | Err(Error::SignatureInvalid)),
        "{case}: {slow:?}"
    );
    let fast = fast?;
    assert_eq!(fast, slow, "{case}");
    Some(slow.is_ok())
}

/// A signature with one thing changed, and what was changed.
fn mutations(signature: &[u8]) -> Vec<(String, Vec<u8>)> {
    let mut cases = Vec::new();
    let len = signature.len();
    for at in [0, 1, len / 2 - 1, len / 2, len - 2, len - 1] {
        for bit in [0x01, 0x80] {
            let mut bad = signature.to_vec();
            bad[at] ^= bit;
            cases.push((format!("bit {bit:02X} of octet {at}"), bad));
        }
    }
    for len in [0, 1, len / 2, len - 1] {
        cases.push((format!("cut to {len}"), signature[..len].to_vec()));
    }
    cases.push(("zero behind".to_owned(), [signature, &[0]].concat()));
    cases.push(("zero before".to_owned(), [&[0], signature].concat()));
    cases.push(("without first".to_owned(), signature[1..].to_vec()));
    cases.push(("twice".to_owned(), [signature, signature].concat()));
    for fill in [0x00, 0x01, 0xFF] {
        cases.push((format!("all {fill:02X}"), vec![fill; len]));
    }
    cases
}
