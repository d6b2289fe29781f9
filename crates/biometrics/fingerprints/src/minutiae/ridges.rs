//! Where ridges run and how far apart they are, block by block.

use core::f32::consts::{PI, TAU};

use crate::plane::Plane;

/// Side of a block in pixels: about one ridge period at 500 ppi.
pub(super) const BLOCK: usize = 8;
/// Periods that ridges of people have at 500 ppi, in pixels (Maltoni et al., children to adults).
const PERIODS: (f32, f32) = (4.5, 16.0);
/// The period where none can be measured.
const USUAL_PERIOD: f32 = 9.0;
/// Blocks from one measurement of the period to the next.
const PERIOD_STEP: usize = 2;
/// Half the length of the window across the ridges and half its width along them, in pixels.
const WINDOW: (i32, i32) = (24, 7);
/// Least correlation of the ridge profile with itself, one period on, for a measurement to count.
const LEAST_CORRELATION: f32 = 0.25;

/// The ridges of a picture, a value for each block.
pub(super) struct Ridges {
    /// The direction along the ridges, 0 ≤ θ < π, in the picture (rows run downwards).
    pub(super) direction: Plane<f32>,
    /// How much the gradients of the neighbourhood agree, 0 … 1.
    pub(super) coherence: Plane<f32>,
    /// From ridge to ridge, in pixels.
    pub(super) period: Plane<f32>,
}

impl Ridges {
    /// Measures a picture of mean 0 and deviation 1.
    pub(super) fn of(normal: &Plane<f32>) -> Self {
        let (direction, coherence) = directions(normal);
        let period = periods(normal, &direction, &coherence);
        Self {
            direction,
            coherence,
            period,
        }
    }

    /// The direction along the ridges at a pixel.
    pub(super) fn direction_at(&self, x: f32, y: f32) -> f32 {
        let block = |v: f32| (v / BLOCK as f32).floor() as i32;
        self.direction.near(block(x), block(y))
    }
}

/// Blocks that cover so many pixels.
pub(super) const fn blocks(pixels: usize) -> usize {
    pixels.div_ceil(BLOCK)
}

/// The averaged squared gradient (Kass and Witkin 1987; Bazen and Gerez 2002), over a small
/// neighbourhood where it is sure of itself and over a larger one where it is not.
fn directions(normal: &Plane<f32>) -> (Plane<f32>, Plane<f32>) {
    let [xx, yy, xy] = tensors(&normal.gaussian(1.0));
    let vector = |deviation: f32| {
        let (xx, yy) = (xx.gaussian(deviation), yy.gaussian(deviation));
        let cos = xx.with(&yy, |xx, yy| xx - yy);
        let sin = xy.gaussian(deviation).map(|xy| 2.0 * xy);
        let energy = xx.with(&yy, |xx, yy| (xx + yy).max(1e-6));
        (
            cos.with(&energy, |c, e| c / e),
            sin.with(&energy, |s, e| s / e),
        )
    };
    let (near_cos, near_sin) = vector(1.3);
    let (far_cos, far_sin) = vector(3.2);
    let near = near_cos.with(&near_sin, f32::hypot);
    let blend = |near_part: &Plane<f32>, far_part: &Plane<f32>| {
        let far = far_part.with(&near, |part, sure| part * 0.6 * (1.0 - sure).powi(2));
        near_part.with(&far, |a, b| a + b)
    };
    let (cos, sin) = (blend(&near_cos, &far_cos), blend(&near_sin, &far_sin));
    // The doubled angle of the gradient: the ridges run across it.
    let direction = sin.with(&cos, |sin, cos| {
        (0.5 * sin.atan2(cos) + 0.5 * PI).rem_euclid(PI)
    });
    (direction, near.map(|sure| sure.min(1.0)))
}

/// Sums of the products of the slopes over each block.
fn tensors(smooth: &Plane<f32>) -> [Plane<f32>; 3] {
    let size = (blocks(smooth.width()), blocks(smooth.height()));
    let mut sums = [(); 3].map(|()| Plane::filled(size.0, size.1, 0.0_f32));
    let [sum_xx, sum_yy, sum_xy] = &mut sums;
    for y in 1..smooth.height().saturating_sub(1) {
        let (above, here, below) = (smooth.row(y - 1), smooth.row(y), smooth.row(y + 1));
        let vertical = below.iter().zip(above).skip(1);
        let slopes = here.windows(3).zip(vertical);
        let row = y / BLOCK;
        let lines = (
            sum_xx.row_mut(row),
            sum_yy.row_mut(row),
            sum_xy.row_mut(row),
        );
        for (x, (line, (below, above))) in slopes.enumerate() {
            let (Some(first), Some(last)) = (line.first(), line.last()) else {
                continue;
            };
            let (right, down) = (last - first, below - above);
            let column = (x + 1) / BLOCK;
            add(lines.0, column, right * right);
            add(lines.1, column, down * down);
            add(lines.2, column, right * down);
        }
    }
    sums
}

fn add(line: &mut [f32], column: usize, value: f32) {
    if let Some(sum) = line.get_mut(column) {
        *sum += value;
    }
}

/// The period from the ridge profile's correlation with itself, made smooth over the finger.
fn periods(normal: &Plane<f32>, direction: &Plane<f32>, coherence: &Plane<f32>) -> Plane<f32> {
    let (width, height) = (direction.width(), direction.height());
    let mut weights = Plane::filled(width, height, 0.0_f32);
    let mut weighted = Plane::filled(width, height, 0.0_f32);
    for row in (0..height).step_by(PERIOD_STEP) {
        for column in (0..width).step_by(PERIOD_STEP) {
            if coherence.at(column, row) < 0.3 {
                continue;
            }
            let middle = |block: usize| (block * BLOCK + BLOCK / 2) as f32;
            let place = (middle(column), middle(row));
            let found = period(normal, place, direction.at(column, row), PERIODS);
            if let Some((period, sure)) = found {
                weights.set(column, row, sure);
                weighted.set(column, row, sure * period);
            }
        }
    }
    let total: f32 = weights.values().iter().sum();
    let mean = weighted.values().iter().sum::<f32>() / total.max(1e-3);
    let usual = if total > 1.0 { mean } else { USUAL_PERIOD };
    // A little of the finger's mean everywhere, so that blocks without a neighbour have a value.
    let (weights, weighted) = (weights.gaussian(4.0), weighted.gaussian(4.0));
    weighted.with(&weights, |sum, weight| {
        (sum + 0.01 * usual) / (weight + 0.01)
    })
}

/// The period at a place, if it lies within these, and how sure it is (0 … 1).
pub(super) fn period(
    normal: &Plane<f32>,
    (x, y): (f32, f32),
    direction: f32,
    (least, most): (f32, f32),
) -> Option<(f32, f32)> {
    let (sin, cos) = direction.sin_cos();
    let (half_length, half_width) = WINDOW;
    let profile: Vec<f32> = (-half_length..=half_length)
        .map(|across| {
            let (right, down) = (x - across as f32 * sin, y + across as f32 * cos);
            let line = (-half_width..=half_width).step_by(2);
            line.map(|along| normal.sample(right + along as f32 * cos, down + along as f32 * sin))
                .sum()
        })
        .collect();
    let mean = profile.iter().sum::<f32>() / profile.len() as f32;
    let profile: Vec<f32> = profile.iter().map(|value| value - mean).collect();
    let correlation = |shift: usize| {
        let shifted = profile.iter().skip(shift);
        let pairs = profile.len().saturating_sub(shift).max(1) as f32;
        profile.iter().zip(shifted).map(|(a, b)| a * b).sum::<f32>() / pairs
    };
    let power = correlation(0).max(1e-6);
    let (low, high) = (least as usize, most as usize + 1);
    let values: Vec<f32> = (low - 1..=high + 1)
        .map(|s| correlation(s) / power)
        .collect();
    let peak = values
        .windows(3)
        .zip(low..)
        .find_map(|(three, shift)| match *three {
            [before, here, after] if here >= before && here > after && here > LEAST_CORRELATION => {
                let bend = before - 2.0 * here + after;
                let offset = 0.5 * (before - after) / bend.min(-1e-6);
                Some((shift as f32 + offset.clamp(-0.5, 0.5), here.min(1.0)))
            }
            _ => None,
        });
    peak.filter(|(period, _)| (least..=most).contains(period))
}

/// The smallest angle between two directions of ridges, 0 … π/2.
pub(super) fn between_directions(a: f32, b: f32) -> f32 {
    let turn = (a - b).rem_euclid(PI);
    turn.min(PI - turn)
}

/// The smallest angle between two headings, 0 … π.
pub(super) fn between_headings(a: f32, b: f32) -> f32 {
    let turn = (a - b).rem_euclid(TAU);
    turn.min(TAU - turn)
}
