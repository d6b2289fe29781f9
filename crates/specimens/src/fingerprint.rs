//! Fingerprints of nobody, after the published SFinGe method (Cappelli, Maio, Maltoni 2002): an
//! orientation field, ridges that grow along it from a few points, and one impression of them.

mod impression;
mod orientation;
mod ridges;

use biometrics::image::{Colour, Image};

pub use self::orientation::Class;
use crate::curve::at;
use crate::raster::Grid;

/// Width and height of a print, in pixels.
pub const SIZE: (u32, u32) = (416, 560);

/// Resolution of a print in pixels per inch.
pub const PPI: u16 = 500;

/// A finger that exists only here.
#[derive(Debug, Clone, Copy)]
pub struct Finger {
    /// Seed of the finger: its ridges and minutiae.
    pub seed: u64,
    /// Pattern of its ridges.
    pub class: Class,
}

/// One impression of a finger: 8-bit grey, dark ridges, 500 pixels per inch. Impressions with
/// different numbers differ in pressure, distortion and noise, not in their ridges.
///
/// # Errors
/// When a side is zero.
pub fn draw(
    finger: &Finger,
    impression: u64,
    (width, height): (u32, u32),
) -> biometrics::Result<Image> {
    let grid = Grid {
        width: width as usize,
        height: height as usize,
        scale: 1.0,
        origin: at(0.5 * width as f32, 0.5 * height as f32),
    };
    let directions = orientation::field(finger, grid);
    let master = ridges::grow(finger.seed, &directions);
    let samples = impression::press(finger.seed, impression, &master);
    Ok(Image::new(Colour::Grey8, width, height, samples)?.with_ppi(PPI))
}
