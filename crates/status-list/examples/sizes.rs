//! How large the list of a million documents is: `cargo run --release -p status-list --example sizes`.

#![allow(clippy::print_stdout)]

use std::time::Instant;

use crypto::{Curve, HashAlgorithm, PrivateKey, SignatureAlgorithm};
use pki::{Signer, SoftwareSigner};
use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};
use status_list::jws::Header;
use status_list::shard::ENTRIES_OF_LIST;
use status_list::token::sign;
use status_list::{Bits, Claims, Shard, Status, VerifiedStatusList};
use time::{Duration, OffsetDateTime};

/// Revoked documents of a hundred thousand.
const REVOKED: [u32; 5] = [0, 10, 100, 1_000, 10_000];

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut rng = StdRng::seed_from_u64(1);
    let key = PrivateKey::generate_ec(Curve::P256, &mut rng)?;
    let algorithm = SignatureAlgorithm::Ecdsa(HashAlgorithm::Sha256);
    let signer = SoftwareSigner::new(key, algorithm, Box::new(StdRng::seed_from_u64(2)))?;
    let now = OffsetDateTime::UNIX_EPOCH;
    let claims = Claims {
        subject: "https://uto.example/status/0".to_owned(),
        issued_at: now,
        expires_at: now + Duration::DAY,
        time_to_live: Some(Duration::HOUR),
    };
    println!(
        "{ENTRIES_OF_LIST} entries; revoked %, bits, octets packed, octets of the token, ms to sign, ms to open"
    );
    for revoked in REVOKED {
        for bits in [Bits::One, Bits::Two] {
            let mut list = Shard::empty_list(bits)?;
            for index in 0..ENTRIES_OF_LIST {
                if rng.random_range(0..100_000) < revoked {
                    list.set(u64::from(index), Status::Invalid)?;
                }
            }
            let start = Instant::now();
            let token = sign(&claims, &list, Header::default(), &signer)?;
            let signed = start.elapsed().as_millis();
            let start = Instant::now();
            VerifiedStatusList::open(&token, signer.public_key(), &claims.subject, now)?;
            println!(
                "{:>7}  {}  {:>8}  {:>8}  {signed:>5}  {:>5}",
                f64::from(revoked) / 1_000.0,
                bits.count(),
                list.compress().len(),
                token.len(),
                start.elapsed().as_millis()
            );
        }
    }
    Ok(())
}
