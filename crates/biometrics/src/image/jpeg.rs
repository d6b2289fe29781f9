mod budget;
mod survey;

use std::io::Cursor;

use image::DynamicImage;
use image::codecs::jpeg::JpegDecoder;
use jpeg_decoder::PixelFormat;
use jpeg_encoder::{
    ColorType, Encoder, PixelDensity, PixelDensityUnit, QuantizationTableType, SamplingFactor,
};

pub use self::budget::encode_jpeg_to_size;
use self::survey::Survey;
use super::decode::Picture;
use super::{Colour, Image, ImageFormat, reduction};
use crate::{Error, Result};

/// By how much the sides of a JPEG can be divided while it is decoded.
const MAX_DCT_FACTOR: u32 = 8;

/// Encodes as baseline JPEG (JFIF) of `quality` 1 to 100, colour subsampled 4:2:0.
///
/// # Errors
/// [`Error::Misuse`] for another quality or a side above 65,535 pixels.
pub fn encode_jpeg(image: &Image, quality: u8) -> Result<Vec<u8>> {
    if !(1..=100).contains(&quality) {
        return Err(Error::Misuse("a JPEG quality outside 1 to 100"));
    }
    encode_with(image, quality, None)
}

/// Encodes with the tables of a quality, or with other ones: for luma, for chroma.
fn encode_with(image: &Image, quality: u8, tables: Option<[[u16; 64]; 2]>) -> Result<Vec<u8>> {
    let side = |pixels: u32| {
        u16::try_from(pixels).map_err(|_| Error::Misuse("a JPEG side above 65,535 pixels"))
    };
    let (width, height) = (side(image.width)?, side(image.height)?);
    let colour = match image.colour {
        Colour::Grey8 => ColorType::Luma,
        Colour::Rgb8 => ColorType::Rgb,
    };
    let mut file = Vec::new();
    let mut encoder = Encoder::new(&mut file, quality);
    // Optimised Huffman tables stay off: the encoder then writes one scan per component, and
    // readers built on zune-jpeg before 0.5.16 turn such 4:2:0 files into garbage.
    encoder.set_sampling_factor(SamplingFactor::R_4_2_0);
    if let Some(tables) = tables {
        let [luma, chroma] = tables.map(|table| QuantizationTableType::Custom(Box::new(table)));
        encoder.set_quantization_tables(luma, chroma);
    }
    if let Some(ppi) = image.ppi {
        encoder.set_density(PixelDensity {
            density: (ppi, ppi),
            unit: PixelDensityUnit::Inches,
        });
    }
    encoder
        .encode(&image.samples, width, height, colour)
        .map_err(|_| Error::Misuse("an image that JPEG cannot hold"))?;
    Ok(file)
}

pub(super) fn dimensions(data: &[u8]) -> Result<(u32, u32)> {
    let survey = Survey::of_header(data)?;
    Ok((survey.width.into(), survey.height.into()))
}

pub(super) fn decode(data: &[u8], most_pixels: u64) -> Result<Picture> {
    let survey = Survey::of_file(data)?;
    if survey.components > 3 {
        return Err(Error::Cmyk);
    }
    let (width, height) = (survey.width.into(), survey.height.into());
    let factor = reduction::factor(width, height, most_pixels);
    // zune-jpeg 0.5.15, which `image` uses, garbles non-interleaved 4:2:0 baseline files without
    // an error, and knows the full size only. jpeg-decoder reads them right, and smaller.
    let image = if factor > 1 || (survey.is_sequential && survey.scans > 1) {
        decode_smaller(data, factor.min(MAX_DCT_FACTOR))?
    } else {
        decode_ordinary(data)?
    };
    let done = factor.min(MAX_DCT_FACTOR);
    let left = reduction::factor(image.width, image.height, most_pixels);
    Ok(Picture {
        image: image.with_reduced_ppi(survey.ppi(), done).reduced(left)?,
        orientation: survey.orientation(),
    })
}

fn decode_ordinary(data: &[u8]) -> Result<Image> {
    let decoder = JpegDecoder::new(Cursor::new(data)).map_err(undecodable)?;
    let picture = DynamicImage::from_decoder(decoder).map_err(undecodable)?;
    let (width, height) = (picture.width(), picture.height());
    match picture {
        DynamicImage::ImageLuma8(grey) => Image::new(Colour::Grey8, width, height, grey.into_raw()),
        other => Image::new(Colour::Rgb8, width, height, other.into_rgb8().into_raw()),
    }
}

/// Decodes with the sides divided by 1, 2, 4 or 8, by taking fewer frequencies of each block.
fn decode_smaller(data: &[u8], factor: u32) -> Result<Image> {
    let mut decoder = jpeg_decoder::Decoder::new(Cursor::new(data));
    let info = |decoder: &jpeg_decoder::Decoder<_>| {
        decoder
            .info()
            .ok_or(Error::Unsupported("a JPEG without a frame"))
    };
    if factor > 1 {
        decoder.read_info().map_err(undecodable)?;
        let whole = info(&decoder)?;
        let side = |pixels: u16| u32::from(pixels).div_ceil(factor) as u16;
        decoder
            .scale(side(whole.width), side(whole.height))
            .map_err(undecodable)?;
    }
    let samples = decoder.decode().map_err(undecodable)?;
    let info = info(&decoder)?;
    let colour = match info.pixel_format {
        PixelFormat::L8 => Colour::Grey8,
        PixelFormat::RGB24 => Colour::Rgb8,
        PixelFormat::L16 | PixelFormat::CMYK32 => {
            return Err(Error::Unsupported("a JPEG that is not 8-bit grey or RGB"));
        }
    };
    Image::new(colour, info.width.into(), info.height.into(), samples)
}

fn undecodable(source: impl std::error::Error + Send + Sync + 'static) -> Error {
    Error::Undecodable {
        format: ImageFormat::Jpeg,
        source: Box::new(source),
    }
}
