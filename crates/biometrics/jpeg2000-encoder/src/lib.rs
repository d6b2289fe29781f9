//! A safe face for the encoder of `openjp2`: 8-bit samples in, a JPEG 2000 codestream out
//! (ISO 15444-1), one tile, one quality layer.
//!
//! Only the project's own pixels go in. Foreign files are decoded elsewhere, by safe code.

mod sink;

use openjp2::openjpeg::{OPJ_CLRSPC_GRAY, OPJ_CLRSPC_SRGB, OPJ_CODEC_J2K, opj_cparameters_t};
use openjp2::{Codec, opj_image, opj_image_comptparm};

/// Longest side that is encoded, in pixels.
pub const MAX_SIDE: u32 = 16_384;

/// Most wavelet decompositions plus one: five, as in the reference data sets for DG2.
const MAX_RESOLUTIONS: u32 = 6;

/// What can go wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The samples do not belong to the size given, or the size is out of range.
    #[error("misuse: {0}")]
    Misuse(&'static str),
    /// The library refused, which it does without a reason.
    #[error("openjp2 failed to {0}")]
    Library(&'static str),
}

/// Pixels to encode: 8-bit samples, rows from the top, components interleaved.
#[derive(Debug, Clone, Copy)]
pub struct Pixels<'a> {
    width: u32,
    height: u32,
    components: u32,
    samples: &'a [u8],
}

impl<'a> Pixels<'a> {
    /// Pixels of one component (grey) or three (RGB).
    ///
    /// # Errors
    /// [`Error::Misuse`] when the size is zero or above [`MAX_SIDE`], when the number of components
    /// is another one, or when there are not `width × height × components` samples.
    pub fn new(width: u32, height: u32, components: u32, samples: &'a [u8]) -> Result<Self, Error> {
        if width == 0 || height == 0 || width > MAX_SIDE || height > MAX_SIDE {
            return Err(Error::Misuse("an image side of no pixel or of too many"));
        }
        if components != 1 && components != 3 {
            return Err(Error::Misuse("neither one nor three components"));
        }
        if samples.len() as u64 != u64::from(width) * u64::from(height) * u64::from(components) {
            return Err(Error::Misuse("the samples do not fill the image"));
        }
        Ok(Self {
            width,
            height,
            components,
            samples,
        })
    }
}

/// How much may be lost.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Compression {
    /// Nothing: reversible 5/3 wavelet.
    Lossless,
    /// Irreversible 9/7 wavelet, cut so that the codestream is about this many times smaller than
    /// the raw samples.
    Ratio(f32),
}

/// The side of the square blocks that are coded one by one. Rate control drops whole passes over
/// blocks: large ones compress better, small ones come closer to a wanted size.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CodeBlocks {
    /// 64 × 64, the usual size.
    Side64 = 64,
    /// 32 × 32.
    Side32 = 32,
    /// 16 × 16.
    Side16 = 16,
}

/// Encodes to a raw codestream, which starts with SOC and SIZ (`FF4F FF51`).
///
/// # Errors
/// [`Error::Library`] when openjp2 refuses a step.
pub fn encode(
    pixels: Pixels<'_>,
    compression: Compression,
    code_blocks: CodeBlocks,
) -> Result<Vec<u8>, Error> {
    let mut image = planes(pixels)?;
    let mut parameters = parameters(pixels, compression, code_blocks);
    let mut codec = Codec::new_encoder(OPJ_CODEC_J2K).ok_or(Error::Library("create an encoder"))?;
    if codec.setup_encoder(&mut parameters, &mut image) == 0 {
        return Err(Error::Library("accept the parameters"));
    }
    sink::collect(|stream| {
        codec.start_compress(&mut image, stream) != 0
            && codec.encode(stream) != 0
            && codec.end_compress(stream) != 0
    })
    .ok_or(Error::Library("encode"))
}

/// One plane of integers for each component, as the library wants them.
fn planes(pixels: Pixels<'_>) -> Result<Box<opj_image>, Error> {
    let plane = opj_image_comptparm {
        dx: 1,
        dy: 1,
        w: pixels.width,
        h: pixels.height,
        x0: 0,
        y0: 0,
        prec: 8,
        bpp: 8,
        sgnd: 0,
    };
    let components = pixels.components as usize;
    let colour_space = if components == 1 {
        OPJ_CLRSPC_GRAY
    } else {
        OPJ_CLRSPC_SRGB
    };
    let mut image = opj_image::create(&vec![plane; components], colour_space)
        .ok_or(Error::Library("allocate an image"))?;
    image.x1 = pixels.width;
    image.y1 = pixels.height;
    let targets = image
        .comps_data_mut_iter()
        .ok_or(Error::Library("allocate its planes"))?;
    for (component, target) in targets.enumerate() {
        let samples = pixels.samples.iter().skip(component).step_by(components);
        for (to, from) in target.iter_mut().zip(samples) {
            *to = i32::from(*from);
        }
    }
    Ok(image)
}

fn parameters(
    pixels: Pixels<'_>,
    compression: Compression,
    code_blocks: CodeBlocks,
) -> opj_cparameters_t {
    // A side of n pixels can be halved log2(n) times.
    let halvings = pixels.width.min(pixels.height).ilog2();
    let (irreversible, rate) = match compression {
        Compression::Lossless => (0, 0.0),
        Compression::Ratio(ratio) => (1, ratio),
    };
    let mut parameters = opj_cparameters_t::default();
    // An own comment, if an empty one: the default is allocated by Rust and freed by C.
    parameters.set_comment("");
    parameters.cblockw_init = code_blocks as _;
    parameters.cblockh_init = code_blocks as _;
    parameters.numresolution = MAX_RESOLUTIONS.min(halvings + 1) as _;
    parameters.tcp_numlayers = 1;
    parameters.cp_disto_alloc = 1;
    parameters.tcp_mct = i8::from(pixels.components == 3) as _;
    parameters.irreversible = irreversible;
    parameters.tcp_rates = rates(rate);
    parameters
}

/// The table of rates with that of the only layer filled in; 0 means lossless.
fn rates(only: f32) -> [f32; 100] {
    core::array::from_fn(|layer| if layer == 0 { only } else { 0.0 })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ramp(width: u32, height: u32, components: u32) -> Vec<u8> {
        (0..width * height * components)
            .map(|i| (i * 7 % 251) as u8)
            .collect()
    }

    #[test]
    fn every_small_size_gives_a_whole_codestream() {
        for (width, height, components) in [
            (1, 1, 1),
            (1, 64, 3),
            (3, 2, 3),
            (5, 700, 1),
            (33, 31, 3),
            (130, 64, 1),
        ] {
            let samples = ramp(width, height, components);
            let pixels = Pixels::new(width, height, components, &samples).unwrap();
            for compression in [Compression::Lossless, Compression::Ratio(8.0)] {
                let stream = encode(pixels, compression, CodeBlocks::Side64).unwrap();
                assert!(stream.starts_with(&[0xFF, 0x4F, 0xFF, 0x51]), "SOC SIZ");
                assert!(stream.ends_with(&[0xFF, 0xD9]), "EOC");
            }
        }
    }

    #[test]
    fn a_higher_ratio_gives_fewer_bytes() {
        let samples = ramp(256, 256, 3);
        let pixels = Pixels::new(256, 256, 3, &samples).unwrap();
        for code_blocks in [CodeBlocks::Side64, CodeBlocks::Side32, CodeBlocks::Side16] {
            let length = |ratio| {
                encode(pixels, Compression::Ratio(ratio), code_blocks)
                    .unwrap()
                    .len()
            };
            assert!(length(40.0) < length(10.0), "{code_blocks:?}");
        }
    }

    #[test]
    fn refuses_sizes_that_do_not_fit_the_samples() {
        for (width, height, components, samples) in [
            (0, 1, 1, 0),
            (2, 2, 1, 3),
            (2, 2, 3, 4),
            (2, 2, 2, 8),
            (MAX_SIDE + 1, 1, 1, MAX_SIDE as usize + 1),
        ] {
            let samples = vec![0; samples];
            let refused = Pixels::new(width, height, components, &samples).map(|_| ());
            assert!(matches!(refused, Err(Error::Misuse(_))), "{width}x{height}");
        }
    }
}
