//! Reproducible randomness for tests.

use rand::SeedableRng as _;
use rand::rngs::StdRng;

pub(crate) fn rng(seed: u64) -> StdRng {
    StdRng::seed_from_u64(seed)
}
