use std::io::Cursor;

use image::codecs::png::{CompressionType, FilterType, PngEncoder};
use image::{ExtendedColorType, ImageEncoder};
use png::{ColorType, Decoder, Limits, Transformations};

use super::decode::{Picture, opaque_row, ppi_from_metres};
use super::exif::Exif;
use super::reduction::{self, Reduction};
use super::{Colour, Image, ImageFormat};
use crate::fields::Fields;
use crate::{Error, Result};

const SIGNATURE_LEN: usize = 8;
/// Signature, then the IHDR chunk: length, type, 13 bytes, CRC.
const HEADER_LEN: usize = SIGNATURE_LEN + 4 + 4 + 13 + 4;
/// `pHYs` unit 1: pixels per metre.
const PER_METRE: u8 = 1;
const INCHES_PER_METRE: f64 = 1.0 / 0.0254;

/// Most bytes that the decoder may take for itself: rows of the largest picture, and palettes.
const DECODER_MEMORY: usize = 4 << 20;

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

/// Decodes row by row; only an interlaced picture stands in memory whole before it is made smaller.
pub(super) fn decode(data: &[u8], most_pixels: u64) -> Result<Picture> {
    let limits = Limits {
        bytes: DECODER_MEMORY,
    };
    let mut decoder = Decoder::new_with_limits(Cursor::new(data), limits);
    decoder.set_transformations(Transformations::normalize_to_color8());
    decoder.set_ignore_text_chunk(true);
    decoder.set_ignore_iccp_chunk(true);
    let mut reader = decoder.read_info().map_err(undecodable)?;
    let (kind, _) = reader.output_color_type();
    let colour = match kind {
        ColorType::Grayscale | ColorType::GrayscaleAlpha => Colour::Grey8,
        _ => Colour::Rgb8,
    };
    let (width, height) = (reader.info().width, reader.info().height);
    let factor = reduction::factor(width, height, most_pixels);
    let mut reduction = Reduction::new(colour, (width, height), factor);
    let mut push = |row: &[u8]| -> Result<()> {
        if matches!(kind, ColorType::GrayscaleAlpha | ColorType::Rgba) {
            reduction.push(&opaque_row(row, kind.samples())?);
        } else {
            reduction.push(row);
        }
        Ok(())
    };
    if reader.info().interlaced {
        let size = reader.output_buffer_size().ok_or(Error::Malformed {
            what: "PNG of a size that can be",
            at: SIGNATURE_LEN,
        })?;
        let mut frame = vec![0; size];
        let info = reader.next_frame(&mut frame).map_err(undecodable)?;
        frame
            .chunks_exact(info.line_size.max(1))
            .try_for_each(&mut push)?;
    } else {
        while let Some(row) = reader.next_row().map_err(undecodable)? {
            push(row.data())?;
        }
    }
    reader.finish().map_err(undecodable)?;
    let said = Said::of(data);
    if let Some(at) = said.second_size {
        // The standard allows one (ISO 15948 §5.6); readers would differ in which they take.
        let what = "PNG of one pHYs chunk";
        return Err(Error::Malformed { what, at });
    }
    Ok(Picture {
        image: reduction.finish()?.with_reduced_ppi(said.ppi, factor),
        orientation: said.exif.orientation,
    })
}

/// What the chunks say beside the pixels.
#[derive(Default)]
struct Said {
    ppi: Option<u16>,
    /// Where the size of pixels is said again.
    second_size: Option<usize>,
    exif: Exif,
}

impl Said {
    fn of(data: &[u8]) -> Self {
        let mut said = Self::default();
        // What stands behind a broken chunk is not said.
        let _ = said.read(data);
        said
    }

    fn read(&mut self, data: &[u8]) -> Result<()> {
        const WHAT: &str = "PNG chunk";
        let mut fields = Fields::new(data);
        fields.bytes(SIGNATURE_LEN, WHAT)?;
        let mut sizes = 0;
        loop {
            let at = fields.at();
            let length = fields.u32(WHAT)?;
            let kind = fields.bytes(4, WHAT)?;
            let content = fields.bytes(usize::try_from(length).unwrap_or(usize::MAX), WHAT)?;
            fields.bytes(4, WHAT)?;
            if kind == b"pHYs" {
                sizes += 1;
                self.second_size = (sizes > 1).then_some(at);
            }
            match (kind, content) {
                (b"pHYs", &[x3, x2, x1, x0, y3, y2, y1, y0, PER_METRE]) => {
                    let (x, y) = ([x3, x2, x1, x0], [y3, y2, y1, y0]);
                    self.ppi = (x == y)
                        .then(|| ppi_from_metres(u32::from_be_bytes(x).into()))
                        .flatten();
                }
                (b"eXIf", tiff) => self.exif = Exif::of(tiff),
                (b"IEND", _) => return Ok(()),
                _ => {}
            }
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

fn undecodable(source: png::DecodingError) -> Error {
    Error::Undecodable {
        format: ImageFormat::Png,
        source: Box::new(source),
    }
}
