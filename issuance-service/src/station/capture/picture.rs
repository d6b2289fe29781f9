//! What may come in as a picture, and of what size.

use biometrics::image::{Colour, DecodeLimits, Image, PORTRAIT_PPI, decode};
use biometrics::{Error, Result};
use faces::Picture;
use png::{BitDepth, ColorType, Compression, PixelDimensions, Unit};

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

/// The file of a portrait for the record: PNG as it is written fastest. A smaller file takes half of all the time of an enrolment, and
/// the document is made from the pixels.
pub(super) fn portrait_file(picture: &Picture) -> Result<Vec<u8>> {
    let per_metre = (f64::from(PORTRAIT_PPI) / 0.0254).round() as u32;
    let mut file = Vec::new();
    let mut encoder = png::Encoder::new(&mut file, picture.width(), picture.height());
    encoder.set_color(ColorType::Rgb);
    encoder.set_depth(BitDepth::Eight);
    encoder.set_compression(Compression::Fast);
    encoder.set_pixel_dims(Some(PixelDimensions {
        xppu: per_metre,
        yppu: per_metre,
        unit: Unit::Meter,
    }));
    let written = encoder.write_header().and_then(|mut writer| {
        writer.write_image_data(picture.rgb())?;
        writer.finish()
    });
    written.map_err(|_| Error::Misuse("a portrait that PNG cannot hold"))?;
    Ok(file)
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_file_of_a_portrait_holds_its_pixels_and_its_resolution() {
        let rgb: Vec<u8> = (0..300 * 400 * 3_u32)
            .map(|i| (i * 31 % 251) as u8)
            .collect();
        let file = portrait_file(&Picture::new(rgb.clone(), 300, 400).unwrap()).unwrap();
        let image = decode(&file, &PHOTOGRAPH).unwrap();
        assert_eq!(
            (image.width(), image.height(), image.ppi()),
            (300, 400, Some(PORTRAIT_PPI))
        );
        assert_eq!(image.samples(), rgb);
    }
}
