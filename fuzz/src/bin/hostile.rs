//! How long each reader takes with each large object: `cargo run --release --bin hostile [MILLISECONDS]` lists what takes longer than that.

// The coverage counters that are compiled into everything here call it.
use libfuzzer_sys as _;

use std::time::Duration;

use fuzz::hostile::{READERS, computed, objects};

/// Octets of each object.
const LEN: usize = 10_000_000;

fn main() {
    let least = std::env::args().nth(1).and_then(|word| word.parse().ok());
    let least = Duration::from_millis(least.unwrap_or(100));
    for object in objects() {
        let bytes = (object.make)(LEN);
        for reader in READERS {
            let begun = computed();
            (reader.read)(&bytes);
            let time = computed() - begun;
            if time >= least {
                println!(
                    "{:6} ms  {}: {}",
                    time.as_millis(),
                    reader.what,
                    object.what
                );
            }
        }
    }
}
