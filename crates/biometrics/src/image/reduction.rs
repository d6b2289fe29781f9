//! Making pictures smaller while they are read, row by row, so that a large photograph never stands
//! in memory whole.

use super::{Colour, Image};
use crate::Result;

/// By how much to divide the sides of a picture, a power of two, so that it has at most so many
/// pixels.
pub(super) fn factor(width: u32, height: u32, most_pixels: u64) -> u32 {
    let mut factor = 1;
    while u64::from(width / factor) * u64::from(height / factor) > most_pixels {
        factor *= 2;
    }
    factor
}

/// A picture that is being made smaller: squares of pixels become their mean.
#[derive(Debug)]
pub(super) struct Reduction {
    colour: Colour,
    factor: usize,
    width: usize,
    height: usize,
    sums: Vec<u32>,
    /// Rows that are in the sums.
    rows: usize,
    samples: Vec<u8>,
}

impl Reduction {
    pub(super) fn new(colour: Colour, (width, height): (u32, u32), factor: u32) -> Self {
        let channels = colour.channels() as usize;
        let (width, height) = (
            (width / factor).max(1) as usize,
            (height / factor).max(1) as usize,
        );
        Self {
            colour,
            factor: factor as usize,
            width,
            height,
            sums: vec![0; if factor == 1 { 0 } else { width * channels }],
            rows: 0,
            samples: Vec::with_capacity(width * height * channels),
        }
    }

    /// Takes the next row of the picture.
    pub(super) fn push(&mut self, row: &[u8]) {
        let channels = self.colour.channels() as usize;
        let full = self.width * self.height * channels;
        if self.samples.len() >= full {
            return;
        }
        if self.factor == 1 {
            self.samples.extend_from_slice(row);
            return;
        }
        for (sums, square) in self
            .sums
            .chunks_exact_mut(channels)
            .zip(row.chunks(self.factor * channels))
        {
            for pixel in square.chunks_exact(channels) {
                for (sum, sample) in sums.iter_mut().zip(pixel) {
                    *sum += u32::from(*sample);
                }
            }
        }
        self.rows += 1;
        if self.rows == self.factor {
            let area = (self.factor * self.factor) as u32;
            let means = self.sums.iter().map(|sum| ((sum + area / 2) / area) as u8);
            self.samples.extend(means);
            self.sums.fill(0);
            self.rows = 0;
        }
    }

    pub(super) fn finish(self) -> Result<Image> {
        Image::new(
            self.colour,
            self.width as u32,
            self.height as u32,
            self.samples,
        )
    }
}

impl Image {
    /// The picture with its sides divided by a factor; its resolution falls with it.
    pub(super) fn reduced(self, factor: u32) -> Result<Self> {
        if factor <= 1 {
            return Ok(self);
        }
        let mut reduction = Reduction::new(self.colour, (self.width, self.height), factor);
        let row = self.width as usize * self.colour.channels() as usize;
        for row in self.samples.chunks_exact(row) {
            reduction.push(row);
        }
        let ppi = self.ppi;
        Ok(reduction.finish()?.with_reduced_ppi(ppi, factor))
    }

    /// The resolution that is left of one when the sides are divided.
    pub(super) fn with_reduced_ppi(self, ppi: Option<u16>, factor: u32) -> Self {
        let ppi = ppi.map_or(0, |ppi| u32::from(ppi) / factor);
        self.with_ppi(ppi as u16)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn squares_become_their_mean() {
        let samples = vec![0, 10, 20, 30, 99, 4, 6, 40, 50, 99, 1, 1, 1, 1, 1];
        let image = Image::new(Colour::Grey8, 5, 3, samples).unwrap();
        let reduced = image.with_ppi(300).reduced(2).unwrap();
        assert_eq!((reduced.width(), reduced.height()), (2, 1));
        assert_eq!(reduced.samples(), [5, 35]);
        assert_eq!(reduced.ppi(), Some(150));
    }

    #[test]
    fn the_factor_is_the_least_power_of_two_that_fits() {
        for (width, height, most, wanted) in [
            (100, 100, 10_000, 1),
            (100, 100, 9_999, 2),
            (8_192, 6_144, 4_000_000, 4),
            (16_384, 1, 4_000_000, 1),
            (4, 4, 1, 4),
        ] {
            assert_eq!(factor(width, height, most), wanted, "{width} x {height}");
        }
    }
}
