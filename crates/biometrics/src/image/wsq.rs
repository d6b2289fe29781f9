//! WSQ, as scanners and registers of fingerprints have it, by the project's own codec
//! (`wsq-image`).

use wsq_image::{Limits, Options, Picture};

use super::{Colour, Image, ImageFormat};
use crate::{Error, Result};

/// Most pixels of a file: 8 x 8 inches at 500 pixels per inch, or half of that at 1,000.
pub(super) const MAX_PIXELS: u64 = 4_096 * 4_096;

/// Most pixels for each byte of a file. Prints have 10 to 200; runs of zeros make 20,000 of one
/// byte.
const MAX_PIXELS_PER_BYTE: u64 = 2_048;

/// What a file of any length may have, such as a blank print.
const FREE_PIXELS: u64 = 1 << 20;

/// Encodes a fingerprint as WSQ; `bit_rate` is 0.75 for about 15:1, 2.25 for about 5:1. The
/// resolution stands in a comment. Colours become grey.
///
/// # Errors
/// [`Error::Misuse`] for a rate or a side that WSQ does not have.
pub fn encode_wsq(image: &Image, bit_rate: f32) -> Result<Vec<u8>> {
    let grey = image.to_grey();
    wsq_image::encode(&picture(&grey)?, &options(image, bit_rate)).map_err(|error| refused(&error))
}

/// Encodes a fingerprint as WSQ of at most `max_bytes`, at the best bit rate up to `bit_rate`.
///
/// # Errors
/// [`Error::DoesNotFit`] when even the lowest rate is longer; else as [`encode_wsq`].
pub fn encode_wsq_to_size(image: &Image, bit_rate: f32, max_bytes: usize) -> Result<Vec<u8>> {
    let grey = image.to_grey();
    wsq_image::encode_to_size(&picture(&grey)?, &options(image, bit_rate), max_bytes)
        .map_err(|error| refused(&error))
}

/// Decodes a WSQ codestream that has at most so many pixels, and not above a million of them more
/// than 2,048 for each byte: memory grows with the file. It takes about seven bytes a pixel.
///
/// # Errors
/// [`Error::TooLarge`] before anything is decoded; [`Error::Undecodable`] for everything that is
/// wrong with it.
pub fn decode_wsq(data: &[u8], max_pixels: u64) -> Result<Image> {
    let (width, height) = dimensions(data)?;
    let found = u64::from(width) * u64::from(height);
    let limit = (data.len() as u64)
        .saturating_mul(MAX_PIXELS_PER_BYTE)
        .max(FREE_PIXELS);
    if found > limit && found <= max_pixels {
        return Err(Error::TooLarge {
            what: "number of pixels in a WSQ file of so few bytes",
            found,
            limit,
        });
    }
    let limits = Limits {
        max_pixels: usize::try_from(max_pixels).unwrap_or(usize::MAX),
    };
    let decoded = wsq_image::decode(data, &limits).map_err(undecodable)?;
    let frame = &decoded.header.frame;
    let (width, height) = (frame.width.into(), frame.height.into());
    let ppi = decoded.header.ppi().unwrap_or(0);
    Ok(Image::new(Colour::Grey8, width, height, decoded.pixels)?.with_ppi(ppi))
}

pub(super) fn dimensions(data: &[u8]) -> Result<(u32, u32)> {
    // Only the header is read, so there is nothing to limit yet.
    let limits = Limits {
        max_pixels: usize::MAX,
    };
    let header = wsq_image::read_header(data, &limits).map_err(undecodable)?;
    Ok((header.frame.width.into(), header.frame.height.into()))
}

fn picture(grey: &Image) -> Result<Picture<'_>> {
    let side = |pixels: u32| {
        u16::try_from(pixels).map_err(|_| Error::Misuse("a WSQ side above 65,535 pixels"))
    };
    Picture::new(&grey.samples, side(grey.width)?, side(grey.height)?)
        .map_err(|error| refused(&error))
}

fn options(image: &Image, bit_rate: f32) -> Options {
    Options {
        bit_rate,
        ppi: image.ppi,
        ..Options::default()
    }
}

fn refused(error: &wsq_image::Error) -> Error {
    match *error {
        wsq_image::Error::Budget { budget, least } => Error::DoesNotFit {
            target: budget,
            least,
        },
        _ => Error::Misuse("an image or a rate that WSQ does not have"),
    }
}

fn undecodable(source: wsq_image::Error) -> Error {
    match source {
        wsq_image::Error::TooManyPixels {
            width,
            height,
            limit,
        } => Error::TooLarge {
            what: "number of pixels",
            found: u64::from(width) * u64::from(height),
            limit: limit as u64,
        },
        source => Error::Undecodable {
            format: ImageFormat::Wsq,
            source: Box::new(source),
        },
    }
}
