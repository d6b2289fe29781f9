//! A picture to be encoded.

use crate::Error;

/// Grey values, row by row from the top; 0 is black.
#[derive(Clone, Copy, Debug)]
pub struct Picture<'a> {
    pixels: &'a [u8],
    width: u16,
    height: u16,
}

impl<'a> Picture<'a> {
    /// A picture of these pixels.
    ///
    /// # Errors
    /// The pixels are not `width` × `height`, or there are none.
    pub fn new(pixels: &'a [u8], width: u16, height: u16) -> Result<Self, Error> {
        let given = pixels.len();
        if given == 0 || given != usize::from(width) * usize::from(height) {
            return Err(Error::PixelCount {
                given,
                width,
                height,
            });
        }
        Ok(Self {
            pixels,
            width,
            height,
        })
    }

    /// The grey values.
    #[must_use]
    pub fn pixels(&self) -> &'a [u8] {
        self.pixels
    }

    /// Columns.
    #[must_use]
    pub fn width(&self) -> u16 {
        self.width
    }

    /// Rows.
    #[must_use]
    pub fn height(&self) -> u16 {
        self.height
    }
}
