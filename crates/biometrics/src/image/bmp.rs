//! BMP, as fingerprint scanners write it: headers read here, pixels by the `image` crate.

use std::io::Cursor;

use image::codecs::bmp::BmpDecoder;
use image::{DynamicImage, ImageDecoder};

use super::decode::{Picture, opaque_row, ppi_from_metres};
use super::{Colour, Image, ImageFormat, reduction};
use crate::fields::Fields;
use crate::{Error, Result};

const WHAT: &str = "BMP header";
const FILE_HEADER_LEN: usize = 14;
/// The length of the header of OS/2, whose sides have 16 bits and which has no resolution.
const CORE_HEADER: u32 = 12;

/// Compression by runs of pixels, of 8 and of 4 bits.
const RLE8: u32 = 1;
const RLE4: u32 = 2;

struct Header {
    width: u32,
    height: u32,
    ppi: Option<u16>,
    compression: u32,
}

pub(super) fn dimensions(data: &[u8]) -> Result<(u32, u32)> {
    let header = header(data)?;
    Ok((header.width, header.height))
}

pub(super) fn decode(data: &[u8], most_pixels: u64) -> Result<Picture> {
    let header = header(data)?;
    if matches!(header.compression, RLE8 | RLE4) {
        check_runs(data, &header)?;
    }
    let decoder = BmpDecoder::new(Cursor::new(data)).map_err(undecodable)?;
    let has_alpha = decoder.color_type().has_alpha();
    let picture = DynamicImage::from_decoder(decoder).map_err(undecodable)?;
    let (width, height) = (picture.width(), picture.height());
    let samples = if has_alpha {
        let row = width as usize * 4;
        let rgba = picture.into_rgba8().into_raw();
        let rows: Vec<_> = rgba
            .chunks_exact(row)
            .map(|row| opaque_row(row, 4))
            .collect::<Result<_>>()?;
        rows.concat()
    } else {
        picture.into_rgb8().into_raw()
    };
    let (pixels, _) = samples.as_chunks();
    let is_grey = pixels
        .iter()
        .all(|[red, green, blue]| red == green && green == blue);
    let image = Image::new(Colour::Rgb8, width, height, samples)?;
    let image = if is_grey { image.to_grey() } else { image };
    let factor = reduction::factor(width, height, most_pixels);
    let image = image.with_ppi(header.ppi.unwrap_or(0));
    Ok(image.reduced(factor)?.upright())
}

fn header(data: &[u8]) -> Result<Header> {
    let mut fields = Fields::new(data);
    fields.bytes(FILE_HEADER_LEN, WHAT)?;
    let mut number = || fields.array(WHAT).map(u32::from_le_bytes);
    if number()? == CORE_HEADER {
        let sides = number()?;
        return Ok(Header {
            width: sides & 0xFFFF,
            height: sides >> 16,
            ppi: None,
            compression: 0,
        });
    }
    let (width, height) = (number()?, number()?);
    // Planes and depth; length of the pixels.
    let (_, compression, _) = (number()?, number()?, number()?);
    let (across, down) = (number()?, number()?);
    let ppi = (across == down && across != 0)
        .then(|| ppi_from_metres(across.into()))
        .flatten();
    // A negative height means that the rows run from the top.
    let height = height.cast_signed().unsigned_abs();
    Ok(Header {
        width,
        height,
        ppi,
        compression,
    })
}

/// Checks that runs give every pixel: a decoder paints black what is left out, and data that end
/// early would be a picture.
fn check_runs(data: &[u8], header: &Header) -> Result<()> {
    const WHAT: &str = "BMP run-length data: pixels are missing";
    const END_OF_ROW: u8 = 0;
    const END_OF_PICTURE: u8 = 1;
    const SKIP: u8 = 2;
    let mut fields = Fields::new(data);
    // Signature, length, reserved; where the pixels begin.
    fields.bytes(10, WHAT)?;
    let start = u32::from_le_bytes(fields.array(WHAT)?) as usize;
    let rest = start.checked_sub(fields.at());
    let at = fields.at();
    fields.bytes(rest.ok_or(Error::Malformed { what: WHAT, at })?, WHAT)?;
    for row in 1..=header.height {
        let mut x = 0_u32;
        loop {
            let at = fields.at();
            let [count, value] = fields.array(WHAT)?;
            match (count, value) {
                (0, END_OF_ROW) if x >= header.width => break,
                (0, END_OF_PICTURE) if x >= header.width && row == header.height => break,
                (0, END_OF_ROW | END_OF_PICTURE | SKIP) => {
                    return Err(Error::Malformed { what: WHAT, at });
                }
                (0, pixels) => {
                    let length = match header.compression {
                        RLE4 => pixels.div_ceil(2),
                        _ => pixels,
                    };
                    fields.bytes(usize::from(length).next_multiple_of(2), WHAT)?;
                    x = x.saturating_add(pixels.into());
                }
                (pixels, _) => x = x.saturating_add(pixels.into()),
            }
        }
    }
    Ok(())
}

fn undecodable(source: image::ImageError) -> Error {
    Error::Undecodable {
        format: ImageFormat::Bmp,
        source: Box::new(source),
    }
}
