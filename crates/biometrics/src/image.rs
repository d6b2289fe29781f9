//! Images: one in-memory form, the file formats it comes in and goes out.

mod bmp;
mod decode;
mod exif;
mod geometry;
mod jpeg;
mod jpeg2000;
mod png;
mod raw;
mod reduction;
mod wsq;

use core::fmt;

pub use self::decode::{DecodeLimits, decode, decode_reduced, dimensions};
pub use self::geometry::{PORTRAIT_HEIGHT, PORTRAIT_PPI, PORTRAIT_WIDTH};
pub use self::jpeg::{encode_jpeg, encode_jpeg_to_size};
pub use self::jpeg2000::{encode_jpeg2000, encode_jpeg2000_lossless, is_reversible_jpeg2000};
pub use self::png::encode_png;
pub use self::raw::{PPI_TOLERANCE, RawSize, decode_raw};
pub use self::wsq::{decode_wsq, encode_wsq, encode_wsq_to_size};
use crate::{Error, Result};

/// How the samples of an [`Image`] are to be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Colour {
    /// One byte a pixel, 0 is black.
    Grey8,
    /// Three bytes a pixel: red, green, blue (sRGB).
    Rgb8,
}

impl Colour {
    /// Bytes of one pixel.
    #[must_use]
    pub const fn channels(self) -> u32 {
        match self {
            Self::Grey8 => 1,
            Self::Rgb8 => 3,
        }
    }
}

/// An image in memory: 8-bit samples, rows from the top, channels interleaved.
#[derive(Clone, PartialEq, Eq)]
pub struct Image {
    colour: Colour,
    width: u32,
    height: u32,
    ppi: Option<u16>,
    samples: Vec<u8>,
}

impl Image {
    /// An image of `width × height` pixels.
    ///
    /// # Errors
    /// [`Error::Misuse`] when a side is zero or the samples do not fill it exactly.
    pub fn new(colour: Colour, width: u32, height: u32, samples: Vec<u8>) -> Result<Self> {
        let expected = u64::from(width) * u64::from(height) * u64::from(colour.channels());
        if expected == 0 || samples.len() as u64 != expected {
            return Err(Error::Misuse("the samples do not fill the image"));
        }
        Ok(Self {
            colour,
            width,
            height,
            ppi: None,
            samples,
        })
    }

    /// The same pixels at a known resolution in pixels per inch; 0 takes it back.
    #[must_use]
    pub fn with_ppi(self, ppi: u16) -> Self {
        Self {
            ppi: (ppi != 0).then_some(ppi),
            ..self
        }
    }

    /// Grey or colour.
    #[must_use]
    pub fn colour(&self) -> Colour {
        self.colour
    }

    /// Width in pixels, never 0.
    #[must_use]
    pub fn width(&self) -> u32 {
        self.width
    }

    /// Height in pixels, never 0.
    #[must_use]
    pub fn height(&self) -> u32 {
        self.height
    }

    /// Pixels per inch, when the file says so.
    #[must_use]
    pub fn ppi(&self) -> Option<u16> {
        self.ppi
    }

    /// All samples, rows from the top.
    #[must_use]
    pub fn samples(&self) -> &[u8] {
        &self.samples
    }

    /// The image in grey: luma by ITU-R BT.601, as the fingerprint standards and JPEG have it.
    #[must_use]
    pub fn to_grey(&self) -> Self {
        let samples = match self.colour {
            Colour::Grey8 => self.samples.clone(),
            Colour::Rgb8 => {
                let (pixels, _) = self.samples.as_chunks();
                pixels.iter().map(luma).collect()
            }
        };
        Self {
            colour: Colour::Grey8,
            samples,
            ..*self
        }
    }
}

impl fmt::Debug for Image {
    /// Size and kind; the samples are a person's face.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Image")
            .field("colour", &self.colour)
            .field("width", &self.width)
            .field("height", &self.height)
            .field("ppi", &self.ppi)
            .finish_non_exhaustive()
    }
}

/// A file format of images, known by its first bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ImageFormat {
    /// ISO 10918.
    Jpeg,
    /// ISO 15948.
    Png,
    /// ISO 15444-1 annex I: the JP2 file.
    Jp2,
    /// ISO 15444-1 annex A: a codestream without the file around it, met on CN, PT and ES chips.
    Jpeg2000Codestream,
    /// The FBI's wavelet scalar quantisation for fingerprints.
    Wsq,
    /// The bitmap file of Windows, which scanners of fingerprints write.
    Bmp,
}

impl ImageFormat {
    /// Whether the image is JPEG 2000, in a file or bare.
    #[must_use]
    pub fn is_jpeg2000(self) -> bool {
        matches!(self, Self::Jp2 | Self::Jpeg2000Codestream)
    }
}

impl fmt::Display for ImageFormat {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Jpeg => "JPEG",
            Self::Png => "PNG",
            Self::Jp2 => "JPEG 2000 (JP2)",
            Self::Jpeg2000Codestream => "JPEG 2000 (codestream)",
            Self::Wsq => "WSQ",
            Self::Bmp => "BMP",
        })
    }
}

/// The format that the first bytes announce.
#[must_use]
pub fn sniff(data: &[u8]) -> Option<ImageFormat> {
    const SIGNATURES: [(&[u8], ImageFormat); 6] = [
        (&[0xFF, 0xD8, 0xFF], ImageFormat::Jpeg),
        (b"\x89PNG\r\n\x1A\n", ImageFormat::Png),
        (b"\x00\x00\x00\x0CjP  \r\n\x87\n", ImageFormat::Jp2),
        (&[0xFF, 0x4F, 0xFF, 0x51], ImageFormat::Jpeg2000Codestream),
        (&[0xFF, 0xA0, 0xFF], ImageFormat::Wsq),
        (b"BM", ImageFormat::Bmp),
    ];
    SIGNATURES
        .iter()
        .find(|(signature, _)| data.starts_with(signature))
        .map(|(_, format)| *format)
}

fn luma(&[red, green, blue]: &[u8; 3]) -> u8 {
    // Weights in 1/65536 that add up to one, so that white stays 255.
    let sum = 19_595 * u32::from(red) + 38_470 * u32::from(green) + 7_471 * u32::from(blue);
    ((sum + 0x8000) >> 16) as u8
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn samples_must_fill_the_image() {
        for (width, height, samples, fits) in [(2, 2, 4, true), (2, 2, 5, false), (0, 5, 0, false)]
        {
            let image = Image::new(Colour::Grey8, width, height, vec![0; samples]);
            assert_eq!(image.is_ok(), fits, "{width} x {height} of {samples}");
        }
    }

    #[test]
    fn grey_keeps_black_and_white() {
        let image = Image::new(Colour::Rgb8, 3, 1, vec![0, 0, 0, 255, 255, 255, 255, 0, 0]);
        assert_eq!(image.unwrap().to_grey().samples(), &[0, 255, 76]);
    }

    #[test]
    fn sniffs_by_the_first_bytes_only() {
        for (data, format) in [
            (&b"\xFF\xD8\xFF\xE0"[..], Some(ImageFormat::Jpeg)),
            (b"\x89PNG\r\n\x1A\n", Some(ImageFormat::Png)),
            (
                b"\xFF\x4F\xFF\x51\x00",
                Some(ImageFormat::Jpeg2000Codestream),
            ),
            (b"\xFF\xA0\xFF\xA8", Some(ImageFormat::Wsq)),
            (b"\x89PNG", None),
            (b"BM", Some(ImageFormat::Bmp)),
            (b"B", None),
            (b"", None),
        ] {
            assert_eq!(sniff(data), format, "{data:02X?}");
        }
    }
}
