//! Draws the specimen people of fixtures/: portraits, fingerprints and records.

pub mod people;
pub mod portrait;
mod random;
