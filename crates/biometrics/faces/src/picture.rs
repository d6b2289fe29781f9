use crate::{Error, Result};

/// Shortest side of a picture, in pixels.
pub const MIN_SIDE: u32 = 32;
/// Longest side of a picture, in pixels.
pub const MAX_SIDE: u32 = 16_384;
/// Most pixels of a picture: 64 megapixels, 192 MB of RGB.
pub const MAX_PIXELS: u64 = 64_000_000;

/// A colour picture: 8-bit sRGB, rows from the top, three bytes for each pixel.
#[derive(Clone, PartialEq, Eq)]
pub struct Picture {
    rgb: Vec<u8>,
    width: u32,
    height: u32,
}

impl Picture {
    /// A picture of `width × height` pixels from `width × height × 3` bytes.
    ///
    /// # Errors
    /// [`Error::Side`] and [`Error::TooManyPixels`] when the size is out of range ([`MIN_SIDE`],
    /// [`MAX_SIDE`], [`MAX_PIXELS`]); [`Error::Samples`] when the bytes do not fill it.
    pub fn new(rgb: Vec<u8>, width: u32, height: u32) -> Result<Self> {
        let sides = MIN_SIDE..=MAX_SIDE;
        if !sides.contains(&width) || !sides.contains(&height) {
            return Err(Error::Side {
                width,
                height,
                least: MIN_SIDE,
                most: MAX_SIDE,
            });
        }
        let pixels = u64::from(width) * u64::from(height);
        if pixels > MAX_PIXELS {
            return Err(Error::TooManyPixels {
                found: pixels,
                limit: MAX_PIXELS,
            });
        }
        if rgb.len() as u64 != pixels * 3 {
            return Err(Error::Samples {
                found: rgb.len() as u64,
                wanted: pixels * 3,
            });
        }
        Ok(Self { rgb, width, height })
    }

    /// Pixels from left to right.
    #[must_use]
    pub fn width(&self) -> u32 {
        self.width
    }

    /// Pixels from top to bottom.
    #[must_use]
    pub fn height(&self) -> u32 {
        self.height
    }

    /// All bytes: rows from the top, red, green, blue.
    #[must_use]
    pub fn rgb(&self) -> &[u8] {
        &self.rgb
    }

    /// The bytes of one row; empty below the picture.
    #[must_use]
    pub fn row(&self, y: u32) -> &[u8] {
        let stride = self.width as usize * 3;
        let start = stride * y as usize;
        self.rgb.get(start..start + stride).unwrap_or_default()
    }

    /// Red, green and blue at a place; nothing outside.
    #[must_use]
    pub fn pixel(&self, x: u32, y: u32) -> Option<[u8; 3]> {
        let start = x as usize * 3;
        self.row(y).get(start..start + 3)?.try_into().ok()
    }
}

impl core::fmt::Debug for Picture {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        write!(f, "Picture({} x {})", self.width, self.height)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hostile_sizes_are_refused() {
        for (width, height, bytes) in [
            (0, 0, 0),
            (MIN_SIDE - 1, 64, 31 * 64 * 3),
            (64, MAX_SIDE + 1, 0),
            (u32::MAX, u32::MAX, 3),
            (MAX_SIDE, MAX_SIDE, 12),
            (64, 64, 64 * 64 * 3 - 1),
            (64, 64, 64 * 64 * 3 + 1),
            (64, 64, 64 * 64),
        ] {
            let made = Picture::new(vec![0; bytes], width, height);
            assert!(made.is_err(), "{width} x {height}, {bytes} bytes");
        }
    }

    #[test]
    fn pixels_are_where_they_were_put() {
        let mut rgb = vec![0; 40 * 32 * 3];
        rgb[(7 * 40 + 5) * 3..][..3].copy_from_slice(&[1, 2, 3]);
        let picture = Picture::new(rgb, 40, 32).unwrap();
        assert_eq!(picture.pixel(5, 7), Some([1, 2, 3]));
        assert_eq!(picture.pixel(40, 7), None);
        assert_eq!(picture.pixel(0, 32), None);
        assert_eq!(picture.row(31).len(), 120);
        assert!(picture.row(32).is_empty());
    }
}
