//! SCP03: what others recorded, and our two ends against each other.

#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used
)]

mod both_ends;
mod card;
mod faults;
mod vectors;

use std::convert::Infallible;

use crypto::SecretBytes;
use globalplatform::StaticKeys;
use rand_core::{TryCryptoRng, TryRng};

/// Random numbers that are known beforehand: the given octets, again and again.
struct Known(Vec<u8>);

impl TryRng for Known {
    type Error = Infallible;

    fn try_next_u32(&mut self) -> Result<u32, Infallible> {
        let mut bytes = [0; 4];
        self.try_fill_bytes(&mut bytes)?;
        Ok(u32::from_be_bytes(bytes))
    }

    fn try_next_u64(&mut self) -> Result<u64, Infallible> {
        let mut bytes = [0; 8];
        self.try_fill_bytes(&mut bytes)?;
        Ok(u64::from_be_bytes(bytes))
    }

    fn try_fill_bytes(&mut self, out: &mut [u8]) -> Result<(), Infallible> {
        for (to, from) in out.iter_mut().zip(self.0.iter().cycle()) {
            *to = *from;
        }
        Ok(())
    }
}

impl TryCryptoRng for Known {}

/// Keys of a size that nobody else has.
fn keys(len: usize, salt: u8) -> StaticKeys {
    let key = |role: u8| {
        let bytes = (1u8..).map(|i| i.wrapping_mul(53) ^ salt ^ role);
        SecretBytes::new(bytes.take(len).collect())
    };
    StaticKeys::new(0x30, key(0x10), key(0x20), key(0x40)).unwrap()
}
