//! Draws prints of nobody for measurements: many fingers, many touches of each, and slaps.

// Each program that draws uses a part of it.
#![allow(dead_code, unused_imports)]

pub mod finger;
pub mod impression;
pub mod random;
pub mod slap;

pub use finger::{Class, Finger};
pub use impression::{Touch, press};
