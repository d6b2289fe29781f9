//! JPEG to a budget of bytes. Whole steps of quality are some percent apart, so the last step is
//! divided: frequencies from the lowest upwards get the quantiser of the better quality.

use super::encode_with;
use crate::image::Image;
use crate::{Error, Result};

/// Best quality that is tried: above it only the size grows.
const BEST_QUALITY: u8 = 95;

/// Entries of a table of quantisers.
const FREQUENCIES: usize = 64;

/// Quantisers of quality 50, by rows (ISO 10918-1 tables K.1 and K.2): luma, chroma.
#[rustfmt::skip]
const QUALITY_50: [[u16; FREQUENCIES]; 2] = [
    [
        16, 11, 10, 16,  24,  40,  51,  61,
        12, 12, 14, 19,  26,  58,  60,  55,
        14, 13, 16, 24,  40,  57,  69,  56,
        14, 17, 22, 29,  51,  87,  80,  62,
        18, 22, 37, 56,  68, 109, 103,  77,
        24, 35, 55, 64,  81, 104, 113,  92,
        49, 64, 78, 87, 103, 121, 120, 101,
        72, 92, 95, 98, 112, 100, 103,  99,
    ],
    [
        17, 18, 24, 47, 99, 99, 99, 99,
        18, 21, 26, 66, 99, 99, 99, 99,
        24, 26, 56, 99, 99, 99, 99, 99,
        47, 66, 99, 99, 99, 99, 99, 99,
        99, 99, 99, 99, 99, 99, 99, 99,
        99, 99, 99, 99, 99, 99, 99, 99,
        99, 99, 99, 99, 99, 99, 99, 99,
        99, 99, 99, 99, 99, 99, 99, 99,
    ],
];

/// Encodes as JPEG of the best quality that needs at most `max_bytes`: with 8,000 bytes or more for
/// a portrait, at least 99 % of them are used unless the best quality needs less.
///
/// # Errors
/// [`Error::DoesNotFit`] when even the worst quality is longer; else as
/// [`encode_jpeg`](super::encode_jpeg).
pub fn encode_jpeg_to_size(image: &Image, max_bytes: usize) -> Result<Vec<u8>> {
    let mut best = encode(image, 1, 0)?;
    if best.len() > max_bytes {
        return Err(Error::DoesNotFit {
            target: max_bytes,
            least: best.len(),
        });
    }
    let (mut fits, mut too_long) = (1, BEST_QUALITY + 1);
    while too_long - fits > 1 {
        let quality = fits.midpoint(too_long);
        let file = encode(image, quality, 0)?;
        if file.len() <= max_bytes {
            (fits, best) = (quality, file);
        } else {
            too_long = quality;
        }
    }
    if fits == BEST_QUALITY {
        return Ok(best);
    }
    let (mut least, mut most) = (0, FREQUENCIES);
    while most - least > 1 {
        let better = least.midpoint(most);
        let file = encode(image, fits, better)?;
        if file.len() <= max_bytes {
            (least, best) = (better, file);
        } else {
            most = better;
        }
    }
    Ok(best)
}

/// Encodes with the tables of a quality, but so many frequencies with those of the next one.
fn encode(image: &Image, quality: u8, better: usize) -> Result<Vec<u8>> {
    let tables = QUALITY_50.map(|table| {
        let quantisers = table.iter().enumerate().map(|(index, quantiser)| {
            let quality = if rank(index) < better {
                quality + 1
            } else {
                quality
            };
            scaled(*quantiser, quality)
        });
        let mut table = [1; FREQUENCIES];
        for (entry, quantiser) in table.iter_mut().zip(quantisers) {
            *entry = quantiser;
        }
        table
    });
    encode_with(image, quality, Some(tables))
}

/// The place of an entry among all, from the lowest frequency: by diagonals, then by rows.
fn rank(index: usize) -> usize {
    let place = |index: usize| (index / 8 + index % 8, index);
    (0..FREQUENCIES)
        .filter(|other| place(*other) < place(index))
        .count()
}

/// The quantiser of a quality from 1 to 100, by the rule of the Independent JPEG Group.
fn scaled(quantiser: u16, quality: u8) -> u16 {
    let quality = u32::from(quality);
    let percent = if quality < 50 {
        5_000 / quality.max(1)
    } else {
        200 - 2 * quality
    };
    ((u32::from(quantiser) * percent + 50) / 100).clamp(1, 255) as u16
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::image::{Colour, encode_jpeg};

    #[test]
    fn whole_steps_are_the_usual_qualities() {
        let samples = (0..48 * 40 * 3).map(|i| (i * 7 % 253) as u8).collect();
        let image = Image::new(Colour::Rgb8, 48, 40, samples).unwrap();
        for quality in [1, 10, 49, 50, 51, 75, 94] {
            let usual = encode_jpeg(&image, quality).unwrap();
            assert_eq!(encode(&image, quality, 0).unwrap(), usual, "{quality}");
            let next = encode_jpeg(&image, quality + 1).unwrap();
            assert_eq!(encode(&image, quality, FREQUENCIES).unwrap(), next);
        }
    }

    #[test]
    fn ranks_are_a_permutation_from_the_lowest_frequency() {
        let mut ranks: Vec<_> = (0..FREQUENCIES).map(rank).collect();
        assert_eq!(ranks[..3], [0, 1, 3]);
        ranks.sort_unstable();
        assert!(ranks.into_iter().eq(0..FREQUENCIES));
    }
}
