//! Files that want to do harm.

use std::time::{Duration, Instant};

use iso7816::tlv::{Tag, encode};
use rand::rngs::StdRng;
use rand::{RngExt as _, SeedableRng as _};

use super::{Case, DONE, UNDETERMINED, file_of};

/// Longest time for a hostile file, on a busy machine and without optimisation.
const PATIENCE: Duration = Duration::from_secs(20);

fn check_hostile(content: &[u8], what: &str) {
    let case = Case::new(content);
    for arguments in [&[][..], &["-v", "--output-format", "json"]] {
        let begin = Instant::now();
        let ran = case.run(arguments);
        let took = begin.elapsed();
        assert!(!ran.stderr.contains("panicked"), "{what}: {}", ran.stderr);
        assert!(
            [DONE, UNDETERMINED].contains(&ran.code),
            "{what}: {}",
            ran.code
        );
        assert!(took < PATIENCE, "{what} took {took:?}");
    }
}

#[test]
fn hostile_files_end_quickly() {
    const LARGE: usize = 5 << 20;
    let nested = |part: &[u8]| part.repeat(LARGE / part.len());
    let inside = |tag: u32, part: &[u8]| encode(Tag::new(tag), &nested(part));
    for (what, content) in [
        (
            "sequences in sequences",
            nested(&[0x30, 0x84, 0, 0x4F, 0, 0]),
        ),
        ("sequences without end", nested(&[0x30, 0x80])),
        ("strings without end", nested(&[0x24, 0x80])),
        ("empty sequences", nested(&[0x30, 0x00])),
        ("templates without end", nested(&[0x61, 0x80, 0x5F, 0x1F])),
        ("identifiers", inside(0x30, &[0x06, 0x01, 0x2A])),
        (
            "EF.SOD without end",
            inside(0x77, &[0x30, 0x80, 0x06, 0x00]),
        ),
        ("EF.DG2 without end", inside(0x75, &[0x7F, 0x61, 0x80])),
        (
            "EF.DG14 of many entries",
            inside(0x6E, &[0x31, 0x02, 0x30, 0x00]),
        ),
        ("commands without answers", nested(b"> 00A40000\n")),
        ("PEM without end", nested(b"-----BEGIN ")),
        ("a journal of nothing", nested(b"[{\"write\":")),
        ("padding", vec![0xFF; 1 << 16]),
    ] {
        check_hostile(&content, what);
    }
}

#[test]
fn damaged_and_random_files() {
    let mut rng = StdRng::seed_from_u64(5);
    let sod = file_of(
        "pki",
        "ecdsa_brainpool_p256_explicit",
        &["given", "security_object"],
    );
    for _ in 0..20 {
        let cut = rng.random_range(0..sod.len());
        check_hostile(&sod[..cut], &format!("EF.SOD cut to {cut}"));
        let mut changed = sod.clone();
        let at = rng.random_range(0..sod.len());
        changed[at] = rng.random();
        check_hostile(&changed, &format!("EF.SOD changed at {at}"));
        let mut random = vec![0; rng.random_range(0..3000)];
        rng.fill(&mut random[..]);
        check_hostile(&random, "random bytes");
    }
}
