//! Changes to good objects, drawn from a seed: the same in every run.

use core::ops::Range;

use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};

/// Octets at which something changes its meaning: signs, long and indefinite lengths, common tags.
const TELLING: [u8; 14] = [
    0x00, 0x01, 0x02, 0x03, 0x04, 0x06, 0x30, 0x31, 0x7F, 0x80, 0x81, 0x84, 0xA0, 0xFF,
];
/// Most changes to one object; more make rubbish of it that every reader refuses at once.
const MAX_CHANGES: usize = 6;
/// Longest piece that is taken out or put in.
const MAX_PIECE: usize = 64;

/// Changes objects.
pub struct Mutator {
    rng: StdRng,
}

impl Mutator {
    /// Everything follows from the seed.
    pub fn new(seed: u64) -> Self {
        Self {
            rng: StdRng::seed_from_u64(seed),
        }
    }

    /// One of these.
    pub fn pick<'a>(&mut self, objects: &'a [Vec<u8>]) -> &'a [u8] {
        &objects[self.rng.random_range(0..objects.len())]
    }

    /// The object after some changes; pieces come from `other`.
    pub fn change(&mut self, object: &[u8], other: &[u8]) -> Vec<u8> {
        let mut changed = object.to_vec();
        for _ in 0..self.rng.random_range(1..=MAX_CHANGES) {
            self.change_once(&mut changed, other);
        }
        changed
    }

    fn change_once(&mut self, bytes: &mut Vec<u8>, other: &[u8]) {
        if bytes.is_empty() {
            return bytes.extend_from_slice(other);
        }
        let at = self.rng.random_range(0..bytes.len());
        match self.rng.random_range(0..9u32) {
            0 | 1 => bytes[at] ^= 1 << self.rng.random_range(0..8u32),
            2 | 3 => bytes[at] = TELLING[self.rng.random_range(0..TELLING.len())],
            4 => bytes[at] = bytes[at].wrapping_add(1),
            5 => {
                let piece = self.piece(bytes.len());
                bytes.drain(piece);
            }
            6 => {
                let piece = bytes[self.piece(bytes.len())].to_vec();
                bytes.splice(at..at, piece);
            }
            7 if !other.is_empty() => {
                let piece = other[self.piece(other.len())].to_vec();
                bytes.splice(at..at, piece);
            }
            _ if self.rng.random_ratio(1, 8) => bytes.truncate(at),
            _ => bytes.insert(at, TELLING[self.rng.random_range(0..TELLING.len())]),
        }
    }

    fn piece(&mut self, len: usize) -> Range<usize> {
        let begin = self.rng.random_range(0..len);
        let most = MAX_PIECE.min(len - begin);
        begin..begin + self.rng.random_range(0..=most)
    }
}
