//! What may come in as a picture, and of what size.

use biometrics::image::{Colour, DecodeLimits, Image, decode};
use biometrics::{Error, Result};
use faces::Picture;

/// A frame of the camera: at most full HD and a little more.
pub const FRAME: DecodeLimits = DecodeLimits {
    max_bytes: 2 << 20,
    max_side: 2_560,
    max_pixels: 4_000_000,
};
/// A photograph: that of a 50-megapixel camera is welcome, as long as a packet can hold its file.
pub const PHOTOGRAPH: DecodeLimits = DecodeLimits {
    max_bytes: 24 << 20,
    max_side: 16_384,
    max_pixels: 50_000_000,
};
/// A print of one finger.
pub const PRINT: DecodeLimits = DecodeLimits {
    max_bytes: 4 << 20,
    max_side: 4_096,
    max_pixels: 8_000_000,
};
/// Four fingers at once: a glass of 3.2 × 3 inches at 1000 ppi.
pub const SLAP: DecodeLimits = DecodeLimits {
    max_bytes: 16 << 20,
    max_side: 4_096,
    max_pixels: 12_000_000,
};

/// A picture for the measures of a face: decoded within its limits, in colour.
pub(super) fn picture(file: &[u8], limits: &DecodeLimits) -> Result<Picture> {
    let image = decode(file, limits)?;
    let (width, height) = (image.width(), image.height());
    let rgb = match image.colour() {
        Colour::Rgb8 => image.samples().to_vec(),
        Colour::Grey8 => image.samples().iter().flat_map(|&grey| [grey; 3]).collect(),
    };
    Picture::new(rgb, width, height)
        .map_err(|_| Error::Unsupported("a picture so small or so long"))
}

/// A grey picture for the measures of fingers, with the resolution that the file or the scanner's setting states.
pub(super) fn print(
    file: &[u8],
    limits: &DecodeLimits,
    stated: Option<u16>,
) -> Result<(Image, Option<u16>)> {
    let image = decode(file, limits)?.to_grey();
    let ppi = image.ppi().or(stated);
    Ok((image.with_ppi(ppi.unwrap_or(0)), ppi))
}
