mod survey;

use std::io::Cursor;

use image::codecs::jpeg::JpegDecoder;
use image::metadata::Orientation;
use image::{DynamicImage, ImageDecoder};
use jpeg_decoder::PixelFormat;
use jpeg_encoder::{ColorType, Encoder, PixelDensity, PixelDensityUnit, SamplingFactor};

use self::survey::Survey;
use super::{Colour, Image, ImageFormat};
use crate::{Error, Result};

/// Best quality that [`encode_jpeg_to_size`] tries: above it only the size grows.
const BEST_QUALITY: u8 = 95;

/// Encodes as baseline JPEG (JFIF) of `quality` 1 to 100, colour subsampled 4:2:0.
///
/// # Errors
/// [`Error::Misuse`] for another quality or a side above 65,535 pixels.
pub fn encode_jpeg(image: &Image, quality: u8) -> Result<Vec<u8>> {
    if !(1..=100).contains(&quality) {
        return Err(Error::Misuse("a JPEG quality outside 1 to 100"));
    }
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

/// Encodes as JPEG of the best quality that needs at most `max_bytes`.
///
/// # Errors
/// [`Error::DoesNotFit`] when even the worst quality is longer; else as [`encode_jpeg`].
pub fn encode_jpeg_to_size(image: &Image, max_bytes: usize) -> Result<Vec<u8>> {
    let mut best = encode_jpeg(image, 1)?;
    if best.len() > max_bytes {
        return Err(Error::DoesNotFit {
            target: max_bytes,
            least: best.len(),
        });
    }
    let (mut fits, mut too_long) = (1, BEST_QUALITY + 1);
    while too_long - fits > 1 {
        let quality = fits.midpoint(too_long);
        let file = encode_jpeg(image, quality)?;
        if file.len() <= max_bytes {
            (fits, best) = (quality, file);
        } else {
            too_long = quality;
        }
    }
    Ok(best)
}

pub(super) fn dimensions(data: &[u8]) -> Result<(u32, u32)> {
    let survey = Survey::of_header(data)?;
    Ok((survey.width.into(), survey.height.into()))
}

pub(super) fn decode(data: &[u8]) -> Result<Image> {
    let survey = Survey::of_file(data)?;
    if survey.components > 3 {
        return Err(Error::Unsupported("a CMYK JPEG: convert it to RGB first"));
    }
    // zune-jpeg 0.5.15, which `image` uses, garbles non-interleaved 4:2:0 baseline files without
    // an error. jpeg-decoder reads them right.
    let upright = if survey.is_sequential && survey.scans > 1 {
        decode_non_interleaved(data)?
    } else {
        decode_ordinary(data)?
    };
    let (width, height) = (upright.width(), upright.height());
    let image = match upright {
        DynamicImage::ImageLuma8(grey) => {
            Image::new(Colour::Grey8, width, height, grey.into_raw())?
        }
        other => Image::new(Colour::Rgb8, width, height, other.into_rgb8().into_raw())?,
    };
    Ok(image.with_ppi(survey.ppi.unwrap_or(0)))
}

fn decode_ordinary(data: &[u8]) -> Result<DynamicImage> {
    let mut decoder = JpegDecoder::new(Cursor::new(data)).map_err(undecodable)?;
    let orientation = decoder.orientation().map_err(undecodable)?;
    let mut picture = DynamicImage::from_decoder(decoder).map_err(undecodable)?;
    picture.apply_orientation(orientation);
    Ok(picture)
}

fn decode_non_interleaved(data: &[u8]) -> Result<DynamicImage> {
    let mut decoder = jpeg_decoder::Decoder::new(Cursor::new(data));
    let samples = decoder.decode().map_err(undecodable)?;
    let info = decoder
        .info()
        .ok_or(Error::Unsupported("a JPEG without a frame"))?;
    let (width, height) = (u32::from(info.width), u32::from(info.height));
    let picture = match info.pixel_format {
        PixelFormat::L8 => {
            image::GrayImage::from_raw(width, height, samples).map(DynamicImage::from)
        }
        PixelFormat::RGB24 => {
            image::RgbImage::from_raw(width, height, samples).map(DynamicImage::from)
        }
        PixelFormat::L16 | PixelFormat::CMYK32 => None,
    };
    let mut picture = picture.ok_or(Error::Unsupported("a JPEG that is not 8-bit grey or RGB"))?;
    if let Some(orientation) = decoder.exif_data().and_then(Orientation::from_exif_chunk) {
        picture.apply_orientation(orientation);
    }
    Ok(picture)
}

fn undecodable(source: impl std::error::Error + Send + Sync + 'static) -> Error {
    Error::Undecodable {
        format: ImageFormat::Jpeg,
        source: Box::new(source),
    }
}
