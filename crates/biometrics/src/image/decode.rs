use image::DynamicImage;
use image::metadata::Orientation;

use super::{Colour, Image, ImageFormat, bmp, jpeg, jpeg2000, png, reduction, sniff, wsq};
use crate::{Error, Result};

/// What a file may claim before it is decoded.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DecodeLimits {
    /// Longest file in bytes.
    pub max_bytes: usize,
    /// Longest side in pixels.
    pub max_side: u32,
    /// Most pixels: width × height.
    pub max_pixels: u64,
}

impl DecodeLimits {
    /// For files that an operator brings: a camera of 50 megapixels is welcome, which makes pictures
    /// of up to 51.2. A file may be as long as so many pixels without compression.
    pub const UPLOAD: Self = Self {
        max_bytes: 192 << 20,
        max_side: 16_384,
        max_pixels: 64_000_000,
    };

    /// For images out of a chip, which are passport photographs and single fingers.
    pub const CHIP: Self = Self {
        max_bytes: 4 << 20,
        max_side: 4_096,
        max_pixels: 8_000_000,
    };

    pub(super) fn check_bytes(&self, data: &[u8]) -> Result<()> {
        if data.is_empty() {
            return Err(Error::EmptyFile);
        }
        within(
            "file length in bytes",
            data.len() as u64,
            self.max_bytes as u64,
        )
    }

    pub(super) fn check_size(&self, (width, height): (u32, u32)) -> Result<()> {
        let longest = width.max(height);
        within(
            "longest side in pixels",
            longest.into(),
            self.max_side.into(),
        )?;
        within(
            "number of pixels",
            u64::from(width) * u64::from(height),
            self.max_pixels,
        )
    }
}

impl Default for DecodeLimits {
    fn default() -> Self {
        Self::UPLOAD
    }
}

/// A decoded picture, and how it is to be turned.
pub(super) struct Picture {
    pub(super) image: Image,
    pub(super) orientation: Option<Orientation>,
}

impl Image {
    /// A picture that need not be turned.
    pub(super) fn upright(self) -> Picture {
        Picture {
            image: self,
            orientation: None,
        }
    }
}

/// Decodes a JPEG, PNG, JPEG 2000 (JP2 or bare codestream), BMP or WSQ file, turned upright as its
/// EXIF orientation says.
///
/// # Errors
/// * [`Error::TooLarge`] before anything is decoded, from the sizes in the file's headers;
/// * [`Error::EmptyFile`], [`Error::UnknownFormat`] for what is no picture;
/// * [`Error::Malformed`] for broken headers and files that are cut short;
/// * [`Error::Cmyk`], [`Error::Transparent`], [`Error::Unsupported`] for pictures of another kind;
/// * [`Error::Undecodable`] when the compressed data is broken.
pub fn decode(data: &[u8], limits: &DecodeLimits) -> Result<Image> {
    decode_reduced(data, limits, limits.max_pixels)
}

/// Decodes as [`decode`] does, but gives at most `most_pixels`: the sides of a larger picture are
/// divided by a power of two while it is read, its resolution with them.
///
/// Memory is bounded by what the file claims, beside the file itself and the result: a PNG takes a
/// few rows, a sequential JPEG one byte for each sample of the result, a progressive JPEG two bytes
/// for each of its coefficients, JPEG 2000 four bytes for each sample of the result and its
/// neighbourhood, and what its code blocks and precincts need, which are limited in proportion to
/// the samples it claims: about four bytes for each at most; an interlaced PNG and a BMP are held
/// whole, with one byte for each sample; a WSQ takes seven bytes for each pixel, has at most 16
/// million, and above one million not more than 2,048 for each byte of the file.
///
/// # Errors
/// As [`decode`].
pub fn decode_reduced(data: &[u8], limits: &DecodeLimits, most_pixels: u64) -> Result<Image> {
    limits.check_bytes(data)?;
    let format = sniff(data).ok_or(Error::UnknownFormat)?;
    limits.check_size(dimensions(data)?)?;
    let most = most_pixels.max(1);
    let picture = match format {
        ImageFormat::Jpeg => jpeg::decode(data, most)?,
        ImageFormat::Png => png::decode(data, most)?,
        ImageFormat::Bmp => bmp::decode(data, most)?,
        ImageFormat::Wsq => {
            let print = wsq::decode_wsq(data, limits.max_pixels.min(wsq::MAX_PIXELS))?;
            let factor = reduction::factor(print.width, print.height, most);
            print.reduced(factor)?.upright()
        }
        ImageFormat::Jp2 | ImageFormat::Jpeg2000Codestream => {
            jpeg2000::decode(data, most)?.upright()
        }
    };
    match picture.orientation {
        None | Some(Orientation::NoTransforms) => Ok(picture.image),
        Some(orientation) => turned(picture.image, orientation),
    }
}

/// Width and height that the headers give, without decoding and before an EXIF orientation is
/// applied.
///
/// # Errors
/// [`Error::Malformed`] for broken headers or a side of zero, [`Error::UnknownFormat`] for other
/// formats than [`decode`] knows.
pub fn dimensions(data: &[u8]) -> Result<(u32, u32)> {
    let (width, height) = match sniff(data).ok_or(Error::UnknownFormat)? {
        ImageFormat::Jpeg => jpeg::dimensions(data)?,
        ImageFormat::Png => png::dimensions(data)?,
        ImageFormat::Jp2 | ImageFormat::Jpeg2000Codestream => jpeg2000::dimensions(data)?,
        ImageFormat::Bmp => bmp::dimensions(data)?,
        ImageFormat::Wsq => wsq::dimensions(data)?,
    };
    if width == 0 || height == 0 {
        return Err(Error::Malformed {
            what: "an image of no pixels",
            at: 0,
        });
    }
    Ok((width, height))
}

fn turned(image: Image, orientation: Orientation) -> Result<Image> {
    const LOST: Error = Error::Misuse("the samples do not fill the image");
    let Image {
        colour,
        width,
        height,
        ppi,
        samples,
    } = image;
    let mut picture = match colour {
        Colour::Grey8 => image::GrayImage::from_raw(width, height, samples).map(DynamicImage::from),
        Colour::Rgb8 => image::RgbImage::from_raw(width, height, samples).map(DynamicImage::from),
    }
    .ok_or(LOST)?;
    picture.apply_orientation(orientation);
    let (width, height) = (picture.width(), picture.height());
    let image = Image::new(colour, width, height, picture.into_bytes())?;
    Ok(image.with_ppi(ppi.unwrap_or(0)))
}

/// A row without the last of its `channels` interleaved samples, which must be opaque everywhere.
pub(super) fn opaque_row(row: &[u8], channels: usize) -> Result<Vec<u8>> {
    let mut kept = Vec::with_capacity(row.len());
    for pixel in row.chunks_exact(channels) {
        match pixel.split_last() {
            Some((&u8::MAX, colour)) => kept.extend_from_slice(colour),
            _ => return Err(Error::Transparent),
        }
    }
    Ok(kept)
}

/// Rounded pixels per inch from pixels per metre; nothing when it is no sensible number.
pub(super) fn ppi_from_metres(pixels_per_metre: f64) -> Option<u16> {
    const METRES_PER_INCH: f64 = 0.0254;
    let ppi = (pixels_per_metre * METRES_PER_INCH).round();
    (ppi >= 1.0 && ppi <= f64::from(u16::MAX)).then_some(ppi as u16)
}

fn within(what: &'static str, found: u64, limit: u64) -> Result<()> {
    if found > limit {
        return Err(Error::TooLarge { what, found, limit });
    }
    Ok(())
}
