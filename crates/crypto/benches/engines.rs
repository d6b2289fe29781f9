//! What signing and verifying cost, by the engine this crate takes and by RustCrypto, side by side in one run.
//!
//! One thread, a message of 128 octets. A rate is the median of five rounds of 0.3 s, the two engines in turn, so that what else
//! the machine does hits both. Behind the signatures: the speed of the hashes over a megabyte.

#![expect(
    clippy::expect_used,
    reason = "a measurement ends at the first surprise"
)]

use std::hint::black_box;
use std::time::{Duration, Instant};

use aws_lc_rs::digest;
use crypto::{Curve, FastSigningKey, HashAlgorithm, KeyKind, PrivateKey, SignatureAlgorithm};
use rand::{SeedableRng, rngs::StdRng};

const MESSAGE: [u8; 128] = [0x42; 128];
const ROUNDS: usize = 5;
const ROUND: Duration = Duration::from_millis(300);
/// Octets hashed at once.
const HASHED: usize = 1 << 20;

fn main() {
    let mut rng = StdRng::seed_from_u64(9303);
    println!(
        "{:38} {:>9} {:>11} {:>6}   {:>9} {:>11} {:>6}",
        "per second, one thread", "sign", "RustCrypto", "ratio", "verify", "RustCrypto", "ratio"
    );
    for (kind, algorithm) in algorithms() {
        let key = kind.generate(&mut rng).expect("a key");
        let [sign, slow_sign] = signing(&key, &algorithm, &mut rng);
        let [verify, slow_verify] = verifying(&key, &algorithm, &mut rng);
        println!(
            "{:38} {sign:9.0} {slow_sign:11.0} {:6.2}   {verify:9.0} {slow_verify:11.0} {:6.2}",
            format!("{kind} {algorithm}"),
            sign / slow_sign,
            verify / slow_verify
        );
    }
    println!();
    println!("{:38} {:>9} {:>11}", "MB/s", "ours", "AWS-LC");
    let data = vec![0x42; HASHED];
    for hash in HashAlgorithm::ALL {
        let theirs = aws_lc(hash);
        let rates = rates(
            || drop(black_box(hash.digest(black_box(&data)))),
            || {
                black_box(digest::digest(theirs, black_box(&data)));
            },
        );
        let [ours, theirs] = rates.map(|rate| rate * HASHED as f64 / 1e6);
        println!("{:38} {ours:9.0} {theirs:11.0}", hash.name());
    }
}

fn algorithms() -> Vec<(KeyKind, SignatureAlgorithm)> {
    use HashAlgorithm::{Sha256, Sha384, Sha512};
    let pss = SignatureAlgorithm::pss;
    let mut algorithms = vec![
        (KeyKind::Rsa(2048), pss(Sha256)),
        (KeyKind::Rsa(2048), SignatureAlgorithm::RsaPkcs1(Sha256)),
        (KeyKind::Rsa(3072), pss(Sha256)),
        (KeyKind::Rsa(4096), pss(Sha512)),
    ];
    algorithms.extend(Curve::ALL.map(|curve| {
        let hash = match curve.order_len() {
            0..=32 => Sha256,
            33..=48 => Sha384,
            _ => Sha512,
        };
        (KeyKind::Ec(curve), SignatureAlgorithm::Ecdsa(hash))
    }));
    algorithms
}

/// Signatures per second, by the engine that [`FastSigningKey`] offers and by RustCrypto.
fn signing(key: &PrivateKey, algorithm: &SignatureAlgorithm, rng: &mut StdRng) -> [f64; 2] {
    let mut again = StdRng::from_rng(rng);
    let slow = |rng: &mut StdRng| {
        black_box(key.sign(algorithm, black_box(&MESSAGE), rng)).expect("a signature");
    };
    match FastSigningKey::new(key).filter(|fast| fast.has(algorithm)) {
        Some(fast) => rates(
            || {
                black_box(fast.sign(algorithm, black_box(&MESSAGE))).expect("a signature");
            },
            || slow(&mut again),
        ),
        None => [rates(|| (), || slow(&mut again))[1]; 2],
    }
}

/// Verifications per second, by [`crypto::PublicKey::verify`] and by RustCrypto.
fn verifying(key: &PrivateKey, algorithm: &SignatureAlgorithm, rng: &mut StdRng) -> [f64; 2] {
    let signature = key.sign(algorithm, &MESSAGE, rng).expect("a signature");
    let public = key.public();
    rates(
        || {
            black_box(public.verify(algorithm, black_box(&MESSAGE), &signature)).expect("good");
        },
        || {
            black_box(public.verify_by_rustcrypto(algorithm, black_box(&MESSAGE), &signature))
                .expect("good");
        },
    )
}

/// Runs of both per second.
fn rates(mut one: impl FnMut(), mut other: impl FnMut()) -> [f64; 2] {
    let (mut ones, mut others) = ([0.0; ROUNDS], [0.0; ROUNDS]);
    for (of_one, of_other) in ones.iter_mut().zip(&mut others) {
        *of_one = rate(&mut one);
        *of_other = rate(&mut other);
    }
    [ones, others].map(|mut rounds| {
        rounds.sort_by(f64::total_cmp);
        *rounds.get(ROUNDS / 2).expect("a round")
    })
}

fn rate(work: &mut impl FnMut()) -> f64 {
    let start = Instant::now();
    let mut runs = 0u32;
    loop {
        work();
        runs += 1;
        let elapsed = start.elapsed();
        if elapsed >= ROUND {
            return f64::from(runs) / elapsed.as_secs_f64();
        }
    }
}

fn aws_lc(hash: HashAlgorithm) -> &'static digest::Algorithm {
    match hash {
        HashAlgorithm::Sha1 => &digest::SHA1_FOR_LEGACY_USE_ONLY,
        HashAlgorithm::Sha224 => &digest::SHA224,
        HashAlgorithm::Sha256 => &digest::SHA256,
        HashAlgorithm::Sha384 => &digest::SHA384,
        HashAlgorithm::Sha512 => &digest::SHA512,
    }
}
