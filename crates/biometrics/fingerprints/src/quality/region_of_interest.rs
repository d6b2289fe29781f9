use super::blocks::BLOCK;
use super::frame::Frame;
use super::smoothing::{binarized, blur, eroded};

/// Width of the first blur, which joins the ridges.
const RIDGES_JOINED: usize = 41;
/// Width of the second blur, which smooths the outline.
const OUTLINE_SMOOTHED: usize = 91;

const FINGER: u8 = 0;
const GROUND: u8 = 255;
/// Ground that has been seen to reach the edge.
const OUTSIDE: u8 = 1;
/// A blob of finger that has been measured.
const MEASURED: u8 = 2;

/// Where the finger is (NFIQ 2.3: region of interest).
pub(super) struct RegionOfInterest {
    /// Its pixels.
    pub(super) pixels: u32,
    /// Their mean grey level; 255 without any.
    pub(super) mean: f64,
    /// Whether each block of the outer grid has a pixel of it, row by row; see [`counts_without_finger`].
    pub(super) blocks: Vec<bool>,
}

impl RegionOfInterest {
    pub(super) fn of(frame: &Frame) -> Self {
        let ridges = binarized(&blur(
            &eroded(frame.pixels(), frame.width),
            frame.width,
            RIDGES_JOINED,
        ));
        let outline = binarized(&blur(&ridges, frame.width, OUTLINE_SMOOTHED));
        let mask = Mask::of(&outline, frame.width)
            .without_holes()
            .largest_blob();
        let (mut pixels, mut sum) = (0, 0_u64);
        let corners = (0..frame.height)
            .step_by(BLOCK)
            .flat_map(|y| (0..frame.width).step_by(BLOCK).map(move |x| (x, y)));
        let sizes = corners.map(|(x, y)| BLOCK.min(frame.width - x) * BLOCK.min(frame.height - y));
        let mut blocks: Vec<bool> = sizes.map(counts_without_finger).collect();
        let rows = frame.pixels().chunks_exact(frame.width).zip(mask.rows());
        for (y, (greys, row)) in rows.enumerate() {
            let line = blocks
                .chunks_exact_mut(frame.width.div_ceil(BLOCK))
                .nth(y / BLOCK)
                .unwrap_or_default();
            for ((greys, row), block) in greys.chunks(BLOCK).zip(row.chunks(BLOCK)).zip(line) {
                for (&grey, _) in greys.iter().zip(row).filter(|&(_, &mark)| mark == FINGER) {
                    pixels += 1;
                    sum += u64::from(grey);
                    *block = true;
                }
            }
        }
        let mean = if pixels == 0 {
            255.0
        } else {
            sum as f64 / f64::from(pixels)
        };
        Self {
            pixels,
            mean,
            blocks,
        }
    }
}

/// Whether the reference takes a block of so many pixels for one of the finger although none of them is: it looks for a mean below
/// white, and means of some sizes of block round to just below.
fn counts_without_finger(pixels: usize) -> bool {
    let white = f64::from(GROUND);
    white * pixels as f64 * (1.0 / pixels as f64) < white
}

/// Finger and ground, with a ring of ground around so that nothing reaches beyond.
struct Mask {
    marks: Vec<u8>,
    /// Columns, the ring included.
    width: usize,
}

impl Mask {
    fn of(outline: &[u8], width: usize) -> Self {
        let line = || core::iter::repeat_n(GROUND, width + 2);
        let rows = outline.chunks_exact(width.max(1)).flat_map(|row| {
            [GROUND]
                .into_iter()
                .chain(row.iter().copied())
                .chain([GROUND])
        });
        Self {
            marks: line().chain(rows).chain(line()).collect(),
            width: width + 2,
        }
    }

    /// The rows without the ring.
    fn rows(&self) -> impl Iterator<Item = &[u8]> {
        let last = (self.marks.len() / self.width).saturating_sub(2);
        let rows = self.marks.chunks_exact(self.width).skip(1).take(last);
        rows.map(|row| row.get(1..self.width - 1).unwrap_or_default())
    }

    /// Ground that does not reach the edge becomes finger.
    fn without_holes(mut self) -> Self {
        self.flood(0, GROUND, OUTSIDE);
        for mark in &mut self.marks {
            *mark = if *mark == OUTSIDE { GROUND } else { FINGER };
        }
        self
    }

    /// Only the blob with the largest bounding box stays finger, the first of equals.
    fn largest_blob(mut self) -> Self {
        let mut largest = None;
        let mut from = 0;
        while let Some(place) = self
            .marks
            .iter()
            .skip(from)
            .position(|&mark| mark == FINGER)
        {
            let seed = from + place;
            let area = self.flood(seed, FINGER, MEASURED);
            if largest.is_none_or(|(_, most)| area > most) {
                largest = Some((seed, area));
            }
            from = seed + 1;
        }
        if let Some((seed, _)) = largest {
            self.flood(seed, MEASURED, FINGER);
        }
        self
    }

    /// Marks all that hangs together with `seed` over the four sides, and tells the area of its bounding box.
    fn flood(&mut self, seed: usize, from: u8, to: u8) -> usize {
        let width = self.width;
        let (mut left, mut right, mut top, mut bottom) = (usize::MAX, 0, usize::MAX, 0);
        let mut open = vec![seed];
        while let Some(place) = open.pop() {
            let Some(mark) = self.marks.get_mut(place).filter(|mark| **mark == from) else {
                continue;
            };
            *mark = to;
            let (x, y) = (place % width, place / width);
            (left, right) = (left.min(x), right.max(x));
            (top, bottom) = (top.min(y), bottom.max(y));
            // From the ring's corners one place wraps into the next row of the ring, which is ground too.
            for next in [
                place.wrapping_sub(1),
                place + 1,
                place.wrapping_sub(width),
                place + width,
            ] {
                if self.marks.get(next) == Some(&from) {
                    open.push(next);
                }
            }
        }
        if right < left {
            0
        } else {
            (right - left + 1) * (bottom - top + 1)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(picture: [&str; 5], holes_closed: [&str; 5], largest: [&str; 5]) {
        let marks = |lines: [&str; 5]| {
            lines
                .concat()
                .bytes()
                .map(|c| if c == b'#' { FINGER } else { GROUND })
                .collect::<Vec<u8>>()
        };
        let width = picture[0].len();
        let mask = Mask::of(&marks(picture), width).without_holes();
        assert_eq!(
            mask.rows().collect::<Vec<_>>().concat(),
            marks(holes_closed)
        );
        let rows: Vec<u8> = mask.largest_blob().rows().collect::<Vec<_>>().concat();
        let rows: Vec<u8> = rows
            .into_iter()
            .map(|mark| if mark == FINGER { FINGER } else { GROUND })
            .collect();
        assert_eq!(rows, marks(largest));
    }

    #[test]
    fn a_white_block_counts_where_its_mean_rounds_down() {
        let sizes = (1..=1024).filter(|&pixels| counts_without_finger(pixels));
        assert_eq!(sizes.take(3).collect::<Vec<_>>(), [49, 98, 103]);
        assert!(!counts_without_finger(BLOCK * BLOCK));
    }

    #[test]
    fn holes_are_closed_and_small_blobs_dropped() {
        check(
            ["####..#", "#...#.#", "#.#..##", "#.##...", "......#"],
            ["####..#", "#...#.#", "#.#..##", "#.##...", "......#"],
            ["####...", "#......", "#......", "#......", "......."],
        );
        check(
            ["###....", "#.##...", "##.#...", ".###...", "......."],
            ["###....", "####...", "####...", ".###...", "......."],
            ["###....", "####...", "####...", ".###...", "......."],
        );
        check(["......."; 5], ["......."; 5], ["......."; 5]);
        check(["#######"; 5], ["#######"; 5], ["#######"; 5]);
    }
}
