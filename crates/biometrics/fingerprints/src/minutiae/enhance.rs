//! A picture of even contrast, and the same with its ridges filtered along their direction.

use core::f32::consts::TAU;

use super::ridges::{BLOCK, Ridges};
use crate::plane::Plane;

/// Half the side of the square over which contrast is evened, in pixels.
const NEIGHBOURHOOD: usize = 14;
/// Grey levels that are noise: contrast below it is not raised to full.
const NOISE: f32 = 6.0;
/// Radius of the filter in pixels.
const RADIUS: usize = 10;
/// Samples of the filter in a line.
const TAPS: usize = 2 * RADIUS + 1;
/// Pixels of a line that a block's filter needs.
const SPAN: usize = BLOCK + 2 * RADIUS;
/// Deviation of the filter's Gaussian, in ridge periods.
const DEVIATION: f32 = 0.45;

/// Mean 0 and deviation about 1 everywhere; and the deviation that there was, in grey levels.
pub(super) fn normalised(grey: &Plane<f32>) -> (Plane<f32>, Plane<f32>) {
    let mean = grey.clone().box_blurred(NEIGHBOURHOOD);
    let difference = grey.with(&mean, |value, mean| value - mean);
    let square = difference.map(|value| value * value);
    let deviation = square.box_blurred(NEIGHBOURHOOD).map(|v| v.max(0.0).sqrt());
    let normal = difference.with(&deviation, |value, deviation| {
        (value / (deviation + NOISE)).clamp(-2.5, 2.5)
    });
    (normal, deviation)
}

/// Two rounds of Gabor filters: the second follows the bend of the ridges and closes small gaps.
/// Ridges become positive; a clean ridge reaches about 1.
pub(super) fn filtered(normal: &Plane<f32>, ridges: &Ridges, wanted: &Plane<bool>) -> Plane<f32> {
    let dark = normal.map(|value| -value);
    let first = one_round(&dark, ridges, wanted).map(|value| (1.6 * value).clamp(-1.0, 1.0));
    one_round(&first, ridges, wanted)
}

fn one_round(from: &Plane<f32>, ridges: &Ridges, wanted: &Plane<bool>) -> Plane<f32> {
    let (width, height) = (from.width(), from.height());
    let padded = Plane::of(
        width + 2 * RADIUS + BLOCK,
        height + 2 * RADIUS + BLOCK,
        |x, y| from.near(x as i32 - RADIUS as i32, y as i32 - RADIUS as i32),
    );
    let mut filtered = Plane::filled(width, height, 0.0);
    for row in 0..wanted.height() {
        for column in 0..wanted.width() {
            if wanted.at(column, row) {
                let filter = Filter::of(
                    ridges.direction.at(column, row),
                    ridges.period.at(column, row),
                );
                let block = filter.answer(&padded, column * BLOCK, row * BLOCK);
                for (y, line) in block.iter().enumerate() {
                    let to = filtered.row_mut(row * BLOCK + y).iter_mut();
                    for (to, value) in to.skip(column * BLOCK).zip(line) {
                        *to = *value;
                    }
                }
            }
        }
    }
    filtered
}

/// A Gabor filter under a round Gaussian, which falls apart into lines and columns:
/// cos(ux + vy) = cos ux · cos vy − sin ux · sin vy.
struct Filter {
    /// Cosine and sine along a line, and along a column, each under the Gaussian.
    line: [[f32; TAPS]; 2],
    column: [[f32; TAPS]; 2],
}

impl Filter {
    fn of(direction: f32, period: f32) -> Self {
        let (sin, cos) = direction.sin_cos();
        let wave = TAU / period.max(1.0);
        let (u, v) = (-sin * wave, cos * wave);
        let deviation = DEVIATION * period;
        let mut line = [[0.0; TAPS]; 2];
        let mut column = [[0.0; TAPS]; 2];
        let mut total = 0.0;
        for (tap, offset) in (-(RADIUS as i32)..).take(TAPS).enumerate() {
            let d = offset as f32;
            let weight = (-0.5 * (d / deviation).powi(2)).exp();
            total += weight;
            for (to, frequency) in [(&mut line, u), (&mut column, v)] {
                let (sin, cos) = (frequency * d).sin_cos();
                let [to_cos, to_sin] = to;
                put(to_cos, tap, weight * cos);
                put(to_sin, tap, weight * sin);
            }
        }
        // A wave of the filter's own period and height 1 is answered with 1.
        let scale = 2.0 / (total * total);
        for value in column.iter_mut().flatten() {
            *value *= scale;
        }
        Self { line, column }
    }

    /// The answers for the pixels of a block whose corner in the unpadded picture is `(x, y)`.
    fn answer(&self, padded: &Plane<f32>, x: usize, y: usize) -> [[f32; BLOCK]; BLOCK] {
        let mut answers = [[0.0; BLOCK]; BLOCK];
        let [line_cos, line_sin] = &self.line;
        for step in 0..SPAN {
            let row = padded.row(y + step);
            let Some(pixels) = row.get(x..x + SPAN) else {
                break;
            };
            let (mut even, mut odd) = ([0.0; BLOCK], [0.0; BLOCK]);
            let windows = pixels.windows(BLOCK);
            for ((window, cos), sin) in windows.zip(line_cos).zip(line_sin) {
                for ((even, odd), pixel) in even.iter_mut().zip(&mut odd).zip(window) {
                    *even += cos * pixel;
                    *odd += sin * pixel;
                }
            }
            self.add(&mut answers, step, &even, &odd);
        }
        answers
    }

    /// Adds one filtered line to each line of the block that it reaches.
    fn add(
        &self,
        answers: &mut [[f32; BLOCK]; BLOCK],
        step: usize,
        even: &[f32; BLOCK],
        odd: &[f32; BLOCK],
    ) {
        let [column_cos, column_sin] = &self.column;
        for (row, line) in answers.iter_mut().enumerate() {
            let taps = step.checked_sub(row).and_then(|tap| {
                let cos = column_cos.get(tap)?;
                Some((cos, column_sin.get(tap)?))
            });
            let Some((cos, sin)) = taps else {
                continue;
            };
            for ((to, even), odd) in line.iter_mut().zip(even).zip(odd) {
                *to += cos * even - sin * odd;
            }
        }
    }
}

fn put(line: &mut [f32], at: usize, value: f32) {
    if let Some(to) = line.get_mut(at) {
        *to = value;
    }
}
