//! From pixels to a codestream.

use crate::allocation;
use crate::bin_widths::{self, BinWidths};
use crate::code;
use crate::coefficients::{Token, tokens};
use crate::filters::FilterBank;
use crate::header::Frame;
use crate::nistcom;
use crate::tree::{Region, SENT, SUBBANDS, subbands};
use crate::wavelet::{Plane, decompose};
use crate::{Error, Picture, Segment};

/// The first subbands of the second and the third block.
const SECOND_BLOCK: usize = 19;
const THIRD_BLOCK: usize = 52;
/// The encoder's number in the frame header.
const ENCODER: u8 = 2;
/// How often [`encode_to_size`] tries.
const TRIES: usize = 12;
/// Less than 32767, so that no rounding leads beyond it.
const MAX_COEFFICIENT: f32 = 32_700.0;
/// The lowest bit rate it tries.
const LEAST_BIT_RATE: f32 = 0.02;

/// How to encode.
#[derive(Clone, Debug, PartialEq)]
pub struct Options {
    /// Bits for each pixel that the bin widths are made for. 0.75 is the FBI's rate, about 15:1; 2.25 about 5:1. What comes of it is
    /// often smaller.
    pub bit_rate: f32,
    /// Pixels per inch, for the NISTCOM.
    pub ppi: Option<u16>,
    /// Names and values for the NISTCOM, behind those that describe the picture.
    pub fields: Vec<(String, String)>,
    /// Comments of their own, behind the NISTCOM.
    pub comments: Vec<Vec<u8>>,
    /// The number the FBI gave to the software; 0 if it has none.
    pub software: u16,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            bit_rate: 0.75,
            ppi: None,
            fields: Vec::new(),
            comments: Vec::new(),
            software: 0,
        }
    }
}

/// Encodes a picture.
///
/// # Errors
/// A comment does not fit, or the bit rate is no positive number.
pub fn encode(picture: &Picture<'_>, options: &Options) -> Result<Vec<u8>, Error> {
    Decomposed::new(picture).encode(options)
}

/// Encodes a picture into at most `budget` octets, at the highest bit rate up to that of the options.
///
/// # Errors
/// As [`encode`], or the budget is too small for any rate.
///
/// ```
/// use wsq_image::{Options, Picture, encode_to_size};
///
/// let pixels: Vec<u8> = (0..200 * 200).map(|i: u32| (i.wrapping_mul(2_654_435_761) >> 24) as u8).collect();
/// let picture = Picture::new(&pixels, 200, 200)?;
/// let options = Options { bit_rate: 2.25, ..Options::default() };
/// assert!(encode_to_size(&picture, &options, 5000)?.len() <= 5000);
/// # Ok::<(), wsq_image::Error>(())
/// ```
pub fn encode_to_size(
    picture: &Picture<'_>,
    options: &Options,
    budget: usize,
) -> Result<Vec<u8>, Error> {
    let decomposed = Decomposed::new(picture);
    let at_rate = |bit_rate: f32| {
        let options = Options {
            bit_rate,
            ..options.clone()
        };
        decomposed.encode(&options)
    };
    let first = at_rate(options.bit_rate)?;
    if first.len() <= budget {
        return Ok(first);
    }
    let (mut low, mut high) = (LEAST_BIT_RATE.min(options.bit_rate), options.bit_rate);
    let mut best = at_rate(low)?;
    if best.len() > budget {
        let least = best.len();
        return Err(Error::Budget { budget, least });
    }
    for _ in 0..TRIES {
        let rate = f32::midpoint(low, high);
        let tried = at_rate(rate)?;
        if tried.len() <= budget {
            (low, best) = (rate, tried);
        } else {
            high = rate;
        }
    }
    Ok(best)
}

/// A picture in its subbands, before a bit rate is chosen.
struct Decomposed {
    frame: Frame,
    samples: Vec<f32>,
    subbands: [Region; SUBBANDS],
    variances: [f32; SENT],
}

impl Decomposed {
    fn new(picture: &Picture<'_>) -> Self {
        let (shift, scale) = shift_and_scale(picture.pixels());
        let samples = picture.pixels().iter();
        let mut samples: Vec<f32> = samples
            .map(|&pixel| (f32::from(pixel) - shift) / scale)
            .collect();
        let (width, height) = (usize::from(picture.width()), usize::from(picture.height()));
        let mut plane = Plane {
            samples: &mut samples,
            width,
            height,
        };
        decompose(&mut plane, &FilterBank::analysis());
        let subbands = subbands(width, height);
        Self {
            frame: Frame {
                width: picture.width(),
                height: picture.height(),
                black: 0,
                white: 255,
                shift,
                scale,
                encoder: ENCODER,
                software: 0,
            },
            variances: allocation::variances(&samples, width, &subbands),
            samples,
            subbands,
        }
    }

    fn encode(&self, options: &Options) -> Result<Vec<u8>, Error> {
        let rate = options.bit_rate;
        let widths = self.widths(rate)?;
        let mut out = Segment::StartOfImage.marker().to_be_bytes().to_vec();
        let size = (self.frame.width, self.frame.height);
        let nistcom = nistcom::of_picture(size, options.ppi, rate, &options.fields)?;
        let comments = options.comments.iter().map(Vec::as_slice);
        for comment in [nistcom.as_bytes()].into_iter().chain(comments) {
            write_comment(comment, &mut out)?;
        }
        FilterBank::analysis().write(&mut out);
        bin_widths::write(&widths, &mut out);
        let frame = Frame {
            software: options.software,
            ..self.frame.clone()
        };
        frame.write(&mut out);
        let block = |first, end| self.block(&widths, first, end);
        let blocks = [
            block(0, SECOND_BLOCK),
            block(SECOND_BLOCK, THIRD_BLOCK),
            block(THIRD_BLOCK, SENT),
        ];
        write_blocks(&blocks, &mut out);
        out.extend(Segment::EndOfImage.marker().to_be_bytes());
        Ok(out)
    }

    /// The widths for a bit rate, all made wider where a coefficient would not fit 16 bits: that happens to pictures that are nearly
    /// the same everywhere.
    fn widths(&self, rate: f32) -> Result<[BinWidths; SENT], Error> {
        if !(rate.is_finite() && rate > 0.0) {
            return Err(Error::BitRate { rate });
        }
        let widths = allocation::bin_widths(&self.variances, rate);
        let mut largest = 0.0_f32;
        for (subband, widths) in self.sent(&widths, 0, SENT) {
            for row in self.rows(*subband) {
                let highest = row
                    .iter()
                    .fold(0.0_f32, |highest, value| highest.max(value.abs()));
                largest = largest.max(highest / widths.bin);
            }
        }
        let wider = largest / MAX_COEFFICIENT;
        Ok(if wider > 1.0 {
            widths.map(|widths| widths.wider(wider))
        } else {
            widths
        })
    }

    /// Those of the subbands that have a width.
    fn sent<'a>(
        &'a self,
        widths: &'a [BinWidths; SENT],
        first: usize,
        end: usize,
    ) -> impl Iterator<Item = (&'a Region, &'a BinWidths)> {
        let subbands = self.subbands.iter().zip(widths).take(end).skip(first);
        subbands.filter(|(_, widths)| widths.bin != 0.0)
    }

    fn rows(&self, region: Region) -> impl Iterator<Item = &[f32]> {
        let rows = self.samples.chunks(usize::from(self.frame.width));
        let rows = rows.skip(region.y).take(region.height);
        rows.map(move |row| {
            row.get(region.x..region.x + region.width)
                .unwrap_or_default()
        })
    }

    /// The tokens of some subbands.
    fn block(&self, widths: &[BinWidths; SENT], first: usize, end: usize) -> Vec<Token> {
        let mut coefficients = Vec::new();
        for (subband, widths) in self.sent(widths, first, end) {
            for row in self.rows(*subband) {
                coefficients.extend(row.iter().map(|&value| quantized(value, *widths)));
            }
        }
        tokens(&coefficients)
    }
}

/// The number of the bin, counted from the zero bin.
#[inline]
fn quantized(value: f32, widths: BinWidths) -> i16 {
    let half = widths.zero_bin / 2.0;
    let magnitude = value.abs();
    if magnitude <= half {
        return 0;
    }
    // Adding one and cutting off is cutting off and adding one: what is divided is not negative.
    let number = ((magnitude - half) / widths.bin) as i16 + 1;
    if value > 0.0 { number } else { -number }
}

/// The mean, and what brings the pixels into ±128.
fn shift_and_scale(pixels: &[u8]) -> (f32, f32) {
    let sum: u64 = pixels.iter().map(|&pixel| u64::from(pixel)).sum();
    let shift = sum as f32 / pixels.len() as f32;
    let low = pixels.iter().copied().min().unwrap_or(0);
    let high = pixels.iter().copied().max().unwrap_or(0);
    let scale = (shift - f32::from(low)).max(f32::from(high) - shift) / 128.0;
    // Of one grey: nothing is left to be divided.
    (shift, if low == high { 1.0 } else { scale })
}

fn write_comment(comment: &[u8], out: &mut Vec<u8>) -> Result<(), Error> {
    let len = comment.len();
    let length = u16::try_from(len + 2).map_err(|_| Error::CommentTooLong { len })?;
    out.extend(Segment::Comment.marker().to_be_bytes());
    out.extend(length.to_be_bytes());
    out.extend(comment);
    Ok(())
}

/// The first block has a table of its own, the others share one.
fn write_blocks([first, second, third]: &[Vec<Token>; 3], out: &mut Vec<u8>) {
    let table = code::Encoder::new(first);
    table.write_table(0, out);
    table.write_block(0, first, out);
    let table = code::Encoder::new(second.iter().chain(third));
    table.write_table(1, out);
    table.write_block(1, second, out);
    table.write_block(1, third, out);
}
