//! Draws the specimen people of fixtures/: portraits, fingerprints and records.

mod curve;
pub mod fingerprint;
pub mod people;
pub mod portrait;
mod random;
mod raster;
