//! Fingerprints: minutiae, templates, 1:1 verification, quality and four-finger slaps.
//!
//! Everything is computed from the pixels given, and the same pixels give the same answer: no file, clock, randomness or thread.

mod error;
pub mod matching;
pub mod minutiae;
mod plane;
mod print;
pub mod quality;
mod resample;
pub mod slap;
pub mod template;

pub use self::error::{Error, Result};
pub use self::print::{MAX_PPI, MAX_SIDE, MIN_PPI, MIN_SIDE, NOMINAL_PPI, PPI_TOLERANCE, Print};
