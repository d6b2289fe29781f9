//! What compression did to a picture: measures of our own, by the file's tables and by the pixels.
//! The standard's measure (4A) is a network.

use super::sharpness::grey;
use crate::{FaceBox, Picture};

/// The luminance quantisation table that ITU-T T.81 Annex K gives as an example, in zigzag order; the
/// scale of "quality" of the IJG's library is a factor to it.
const EXAMPLE: [u16; 64] = [
    16, 11, 12, 14, 12, 10, 16, 14, 13, 14, 18, 17, 16, 19, 24, 40, 26, 24, 22, 22, 24, 49, 35, 37,
    29, 40, 58, 51, 61, 60, 57, 51, 56, 55, 64, 72, 92, 78, 64, 68, 87, 69, 55, 56, 80, 109, 81,
    87, 95, 98, 103, 104, 103, 62, 77, 113, 121, 112, 100, 120, 92, 101, 103, 99,
];

/// Most pixels along a side that blockiness is looked for in.
const MOST_SIDE: u32 = 1024;
/// Side of the blocks of JPEG.
const BLOCK: usize = 8;

/// The luminance quantisation table of a JPEG file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct JpegTable([u16; 64]);

impl JpegTable {
    /// The first table of a file; none when the file is no JPEG or ends before it.
    #[must_use]
    pub fn of(file: &[u8]) -> Option<Self> {
        let mut rest = file.strip_prefix(&[0xFF, 0xD8])?;
        loop {
            let (&[0xFF, marker, high, low], after) = rest.split_first_chunk()? else {
                return None;
            };
            let length = usize::from(u16::from_be_bytes([high, low])).checked_sub(2)?;
            let (segment, next) = after.split_at_checked(length)?;
            match marker {
                0xDB => return Self::read(segment),
                0xDA | 0xD9 => return None,
                _ => rest = next,
            }
        }
    }

    fn read(segment: &[u8]) -> Option<Self> {
        let (&kind, values) = segment.split_first()?;
        let wide = kind >> 4 != 0;
        let mut values = values.iter().copied();
        let mut table = [0; 64];
        for entry in &mut table {
            let first = u16::from(values.next()?);
            *entry = if wide {
                first << 8 | u16::from(values.next()?)
            } else {
                first
            };
        }
        Some(Self(table))
    }

    /// The quality, 0 to 100, on the scale of the IJG's library whose table is nearest to this one.
    #[must_use]
    pub fn quality(&self) -> f64 {
        let ratios = self
            .0
            .iter()
            .zip(EXAMPLE)
            .map(|(&found, example)| f64::from(found) / f64::from(example));
        let percent = ratios.sum::<f64>() / 64.0 * 100.0;
        let quality = if percent <= 100.0 {
            (200.0 - percent) / 2.0
        } else {
            5000.0 / percent
        };
        quality.clamp(0.0, 100.0)
    }
}

/// Sums of the steps between neighbours, by the step's place modulo eight.
#[derive(Default)]
struct Steps {
    sums: [u64; BLOCK],
    counts: [u64; BLOCK],
}

impl Steps {
    fn add(&mut self, place: usize, one: u8, other: u8) {
        let at = place % BLOCK;
        if let (Some(sum), Some(count)) = (self.sums.get_mut(at), self.counts.get_mut(at)) {
            *sum += u64::from(one.abs_diff(other));
            *count += 1;
        }
    }

    /// The largest mean step by the mean of the other seven.
    fn ratio(&self) -> Option<f64> {
        let means = self
            .sums
            .iter()
            .zip(&self.counts)
            .map(|(&sum, &count)| sum as f64 / count.max(1) as f64);
        let (most, sum) = means.fold((0.0_f64, 0.0), |(most, sum), mean| {
            (most.max(mean), sum + mean)
        });
        let others = (sum - most) / (BLOCK - 1) as f64;
        (others > 0.0).then(|| most / others)
    }
}

/// Steps at the borders of a grid of 8 × 8 by the steps elsewhere, inside of a face's box: about 1
/// without a grid. None for a plain surface.
pub(crate) fn blockiness(picture: &Picture, around: &FaceBox) -> Option<f64> {
    let centre = |start: f32, length: f32, whole: u32| {
        let middle = (start + length / 2.0).clamp(0.0, whole as f32);
        let side = (length.max(0.0) as u32).min(MOST_SIDE).min(whole);
        let first = (middle as u32).saturating_sub(side / 2).min(whole - side);
        (first, side)
    };
    let (left, width) = centre(around.left, around.width, picture.width());
    let (top, height) = centre(around.top, around.height, picture.height());
    let (mut across, mut down) = (Steps::default(), Steps::default());
    let (mut above, mut line): (Vec<u8>, Vec<u8>) =
        (Vec::new(), Vec::with_capacity(width as usize));
    for y in top..top + height {
        line.clear();
        let pixels = picture
            .row(y)
            .as_chunks::<3>()
            .0
            .get(left as usize..(left + width) as usize)?;
        line.extend(pixels.iter().map(|&pixel| grey(pixel)));
        for (x, pair) in line.array_windows::<2>().enumerate() {
            across.add(x, pair[0], pair[1]);
        }
        for (&upper, &lower) in above.iter().zip(&line) {
            down.add(y as usize, upper, lower);
        }
        core::mem::swap(&mut above, &mut line);
    }
    Some(f64::midpoint(across.ratio()?, down.ratio()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file(table: &[u8]) -> Vec<u8> {
        let mut file = vec![0xFF, 0xD8, 0xFF, 0xE0, 0, 4, 1, 2, 0xFF, 0xDB, 0, 67, 0];
        file.extend_from_slice(table);
        file
    }

    /// Tables as the IJG's library scales the example: (entry · scale + 50) / 100, 1 to 255.
    fn scaled(quality: u16) -> Vec<u8> {
        let scale = if quality < 50 {
            5000 / quality
        } else {
            200 - 2 * quality
        };
        EXAMPLE
            .iter()
            .map(|entry| ((entry * scale + 50) / 100).clamp(1, 255) as u8)
            .collect()
    }

    #[test]
    fn tables_tell_their_quality() {
        for quality in [10, 25, 50, 75, 85, 95, 100] {
            let table = JpegTable::of(&file(&scaled(quality))).unwrap();
            let found = table.quality();
            assert!(
                (found - f64::from(quality)).abs() < 3.0,
                "{quality}: {found}"
            );
        }
    }

    #[test]
    fn what_has_no_table_has_none() {
        let whole = file(&scaled(75));
        for end in 0..whole.len() {
            assert_eq!(JpegTable::of(&whole[..end]), None, "{end} bytes");
        }
        for bytes in [
            &b"\x89PNG\r\n"[..],
            &[0xFF, 0xD8, 0xFF, 0xDA, 0, 2],
            &[0xFF, 0xD8, 0xFF, 0xE0, 0, 1],
        ] {
            assert_eq!(JpegTable::of(bytes), None, "{bytes:02X?}");
        }
    }

    #[test]
    fn a_grid_of_blocks_is_seen_wherever_it_begins() {
        let check = |pixel: fn(u32, u32) -> u32, want: Option<std::ops::Range<f64>>| {
            let rgb = (0..96 * 96)
                .flat_map(|at| [pixel(at % 96, at / 96) as u8; 3])
                .collect();
            let picture = Picture::new(rgb, 96, 96).unwrap();
            let whole = FaceBox {
                left: -5.0,
                top: 0.0,
                width: 200.0,
                height: 96.0,
                confidence: 1.0,
            };
            let found = blockiness(&picture, &whole);
            match want {
                None => assert_eq!(found, None),
                Some(range) => assert!(range.contains(&found.unwrap()), "{found:?}, not {range:?}"),
            }
        };
        check(|_, _| 90, None);
        check(|x, y| x + y, Some(0.9..1.2));
        check(
            |x, y| (x / 8 * 8) + (y / 8 * 8) + x % 2 + y % 2,
            Some(6.0..10.0),
        );
        check(
            |x, y| ((x + 3) / 8 * 8) + ((y + 5) / 8 * 8) + x % 2 + y % 2,
            Some(6.0..10.0),
        );
    }
}
