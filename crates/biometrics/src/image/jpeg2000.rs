mod codestream;
mod jp2;
mod parts;
mod style;

use std::ops::RangeInclusive;

use hayro_jpeg2000::{ColorSpace, DecodeSettings, DecoderContext};
use jpeg2000_encoder::{CodeBlocks, Compression, Pixels};

use self::codestream::Codestream;
use super::decode::opaque_row;
use super::{Colour, Image, ImageFormat, reduction, sniff};
use crate::{Error, Result};

/// How close [`encode_jpeg2000`] comes to its target from below: one part in this many.
const TOLERANCE: usize = 100;

/// How often a search corrects what it asks the encoder for. Two are usual.
const MAX_TRIALS: usize = 7;

/// Encodes as JP2 (irreversible 9/7) of at most `target_bytes`, and at least 99 % of that unless
/// the image needs less even without loss.
///
/// # Errors
/// [`Error::DoesNotFit`] when the coarsest encoding is longer, [`Error::Misuse`] when a side is
/// above [`jpeg2000_encoder::MAX_SIDE`].
pub fn encode_jpeg2000(image: &Image, target_bytes: usize) -> Result<Vec<u8>> {
    let wrapping = jp2::wrap(image, &[]).len();
    let budget = target_bytes.saturating_sub(wrapping);
    let within = budget - budget / TOLERANCE..=budget;
    let search = Search::run(image, within.clone(), CodeBlocks::Side64)?;
    let mut best = search.best.ok_or(Error::DoesNotFit {
        target: target_bytes,
        least: search.least.saturating_add(wrapping),
    })?;
    if best.len() < *within.start() && search.low == search.raw {
        let lossless = encode_codestream(image, Compression::Lossless, CodeBlocks::Side64)?;
        if lossless.len() <= budget {
            return Ok(jp2::wrap(image, &lossless));
        }
    }
    // Flat pictures come in coarse steps of size; smaller blocks make the steps finer.
    for code_blocks in [CodeBlocks::Side32, CodeBlocks::Side16] {
        if !within.contains(&best.len()) {
            let search = Search::run(image, within.clone(), code_blocks)?;
            best = search
                .best
                .filter(|found| found.len() > best.len())
                .unwrap_or(best);
        }
    }
    Ok(jp2::wrap(image, &best))
}

/// Encodes as JP2 without loss (reversible 5/3).
///
/// # Errors
/// [`Error::Misuse`] when a side is above [`jpeg2000_encoder::MAX_SIDE`].
pub fn encode_jpeg2000_lossless(image: &Image) -> Result<Vec<u8>> {
    let codestream = encode_codestream(image, Compression::Lossless, CodeBlocks::Side64)?;
    Ok(jp2::wrap(image, &codestream))
}

pub(super) fn dimensions(data: &[u8]) -> Result<(u32, u32)> {
    let size = Codestream::locate(data)?.size()?;
    Ok((size.width, size.height))
}

/// Whether a JPEG 2000 file was encoded by the reversible 5/3 wavelet, which loses nothing unless
/// the encoder left something out (ISO 15444-1 §A.6.1).
///
/// # Errors
/// [`Error::Malformed`] when there is no coding style in the main header.
pub fn is_reversible_jpeg2000(data: &[u8]) -> Result<bool> {
    Codestream::locate(data)?.is_reversible()
}

pub(super) fn decode(data: &[u8], most_pixels: u64) -> Result<Image> {
    let codestream = Codestream::locate(data)?;
    let size = codestream.size()?;
    size.check_limits()?;
    codestream.check_complete()?;
    codestream.check_parts(&size)?;
    let factor = reduction::factor(size.width, size.height, most_pixels);
    let settings = DecodeSettings {
        // Wavelets give smaller pictures for the asking, as far as there are decompositions.
        target_resolution: (factor > 1).then(|| (size.width / factor, size.height / factor)),
        ..DecodeSettings::default()
    };
    let file =
        hayro_jpeg2000::Image::new(data, &settings).map_err(|source| undecodable(data, source))?;
    if file.width() > size.width || file.height() > size.height {
        return Err(Error::Malformed {
            what: "JPEG 2000 of one size",
            at: codestream.at(),
        });
    }
    let colour = match file.color_space() {
        ColorSpace::Gray
        | ColorSpace::Icc {
            num_channels: 1, ..
        } => Colour::Grey8,
        ColorSpace::RGB
        | ColorSpace::Icc {
            num_channels: 3, ..
        } => Colour::Rgb8,
        _ => return Err(Error::Unsupported("a JPEG 2000 that is not grey or RGB")),
    };
    let mut context = DecoderContext::default();
    let decoded = file
        .decode(&mut context)
        .map_err(|source| undecodable(data, source))?;
    let mut samples = decoded.data_u8();
    if file.has_alpha() {
        samples = opaque_row(&samples, colour.channels() as usize + 1)?;
    }
    let image =
        Image::new(colour, file.width(), file.height(), samples).map_err(|_| Error::Malformed {
            what: "JPEG 2000 components of one size",
            at: codestream.at(),
        })?;
    let done = (size.width / image.width).max(1);
    let image = image.with_reduced_ppi(jp2::resolution(data), done);
    let left = reduction::factor(image.width, image.height, most_pixels);
    image.reduced(left)
}

/// The search for the size to ask the encoder for: what comes is near it, above or below.
struct Search {
    /// Bytes of the samples.
    raw: usize,
    /// Where the length of the codestream shall be.
    within: RangeInclusive<usize>,
    asked: usize,
    /// The largest size asked for whose codestream was not too long.
    low: usize,
    /// The smallest size asked for whose codestream was too long.
    high: usize,
    /// The longest codestream that was not too long.
    best: Option<Vec<u8>>,
    /// The length of the shortest codestream.
    least: usize,
}

impl Search {
    /// Encodes until the length is as wanted, or as near as it can be.
    fn run(image: &Image, within: RangeInclusive<usize>, code_blocks: CodeBlocks) -> Result<Self> {
        let mut search = Self::new(image.samples.len(), within);
        for _ in 0..MAX_TRIALS {
            let compression = Compression::Ratio(search.raw as f32 / search.asked as f32);
            search.record(encode_codestream(image, compression, code_blocks)?);
            if search.is_over() {
                break;
            }
        }
        Ok(search)
    }

    fn new(raw: usize, within: RangeInclusive<usize>) -> Self {
        Self {
            raw,
            asked: middle(&within).clamp(1, raw),
            within,
            low: 0,
            high: raw + 1,
            best: None,
            least: usize::MAX,
        }
    }

    /// Takes what came and decides what to ask for next: in proportion, or half-way when that
    /// would repeat a question.
    fn record(&mut self, codestream: Vec<u8>) {
        let length = codestream.len();
        self.least = self.least.min(length);
        let proportional = self.asked as f64 * middle(&self.within) as f64 / length as f64;
        let proportional = (proportional as usize).min(self.raw);
        if length <= *self.within.end() {
            self.low = self.asked;
            if self.best.as_ref().is_none_or(|best| best.len() < length) {
                self.best = Some(codestream);
            }
        } else {
            self.high = self.asked;
        }
        let open = self.low + 1..self.high;
        self.asked = if open.contains(&proportional) {
            proportional
        } else {
            self.low.midpoint(self.high)
        };
    }

    fn is_over(&self) -> bool {
        let found = self.best.as_ref().map(Vec::len);
        found.is_some_and(|length| self.within.contains(&length)) || self.high - self.low <= 1
    }
}

fn middle(range: &RangeInclusive<usize>) -> usize {
    range.start().midpoint(*range.end())
}

fn encode_codestream(
    image: &Image,
    compression: Compression,
    code_blocks: CodeBlocks,
) -> Result<Vec<u8>> {
    Pixels::new(
        image.width,
        image.height,
        image.colour.channels(),
        &image.samples,
    )
    .and_then(|pixels| jpeg2000_encoder::encode(pixels, compression, code_blocks))
    .map_err(|_| Error::Misuse("an image that JPEG 2000 cannot hold"))
}

fn undecodable(data: &[u8], source: hayro_jpeg2000::DecodeError) -> Error {
    Error::Undecodable {
        format: sniff(data).unwrap_or(ImageFormat::Jpeg2000Codestream),
        source: Box::new(source),
    }
}
