use super::{Image, ImageFormat, jpeg, jpeg2000, png, sniff};
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
    /// For files that an operator brings: a 50-megapixel camera is welcome.
    pub const UPLOAD: Self = Self {
        max_bytes: 64 << 20,
        max_side: 16_384,
        max_pixels: 50_000_000,
    };

    /// For images out of a chip, which are passport photographs and single fingers.
    pub const CHIP: Self = Self {
        max_bytes: 4 << 20,
        max_side: 4_096,
        max_pixels: 8_000_000,
    };

    fn check_bytes(&self, data: &[u8]) -> Result<()> {
        within(
            "file length in bytes",
            data.len() as u64,
            self.max_bytes as u64,
        )
    }

    fn check_size(&self, (width, height): (u32, u32)) -> Result<()> {
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

/// Decodes a JPEG, PNG or JPEG 2000 file (JP2 or bare codestream), turned upright as its EXIF
/// orientation says.
///
/// # Errors
/// * [`Error::TooLarge`] before anything is decoded, from the sizes in the file's headers;
/// * [`Error::Malformed`] for broken headers and files that are cut short;
/// * [`Error::Unsupported`] for other formats, CMYK, and pictures that are partly transparent;
/// * [`Error::Undecodable`] when the compressed data is broken.
pub fn decode(data: &[u8], limits: &DecodeLimits) -> Result<Image> {
    limits.check_bytes(data)?;
    let format = known_format(data)?;
    limits.check_size(dimensions(data)?)?;
    match format {
        ImageFormat::Jpeg => jpeg::decode(data),
        ImageFormat::Png => png::decode(data),
        ImageFormat::Jp2 | ImageFormat::Jpeg2000Codestream => jpeg2000::decode(data),
        ImageFormat::Wsq => Err(Error::Unsupported("decoding WSQ")),
    }
}

/// Width and height that the headers give, without decoding and before an EXIF orientation is
/// applied.
///
/// # Errors
/// [`Error::Malformed`] for broken headers or a side of zero, [`Error::Unsupported`] for other
/// formats than JPEG, PNG and JPEG 2000.
pub fn dimensions(data: &[u8]) -> Result<(u32, u32)> {
    let (width, height) = match known_format(data)? {
        ImageFormat::Jpeg => jpeg::dimensions(data)?,
        ImageFormat::Png => png::dimensions(data)?,
        ImageFormat::Jp2 | ImageFormat::Jpeg2000Codestream => jpeg2000::dimensions(data)?,
        ImageFormat::Wsq => return Err(Error::Unsupported("the size of a WSQ image")),
    };
    if width == 0 || height == 0 {
        return Err(Error::Malformed {
            what: "an image of no pixels",
            at: 0,
        });
    }
    Ok((width, height))
}

/// Removes the last of `channels` interleaved samples, which must be opaque everywhere.
pub(super) fn drop_opaque_alpha(samples: &[u8], channels: usize) -> Result<Vec<u8>> {
    let mut kept = Vec::with_capacity(samples.len());
    for pixel in samples.chunks_exact(channels) {
        match pixel.split_last() {
            Some((&u8::MAX, colour)) => kept.extend_from_slice(colour),
            _ => {
                return Err(Error::Unsupported(
                    "a partly transparent picture: put it on a plain background first",
                ));
            }
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

fn known_format(data: &[u8]) -> Result<ImageFormat> {
    sniff(data).ok_or(Error::Unsupported(
        "a file that is neither JPEG, PNG nor JPEG 2000",
    ))
}

fn within(what: &'static str, found: u64, limit: u64) -> Result<()> {
    if found > limit {
        return Err(Error::TooLarge { what, found, limit });
    }
    Ok(())
}
