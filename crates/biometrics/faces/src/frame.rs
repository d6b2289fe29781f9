//! Reading a picture at any place, scale and angle.

use crate::{Picture, Point};

/// A square of the picture, turned: what a network looks at.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Square {
    pub(crate) centre: Point,
    /// Side, in pixels.
    pub(crate) side: f32,
    /// Where its rightward edge points: a vector of length one.
    pub(crate) right: Point,
}

impl Square {
    pub(crate) const LEVEL: Point = Point::new(1.0, 0.0);

    /// From the square's own coordinates (0 to 1) to the picture's.
    pub(crate) fn place(&self, u: f32, v: f32) -> Point {
        let (along, down) = ((u - 0.5) * self.side, (v - 0.5) * self.side);
        Point::new(
            self.centre.x + along * self.right.x - down * self.right.y,
            self.centre.y + along * self.right.y + down * self.right.x,
        )
    }

    /// The direction from one point to another; level when they are the same.
    pub(crate) fn direction(from: Point, to: Point) -> Point {
        let length = from.distance(to);
        if length > 0.0 && length.is_finite() {
            Point::new((to.x - from.x) / length, (to.y - from.y) / length)
        } else {
            Self::LEVEL
        }
    }
}

/// The smallest whole factor that brings the longer side down to `longest`.
pub(crate) fn factor(picture: &Picture, longest: u32) -> u32 {
    picture
        .width()
        .max(picture.height())
        .div_ceil(longest)
        .max(1)
}

/// A picture whose pixels are the means of `factor × factor` pixels; odd rows and columns at the end
/// are left out. One pixel of it is `factor` pixels of the original.
#[derive(Debug)]
pub(crate) struct Frame {
    width: usize,
    height: usize,
    factor: f32,
    /// Red, green, blue and nothing, 0 to 255.
    pixels: Vec<[f32; 4]>,
}

impl Frame {
    pub(crate) fn new(picture: &Picture, factor: u32) -> Self {
        let step = factor.max(1) as usize;
        let width = (picture.width() as usize / step).max(1);
        let height = (picture.height() as usize / step).max(1);
        let mut pixels = Vec::with_capacity(width * height);
        let mut sums = vec![[0u32; 3]; width];
        for y in 0..height {
            sums.fill([0; 3]);
            for dy in 0..step {
                let row = picture.row((y * step + dy) as u32);
                for (sum, block) in sums.iter_mut().zip(row.chunks(step * 3)) {
                    add_block(sum, block);
                }
            }
            let share = 1.0 / (step * step) as f32;
            let means = sums
                .iter()
                .map(|[r, g, b]| [*r as f32 * share, *g as f32 * share, *b as f32 * share, 0.0]);
            pixels.extend(means);
        }
        Self {
            width,
            height,
            factor: step as f32,
            pixels,
        }
    }

    /// Colour of a place given in pixels of the original picture, between the four nearest pixels;
    /// `None` where there is no picture.
    #[inline]
    pub(crate) fn colour(&self, at: Point) -> Option<[f32; 4]> {
        let (x, y) = (at.x / self.factor - 0.5, at.y / self.factor - 0.5);
        let (right, bottom) = (self.width as f32 - 0.5, self.height as f32 - 0.5);
        if !(x >= -0.5 && y >= -0.5 && x <= right && y <= bottom) {
            return None;
        }
        let (x, y) = (x.max(0.0), y.max(0.0));
        let (left, top) = (x as usize, y as usize);
        let (dx, dy) = (x - left as f32, y - top as f32);
        let next = |at: usize, side: usize| (at + 1).min(side - 1);
        let (left, top) = (left.min(self.width - 1), top.min(self.height - 1));
        let (after, below) = (next(left, self.width), next(top, self.height));
        let pixel = |x: usize, y: usize| self.pixels.get(y * self.width + x);
        let (a, b) = (pixel(left, top)?, pixel(after, top)?);
        let (c, d) = (pixel(left, below)?, pixel(after, below)?);
        let mut colour = [0.0; 4];
        for ((((to, a), b), c), d) in colour.iter_mut().zip(a).zip(b).zip(c).zip(d) {
            let (upper, lower) = (a + (b - a) * dx, c + (d - c) * dx);
            *to = upper + (lower - upper) * dy;
        }
        Some(colour)
    }

    /// Colour of a place, or of the nearest place that the picture has.
    pub(crate) fn nearest(&self, at: Point) -> [f32; 4] {
        let (right, bottom) = (
            self.width as f32 * self.factor,
            self.height as f32 * self.factor,
        );
        let place = Point::new(at.x.clamp(0.0, right), at.y.clamp(0.0, bottom));
        self.colour(place).unwrap_or_default()
    }

    /// The same with half the sides: the means of 2 × 2 pixels.
    fn halved(&self) -> Self {
        let (width, height) = ((self.width / 2).max(1), (self.height / 2).max(1));
        let mut pixels = Vec::with_capacity(width * height);
        for rows in self.pixels.chunks_exact(self.width * 2) {
            let (upper, lower) = rows.split_at(self.width);
            let pairs = upper
                .as_chunks::<2>()
                .0
                .iter()
                .zip(lower.as_chunks::<2>().0);
            pixels.extend(pairs.map(|([a, b], [c, d])| mean(a, b, c, d)));
        }
        Self {
            width,
            height,
            factor: self.factor * 2.0,
            pixels,
        }
    }
}

fn mean(a: &[f32; 4], b: &[f32; 4], c: &[f32; 4], d: &[f32; 4]) -> [f32; 4] {
    let mut mean = [0.0; 4];
    for ((((to, a), b), c), d) in mean.iter_mut().zip(a).zip(b).zip(c).zip(d) {
        *to = ((a + b) + (c + d)) * 0.25;
    }
    mean
}

/// A frame and its halves, so that a small copy of any part of the picture needs few places of it.
#[derive(Debug)]
pub(crate) struct Pyramid {
    levels: Vec<Frame>,
}

/// The coarsest level is read of which at most this many places of a copy share a pixel.
const COARSEST: f32 = 1.0 / 0.75;
/// Levels are made as long as both sides are at least twice this.
const LEAST_SIDE: usize = 64;

impl Pyramid {
    pub(crate) fn new(finest: Frame) -> Self {
        let mut levels = vec![finest];
        while let Some(last) = levels
            .last()
            .filter(|last| last.width.min(last.height) >= 2 * LEAST_SIDE)
        {
            levels.push(last.halved());
        }
        Self { levels }
    }

    /// A square as `side × side × 3` values, black (0) outside the picture; each value is
    /// `scale × colour + offset`.
    pub(crate) fn square(&self, square: &Square, side: usize, scale: f32, offset: f32) -> Vec<f32> {
        let shrink = |frame: &Frame| square.side / (frame.factor * side as f32);
        let coarser = self
            .levels
            .iter()
            .skip(1)
            .take_while(|frame| shrink(frame) * COARSEST >= 1.0);
        let Some(frame) = coarser.last().or(self.levels.first()) else {
            return Vec::new();
        };
        let taps = (shrink(frame).round() as usize).clamp(1, MAX_TAPS);
        let total = (side * taps) as f32;
        let share = scale / (taps * taps) as f32;
        let mut values = Vec::with_capacity(side * side * 3);
        for (y, x) in (0..side).flat_map(|y| (0..side).map(move |x| (y, x))) {
            let mut sum = [0.0f32; 4];
            for (dy, dx) in (0..taps).flat_map(|dy| (0..taps).map(move |dx| (dy, dx))) {
                let u = ((x * taps + dx) as f32 + 0.5) / total;
                let v = ((y * taps + dy) as f32 + 0.5) / total;
                let found = frame.colour(square.place(u, v)).unwrap_or_default();
                for (sum, value) in sum.iter_mut().zip(found) {
                    *sum += value;
                }
            }
            values.extend(sum.iter().take(3).map(|sum| sum * share + offset));
        }
        values
    }
}

/// More places than this along a side are not averaged for one value.
const MAX_TAPS: usize = 4;

fn add_block(sum: &mut [u32; 3], block: &[u8]) {
    let (pixels, _) = block.as_chunks::<3>();
    for pixel in pixels {
        for (sum, value) in sum.iter_mut().zip(pixel) {
            *sum += u32::from(*value);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ramp(width: u32, height: u32) -> Picture {
        let pixels = (0..height).flat_map(|y| (0..width).flat_map(move |x| [x as u8, y as u8, 7]));
        Picture::new(pixels.collect(), width, height).unwrap()
    }

    #[test]
    fn a_ramp_stays_a_ramp_at_every_factor() {
        let picture = ramp(120, 90);
        for factor in [1, 2, 3, 7] {
            let frame = Frame::new(&picture, factor);
            for (x, y) in [(20.5, 30.5), (60.0, 41.25), (77.3, 50.0)] {
                let [r, g, b, _] = frame.colour(Point::new(x, y)).unwrap();
                assert!((r - (x - 0.5)).abs() < 0.01, "{factor}: {r} at {x}");
                assert!((g - (y - 0.5)).abs() < 0.01, "{factor}: {g} at {y}");
                assert_eq!(b, 7.0);
            }
        }
    }

    #[test]
    fn outside_is_nothing() {
        let frame = Frame::new(&ramp(64, 48), 1);
        for (x, y) in [
            (-0.1, 5.0),
            (64.1, 5.0),
            (5.0, -0.1),
            (5.0, 48.1),
            (f32::NAN, 1.0),
        ] {
            assert_eq!(frame.colour(Point::new(x, y)), None, "{x} {y}");
        }
        assert!(frame.colour(Point::new(64.0, 48.0)).is_some());
        assert!(frame.colour(Point::new(0.0, 0.0)).is_some());
    }

    #[test]
    fn a_turned_square_reads_turned() {
        let frame = Pyramid::new(Frame::new(&ramp(64, 64), 1));
        let square = Square {
            centre: Point::new(32.0, 32.0),
            side: 16.0,
            right: Point::new(0.0, 1.0),
        };
        let values = frame.square(&square, 16, 1.0, 0.0);
        // Its first row runs down the picture, along the column 8 pixels right of the centre.
        assert_eq!(
            values.get(..6),
            Some(&[39.0, 24.0, 7.0, 39.0, 25.0, 7.0][..])
        );
    }
}
