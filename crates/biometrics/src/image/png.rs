use std::io::Cursor;

use image::codecs::png::{CompressionType, FilterType, PngDecoder, PngEncoder};
use image::{ColorType, DynamicImage, ExtendedColorType, ImageDecoder, ImageEncoder, Limits};

use super::decode::{drop_opaque_alpha, ppi_from_metres};
use super::{Colour, Image, ImageFormat};
use crate::fields::Fields;
use crate::{Error, Result};

const SIGNATURE_LEN: usize = 8;
/// Signature, then the IHDR chunk: length, type, 13 bytes, CRC.
const HEADER_LEN: usize = SIGNATURE_LEN + 4 + 4 + 13 + 4;
/// `pHYs` unit 1: pixels per metre.
const PER_METRE: u8 = 1;
const INCHES_PER_METRE: f64 = 1.0 / 0.0254;

/// Encodes as PNG, with the resolution in a `pHYs` chunk when it is known.
///
/// # Errors
/// [`Error::Misuse`] when the encoder refuses the image, which a valid [`Image`] never causes.
pub fn encode_png(image: &Image) -> Result<Vec<u8>> {
    let colour = match image.colour {
        Colour::Grey8 => ExtendedColorType::L8,
        Colour::Rgb8 => ExtendedColorType::Rgb8,
    };
    let mut file = Vec::new();
    PngEncoder::new_with_quality(&mut file, CompressionType::Default, FilterType::Adaptive)
        .write_image(&image.samples, image.width, image.height, colour)
        .map_err(|_| Error::Misuse("an image that PNG cannot hold"))?;
    if let Some(ppi) = image.ppi {
        // The encoder cannot write pHYs; its place is anywhere before the first IDAT.
        file.splice(HEADER_LEN..HEADER_LEN, physical_size_chunk(ppi));
    }
    Ok(file)
}

pub(super) fn dimensions(data: &[u8]) -> Result<(u32, u32)> {
    const WHAT: &str = "PNG header";
    let mut fields = Fields::new(data);
    fields.bytes(SIGNATURE_LEN, WHAT)?;
    let (length, kind) = (fields.u32(WHAT)?, fields.bytes(4, WHAT)?);
    if length != 13 || kind != b"IHDR" {
        return Err(Error::Malformed {
            what: WHAT,
            at: SIGNATURE_LEN,
        });
    }
    Ok((fields.u32(WHAT)?, fields.u32(WHAT)?))
}

pub(super) fn decode(data: &[u8]) -> Result<Image> {
    // The default limits bound what compressed text and colour profiles may unpack to.
    let decoder =
        PngDecoder::with_limits(Cursor::new(data), Limits::default()).map_err(undecodable)?;
    let has_alpha = decoder.color_type().has_alpha();
    let is_grey = matches!(
        decoder.color_type(),
        ColorType::L8 | ColorType::L16 | ColorType::La8 | ColorType::La16
    );
    let picture = DynamicImage::from_decoder(decoder).map_err(undecodable)?;
    let (width, height) = (picture.width(), picture.height());
    let (colour, samples) = match (is_grey, has_alpha) {
        (true, false) => (Colour::Grey8, picture.into_luma8().into_raw()),
        (true, true) => {
            let samples = picture.into_luma_alpha8().into_raw();
            (Colour::Grey8, drop_opaque_alpha(&samples, 2)?)
        }
        (false, false) => (Colour::Rgb8, picture.into_rgb8().into_raw()),
        (false, true) => {
            let samples = picture.into_rgba8().into_raw();
            (Colour::Rgb8, drop_opaque_alpha(&samples, 4)?)
        }
    };
    let image = Image::new(colour, width, height, samples)?;
    Ok(image.with_ppi(physical_size(data).unwrap_or(0)))
}

/// The resolution of the `pHYs` chunk, if one stands before the pixels.
fn physical_size(data: &[u8]) -> Option<u16> {
    const WHAT: &str = "PNG chunk";
    let mut fields = Fields::new(data);
    fields.bytes(SIGNATURE_LEN, WHAT).ok()?;
    loop {
        let length = fields.u32(WHAT).ok()?;
        let kind = fields.bytes(4, WHAT).ok()?;
        let content = fields.bytes(usize::try_from(length).ok()?, WHAT).ok()?;
        fields.bytes(4, WHAT).ok()?;
        match (kind, content) {
            (b"IDAT", _) => return None,
            (b"pHYs", &[a, b, c, d, _, _, _, _, PER_METRE]) => {
                return ppi_from_metres(f64::from(u32::from_be_bytes([a, b, c, d])));
            }
            _ => {}
        }
    }
}

fn physical_size_chunk(ppi: u16) -> Vec<u8> {
    let per_metre = ((f64::from(ppi) * INCHES_PER_METRE).round() as u32).to_be_bytes();
    let mut content = b"pHYs".to_vec();
    content.extend_from_slice(&per_metre);
    content.extend_from_slice(&per_metre);
    content.push(PER_METRE);
    let length = (content.len() as u32 - 4).to_be_bytes();
    let crc = crc32(&content).to_be_bytes();
    [length.as_slice(), &content, &crc].concat()
}

/// The CRC of PNG chunks (ISO 15948 annex D), bit by bit: it runs over a dozen bytes.
fn crc32(bytes: &[u8]) -> u32 {
    const POLYNOMIAL: u32 = 0xEDB8_8320;
    let remainder = bytes.iter().fold(u32::MAX, |crc, byte| {
        (0..8).fold(crc ^ u32::from(*byte), |crc, _| {
            (crc >> 1) ^ (POLYNOMIAL & (crc & 1).wrapping_neg())
        })
    });
    !remainder
}

fn undecodable(source: image::ImageError) -> Error {
    Error::Undecodable {
        format: ImageFormat::Png,
        source: Box::new(source),
    }
}
