use image::imageops::{self, FilterType};
use image::{GrayImage, RgbImage};

use super::{Colour, Image};
use crate::{Error, Result};

/// Width of a portrait on the chip: 35 mm at [`PORTRAIT_PPI`] (Doc 9303-3 §3.9).
pub const PORTRAIT_WIDTH: u32 = 413;
/// Height of a portrait on the chip: 45 mm at [`PORTRAIT_PPI`].
pub const PORTRAIT_HEIGHT: u32 = 531;
/// Resolution of a portrait of that size.
pub const PORTRAIT_PPI: u16 = 300;

impl Image {
    /// The part `width × height` whose upper left corner is at (`left`, `top`).
    ///
    /// # Errors
    /// [`Error::Misuse`] when the part is empty or reaches out of the image.
    pub fn crop(&self, left: u32, top: u32, width: u32, height: u32) -> Result<Self> {
        let reaches = |start: u32, length: u32, end: u32| {
            start.checked_add(length).is_none_or(|stop| stop > end)
        };
        if reaches(left, width, self.width) || reaches(top, height, self.height) {
            return Err(Error::Misuse("a part that reaches out of the image"));
        }
        let channels = self.colour.channels() as usize;
        let samples = self
            .samples
            .chunks_exact(self.width as usize * channels)
            .skip(top as usize)
            .take(height as usize)
            .flat_map(|row| {
                row.iter()
                    .skip(left as usize * channels)
                    .take(width as usize * channels)
            });
        let part = Self::new(self.colour, width, height, samples.copied().collect())?;
        Ok(Self {
            ppi: self.ppi,
            ..part
        })
    }

    /// The image scaled to `width × height`, of unknown resolution.
    ///
    /// # Errors
    /// [`Error::Misuse`] when a side is zero.
    pub fn resize(&self, width: u32, height: u32) -> Result<Self> {
        const LOST: Error = Error::Misuse("the samples do not fill the image");
        let samples = self.samples.clone();
        let (from_width, from_height) = (self.width, self.height);
        let scaled = match self.colour {
            Colour::Grey8 => {
                let from = GrayImage::from_raw(from_width, from_height, samples).ok_or(LOST)?;
                imageops::resize(&from, width, height, FilterType::Lanczos3).into_raw()
            }
            Colour::Rgb8 => {
                let from = RgbImage::from_raw(from_width, from_height, samples).ok_or(LOST)?;
                imageops::resize(&from, width, height, FilterType::Lanczos3).into_raw()
            }
        };
        Self::new(self.colour, width, height, scaled)
    }

    /// The portrait for the chip: the largest middle part of the shape 35 × 45 mm, scaled to
    /// [`PORTRAIT_WIDTH`] × [`PORTRAIT_HEIGHT`] pixels.
    ///
    /// The head is taken to be in the middle, as in a photograph made for a document.
    ///
    /// # Errors
    /// [`Error::Misuse`] when the image is too narrow or flat to hold such a part.
    pub fn to_portrait(&self) -> Result<Self> {
        let (width, height) = (u64::from(self.width), u64::from(self.height));
        let (across, down) = (u64::from(PORTRAIT_WIDTH), u64::from(PORTRAIT_HEIGHT));
        let (part_width, part_height) = if width * down > height * across {
            (height * across / down, height)
        } else {
            (width, width * down / across)
        };
        let part = self.crop(
            ((width - part_width) / 2) as u32,
            ((height - part_height) / 2) as u32,
            part_width as u32,
            part_height as u32,
        )?;
        let scaled = if (part.width, part.height) == (PORTRAIT_WIDTH, PORTRAIT_HEIGHT) {
            part
        } else {
            part.resize(PORTRAIT_WIDTH, PORTRAIT_HEIGHT)?
        };
        Ok(scaled.with_ppi(PORTRAIT_PPI))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn numbered(width: u32, height: u32) -> Image {
        let samples = (0..width * height).map(|i| i as u8).collect();
        Image::new(Colour::Grey8, width, height, samples).unwrap()
    }

    #[test]
    fn crop_takes_the_part_or_refuses() {
        let image = numbered(4, 4).with_ppi(500);
        let part = image.crop(1, 2, 2, 2).unwrap();
        assert_eq!(part.samples(), &[9, 10, 13, 14]);
        assert_eq!(part.ppi(), Some(500));
        for (left, top, width, height) in [
            (3, 0, 2, 1),
            (0, 3, 1, 2),
            (u32::MAX, 0, 2, 1),
            (0, 0, 0, 1),
        ] {
            assert!(image.crop(left, top, width, height).is_err());
        }
    }

    #[test]
    fn portraits_have_the_size_of_the_chip() {
        for (width, height) in [(826, 1062), (1000, 1000), (300, 900), (413, 531)] {
            let portrait = numbered(width, height).to_portrait().unwrap();
            assert_eq!((portrait.width(), portrait.height()), (413, 531));
            assert_eq!(portrait.ppi(), Some(300));
        }
        assert!(numbered(1, 1).to_portrait().is_err());
        let exact = numbered(413, 531);
        assert_eq!(exact.to_portrait().unwrap().samples(), exact.samples());
    }
}
